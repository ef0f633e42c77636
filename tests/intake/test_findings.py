"""Takes rows that break a rule, gives one line that says where, what and what to do, and one error of the right kind for all of them."""

import pytest

from iop_outcomes.errors import DataError, LibraryError, PrivacyError
from iop_outcomes.intake.findings import SHOWN_FINDINGS, Finding, fatal, refuse


def finding(rule="bad_day", severity="error", lines=(7,), **more):
    """One about a column of a file."""
    return Finding(
        rule, severity, "episodes.csv", "los_days", "is below 0", "Correct it", lines, count=more.pop("count", len(lines)), **more
    )


def test_the_line_names_file_column_rule_and_fix():
    """One line as a line, several as lines, many with how many more; a file as a whole without any."""
    assert str(finding()) == "episodes.csv:7: los_days: bad_day: is below 0 (line 7). Correct it"
    assert "(lines 1, 2, 3, 4, 5 and 1,195 more)" in str(finding(lines=(1, 2, 3, 4, 5), count=1200))
    assert "(rows 1, 2)" in str(finding(lines=(1, 2), unit="row"))
    assert str(finding(lines=())) == "episodes.csv: los_days: bad_day: is below 0. Correct it"


@pytest.mark.parametrize(
    ("rules", "kind"), [(["bad_day"], DataError), (["bad_day", "identifier_value"], PrivacyError), (["library_missing"], LibraryError)]
)
def test_one_error_carries_every_finding(rules, kind):
    """Of what the gravest is; warnings travel along and are not said."""
    given = [finding(rule) for rule in rules] + [finding("identifier_column", "warning")]
    with pytest.raises(DataError) as caught:
        refuse(given)
    assert type(caught.value) is kind
    assert caught.value.findings == tuple(given)
    assert str(caught.value).count("\n") == len(rules) - 1


def test_many_are_counted_beyond_the_first():
    """So that a terminal shows the beginning."""
    with pytest.raises(DataError, match=r"\n\.\.\. and 3 more findings$") as caught:
        refuse([finding(lines=(place,)) for place in range(SHOWN_FINDINGS + 3)])
    assert len(caught.value.findings) == SHOWN_FINDINGS + 3


def test_a_file_that_cannot_be_read_at_all():
    """By its line where one is known; JSON has every line, and nothing of how the count was made."""
    with pytest.raises(DataError, match=r"a\.csv:3: torn: half a row \(line 3\)\. Export it again"):
        fatal("torn", "a.csv", "half a row", "Export it again", line=3)
    assert finding(many=True).to_dict() == {
        "rule": "bad_day", "severity": "error", "file": "episodes.csv", "column": "los_days", "message": "is below 0", "hint": "Correct it",
        "lines": (7,), "unit": "line", "count": 1,
    }  # fmt: skip
