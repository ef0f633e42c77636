"""Takes values and how many episodes hold them, gives `Counts`: a small, exact table that sorts itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Level = str | int | Decimal | None  # a Decimal is a score that is no whole number
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_FEW_COMBINATIONS = 1_000


def _order(level: Level) -> tuple[int, int | Decimal, str]:
    """Numbers, then words, then the blank."""
    if level is None:
        return (2, 0, "")
    return (1, 0, level) if isinstance(level, str) else (0, level, "")


@dataclass(frozen=True)
class Axis:
    """One column of a count table: its name and its sorted levels (blank, `None`, last)."""

    name: str
    levels: tuple[Level, ...]

    @cached_property
    def place(self) -> Mapping[Level, int]:
        """Position of each level; looked up once for every table that shares the axis."""
        return {level: code for code, level in enumerate(self.levels)}

    @cached_property
    def numbers(self) -> Floats:
        """Each level as a number, shape (levels,); NaN for a word and for the blank."""
        return np.array([math.nan if level is None or isinstance(level, str) else float(level) for level in self.levels], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Counts:
    """Cells and how many episodes each holds.

    Parameters
    ----------
    axes : tuple of Axis
        One for each column.
    codes : int64 array, shape (cells, columns)
        Position of each cell's value in the levels of its axis; rows sorted, no row twice.
    n : int64 array, shape (cells,)
        Episodes in each cell; at least 1.
    origin : int64 array, shape (raw cells,)
        For each cell of the table as first counted, its row here, or -1 when it is not here. Influences computed
        on a merged or split table find their way back through it (`lift`).

    Examples
    --------
    >>> c = Counts.from_cells(("track", "reason"), {("a", "completed"): 3, ("a", None): 1, ("b", "completed"): 2})
    >>> c.total, c.levels("reason")
    (6, ('completed', None))
    >>> {level: part.total for level, part in c.split("track").items()}
    {'a': 4, 'b': 2}
    """

    axes: tuple[Axis, ...]
    codes: Ints
    n: Ints
    origin: Ints

    @classmethod
    def from_columns(cls, names: Sequence[str], columns: Sequence[Sequence[Level]], n: Iterable[int]) -> Counts:
        """Make a table from one list of values per column and the counts.

        Raises
        ------
        ValueError
            When a cell stands twice, or a count is below 1.
        """
        numbers = np.fromiter((int(count) for count in n), dtype=np.int64)
        axes, codes = [], np.empty((len(numbers), len(names)), dtype=np.int64)
        for position, (name, values) in enumerate(zip(names, columns, strict=True)):
            levels = tuple(sorted(set(values), key=_order))
            place = {level: code for code, level in enumerate(levels)}
            codes[:, position] = [place[value] for value in values]
            axes.append(Axis(name, levels))
        return cls.from_codes(axes, codes, numbers)

    @classmethod
    def from_codes(cls, axes: Sequence[Axis], codes: Ints, n: Ints) -> Counts:
        """Make a table from the codes of its cells in any order, shape (cells, columns), every level of an axis in some cell.

        Raises
        ------
        ValueError
            When a cell stands twice, or a count is below 1.
        """
        if (n < 1).any():
            raise ValueError("a count below 1")
        rows = _sorted_rows(codes)
        if len(rows.unique) != len(n):
            raise ValueError("the same cell twice")
        sorted_n = np.zeros(len(n), dtype=np.int64)
        sorted_n[rows.where] = n
        return cls(tuple(axes), rows.unique, sorted_n, np.arange(len(n), dtype=np.int64))

    @classmethod
    def from_cells(cls, names: Sequence[str], cells: Mapping[tuple[Level, ...], int]) -> Counts:
        """Make a table by hand: each key one combination of values, each value how many."""
        columns = [[key[i] for key in cells] for i in range(len(names))]
        return cls.from_columns(names, columns, cells.values())

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(axis.name for axis in self.axes)

    @cached_property
    def total(self) -> int:
        """Episodes in the whole table."""
        return int(self.n.sum())

    def __len__(self) -> int:
        return len(self.n)

    def __iter__(self) -> Iterator[tuple[tuple[Level, ...], int]]:
        for row, n in zip(self.codes, self.n, strict=True):
            yield tuple(axis.levels[code] for axis, code in zip(self.axes, row, strict=True)), int(n)

    def _position(self, column: str) -> int:
        return self.columns.index(column)

    def levels(self, column: str) -> tuple[Level, ...]:
        """The levels of a column, sorted, blank last."""
        return self.axes[self._position(column)].levels

    def codes_of(self, column: str) -> Ints:
        """Each cell's position in `levels(column)`, shape (cells,)."""
        return self.codes[:, self._position(column)]

    def each(self, column: str, value: Callable[[Level], float]) -> Floats:
        """A number per cell, looked up once per level; shape (cells,)."""
        table = np.array([value(level) for level in self.levels(column)], dtype=np.float64)
        return table[self.codes_of(column)] if len(table) else np.empty(0)

    def is_in(self, column: str, levels: Iterable[Level]) -> NDArray[np.bool_]:
        """Which cells hold one of these levels; shape (cells,)."""
        axis = self.axes[self._position(column)]
        table = np.zeros(len(axis.levels), dtype=bool)
        table[[axis.place[level] for level in set(levels) if level in axis.place]] = True
        return np.asarray(table[self.codes_of(column)], dtype=bool)

    def numbers(self, column: str, *, blank: float) -> Floats:
        """The number that each cell holds, and `blank` where it holds none; shape (cells,)."""
        axis = self.axes[self._position(column)]
        values = axis.numbers[self.codes_of(column)]
        return np.where(np.isnan(values), blank, values)

    def where(self, keep: NDArray[np.bool_]) -> Counts:
        """The cells for which `keep` is true."""
        place = np.cumsum(keep) - 1
        here = self.origin >= 0
        origin = np.full_like(self.origin, -1)
        rows = self.origin[here]
        origin[here] = np.where(keep[rows], place[rows], -1)
        return Counts(self.axes, self.codes[keep], self.n[keep], origin)

    def split(self, column: str) -> dict[Level, Counts]:
        """One table per level of a column that has episodes, in the order of the levels."""
        codes = self.codes_of(column)
        present = set(codes.tolist())
        return {level: self.where(codes == code) for code, level in enumerate(self.levels(column)) if code in present}

    def recode(self, column: str, value: Callable[[Level], Level], *, name: str | None = None) -> Counts:
        """Replace a column's levels by classes of them, merging the cells that become alike."""
        position = self._position(column)
        old = self.levels(column)
        new = [value(level) for level in old]
        levels = tuple(sorted(set(new), key=_order))
        place = {level: code for code, level in enumerate(levels)}
        table = np.array([place[level] for level in new], dtype=np.int64)
        codes = self.codes.copy()
        codes[:, position] = table[codes[:, position]] if len(table) else codes[:, position]
        axes = (*self.axes[:position], Axis(name or column, levels), *self.axes[position + 1 :])
        return self._merged(axes, codes)

    def classify(self, name: str, labels: Sequence[str], choice: Ints) -> Counts:
        """Put each cell in one class, whatever column decided it, and merge; the table keeps that one column.

        Parameters
        ----------
        name : str
            What to call the column.
        labels : sequence of str
            The classes.
        choice : int64 array, shape (cells,)
            Position in `labels` for each cell.
        """
        levels = sorted(labels)
        place = np.array([levels.index(label) for label in labels], dtype=np.int64)
        codes = place[choice]
        n = np.zeros(len(levels), dtype=np.int64)
        np.add.at(n, codes, self.n)
        present = np.flatnonzero(n)
        row = np.full(len(levels) + 1, -1, dtype=np.int64)  # the last is that of a raw cell which is not here
        row[present] = np.arange(len(present))
        codes = np.append(codes, len(levels))
        return Counts((Axis(name, tuple(levels)),), present[:, np.newaxis], n[present], row[codes[self.origin]])

    def keep(self, columns: Sequence[str]) -> Counts:
        """Sum over every column not named; the rest come in the order given."""
        positions = [self._position(column) for column in columns]
        return self._merged(tuple(self.axes[i] for i in positions), self.codes[:, positions])

    def _merged(self, axes: tuple[Axis, ...], codes: Ints) -> Counts:
        rows = _sorted_rows(codes)
        n = np.zeros(len(rows.unique), dtype=np.int64)
        np.add.at(n, rows.where, self.n)
        origin = self.origin.copy()
        here = origin >= 0
        origin[here] = rows.where[origin[here]]
        return Counts(axes, rows.unique, n, origin)

    def without_empty_levels(self) -> Counts:
        """The same table without the levels that no cell holds, as if they had never been there; every cell keeps its place.

        Examples
        --------
        >>> counts = Counts.from_cells(("track",), {("a",): 3, ("b",): 2, (None,): 1})
        >>> counts.where(counts.is_in("track", ["b"])).without_empty_levels().levels("track")
        ('b',)
        """
        axes, codes = [], np.empty_like(self.codes)
        for place, axis in enumerate(self.axes):
            present, codes[:, place] = np.unique(self.codes[:, place], return_inverse=True)
            axes.append(Axis(axis.name, tuple(axis.levels[code] for code in present.tolist())))
        return Counts(tuple(axes), codes, self.n, self.origin)

    def as_counted(self) -> Counts:
        """The same table as if it had been counted like this: influences then have one entry for each of its cells."""
        return Counts(self.axes, self.codes, self.n, np.arange(len(self), dtype=np.int64))

    def __add__(self, other: Counts) -> Counts:
        """Counts of two sets of episodes that share no episode: the cells add."""
        return Counts.added([self, other])[0]

    @classmethod
    def added(cls, tables: Sequence[Counts]) -> tuple[Counts, list[Ints]]:
        """The sum of tables of the same columns that share no episode, and where the cells of each stand in it; shape (its cells,).

        Raises
        ------
        ValueError
            When their columns differ.

        Examples
        --------
        >>> one = Counts.from_cells(("track",), {("a",): 3, ("c",): 1})
        >>> whole, places = Counts.added([one, Counts.from_cells(("track",), {("b",): 2, ("c",): 4})])
        >>> list(whole), [each.tolist() for each in places]
        ([(('a',), 3), (('b',), 2), (('c',), 5)], [[0, 2], [1, 2]])
        """
        if len({table.columns for table in tables}) > 1:
            raise ValueError(f"columns differ: {' and '.join(str(table.columns) for table in tables)}")
        axes = []
        codes = np.empty((sum(map(len, tables)), len(tables[0].axes)), dtype=np.int64)
        for position, name in enumerate(tables[0].columns):
            used = [[table.axes[position].levels[code] for code in np.unique(table.codes[:, position])] for table in tables]
            axis = Axis(name, tuple(sorted({level for levels in used for level in levels}, key=_order)))
            lookups = [np.array([axis.place.get(level, -1) for level in table.axes[position].levels], dtype=np.int64) for table in tables]
            codes[:, position] = np.concatenate(
                [lookup[table.codes[:, position]] if len(table) else table.n for lookup, table in zip(lookups, tables, strict=True)]
            )
            axes.append(axis)
        rows = _sorted_rows(codes)
        n = np.zeros(len(rows.unique), dtype=np.int64)
        np.add.at(n, rows.where, np.concatenate([table.n for table in tables]))
        ends = np.cumsum([len(table) for table in tables])
        whole = cls(tuple(axes), rows.unique, n, np.arange(len(n), dtype=np.int64))
        return whole, [rows.where[end - len(table) : end] for end, table in zip(ends, tables, strict=True)]

    def beside(self, columns: Sequence[tuple[str, Level]], order: Sequence[str]) -> Counts:
        """The same table with columns that hold one level throughout, all of them in this order."""
        axes = {axis.name: (axis, self.codes[:, [place]]) for place, axis in enumerate(self.axes)}
        axes |= {name: (Axis(name, (level,)), np.zeros((len(self), 1), dtype=np.int64)) for name, level in columns}
        codes = np.concatenate([np.zeros((len(self), 0), dtype=np.int64), *(axes[name][1] for name in order)], axis=1)
        return Counts(tuple(axes[name][0] for name in order), codes, self.n, self.origin)

    def lift(self, influence: Floats) -> Floats:
        """Spread one number per cell here over the cells of the table as first counted; 0 where a cell is not here."""
        return np.append(influence, 0.0)[self.origin]  # a raw cell that is not here has the last place

    def lift_cells(self, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Find some cells here among those of the table as first counted."""
        return np.asarray(np.append(cells, False)[self.origin], dtype=np.bool_)

    def here(self) -> NDArray[np.bool_]:
        """Which cells of the table as first counted are here; shape (raw cells,)."""
        return self.origin >= 0


@dataclass(frozen=True, slots=True)
class _Rows:
    unique: Ints
    where: Ints


def _sorted_rows(codes: Ints) -> _Rows:
    """Distinct rows in sorted order, and for each given row the place of its like."""
    if codes.shape[1] == 0:
        distinct = np.zeros((min(len(codes), 1), 0), dtype=np.int64)
        return _Rows(distinct, np.zeros(len(codes), dtype=np.int64))
    sizes = codes.max(axis=0, initial=0) + 1
    combinations = np.prod(sizes.astype(np.float64))
    if combinations < 2**62:  # one whole number per row sorts many times faster than rows do
        packed = np.ravel_multi_index(tuple(codes.T), tuple(sizes)) if len(codes) else np.empty(0, dtype=np.int64)
        if combinations <= max(_FEW_COMBINATIONS, 2 * len(codes)):  # so few that ticking them off needs no sorting
            present = np.zeros(int(combinations), dtype=bool)
            present[packed] = True
            distinct = np.stack(np.unravel_index(np.flatnonzero(present), tuple(sizes)), axis=1)
            return _Rows(distinct.astype(np.int64), (np.cumsum(present) - 1)[packed])
        _, first, where = np.unique(packed, return_index=True, return_inverse=True)
        return _Rows(codes[first], where.astype(np.int64))
    unique, where = np.unique(codes, axis=0, return_inverse=True)
    return _Rows(unique.astype(np.int64), where.reshape(-1).astype(np.int64))
