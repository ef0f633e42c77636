"""Takes a table and the width of a page in characters, gives it in parts that fit, each with the widths of its columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from iop_outcomes.show.tables import Table

LONGEST_WORD = 22  # a longer one is broken
LONGEST_CELL = 44  # a longer one is wrapped
PADDING = 2


@dataclass(frozen=True, slots=True)
class FittedTable:
    """A table, or some of its columns under those that name the rows, no wider than a page.

    Parameters
    ----------
    table : Table
        Its caption says which part it is, where there are several.
    widths : tuple of float
        Of its columns, in characters.
    """

    table: Table
    widths: tuple[float, ...]

    def lines(self, row: Sequence[str]) -> int:
        """How many lines a row takes, at least one."""
        return max((math.ceil(len(cell) / max(width - PADDING, 1)) for cell, width in zip(row, self.widths, strict=True)), default=1) or 1


def fit_table(table: Table, characters: float) -> list[FittedTable]:
    """A table in as few parts as fit, of about as many columns each.

    Parameters
    ----------
    table : Table
    characters : float
        Width of the page.

    Returns
    -------
    list of FittedTable

    Examples
    --------
    >>> wide = Table("Counts", ("Track", "Adolescent", "Psychosis"), (("Episodes", "12", "30"),))
    >>> [part.table.heads for part in fit_table(wide, 24)]
    [('Track', 'Adolescent'), ('Track', 'Psychosis')]
    """
    least = [_least(column) for column in _columns(table)]
    names, rest = range(table.naming), range(table.naming, len(table.heads))
    named = sum(least[: table.naming])
    for count in range(1, len(rest) + 1):
        chunks = _even(rest, count)
        if all(named + sum(least[i] for i in chunk) <= characters for chunk in chunks):
            break
    else:
        chunks = [[i] for i in rest] or [[]]
    return [
        _fitted(table, [*names, *chunk], characters, f" (part {n} of {len(chunks)})" if len(chunks) > 1 else "")
        for n, chunk in enumerate(chunks, 1)
    ]


def _even(columns: Sequence[int], count: int) -> list[Sequence[int]]:
    """Columns in so many chunks that differ by one at most."""
    ends = [round(len(columns) * n / count) for n in range(count + 1)]
    return [columns[a:b] for a, b in pairwise(ends)]


def _columns(table: Table) -> list[tuple[str, ...]]:
    """Cells by column, the head first."""
    return [(head, *(row[i] for row in table.rows)) for i, head in enumerate(table.heads)]


def _least(column: Sequence[str]) -> float:
    """As wide as its longest word."""
    return min(max((len(word) for cell in column for word in cell.split()), default=1), LONGEST_WORD) + PADDING


def _wished(column: Sequence[str]) -> float:
    """As wide as its longest cell; a head may take two lines."""
    head, *cells = map(len, column)
    return max(min(max([math.ceil(head / 2), *cells]), LONGEST_CELL) + PADDING, _least(column))


def _fitted(table: Table, columns: Sequence[int], characters: float, which: str) -> FittedTable:
    rows = tuple(tuple(row[i] for i in columns) for row in table.rows)
    shades = tuple(tuple(row[i - table.naming] for i in columns if i >= table.naming) if row else () for row in table.shades)
    part = replace(table, caption=f"{table.caption}{which}", heads=tuple(table.heads[i] for i in columns), rows=rows, shades=shades)
    least, wished = ([width(column) for column in _columns(part)] for width in (_least, _wished))
    spare, wanted = max(characters - sum(least), 0), sum(wished) - sum(least)
    share = min(spare / wanted, 1.0) if wanted else 0.0
    return FittedTable(part, tuple(round(low + share * (wish - low), 3) for low, wish in zip(least, wished, strict=True)))
