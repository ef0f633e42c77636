"""Takes small pages, gives where their numbers come from and how they were made."""

import json

from iop_outcomes.reporting.parameters import PageParameters
from iop_outcomes.reporting.render.json import json_of
from tests.reporting.small_document import small_page


def test_what_is_needed_to_make_it_again_is_there():
    """The parameters come back as they were; policy, class and files stand beside them."""
    page = small_page()
    facts = json.loads(json_of(page))
    assert PageParameters.from_dict(facts["parameters"]) == page.parameters
    assert facts["policy"] == {"name": "none", "threshold": 0, "withheld": 0}
    assert facts["provenance"]["data_class"] == "synthetic"
    assert facts["figures"]["program"] == "Riverside <IOP>"


def test_how_much_is_withheld_is_counted_and_the_policy_s_words_stand():
    """Over all numbers of the page."""
    page = small_page("cms11")
    assert json.loads(json_of(page))["policy"]["withheld"] == sum(released.withheld for released in page.released) > 0
    assert json.loads(json_of(small_page("internal")))["mark"].startswith("contains small numbers")
    assert json_of(page) == json_of(page) and json_of(page).endswith("}\n")
