"""Takes data with discharge periods, gives the latest twelve months and the twelve before, and any ask put to the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from iop_outcomes.columns import Column
from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask, Classes
from iop_outcomes.intake.data import Data
from iop_outcomes.stats.periods import Period, calendar, read_period

YEAR = 4  # quarters


class Years(NamedTuple):
    """The column of quarters, and the latest twelve months and the twelve before, as they are named."""

    classes: Classes
    column: str
    before: str
    latest: str


def two_years(data: Data) -> Years | None:
    """The latest four quarters that are complete, and the four before; `None` when there are not so many."""
    for column in ("discharge_quarter", "period"):
        if column in data.groups:
            periods = [read_period(str(level)) for level in data.count([Column(column)]).levels(column) if level is not None]
            quarters = sorted(period for period in periods if period is not None and period.per_year == YEAR)
            complete = [quarter for quarter in calendar(map(str, quarters)) if not _cut_short(quarter, data.provenance.cutoff)]
            if len(complete) >= 2 * YEAR:
                return _years(column, complete[-2 * YEAR : -YEAR], complete[-YEAR:])
    return None


def _years(column: str, before: Sequence[Period], latest: Sequence[Period]) -> Years:
    named = {str(quarter): _named(year) for year in (before, latest) for quarter in year}
    return Years(Classes(tuple(named.items()), "other quarters"), column, _named(before), _named(latest))


def _cut_short(quarter: Period, cutoff: str) -> bool:
    return bool(cutoff) and quarter.last_day > date.fromisoformat(cutoff)


def _named(quarters: Sequence[Period]) -> str:
    first, last = quarters[0], quarters[-1]
    return f"{first.short} {first.year} to {last.short} {last.year}"


def in_years(ask: Ask, years: Years, *compared: str) -> Ask:
    """An ask by group, put to the two years: some of its numbers of the latest compared with those of the year before."""
    times: tuple[float, ...] = () if ask.against is None else ask.against.times
    against = Against(compared, pairwise=True, times=times, levels=(years.latest, years.before))
    return replace(ask, by=years.column, classes=years.classes, at=tuple(map(int, times)) or None, against=against)
