"""Takes a released number and published figures of the same quantity, gives the forest of a program and the literature, its words, and a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from matplotlib.axes import Axes

from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import with_numbers
from iop_outcomes.show.chart_rows import coordinate, finish_rows, range_bar, share_axis, withheld_words
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, estimate_value, has_value, listed, plain_range, value_of
from iop_outcomes.units import MINUS, UNITS, Unit

HERE = "This program"
NO_PRINTED_RANGE = "no range printed"
OURS_ALONE = "of this program alone"


class ShownFigure(Protocol):
    """A published figure that stands beside a program's."""

    @property
    def name(self) -> str:
        """The study in short."""

    @property
    def figure(self) -> str:
        """Which of its figures."""

    @property
    def published(self) -> float:
        """Its value."""

    @property
    def published_low(self) -> float:
        """Its lower limit; NaN where nothing printed gives one."""

    @property
    def published_high(self) -> float:
        """Its upper limit."""

    @property
    def difference(self) -> float:
        """The program's number less this."""

    @property
    def difference_low(self) -> float:
        """Its lower limit."""

    @property
    def difference_high(self) -> float:
        """Its upper limit."""

    @property
    def interval(self) -> str:
        """Whose error that interval holds."""

    @property
    def caveats(self) -> str:
        """What must be known before the two are compared."""


class ShownYardstick(Protocol):
    """A pooled change that a program's is read beside."""

    @property
    def name(self) -> str:
        """The study in short."""

    @property
    def words(self) -> str:
        """What it is of."""

    @property
    def published(self) -> float:
        """Its value."""

    @property
    def published_low(self) -> float:
        """Its lower limit."""

    @property
    def published_high(self) -> float:
        """Its upper limit."""


class Row(NamedTuple):
    """A row of the chart: its name, its value and limits, and whether it is a yardstick."""

    name: str
    value: float
    low: float
    high: float
    yardstick: bool = False


@with_numbers
def forest_beside(
    released: Released,
    estimand: str,
    figures: Sequence[ShownFigure],
    yardsticks: Sequence[ShownYardstick] = (),
    *,
    time: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The program's released number on top, published figures of the same quantity under it, yardsticks below a line.

    Parameters
    ----------
    released : Released
        What holds the program's number.
    estimand : str
        Which.
    figures : sequence of ShownFigure
    yardsticks : sequence of ShownYardstick
    time : float, optional
        By which day, where it has several.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "forest_beside")
    ours, unit = released.estimate(estimand, time=time), UNITS[released.definition.estimand(estimand).unit]
    rows = _rows(figures, yardsticks)
    with theme.style():
        drawn = ax or theme.new_axes(len(rows) + 1)
        if has_value(ours):
            range_bar(drawn, 0, ours.low, ours.high, bold=True)
            drawn.plot(coordinate(ours.value), 0, "D", color=theme.NAVY, markersize=7, zorder=3)
            drawn.axvline(coordinate(ours.value), color=theme.NAVY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        for y, row in enumerate(rows, start=1):
            _draw_row(drawn, y, row)
        if unit.name == "share":
            share_axis(drawn)
        drawn.set_xlabel(f"{released.definition.estimand(estimand).label}{f', {unit.words}' if unit.words else ''}")
        notes = [_own_words(ours), *(_row_words(row, unit) for row in rows)]
        finish_rows(drawn, [HERE, *(row.name for row in rows)], notes, fit=ax is None)
        if yardsticks and figures:
            drawn.axhline(len(figures) + 0.5, color=theme.GRID, linewidth=0.8)
    if isinstance(drawn, theme.ShownAxes):
        drawn.words = beside_alt_text(released, estimand, figures, yardsticks, time=time)
    return drawn


def _rows(figures: Sequence[ShownFigure], yardsticks: Sequence[ShownYardstick]) -> list[Row]:
    rows = [Row(name, each.published, each.published_low, each.published_high) for name, each in zip(_names(figures), figures, strict=True)]
    return rows + [
        Row(
            f"{each.words[:1].upper()}{each.words[1:]} ({each.name})",
            each.published,
            each.published_low,
            each.published_high,
            yardstick=True,
        )
        for each in yardsticks
    ]


def _names(figures: Sequence[ShownFigure]) -> list[str]:
    """The studies in short, with the figure where one study has several."""
    names = [each.name for each in figures]
    return [each.name if names.count(each.name) == 1 else f"{each.name}, {each.figure.replace('_', ' ')}" for each in figures]


def _draw_row(ax: Axes, y: int, row: Row) -> None:
    """A published value: a square, hollow where its error is not printed; a yardstick is a bar."""
    if row.yardstick:
        ax.plot([coordinate(row.low), coordinate(row.high)], [y, y], color=theme.CONTEXT, linewidth=8, solid_capstyle="butt", zorder=2)
        ax.plot(coordinate(row.value), y, "|", color=theme.TEXT, markersize=9, zorder=3)
        return
    known = not math.isnan(row.low)
    if known:
        ax.plot([coordinate(row.low), coordinate(row.high)], [y, y], color=theme.MUTED, linewidth=1.2, zorder=2)
    ax.plot(coordinate(row.value), y, "s", color=theme.TEAL, markersize=6, markerfacecolor=theme.TEAL if known else "white", zorder=3)


def _own_words(ours: ReleasedEstimate) -> str:
    if not has_value(ours):
        return withheld_words(ours)
    ends = plain_range(ours)
    return f"{estimate_value(ours)} ({ends})" if ends else estimate_value(ours)


def _row_words(row: Row, unit: Unit) -> str:
    return f"{unit.text(row.value)} ({_range(row.low, row.high, row.value, unit)})"


def _range(low: float, high: float, like: float, unit: Unit) -> str:
    return NO_PRINTED_RANGE if math.isnan(low) else f"{unit.text(low, like=like)} to {unit.text(high, like=like)}"


def beside_alt_text(
    released: Released,
    estimand: str,
    figures: Sequence[ShownFigure],
    yardsticks: Sequence[ShownYardstick] = (),
    *,
    time: float | None = None,
) -> str:
    """What the chart says, for those who do not see it."""
    require_released(released, "beside_alt_text")
    unit = UNITS[released.definition.estimand(estimand).unit]
    parts = [f"{HERE}: {_own_words(released.estimate(estimand, time=time))}"]
    parts += [f"{row.name}: {_row_words(row, unit)}" for row in _rows(figures, yardsticks)]
    return f"Forest plot of this program and published figures. {released.definition.estimand(estimand).label}. {'. '.join(parts)}."


def beside_sentence(released: Released, estimand: str, figures: Sequence[ShownFigure], *, time: float | None = None) -> str:
    """The program's number, the published ones, and how far apart they lie; a range that leaves 0 out is said, never a cause.

    Parameters
    ----------
    released : Released
    estimand : str
    figures : sequence of ShownFigure
    time : float, optional
    """
    require_released(released, "beside_sentence")
    ours, item = released.estimate(estimand, time=time), released.definition.estimand(estimand)
    if not has_value(ours):
        return f"{item.label}: {withheld_words(ours)}, so that nothing stands beside it."
    unit = UNITS[item.unit]
    others = [f"{unit.text(each.published)} ({name}, {_apart(each, unit)})" for name, each in zip(_names(figures), figures, strict=True)]
    return (
        f"{item.label}: {_own_words(ours)} here{unit.suffix() if unit.words else ''}; published: {listed(others) if others else 'nothing'}."
    )


def _apart(figure: ShownFigure, unit: Unit) -> str:
    """The difference with its range, and that the range holds this program's error alone where it does."""
    words = _difference(figure, unit)
    alone = f", range {OURS_ALONE}" if figure.interval == OURS_ALONE else ""
    return f"difference {words}{alone}"


def _difference(figure: ShownFigure, unit: Unit) -> str:
    between = UNITS[unit.difference or unit.name]
    value = between.text(figure.difference)
    if figure.difference > 0 and value[:1] not in ("+", MINUS):
        value = f"+{value}"
    value += between.suffix(value)
    if math.isnan(figure.difference_low):
        return value
    return f"{value} ({between.text(figure.difference_low)} to {between.text(figure.difference_high)})"


def beside_table(quantities: Sequence[tuple[Released, str, float | None, Sequence[ShownFigure]]], *, caption: str) -> Table:
    """Each published figure beside this program's, the difference, and what must be known of the study.

    Parameters
    ----------
    quantities : sequence of (Released, str, float or None, sequence of ShownFigure)
        What holds a number of the program, which it is, by which day, and the published figures of the same.
    caption : str
    """
    rows = []
    for released, estimand, time, figures in quantities:
        require_released(released, "beside_table")
        ours, item = released.estimate(estimand, time=time), released.definition.estimand(estimand)
        unit = UNITS[item.unit]
        own_words = _own_words(ours) if has_value(ours) else NOT_SHOWN
        for name, each in zip(_names(figures), figures, strict=True):
            printed = f"{unit.text(each.published)} ({_range(each.published_low, each.published_high, each.published, unit)})"
            alone = f"; {OURS_ALONE}" if each.interval == OURS_ALONE else ""
            apart = f"{_difference(each, unit)}{alone}" if not math.isnan(value_of(ours)) else NOT_SHOWN
            rows.append((f"{item.label}: {name}", printed, own_words, apart, each.caveats))
    return Table(caption, ("Figure", "Published", HERE, "Difference", "What the published figure is of"), tuple(rows), prose=True)
