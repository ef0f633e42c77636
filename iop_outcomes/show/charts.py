"""Takes released results, gives charts drawn from them alone; each returns its Axes."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.words import NOT_SHOWN, estimate_value, label, number, plain_range
from iop_outcomes.units import percent

WRAP = 28  # characters of a row's name on one line
ROOM_FOR_WORDS = 0.07  # share of the axis that a percentage needs
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def ordered_levels(released: Released, estimand: str, *, time: float | None = None) -> tuple[str, ...]:
    """Levels for a table or a chart: everyone first, then by value from high to low, withheld ones last."""
    require_released(released, "ordered_levels")

    def key(level: str) -> tuple[bool, float, str]:
        value = released.of(estimand, level, time).value
        known = isinstance(value, float) and not math.isnan(value)
        return (not known, -value if isinstance(value, float) and known else 0.0, level)

    rest = sorted((level for level in released.levels if level != ALL), key=key)
    return (ALL, *rest)


def dot_range(released: Released, estimand: str, *, words: Sequence[str] = (), ax: Axes | None = None) -> Axes:
    """Shares as dots with their 95 % ranges, one row for each level.

    Parameters
    ----------
    released : Released
        What to show.
    estimand : str
        A share.
    words : sequence of str
        What to say of each level after its range, in the order of `ordered_levels`.
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
        drawn = ax or theme.new_axes(len(levels))
        for y, row in enumerate(rows):
            if drawable(row):
                _range(drawn, y, row.low, row.high, bold=row.level != ALL)
                _dot(drawn, y, row)
        notes = [f"{estimate_value(row)} ({plain_range(row)})" if drawable(row) else withheld_words(row) for row in rows]
        notes = [f"{note}: {word}" if word and word != note else note for note, word in zip(notes, words or [""] * len(notes), strict=True)]
        share_axis(drawn)
        finish_rows(drawn, levels, notes, fit=ax is None)
    return drawn


def _dot(ax: Axes, y: int, row: ReleasedEstimate) -> None:
    ax.plot(at(row.value), y, "o" if row.level != ALL else "D", color=theme.NAVY, markersize=7, zorder=3)


def stay_range(released: Released, *, stem: str = "los", ax: Axes | None = None) -> Axes:
    """Stays: a dot at the middle stay, a bar over the middle half of stays, one row for each level."""
    require_released(released, "stay_range")
    levels = ordered_levels(released, f"{stem}_median")
    far, notes = 1.0, []
    with theme.style():
        drawn = ax or theme.new_axes(len(levels))
        for y, level in enumerate(levels):
            middle, low, high = (released.of(f"{stem}_{name}", level) for name in ("median", "q1", "q3"))
            if not drawable(middle):
                notes.append(withheld_words(middle))
                continue
            _range(drawn, y, low.value, high.value, bold=level != ALL)
            _dot(drawn, y, middle)
            far = max(far, at(high.value))
            ends = [number(end.value, end.unit) for end in (low, high)]
            notes.append(f"{number(middle.value, middle.unit)} (middle half {ends[0]} to {ends[1]})")
        drawn.set_xlim(0, far * 1.05)
        drawn.set_xlabel(f"Days from admission to {'the last contact' if stem.endswith('last_contact') else 'discharge'}")
        finish_rows(drawn, levels, notes, fit=ax is None)
    return drawn


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
        drawn = ax or theme.new_axes(len(levels), extra_inches=1.5)
        for y, level in enumerate(levels):
            parts = [released.of(name, level) for name in estimands]
            end = _bar(drawn, y, [(row, colours[row.estimand]) for row in parts if drawable(row)])
            if end < 0.995:
                _withheld_bar(drawn, y, end)
        words = [released.definition.estimand(name).label for name in estimands]
        samples = [Patch(facecolor=colour) for colour in colours.values()]
        rows = (len(words) + 2) // 3
        look: dict[str, Any] = {"ncols": 3, "frameon": False, "handlelength": 1.0, "borderaxespad": 0.3}
        if ax is None:
            drawn.figure.legend(samples, words, loc="upper left", **look)
        else:
            drawn.legend(samples, words, loc="lower left", bbox_to_anchor=(0, 1), **look)
        share_axis(drawn)
        finish_rows(drawn, levels, above_inches=0.15 + 0.22 * rows, fit=ax is None)
    return drawn


def _bar(ax: Axes, y: int, parts: Sequence[tuple[ReleasedEstimate, str]]) -> float:
    """Parts side by side, those that are wide enough with their percentage; give where the bar ends."""
    left = 0.0
    for row, colour in parts:
        width = at(row.value)
        ax.barh(y, width, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.8)
        if width >= ROOM_FOR_WORDS:
            ink = "white" if colour in theme.DARK else theme.TEXT
            ax.text(left + width / 2, y, percent(width), ha="center", va="center", color=ink)
        left = round(left + width, theme.DECIMALS)
    return left


def _withheld_bar(ax: Axes, y: int, left: float) -> None:
    ax.barh(y, 1 - left, left=left, height=0.62, facecolor="white", edgecolor=theme.MUTED, linewidth=0.8, linestyle=":")
    if 1 - left >= 2 * ROOM_FOR_WORDS:
        ax.text(left + (1 - left) / 2, y, NOT_SHOWN, ha="center", va="center", color=theme.MUTED, fontsize=9)


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


def finish_rows(
    ax: Axes, levels: Sequence[str], notes: Sequence[str] = (), *, above_inches: float = 0.1, fit: bool = True, everyone_first: bool = True
) -> None:
    """Names of the rows, words to the right of each, everyone on top, and a quiet frame; `fit` makes room for both."""
    names = [textwrap.fill(label(level, levels), WRAP) for level in levels]
    ax.set_yticks(range(len(levels)), names)
    ax.set_ylim(len(levels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=theme.GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    for y, words in enumerate(notes):
        ax.text(1.02, y, words, transform=ax.get_yaxis_transform(), va="center", ha="left", fontsize=9)
    if len(levels) > 1 and everyone_first:
        ax.axhline(0.5, color=theme.GRID, linewidth=0.8)
    if fit:
        theme.fit_rows(ax, names, notes, above_inches=above_inches)


def share_axis(ax: Axes) -> None:
    """The whole range of shares, so that charts side by side compare."""
    ax.set_xlim(0, 1)
    ax.set_xticks(QUARTERS, [percent(mark) for mark in QUARTERS])
