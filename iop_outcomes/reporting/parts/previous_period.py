"""Takes a page of data with discharge periods, gives the latest twelve months beside the twelve before: the main figures of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from iop_outcomes.columns import Column
from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask, Classes
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.tables import Table, value_with_base
from iop_outcomes.stats.periods import Period, read_period

YEAR = 4  # quarters

NO_PERIODS = "The figures of an earlier period are not shown: the data do not name two full years of discharge quarters."


class Indicator(NamedTuple):
    """A main number of the report: its name in the table, its ask, which number, at which day."""

    name: str
    ask: Ask
    estimand: str = ""
    time: float | None = None


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
            complete = [quarter for quarter in quarters if not _cut_short(quarter, data.provenance.cutoff)]
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
    against = Against(compared, pairwise=True, times=times, levels=(years.latest, years.before)) if compared else None
    return replace(ask, by=years.column, classes=years.classes, at=tuple(map(int, times)) or None, against=against)


def indicators(program: Program, years: Years) -> list[Indicator]:
    """What stands beside the year before: the main numbers, as far as the data may bring them."""
    completion, stay = in_years(asks.completion(program), years, "completion_strict"), in_years(asks.stay(program), years)
    several = [Indicator("Completed", completion, "completion_strict"), Indicator("Middle stay (days)", stay)]
    if program.scored:
        change = in_years(asks.changes(program)[program.scored[0]], years, "paired_rate")
        several += [Indicator("{title} (points)", change, "mean_change"), Indicator("Both scores known", change, "paired_rate")]
    after = next((ask for ask in asks.after_discharge(program) if program.can_answer(ask)), None)
    if after is not None:
        ask = in_years(after, years, "cumulative_incidence")
        several.append(Indicator("{label} by day {day}", ask, "cumulative_incidence", asks.MIDDLE_DAY))
    return several


def previous_blocks(page: Page) -> list[Block]:
    """A table of the main figures in the two years; one text where the data do not name two full years of quarters."""
    years = two_years(page.program.data)
    if years is None:
        return [Text(NO_PERIODS)]
    rows = [_row(page, each, years) for each in indicators(page.program, years) if each.ask in page.released]
    table = Table(
        "Main figures of the latest twelve months and of the twelve before (n: the episodes each rests on)",
        ("Figure", *(f"Discharged {name}" for name in (years.before, years.latest))),
        tuple(rows),
        prose=True,
    )
    note = (
        "Twelve months are the latest four full quarters of discharge. Whether a number differs from the year before is said on the first "
        "page; whether a change lasted is seen in the chart over time. Those discharged lately have been followed for less."
    )
    return [TableBlock(table), Note(note)]


def _row(page: Page, indicator: Indicator, years: Years) -> tuple[str, ...]:
    released = page[indicator.ask]
    estimand = indicator.estimand or released.definition.in_role("middle")
    label = released.definition.estimand(estimand).label
    cells = []
    for level in (years.before, years.latest):
        known = level in released.levels and level != MISSING_LEVEL
        cells.append(value_with_base(released.estimate(estimand, level, indicator.time)) if known else "no data")
    return (indicator.name.format(title=released.definition.title, label=label, day=asks.MIDDLE_DAY), *cells)


def _asks(program: Program) -> list[Ask]:
    years = two_years(program.data)
    return [] if years is None else list(dict.fromkeys(each.ask for each in indicators(program, years)))


def _sections(page: Page) -> Sequence[Section]:
    return [section("previous_period", "The year before", previous_blocks(page))]


PREVIOUS_PERIOD = Part(_asks, _sections)
