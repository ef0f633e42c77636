"""Takes a released measure of time, gives the figure that a paper prints: curves with bands, and under them who is at risk, with the event, gone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.keys import ALL
from iop_outcomes.release import SUPPRESSED, Count, Released, ReleasedEstimate, ReleasedLine, Withheld, require_released
from iop_outcomes.results import Role
from iop_outcomes.show import theme
from iop_outcomes.show.curves import day_axis, divided
from iop_outcomes.show.paper import PaperFigure, inches
from iop_outcomes.show.words import NOT_SHOWN, count, group_words, label, listed
from iop_outcomes.units import percent

CURVES: dict[str, Role] = {"event": "with_event", "event_free": "free_of_ends"}
MOST = 6  # lines with their bands that can be told apart
BAND_OPACITY = 0.14
Style = Literal["-", "--", "-.", ":"]
_STYLES: tuple[Style, ...] = ("-", "--", "-.", ":")
_WORDS, _CELLS = 7.0, 6.5  # points
_COLUMNS = {"single": 2, "double": 3}  # of the names above the plot
_PLOT_INCHES = {"single": 1.9, "double": 2.6}
_ROW, _GAP = 0.118, 0.06  # inches
_TOPS = (0.25, 0.5, 1.0)
_ROWS = ("At risk", "Events", "Left otherwise")
_ROWS_MEAN = (
    "At risk: episodes followed and free of every end just before the day. Events and left otherwise (another end, or the end of follow-up): "
    "up to and including it."
)
_WHY_NOT_SHOWN = "Not shown: withheld, because the count or one that follows from it is small."
ROUNDED = "Curves are drawn from counts rounded to sixes, their bands between the limits of the days below."


@dataclass(frozen=True, slots=True)
class AtDay:
    """What stands under a curve at a day.

    Parameters
    ----------
    day : int
    at_risk : Count
        Episodes not yet gone before the day.
    events, left : Count or None
        Those with the event, and those gone otherwise (another end, or the end of follow-up), up to and including the day; None where
        the day is not one that was asked.
    """

    day: int
    at_risk: Count
    events: Count | None
    left: Count | None


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of the figure: its slice, its level, its words and how its line looks."""

    part: Released
    level: str
    words: str
    color: str
    style: Style


def survival_figure(
    released: Released, *, size: str = "double", curve: str = "event", levels: Sequence[str] | None = None, mark: str = ""
) -> PaperFigure:
    """Draw the curves of up to six groups with 95% bands, and the table under them.

    Parameters
    ----------
    released : Released
        A measure of time after discharge, released from results with lines (`Results.with_lines`).
    size : {"single", "double"}
        How wide.
    curve : {"event", "event_free"}
        The share with the event by each day, or the share free of every end.
    levels : sequence of str, optional
        Which groups, in which order, "All" for everyone; every group by default.
    mark : str
        Words that stand on the figure, beside those of the policy.

    References
    ----------
    Morris TP et al. (2019), doi:10.1136/bmjopen-2019-030215.
    """
    require_released(released, "survival_figure")
    if curve not in CURVES:
        raise UsageError(f'curve: "{curve}" is no curve. {choices(curve, CURVES)}')
    if not released.definition.has_role(CURVES[curve]):
        raise NotAssessableError(
            f"{released.definition.title} has no curve of time; ask a measure that has one, such as readmission or relapse."
        )
    groups = _groups(released, levels)
    tables = [at_days(group.part, group.level) for group in groups]
    notes, lines = _notes(released, tables, mark), _lines(groups, curve)
    with theme.style():
        figure, ax = _framed(size, tables, len(notes))
        _draw(ax, groups, lines, curve)
        ax.set_xlabel(day_axis(released), fontsize=_WORDS, labelpad=2)
        ax.set_ylabel(_axis(released, curve), fontsize=_WORDS, labelpad=3)
        _label(ax, groups, lines, tables, _COLUMNS[size])
        _write_tables(figure, ax, groups, lines, tables)
        for place, note in enumerate(reversed(notes)):
            figure.text(0.04 / figure.get_figwidth(), (0.03 + place * _ROW) / figure.get_figheight(), note, fontsize=6, color=theme.MUTED)
    return PaperFigure(figure, _alt_text(released, groups, lines, tables, curve), _caption(released, curve, notes))


# -- which groups ------------------------------------------------------------------------------------------------------


def _groups(released: Released, levels: Sequence[str] | None) -> list[_Group]:
    groups = [group for group in divided(released) if group[1] != ALL]
    offered = [(released, str(ALL)), *groups]
    every = (groups or offered) if levels is None else [group for group in offered if str(group[1]) in levels]
    there = dict.fromkeys(str(level) for _, level in offered)
    unknown = [level for level in levels or () if level not in there]
    if unknown or levels == []:
        name = unknown[0] if unknown else ""
        raise UsageError(f'levels: no group is called "{name}". {choices(name, there)}')
    if levels is not None:
        every.sort(key=lambda group: list(levels).index(str(group[1])))
    if len(every) > MOST:
        raise UsageError(f"figure: {len(every)} groups are too many to tell apart; name up to {MOST} of them with levels=.")
    looks = [(theme.PALETTE[place % 4], _STYLES[(place + place // 4) % 4]) for place in range(len(every))]
    return [_Group(part, level, group_words(part, level), *look) for (part, level), look in zip(every, looks, strict=True)]


# -- the numbers under the curve ---------------------------------------------------------------------------------------


def at_days(released: Released, level: str) -> list[AtDay]:
    """Who is at risk on each day asked, who had the event and who left otherwise, from what is released of the level.

    Those who left otherwise are the rest: of a rest of few, neither it nor the events are given, because one gives back the other. Rounded
    numbers have no rest.

    Parameters
    ----------
    released : Released
        One slice.
    level : str
    """
    require_released(released, "at_days")
    role = released.definition.in_role
    along = [(each, _beside(released, role("free_of_ends"), level, each.time)) for each in _estimates(released, role("with_event"), level)]
    rows: list[AtDay] = []
    last = 0
    for with_event, free in sorted(along, key=lambda pair: pair[0].time or 0):
        left = SUPPRESSED if released.policy.base else _rest(with_event, free)
        if isinstance(left, int) and not _may_follow(left, last, released.policy.threshold):
            left = SUPPRESSED
        hidden = isinstance(left, Withheld) and bool(released.policy.threshold)
        events = SUPPRESSED if hidden and not released.policy.base else with_event.k
        last = left if isinstance(left, int) else last
        rows.append(AtDay(int(with_event.time or 0), _number(with_event.n_at_risk), events, left))
    if rows and rows[0].day != 0:
        rows.insert(0, AtDay(0, along[0][0].n, None, None))
    return rows


def _estimates(released: Released, estimand: str, level: str) -> list[ReleasedEstimate]:
    return [each for each in released.estimates if each.estimand == estimand and each.level == level and not each.contrast]


def _beside(released: Released, estimand: str, level: str, time: float | None) -> ReleasedEstimate | None:
    return next((each for each in _estimates(released, estimand, level) if each.time == time), None)


def _number(n: Count | None) -> Count:
    return SUPPRESSED if n is None else n


def _rest(with_event: ReleasedEstimate, free: ReleasedEstimate | None) -> Count:
    """Of all, those neither with the event nor still free of every end."""
    numbers = (with_event.n, with_event.k, None if free is None else free.k, with_event.n_at_risk)
    n, k, left, at_risk = numbers
    if isinstance(n, int) and isinstance(k, int) and isinstance(left, int) and isinstance(at_risk, int):
        return n - k - left
    return SUPPRESSED


def _may_follow(n: int, last: int, threshold: int) -> bool:
    """Whether a number, and what was added since the last one given, are none or not few."""
    return all(each == 0 or each >= threshold for each in (n, n - last))


# -- drawing -----------------------------------------------------------------------------------------------------------


def _framed(size: str, tables: Sequence[Sequence[AtDay]], notes: int) -> tuple[Figure, Axes]:
    """A figure with room for the plot, the tables and the notes."""
    wide, rows = inches(size), len(tables) * (len(_ROWS) + 1)
    below = 0.36 + rows * _ROW + len(tables) * _GAP + notes * _ROW + 0.1
    above = 0.14 + _ROW * math.ceil(len(tables) / _COLUMNS[size]) * 1.15
    height = above + _PLOT_INCHES[size] + below
    figure = theme.new_figure(wide, height)
    last = max((row.day for table in tables for row in table), default=1) or 1
    at_ends = [max((theme.text_width(words, _CELLS) for words in _of_day(tables, day)), default=0.0) / 2 + 0.05 for day in (0, last)]
    left, right = theme.text_width(_ROWS[-1], _CELLS) + 0.12 + max(at_ends[0], 0.12), max(at_ends[1], 0.2)
    place = (left / wide, below / height, (wide - left - right) / wide, _PLOT_INCHES[size] / height)
    ax = figure.add_axes(place, axes_class=theme.ShownAxes)
    ax.set_xlim(0, last)
    return figure, ax


def _lines(groups: Sequence[_Group], curve: str) -> dict[int, ReleasedLine]:
    """The lines that are drawn, by the place of their group."""
    lines: dict[int, ReleasedLine] = {}
    for place, group in enumerate(groups):
        drawn = group.part.curves.get(group.level)
        if drawn is not None and drawn.lines is not None:
            line = drawn.lines[list(CURVES).index(curve)]
            if not all(math.isnan(share) for share in line.shares):
                lines[place] = line
    return lines


def _draw(ax: Axes, groups: Sequence[_Group], lines: Mapping[int, ReleasedLine], curve: str) -> None:
    """Each line with its band; the axis of a share with the event ends at the quarter, the half or the whole that holds all of them."""
    highest = max((each for line in lines.values() for each in (*line.shares, *line.high) if not math.isnan(each)), default=1.0)
    ax.set_ylim(0, next((top for top in _TOPS if highest <= top), 1.0) if curve == "event" else 1.0)
    for place, line in lines.items():
        group = groups[place]
        shares, low, high = ([round(each, theme.DECIMALS) for each in values] for values in (line.shares, line.low, line.high))
        ax.fill_between(line.days, low, high, step="post", color=group.color, alpha=BAND_OPACITY, linewidth=0)
        ax.step(line.days, shares, where="post", color=group.color, linestyle=group.style, linewidth=1.1)


def _label(ax: Axes, groups: Sequence[_Group], lines: Mapping[int, ReleasedLine], tables: Sequence[Sequence[AtDay]], columns: int) -> None:
    """The marks of both axes, and above the plot which line is whose."""
    days = _days_with_room(ax, tables)
    ax.set_xticks(days, [str(day) for day in days])
    marks = [ax.get_ylim()[1] * part / (5 if ax.get_ylim()[1] < 1 else 4) for part in range(6 if ax.get_ylim()[1] < 1 else 5)]
    ax.set_yticks(marks, [f"{mark * 100:.0f}%" for mark in marks])
    ax.tick_params(labelsize=_CELLS, length=2.5, width=0.5, pad=2)
    ax.grid(axis="y", color=theme.GRID, linewidth=0.4)
    ax.set_axisbelow(True)
    for spine in ax.spines.values():
        spine.set_linewidth(0.5)
    if lines and len(groups) > 1:
        ax.legend(
            [Line2D([], [], color=groups[place].color, linestyle=groups[place].style, linewidth=1.1) for place in lines],
            [groups[place].words for place in lines],
            loc="lower left",
            bbox_to_anchor=(-0.02, 1.0),
            ncols=columns,
            frameon=False,
            fontsize=_CELLS,
            handlelength=2.6,
            borderpad=0.2,
            labelspacing=0.25,
            columnspacing=1.2,
        )
    if not lines:
        ax.text(0.5, 0.5, "No curve may be drawn", transform=ax.transAxes, ha="center", fontsize=_WORDS, color=theme.MUTED)


def _axis(released: Released, curve: str) -> str:
    """The words of the axis: the number's label, as a share."""
    return released.definition.estimand(released.definition.in_role(CURVES[curve])).label


def _days_with_room(ax: Axes, tables: Sequence[Sequence[AtDay]]) -> list[int]:
    """Days of the table whose numbers have room beside one another: the first and the last, and of the others as many as fit."""
    figure = ax.get_figure(root=True)
    days = sorted({row.day for table in tables for row in table})
    if figure is None or len(days) < 2:
        return days
    per_day = ax.get_position().width * figure.get_figwidth() / max(days)
    needed = {day: max(theme.text_width(words, _CELLS) for words in _of_day(tables, day)) for day in days}

    def apart(one: int, other: int) -> bool:
        return abs(one - other) * per_day >= (needed[one] + needed[other]) / 2 + 0.05

    kept = [days[0], days[-1]]
    for day in days[1:-1]:
        if all(apart(day, each) for each in kept):
            kept.append(day)
    return sorted(kept)


def _of_day(tables: Sequence[Sequence[AtDay]], day: int) -> list[str]:
    return [words for table in tables for row in table if row.day == day for words in _cells(row)]


def _cells(row: AtDay) -> tuple[str, ...]:
    return tuple("" if n is None else count(n) for n in (row.at_risk, row.events, row.left))


def _write_tables(
    figure: Figure, ax: Axes, groups: Sequence[_Group], lines: Mapping[int, ReleasedLine], tables: Sequence[Sequence[AtDay]]
) -> None:
    """One table for each group: its name over three rows, the numbers under their days."""
    box, height, wide = ax.get_position(), figure.get_figheight(), figure.get_figwidth()
    shown = set(_days_with_room(ax, tables))
    last = ax.get_xlim()[1]
    line = box.y0 - 0.4 / height
    for number, (group, table) in enumerate(zip(groups, tables, strict=True)):
        words = group.words if number in lines else f"{group.words} (curve not shown)"
        figure.text(0.04 / wide, line, words, fontsize=_CELLS, color=group.color, fontweight="bold", va="top")
        for place, row_words in enumerate(_ROWS):
            y = line - (place + 1) * _ROW / height
            figure.text(0.1 / wide, y, row_words, fontsize=_CELLS, va="top")
            for row in table:
                if row.day in shown:
                    figure.text(box.x0 + box.width * row.day / last, y, _cells(row)[place], fontsize=_CELLS, ha="center", va="top")
        line -= ((len(_ROWS) + 1) * _ROW + _GAP) / height


# -- words -------------------------------------------------------------------------------------------------------------


def _notes(released: Released, tables: Sequence[Sequence[AtDay]], mark: str) -> list[str]:
    """What must be known of the figure itself, line by line."""
    hidden = any(NOT_SHOWN in _cells(row) for table in tables for row in table)
    return [words for words in (_WHY_NOT_SHOWN if hidden else "", mark, released.policy.mark) if words]


def _caption(released: Released, curve: str, notes: Sequence[str]) -> str:
    """What a paper prints below it."""
    by = "" if released.group == ALL else f", by {listed([label(each).lower() for each in (released.group, released.group_2) if each])}"
    item = released.definition.estimand(released.definition.in_role(CURVES[curve]))
    sentences = (
        f"{released.definition.title}{by}. {item.label}: {item.counted}, among {item.among}.",
        f"Bands are pointwise {released.estimates[0].conf_level * 100:g}% intervals.",
        _ROWS_MEAN,
        *((ROUNDED,) if released.policy.threshold else ()),
    )
    return " ".join((*sentences, *notes))


def _alt_text(
    released: Released, groups: Sequence[_Group], lines: Mapping[int, ReleasedLine], tables: Sequence[Sequence[AtDay]], curve: str
) -> str:
    """The last number of each curve, and the table, in words."""
    words: list[str] = []
    for place, (group, table) in enumerate(zip(groups, tables, strict=True)):
        line = lines.get(place)
        known = [(day, share) for day, share in zip(line.days, line.shares, strict=True) if not math.isnan(share)] if line else []
        end = f"{percent(known[-1][1])} by day {known[-1][0]}" if known else "no curve"
        risk = ", ".join(f"{count(row.at_risk)} on day {row.day}" for row in table)
        words.append(f"{group.words}: {end}; at risk {risk}")
    return f"{released.definition.title}: {_axis(released, curve)}, curves with bands. " + ". ".join(words) + "."
