"""A finding about unknown codes: those of at least 11 rows by name, the others by how many differ, identifiers never."""

import pytest

import iop_outcomes as iop
from tests.intake import sites


def message(folder, reasons):
    """The message about the discharge reasons of these episodes."""
    rows = [["episode_id", "track", "discharge_reason", "los_days"]]
    rows += [[f"E{i}", "mood", reason, "20"] for i, reason in enumerate(reasons)]
    with pytest.raises(iop.DataError) as caught:
        iop.load(sites.write(folder, episodes=rows, scores=None, events=None))
    (finding,) = [finding for finding in caught.value.findings if finding.rule == "unknown_code"]
    return finding.message


def test_codes_of_many_rows_are_named_and_others_counted(tmp_path):
    """Eleven rows are enough, ten are not."""
    reasons = ["completed"] * 5 + ["ZONK"] * 11 + ["BONK"] * 12 + ["FEW"] * 10 + ["ONE"]
    assert message(tmp_path, reasons) == 'not one of the words allowed: "BONK" (12 rows), "ZONK" (11 rows) and 2 other codes'


@pytest.mark.parametrize(("n", "words"), [(1, "1 different code"), (3, "3 different codes")])
def test_codes_of_few_rows_are_counted(tmp_path, n, words):
    """How many differ, and no more."""
    assert message(tmp_path, [f"SECRET{i}" for i in range(n)] * 3) == f"not one of the words allowed: {words}"


def test_what_identifies_is_not_named(tmp_path):
    """A name, a number that may be a telephone's, what cannot be printed: however many rows hold it."""
    assert message(tmp_path, ["Roe, Jane"] * 20 + ["555-123-4567"] * 20 + ["a\x07b"] * 20).endswith(": 3 different codes")


def test_a_column_of_many_values_is_no_column_of_codes(tmp_path):
    """More than 50 different ones: a wrong column, of which nothing is named."""
    reasons = ["OFTEN"] * 30 + [f"SECRET{i}" for i in range(51)]
    assert message(tmp_path, reasons) == "not one of the words allowed: 52 different codes"
