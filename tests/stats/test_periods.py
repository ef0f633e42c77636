"""Takes names of periods, gives their days by the calendar of pandas, every period between them, and none of what is no period."""

import pandas as pd
import pytest

from iop_outcomes.stats.periods import calendar, read_period

KINDS = [("2023-11", "2024-03", "M"), ("2023-Q3", "2024-Q2", "Q"), ("2022", "2025", "Y")]


@pytest.mark.parametrize(("first", "last", "letter"), KINDS)
def test_days_and_order_are_those_of_the_calendar(first, last, letter):
    """Across a year's end and a leap day, whatever the order of the names."""
    expected = pd.period_range(first.replace("-Q", "Q"), last.replace("-Q", "Q"), freq=letter)
    found = calendar([last, first])
    assert [(p.first_day, p.last_day) for p in found] == [(p.start_time.date(), p.end_time.date()) for p in expected]
    assert [str(p).replace("-Q", "Q") for p in found] == [str(p) for p in expected]


def test_words_for_sentences_and_axes():
    """Each kind in full, in short, and how often it comes."""
    month, quarter, year = (read_period(name) for name in ("2024-03", "2024-Q4", "2024"))
    assert [p.words for p in (month, quarter, year)] == ["March 2024", "the fourth quarter of 2024", "2024"]
    assert [p.short for p in (month, quarter, year)] == ["Mar", "Q4", "2024"]
    assert [(p.noun, p.adverb) for p in (month, quarter, year)] == [("month", "monthly"), ("quarter", "quarterly"), ("year", "yearly")]


@pytest.mark.parametrize(
    "text", ["", "spring", "2024-13", "2024-00", "2024-Q0", "2024-Q5", "2024-3", "24-03", "2024-03-01", "0000", "9999", " 2024"]
)
def test_what_is_no_period(text):
    """Nor what only begins like one, nor a year after which there is no day."""
    assert read_period(text) is None
    assert calendar(["2024-03", text]) == ()


def test_names_of_two_kinds_have_no_order():
    """A quarter and a month; no names at all."""
    assert calendar(["2024-Q2", "2024-05"]) == calendar([]) == ()
