"""Takes released parts of a whole, gives the chart of one bar for each group, with the parts side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import coordinate, drawn_groups, finish_rows, share_axis, value_words
from iop_outcomes.show.tables import rest_of
from iop_outcomes.show.words import NOT_SHOWN, has_value, in_counts, listed, sentence, value_of
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
    fills = _fills_of(released, estimands)
    with theme.style():
        drawn = ax or theme.new_axes(len(groups), extra_inches=1.15)
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


def _fills_of(released: Released, estimands: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How each part is filled: by its meaning where it has one, the others in the order of colours that mean nothing."""
    meanings = {name: released.definition.estimand(name).meaning for name in estimands}
    taken = {theme.MEANINGS[meaning] for meaning in meanings.values() if meaning}
    others = _fills([colour for colour in theme.PALETTE if colour not in taken])
    return {name: {"facecolor": theme.MEANINGS[meaning]} if meaning else next(others) for name, meaning in meanings.items()}


def _fills(colours: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Colours in their order, then the same again with strokes, and with dots: no part of a whole goes without."""
    for hatch in ("", "////", "....", "xxxx"):
        for colour in (*colours, theme.CONTEXT):
            yield {"facecolor": colour, **({"hatch": hatch, "edgecolor": "white"} if hatch else {})}


def _bar(ax: Axes, y: int, parts: Sequence[tuple[ReleasedEstimate, dict[str, Any]]]) -> float:
    """Parts side by side, those that are wide enough with their percentage; give where the bar ends."""
    left = 0.0
    for row, fill in parts:
        width = coordinate(row.value)
        ax.barh(y, width, left=left, height=0.62, linewidth=0.8, **{"edgecolor": "white", **fill})
        if width >= ROOM_FOR_WORDS and not in_counts(row):  # of so few a percentage says too much, and "2 of 15" has no room
            ink = "white" if fill["facecolor"] in theme.DARK else "black"
            plain = {"facecolor": fill["facecolor"], "edgecolor": "none", "pad": 1.5} if "hatch" in fill else None
            ax.text(left + width / 2, y, percent(width), ha="center", va="center", color=ink, bbox=plain)
        left = round(left + width, theme.DECIMALS)
    return left


def _withheld_bar(ax: Axes, y: int, left: float) -> None:
    """The parts that are withheld, together: the share that the others leave, or where no part is shown that none is."""
    ax.barh(y, 1 - left, left=left, height=0.62, facecolor="white", edgecolor=theme.MUTED, linewidth=0.8, linestyle=":")
    if 1 - left >= ROOM_FOR_WORDS:
        words = percent(round(1 - left, theme.DECIMALS)) if left else NOT_SHOWN
        ax.text(left + (1 - left) / 2, y, words, ha="center", va="center", color=theme.MUTED, fontsize=9)


def _chart(released: Released, *, ax: Axes | None) -> Axes:
    return stacked_shares(released, released.definition.shown, ax=ax)


def stacked_alt_text(released: Released) -> str:
    """The parts of each bar in words and numbers, for those who do not see it."""
    require_released(released, "stacked_alt_text")
    names = released.definition.shown
    groups, above = drawn_groups(released, names[0])
    parts = [f"{group.words}: {_bar_words(released, [group.estimate(name) for name in names])}" for group in groups]
    return f"Stacked bar chart. {released.definition.title}. " + ". ".join([*parts, *([above] if above else [])]) + "."


def has_stacked_bars(released: Released) -> bool:
    """Whether any bar shows a part that somebody is in."""
    require_released(released, "has_stacked_bars")
    names = released.definition.shown
    bars = ([group.estimate(name) for name in names] for group in drawn_groups(released, names[0])[0])
    return any(_bar_words(released, bar) != NOT_SHOWN for bar in bars)


def _bar_words(released: Released, parts: Sequence[ReleasedEstimate]) -> str:
    """The parts of a bar, those withheld together."""
    if not any(part.shown for part in parts) or not (
        all(part.shown for part in parts) or any(has_value(part) and value_of(part) for part in parts)
    ):
        return NOT_SHOWN  # nothing, or only that some parts are none
    rest, label = rest_of(parts), released.definition.estimand
    shown = [f"{label(part.estimand).label.lower()} {value_words(part)}" for part in parts if not rest or part.shown]
    hidden = listed([label(part.estimand).label.lower() for part in parts if not part.shown]) if rest else ""
    return "; ".join([*shown, f"{hidden} together {rest}"] if rest else shown)


def _sentence(released: Released) -> str:
    return sentence(released, released.definition.shown[0])


STACKED_SHARES = ChartKind("stacked_shares", _chart, stacked_alt_text, _sentence)


def white_bars(released: Released, estimands: Sequence[str]) -> str:
    """What the white parts of bars are, where there are any."""
    require_released(released, "white_bars")
    withheld = any(not estimate.shown for estimate in released if estimate.estimand in estimands)
    return " White: the rest, too small to show apart." if withheld else ""
