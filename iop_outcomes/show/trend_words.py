"""Takes a trend, gives its words: a sentence, a table, and a text for those who do not see the chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from iop_outcomes.show.tables import Table
from iop_outcomes.show.trend import FEWEST_POINTS, Trend, TrendPoint, require_trend
from iop_outcomes.show.words import NO_DATA, NOT_SHOWN, count, estimate_value, has_value, share_and_count
from iop_outcomes.stats.periods import Period
from iop_outcomes.units import percent

_MOST_NAMED = 4
_CAVEAT_WORDS = {"immature": "too early to judge", "incomplete": "not yet complete"}
_RULE_WORDS = {
    "outside_limits": ("below the expected range", "above the expected range"),
    "seven_point_trend": ("part of a run of falls", "part of a run of rises"),
    "two_of_three_near_limit": ("close to the lower limit", "close to the upper limit"),
    "seven_on_one_side": ("part of a run below the average", "part of a run above the average"),
}
_NO_LIMITS = {
    "no_episodes": "no {noun} can be judged",
    "one_period": "no two {noun}s in succession can be compared",
    "none_or_all": "the share is the same in every {noun}",
    "sd_zero": "successive {noun}s do not differ",
}


def trend_sentence(trend: Trend) -> str:
    """What the chart shows, in a sentence for each rule that marks a point; never why."""
    require_trend(trend, "trend_sentence")
    if trend.flag == "no_periods":
        return f"{trend.title} cannot be followed over time: no period is known."
    if trend.flag == "few_points":
        periods_judged = len(trend.judged)
        return f"{trend.title} is shown without an expected range: {periods_judged} {_plural(trend.noun, periods_judged)} can be judged, and that takes {FEWEST_POINTS}."
    if trend.flag:
        return f"{trend.title} is shown without an expected range: {_NO_LIMITS[trend.flag].format(noun=trend.noun)}."
    signals = [*_outside(trend), *_trending(trend), *_near(trend), *_one_side(trend)]
    return " ".join(f"{trend.title} {words}." for words in signals) or f"{trend.title} stayed within its expected range."


def _plural(noun: str, n: int) -> str:
    return noun if n == 1 else f"{noun}s"


def _outside(trend: Trend) -> list[str]:
    periods = [point.period.words for point in trend.points if _rules(point).get("outside_limits")]
    return [f"was outside its expected range in {_listed(periods)}"] if periods else []


def _near(trend: Trend) -> list[str]:
    periods = [point.period.words for point in trend.points if _rules(point).get("two_of_three_near_limit")]
    return [f"was close to a limit of its expected range in {_listed(periods)}"] if periods else []


def _trending(trend: Trend) -> list[str]:
    sentences = []
    for side, run in _runs(trend, "seven_point_trend"):
        verb, now = ("rose", "has risen") if side > 0 else ("fell", "has fallen")
        moves = f"{len(run) - 1} times in a row"
        sentences.append(f"{now} {moves}" if _lasting(trend, run) else f"{verb} {moves}, {_span(run)}")
    return sentences


def _one_side(trend: Trend) -> list[str]:
    sentences = []
    for side, run in _runs(trend, "seven_on_one_side"):
        where = f"{'above' if side > 0 else 'below'} its average for {len(run)} {_plural(trend.noun, len(run))} in a row"
        sentences.append(f"has been {where}" if _lasting(trend, run) else f"was {where}, {_span(run)}")
    return sentences


def _rules(point: TrendPoint) -> dict[str, int]:
    """The rules to tell of a point with their sides: one outside the limits is not said to be close to them as well."""
    sides = dict(point.sides)
    if "outside_limits" in sides:
        sides.pop("two_of_three_near_limit", None)
    return sides


def _runs(trend: Trend, rule: str) -> list[tuple[int, list[TrendPoint]]]:
    """The runs that a rule marks, in order, each with its side."""
    grouped = groupby(trend.points, key=lambda point: _rules(point).get(rule, 0))
    return [(side, list(points)) for side, points in grouped if side]


def _lasting(trend: Trend, run: Sequence[TrendPoint]) -> bool:
    """Whether a run goes on to the last point that is judged."""
    return run[-1] is trend.judged[-1]


def _span(run: Sequence[TrendPoint]) -> str:
    return f"from {run[0].period.words} to {run[-1].period.words}"


def _listed(periods: Sequence[str]) -> str:
    if len(periods) > _MOST_NAMED:
        return f"{len(periods)} periods, first {periods[0]} and last {periods[-1]}"
    return periods[0] if len(periods) == 1 else f"{', '.join(periods[:-1])} and {periods[-1]}"


def trend_table(trend: Trend) -> Table:
    """Each period with its share, its base, its expected range and what is to be said of it."""
    require_trend(trend, "trend_table")
    words = trend.released.definition.estimand(trend.estimand).label
    heads = (trend.noun.capitalize(), words, "Episodes", *(() if trend.flag else ("Expected range",)), "Remark")
    rows = [(_heading(p.period), _share(p), _base(p), *(() if trend.flag else (_expected(p),)), _remark(p)) for p in trend.points]
    return Table(trend.title, heads, tuple(rows), prose=True, mark=trend.released.policy.mark)


def _heading(period: Period) -> str:
    return f"{period.year} {period.short}" if period.per_year == 4 else period.words


def _share(point: TrendPoint) -> str:
    return NO_DATA if point.estimate is None else share_and_count(point.estimate)


def _base(point: TrendPoint) -> str:
    return "0" if point.estimate is None else count(point.estimate.n)


def _expected(point: TrendPoint) -> str:
    return "" if math.isnan(point.low) else f"{percent(point.low, like=1.0)} to {percent(point.high, like=1.0)}"


def _remark(point: TrendPoint) -> str:
    remarks = [_CAVEAT_WORDS[why] for why in point.caveats if why in _CAVEAT_WORDS]
    return "; ".join([*remarks, *(_RULE_WORDS[rule][side > 0] for rule, side in _rules(point).items())])


def trend_alt_text(trend: Trend) -> str:
    """What the chart says, for those who do not see it: its kind, its message and its numbers."""
    require_trend(trend, "trend_alt_text")
    kind = "Run chart without limits." if trend.flag else "Control chart with p-prime limits."
    numbers = [f"{_heading(point.period)} {_alt_value(point)}" for point in trend.points]
    average = "" if math.isnan(trend.centre) else f" Average {percent(trend.centre)}."
    return f"{kind} {trend_sentence(trend)}{average} {'; '.join(numbers)}{'.' if numbers else ''}".strip()


def _alt_value(point: TrendPoint) -> str:
    if point.estimate is None or not has_value(point.estimate):
        return NOT_SHOWN if "withheld" in point.caveats else NO_DATA
    remark = _remark(point)
    return estimate_value(point.estimate) + (f" ({remark})" if remark else "")
