"""Takes the parameters of pages, gives them as plain values and back; what is none of this version is refused."""

import pytest

from iop_outcomes.engine.narrowed import Condition
from iop_outcomes.errors import DataError
from iop_outcomes.reporting.parameters import OLDEST_PACK, PageParameters, read_conditions
from tests.reporting.parts.small import people, small

PLAIN = PageParameters(
    "track", "cms11", "Report", 0.9, "exclude", ((Condition("track", ("a", "b")),), (Condition("sex", ("f",)),)), 3, "abc", "payer"
)


def test_they_come_back_as_they_were():
    """Every field; a level of confidence without digits that nobody wrote."""
    assert PageParameters.from_dict(PLAIN.to_dict()) == PLAIN
    assert PLAIN.to_dict()["conf_level"] == "0.9"


def test_pages_of_earlier_versions_have_no_pack_and_no_comparison():
    """They are of the only pack there was."""
    values = {key: value for key, value in PLAIN.to_dict().items() if key not in ("pack", "compare_to")}
    read = PageParameters.from_dict(values)
    assert (read.pack, read.compare_to) == (OLDEST_PACK, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"by": None},
        {"by": 3},
        {"conf_level": "high"},
        {"on_error": "ignore"},
        {"ledger": -1},
        {"ledger": "3"},
        {"where": [[{"column": "track"}]]},
        {"where": 3},
        {"compare_to": 3},
        {"more": "x"},
    ],
)
def test_what_is_no_parameter(changed):
    """A name that is missing or too many, another kind of value."""
    with pytest.raises(DataError, match="are not those of a report of this version"):
        PageParameters.from_dict(PLAIN.to_dict() | changed)


@pytest.mark.parametrize("values", [None, [], "x", {}])
def test_what_is_no_set_of_parameters(values):
    """Nothing at all."""
    with pytest.raises(DataError, match="Was it changed"):
        PageParameters.from_dict(values)


def test_data_are_narrowed_step_by_step():
    """As they were: two steps, one after the other."""
    rows = people(6, 6, sex=lambda i: "f" if i % 2 else "m") + people(4, 4, track="b", sex="m")
    with small(rows) as data:
        assert PageParameters("track", "none", "R", 0.95, "raise", PLAIN.where).narrow(data).episodes == 6
        assert PageParameters("track", "none", "R", 0.95, "raise").narrow(data).episodes == 20
    assert read_conditions([]) == ()
