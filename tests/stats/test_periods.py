"""Takes names of calendar periods, gives their days and every period between: the calendar of pandas."""

from itertools import pairwise

import pandas as pd
import pytest

from iop_outcomes.stats.periods import calendar, read_period


@pytest.mark.parametrize(("first", "last", "kind"), [("2023-11", "2025-02", "M"), ("2023-Q3", "2025-Q1", "Q"), ("2019", "2024", "Y")])
def test_every_period_is_that_of_pandas(first, last, kind):
    """In order, with first and last days, leap years included."""
    theirs = pd.period_range(first.replace("-Q", "Q"), last.replace("-Q", "Q"), freq=kind)
    ours = calendar([last, first])
    assert [(each.first_day, each.last_day) for each in ours] == [(each.start_time.date(), each.end_time.date()) for each in theirs]
    assert [read_period(str(each)) for each in ours] == list(ours)
    assert all(one < other and one.next == other for one, other in pairwise(ours))


@pytest.mark.parametrize("text", ["2024-13", "2024-Q5", "24-01", "spring", "0000", "2024-1", "2024-03-01", ""])
def test_what_is_no_period(text):
    """Nothing is guessed, and names of which one is none, or of two kinds, have no order."""
    assert read_period(text) is None
    assert calendar(["2024-01", text]) == () and calendar(["2024-01", "2024-Q1"]) == () and calendar([]) == ()


def test_words():
    """As a sentence and as an axis say them."""
    assert [read_period(name).words for name in ("2024-03", "2024-Q4", "2024")] == ["March 2024", "the fourth quarter of 2024", "2024"]
    assert [(each.short, each.noun, each.adverb) for each in map(read_period, ("2024-03", "2024-Q4", "2024"))] == [
        ("Mar", "month", "monthly"),
        ("Q4", "quarter", "quarterly"),
        ("2024", "year", "yearly"),
    ]
