"""Takes released estimates, gives what charts of one row for each group share: places, names, notes, axes, and the chart in words."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes

from iop_outcomes.keys import Flag
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.words import NOT_SHOWN, ShownGroup, estimate_value, has_value, is_everyone, listed, shown_groups
from iop_outcomes.units import percent

WRAP = 28  # characters of a row's name on one line
MOST_ROWS = 60  # on some three printed pages; of more groups the table tells more than a picture does
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def coordinate(value: object) -> float:
    """A coordinate, rounded."""
    return round(float(value), theme.DECIMALS) if isinstance(value, float | int) else math.nan


def drawn_groups(released: Released, estimand: str) -> tuple[list[ShownGroup], str]:
    """The groups that have a row in a chart, everyone first, and what stands over it: of too many groups, everyone alone."""
    require_released(released, "drawn_groups")
    groups = [group for group in shown_groups(released, estimand) if not _is_no_reason(group, estimand)]
    named = sum(not group.is_everyone for group in groups)
    return ([group for group in groups if group.is_everyone], too_many(named)) if named > MOST_ROWS else (groups, "")


def _is_no_reason(group: ShownGroup, estimand: str) -> bool:
    """Whether a discharge reason is nobody's here, as "active" is of the discharged: a row of its own would ask why it is empty."""
    return group.released.group == "discharge_reason" and Flag.NO_EPISODES in group.estimate(estimand).flag


def too_many(groups: int) -> str:
    """That there are more groups than a chart can show."""
    return f"{groups} groups are too many to draw: the table shows each"


def withheld_words(row: ReleasedEstimate) -> str:
    """What stands where an estimate has no place on a chart."""
    return NOT_SHOWN if not row.shown else estimate_value(row)


def dot(ax: Axes, y: int, row: ReleasedEstimate) -> None:
    """The value of a row; that of everyone is a diamond."""
    ax.plot(coordinate(row.value), y, "D" if is_everyone(row.level, row.level_2) else "o", color=theme.NAVY, markersize=7, zorder=3)


def range_bar(ax: Axes, y: int, low: object, high: object, *, bold: bool) -> None:
    """A bar from one end of a range to the other; that of everyone is thin."""
    ax.plot(
        [coordinate(low), coordinate(high)],
        [y, y],
        color=theme.NAVY,
        linewidth=5 if bold else 3,
        alpha=0.45,
        solid_capstyle="butt",
        zorder=2,
    )


def finish_rows(
    ax: Axes,
    groups: Sequence[str],
    notes: Sequence[str] = (),
    *,
    above: str = "",
    above_inches: float = 0.1,
    fit: bool = True,
    everyone_first: bool = True,
) -> None:
    """The names of the rows, words over them and to the right of each, everyone on top, and a quiet frame; `fit` makes room for all."""
    names = [textwrap.fill(words, WRAP) for words in groups]
    ax.set_yticks(range(len(groups)), names)
    ax.set_ylim(len(groups) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    for y, words in enumerate(notes):
        ax.text(1.02, y, words, transform=ax.get_yaxis_transform(), va="center", ha="left", fontsize=9)
    if len(groups) > 1 and everyone_first:
        ax.axhline(0.5, color=theme.GRID, linewidth=0.8)
    if above:
        ax.set_title(above, loc="left", fontsize=10)
    if fit:
        theme.fit_rows(ax, names, notes, above_inches=above_inches + (0.25 if above else 0.0))


def share_axis(ax: Axes) -> None:
    """The whole range of shares, so that charts side by side compare."""
    ax.set_xlim(0, 1)
    ax.set_xticks(QUARTERS, [percent(mark) for mark in QUARTERS])


def alt_text(released: Released, estimands: Sequence[str], kind: str, *, everyone: bool = False) -> str:
    """What the chart says, for those who do not see it: its kind, its message and its numbers; `everyone` where it draws no group."""
    require_released(released, "alt_text")
    groups, above = drawn_groups(released, estimands[0])
    if everyone:
        groups, above = [group for group in groups if group.is_everyone], ""
    parts = []
    for group in groups:
        numbers = [(released.definition.estimand(name), group.estimate(name)) for name in estimands]
        values = [f"{named.label.lower()} {value_words(row, named.digits)}" for named, row in numbers if row.shown]
        withheld = [named.label.lower() for named, row in numbers if not row.shown]
        values += [f"{NOT_SHOWN}: {listed(withheld)}" if values else NOT_SHOWN] if withheld else []
        parts.append(f"{group.words}: {'; '.join(values)}")
    return f"{kind} {released.definition.title}. " + ". ".join([*parts, *([above] if above else [])]) + "."


def value_words(row: ReleasedEstimate, digits: int | None = None) -> str:
    """The value of an estimate, with the decimals to which it is rounded, or what stands in its place."""
    return estimate_value(row, digits) if has_value(row) else withheld_words(row)
