"""Takes a table, gives it without the rows and columns of which most is withheld, and sentences that say what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import ALL_TOGETHER, NOT_SHOWN, WITHHELD, listed

Row = tuple[str, ...]
BASE = "Episodes"  # the column of how many episodes a row is of


def without_withheld(table: Table) -> Table:
    """The table without rows and columns of which more than half is withheld; what they do show stands in sentences under it.

    Parameters
    ----------
    table : Table
        Its first row is that of everyone, which stays.

    Returns
    -------
    Table
        Without any row where no group, or no column, is left to be compared; the sentences say what is shown.

    Examples
    --------
    >>> rows = (("All episodes", "55%", "3.1%"), ("A", "60%", "not shown"), ("B", "50%", "not shown"))
    >>> short = without_withheld(Table("Change by track", ("Track", "Better", "Worse"), rows))
    >>> short.heads, short.notes
    (('Track', 'Better'), ('Worse: all episodes 3.1%; the others are withheld to protect small numbers.',))
    """
    cells = slice(table.naming, None)
    groups = [row for row in table.rows[1:] if not _all_withheld(row[cells])]
    hidden = [row for row in table.rows[1:] if _all_withheld(row[cells])]
    columns = [i for i in range(table.naming, len(table.heads)) if not (groups and _most_withheld([row[i] for row in groups]))]
    if all(table.heads[i] == BASE for i in columns):  # how many episodes, and nothing of them
        columns = []
    sparse = [row for row in groups if not columns or _most_withheld([row[i] for i in columns])]
    left = [row for row in groups if row not in sparse]
    notes = [*_columns(table, (*table.rows[:1], *groups), columns), *(_row(table, row, columns) for row in sparse), *_names(table, hidden)]
    if not left:
        everyone = [_row(table, row, columns) for row in table.rows[:1]]
        return replace(table, rows=(), shades=(), notes=(*filter(None, (*everyone, *notes)), *table.notes))
    kept = [*range(table.naming), *columns]
    rows = tuple(tuple(row[i] for i in kept) for row in (*table.rows[:1], *left))
    return replace(table, heads=tuple(table.heads[i] for i in kept), rows=rows, shades=(), notes=(*filter(None, notes), *table.notes))


def _is_withheld(cell: str) -> bool:
    return cell == NOT_SHOWN


def _is_told(cell: str) -> bool:
    """Whether a cell has something to say in a sentence."""
    return not _is_withheld(cell) and cell != ALL_TOGETHER


def _all_withheld(cells: Sequence[str]) -> bool:
    return bool(cells) and all(map(_is_withheld, cells))


def _most_withheld(cells: Sequence[str]) -> bool:
    return sum(map(_is_withheld, cells)) > len(cells) / 2


def _name(table: Table, row: Row) -> str:
    """What a row is called within a sentence."""
    words = ", ".join(row[: table.naming])
    return f"{words[:1].lower()}{words[1:]}" if row == table.rows[0] else words


def _names(table: Table, rows: Sequence[Row]) -> list[str]:
    """The rows of which nothing is shown."""
    return [f"{listed([_name(table, row) for row in rows])}: {WITHHELD}."] if rows else []


def _columns(table: Table, rows: Sequence[Row], kept: Sequence[int]) -> list[str]:
    """What the columns show that leave the table; those of which only everyone's number is shown in one sentence."""
    gone = [i for i in range(table.naming, len(table.heads)) if i not in kept]
    shown = {i: [f"{_name(table, row)} {row[i]}" for row in rows if _is_told(row[i])] for i in gone}
    alike = [i for i in gone if len(shown[i]) == 1 and _is_told(rows[0][i])]
    if len(alike) > 1:
        values = "; ".join(f"{table.heads[i][:1].lower()}{table.heads[i][1:]} {rows[0][i]}" for i in alike)
        sentences = [f"{rows[0][0]}: {values}; the others are {WITHHELD}."]
    else:
        sentences, alike = [], []
    for i in (i for i in gone if i not in alike and shown[i]):
        hidden = "" if len(shown[i]) == len(rows) else f"; the others are {WITHHELD}"
        sentences.append(f"{table.heads[i]}: {'; '.join(shown[i])}{hidden}.")
    first, *more = [table.heads[i] for i in gone if not shown[i]] or [""]
    bare = [first, *(f"{head[:1].lower()}{head[1:]}" for head in more)]
    return [*sentences, *([f"{listed(bare)}: {WITHHELD}."] if first else [])]


def _row(table: Table, row: Row, columns: Sequence[int]) -> str:
    """What a row shows that leaves the table; nothing where it shows nothing."""
    cells = [(table.heads[i], row[i]) for i in columns]
    shown = "; ".join(f"{head[:1].lower()}{head[1:]} {cell}" for head, cell in cells if _is_told(cell))
    more = f"; the rest is {WITHHELD}" if any(_is_withheld(cell) for _, cell in cells) else ""
    return f"{', '.join(row[: table.naming])}: {shown}{more}." if shown else ""
