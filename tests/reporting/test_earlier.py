"""Takes the JSON of earlier pages, gives their figures; each thing that was changed in it is refused, and a CSV stands in."""

import json
import math

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.release import SUPPRESSED
from iop_outcomes.reporting.earlier import earlier_of, read_earlier
from tests.reporting.small_document import small_page


def document(policy="none"):
    """The JSON of the small page."""
    return json.loads(small_page(policy).to_json())


def read(content):
    """An earlier report of a document."""
    return earlier_of(json.dumps(content).encode(), "old.json")


def test_what_an_earlier_page_says():
    """Its program, policy, groups and outcomes; each number as it was released."""
    found = read(document())
    assert (found.program, found.by, found.policy, found.span) == ("Riverside <IOP>", "track", "none", None)
    assert [(each.level, each.k, each.n) for each in found.estimates] == [("All", 22, 40), ("a", 14, 20), ("b", 8, 20)]
    assert found.estimates[0].value == pytest.approx(0.55)
    assert math.isnan(found.estimates[0].p)


def test_what_was_withheld_stays_so():
    """And is no 0."""
    found = read(document("cms11"))
    assert SUPPRESSED in [each.value for each in found.estimates]
    assert all(each.n is SUPPRESSED or each.n >= 11 for each in found.estimates)


def changed(path, value, policy="none"):
    """The document with one thing changed."""
    content = document(policy)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("figures", "outcomes", 0, "value"), "high"),
        (("figures", "outcomes", 0, "value"), True),
        (("figures", "outcomes", 0, "value"), 1.2),
        (("figures", "outcomes", 0, "low"), 0.9),
        (("figures", "outcomes", 0, "n"), -1),
        (("figures", "outcomes", 0, "unit"), "apples"),
        (("figures", "outcomes", 0, "flag"), "odd"),
        (("figures", "discharged"), {"first": "2024-Q2", "last": "2024-Q1"}),
        (("figures", "outcomes", 0, "level"), "x" * 501),
        (("parameters", "conf_level"), "2"),
        (("parameters", "by"), None),
        (("policy", "name"), 3),
        (("provenance", "sources"), None),
        (("parameters", "where"), 3),
    ],
)
def test_what_was_changed_is_refused(path, value):
    """Numbers, names, order of limits, periods; the words say what to give."""
    with pytest.raises(DataError, match=r"old\.json: .+Was it changed\? Give the \.json of a report as it was written\."):
        read(changed(path, value))


def test_a_count_smaller_than_its_policy_shows_was_not_written_by_it():
    """5 under cms11."""
    with pytest.raises(DataError, match="a count in it is smaller than its policy cms11 shows"):
        read(changed(("figures", "outcomes", 1, "n"), 5, "cms11"))


def test_an_earlier_version_has_its_figures_in_the_csv():
    """Beside it; without one the words say what to do."""
    content = {key: value for key, value in document().items() if key != "figures"}
    raw = json.dumps(content).encode()
    found = earlier_of(raw, "old.json", beside=lambda: small_page().to_csv().encode())
    assert ("a", 14, 20) in [(each.level, each.k, each.n) for each in found.estimates]
    assert found.sha256 != read(document()).sha256
    with pytest.raises(DataError, match=r"holds no figures, because an earlier version wrote it\. Put its \.csv beside it"):
        read(content)
    with pytest.raises(DataError, match=r"the \.csv beside it cannot be read"):
        earlier_of(raw, "old.json", beside=lambda: b"a,b\n1,2\n")


def test_one_json_is_asked_for(tmp_path):
    """A folder of none or of two, another file, one that is not there."""
    for path, words in (
        (tmp_path, "holds 0 .json files"),
        (tmp_path / "page.html", "is no .json"),
        (tmp_path / "x.json", "cannot be read"),
    ):
        with pytest.raises(DataError, match=words):
            read_earlier(path)
    (tmp_path / "one.json").write_text(small_page().to_json(), encoding="utf-8")
    assert read_earlier(tmp_path).name == "one.json"
    (tmp_path / "two.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds 2 \.json files"):
        read_earlier(str(tmp_path))
