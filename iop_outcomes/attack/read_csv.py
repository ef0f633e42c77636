"""Takes the .csv file of a report, gives its numbers: one row each, blank where withheld."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from iop_outcomes.attack.facts import place
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.read_contrasts import DIFFERENCE
from iop_outcomes.attack.readings import COUNTS, Block, FilesRead, Number, plain

Row = Mapping[str, str]
_NEEDED = {"measure", "definition", "group", "level", "estimand", "time", "contrast", "value", *COUNTS}


def read_csv(text: str, name: str) -> FilesRead:
    """Read the numbers of a report.

    Parameters
    ----------
    text : str
        The file.
    name : str
        Its name.

    Returns
    -------
    FilesRead
    """
    rows = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))
    if not rows or not set(rows[0]) >= _NEEDED:
        return FilesRead([name])
    return FilesRead([name], [_block(block, name) for block in _blocks(rows)])


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows of one measure by one column; a number that comes again begins the next block."""
    block: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        key = tuple(row.get(name, "") for name in ("level", "level_2", "estimand", "time", "contrast", "versus"))
        if block and (_kind(row) != _kind(block[0]) or key in seen):
            yield block
            block, seen = [], set()
        block.append(row)
        seen.add(key)
    if block:
        yield block


def _kind(row: Row) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("measure", "definition", "group", "group_2"))


def _block(rows: list[Row], name: str) -> Block:
    columns = tuple(plain(rows[0].get(column, "")) for column in ("group", "group_2") if rows[0].get(column, ""))
    levels = [dict.fromkeys(plain(row.get(level, "")) for row in rows) for level in ("level", "level_2")[: len(columns)]]
    numbers = tuple(number for row in rows for number in _numbers(row, name))
    return Block(columns, tuple(tuple(level for level in each if level not in ("All", "")) for each in levels), numbers)


def _numbers(row: Row, name: str) -> Iterator[Number]:
    where = place((plain(row["group"]), plain(row["level"])), (plain(row.get("group_2", "")), plain(row.get("level_2", ""))))
    time = row["time"] and f"{float(row['time']):g}"
    row_name = RowName(row["measure"], row["definition"], row["estimand"], time)
    words = f"{name}: {row['measure']}, {row['estimand']}{f' at {time}' if time else ''}"
    for field in COUNTS:
        yield Number(row_name, where, field, _number(row[field]), f"{words}, {field}")
    if not row["contrast"] and row["value"]:
        yield Number(row_name, where, "value", _number(row["value"]), f"{words}, value")
    if row["contrast"] == DIFFERENCE and row["value"] and not row.get("adjustment"):
        yield Number(row_name, where, DIFFERENCE, _number(row["value"]), f"{words}, difference from all others")


def _number(cell: str) -> Fraction | None:
    return Fraction(cell.lstrip("'")) if cell else None
