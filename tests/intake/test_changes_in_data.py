"""Takes changes that a mapping declares and the periods that data know, gives the changes, or says what the data know instead."""

import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.errors import DataError
from iop_outcomes.intake.changes_in_data import changes_in_data
from iop_outcomes.intake.mapping import read_mapping

OPENED = {"date": "2024-03-01", "words": "Evening track opened"}


class OfPeriods:
    """An engine whose episodes are of these periods, one of each."""

    def __init__(self, *periods):
        self._counts = Counts.from_columns(["period"], [list(periods)], [1] * len(periods))

    def tally(self, sets):
        """The one table there is."""
        return [self._counts for _ in sets]


def changes(*declared, groups=("period",), periods=("2024-Q1", None)):
    """The declared changes, in data of these groups and periods."""
    return changes_in_data(read_mapping({"changes": list(declared)}), groups, OfPeriods(*periods))


def test_words_that_look_like_an_identifier_are_refused_and_not_repeated():
    """An address in the words of a line of a chart would be on every page; the change is named by its place in time."""
    with pytest.raises(DataError, match=r"\[\[changes\]\], number 2 in time, words: look like an e-mail address") as error:
        changes(OPENED | {"words": "ask jane.roe@example.org"}, {"date": "2024-01-01", "words": "x"})
    assert "jane" not in str(error.value)


def test_a_period_is_for_data_without_dates():
    """Where dates are known the day is asked for; a period longer than those of the data could be drawn nowhere."""
    with pytest.raises(DataError, match=r'these data have discharge dates\. .*date = "2024-01-01"'):
        changes({"period": "2024-Q1", "words": "x"}, groups=("discharge_month", "period"))
    with pytest.raises(
        DataError, match=r"longer than a quarter, .*by the quarter.*period = \"2024-Q1\", or its day, as in date = \"2024-01-01\""
    ):
        changes(OPENED, {"period": "2024", "words": "x"})


def test_as_long_or_shorter_than_the_periods_of_the_data_is_kept():
    """And a day in any data."""
    kept = changes(OPENED, {"period": "2024-02", "words": "x"}, {"period": "2024-Q2", "words": "y"})
    assert [change.words for change in kept] == ["x", "Evening track opened", "y"]
    assert changes(OPENED, groups=("discharge_month",))[0].words == "Evening track opened"
    assert changes() == ()


def test_where_no_period_is_known_none_is_too_long():
    """Data without periods, with blanks alone, and with periods of no calendar."""
    year = {"period": "2024", "words": "x"}
    for more in ({"groups": ()}, {"periods": (None,)}, {"periods": ("wave 2",)}):
        assert [str(change.period) for change in changes(year, **more)] == ["2024"]
