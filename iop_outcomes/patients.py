"""Takes how many patients hold each combination of cells, gives sums over patients: the errors of repeated patients."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    cell : int64 array, shape (entries,)
        Cells of the patients with several episodes, one combination after the other; a cell stands as often as the
        patient has episodes in it.
    start : int64 array, shape (combinations,)
        Where each combination begins in `cell`.
    n : int64 array, shape (combinations,)
        Patients with that combination.

    Examples
    --------
    Two patients with one episode in each of two cells, and three people who came once:

    >>> people = Patients(np.array([1, 2]), np.array([0, 1]), np.array([0]), np.array([2]))
    >>> people.variance(np.array([0.5, -0.5])), people.among(np.array([True, False]))
    (0.75, Among(effective=3.0, most=1))
    """

    alone: Ints
    cell: Ints
    start: Ints
    n: Ints
    _counted: dict[bytes, Among] = field(default_factory=dict, repr=False)

    @classmethod
    def all_different(cls, n: Ints) -> Patients:
        """Every episode is of another patient."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(n, nothing, nothing, nothing)

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
        start = np.cumsum(left[several]) - left[several]
        return Patients(alone, cell[several[place]], start, self.n[several])

    @cached_property
    def place(self) -> Ints:
        """Combination that each entry belongs to; shape (entries,)."""
        return np.repeat(np.arange(len(self.n)), np.diff(self.start, append=len(self.cell)))

    def among(self, cells: NDArray[np.bool_]) -> Among:
        """Effective patients of some cells, and the most episodes one patient has there; shape (cells,)."""
        key = cells.tobytes()  # the numbers of a measure share few denominators
        if key not in self._counted:
            several = np.add.reduceat(cells[self.cell], self.start, dtype=np.int64) if len(self.n) else self.n
            alone = int(self.alone[cells].sum())
            episodes = alone + int((self.n * several).sum())
            squared = alone + int((self.n * several**2).sum())
            most = max(int(several.max(initial=0)), int(alone > 0))
            self._counted[key] = Among(episodes**2 / squared if squared else 0.0, most)
        return self._counted[key]

    def sums(self, influence: Floats) -> Floats:
        """Summed influence of a patient with each combination of several episodes; (cells,) in, (combinations,) out."""
        return np.asarray(np.add.reduceat(influence[self.cell], self.start)) if len(self.n) else np.zeros(0)

    def covariance(self, one: Floats, other: Floats) -> float:
        """Sum over patients of the product of their summed influences on two estimates; shape (cells,) both."""
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
