"""Takes a trend, gives it as a strip for a first page: the chart of the same trend, low, with what fits of its words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import with_numbers
from iop_outcomes.show.chart_rows import coordinate
from iop_outcomes.show.control_chart import ChangeLabel, draw_changes, draw_lines, draw_points, frame_trend, labels_of_changes, name_points
from iop_outcomes.show.trend import Trend, TrendPoint, require_trend
from iop_outcomes.show.words import estimate_value, listed
from iop_outcomes.stats.periods import span_words
from iop_outcomes.units import percent

HEIGHT_INCHES = 1.0  # of the strip without words of changes
_ABOVE, _BELOW, _PLOT = 0.32, 0.22, 0.46  # inches for what points mean, for the names of periods, and for the points
_MARK = 0.13  # inches for the words of a policy, under everything
_MARKS = (0.0, 0.5, 1.0)  # the whole axis of the chart, so that a strip makes no change look larger
_MOST_NAMES = 6  # of periods, on one line


@with_numbers
def trend_strip(trend: Trend, *, ax: Axes | None = None) -> Axes:
    """The points, the average or the median and the limits of a trend, as its chart has them, as low as two lines of a page.

    Declared changes are dashed lines; their words stand above them where every one fits on one line, and nowhere else.

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
    require_trend(trend, "trend_strip")
    with theme.style():
        drawn = ax or theme.new_figure(theme.width(), HEIGHT_INCHES).add_subplot(axes_class=theme.ShownAxes)
        draw_lines(drawn, trend)
        kinds = draw_points(drawn, trend)
        centre = _centre(drawn, trend)
        frame_trend(drawn, trend, _MARKS, most_names=_MOST_NAMES, between=" ")
        below = _MARK if trend.released.policy.mark else 0.0
        _fit(drawn, centre, 0.0, below)
        labels = labels_of_changes(drawn, trend)
        if labels:
            fits = all(label.foot == 0 and "\n" not in label.words for label in labels)
            above = labels[0].top if fits else 0.0
            _fit(drawn, centre, above, below)
            draw_changes(drawn, labels if fits else _without_words(labels), _PLOT)
        if ax is None:
            name_points(drawn, kinds)
    return drawn


def _centre(ax: Axes, trend: Trend) -> list[str]:
    """What the level line is, at its right end; the words are given back."""
    if not trend.judged or math.isnan(trend.centre):
        return []
    words = f"{'median' if trend.flag else 'average'} {percent(trend.centre)}"
    ax.text(
        1.01, coordinate(trend.centre), words, transform=ax.get_yaxis_transform(), va="center", ha="left", fontsize=9, color=theme.MUTED
    )
    return [words]


def _fit(ax: Axes, notes: Sequence[str], words_above: float, below: float) -> None:
    """Place the axes in a figure as high as the words of the changes, and those of the policy below it, need."""
    figure = ax.get_figure(root=True)
    if figure is not None and isinstance(ax, theme.ShownAxes):
        figure.set_size_inches(theme.width(), HEIGHT_INCHES + words_above + below)
        theme.fit_rows(ax, [percent(1.0)], notes, above_inches=_ABOVE + words_above, below_inches=_BELOW + below)


def _without_words(labels: Sequence[ChangeLabel]) -> list[ChangeLabel]:
    """The lines of the changes alone, no higher than the axes."""
    return [label._replace(words="", top=0.0) for label in labels]


def strip_subtitle(trend: Trend) -> str:
    """What is shown, on one line: which share, which way is good, what the lines are."""
    require_trend(trend, "strip_subtitle")
    lines = "" if math.isnan(trend.centre) else f" Line: {'median' if trend.flag else 'average'}."
    dashes = "" if trend.flag or not lines else " Dashed: range to be expected."
    return f"Share that finished, by {trend.noun} of discharge; higher is better.{lines}{dashes}"


def strip_alt_text(trend: Trend) -> str:
    """The strip for those who do not see it: its kind, from when to when, its lowest and its highest point, what is marked."""
    require_trend(trend, "strip_alt_text")
    shown = [point for point in trend.points if not math.isnan(point.value)]
    if not shown:
        return f"{trend.title}: no value."
    words = f"Line of points: {trend.title[:1].lower()}{trend.title[1:]} {span_words(shown[0].period, shown[-1].period)}"
    judged = [point for point in shown if point.judged] or shown  # the first periods hold short stays, and those of few move most
    low, high = min(judged, key=_value), max(judged, key=_value)
    between = f", lowest {_point(low)}, highest {_point(high)}" if low is not high else f", {_point(low)}"
    centre = "" if math.isnan(trend.centre) else f", {'median' if trend.flag else 'average'} {percent(trend.centre)}"
    marked = [_point(point) for point in shown if point.sides and point.judged]
    signals = f" Marked: {listed(marked)}." if marked else ""
    return f"{words}{between}{centre}.{signals}"


def _value(point: TrendPoint) -> float:
    return point.value


def _point(point: TrendPoint) -> str:
    if point.estimate is None:
        raise ValueError("a point without an estimate has no value")
    return f"{estimate_value(point.estimate)} in {point.period.words}"
