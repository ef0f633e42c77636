"""Takes the cells of a table and the episodes of returning patients, gives the patients counted by the combination of their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.counts import Counts, Ints
from iop_outcomes.engine.connection import Connection
from iop_outcomes.patients import Patients, Places, places_of

ROOM = 2**62  # cells that one whole number of eight bytes can tell apart; beyond it takes one of sixteen, or several of them
WIDE_ROOM = 2**126
FEW_PATIENTS = 5_000


@dataclass(frozen=True)
class Packed:
    """Cells as one whole number each; in SQL, where it is too large for one, as a row of several that sort alike.

    Parameters
    ----------
    low, blank, stride : list of int
        For each column: its smallest number, what stands for its blank counted from there, and the weight of its place.
    cells : array of int64, or of objects
        The number of each cell, ascending as the cells are.
    wide : bool
        Whether the numbers need more than eight bytes.
    """

    low: list[int]
    blank: list[int]
    stride: list[int]
    cells: NDArray[Any]
    wide: bool

    @property
    def words(self) -> list[list[int]]:
        """Columns that share a number in SQL: all of them, or as many as one of sixteen bytes has room for."""
        words: list[list[int]] = [[]]
        room = 1
        for column, blank in enumerate(self.blank):
            room *= blank + 1
            if room > WIDE_ROOM:
                words.append([])
                room = blank + 1
            words[-1].append(column)
        return words

    def sql(self, columns: Sequence[str]) -> str:
        """SQL of the number of a row's cell."""
        kind = "HUGEINT" if self.wide else "BIGINT"
        numbers = [
            " + ".join(
                f"CAST(coalesce(CAST({columns[i]} AS BIGINT) - {self.low[i]}, {self.blank[i]}) AS {kind}) * {self.stride[i] // self.stride[word[-1]]}"
                for i in word
            )
            for word in self.words
        ]
        return f"row({', '.join(numbers)})" if len(numbers) > 1 else numbers[0] or "CAST(0 AS BIGINT)"

    def places(self, values: object) -> Ints:
        """The places of numbered cells in their table; numbers of more than eight bytes come as text."""
        if not self.wide:
            return np.searchsorted(self.cells, np.asarray(values, dtype=np.int64)).astype(np.int64)
        place = {number: i for i, number in enumerate(self.cells)}
        weights = [self.stride[word[-1]] for word in self.words]
        cells = (zip(weights, re.findall(r"\d+", str(value)), strict=True) for value in np.asarray(values))
        return np.array([place[sum(weight * int(number) for weight, number in cell)] for cell in cells], dtype=np.int64)


def packed(counts: Counts, numbers: Sequence[Sequence[int]]) -> Packed:
    """Number the cells of a table in their order.

    Parameters
    ----------
    counts : Counts
        The table.
    numbers : sequence of sequences of int
        What the levels of each axis are kept as, without the blank, ascending.
    """
    low = [min(of_axis, default=0) for of_axis in numbers]
    blank = [max(of_axis, default=-1) - start + 1 for of_axis, start in zip(numbers, low, strict=True)]
    stride = [1] * len(numbers)
    for place in range(len(numbers) - 1, 0, -1):
        stride[place - 1] = stride[place] * (blank[place] + 1)
    size = stride[0] * (blank[0] + 1) if numbers else 1
    kind = np.int64 if size <= ROOM else object  # object: whole numbers of any size
    cells = np.zeros(len(counts), dtype=kind)
    for i, of_axis in enumerate(numbers):
        table = np.array([*(number - low[i] for number in of_axis), blank[i]], dtype=kind)
        cells = cells + table[counts.codes[:, i]] * stride[i]
    return Packed(low, blank, stride, cells, wide=size > ROOM)


def combinations(connection: Connection, counts: Counts, cells: Packed, source: str, columns: Sequence[str], *, patients: int) -> Patients:
    """Count the returning patients by the combination of cells that their episodes stand in.

    Most return once, and of two cells the smaller and the greater say everything; longer lists are made for the others alone. Of few
    patients lists are made for all: a second question would cost more than it saves.
    """
    placed = f"(SELECT {cells.sql(columns)} AS cell, patient, times FROM {source}) AS placed"
    shown = "CAST({0} AS VARCHAR) AS {0}" if cells.wide else "{0}"
    pairs: dict[str, Any] = {name: np.zeros(0, dtype=np.int64) for name in ("one", "other", "n")}
    if patients > FEW_PATIENTS:
        twice = f"SELECT min(cell) AS one, max(cell) AS other FROM {placed} WHERE times = 2 GROUP BY patient"
        pairs = connection.send(
            f"SELECT {shown.format('one')}, {shown.format('other')}, count(*) AS n FROM ({twice}) AS twice GROUP BY twice.one, twice.other"
        ).fetchnumpy()
    often = f"SELECT list_sort(list(cell)) AS cells FROM {placed}{' WHERE times > 2' if patients > FEW_PATIENTS else ''} GROUP BY patient"
    numbered = f"SELECT row_number() OVER (ORDER BY cells) AS number, count(*) AS n, cells FROM ({often}) AS often GROUP BY cells"
    unnested = f"SELECT number, n, unnest(cells) AS cell FROM ({numbered}) AS numbered"
    lists = connection.send(
        f"SELECT number, n, {shown.format('cell')} FROM ({unnested}) AS unnested ORDER BY number, unnested.cell"
    ).fetchnumpy()
    number = np.asarray(lists["number"], dtype=np.int64)
    first = np.flatnonzero(np.diff(number, prepend=0))
    length = np.concatenate([np.full(len(pairs["n"]), 2), np.diff(first, append=len(number))])
    n = np.concatenate([np.asarray(pairs["n"], dtype=np.int64), np.asarray(lists["n"], dtype=np.int64)[first]])
    ends = 2 * len(pairs["n"])
    cell = places_of(np.empty(ends + len(number), dtype=np.int64), len(counts))
    for place, name in enumerate(("one", "other")):
        cell[place:ends:2] = cells.places(pairs.pop(name))
    cell[ends:] = cells.places(lists["cell"])
    cell, start, n = _in_order(cell, length, n)
    alone = counts.n.copy()
    np.subtract.at(alone, cell, np.repeat(n, np.diff(start, append=len(cell))))
    return Patients(alone, cell, start, n)


def _in_order(cell: Places, length: Ints, n: Ints) -> tuple[Places, Ints, Ints]:
    """Combinations sorted as their lists of cells are, those that came later and are longer being sorted among themselves."""
    start = np.cumsum(length) - length
    if len(n):  # one whole number each sorts faster than three do
        key = cell[start].astype(np.int64) * (int(cell.max()) + 1) + cell[start + 1]
        order = np.argsort(key * 2 + (length > 2), kind="stable")
    else:
        order = np.zeros(0, dtype=np.int64)
    length = length[order]
    ends = np.cumsum(length)
    entries = np.repeat(start[order] - (ends - length), length) + np.arange(len(cell))
    return cell[entries], ends - length, n[order]
