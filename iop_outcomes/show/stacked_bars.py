"""Takes released parts of a whole, gives the chart of one bar for each group, with the parts side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import alt_text, coordinate, drawn_groups, finish_rows, share_axis
from iop_outcomes.show.words import NOT_SHOWN, has_value, in_counts, sentence
from iop_outcomes.units import percent

ROOM_FOR_WORDS = 0.07  # share of the axis that a percentage needs


@with_numbers
def stacked_shares(released: Released, estimands: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """Parts of a whole as one bar for each level; parts that are withheld stay white, together; of more than 60 levels everyone alone.

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
    groups, above = drawn_groups(released, estimands[0])
    fills = dict(zip(estimands, _fills(), strict=False))
    with theme.style():
        drawn = ax or theme.new_axes(len(groups), extra_inches=1.5)
        for y, group in enumerate(groups):
            parts = [group.estimate(name) for name in estimands]
            end = _bar(drawn, y, [(row, fills[row.estimand]) for row in parts if has_value(row)])
            if end < 0.995:
                _withheld_bar(drawn, y, end)
        words = [released.definition.estimand(name).label for name in estimands]
        samples = [Patch(**fill) for fill in fills.values()]
        rows = (len(words) + 2) // 3
        look: dict[str, Any] = {"ncols": 3, "frameon": False, "handlelength": 1.0, "borderaxespad": 0.3}
        if ax is None:
            drawn.figure.legend(samples, words, loc="upper left", **look)
        else:
            drawn.legend(samples, words, loc="lower left", bbox_to_anchor=(0, 1), **look)
        share_axis(drawn)
        finish_rows(drawn, [group.words for group in groups], above=above, above_inches=0.15 + 0.22 * rows, fit=ax is None)
    return drawn


def _fills() -> Iterator[dict[str, Any]]:
    """Colours in their order, then the same again with strokes, and with dots: no part of a whole goes without."""
    for hatch in ("", "////", "....", "xxxx"):
        for colour in (*theme.PALETTE, theme.CONTEXT):
            yield {"facecolor": colour, **({"hatch": hatch, "edgecolor": "white"} if hatch else {})}


def _bar(ax: Axes, y: int, parts: Sequence[tuple[ReleasedEstimate, dict[str, Any]]]) -> float:
    """Parts side by side, those that are wide enough with their percentage; give where the bar ends."""
    left = 0.0
    for row, fill in parts:
        width = coordinate(row.value)
        ax.barh(y, width, left=left, height=0.62, linewidth=0.8, **{"edgecolor": "white", **fill})
        if width >= ROOM_FOR_WORDS and not in_counts(row):  # of so few a percentage says too much, and "2 of 15" has no room
            ink = "white" if fill["facecolor"] in theme.DARK else theme.TEXT
            plain = {"facecolor": fill["facecolor"], "edgecolor": "none", "pad": 1.5} if "hatch" in fill else None
            ax.text(left + width / 2, y, percent(width), ha="center", va="center", color=ink, bbox=plain)
        left = round(left + width, theme.DECIMALS)
    return left


def _withheld_bar(ax: Axes, y: int, left: float) -> None:
    ax.barh(y, 1 - left, left=left, height=0.62, facecolor="white", edgecolor=theme.MUTED, linewidth=0.8, linestyle=":")
    if 1 - left >= 2 * ROOM_FOR_WORDS:
        ax.text(left + (1 - left) / 2, y, NOT_SHOWN, ha="center", va="center", color=theme.MUTED, fontsize=9)


def _chart(released: Released, *, ax: Axes | None) -> Axes:
    return stacked_shares(released, released.definition.shown, ax=ax)


def stacked_alt_text(released: Released) -> str:
    """The parts of each bar in words and numbers, for those who do not see it."""
    require_released(released, "stacked_alt_text")
    return alt_text(released, released.definition.shown, "Stacked bar chart.")


def _sentence(released: Released) -> str:
    return sentence(released, released.definition.shown[0])


STACKED_SHARES = ChartKind("stacked_shares", _chart, stacked_alt_text, _sentence)


def white_bars(released: Released, estimands: Sequence[str]) -> str:
    """What the white parts of bars are, where there are any."""
    require_released(released, "white_bars")
    withheld = any(not estimate.shown for estimate in released if estimate.estimand in estimands)
    return " White: not shown, because too few." if withheld else ""
