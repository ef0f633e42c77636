"""Takes released results, gives charts drawn from them alone; each returns its Axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.results import ALL
from iop_outcomes.show import theme
from iop_outcomes.show.words import NOT_SHOWN, estimate_value, label, number, percent, plain_range


def ordered_levels(released: Released, estimand: str) -> tuple[str, ...]:
    """Levels for a table or a chart: everyone first, then by value from high to low, withheld ones last."""
    require_released(released, "ordered_levels")

    def key(level: str) -> tuple[bool, float, str]:
        value = released.of(estimand, level).value
        known = isinstance(value, float) and not math.isnan(value)
        return (not known, -value if isinstance(value, float) and known else 0.0, level)

    rest = sorted((level for level in released.levels if level != ALL), key=key)
    return (ALL, *rest)


def dot_range(released: Released, estimand: str, *, ax: Axes | None = None) -> Axes:
    """Shares as dots with their 95 % ranges, one row for each level.

    Parameters
    ----------
    released : Released
        What to show.
    estimand : str
        A share.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "dot_range")
    levels = ordered_levels(released, estimand)
    rows = [released.of(estimand, level) for level in levels]
    with theme.style():
        ax = ax or theme.new_axes(len(levels))
        for y, row in enumerate(rows):
            if drawable(row):
                _range(ax, y, row.low, row.high, bold=row.level != ALL)
                ax.plot(at(row.value), y, "o" if row.level != ALL else "D", color=theme.NAVY, markersize=7, zorder=3)
            note(ax, y, f"{estimate_value(row)} ({plain_range(row)})" if drawable(row) else withheld_words(row))
        finish_rows(ax, levels)
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], [percent(x) for x in (0, 0.25, 0.5, 0.75, 1)])
    return ax


def stay_range(released: Released, *, stem: str = "los", ax: Axes | None = None) -> Axes:
    """Stays: a dot at the middle stay, a bar over the middle half of stays, one row for each level."""
    require_released(released, "stay_range")
    levels = ordered_levels(released, f"{stem}_median")
    far = 1.0
    with theme.style():
        ax = ax or theme.new_axes(len(levels))
        for y, level in enumerate(levels):
            middle, low, high = (released.of(f"{stem}_{name}", level) for name in ("median", "q1", "q3"))
            if drawable(middle):
                _range(ax, y, low.value, high.value, bold=level != ALL)
                ax.plot(at(middle.value), y, "o" if level != ALL else "D", color=theme.NAVY, markersize=7, zorder=3)
                far = max(far, at(high.value))
                ends = [number(end.value, "days") for end in (low, high)]
                note(ax, y, f"{number(middle.value, 'days')} (middle half {ends[0]} to {ends[1]})")
            else:
                note(ax, y, withheld_words(middle))
        finish_rows(ax, levels)
        ax.set_xlim(0, far * 1.05)
        ax.set_xlabel("Days from admission to discharge")
    return ax


def stacked_shares(released: Released, estimands: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """Parts of a whole as one bar for each level; parts that are withheld stay white, together.

    Parameters
    ----------
    released : Released
        What to show.
    estimands : sequence of str
        Shares of the same whole, in the order of the bar.
    ax : Axes, optional
        Where to draw; new axes by default.
    """
    require_released(released, "stacked_shares")
    levels = ordered_levels(released, estimands[0])
    colours = dict(zip(estimands, (*theme.PALETTE, theme.CONTEXT), strict=False))
    with theme.style():
        ax = ax or theme.new_axes(len(levels), extra_inches=1.5)
        handles = {}
        for y, level in enumerate(levels):
            left = 0.0
            for name in estimands:
                row = released.of(name, level)
                if not drawable(row):
                    continue
                width = at(row.value)
                handles[name] = ax.barh(y, width, left=left, height=0.62, color=colours[name], edgecolor="white", linewidth=0.8)
                if width >= 0.07:
                    ink = "white" if colours[name] in theme.DARK else theme.TEXT
                    ax.text(
                        left + width / 2,
                        y,
                        percent(row.value if isinstance(row.value, float) else 0.0),
                        ha="center",
                        va="center",
                        color=ink,
                    )
                left = round(left + width, theme.DECIMALS)
            if left < 0.995:
                ax.barh(y, 1 - left, left=left, height=0.62, facecolor="white", edgecolor=theme.MUTED, linewidth=0.8, linestyle=":")
                if 1 - left >= 0.12:
                    ax.text(left + (1 - left) / 2, y, NOT_SHOWN, ha="center", va="center", color=theme.MUTED, fontsize=9)
        finish_rows(ax, levels)
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], [percent(x) for x in (0, 0.25, 0.5, 0.75, 1)])
        shown = [name for name in estimands if name in handles]
        words = [released.definition.estimand(name).label for name in shown]
        if shown:
            ax.figure.legend(
                [handles[name].patches[0] for name in shown], words, loc="outside upper center", ncols=3, frameon=False, handlelength=1.0
            )
    return ax


def alt_text(released: Released, estimands: Sequence[str], kind: str) -> str:
    """What the chart says, for those who do not see it: its kind, its message and its numbers."""
    require_released(released, "alt_text")
    levels = ordered_levels(released, estimands[0])
    parts = []
    for level in levels:
        numbers = [(released.definition.estimand(name).label, released.of(name, level)) for name in estimands]
        said = "; ".join(f"{words.lower()} {_said(row)}" for words, row in numbers)
        parts.append(f"{label(level, levels)}: {said}")
    return f"{kind} {released.definition.title}. " + ". ".join(parts) + "."


def _said(row: ReleasedEstimate) -> str:
    return estimate_value(row) if drawable(row) else withheld_words(row)


def drawable(row: ReleasedEstimate) -> bool:
    """Whether an estimate has a place on a chart."""
    return isinstance(row.value, float) and not math.isnan(row.value)


def withheld_words(row: ReleasedEstimate) -> str:
    """What stands where an estimate has no place on a chart."""
    return NOT_SHOWN if not row.shown else estimate_value(row)


def at(value: object) -> float:
    """A coordinate, rounded."""
    return round(float(value), theme.DECIMALS) if isinstance(value, float | int) else math.nan


def _range(ax: Axes, y: int, low: object, high: object, *, bold: bool) -> None:
    ax.plot([at(low), at(high)], [y, y], color=theme.NAVY, linewidth=5 if bold else 3, alpha=0.45, solid_capstyle="butt", zorder=2)


def note(ax: Axes, y: int, words: str) -> None:
    """Words to the right of a row."""
    ax.text(1.02, y, words, transform=ax.get_yaxis_transform(), va="center", ha="left", fontsize=9)


def finish_rows(ax: Axes, levels: Sequence[str]) -> None:
    """Names of the rows, everyone on top, and a quiet frame."""
    ax.set_yticks(range(len(levels)), [label(level, levels) for level in levels])
    ax.set_ylim(len(levels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    if len(levels) > 1:
        ax.axhline(0.5, color=theme.GRID, linewidth=0.8)
