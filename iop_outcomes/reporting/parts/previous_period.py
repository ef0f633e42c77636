"""Takes data with discharge periods, gives the latest twelve months and the twelve before, and any ask put to the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask, Classes
from iop_outcomes.reporting.parts.chart_periods import completion_by_period, periods_of
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.stats.periods import Period

YEAR = 4  # quarters


class Years(NamedTuple):
    """The column of periods, and the latest twelve months and the twelve before, as they are named."""

    classes: Classes
    column: str
    before: str
    latest: str


def two_years(program: Program) -> Years | None:
    """The latest four quarters that are complete, and the four before; `None` when there are not so many.

    They are classes of the periods that completion is followed by, so that the two give no withheld period back.
    """
    ask, data = completion_by_period(program), program.data
    periods = () if ask is None or ask.by is None else periods_of(data, ask.by)
    if ask is None or ask.by is None or not periods or periods[0].per_year < YEAR:
        return None
    of_quarter: dict[Period, list[Period]] = {}
    for period in periods:
        of_quarter.setdefault(Period(YEAR, period.year, period.part * YEAR // period.per_year), []).append(period)
    complete = [quarter for quarter in of_quarter if not _cut_short(quarter, data.provenance.cutoff)]
    if len(complete) < 2 * YEAR:
        return None
    years = complete[-2 * YEAR : -YEAR], complete[-YEAR:]
    class_of = {str(period): _named(year) for year in years for quarter in year for period in of_quarter[quarter]}
    return Years(Classes(tuple(class_of.items()), "other periods"), ask.by, *map(_named, years))


def _cut_short(quarter: Period, cutoff: str) -> bool:
    return bool(cutoff) and quarter.last_day > date.fromisoformat(cutoff)


def _named(quarters: Sequence[Period]) -> str:
    first, last = quarters[0], quarters[-1]
    return f"{first.short} {first.year} to {last.short} {last.year}"


def in_years(ask: Ask, years: Years, *compared: str) -> Ask:
    """An ask by group, put to the two years: some of its numbers of the latest compared with those of the year before."""
    times: tuple[float, ...] = () if ask.against is None else ask.against.times
    against = Against(compared, pairwise=True, times=times, levels=(years.latest, years.before))
    return replace(ask, by=years.column, classes=years.classes, times=times, against=against)
