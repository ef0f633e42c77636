"""Takes released comparisons, gives the chart of differences around a line at 0, one row for each group."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from iop_outcomes.keys import TOO_FEW
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import coordinate, finish_rows, withheld_words
from iop_outcomes.show.comparison import compared_groups, comparison_sentences, comparison_word
from iop_outcomes.show.verdicts import adjustment_words, adjustments, margin_bound, verdict_sentences
from iop_outcomes.show.words import ShownGroup, before_range, estimate_value, has_value, label, plain_range
from iop_outcomes.units import MINUS, UNITS, Unit

ForestRow = tuple[str, ShownGroup, ReleasedEstimate]  # what names a row, the group, and its difference
ADJUSTED = "{group}, adjusted"


@with_numbers
def forest(released: Released, estimand: str, *, time: float | None = None, ax: Axes | None = None) -> Axes:
    """Differences from the others with their ranges around a line at 0, one row for each group, the word to the right.

    Where they are adjusted, each group has a second row with an open dot; a margin is a dashed line.

    Parameters
    ----------
    released : Released
        A measure with its comparisons.
    estimand : str
        The number compared.
    time : float, optional
        At which day, where it has several.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "forest")
    rows, bound = _rows(released, estimand, time), margin_bound(released, estimand)
    return _forest(rows, released.definition.estimand(estimand).unit, estimand, time=time, bound=bound, ax=ax)


def _rows(released: Released, estimand: str, time: float | None) -> list[ForestRow]:
    """Each group, as it stands and adjusted."""
    plain, *adjusted = adjustments(released, estimand)
    rows: list[ForestRow] = []
    for group, row in compared_groups(released, estimand, time=time, adjustment=plain):
        rows.append((group.words, group, row))
        for adjustment in adjusted:
            beside = group.released.contrast(estimand, group.level, time=time, adjustment=adjustment)
            rows += [] if beside is None else [(ADJUSTED.format(group=group.words), group, beside)]
    return rows


def forest_of_columns(releases: Sequence[tuple[Released, Sequence[str]]], estimand: str, *, time: float | None = None) -> Axes:
    """The same of several columns in one chart, each group under the name of its column.

    Parameters
    ----------
    releases : sequence of (Released, levels)
        One number by several columns, each with its levels in the order in which they are drawn.
    estimand : str
        The number compared.
    time : float, optional
        At which day, where it has several.

    Returns
    -------
    Axes
    """
    rows = _rows_of_columns(releases, estimand, time)
    return _forest(rows, releases[0][0].definition.estimand(estimand).unit, estimand, time=time, bound=math.nan, ax=None)


def _rows_of_columns(releases: Sequence[tuple[Released, Sequence[str]]], estimand: str, time: float | None) -> list[ForestRow]:
    rows: list[ForestRow] = []
    for released, levels in releases:
        require_released(released, "forest_of_columns")
        of_level = {group.level: (group, row) for group, row in compared_groups(released, estimand, time=time)}
        rows += [(f"{label(released.group)}: {of_level[level][0].words}", *of_level[level]) for level in levels if level in of_level]
    return rows


def _forest(rows: Sequence[ForestRow], unit: str, estimand: str, *, time: float | None, bound: float, ax: Axes | None) -> Axes:
    notes, reach = [], 0.0
    with theme.style():
        drawn = ax or theme.new_axes(len(rows))
        for y, (_, group, row) in enumerate(rows):
            word = comparison_word(group.released, estimand, group.level, time=time, adjustment=row.adjustment)
            if not has_value(row) or word == TOO_FEW:
                notes.append(TOO_FEW if word == TOO_FEW else withheld_words(row))
                continue
            ends = [end for end in (row.low, row.high) if isinstance(end, float) and not math.isnan(end)]
            if len(ends) == 2:
                drawn.plot(
                    [coordinate(end) for end in ends], [y, y], color=theme.NAVY, linewidth=3, alpha=0.45, solid_capstyle="butt", zorder=2
                )
            inside = "white" if row.adjustment else theme.NAVY
            drawn.plot(coordinate(row.value), y, "o", color=theme.NAVY, markerfacecolor=inside, markersize=7, zorder=3)
            reach = max([reach, abs(coordinate(row.value)), *(abs(coordinate(end)) for end in ends)])
            notes.append(f"{before_range(estimate_value(row), plain_range(row))}: {word}")
        if not math.isnan(bound):
            reach = max(reach, abs(bound))
            drawn.axvline(coordinate(bound), color=theme.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        _around_zero(drawn, reach or 1.0, UNITS[UNITS[unit].difference], time)
        finish_rows(drawn, [words for words, _, _ in rows], notes, fit=ax is None, everyone_first=False)
    return drawn


def _around_zero(ax: Axes, reach: float, unit: Unit, time: float | None) -> None:
    """A line at 0 in the middle, and the same distance to both sides."""
    ax.axvline(0, color=theme.MUTED, linewidth=1, zorder=1)
    ax.set_xlim(-1.08 * reach, 1.08 * reach)
    ticks = [tick for tick in ax.get_xticks() if abs(tick) <= reach]
    ax.set_xticks(ticks, [f"{round(tick * unit.factor, 6):g}".replace("-", MINUS) for tick in ticks])
    when = "" if time is None else f" by day {time:g}"
    ax.set_xlabel(f"Group minus the others together{when} ({unit.words})")


def difference_alt_text(released: Released, estimand: str, *, time: float | None = None) -> str:
    """What the chart of differences says, in words and numbers."""
    require_released(released, "difference_alt_text")
    groups = _in_words(_rows(released, estimand, time), estimand, time)
    what = released.definition.estimand(estimand).label.lower()
    when = "" if time is None else f" by day {time:g}"
    _, *adjusted = adjustments(released, estimand)
    for_what = "".join(f" Adjusted: after allowing for {adjustment_words(released, each)}." for each in adjusted)
    verdicts = "".join(f" Dashed line: the margin. {each}" for each in verdict_sentences(released, estimand, time=time))
    return (
        f"Chart of differences around 0. {released.definition.title}, {what}{when}, each group minus the others. "
        f"{'. '.join(groups)}.{for_what}{verdicts}"
    )


def columns_alt_text(releases: Sequence[tuple[Released, Sequence[str]]], estimand: str, *, time: float | None = None) -> str:
    """What the chart of differences by several columns says, in words and numbers."""
    groups = _in_words(_rows_of_columns(releases, estimand, time), estimand, time)
    return f"Chart of differences around 0, each group minus the others of its column. {'. '.join(groups)}."


def _in_words(rows: Sequence[ForestRow], estimand: str, time: float | None) -> list[str]:
    """Each row with its difference, its range and its word; a word that says there is no number stands alone."""
    judged = [
        (words, row, comparison_word(group.released, estimand, group.level, time=time, adjustment=row.adjustment))
        for words, group, row in rows
    ]
    return [
        f"{words}: {before_range(f'difference {estimate_value(row)}', plain_range(row))}, {word}" if has_value(row) else f"{words}: {word}"
        for words, row, word in judged
    ]


def _first_time(released: Released) -> float | None:
    """The day of the number compared, the first where it has several."""
    return next((estimate.time for estimate in released if estimate.estimand == released.definition.shown[0]), None)


def _chart(released: Released, *, ax: Axes | None) -> Axes:
    return forest(released, released.definition.shown[0], time=_first_time(released), ax=ax)


def _alt_text(released: Released) -> str:
    return difference_alt_text(released, released.definition.shown[0], time=_first_time(released))


def _sentence(released: Released) -> str:
    return " ".join(comparison_sentences(released, released.definition.shown[0]))


FOREST = ChartKind("forest", _chart, _alt_text, _sentence)
