"""Takes a trend, gives its chart: points in the order of time, the average, and the limits they are expected in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import with_numbers
from iop_outcomes.show.chart_rows import QUARTERS, coordinate
from iop_outcomes.show.trend import Trend, TrendPoint, require_trend
from iop_outcomes.stats.periods import Period
from iop_outcomes.units import percent

_COMMON = "#767676"
_ROOM = 0.13  # share of the axis that the name of a period needs
_LINE = 0.06  # and the height of a line of words
_MOST_TICKS = 8
_PARTS_OF_YEARS: dict[int, tuple[int, ...]] = {12: (1, 3, 6), 4: (1, 2), 1: ()}  # steps between names on the axis, in periods


@with_numbers
def trend_chart(trend: Trend, *, ax: Axes | None = None) -> Axes:
    """Points in the order of time with the average and the expected range; signals by shape and colour, what is not judged hollow.

    Parameters
    ----------
    trend : Trend
        What to show.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_trend(trend, "trend_chart")
    with theme.style():
        drawn = ax or theme.new_axes(5)
        _lines(drawn, trend)
        kinds = _points(drawn, trend)
        notes = _labels(drawn, trend)
        _frame(drawn, trend)
        samples = list(kinds.values())
        look: dict[str, Any] = {
            "ncols": len(samples),
            "frameon": False,
            "handlelength": 1.0,
            "borderaxespad": 0.3,
            "fontsize": 9.0,
            "columnspacing": 1.4,
        }
        if samples and ax is None:
            drawn.figure.legend(samples, list(kinds), loc="upper left", **look)
        elif samples:
            drawn.legend(samples, list(kinds), loc="lower left", bbox_to_anchor=(0, 1), **look)
        if ax is None:
            theme.fit_rows(drawn, [percent(1.0)], notes, above_inches=0.4)
    return drawn


def _lines(ax: Axes, trend: Trend) -> None:
    """The average over the periods it rests on, the limits as steps, and thin lines between neighbours."""
    places = [place for place, point in enumerate(trend.points) if point.judged]
    if places and not math.isnan(trend.centre):
        ends = [places[0] - 0.5, places[-1] + 0.5]
        ax.plot(ends, [coordinate(trend.centre)] * 2, color=theme.MUTED, linewidth=1.2, zorder=2)
    for end in ("low", "high"):
        heights = [float(getattr(point, end)) for point in trend.points]
        for known, run in groupby(range(len(heights)), key=lambda place: not math.isnan(heights[place])):
            if known:
                steps = list(run)
                ax.stairs(
                    [heights[p] for p in steps],
                    [p - 0.5 for p in (*steps, steps[-1] + 1)],
                    baseline=None,
                    color=theme.MUTED,
                    linestyle="--",
                )
    ax.plot(range(len(trend.points)), [point.value for point in trend.points], color=theme.CONTEXT, linewidth=1.2, zorder=2)


def _points(ax: Axes, trend: Trend) -> dict[str, Line2D]:
    """Draw each kind of point, and give the kinds there are with a sample of each."""
    better = {"higher": 1, "lower": -1, "neither": 0}[trend.released.definition.better]
    looks: dict[str, dict[str, Any]] = {
        "signal of improvement": {"marker": "^", "color": theme.NAVY, "markersize": 8.0},
        "signal of concern": {"marker": "v", "color": theme.OCHRE, "markersize": 8.0},
        "signal": {"marker": "D", "color": theme.PURPLE, "markersize": 6.5},
        "as expected": {"marker": "o", "color": _COMMON, "markersize": 5.5},
        "without an expected range": {"marker": "o", "color": _COMMON, "markersize": 5.5},
        "too early or not complete": {"marker": "o", "color": _COMMON, "markersize": 5.5, "markerfacecolor": "white"},
    }
    kinds = [_kind(point, better, limits=not trend.flag) for point in trend.points]
    samples: dict[str, Line2D] = {}
    for kind, look in looks.items():
        places = [place for place, point_kind in enumerate(kinds) if point_kind == kind]
        if places:
            (samples[kind],) = ax.plot(places, [trend.points[p].value for p in places], linestyle="none", zorder=3, **look)
    return samples


def _kind(point: TrendPoint, better: int, *, limits: bool) -> str:
    if math.isnan(point.value):
        return ""
    if not point.judged:
        return "too early or not complete"
    if not point.sides:
        return "as expected" if limits else "without an expected range"
    side = point.sides[0][1] * better  # the first rule decides, in the order of the rules
    return "signal" if side == 0 else "signal of improvement" if side > 0 else "signal of concern"


def _labels(ax: Axes, trend: Trend) -> list[str]:
    """Words at the right end of each line, which are given back, and the names of periods outside the limits."""
    last = trend.judged[-1] if trend.judged else None
    lines: list[tuple[float, str]] = []
    if last is not None and not math.isnan(trend.centre):
        lines.append((trend.centre, f"average {percent(trend.centre)}"))
        if not math.isnan(last.low):  # narrow limits keep their words a line apart
            lines.append((max(last.high, trend.centre + _LINE), "expected at most"))
            lines.append((min(last.low, trend.centre - _LINE), "expected at least"))
    for height, words in lines:
        ax.text(1.01, coordinate(height), words, transform=ax.get_yaxis_transform(), va="center", ha="left", fontsize=9, color=theme.MUTED)
    named = -len(trend.points)
    for place, point in enumerate(trend.points):
        side = dict(point.sides).get("outside_limits")
        if side and place - named >= _ROOM * len(trend.points):  # names closer than that would overlap; the table has them all
            named = place
            where: dict[str, Any] = {"xytext": (0, 8 * side), "textcoords": "offset points", "va": "bottom" if side > 0 else "top"}
            ax.annotate(f"{point.period.short} {point.period.year}", (place, point.value), ha="center", fontsize=9, **where)
    return [words for _, words in lines]


def _frame(ax: Axes, trend: Trend) -> None:
    """A share axis, and few and level names of periods."""
    places = range(len(trend.points))
    chosen = _ticks([point.period for point in trend.points])
    ax.set_xlim(-0.7, max(len(places) - 0.3, 0.7))
    ax.set_ylim(0, 1)
    ax.set_yticks(QUARTERS, [percent(mark) for mark in QUARTERS])
    ax.set_xticks(list(chosen), list(chosen.values()))
    ax.set_xticks(list(places), minor=True)
    ax.tick_params(axis="x", which="minor", length=2, color=theme.GRID)
    ax.tick_params(axis="y", labelsize=9)
    ax.grid(axis="y", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)


def _ticks(periods: Sequence[Period]) -> dict[int, str]:
    """Places of the names on the axis, at most eight, at even parts of years, with the year where it changes."""
    if not periods:
        return {}
    per_year = periods[0].per_year
    steps = (*_PARTS_OF_YEARS[per_year], *(per_year * years for years in (1, 2, 5, 10, 20, 50)))
    positions = [period.year * per_year + period.part for period in periods]
    possible = ([place for place, position in enumerate(positions) if position % step == 0] for step in steps)
    names: dict[int, str] = {}
    year = None
    for place in next((places for places in possible if len(places) <= _MOST_TICKS), []):
        period = periods[place]
        with_year = per_year > 1 and period.year != year
        names[place], year = f"{period.short}\n{period.year}" if with_year else period.short, period.year
    return names
