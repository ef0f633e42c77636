"""Takes a released course of scores over the weeks, gives the chart of two lines over the numbers scored, its words and its sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.results import Role
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import coordinate, too_many
from iop_outcomes.show.curves import MOST_APART, Group, divided
from iop_outcomes.show.words import count, estimate_value, group_words, has_value, listed, moved, plain_range, sentence, value_of

WEEK = 7
_NARROW = 7  # weeks that have room under a small chart
_NOT_SHOWN = "\u2013"
_LINES: tuple[tuple[Role, str], ...] = (("modelled", "Everybody, by the model"), ("observed", "Those scored that week"))


def _weeks(released: Released, role: Role, level: str) -> list[ReleasedEstimate]:
    """The numbers of a role in the order of their days."""
    name = released.definition.in_role(role)
    here = (each for each in released.estimates if each.estimand == name and each.level == level and not each.contrast)
    return sorted(here, key=lambda each: each.time or 0.0)


def _start(released: Released, level: str) -> ReleasedEstimate:
    return released.estimate(released.definition.in_role("before"), level)


@with_numbers
def weekly_course(released: Released, *, ax: Axes | None = None) -> Axes:
    """The mean of each week, of those scored and of everybody by the model, with the numbers scored under the axis.

    Of one group in one chart; of up to 24 as small charts, everyone first; of more everyone alone.

    Parameters
    ----------
    released : Released
        A measure of scores week by week.
    ax : Axes, optional
        Where to draw everyone; by default a new figure.

    Returns
    -------
    Axes
        Those of the (first) chart.
    """
    require_released(released, "weekly_course")
    groups = _drawn(released)
    with theme.style():
        if ax is None and 1 < len(groups) <= MOST_APART + 1:
            return _apart(groups)
        drawn = ax or theme.new_axes(6, extra_inches=1.3)
        _draw(drawn, (released, ALL))
        drawn.set_xlabel("Week of care; below it, how many were scored")
        drawn.set_ylabel(f"Mean {released.definition.subject}")
        if len(groups) > MOST_APART + 1:
            drawn.set_title(too_many(len(groups) - 1), loc="left", fontsize=10)
        drawn.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.02), ncols=2, fontsize=9)
        if ax is None:
            theme.fit_rows(drawn, ["00000"], [], above_inches=0.5, below_inches=0.85)
    return drawn


def _drawn(released: Released) -> list[Group]:
    """Everyone, then the groups."""
    return [(released, ALL), *divided(released)]


def _apart(groups: Sequence[Group]) -> Axes:
    """Two charts a row, on one scale of points."""
    rows = (len(groups) + 1) // 2
    height = 2.05 * rows + 0.7
    figure: Figure = theme.new_figure(theme.width(), height)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.75 / height, top=1 - 0.55 / height, hspace=0.6, wspace=0.16)
    first: Axes | None = None
    for place, group in enumerate(groups):
        ax = figure.add_subplot(rows, 2, place + 1, axes_class=theme.ShownAxes, sharey=first)
        first = first or ax
        _draw(ax, group, small=True)
        ax.set_title(group_words(*group), loc="left", fontsize=10)
        if place >= len(groups) - 2:
            ax.set_xlabel("Week of care; below it, scored")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, loc="upper center", ncols=2, fontsize=9)
    return figure.axes[0]


def _draw(ax: Axes, group: Group, *, small: bool = False) -> None:
    """Both lines of a group."""
    start = _start(*group)
    looks = ((theme.NAVY, "o", "-"), (theme.MUTED, "s", "--"))
    for (role, words), (color, marker, line) in zip(_LINES, looks, strict=True):
        weeks = [each for each in _weeks(group[0], role, group[1]) if has_value(each)]
        points = [(0.0, start), *((float(each.time or 0) / WEEK, each) for each in weeks)] if has_value(start) else []
        places, values = [at for at, _ in points], [coordinate(each.value) for _, each in points]
        ax.plot(
            places,
            values,
            color=color,
            marker=marker,
            linestyle=line,
            linewidth=2,
            markersize=4 if small else 5,
            markerfacecolor="white",
            label=words,
        )
        if role == "modelled":
            limits = [(coordinate(each.low), coordinate(each.high)) for _, each in points]
            ax.fill_between(places, [low for low, _ in limits], [high for _, high in limits], color=theme.NAVY, alpha=0.15, linewidth=0)
    scored = [(0, start), *((int((each.time or 0) / WEEK), each) for each in _weeks(group[0], "observed", group[1]))]
    every = 2 if small and len(scored) > _NARROW else 1
    ticks = scored[::every]
    ax.set_xlim(-0.5, scored[-1][0] + 0.5)
    ax.set_xticks([week for week, _ in ticks], [f"{week}\n{_n(each)}" for week, each in ticks], fontsize=7 if small else 9)
    ax.grid(axis="y", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)


def _n(estimate: ReleasedEstimate) -> str:
    """How many were scored, for the axis."""
    return count(estimate.n) if isinstance(estimate.n, int) else _NOT_SHOWN


def course_alt_text(released: Released) -> str:
    """The two lines in words and numbers, for those who do not see the chart."""
    require_released(released, "course_alt_text")
    groups = _drawn(released)
    many = len(groups) > MOST_APART + 1
    parts = [_group_in_words(group) for group in (groups[:1] if many else groups)]
    return (
        f"Two lines over weeks. {released.definition.title}. " + ". ".join([*parts, *([too_many(len(groups) - 1)] if many else [])]) + "."
    )


def _group_in_words(group: Group) -> str:
    weeks = [
        f"week {int((each.time or 0) / WEEK)} {estimate_value(each)}, of those scored {estimate_value(seen)} (n {count(seen.n)})"
        for each, seen in zip(_weeks(group[0], "modelled", group[1]), _weeks(group[0], "observed", group[1]), strict=True)
        if has_value(each) and has_value(seen)
    ]
    without = [str(int((each.time or 0) / WEEK)) for each in _weeks(group[0], "modelled", group[1]) if not has_value(each)]
    start = _start(*group)
    begun = f"at admission {estimate_value(start)}" if has_value(start) else "at admission not shown"
    return "; ".join([f"{group_words(*group)}: {begun}", *weeks, *([f"not drawn: week {listed(without)}"] if without else [])])


def course_sentence(released: Released, level: str = ALL) -> str:
    """From which mean to which, of everybody by the model, and what the mean of those still scored is beside it."""
    require_released(released, "course_sentence")
    start = _start(released, level)
    known = [each for each in _weeks(released, "modelled", level) if has_value(each)]
    if not known or not has_value(start):
        scored = [each.time for each in _weeks(released, "observed", level) if each.n != 0]
        last = next((each for each in _weeks(released, "modelled", level) if each.time in scored[-1:]), start)
        return sentence(released, last.estimand, level, time=last.time)
    last = known[-1]
    change = released.estimate(released.definition.in_role("change"), level, last.time)
    ends = plain_range(last)
    week = int((last.time or 0) / WEEK)
    text = f"Average {released.definition.subject} {moved(start, last, change)} by week {week} ({ends}), of all {count(start.n)} with an admission score, by a model of repeated scores."
    seen = next(each for each in _weeks(released, "observed", level) if each.time == last.time)
    if not has_value(seen) or math.isnan(value_of(seen)):
        return text
    return f"{text} The {count(seen.n)} scored that week average {estimate_value(seen)}."


WEEKLY_COURSE = ChartKind("weekly_course", weekly_course, course_alt_text, course_sentence)
