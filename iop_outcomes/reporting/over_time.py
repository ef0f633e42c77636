"""Takes data, gives the section on completion over time: which periods, which of them can be judged, and its blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from iop_outcomes.columns import Column, Status
from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.measures import find
from iop_outcomes.release import DEFAULT_POLICY, Released, Withheld, policy_for, release
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.blocks import Block, Note, TableBlock, Text, figure_block
from iop_outcomes.results import Results
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


def completion_trend(data: Data, policy: str = DEFAULT_POLICY, *, conf_level: float = 0.95, grouped: str | None = None) -> Trend | None:
    """Completion by month where there are enough of them and nearly all can be shown, else by quarter, else by the file's own period.

    Parameters
    ----------
    data : Data
        A loaded program.
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Disclosure policy.
    conf_level : float
        Confidence level of the estimates that are released; the chart itself has no intervals.
    grouped : str, optional
        As in `evaluate`.

    Returns
    -------
    Trend or None
        `None` when no discharge period is known at all.

    Raises
    ------
    UsageError
        When there is no such policy, or the class of the data does not allow it.
    """
    for column in ("discharge_month", "discharge_quarter", "period"):
        if column not in data.groups:
            continue
        results = _by_period(data, column, conf_level, grouped)
        if results.levels in ((ALL,), (ALL, MISSING_LEVEL)):  # no period is given anywhere
            continue
        threshold = policy_for(policy, data.data_class).threshold
        if column == "discharge_month" and not _may_be_enough(results, threshold):
            continue
        released = release(results, policy)
        if column == "discharge_month" and not _enough_months(released):
            continue
        periods = calendar([level for level in released.levels if level not in (ALL, MISSING_LEVEL)])
        immature, incomplete = _immature(data, periods), _incomplete(data, periods)
        return trend_of(released, ESTIMAND, immature=immature, incomplete=incomplete)
    return None


def _by_period(data: Data, column: str, conf_level: float, grouped: str | None) -> Results:
    """The one estimand that is shown: withholding what nobody prints would cost periods that could be seen."""
    results = evaluate(find("completion"), data, by=column, grouped=grouped, conf_level=conf_level)
    results = replace(results, among_grouped=None)  # episodes without a period are in no point, and their number is said beside
    kept = tuple(estimate for estimate in results if estimate.estimand == ESTIMAND)
    populations = {key: people for key, people in results.populations.items() if key[1].estimand == ESTIMAND}
    return replace(results, estimates=kept, populations=populations)


def _may_be_enough(results: Results, threshold: int) -> bool:
    """Whether enough months have no small count of their own: releasing many small months takes long, and would be for nothing."""
    months = [people for (level, _), people in results.populations.items() if level not in (ALL, MISSING_LEVEL)]
    safe = sum(is_safe(people.n, threshold) and is_safe(people.k or 0, threshold) for people in months)
    return len(months) >= FEWEST_MONTHS * NEARLY_ALL and safe >= NEARLY_ALL * len(months)


def _enough_months(released: Released) -> bool:
    months = trend_of(released, ESTIMAND).points
    shown = sum("withheld" not in point.caveats and "gap" not in point.caveats for point in months)
    return len(months) >= FEWEST_MONTHS and shown >= NEARLY_ALL * len(months)


# -- which periods can be judged -----------------------------------------------------------------------------------


def _immature(data: Data, periods: tuple[Period, ...]) -> frozenset[Period]:
    """Periods that begin before the first admission, known to the month, and the 95th percentile stay after it."""
    mature = _mature_from(data)
    return frozenset() if mature is None else frozenset(period for period in periods if period.first_day < mature)


def _mature_from(data: Data) -> date | None:
    """The first day on which long stays of the first admissions can have ended; `None` when admission dates are not known."""
    if "admit_month" not in data.groups:
        return None
    months = [read_period(str(level)) for level in data.engine.tally([Column("admit_month")]).levels("admit_month") if level is not None]
    first = min((month.first_day for month in months if month is not None), default=None)
    stays = data.engine.tally([Status(), Column("los_days")])
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
