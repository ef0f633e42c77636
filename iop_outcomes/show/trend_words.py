"""Takes a trend, gives its words: a verdict, a sentence, a table, and a text for those who do not see the chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.release import Withheld
from iop_outcomes.show.tables import Table
from iop_outcomes.show.trend import Trend, TrendPoint, require_trend
from iop_outcomes.show.words import (
    NO_DATA,
    NOT_SHOWN,
    count,
    estimate_value,
    has_value,
    listed,
    share_and_count,
)
from iop_outcomes.stats.periods import Period, span_words
from iop_outcomes.stats.runs import FEWEST_USEFUL, RunChart
from iop_outcomes.units import percent

_MOST_NAMED = 4
_CAVEAT_WORDS = {"immature": "too early to judge", "incomplete": "not yet complete", "rounded": "too few to judge once rounded"}
_RULE_WORDS = {
    "outside_limits": ("below the expected range", "above the expected range"),
    "seven_point_trend": ("part of a run of falls", "part of a run of rises"),
    "two_of_three_near_limit": ("close to the lower limit", "close to the upper limit"),
    "seven_on_one_side": ("part of a run below the average", "part of a run above the average"),
    "long_run": ("part of a long run below the median", "part of a long run above the median"),
}


def trend_sentence(trend: Trend) -> str:
    """What the chart shows: the verdict, and which declared changes are marked in it."""
    require_trend(trend, "trend_sentence")
    return " ".join(filter(None, (trend_verdict(trend), changes_words(trend))))


def trend_verdict(trend: Trend) -> str:
    """Whether anything changed, in a sentence for each rule that gives a signal; never why. Nothing of periods that cannot be judged."""
    require_trend(trend, "trend_verdict")
    if trend.flag == "no_periods":
        return f"{trend.title} cannot be followed over time: no period is known."
    if trend.runs is not None:
        return _verdict_of_runs(trend, trend.runs)
    signals = [*_outside(trend), *_trending(trend), *_near(trend), *_one_side(trend)]
    return " ".join(f"{trend.title} {words}." for words in signals) or f"{trend.title} stayed within its expected range."


def _verdict_of_runs(trend: Trend, runs: RunChart) -> str:
    n, noun = len(trend.judged), trend.noun
    if n < FEWEST_USEFUL and any("rounded" in point.caveats for point in trend.points):
        return f"{trend.title} cannot be judged: a {noun} holds so few episodes that rounding its counts moves its share as chance does."
    if n < FEWEST_USEFUL:
        return f"{trend.title} cannot be judged yet: it takes {FEWEST_USEFUL} {noun}s that can be compared, and there {_are(n)}."
    if not runs.useful:
        return f"{trend.title} was {percent(trend.centre, like=1.0)} in every {noun} that can be judged."
    if not runs.is_judged:
        return (
            f"{trend.title} cannot be judged: it takes {FEWEST_USEFUL} {noun}s that differ from its median, and there {_are(runs.useful)}."
        )
    once = runs.has_few_crossings and runs.crossings == 1  # which says of any long run when it began, too
    signals = [*([] if once else _long_runs(trend)), *_crossings(trend, runs)]
    quiet = f"{trend.title} shows no sign of a lasting change in the {n} {noun}s that can be judged."
    return " ".join(f"{trend.title} {words}." for words in signals) or quiet


def _long_runs(trend: Trend) -> list[str]:
    sentences = []
    for side, run in _runs(_off_median(trend), "long_run"):
        where, judged = f"{'above' if side > 0 else 'below'} its median", f"{len(run)} {trend.noun}s that can be judged"
        lasting = run[-1] is _off_median(trend)[-1]
        sentences.append(f"has been {where} in the last {judged}" if lasting else f"was {where} in {judged}, {_span(run)}")
    return sentences


def _crossings(trend: Trend, runs: RunChart) -> list[str]:
    """That the median is crossed too seldom, and of a single crossing where it lies."""
    if not runs.has_few_crossings or not runs.crossings:  # without any crossing the long run says it
        return []
    if runs.crossings > 1:
        return [f"crossed its median {runs.crossings} times in {runs.useful} {trend.noun}s, and chance alone gives {runs.fewest} or more"]
    points = _off_median(trend)
    since = next(after for before, after in pairwise(points) if (before.value > trend.centre) != (after.value > trend.centre))
    now, then = ("above", "below") if points[-1].value > trend.centre else ("below", "above")
    return [f"has been {now} its median since {since.period.words}, and was {then} it before"]


def _off_median(trend: Trend) -> list[TrendPoint]:
    """The points that the rules of a run chart go by."""
    return [point for point in trend.judged if point.value != trend.centre]


def changes_words(trend: Trend) -> str:
    """Which changes were declared, each with its period, and which lie outside of the chart, the latest alone of many; nothing where none was."""
    require_trend(trend, "changes_words")
    if not trend.changes or not trend.points:
        return ""
    named = [f"{change.words} ({when(change, trend)}{_outside_words(change, trend)})" for change in trend.changes]
    if len(named) > _MOST_NAMED:
        return f"{len(named)} changes were declared, the latest: {named[-1]}."
    return f"Declared {'change' if len(named) == 1 else 'changes'}: {'; '.join(named)}."


def when(change: DatedChange, trend: Trend) -> str:
    """The period of a change, within a sentence: that of the chart, or its own, or its month."""
    require_trend(trend, "when")
    inside = next((point.period for point in trend.points if change.is_within(point.period)), None)
    return (inside or change.period or Period(12, change.first.year, change.first.month - 1)).words


def _outside_words(change: DatedChange, trend: Trend) -> str:
    if not math.isnan(trend.place_of(change)):
        return ""
    side = "before the first" if change.is_before(trend.points[0].period) else "after the last"
    return f", {side} {trend.noun} shown"


def _are(n: int) -> str:
    """How many there are: "is none", "is 1", "are 9"."""
    return f"{'is' if n < 2 else 'are'} {n or 'none'}"


def _plural(noun: str, n: int) -> str:
    return noun if n == 1 else f"{noun}s"


def _outside(trend: Trend) -> list[str]:
    return [
        f"was {'above' if side > 0 else 'below'} its expected range in {periods}" for side, periods in _by_side(trend, "outside_limits")
    ]


def _near(trend: Trend) -> list[str]:
    return [
        f"was unusually {'high' if side > 0 else 'low'}, close to the limit of its expected range, in {periods}"
        for side, periods in _by_side(trend, "two_of_three_near_limit")
    ]


def _by_side(trend: Trend, rule: str) -> list[tuple[int, str]]:
    """The periods of which a rule tells, low ones first."""
    periods = {side: [point.period.words for point in trend.points if _rules(point).get(rule) == side] for side in (-1, 1)}
    return [(side, _listed(several)) for side, several in periods.items() if several]


def _trending(trend: Trend) -> list[str]:
    sentences = []
    for side, run in _runs(trend.points, "seven_point_trend"):
        verb, now = ("rose", "has risen") if side > 0 else ("fell", "has fallen")
        moves = f"{len(run) - 1} times in a row"
        sentences.append(f"{now} {moves}" if _lasting(trend, run) else f"{verb} {moves}, {_span(run)}")
    return sentences


def _one_side(trend: Trend) -> list[str]:
    sentences = []
    for side, run in _runs(trend.points, "seven_on_one_side"):
        where = f"{'above' if side > 0 else 'below'} its average for {len(run)} {_plural(trend.noun, len(run))} in a row"
        sentences.append(f"has been {where}" if _lasting(trend, run) else f"was {where}, {_span(run)}")
    return sentences


def _rules(point: TrendPoint) -> dict[str, int]:
    """The rules to tell of a point with their sides: one outside the limits is not said to be close to them as well."""
    sides = dict(point.sides)
    if "outside_limits" in sides:
        sides.pop("two_of_three_near_limit", None)
    return sides


def _runs(among: Sequence[TrendPoint], rule: str) -> list[tuple[int, list[TrendPoint]]]:
    """The runs that a rule marks among some points, in order, each with its side."""
    grouped = groupby(among, key=lambda point: _rules(point).get(rule, 0))
    return [(side, list(points)) for side, points in grouped if side]


def _lasting(trend: Trend, run: Sequence[TrendPoint]) -> bool:
    """Whether a run goes on to the last point that is judged."""
    return run[-1] is trend.judged[-1]


def _span(run: Sequence[TrendPoint]) -> str:
    return span_words(run[0].period, run[-1].period)


def _listed(periods: Sequence[str]) -> str:
    if len(periods) > _MOST_NAMED:
        return f"{len(periods)} periods, first {periods[0]} and last {periods[-1]}"
    return listed(periods)


def trend_table(trend: Trend) -> Table:
    """Each period with its share, its base, its expected range and what is to be said of it."""
    require_trend(trend, "trend_table")
    words = trend.released.definition.estimand(trend.estimand).label
    heads = (trend.noun.capitalize(), words, "Episodes", *(() if trend.flag else ("Expected range",)), "Remark")
    rows = [(_heading(p.period), _share(p), _base(p), *(() if trend.flag else (_expected(p),)), _remark(p, trend)) for p in trend.points]
    return Table(trend.title, heads, tuple(rows), prose=True, mark=trend.released.policy.mark)


def _heading(period: Period) -> str:
    return f"{period.year} {period.short}" if period.per_year == 4 else period.words


def _share(point: TrendPoint) -> str:
    return NO_DATA if point.estimate is None else share_and_count(point.estimate)


def _base(point: TrendPoint) -> str:
    """How many episodes; nothing where the cell beside it says already that they are not shown."""
    if point.estimate is None:
        return "0"
    return "" if isinstance(point.estimate.n, Withheld) else count(point.estimate.n)


def _expected(point: TrendPoint) -> str:
    return "" if math.isnan(point.low) else f"{percent(point.low, like=1.0)} to {percent(point.high, like=1.0)}"


def _remark(point: TrendPoint, trend: Trend) -> str:
    remarks = [_CAVEAT_WORDS[why] for why in point.caveats if why in _CAVEAT_WORDS]
    remarks += [_RULE_WORDS[rule][side > 0] for rule, side in _rules(point).items()]
    return "; ".join([*remarks, *(f"change: {change.words}" for change in trend.changes_in(point.period))])


def trend_alt_text(trend: Trend) -> str:
    """What the chart says, for those who do not see it: its kind, its message and its numbers."""
    require_trend(trend, "trend_alt_text")
    kind = "Run chart without limits." if trend.flag else "Control chart with p-prime limits."
    line = "Median" if trend.flag else f"Average of the {trend.noun}s judged"
    shown = [point for point in trend.points if "withheld" not in point.caveats]
    numbers = [f"{_heading(point.period)} {_alt_value(point, trend)}" for point in shown]
    hidden = [_heading(point.period) for point in trend.points if point not in shown]
    numbers += [f"{NOT_SHOWN}: {listed(hidden)}"] if hidden else []
    centre = "" if math.isnan(trend.centre) else f" {line} {percent(trend.centre)}."
    return f"{kind} {trend_sentence(trend)}{centre} {'; '.join(numbers)}{'.' if numbers else ''}".strip()


def _alt_value(point: TrendPoint, trend: Trend) -> str:
    remark = _remark(point, trend) if trend.judged else ""  # else the verdict says it of all of them
    value = NO_DATA if point.estimate is None or not has_value(point.estimate) else estimate_value(point.estimate)
    return value + (f" ({remark})" if remark else "")
