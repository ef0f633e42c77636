"""Takes a pooled result of published studies, gives the forest plot: a square for each study, a diamond, the range of a new study."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from iop_outcomes.show import theme
from iop_outcomes.show.chart_rows import coordinate, finish_rows
from iop_outcomes.show.studies import ShownPool, ShownStudy

MOST_NAMED = 60  # studies whose names have room
_ALL_ROWS_INCHES = 8.0


def forest_of_studies(pooled: ShownPool, ax: Axes | None = None) -> Axes:
    """Studies with their limits, squares as large as their weight; under them the pooled diamond, and the range of a new study.

    Parameters
    ----------
    pooled : ShownPool
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    named = pooled.k <= MOST_NAMED
    rows = list(pooled.rows) if named else sorted(pooled.rows, key=lambda row: row.value)
    shown = pooled.shown
    predicted = not math.isnan(shown["prediction_low"])
    gap = 1.0 if named else pooled.k / 30  # between the rows under the studies
    places = [float(y) for y in range(pooled.k)] + [pooled.k - 1 + gap * step for step in (1, 2)[: 1 + predicted]]
    with theme.style():
        drawn = ax or (theme.new_axes(len(places)) if named else _tall())
        _studies(drawn, rows, named=named)
        _diamond(drawn, places[pooled.k], 0.3 * gap, shown)
        if predicted:
            _range(drawn, places[-1], shown)
        _frame(drawn, pooled)
        labels, notes = _words(rows, shown, predicted=predicted)
        if named:
            finish_rows(drawn, labels, notes, fit=ax is None, everyone_first=False)
            drawn.axhline(pooled.k - 0.5, color=theme.GRID, linewidth=0.8)
        else:
            _name_the_last(drawn, places, labels, pooled.k, fit=ax is None)
    if isinstance(drawn, theme.ShownAxes):
        drawn.words = forest_alt_text(pooled)
    return drawn


def _tall() -> Axes:
    return theme.new_figure(theme.width(), _ALL_ROWS_INCHES).add_subplot(axes_class=theme.ShownAxes)


def _studies(ax: Axes, rows: Sequence[ShownStudy], *, named: bool) -> None:
    """A line and a square for each study."""
    if not named:
        low, value, high = ([coordinate(getattr(row, name)) for row in rows] for name in ("low", "value", "high"))
        ax.hlines(range(len(rows)), low, high, color=theme.MUTED, linewidth=0.6, zorder=2)
        ax.plot(value, range(len(rows)), "s", color=theme.NAVY, markersize=2, linestyle="None", zorder=3)
        return
    heaviest = max(row.weight for row in rows)
    for y, row in enumerate(rows):
        ax.plot([coordinate(row.low), coordinate(row.high)], [y, y], color=theme.MUTED, linewidth=1.2, zorder=2)
        ax.plot(coordinate(row.value), y, "s", color=theme.NAVY, markersize=3 + 7 * math.sqrt(row.weight / heaviest), zorder=3)


def _diamond(ax: Axes, y: float, half: float, shown: dict[str, float]) -> None:
    if math.isnan(shown["low"]):
        ax.plot(coordinate(shown["value"]), y, "D", color=theme.OCHRE, markersize=7, zorder=3)
        return
    x = [coordinate(shown[name]) for name in ("low", "value", "high", "value")]
    ax.fill(x, [y, y - half, y, y + half], color=theme.OCHRE, zorder=3)
    ax.axvline(coordinate(shown["value"]), color=theme.OCHRE, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)


def _range(ax: Axes, y: float, shown: dict[str, float]) -> None:
    ends = [coordinate(shown[f"prediction_{side}"]) for side in ("low", "high")]
    ax.plot(ends, [y, y], color=theme.OCHRE, linewidth=4, alpha=0.5, solid_capstyle="butt", zorder=2)


def _words(rows: Sequence[ShownStudy], shown: dict[str, float], *, predicted: bool) -> tuple[list[str], list[str]]:
    """Names of the rows, and what stands to their right."""
    labels, notes = [row.study for row in rows], [f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})  {row.weight:.1f}%" for row in rows]
    labels.append("Pooled")
    limits = "" if math.isnan(shown["low"]) else f" ({shown['low']:.2f} to {shown['high']:.2f})"
    notes.append(f"{shown['value']:.2f}{limits}")
    if predicted:
        labels.append("A new study")
        notes.append(f"{shown['prediction_low']:.2f} to {shown['prediction_high']:.2f}")
    return labels, notes


def _frame(ax: Axes, pooled: ShownPool) -> None:
    """The axis of the values, with a line where nothing differs."""
    if pooled.scale.name == "log":
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.xaxis.set_minor_locator(NullLocator())
    if not math.isnan(pooled.scale.neutral):
        ax.axvline(pooled.scale.neutral, color=theme.MUTED, linewidth=1, zorder=1)
    ax.set_xlabel(pooled.scale.words.capitalize())


def _name_the_last(ax: Axes, places: Sequence[float], labels: Sequence[str], k: int, *, fit: bool) -> None:
    """Where studies are too many for names: how many there are, and the rows under them."""
    names = [f"{k} studies,\nby their value", *labels[k:]]
    ax.set_ylim(places[-1] + k / 40, -1)
    ax.set_yticks([k / 2, *places[k:]], names)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    if fit:
        theme.fit_rows(ax, names, [])


def forest_alt_text(pooled: ShownPool) -> str:
    """What the forest plot says, for those who do not see it."""
    rows = list(pooled.rows)
    listed = ". ".join(f"{row.study}: {row.value:.2f}, {row.low:.2f} to {row.high:.2f}" for row in rows[:MOST_NAMED])
    more = f". And {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
    return f"Forest plot of {pooled.k} published studies. {pooled.sentence()} {listed}{more}."
