"""Takes values in the order of time, gives their median and what the two rules of a run chart say: a long run, few crossings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iop_outcomes.stats.trend import SAME, Sides, runs_of

# Of the published sets of rules this is the one whose limits move with the number of points, so that chance alone gives a signal about
# as often in a chart of 10 points as in one of 40. Those with fixed lengths (six on one side, five in a row that rise: Perla, Provost and
# Murray 2011, doi:10.1136/bmjqs.2009.037895) do not: of 11 points no six can lie on one side of their median, and rising points are no
# sign of change by themselves (Davis and Woodall 1988, Journal of Quality Technology 20(4)).

FEWEST_USEFUL = 10  # values off the median from which on the rules have published limits
CHANCE = 0.05  # how often fewer crossings than the limit come about by chance alone


@dataclass(frozen=True, eq=False)
class RunChart:
    """What runs about the median say of values in the order of time.

    Parameters
    ----------
    median : float
        Of the values that are known; NaN when there are none.
    useful : int
        How many of them are not the median itself.
    longest : int
        Values of the longest run on one side of the median; those on it neither end a run nor count in it.
    most : int
        The longest run that is expected.
    crossings : int
        How often successive useful values lie on different sides.
    fewest : int
        The fewest crossings that are expected.
    sides : int8 array, shape (points,)
        1 or -1 for each value of a run longer than expected, by its side; 0 elsewhere.
    """

    median: float
    useful: int
    longest: int
    most: int
    crossings: int
    fewest: int
    sides: Sides

    @property
    def is_judged(self) -> bool:
        """Whether there are enough useful values."""
        return self.useful >= FEWEST_USEFUL

    @property
    def has_long_run(self) -> bool:
        """Whether a run is longer than expected."""
        return self.is_judged and self.longest > self.most

    @property
    def has_few_crossings(self) -> bool:
        """Whether the median is crossed less often than expected."""
        return self.is_judged and self.crossings < self.fewest


def run_chart(values: ArrayLike) -> RunChart:
    """The median and the two rules: a run longer than round(log2(n) + 3), fewer crossings than the 5th percentile of Binomial(n - 1, 1/2).

    Parameters
    ----------
    values : array_like, shape (points,)
        In the order of time; None or NaN for one that is not known, which is left out, so that its neighbours follow one another.

    Returns
    -------
    RunChart
        n in its limits is the number of useful values.

    References
    ----------
    Anhøj J, Olesen AV (2014), Run charts revisited: a simulation study of run chart rules for detection of non-random variation in
    health care processes, PLoS ONE 9(11), doi:10.1371/journal.pone.0113825.

    Examples
    --------
    >>> runs = run_chart([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    >>> runs.median, runs.longest, runs.most, runs.crossings, runs.fewest, runs.has_few_crossings
    (5.5, 5, 6, 1, 2, True)
    """
    shares = np.asarray(values, dtype=np.float64)
    known = shares[np.isfinite(shares)]
    median = float(np.median(known)) if len(known) else math.nan
    places = np.flatnonzero(np.abs(shares - median) > SAME)
    signs = np.sign(shares[places] - median)
    useful = len(places)
    crossings = int(np.count_nonzero(np.diff(signs)))
    ends = np.flatnonzero(np.diff(signs, prepend=0.0, append=0.0))
    longest = int(np.diff(ends).max()) if useful else 0
    most, fewest = longest_expected(useful), fewest_expected(useful)
    sides = np.zeros(len(shares), dtype=np.int8)
    if useful >= FEWEST_USEFUL:
        sides[places] = runs_of(signs, most + 1)
    return RunChart(median, useful, longest, most, crossings, fewest, sides)


def longest_expected(useful: int) -> int:
    """The longest run about the median that is expected of so many useful values.

    Examples
    --------
    >>> [longest_expected(useful) for useful in (10, 12, 20, 24)]
    [6, 7, 7, 8]
    """
    return round(math.log2(useful) + 3) if useful else 0


def fewest_expected(useful: int) -> int:
    """The fewest crossings of the median that are expected of so many useful values.

    Examples
    --------
    >>> [fewest_expected(useful) for useful in (10, 12, 20, 24)]
    [2, 3, 6, 8]
    """
    if useful < 2:
        return 0
    moves, below = useful - 1, 0
    for crossings in range(useful):
        below += math.comb(moves, crossings)
        if below >= CHANCE * 2**moves:
            return crossings
    raise AssertionError("a distribution that does not reach its end")
