"""Takes data with discharge periods, gives the latest twelve months beside the twelve before: the main figures of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from iop_outcomes.columns import Column
from iop_outcomes.counts import Level
from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.measures import Measure
from iop_outcomes.release import Released, release
from iop_outcomes.reporting.blocks import Block, Note, TableBlock, Text
from iop_outcomes.show.tables import Table, value_with_base
from iop_outcomes.stats.periods import Period, read_period

YEAR = 4  # quarters

NO_PERIODS = "The figures of an earlier period are not shown: the data do not name two full years of discharge quarters."


class Indicator(NamedTuple):
    """A main number of the report: its name in the table, its measure, which number, at which day."""

    name: str
    measure: Measure
    estimand: str
    time: float | None = None


def two_years(data: Data) -> tuple[str, list[Period], list[Period]] | None:
    """The column of quarters, the latest four that are complete, and the four before; `None` when there are not so many."""
    for column in ("discharge_quarter", "period"):
        if column in data.groups:
            periods = [read_period(str(level)) for level in data.count([Column(column)]).levels(column) if level is not None]
            quarters = sorted(period for period in periods if period is not None and period.per_year == YEAR)
            complete = [quarter for quarter in quarters if not _cut_short(quarter, data.provenance.cutoff)]
            if len(complete) >= 2 * YEAR:
                return column, complete[-YEAR:], complete[-2 * YEAR : -YEAR]
    return None


def _cut_short(quarter: Period, cutoff: str) -> bool:
    return bool(cutoff) and quarter.last_day > date.fromisoformat(cutoff)


def previous_blocks(
    data: Data, indicators: Sequence[Indicator], policy: str, conf_level: float, *, grouped: str | None = None
) -> tuple[list[Block], tuple[Released, ...]]:
    """A table of the main figures in the two years, and the released numbers behind it.

    Parameters
    ----------
    data : Data
        A loaded program.
    indicators : sequence of Indicator
        What to show.
    policy : str
        Disclosure policy.
    conf_level : float
        Confidence level between 0 and 1.
    grouped : str, optional
        As in `evaluate`.

    Returns
    -------
    tuple of (list of blocks, tuple of Released)
        One text and nothing released, when the data do not name two full years of quarters.
    """
    years = two_years(data)
    if years is None:
        return [Text(NO_PERIODS)], ()
    column, latest, before = years
    names = [_named(before), _named(latest)]
    classes = _classes({**{str(quarter): names[0] for quarter in before}, **{str(quarter): names[1] for quarter in latest}})
    measures = {indicator.measure.name: indicator.measure for indicator in indicators}
    releases = {
        name: release(
            replace(evaluate(measure, data, by=column, classes=classes, grouped=grouped, conf_level=conf_level), among_grouped=None), policy
        )
        for name, measure in measures.items()
    }
    rows = [(each.name, *(_cell(releases[each.measure.name], each, level) for level in names)) for each in indicators]
    table = Table(
        "Main figures of the latest twelve months and of the twelve before (n: the episodes each rests on)",
        ("Figure", *(f"Discharged {name}" for name in names)),
        tuple(rows),
        prose=True,
    )
    note = (
        "Twelve months are the latest four full quarters of discharge. Two periods are too few to tell a change from chance; the chart "
        "over time is made for that. Those discharged lately have been followed for less."
    )
    return [TableBlock(table), Note(note)], tuple(releases.values())


def _classes(class_of: dict[str, str]) -> Callable[[Level], Level]:
    return lambda level: class_of.get(str(level), "other quarters") if level is not None else None


def _named(quarters: Sequence[Period]) -> str:
    first, last = quarters[0], quarters[-1]
    return f"{first.short} {first.year} to {last.short} {last.year}"


def _cell(released: Released, indicator: Indicator, level: str) -> str:
    if level not in released.levels or level == MISSING_LEVEL:
        return "no data"
    return value_with_base(released.estimate(indicator.estimand, level, indicator.time))
