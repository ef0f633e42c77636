"""Takes how many patients hold each combination of cells, gives sums over patients: the errors of repeated patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.float64, np.int64)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32] | NDArray[np.int64]  # never multiplied or added up as they are: they have no room for it
_ROOM = 2**31


class Among(NamedTuple):
    """The patients of some cells.

    Parameters
    ----------
    effective : float
        (sum of w)^2 / sum of w^2 over patients, w being a patient's episodes in these cells: as many patients of equal weight
        would tell as much. The number of patients where each has one episode; 0 of none.
    most : int
        Most episodes that one patient has there.
    """

    effective: float
    most: int


@dataclass(frozen=True, eq=False)
class Patients:
    """The patients behind a table of counts, themselves counted by the cells their episodes stand in.

    Parameters
    ----------
    alone : int64 array, shape (cells,)
        Episodes in each cell whose patient has no other episode, or is not known.
    cell : int array, shape (entries,)
        Cells of the patients with several episodes, one combination after the other; a cell stands as often as the
        patient has episodes in it.
    start : int array, shape (combinations,)
        Where each combination begins in `cell`.
    n : int64 array, shape (combinations,)
        Patients with that combination.
    on_both_sides : Patients, optional
        Of a table of two groups, those who have episodes in both, where they are known: the covariance of an estimate of one with
        an estimate of the other rests on them alone.

    Examples
    --------
    Two patients with one episode in each of two cells, and three people who came once:

    >>> people = Patients(np.array([1, 2]), np.array([0, 1]), np.array([0]), np.array([2]))
    >>> people.variance(np.array([0.5, -0.5])), people.among(np.array([True, False]))
    (0.75, Among(effective=3.0, most=1))
    """

    alone: Ints
    cell: Places
    start: Places
    n: Ints
    on_both_sides: Patients | None = None
    _counted: dict[bytes, Among] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Keep places in half the room: a page of millions of episodes holds a hundred of these tables at once."""
        for name in ("cell", "start"):
            object.__setattr__(self, name, places_of(getattr(self, name), max(len(self.alone), len(self.cell))))

    @classmethod
    def all_different(cls, n: Ints) -> Patients:
        """Every episode is of another patient."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(n, nothing, nothing, nothing)

    def put_away(self) -> Patients:
        """The same patients without what was worked out on the way, which takes more room than they do."""
        both = None if self.on_both_sides is None else self.on_both_sides.put_away()
        return Patients(self.alone, self.cell, self.start, self.n, both, self._counted)

    def within(self, among: NDArray[np.bool_]) -> Patients:
        """The same patients, seen only in some cells; whoever has one episode there stands alone. Shape (cells,)."""
        if not len(self.n):
            return Patients.all_different(np.where(among, self.alone, 0))
        kept = np.flatnonzero(among[self.cell])
        place, cell = self.place[kept], self.cell[kept]
        left = np.bincount(place, minlength=len(self.n))
        several = left > 1
        lone = left[place] == 1
        alone = np.where(among, self.alone, 0)
        np.add.at(alone, cell[lone], self.n[place[lone]])
        return Patients(alone, cell[several[place]], _starts(left[several]), self.n[several])

    def slices(self, bounds: Ints) -> list[Patients]:
        """The same patients, seen in each stretch of cells alone, whose cells are numbered from 0; as many as `bounds`, less one.

        Parameters
        ----------
        bounds : int64 array
            Increasing: a stretch begins at each, and ends before the next.
        """
        ends = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
        if not len(self.n):
            return [Patients.all_different(self.alone[start:end]) for start, end in ends]
        stretch = stretch_of(self.cell, bounds)
        order = np.argsort(stretch, kind="stable")
        stretch, place, cell = stretch[order], self.place[order], self.cell[order]
        begins = np.flatnonzero((np.diff(stretch, prepend=-2) != 0) | (np.diff(place, prepend=-2) != 0))
        sizes = np.diff(begins, append=len(cell))
        several = sizes > 1
        alone, n = self.alone.copy(), self.n[place[begins]]
        np.add.at(alone, cell[begins[~several]], n[~several])
        within = np.repeat(several, sizes)
        cell, sizes, n = cell[within], sizes[several], n[several]
        entries, combinations = (np.searchsorted(each, np.arange(len(bounds))) for each in (stretch[within], stretch[begins[several]]))
        return [
            Patients(alone[start:end], cell[entries[i] : entries[i + 1]] - start, _starts(sizes[here]), n[here])
            for i, (start, end) in enumerate(ends)
            for here in [slice(combinations[i], combinations[i + 1])]
        ]

    def of_combinations(self, places: Ints) -> Patients:
        """Those with some of the combinations, and nobody who stands alone."""
        sizes = np.diff(self.start, append=len(self.cell))[places]
        starts = _starts(sizes)
        entries = np.repeat(self.start[places] - starts, sizes) + np.arange(int(sizes.sum()))
        return Patients(np.zeros(len(self.alone), dtype=np.int64), self.cell[entries], starts, self.n[places])

    def renumbered(self, place: Ints, cells: int) -> Patients:
        """The same patients in a table of so many cells, where each cell here goes into the one at its place; shape (cells here,)."""
        alone = np.zeros(cells, dtype=np.int64)
        np.add.at(alone, place, self.alone)
        return Patients(alone, places_of(place, cells)[self.cell], self.start, self.n)

    @classmethod
    def added(cls, parts: Sequence[tuple[Patients, Ints]], cells: int) -> Patients:
        """The patients of several tables, none of whom is in two of them, in a table of so many cells.

        Parameters
        ----------
        parts : sequence of (Patients, int64 array)
            Those of each table, and where its cells stand in the whole; shape (its cells,).
        cells : int
            Cells of the whole.

        Returns
        -------
        Patients
            Combinations that are alike counted together, in the order that engines give them.
        """
        moved = [people.renumbered(place, cells) for people, place in parts]
        alone = np.zeros(cells, dtype=np.int64)
        counted: dict[tuple[int, ...], int] = {}
        for people in moved:
            alone += people.alone
            order = np.lexsort((people.cell, people.place))
            ends = np.append(people.start, len(people.cell))[1:].tolist()
            cell = people.cell[order].tolist()
            for start, end, n in zip(people.start.tolist(), ends, people.n.tolist(), strict=True):
                combination = tuple(cell[start:end])
                counted[combination] = counted.get(combination, 0) + n
        ordered = sorted(counted, key=lambda each: (each[:2], len(each) > 2, each))
        sizes = np.array([len(each) for each in ordered], dtype=np.int64)
        cell = np.array([place for each in ordered for place in each], dtype=np.int64)
        return cls(alone, cell, _starts(sizes), np.array([counted[each] for each in ordered], dtype=np.int64))

    @cached_property
    def place(self) -> Places:
        """Combination that each entry belongs to; shape (entries,)."""
        combinations = np.arange(len(self.n), dtype=self.cell.dtype)
        return cast("Places", np.repeat(combinations, np.diff(self.start, append=len(self.cell))))

    def among(self, cells: NDArray[np.bool_]) -> Among:
        """Effective patients of some cells, and the most episodes one patient has there; shape (cells,)."""
        key = cells.tobytes()  # the numbers of a measure share few denominators
        if key not in self._counted:
            several = self._added(cells.astype(np.int64))
            alone = int(self.alone[cells].sum())
            episodes = alone + int((self.n * several).sum())
            squared = alone + int((self.n * several**2).sum())
            most = max(int(several.max(initial=0)), int(alone > 0))
            self._counted[key] = Among(episodes**2 / squared if squared else 0.0, most)
        return self._counted[key]

    def effective_in(self, group: Ints, groups: int) -> Floats:
        """Effective patients of each of so many groups of cells, whose position is given for each cell, -1 for none; shape (groups,)."""
        here = group >= 0
        episodes, squared = np.zeros(groups), np.zeros(groups)
        np.add.at(episodes, group[here], self.alone[here])
        np.add.at(squared, group[here], self.alone[here])
        if len(self.n):
            inside = here[self.cell]
            place = self.place[inside].astype(np.int64)
            codes, several = np.unique(place * groups + group[self.cell[inside]], return_counts=True)
            n, where = self.n[codes // groups], codes % groups
            np.add.at(episodes, where, n * several)
            np.add.at(squared, where, n * several**2)
        return np.divide(episodes**2, squared, out=np.zeros(groups), where=squared > 0)

    def sums(self, influence: Floats) -> Floats:
        """Summed influence of a patient with each combination of several episodes; (cells,) in, (combinations,) out."""
        return self._added(influence)

    def _added(self, values: NDArray[Number]) -> NDArray[Number]:
        """The sum of a number of each cell over the episodes of a patient with each combination; (cells,) in, (combinations,) out."""
        if not len(self.n):
            return np.zeros(0, dtype=values.dtype)
        one, other, longer, cell, start = self._two
        added: NDArray[Number] = values[one] + values[other]
        if len(longer):
            added[longer] = np.add.reduceat(values[cell], start)
        return added

    @cached_property
    def _two(self) -> tuple[Places, Places, Ints, Places, Ints]:
        """The first two cells of each combination, which are all of most; the combinations that are longer, their cells and where each begins."""
        sizes = np.diff(self.start, append=len(self.cell))
        longer = np.flatnonzero(sizes != 2)
        entries = np.repeat(sizes != 2, sizes)
        after = np.minimum(self.start + 1, len(self.cell) - 1)
        return self.cell[self.start], self.cell[after], longer, self.cell[entries], _starts(sizes[longer])

    def covariance(self, one: Floats, other: Floats) -> float:
        """Sum over patients of the product of their summed influences on two estimates; shape (cells,) both."""
        if self.on_both_sides is not None:
            return self.on_both_sides.covariance(one, other)
        return float((self.alone * one * other).sum() + (self.n * self.sums(one) * self.sums(other)).sum())

    def variance(self, influence: Floats) -> float:
        """Variance of an estimate over independent patients: the sum of their squared summed influences."""
        return float((self.alone * np.square(influence)).sum() + (self.n * np.square(self.sums(influence))).sum())

    def products(self, influences: Floats) -> Floats:
        """All covariances of several estimates; (cells, K) in, (K, K) out, the same bits whatever the machine's threads."""
        sums = [self.sums(column) for column in influences.T]
        out = np.empty((len(sums), len(sums)))
        for i, one in enumerate(influences.T):
            for j in range(i, len(sums)):
                alone = (self.alone * one * influences[:, j]).sum()
                out[i, j] = out[j, i] = alone + (self.n * sums[i] * sums[j]).sum()
        return out


def places_of(values: Places, room: int) -> Places:
    """Places among so many, in half the room where they fit."""
    return values.astype(np.int32, copy=False) if room < _ROOM else values


def stretch_of(cell: Places, bounds: Ints) -> NDArray[np.integer[Any]]:
    """Which stretch of cells each cell is in, as numbers that are sorted fast where there are few."""
    few = len(bounds) < np.iinfo(np.int16).max
    return (np.searchsorted(bounds, cell, side="right") - 1).astype(np.int16 if few else np.int64)


def _starts(sizes: Ints) -> Ints:
    """Where each of some stretches begins, one after the other."""
    return np.asarray(np.cumsum(sizes) - sizes, dtype=np.int64)
