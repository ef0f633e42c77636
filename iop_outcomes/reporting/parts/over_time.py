"""Takes a page, gives completion over time: its verdict, the year before, what lies before and after each declared change."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.release import Released, Withheld
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.before_after import before_after_ask, before_after_blocks, two_times_words
from iop_outcomes.reporting.parts.chart_periods import ESTIMAND, completion_by_period, judged_periods, periods_of, unjudged
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.reporting.parts.previous_period import in_years, two_years
from iop_outcomes.show.control_chart import trend_chart
from iop_outcomes.show.trend import FEWEST_POINTS, Trend, trend_of
from iop_outcomes.show.trend_words import trend_alt_text, trend_sentence, trend_table
from iop_outcomes.show.words import count, estimate_value, has_value
from iop_outcomes.units import percent

NO_PERIOD = "Completion over time is not shown: the data name neither discharge dates nor a discharge period."
NOBODY_YET = "Completion over time is not shown: nobody has been discharged yet."
NO_CALENDAR = "Completion over time is not shown: the discharge periods are not all months (2024-03), quarters (2024-Q1) or years (2024)."
NOTHING_SHOWN = "Completion over time is not shown: no period holds enough episodes."
CHANCE = "A signal says that something changed, or chance; it does not say what."
CHANGES_NOT_SHOWN = "The changes that the mapping declares are not shown either."


def trend_of_page(page: Page) -> Trend | None:
    """Completion over time; `None` when no discharge period is known at all."""
    ask, data = completion_by_period(page.program), page.program.data
    released = page.get(ask)
    if released is None or ask is None:
        return None
    immature, incomplete = unjudged(data, periods_of(data, str(ask.by)))
    return trend_of(released, ESTIMAND, immature=immature, incomplete=incomplete, changes=data.changes)


def _changes_ask(program: Program) -> Ask | None:
    """What lies before and after the declared changes; none where nothing can be compared."""
    ask = completion_by_period(program) if program.data.changes else None
    return None if ask is None else before_after_ask(ask, judged_periods(program.data, str(ask.by)), program.data.changes)


def _year_ask(program: Program) -> Ask | None:
    """The latest year and the one before: what the first page asks too."""
    years = two_years(program)
    return None if years is None else in_years(asks.completion(program), years, ESTIMAND)


# -- blocks --------------------------------------------------------------------------------------------------------


def over_time_blocks(data: Data, trend: Trend) -> list[Block]:
    """The chart with its sentence, or why there is none."""
    if not trend.points:
        return [Text(f"{NO_CALENDAR} {CHANGES_NOT_SHOWN}" if data.changes else NO_CALENDAR)]
    if not _is_drawn(trend):
        return [Text(NOTHING_SHOWN)]
    return [figure_block(trend_chart(trend), trend_sentence(trend), _subtitle(trend), trend_alt_text(trend))]


def in_full(data: Data, trend: Trend) -> list[Block]:
    """Every period, and what is to be known to read the chart."""
    return [TableBlock(trend_table(trend)), Note(_note(data, trend))]


def _beside(page: Page, trend: Trend) -> list[Block]:
    """The latest year against the year before, and what lies before and after each declared change."""
    program, blocks = page.program, list[Block]()
    years, by_year = two_years(program), page.get(_year_ask(program))
    if years is not None and by_year is not None and {years.latest, years.before} <= {*by_year.levels}:
        before, latest = (years.before, f"in the year before ({years.before})"), (years.latest, f"in the latest year ({years.latest})")
        words = two_times_words(by_year, ESTIMAND, before, latest, "in the latest year")
        blocks.append(Text(f"{by_year.definition.estimand(ESTIMAND).label} {words}."))
    if trend.changes and trend.points:
        blocks += before_after_blocks(trend, judged_periods(program.data, trend.released.group), page.get(_changes_ask(program)))
    return blocks


def _subtitle(trend: Trend) -> str:
    words = f"Share of the episodes discharged in each {trend.noun} that ended in planned completion. Higher is better."
    marked = any(not math.isnan(trend.place_of(change)) for change in trend.changes)
    upright = " Upright dashed lines: declared changes." if marked else ""
    if math.isnan(trend.centre):
        return f"{words}{upright}"
    if trend.flag:
        few = f" Limits take {FEWEST_POINTS} points to judge." if trend.flag in ("few_points", "no_episodes") else ""
        return f"{words} Line: median.{few}{upright}"
    line = f"Line: average of the {len(trend.judged)} {trend.noun}s judged{_of_everyone(trend)}."
    return f"{words} {line} Dashed: the range expected when nothing changes.{upright}"


def _of_everyone(trend: Trend) -> str:
    """That all episodes together have another share, where not every period is judged."""
    everyone = trend.released.estimate(trend.estimand)
    if not has_value(everyone) or percent(trend.centre) == estimate_value(everyone):
        return ""
    return f" ({percent(trend.centre)}; all episodes: {estimate_value(everyone)})"


def _note(data: Data, trend: Trend) -> str:
    """What each kind of period that is not judged means, and what the chart cannot say."""
    caveats = {why for point in trend.points for why in point.caveats}
    sentences = []
    if not trend.flag:
        sentences.append(
            "The limits (Laney's p-prime, three standard deviations) allow for the number of episodes and for usual variation between "
            f"{trend.noun}s. Signals: a point outside them; seven points in a row that each rise, or each fall; two of three points on "
            "one side in the outer third; seven points in a row on one side of the average. Even when nothing changes, "
            "chance alone gives a signal in about one chart of 24 points in seven, and in one of 48 points in three."
        )
    if trend.runs is not None and trend.runs.is_judged:
        sentences.append(
            "The rules are those of a run chart. Signals: a run on one side of the median that is longer than expected of so many points, "
            "or fewer crossings of the median than expected; points on the median count in neither. Of a chart of 10 or 11 points where nothing changes, chance alone gives a signal "
            "in about one of a hundred, so that only large and lasting changes show."
        )
    if "immature" in caveats:
        sentences.append(
            "Too early to judge: periods that begin before the program had run as long as all but the longest twentieth of stays; "
            "the episodes that had ended by then were short ones."
        )
    elif "admit_month" not in data.groups:
        sentences.append("Admission dates are not known, so that the first periods may hold mostly short stays.")
    if "incomplete" in caveats:
        sentences.append("Not yet complete: the data end within the period.")
    elif not data.provenance.cutoff:
        sentences.append("The data name no cut-off, so that the last period may be incomplete.")
    if {"withheld", "gap"} & caveats:
        gap = "breaks every run" if not trend.flag else "is left out"
        sentences.append(f"A period that is not shown or has no episodes {gap}.")
    unknown = _without_period(trend.released)
    if unknown:
        sentences.append(f"Discharged episodes without a discharge period are in no point: {unknown}.")
    return " ".join((*sentences, CHANCE))


def _without_period(released: Released) -> str:
    """How many discharged episodes have no period, in words; empty when none has."""
    if MISSING_LEVEL not in released.levels:
        return ""
    n = released.estimate(ESTIMAND, MISSING_LEVEL).n
    return "" if not isinstance(n, Withheld) and n == 0 else count(n)


def _asks(program: Program) -> list[Ask]:
    by_period = completion_by_period(program)
    return (
        [asks.completion(program)]
        if by_period is None
        else [ask for ask in (by_period, _year_ask(program), _changes_ask(program)) if ask is not None]
    )


def _sections(page: Page) -> Sequence[Section]:
    trend, data = trend_of_page(page), page.program.data
    if trend is None:
        why = NOBODY_YET if page[asks.completion(page.program)].estimate(ESTIMAND).n == 0 else NO_PERIOD
        blocks: list[Block] = [Text(f"{why} {CHANGES_NOT_SHOWN}" if data.changes else why)]
    else:
        blocks = [*over_time_blocks(data, trend), *_beside(page, trend), *([Note(CHANCE)] if _is_drawn(trend) and trend.judged else [])]
    return [section("trend", "Over time", blocks)]


def _is_drawn(trend: Trend) -> bool:
    return any(not math.isnan(point.value) for point in trend.points)


def _appendix(page: Page) -> Sequence[Section]:
    trend = trend_of_page(page)
    if trend is None or not _is_drawn(trend):
        return []
    return [section("trend_in_full", "Over time, in full", in_full(page.program.data, trend))]


OVER_TIME = Part(_asks, _sections, _appendix)
