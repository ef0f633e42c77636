"""Takes sets of cells that hold few episodes, gives whether what a reader does not know leaves every one of them open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.release.algebra import ZERO, Floats, Ints

Mask = NDArray[np.bool_]

SAMPLES = 3  # random unknowns: a total that is open is 0 in all of them only by a chance below one in 10^15
_ALL_COMBINED = 12  # up to so many small cells every combination is guarded; beyond it, single ones and pairs


def are_small(n: Ints | Floats, threshold: int | Ints) -> Mask:
    """Which counts, or differences of counts, may not be printed."""
    small: Mask = (n != 0) & (np.abs(n) < threshold)
    return small


def vanish(totals: Floats, scale: float) -> Mask:
    """Which totals, one a row, are 0 in every sample; those of the first sample rule most of them out."""
    none = np.abs(totals[:, 0]) <= ZERO * scale
    if none.any():
        none[none] = (np.abs(totals[none]) <= ZERO * scale).all(axis=1)
    return none


class Sums:
    """Combinations of small cells that are still small together.

    Parameters
    ----------
    groups : iterable of (places, sizes)
        Cells that may be combined with one another: where their unknowns stand, and how many episodes each holds; only
        groups of up to 12.
    threshold : int
        Counts from 1 to one below it are small.
    """

    def __init__(self, groups: Iterable[tuple[Ints, Ints]], threshold: int) -> None:
        cells: list[Ints] = []
        lengths: list[Ints] = []
        for places, sizes in groups:
            chosen = _combinations(len(places))
            chosen = chosen[are_small(chosen @ sizes, threshold)]
            cells.append(places[np.nonzero(chosen)[1]])
            lengths.append(chosen.sum(axis=1))
        self.cells, self.lengths = _joined(cells), _joined(lengths)
        self.starts = np.cumsum(self.lengths) - self.lengths

    @classmethod
    def joined(cls, several: Sequence[Sums], shifts: Sequence[int]) -> Sums:
        """All of several as one, the places of each moved on by so many."""
        sums = cls((), 0)
        sums.cells = _joined([each.cells + shift for each, shift in zip(several, shifts, strict=True)])
        sums.lengths = _joined([each.lengths for each in several])
        sums.starts = np.cumsum(sums.lengths) - sums.lengths
        return sums

    def __len__(self) -> int:
        return len(self.starts)

    def hold(self, unknown: Floats, scale: float) -> bool:
        """Whether none of them is fixed, given the unknown of each place in every sample."""
        if not len(self):
            return True
        first = np.add.reduceat(unknown[self.cells, 0], self.starts)
        if (np.abs(first) > ZERO * scale).all():
            return True
        return not vanish(np.add.reduceat(unknown[self.cells], self.starts, axis=0), scale).any()


def _joined(several: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *several]).astype(np.int64, copy=False)


@cache
def _combinations(several: int) -> Ints:
    """Every choice of two or more of some cells, one a row of 0 and 1."""
    rows = (np.arange(2**several)[:, np.newaxis] >> np.arange(several)) & 1
    several_of: Ints = rows[rows.sum(axis=1) > 1].astype(np.int64)
    return several_of


class Guarded:
    """Sets of the cells of one level that must not be worked out.

    Parameters
    ----------
    sizes : int array, shape (sets,)
        Episodes in every set that is printed or told apart by what is printed.
    small : bool array, shape (sets,)
        Which of them may not be printed.
    divisions : sequence of int array
        Sets that no episode is in two of, and that may be combined.
    threshold : int
        Counts from 1 to one below it are small.
    """

    def __init__(self, sizes: Ints, small: Mask, divisions: Sequence[Ints], threshold: int) -> None:
        self.single = np.flatnonzero(small)
        small = are_small(sizes, threshold)
        groups = [(rows, sizes[rows]) for rows in (rows[small[rows]] for rows in divisions)]
        self.sums = Sums([group for group in groups if len(group[0]) <= _ALL_COMBINED], threshold)
        wide = [(rows, of_rows) for rows, of_rows in groups if len(rows) > _ALL_COMBINED]
        self.pairs = [(rows, np.triu(are_small(of_rows[:, np.newaxis] + of_rows, threshold), k=1)) for rows, of_rows in wide]

    @classmethod
    def stacked(cls, several: Sequence[Guarded], sets: int) -> Guarded:
        """Those of several levels as one, whose sets follow one another: the totals of one level, then those of the next."""
        guard = cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_), (), 0)
        shifts = [sets * place for place in range(len(several))]
        guard.single = np.concatenate([guard.single, *(each.single + shift for each, shift in zip(several, shifts, strict=True))])
        guard.sums = Sums.joined([each.sums for each in several], shifts)
        guard.pairs = [(rows + shift, small) for each, shift in zip(several, shifts, strict=True) for rows, small in each.pairs]
        return guard

    def __len__(self) -> int:
        return len(self.single)

    def hold(self, totals: Floats, scale: float) -> bool:
        """Whether none of them is fixed, given the unknown total of each set in every sample."""
        return not len(self.single) or (
            not vanish(totals[self.single], scale).any()
            and self.sums.hold(totals, scale)
            and all(_pairs_hold(totals[rows], small, scale) for rows, small in self.pairs)
        )


def _pairs_hold(totals: Floats, small: Mask, scale: float) -> bool:
    none = small & (np.abs(totals[:, np.newaxis, 0] + totals[:, 0]) <= ZERO * scale)
    if not none.any():
        return True
    one, other = np.nonzero(none)
    return not vanish(totals[one] + totals[other], scale).any()


class Across:
    """Sets of cells whose total over several levels must not be worked out.

    Parameters
    ----------
    sizes : int array, shape (levels, sets)
        Episodes in each set of each level.
    threshold : int
        Counts from 1 to one below it are small.
    """

    def __init__(self, sizes: Ints, threshold: int) -> None:
        small = are_small(sizes, threshold)
        several = small.sum(axis=0)
        few = np.flatnonzero((several > 1) & (several <= _ALL_COMBINED)).tolist()
        places = [np.flatnonzero(small[:, row]) for row in few]
        groups = ((here * sizes.shape[1] + row, sizes[here, row]) for row, here in zip(few, places, strict=True))
        self._sums = Sums(groups, threshold)
        self._wide = np.flatnonzero(several > _ALL_COMBINED)
        self._sizes = np.where(small, sizes, threshold)[:, self._wide]
        self._threshold = threshold

    def __len__(self) -> int:
        return len(self._sums) + len(self._wide)

    def hold(self, totals: Floats, witnesses: Sequence[int], scale: float) -> bool:
        """Whether none of them is fixed, given the unknown total of each level and set in every sample.

        What levels other than the witnesses hold varies freely from level to level, so that no total over them is fixed
        unless each of them is.
        """
        if not self._sums.hold(totals.reshape(-1, SAMPLES), scale):
            return False
        if not len(self._wide):
            return True
        first = totals[:, self._wide, 0]
        return all(self._pairs_hold(totals, first, level, scale) for level in witnesses)

    def _pairs_hold(self, totals: Floats, first: Floats, level: int, scale: float) -> bool:
        sets = np.flatnonzero(are_small(self._sizes[level], self._threshold))
        none = np.abs(first[:, sets] + first[level, sets]) <= ZERO * scale
        none[level] = False
        if not none.any():
            return True
        other, place = np.nonzero(none & are_small(self._sizes[:, sets] + self._sizes[level, sets], self._threshold))
        return not vanish(totals[other, self._wide[sets[place]]] + totals[level, self._wide[sets[place]]], scale).any()
