"""Takes a page, gives completion over time: which periods, which of them can be judged, and the blocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from iop_outcomes.columns import Column, Status
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.measures import find
from iop_outcomes.release import Released, Withheld
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.control_chart import trend_chart
from iop_outcomes.show.trend import FEWEST_POINTS, Trend, trend_of
from iop_outcomes.show.trend_words import trend_alt_text, trend_sentence, trend_table
from iop_outcomes.show.words import count
from iop_outcomes.stats.duration import distribution, quantile_type2
from iop_outcomes.stats.periods import Period, calendar, read_period

ESTIMAND = "completion_strict"
FEWEST_MONTHS = 24
NEARLY_ALL = 0.9  # share of the months that must be shown for months to be chosen
LONG_STAY = 0.95  # of stays are shorter than what a program must have run for its rates to be mature

NO_PERIOD = "Completion over time is not shown: the data name neither discharge dates nor a discharge period."
NO_CALENDAR = "Completion over time is not shown: the discharge periods are not all months (2024-03), quarters (2024-Q1) or years (2024)."
NOTHING_SHOWN = "Completion over time is not shown: no period holds enough episodes."


def completion_by_period(program: Program) -> Ask | None:
    """Completion by month where enough months hold enough episodes, else by quarter, else by the file's own period; none where no period is known.

    Only the one number that is shown: withholding what nobody prints would cost periods that could be seen.
    """
    known = [column for column in ("discharge_month", "discharge_quarter", "period") if program.has_values(column)]
    if "discharge_month" in known and not _months_hold_enough(program):
        known.remove("discharge_month")
    return Ask("completion", by=known[0], estimands=(ESTIMAND,)) if known else None


def _months_hold_enough(program: Program) -> bool:
    """Whether there are enough months, and nearly all without a small count of their own."""
    measure, column = find("completion"), "discharge_month"
    counts = program.data.count((*measure.requests, Column(column)))
    drafts = [measure.draft(counts.where(counts.is_in(column, [month]))) for month in counts.levels(column) if month is not None]
    people = [draft.population for several in drafts for draft in several if draft.key.estimand == ESTIMAND]
    safe = sum(all(is_safe(n, program.policy.threshold) for n in (who.n, who.k or 0)) for who in people)
    return len(people) >= FEWEST_MONTHS and safe >= NEARLY_ALL * len(people)


def trend_of_page(page: Page) -> Trend | None:
    """Completion over time; `None` when no discharge period is known at all."""
    released, data = page.get(completion_by_period(page.program)), page.program.data
    if released is None:
        return None
    periods = calendar([level for level in released.levels if level not in (ALL, MISSING_LEVEL)])
    return trend_of(released, ESTIMAND, immature=_immature(data, periods), incomplete=_incomplete(data, periods))


# -- which periods can be judged -----------------------------------------------------------------------------------


def _immature(data: Data, periods: tuple[Period, ...]) -> frozenset[Period]:
    """Periods that begin before the first admission, known to the month, and the 95th percentile stay after it."""
    mature = _mature_from(data)
    return frozenset() if mature is None else frozenset(period for period in periods if period.first_day < mature)


def _mature_from(data: Data) -> date | None:
    """The first day on which long stays of the first admissions can have ended; `None` when admission dates are not known."""
    if "admit_month" not in data.groups:
        return None
    months = [read_period(str(level)) for level in data.count([Column("admit_month")]).levels("admit_month") if level is not None]
    first = min((month.first_day for month in months if month is not None), default=None)
    stays = data.count([Status(), Column("los_days")])
    stayed = stays.is_in("episode_status", ["discharged", "died"]) & ~stays.is_in("los_days", [None])
    long_stay = quantile_type2(distribution(stays.where(stayed), "los_days"), LONG_STAY)
    return None if first is None or long_stay != long_stay else first + timedelta(days=int(-(-long_stay // 1)))  # noqa: PLR0124 - NaN is unequal to itself


def _incomplete(data: Data, periods: tuple[Period, ...]) -> frozenset[Period]:
    """Periods that end after the data were cut."""
    cutoff = data.provenance.cutoff
    return frozenset(period for period in periods if cutoff and period.last_day > date.fromisoformat(cutoff))


# -- blocks --------------------------------------------------------------------------------------------------------


def over_time_blocks(data: Data, trend: Trend) -> list[Block]:
    """The chart with its sentence, its table, and what is to be known to read them."""
    if not trend.points:
        return [Text(NO_CALENDAR)]
    if all(point.value != point.value for point in trend.points):
        return [Text(NOTHING_SHOWN)]
    return [
        figure_block(trend_chart(trend), trend_sentence(trend), _subtitle(trend), trend_alt_text(trend)),
        TableBlock(trend_table(trend)),
        Note(_note(data, trend)),
    ]


def _subtitle(trend: Trend) -> str:
    words = f"Share of the episodes discharged in each {trend.noun} that ended in planned completion. Higher is better."
    if trend.flag:
        return f"{words} With fewer than {FEWEST_POINTS} points to judge, no limits are drawn." if trend.flag == "few_points" else words
    return f"{words} Line: average. Dashed: the range that {trend.noun}s are expected in when nothing changes."


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
        sentences.append("A period that is not shown or has no episodes breaks every run.")
    unknown = _without_period(trend.released)
    if unknown:
        sentences.append(f"Discharged episodes without a discharge period are in no point: {unknown}.")
    return " ".join((*sentences, "A signal says that something changed, or chance; it does not say what."))


def _without_period(released: Released) -> str:
    """How many discharged episodes have no period, in words; empty when none has."""
    if MISSING_LEVEL not in released.levels:
        return ""
    n = released.estimate(ESTIMAND, MISSING_LEVEL).n
    return "" if not isinstance(n, Withheld) and n == 0 else count(n)


def _asks(program: Program) -> list[Ask]:
    ask = completion_by_period(program)
    return [] if ask is None else [ask]


def _sections(page: Page) -> Sequence[Section]:
    trend = trend_of_page(page)
    return [section("trend", "Over time", [Text(NO_PERIOD)] if trend is None else over_time_blocks(page.program.data, trend))]


OVER_TIME = Part(_asks, _sections)
