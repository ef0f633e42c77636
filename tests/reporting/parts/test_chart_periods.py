"""Takes programs over many months, gives by which periods completion is followed, and which can be judged."""

import pytest

from iop_outcomes.release import POLICIES
from iop_outcomes.reporting.parts.chart_periods import completion_by_period, judged_periods, periods_of, unjudged
from iop_outcomes.reporting.parts.part import Program
from tests.reporting.parts.small import small


def dated(each, months=24, stay=10):
    """So many completed and dropped out in each month from January 2022, discharged on the 20th."""
    rows = []
    for month in range(months):
        year, part = 2022 + month // 12, month % 12 + 1
        for i in range(2 * each):
            reason = "completed" if i % 2 else "dropped_out"
            rows.append((f"{year}-{part:02d}-{20 - stay:02d}", f"{year}-{part:02d}-20", reason))
    names = ("admit_date", "discharge_date", "discharge_reason")
    return [{"episode_id": f"e{i}", "track": "a", **dict(zip(names, row, strict=True))} for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("each", "policy", "column"), [(12, "cms11", "discharge_month"), (6, "none", "discharge_month"), (6, "cms11", "discharge_quarter")]
)
def test_months_where_they_hold_enough_else_quarters(each, policy, column):
    """Twelve a month are enough, and so are six where nothing is withheld; under cms11 six are not, and 18 a quarter are."""
    with small(dated(each), data={"cutoff": "2023-12-31"}) as data:
        program = Program(data, "track", POLICIES[policy])
        ask = completion_by_period(program)
        assert (ask.measure, ask.by, ask.estimands) == ("completion", column, ("completion_strict",))
        assert completion_by_period(program) is ask  # chosen once


def test_the_file_s_own_period_will_do_and_none_is_none():
    """A column of periods without dates, a column of blanks, and no column."""
    rows = [{"episode_id": f"e{i}", "track": "a", "discharge_reason": "completed", "los_days": 9} for i in range(24)]
    for period, by in (("2024-Q1", "period"), (None, None)):
        with small([row | {"period": period} for row in rows]) as data:
            ask = completion_by_period(Program(data, "track", POLICIES["none"]))
            assert (None if ask is None else ask.by) == by


def test_the_first_and_the_last_periods_are_not_judged():
    """A stay of 19 days from January's first on: January is immature; a cut-off within the last month leaves it incomplete."""
    with small(dated(2, months=6, stay=19), data={"cutoff": "2022-06-20"}) as data:
        periods = periods_of(data, "discharge_month")
        immature, incomplete = unjudged(data, periods)
        assert [str(each) for each in periods] == [f"2022-{month:02d}" for month in range(1, 7)]
        assert ([str(each) for each in immature], [str(each) for each in incomplete]) == (["2022-01"], ["2022-06"])
        assert [str(each) for each in judged_periods(data, "discharge_month")] == ["2022-02", "2022-03", "2022-04", "2022-05"]


def test_a_stray_early_admission_makes_no_period_mature():
    """Of 101 admissions one is years before the others: the 1st percentile, by which maturity is judged, is in January 2022."""
    rows = dated(9, months=6, stay=19)[:100]
    stray = {"episode_id": "stray", "track": "a", "admit_date": "2015-01-01", "discharge_date": "2022-01-20", "discharge_reason": "other"}
    with small([*rows, stray], data={"cutoff": "2022-06-30"}) as data:
        immature, _ = unjudged(data, periods_of(data, "discharge_month"))
        assert [str(each) for each in immature] == ["2022-01"]


def test_without_dates_every_period_is_judged():
    """Nothing is known of admissions, nor of a cut-off; a period in which nobody was discharged is one all the same."""
    rows = [
        {"episode_id": f"e{i}", "track": "a", "discharge_reason": "completed", "los_days": 9, "period": p}
        for i, p in enumerate(("2024-Q1", "2024-Q4"))
    ]
    with small(rows) as data:
        assert [str(each) for each in judged_periods(data, "period")] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
        assert unjudged(data, ()) == (frozenset(), frozenset())
