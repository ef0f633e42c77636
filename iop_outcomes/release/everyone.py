"""Takes totals of everyone over all cells of a page, gives what they say of the cells of one column alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.release.algebra import ZERO, Floats, Ints, orthonormal, product, squares


@dataclass(frozen=True, eq=False)
class Addition:
    """What more totals of everyone add.

    Parameters
    ----------
    inside : float array, shape (new, cells of the column)
        Totals of the cells of the column alone, beyond those known, as orthonormal rows.
    outside, beside : float array, shape (others, cells outside), (others, cells of the column)
        Totals that reach outside the column, as they are there and here; orthonormal outside.
    """

    inside: Floats
    outside: Floats
    beside: Floats


class Inside:
    """What totals of everyone say of the cells of one column alone.

    A total that reaches outside says something here once other totals cancel what it holds there: totals are kept as rows that are
    orthonormal outside, and what is left of one when it is nothing outside is a total inside.

    Parameters
    ----------
    inside : int array, shape (cells of the column,)
        Which of the cells of the page.
    cells : int
        Of the page.
    """

    def __init__(self, inside: Ints, cells: int) -> None:
        self._inside, self._outside = inside, np.setdiff1d(np.arange(cells), inside)
        self.known = np.zeros((0, len(inside)))
        self._outside_rows, self._beside = np.zeros((0, len(self._outside))), np.zeros((0, len(inside)))

    def added(self, totals: Floats) -> Addition:
        """What totals, one a row, add to those known."""
        here, there = totals[:, self._inside], totals[:, self._outside]
        reaching = there.any(axis=1)
        if not reaching.any():
            return Addition(orthonormal(self.known, here), self._outside_rows[:0], self._beside[:0])
        outside, beside = self._outside_rows, self._beside
        inside = [here[~reaching]]
        for one_here, one_there in zip(here[reaching], there[reaching], strict=True):
            shares = np.zeros((1, len(outside)))
            left = one_there[np.newaxis]
            for _ in range(2):  # one pass of Gram-Schmidt loses digits
                more = product(left, outside.T)
                left = left - product(more, outside)
                shares += more
            rest = one_here - product(shares, beside)
            size = math.sqrt(squares(left)[0])
            if size > ZERO * max(1.0, math.sqrt(one_there @ one_there)):
                outside, beside = np.vstack([outside, left / size]), np.vstack([beside, rest / size])
            else:
                inside.append(rest)
        first = len(self._beside)
        return Addition(orthonormal(self.known, np.vstack(inside)), outside[first:], beside[first:])

    def learn(self, added: Addition) -> None:
        """Take what was added as known."""
        self._outside_rows = np.vstack([self._outside_rows, added.outside])
        self._beside = np.vstack([self._beside, added.beside])
        self.known = np.vstack([self.known, added.inside])
