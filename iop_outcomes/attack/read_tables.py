"""Takes the tables of a page and what its Methods say of the words in them, gives the numbers that stand there: counts, and shares as rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from iop_outcomes.attack.facts import place
from iop_outcomes.attack.read_html import whole
from iop_outcomes.attack.readings import Block, Described, FilesRead, Number, TableRead, describing, plain

_SHARE = re.compile(r"(?P<share>\d+(\.(?P<digits>\d+))?)%")
_K, _N = re.compile(r"\((?P<count>[\d,]+)\)"), re.compile(r"\bn (?P<count>[\d,]+)")
_SIGN = "\u2020"  # of a number that rests on a figure whose source was not seen
_COUNT = "Episodes"  # the column of how many episodes the first number of a table is of


def read_tables(report: FilesRead) -> Iterator[tuple[Number, Block]]:
    """Read the tables of a page whose columns are numbers of one measure and whose rows are groups.

    Parameters
    ----------
    report : FilesRead
        With its tables, the Methods, and the measures that its other files name.

    Yields
    ------
    (Number, Block)
        Each number, and the numbers by the same column that another file holds of the measure.
    """
    for table in report.tables:
        for block in report.blocks:
            first = block.numbers[0].row_name
            each = describing(first.measure, {number.row_name.estimand for number in block.numbers}, report.described)
            if each is not None and len(block.columns) == 1 and _is_of(table, each, block):
                yield from ((number, block) for number in _of_table(table, each, block))
                break


def _is_of(table: TableRead, each: Described, block: Block) -> bool:
    """Whether a table is of a measure, by the column of a block: its caption begins with the measure's title."""
    head = table.rows[0] if table.rows else []
    named = table.caption == each.title or table.caption.startswith((f"{each.title} by ", f"{each.title} of all "))
    return named and bool(head) and plain(head[0]) == block.columns[0]


def _of_table(table: TableRead, each: Described, block: Block) -> Iterator[Number]:
    head, *rows = table.rows
    row_names = {number.row_name.estimand: number.row_name for number in block.numbers if not number.row_name.time}
    columns = {i: row_names[name] for i, label in enumerate(head) if (name := each.labels.get(label.removesuffix(_SIGN), "")) in row_names}
    if not columns:
        return
    columns = {i: replace(row_name, among=each.among.get(row_name.estimand, "")) for i, row_name in columns.items()}
    for row in rows:
        for i, cell in enumerate(row[1:], start=1):
            source = f"{table.source}, {head[i]}"
            where = place((block.columns[0], plain(row[0])))
            if i in columns:
                yield from (Number(columns[i], where, field, value, source, half) for field, value, half in _of_cell(cell))
            elif head[i] == _COUNT and i > 1:
                yield Number(next(iter(columns.values())), where, "n", whole(cell), source)


def _of_cell(cell: str) -> Iterator[tuple[str, Fraction, Fraction]]:
    """The numbers of a cell such as "55% (642)" or "50% (47% to 54%); n 817"."""
    share, k, n = _SHARE.match(cell), _K.search(cell), _N.search(cell)
    if share:
        digits = len(share["digits"] or "")
        yield "value", Fraction(share["share"]) / 100, Fraction(1, 200 * 10**digits)
    for name, match in (("k", k), ("n", n)):
        if match:
            yield name, Fraction(match["count"].replace(",", "")), Fraction()
