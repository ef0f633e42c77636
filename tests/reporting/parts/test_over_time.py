"""Takes programs with and without periods, gives completion over time: a chart, or the sentence that says why there is none."""

import pytest

from iop_outcomes.reporting.parts.over_time import CHANCE, CHANGES_NOT_SHOWN, NO_CALENDAR, NO_PERIOD, NOTHING_SHOWN, OVER_TIME
from tests.reporting.parts.small import people, said

CHANGES = [{"date": "2024-04-01", "words": "Evening track opened"}]
QUARTERS = [f"{year}-Q{quarter}" for year in (2021, 2022, 2023) for quarter in range(1, 5)]


@pytest.mark.parametrize(("period", "why"), [(None, NO_PERIOD), ("wave 1", NO_CALENDAR)])
@pytest.mark.parametrize("changes", [[], CHANGES])
def test_without_a_calendar_there_are_words_and_changes_are_not_lost(period, why, changes):
    """No period at all, and one of no calendar; what was declared is said not to be shown."""
    rows = people(10, 10) if period is None else people(10, 10, period=period)
    page, in_full = said(OVER_TIME, rows, **({"changes": changes} if changes else {}))
    assert page == (f"{why} {CHANGES_NOT_SHOWN}" if changes else why)
    assert in_full == ""


def test_periods_too_small_to_be_shown():
    """Two in each quarter under cms11: no chart, and nothing in full."""
    rows = [row | {"period": QUARTERS[i % 12]} for i, row in enumerate(people(12, 12))]
    page, in_full = said(OVER_TIME, rows, policy="cms11")
    assert (page.startswith(NOTHING_SHOWN), CHANCE in page, in_full) == (True, False, "")


def test_twelve_quarters_alike_have_no_signal():
    """A chart with what it cannot say; the periods and the rules stand in full."""
    rows = [row | {"period": QUARTERS[i % 12]} for i, row in enumerate(people(240, 240))]
    page, in_full = said(OVER_TIME, rows)
    assert CHANCE in page and CHANCE in in_full
    assert "Upright dashed lines" not in page
    assert "Admission dates are not known, so that the first periods may hold mostly short stays." in in_full
    assert "The data name no cut-off, so that the last period may be incomplete." in in_full
    assert "in the latest year" in page


def test_who_has_no_period_is_in_no_point_and_counted():
    """Fifteen of them; where everyone has one, nothing is said."""
    rows = [row | {"period": QUARTERS[i % 12]} for i, row in enumerate(people(120, 120))]
    assert "without a discharge period" not in said(OVER_TIME, rows)[1]
    blank = [row | {"period": None} for row in people(15, 0, start=900)]
    assert "Discharged episodes without a discharge period are in no point: 15." in said(OVER_TIME, rows + blank)[1]
