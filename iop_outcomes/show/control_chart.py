"""Takes a trend, gives its chart: points in the order of time, the average and the limits, or the median, and the declared changes."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN

from iop_outcomes.intake.dated_changes import DatedChange
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
_LEFT = -0.7  # where the axis of time begins
_ABOVE = 0.4  # inches for the legend
_WRAP = 34  # letters of a line of a change's words
_WORDS_INCHES = 0.15  # height of such a line
_PARTS_OF_YEARS: dict[int, tuple[int, ...]] = {12: (1, 3, 6), 4: (1, 2), 1: ()}  # steps between names on the axis, in periods


@with_numbers
def trend_chart(trend: Trend, *, ax: Axes | None = None) -> Axes:
    """Points in the order of time with the average and the expected range, or the median; declared changes as dashed lines with their words.

    Signals have a shape and a colour of their own; what is not judged is hollow.

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
        draw_lines(drawn, trend)
        kinds = draw_points(drawn, trend)
        notes = _labels(drawn, trend)
        frame_trend(drawn, trend)
        if ax is None:
            theme.fit_rows(drawn, [percent(1.0)], notes, above_inches=_ABOVE)
        above = _changes(drawn, trend)
        if ax is None:
            name_points(drawn, kinds)
        elif kinds:
            look = {"bbox_to_anchor": (0, 1 + above / _size(drawn)[1]), **_legend_look(kinds)}
            drawn.legend([*kinds.values()], list(kinds), loc="lower left", **look)
        if ax is None and above:
            _make_higher(drawn, above)
            theme.fit_rows(drawn, [percent(1.0)], notes, above_inches=_ABOVE + above)
    return drawn


def draw_lines(ax: Axes, trend: Trend) -> None:
    """The average, or the median, over the periods it rests on, the limits as steps, and thin lines between neighbours."""
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


def draw_points(ax: Axes, trend: Trend) -> dict[str, Line2D]:
    """Draw each kind of point, and give the kinds there are with a sample of each."""
    better = {"higher": 1, "lower": -1, "neither": 0}[trend.released.definition.better]
    looks: dict[str, dict[str, Any]] = {
        "signal of improvement": {"marker": "^", "color": theme.NAVY, "markersize": 8.0},
        "signal of concern": {"marker": "v", "color": theme.OCHRE, "markersize": 8.0},
        "signal": {"marker": "D", "color": theme.PURPLE, "markersize": 6.5},
        "as expected": {"marker": "o", "color": _COMMON, "markersize": 5.5},
        "without an expected range": {"marker": "o", "color": _COMMON, "markersize": 5.5},
        "too few to judge once rounded": {"marker": "s", "color": _COMMON, "markersize": 5.0, "markerfacecolor": "white"},
        "too early or not complete": {"marker": "o", "color": _COMMON, "markersize": 5.5, "markerfacecolor": "white"},
    }
    kinds = [_kind(point, better, limits=not trend.flag) for point in trend.points]
    samples: dict[str, Line2D] = {}
    for kind, look in looks.items():
        places = [place for place, point_kind in enumerate(kinds) if point_kind == kind]
        if places:
            (samples[kind],) = ax.plot(places, [trend.points[p].value for p in places], linestyle="none", zorder=3, **look)
    return samples


def name_points(ax: Axes, kinds: Mapping[str, Line2D]) -> None:
    """Say at the top of a figure what each kind of point means."""
    if kinds:
        ax.figure.legend([*kinds.values()], list(kinds), loc="upper left", **_legend_look(kinds))


def _legend_look(kinds: Mapping[str, Line2D]) -> dict[str, Any]:
    spacing = {"handlelength": 1.0, "borderaxespad": 0.3, "columnspacing": 1.4}
    return {"ncols": len(kinds), "frameon": False, "fontsize": 9.0, **spacing}


def _kind(point: TrendPoint, better: int, *, limits: bool) -> str:
    if math.isnan(point.value):
        return ""
    if not point.judged:
        return "too few to judge once rounded" if point.caveats == ("rounded",) else "too early or not complete"
    if not point.sides:
        return "as expected" if limits else "without an expected range"
    side = point.sides[0][1] * better  # the first rule decides, in the order of the rules
    return "signal" if side == 0 else "signal of improvement" if side > 0 else "signal of concern"


def _labels(ax: Axes, trend: Trend) -> list[str]:
    """Words at the right end of each line, which are given back, and the names of periods outside the limits."""
    last = trend.judged[-1] if trend.judged else None
    lines: list[tuple[float, str]] = []
    if last is not None and not math.isnan(trend.centre):
        lines.append((trend.centre, f"{'median' if trend.flag else 'average'} {percent(trend.centre)}"))
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


# -- declared changes ----------------------------------------------------------------------------------------------


class ChangeLabel(NamedTuple):
    """The words of a change: at which place among the points, on which side of its line, and from where to where in inches of the axes."""

    place: float
    words: str
    before_line: bool
    left: float
    right: float
    foot: float
    top: float


def _changes(ax: Axes, trend: Trend) -> float:
    """A dashed line for each declared change within the chart, its words above; gives the inches that they take above the axes."""
    labels, (_, high) = labels_of_changes(ax, trend), _size(ax)
    draw_changes(ax, labels, high)
    return max((label.top for label in labels), default=0.0)


def draw_changes(ax: Axes, labels: Sequence[ChangeLabel], high: float) -> None:
    """Dashed lines with their words above, on axes that are so high in inches; words that are empty leave the line alone."""
    for label in labels:
        ends = [0, coordinate(1 + label.top / high)]
        ax.plot([label.place] * 2, ends, color=theme.TEXT, linewidth=1.0, linestyle=(0, (4, 3)), clip_on=False, zorder=1.5)
        ax.annotate(
            label.words,
            (label.place, coordinate(1 + label.foot / high)),
            xytext=(-4 if label.before_line else 4, 2),
            textcoords="offset points",
            ha="right" if label.before_line else "left",
            va="bottom",
            fontsize=9,
            linespacing=1.05,
            annotation_clip=False,
            zorder=4,
        )


def labels_of_changes(ax: Axes, trend: Trend) -> list[ChangeLabel]:
    """The words of the changes within the chart, the latest first.

    Words begin at their line, and end there where the figure has no more room to the right. Those that would overlap stand above each
    other, the earlier the higher, so that the line of an earlier change runs through no words.
    """
    wide, _ = _size(ax)
    room = wide + theme.WIDTH_INCHES * (1 - ax.get_position().x1)
    labels: list[ChangeLabel] = []
    for change in reversed(trend.changes):
        place = trend.place_of(change)
        if math.isnan(place):
            continue
        lines = textwrap.wrap(f"{change.words} ({_axis_name(trend, change)})", _WRAP)
        width = max(theme.text_width(line, 9.0) for line in lines) + 0.1
        line = (place - _LEFT) * wide / (_right(trend) - _LEFT)
        before_line = line + width > room and line >= width
        left = line - width if before_line else line
        foot = max((each.top for each in labels if each.left < left + width and left <= each.right), default=0.0)
        labels.append(ChangeLabel(place, "\n".join(lines), before_line, left, left + width, foot, foot + _WORDS_INCHES * len(lines) + 0.05))
    return labels


def _axis_name(trend: Trend, change: DatedChange) -> str:
    """The period of a change as an axis names it."""
    period = next(point.period for point in trend.points if change.is_within(point.period))
    return f"{period.short}\u00a0{period.year}" if period.per_year > 1 else period.short  # on one line


def _right(trend: Trend) -> float:
    """Where the axis of time ends."""
    return max(len(trend.points) - 0.3, 0.7)


def _size(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes, in inches."""
    figure, box = ax.get_figure(root=True), ax.get_position()
    if figure is None:
        raise ValueError("axes without a figure")
    wide, high = figure.get_size_inches()
    return box.width * wide, box.height * high


def _make_higher(ax: Axes, inches: float) -> None:
    """Make the figure of some axes higher."""
    figure = ax.get_figure(root=True)
    if figure is not None:
        wide, high = figure.get_size_inches()
        figure.set_size_inches(wide, high + inches)


def frame_trend(ax: Axes, trend: Trend, marks: Sequence[float] = QUARTERS, *, most_names: int = _MOST_TICKS, between: str = "\n") -> None:
    """A share axis with these marks, and few and level names of periods, with something between a part of a year and its year."""
    chosen = _ticks([point.period for point in trend.points], most_names, between)
    ax.set_xlim(_LEFT, _right(trend))
    ax.set_ylim(0, 1)
    ax.set_yticks(marks, [percent(mark) for mark in marks])
    ax.set_xticks(list(chosen), list(chosen.values()))
    # One line of marks: as minor ticks each would be five artists, three of them never seen, and a fifth of the chart's time.
    unnamed = [place for place in range(len(trend.points)) if place not in chosen]
    marked: dict[str, Any] = {"linestyle": "none", "marker": TICKDOWN, "markersize": 2, "markeredgewidth": 0.6, "color": theme.GRID}
    ax.plot(unnamed, [0.0] * len(unnamed), transform=ax.get_xaxis_transform(), clip_on=False, zorder=0.4, **marked)
    ax.tick_params(axis="y", labelsize=9)
    ax.grid(axis="y", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)


def _ticks(periods: Sequence[Period], most: int, between: str) -> dict[int, str]:
    """Places of the names on the axis, so many at most, at even parts of years, with the year where it changes."""
    if not periods:
        return {}
    per_year = periods[0].per_year
    steps = (*_PARTS_OF_YEARS[per_year], *(per_year * years for years in (1, 2, 5, 10, 20, 50)))
    positions = [period.year * per_year + period.part for period in periods]
    possible = ([place for place, position in enumerate(positions) if position % step == 0] for step in steps)
    names: dict[int, str] = {}
    year = None
    for place in next((places for places in possible if len(places) <= most), []):
        period = periods[place]
        with_year = per_year > 1 and period.year != year
        names[place], year = f"{period.short}{between}{period.year}" if with_year else period.short, period.year
    return names
