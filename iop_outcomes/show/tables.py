"""Takes released results, gives tables as plain rows of words, and rows of words as accessible HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from iop_outcomes.errors import ReleaseError
from iop_outcomes.keys import written
from iop_outcomes.release import Released, ReleasedEstimate, ReleasedFlow, Withheld, require_released
from iop_outcomes.show.words import (
    NOT_SHOWN,
    ShownGroup,
    column_heads,
    count,
    estimate_value,
    group_heads,
    has_value,
    in_counts,
    label,
    number,
    plain_range,
    share_and_count,
    shown_groups,
    value_of,
)
from iop_outcomes.units import MINUS, UNITS

_BEFORE_NUMBERS = ("<", ">", "-", MINUS)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words.

    Parameters
    ----------
    caption : str
        Stands above it.
    heads : tuple of str
        One for each column.
    rows : tuple of tuple of str
        The first cell names the row, or the first few.
    prose : bool
        Whether the cells hold words to be read rather than numbers to be compared.
    mark : str
        What the policy of disclosure says on every table.
    naming : int
        How many cells of a row name it, from the first.
    shades : tuple of tuple of str
        How each cell of a row after its name is shaded, as a style knows it; the words of the cell say the same.
    notes : tuple of str
        Sentences under it.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False
    mark: str = ""
    naming: int = 1
    shades: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def of_numbers(self) -> tuple[bool, ...]:
        """Of each column, whether it holds numbers, which stand from the right: names do not, nor does prose."""
        columns = zip(*self.rows, strict=True) if self.rows else (() for _ in self.heads)
        return tuple(
            place >= self.naming and not self.prose and any(cell[:1].isdigit() or cell[:1] in _BEFORE_NUMBERS for cell in cells if cell)
            for place, cells in enumerate(columns)
        )

    def to_html(self) -> str:
        """A semantic table; every cell escaped."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        shades = self.shades or ((),) * len(self.rows)
        body = "".join(f"<tr>{self._named(row, of_row)}</tr>" for row, of_row in zip(self.rows, shades, strict=True))
        kind = ' class="prose"' if self.prose else ""
        mark = f'<br><span class="mark">{escape(self.mark)}</span>' if self.mark else ""
        return f"<table{kind}><caption>{escape(self.caption)}{mark}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"

    def _named(self, row: tuple[str, ...], shades: tuple[str, ...]) -> str:
        heads = "".join(f'<th scope="row">{escape(cell)}</th>' for cell in row[: self.naming])
        cells = row[self.naming :]
        classes = (f' class="{shade}"' if shade else "" for shade in shades or ("",) * len(cells))
        return heads + "".join(f"<td{shade}>{escape(cell)}</td>" for cell, shade in zip(cells, classes, strict=True))

    def to_text(self) -> str:
        """The table in columns of words, under its caption."""
        rows = [self.heads, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.heads))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([self.caption, *([self.mark] if self.mark else []), "", *lines])


def panels(table: Table, widest: int) -> list[Table]:
    """A table in pieces of so many columns at most, each with the cells that name its rows.

    Examples
    --------
    >>> [panel.heads for panel in panels(Table("", ("", "a", "b", "c"), ()), 3)]
    [('', 'a', 'b'), ('', 'c')]
    """
    named = table.naming
    room = max(widest - named, 1) if len(table.heads) > widest else len(table.heads)

    def cut(cells: tuple[str, ...], start: int) -> tuple[str, ...]:
        return cells[:named] + cells[start : start + room]

    return [
        replace(table, heads=cut(table.heads, start), rows=tuple(cut(row, start) for row in table.rows), shades=())
        for start in range(named, max(len(table.heads), named + 1), room)
    ]


def share_table(released: Released, estimands: Sequence[str], *, caption: str, first: str) -> Table:
    """Share, how many, and range of each estimand at each level, with the episodes it is a share of."""
    require_released(released, "share_table")
    groups = shown_groups(released, estimands[0])
    one_base = _one_base(groups, estimands)
    heads: list[str] = [*column_heads(released, first)]
    for name in estimands:
        words = released.definition.estimand(name).marked_label
        heads += [words, f"Plausible range ({words.lower()})", *(() if one_base else (f"Episodes ({words.lower()})",))]
    rows = []
    for group in groups:
        estimates = [group.estimate(name) for name in estimands]
        cells = [
            cell
            for estimate in estimates
            for cell in (share_and_count(estimate), plain_range(estimate), *(() if one_base else (count(estimate.n),)))
        ]
        rows.append((*group.heads, *cells, *((count(estimates[0].n),) if one_base else ())))
    return _by_group(released, caption, (*heads, *(("Episodes",) if one_base else ())), rows)


def _by_group(released: Released, caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """A table whose rows are named by one column or two."""
    return Table(caption, heads, tuple(rows), mark=released.policy.mark, naming=len(column_heads(released, "")))


def _one_base(groups: Sequence[ShownGroup], estimands: Sequence[str]) -> bool:
    """Whether all these numbers rest on the same episodes, so that one column says how many."""
    return all(len({group.estimate(name).n for name in estimands}) == 1 for group in groups)


REST, IN_THE_REST, NO_REST = "The rest", "in the rest", "none"
WHY_REST = "The rest: parts too small to show apart."


def mix_table(released: Released, estimands: Sequence[str], *, caption: str, first: str) -> Table:
    """Share of each part at each level, with the base; parts that are withheld stand together as the rest, which the others leave."""
    require_released(released, "mix_table")
    groups = [(group, [group.estimate(name) for name in estimands]) for group in shown_groups(released, estimands[0])]
    rests = [rest_of(cells) for _, cells in groups]
    labels = (released.definition.estimand(name).marked_label for name in estimands)
    heads = (*column_heads(released, first), *labels, *((REST,) if any(rests) else ()), "Episodes")
    rows = []
    for (group, cells), rest in zip(groups, rests, strict=True):
        shown = (IN_THE_REST if rest and not cell.shown else estimate_value(cell) for cell in cells)
        last = rest or (NO_REST if all(cell.shown for cell in cells) else NOT_SHOWN)
        rows.append((*group.heads, *shown, *((last,) if any(rests) else ()), count(cells[0].n)))
    table = _by_group(released, caption, heads, rows)
    return replace(table, notes=(WHY_REST,)) if any(rests) else table


def rest_of(parts: Sequence[ReleasedEstimate]) -> str:
    """What the parts of a whole that are shown leave to those that are withheld, in words; nothing where none is withheld, or none shown."""
    shown = [part for part in parts if has_value(part)]
    if not shown or all(part.shown for part in parts):
        return ""
    rest = max(1 - sum(value_of(part) for part in shown), 0.0)
    n = shown[0].n
    if isinstance(n, int) and in_counts(shown[0]):
        return f"{round(rest * n)} of {n}"
    return number(rest, shown[0].unit)


def value_table(released: Released, estimands: Sequence[str], *, caption: str, first: str, filled: bool = False) -> Table:
    """Value of each estimand at each level with its range and its episodes: in one column where all rest on the same, else with each.

    `filled` leaves out levels without any episode.
    """
    require_released(released, "value_table")
    groups = [group for group in shown_groups(released, estimands[0]) if not filled or group.estimate(estimands[0]).n != 0]
    one_base = _one_base(groups, estimands)
    labels = (released.definition.estimand(name).marked_label for name in estimands)
    heads = (*column_heads(released, first), *labels, *(("Episodes",) if one_base else ()))
    rows = []
    for group in groups:
        estimates = [group.estimate(name) for name in estimands]
        cells = [value_with_range(estimate) if one_base else value_with_base(estimate) for estimate in estimates]
        rows.append((*group.heads, *cells, *((count(estimates[0].n),) if one_base else ())))
    words = caption if one_base else f"{caption}; n: the episodes each figure rests on"
    rounded = any(released.definition.estimand(name).digits is not None for name in estimands)
    table = _by_group(released, words, heads, rows)
    return replace(table, notes=_form(released)) if rounded else table


def _form(released: Released) -> tuple[str, ...]:
    """What was merged or rounded so that more could be shown."""
    return (released.definition.coarse,) if released.definition.coarse else ()


def value_with_base(estimate: ReleasedEstimate) -> str:
    """A value with its range and the episodes it rests on, where it may be shown; "3 of 12" says them itself."""
    words = value_with_range(estimate)
    return words if not estimate.shown or in_counts(estimate) else f"{words}; n {count(estimate.n)}"


def value_with_range(estimate: ReleasedEstimate) -> str:
    """A value with its range in brackets, where it has one that may be shown; a range open to one side says so."""
    value, limits = estimate_value(estimate), (estimate.low, estimate.high)
    known = any(isinstance(limit, float) and not math.isnan(limit) for limit in limits)
    return f"{value} ({plain_range(estimate)})" if known and estimate.shown and not in_counts(estimate) else value


def flow_table(flows: Sequence[ReleasedFlow], *, caption: str, first: str) -> Table:
    """Rows in, rows used and rows left out by reason."""
    rows = []
    for flow in flows:
        if not isinstance(flow, ReleasedFlow):
            raise ReleaseError(f"flow_table shows released flows only, and was given {type(flow).__name__}. Call release_flow() first.")
        out = "; ".join(f"{reason}: {count(n)}" for reason, n in flow.excluded.items() if n != 0) or "none"
        rows.append((flow.what, count(flow.rows_in), count(flow.used), out))
    return Table(caption, (first, "In", "Used", "Left out"), tuple(rows), prose=True)


def estimates_table(released: Released) -> Table:
    """Every estimate of a measure, one row each: what a terminal or a notebook shows."""
    require_released(released, "estimates_table")
    compared = any(estimate.contrast for estimate in released)
    followed = any(estimate.n_at_risk is not None for estimate in released)
    tested = any(_degrees(estimate) for estimate in released)
    rows = []
    for part, estimate in _by_first(released):
        k = "" if estimate.k is None else count(estimate.k)
        at_risk = "" if estimate.n_at_risk is None else count(estimate.n_at_risk)
        words = (number(estimate.p, "p"), number(estimate.p_adjusted, "p"), estimate.word) if estimate.contrast else ("", "", "")
        rows.append(
            (
                *group_heads(part, estimate.level),
                _what(released, estimate),
                estimate_value(estimate),
                plain_range(estimate),
                k,
                count(estimate.n),
                *((at_risk,) if followed else ()),
                *((_degrees(estimate),) if tested else ()),
                *(words if compared else ()),
                written(estimate.flag),
            )
        )
    group = "Level" if released.group == "All" else label(released.group)
    judged = ("p", "p, adjusted", "In a word") if compared else ()
    more = (*(("Still followed",) if followed else ()), *(("df",) if tested else ()))
    heads = (*column_heads(released, group), "Number", "Value", "Range", "Counted", "Episodes", *more, *judged, "Flag")
    table = _by_group(released, released.definition.title, heads, rows)
    return replace(table, naming=table.naming + 1)  # a row is named by its group and its number


def _by_first(released: Released) -> list[tuple[Released, ReleasedEstimate]]:
    """Every estimate with its slice; of two columns, the levels of the second together under each of the first, comparisons last as ever."""
    every = [(part, estimate) for part in released.slices for estimate in part.estimates]
    if not released.within:
        return every
    levels = list(released.levels)
    return sorted(every, key=lambda item: (bool(item[1].contrast), levels.index(item[1].level)))


def _degrees(estimate: ReleasedEstimate) -> str:
    """Degrees of freedom of a test; other numbers have none."""
    if UNITS[estimate.unit].ranged or estimate.contrast:
        return ""
    return NOT_SHOWN if isinstance(estimate.df, Withheld) else "" if math.isnan(estimate.df) else f"{estimate.df:g}"


def _what(released: Released, estimate: ReleasedEstimate) -> str:
    """An estimate's own name, its day, and against whom."""
    definition = released.definition.estimand(estimate.estimand)
    words = ", ".join(filter(None, (definition.label, definition.at(estimate.time))))
    against = f", minus {label(estimate.versus, released.levels) if estimate.versus else 'the others'}" if estimate.contrast else ""
    return f"{words}{against}{f', {estimate.adjustment}' if estimate.adjustment else ''}"
