"""Takes released curves, gives the chart of how many had the event by each day, everyone among the groups, stopped where too few are followed."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedCurve, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import too_many
from iop_outcomes.show.words import estimate_value, group_words, has_range, has_value, listed, plain_range, sentence
from iop_outcomes.units import percent

MOST_TOGETHER = 4
MOST_APART = 24  # small charts on some two printed pages; of more groups the table tells more than pictures do
LAST_DAY = 360
EVERYONE = "#767676"  # a broad line under those of the groups, dark enough to be read
NONE_DRAWN = "No curve may be drawn"
_STYLES = ("-", "--", "-.", ":")
Group = tuple[Released, str]  # a slice, and a level of it
NamedCurve = tuple[str, ReleasedCurve]
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TICKS = (0, 90, 180, 270, LAST_DAY)


@with_numbers
def cumulative(released: Released, *, ax: Axes | None = None) -> Axes:
    """Share with the event by each day: up to four groups and everyone together, up to 24 as small charts with everyone in grey, of more everyone alone.

    Parameters
    ----------
    released : Released
        A measure of time after discharge, or after admission.
    ax : Axes, optional
        Where to draw everything together; by default a new figure, with one small chart each from five to 24 groups.

    Returns
    -------
    Axes
        Those of the (first) chart.
    """
    require_released(released, "cumulative")
    groups = _drawn(divided(released))
    of_everyone = len(groups) > MOST_APART
    curves = _drawn([(released, ALL)]) if of_everyone or not groups else groups
    with theme.style():
        if ax is None and len(curves) > MOST_TOGETHER:
            return _apart(released, curves)
        drawn = ax or theme.new_axes(5, extra_inches=0.95)
        if curves and curves == groups:
            for name, curve in _drawn([(released, ALL)]):
                _draw(drawn, curve, name, color=EVERYONE, linestyle="-", linewidth=3.5)
        for place, (name, curve) in enumerate(curves):
            _draw(drawn, curve, name, color=theme.PALETTE[place % len(theme.PALETTE)], linestyle=_STYLES[place % len(_STYLES)])
        _frame(drawn, day_axis(released))
        above = too_many(len(groups)) if of_everyone else "" if curves else f"{NONE_DRAWN}: the table says what may be shown"
        if above:
            drawn.set_title(above, loc="left", fontsize=10)
        if curves:
            drawn.legend(frameon=False, loc="upper left")
        if ax is None:
            theme.fit_rows(drawn, [percent(1.0)], [], above_inches=0.35 if above else 0.15)
    return drawn


def divided(released: Released) -> list[Group]:
    """The groups, each as a level of a slice: pairs where two columns divide the episodes, those of one level of the first together."""
    require_released(released, "divided")
    slices = released.slices[1:] or released.slices
    levels = dict.fromkeys(level for part in slices for level in part.levels if level != ALL)
    return [(part, level) for level in levels for part in slices if level in part.levels]


def _drawn(groups: Sequence[Group]) -> list[NamedCurve]:
    """The curves of groups that have one, each under its name."""
    return [(group_words(part, level), part.curves[level]) for part, level in groups if level in part.curves and part.curves[level].days]


def _apart(released: Released, curves: Sequence[NamedCurve]) -> Axes:
    """Two charts a row; only those at the edge carry the words of the axes, which all share."""
    rows = (len(curves) + 1) // 2
    height = 1.75 * rows + 0.75
    figure: Figure = theme.new_figure(theme.width(), height)
    figure.subplots_adjust(left=0.09, right=0.97, bottom=0.7 / height, top=1 - 0.3 / height, hspace=0.35, wspace=0.12)
    for place, (name, curve) in enumerate(curves):
        ax = figure.add_subplot(rows, 2, place + 1, axes_class=theme.ShownAxes)
        if ALL in released.curves and released.curves[ALL].days:
            _draw(ax, released.curves[ALL], "", color=theme.CONTEXT, linestyle="-")
        _draw(ax, curve, "", color=theme.NAVY, linestyle="-")
        ax.set_title(name, loc="left", fontsize=10)
        _frame(ax, day_axis(released), left=place % 2 == 0, bottom=place >= len(curves) - 2)
    return figure.axes[0]


def _draw(ax: Axes, curve: ReleasedCurve, name: str, *, color: str, linestyle: str, linewidth: float = 2.0) -> None:
    shares = [round(share, theme.DECIMALS) for share in curve.incidence]
    ax.step(curve.days, shares, where="post", color=color, linestyle=linestyle, linewidth=linewidth, label=name or None)


def day_axis(released: Released) -> str:
    """The words under the days."""
    require_released(released, "day_axis")
    return next((item.axis for item in released.definition.estimands if item.role == "with_event"), "")


def _frame(ax: Axes, words: str, *, left: bool = True, bottom: bool = True) -> None:
    ax.set_xlim(0, LAST_DAY)
    ax.set_ylim(0, 1)
    ax.set_xticks(_TICKS, [str(tick) if bottom else "" for tick in _TICKS])
    ax.set_yticks(_MARKS, [percent(mark) if left else "" for mark in _MARKS])
    ax.tick_params(axis="y", labelsize=9)
    ax.grid(axis="y", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    if bottom:
        ax.set_xlabel(words)


def is_drawn(released: Released) -> bool:
    """Whether a curve of anybody may be drawn."""
    require_released(released, "is_drawn")
    return any(curve.days for part in released.slices for curve in part.curves.values())


def curve_subtitle(released: Released, group: str) -> str:
    """The line under the headline: what is drawn, and what the curves rest on."""
    require_released(released, "curve_subtitle")
    rounded = " Counts are rounded to sixes: no step is one person." if released.policy.threshold else ""
    grey = " Grey: all episodes together." if MOST_TOGETHER < len(_drawn(divided(released))) <= MOST_APART else ""
    return f"Share with the event by day after discharge, by {group}. Lower is better.{rounded}{grey}"


def curve_alt_text(released: Released) -> str:
    """What the curves say, for those who do not see them."""
    require_released(released, "curve_alt_text")
    ends, without, groups = list[str](), list[str](), divided(released)
    of_everyone = len(_drawn(groups)) > MOST_APART
    for part, level in ((released, ALL), *(() if of_everyone else groups)):
        name, curve = group_words(part, level), part.curves.get(level)
        if curve is not None and curve.days:
            ends.append(f"{name}: {'about ' if released.policy.threshold else ''}{percent(curve.incidence[-1])} by day {curve.days[-1]}")
        else:
            without.append(name)
    ends += [f"not drawn: {listed(without)}"] if without else []
    more = f" {too_many(len(_drawn(groups)))}." if of_everyone else ""
    return f"Cumulative curves. {released.definition.title}. " + "; ".join(ends) + f".{more}"


def _sentence(released: Released) -> str:
    """The first day asked that there is a number for, in full, and every other day in a few words."""
    name = released.definition.shown[0]
    days = [each for each in released if each.estimand == name and each.level == ALL and not each.contrast and not each.adjustment]
    days = [each for each in days if each.level_2 == days[0].level_2]
    first = next((each for each in days if has_value(each)), days[0])
    at = released.definition.estimand(name).at
    others = [
        f"{at(each.time)}, {estimate_value(each)}{f' ({plain_range(each)})' if has_value(each) and has_range(each) else ''}"
        for each in days
        if each is not first and (has_value(first) or estimate_value(each) != estimate_value(first))
    ]
    more = f" Also asked: {'; '.join(others)}." if others else ""
    return f"{sentence(released, name, time=first.time)}{more}"


CUMULATIVE = ChartKind("cumulative", cumulative, curve_alt_text, _sentence)
