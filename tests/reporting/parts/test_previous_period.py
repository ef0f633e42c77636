"""Takes programs with periods of discharge, gives the latest twelve months and the twelve before, or none."""

import pytest

from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import POLICIES
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.reporting.parts.previous_period import in_years, two_years
from tests.reporting.parts.small import small

NINE = [f"{year}-Q{quarter}" for year in (2022, 2023) for quarter in range(1, 5)] + ["2024-Q1"]


def years(periods, **data):
    """The two years of a program with two episodes in each period."""
    names = ("episode_id", "track", "discharge_reason", "los_days", "period")
    rows = [dict(zip(names, (f"e{i}{period}", "a", "completed", 9, period), strict=True)) for period in periods for i in range(2)]
    with small(rows, data=data) as loaded:
        return two_years(Program(loaded, "track", POLICIES["none"]))


def test_the_latest_eight_quarters_in_two():
    """Nine quarters: the first is in neither."""
    found = years(NINE)
    assert (found.column, found.before, found.latest) == ("period", "Q2 2022 to Q1 2023", "Q2 2023 to Q1 2024")
    assert [found.classes(period) for period in ("2022-Q1", "2022-Q2", "2023-Q1", "2023-Q2", "2024-Q1")] == [
        "other periods",
        found.before,
        found.before,
        found.latest,
        found.latest,
    ]


def test_a_quarter_that_is_cut_short_is_not_part_of_a_year():
    """The data end within it: the eight before it are the two years."""
    assert years(NINE, cutoff="2024-03-30").latest == "Q1 2023 to Q4 2023"
    assert years(NINE, cutoff="2024-03-31").latest == "Q2 2023 to Q1 2024"


@pytest.mark.parametrize("periods", [NINE[:7], ["2021", "2022", "2023", "2024"], ["spring", "autumn"], [None, None]])
def test_without_so_many_quarters_there_are_none(periods):
    """Seven quarters, whole years, periods of no calendar, blanks."""
    assert years(periods) is None


def test_months_are_taken_together():
    """Twenty-four months are eight quarters; an empty quarter between is part of its year."""
    found = years([f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)])
    assert (found.before, found.latest) == ("Q1 2022 to Q4 2022", "Q1 2023 to Q4 2023")
    assert found.classes("2022-12") == found.before
    assert years([*NINE[:3], *NINE[4:8]]).before == "Q1 2022 to Q4 2022"


def test_an_ask_put_to_the_two_years_compares_the_latest_with_the_one_before():
    """Its own numbers at its own days, and no group of its page."""
    found = years(NINE)
    ask = Ask("readmission", by="track", against=Against(("cumulative_incidence",), times=(90,)))
    put = in_years(ask, found, "event_free")
    assert (put.by, put.classes, put.times) == ("period", found.classes, (90,))
    assert put.against == Against(("event_free",), pairwise=True, times=(90,), levels=(found.latest, found.before))
    assert in_years(Ask("completion"), found).times == ()
