"""Takes pairs of scores counted in cells, gives Wilcoxon's signed ranks, the rank-biserial correlation and the Hodges-Lehmann change."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.keys import Flag
from iop_outcomes.stats.change import Effect
from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr


@dataclass(frozen=True, slots=True)
class SignedRankTest:
    """Wilcoxon's signed rank test of the changes.

    Attributes
    ----------
    v : float
        Sum of the midranks of those who improved, among all who changed.
    z, p : float
        Normal deviate with continuity correction, and two-sided p value.
    n, zeros : int
        Pairs that changed, and those that did not and were dropped.
    flag : Flag
        NO_PAIRS, NO_SPREAD (nobody changed) or NONE.
    """

    v: float
    z: float
    p: float
    n: int
    zeros: int
    flag: Flag = Flag.NONE


def signed_rank(pairs: Pairs) -> SignedRankTest:
    """Wilcoxon's test as R's `wilcox.test(exact = FALSE, correct = TRUE)`: changes of 0 dropped, midranks, variance corrected for ties.

    References
    ----------
    Wilcoxon F (1945), doi:10.2307/3001968; Hollander M, Wolfe DA, Chicken E (2014), doi:10.1002/9781119196037, section 3.1.

    Examples
    --------
    >>> test = signed_rank(Pairs.from_cells([18, 20, 15, 9], [10, 14, 16, 9], [1, 2, 1, 1], better="lower"))
    >>> test.v, test.n, test.zeros, round(test.p, 4)
    (9.0, 4, 1, 0.1975)
    """
    changed, n, ranks, sizes = _ranked(pairs)
    several = int(n.sum())
    zeros = pairs.moments.n - several
    if not several:
        return SignedRankTest(math.nan, math.nan, math.nan, 0, zeros, Flag.NO_SPREAD if zeros else Flag.NO_PAIRS)
    v = float(n @ np.where(changed > 0, ranks, 0.0))
    size = float(several)
    tied = float(np.sum(sizes.astype(np.float64) ** 3 - sizes))
    variance = size * (size + 1) * (2 * size + 1) / 24 - tied / 48
    away = v - size * (size + 1) / 4
    z = (away - math.copysign(0.5, away) if away else 0.0) / math.sqrt(variance)
    return SignedRankTest(v, z, min(1.0, 2 * float(min(ndtr(z), ndtr(-z)))), several, zeros)


def rank_biserial(pairs: Pairs) -> Effect:
    """Matched-pairs rank-biserial correlation: (ranks of the improved - ranks of the worsened) / all ranks, those of `signed_rank`.

    It is the mean sign of x + y over all pairs of changes x and y, each with itself once: the influences are those of that mean, among
    the pairs that changed. The variance is the sum of n times their squares.

    References
    ----------
    Kerby DS (2014), doi:10.2466/11.IT.3.1; Hoeffding W (1948), doi:10.1214/aoms/1177730196 (the influences).

    Examples
    --------
    >>> rank_biserial(Pairs.from_cells([18, 20, 15, 9], [10, 14, 16, 9], [1, 2, 1, 1], better="lower")).value
    0.8
    """
    nothing = np.zeros(len(pairs.n))
    changed = _steps(pairs)
    inside = (changed != 0) & (pairs.n > 0)
    several = int(pairs.n[inside].sum())
    if not several:
        flag = Flag.NO_SPREAD if pairs.moments.n else Flag.NO_PAIRS
        return Effect("rank_biserial", math.nan, math.nan, 0, nothing, flag)
    signs = np.where(inside, _signs_of_sums(changed, np.where(inside, pairs.n, 0)), 0.0)  # summed over everybody, of x + y
    alone = np.sign(changed)
    pairs_of_two = several * (several + 1.0)
    value = float(pairs.n @ (signs + alone * inside)) / pairs_of_two
    slope = np.where(inside, (2 * signs + alone - value * (2 * several + 1)) / pairs_of_two, 0.0)
    influence = np.where(inside, slope - float(pairs.n @ slope) / several, 0.0)  # at a fixed number of pairs
    flag = Flag.NO_SPREAD if abs(value) >= 1 else Flag.NONE
    return Effect("rank_biserial", value, float(pairs.n @ np.square(influence)), several, influence, flag)


@dataclass(frozen=True, eq=False)
class WalshAverages:
    """Means of every two changes, each change with itself once: where they lie, in points, and how many lie there."""

    points: Floats
    several: Ints
    pairs: int

    @classmethod
    def of_pairs(cls, pairs: Pairs) -> WalshAverages:
        """Count them from the changes, without making them: a sum of two is found by convolving the counts with themselves."""
        changed = _steps(pairs)
        if not pairs.moments.n:
            return cls(np.empty(0), np.empty(0, dtype=np.int64), 0)
        low, high = int(changed.min()), int(changed.max())
        counts = np.zeros(high - low + 1, dtype=np.int64)
        np.add.at(counts, changed - low, pairs.n)
        ordered = np.convolve(counts, counts)
        ordered[::2] += counts
        several = ordered // 2
        there = np.flatnonzero(several)
        return cls((there + 2 * low) * pairs.step / 2, several[there], pairs.moments.n)

    def smallest(self, place: int) -> float:
        """The one at a place among all of them in order, from 1."""
        return float(self.points[np.searchsorted(np.cumsum(self.several), place)])

    @property
    def median(self) -> float:
        """The Hodges-Lehmann estimate; NaN of nobody."""
        if not self.pairs:
            return math.nan
        total = self.pairs * (self.pairs + 1) // 2
        return (self.smallest((total + 1) // 2) + self.smallest(total // 2 + 1)) / 2

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Limits of the median by the signed rank test in large samples; NaN twice where so few pairs give none.

        References
        ----------
        Hollander M, Wolfe DA, Chicken E (2014), doi:10.1002/9781119196037, section 3.3.
        """
        size = float(self.pairs)
        spread = normal_quantile(conf_level) * math.sqrt(size * (size + 1) * (2 * size + 1) / 24)
        place = math.floor(size * (size + 1) / 4 - spread)
        if place < 1:
            return math.nan, math.nan
        return self.smallest(place), self.smallest(self.pairs * (self.pairs + 1) // 2 + 1 - place)


def probability_of_superiority(pairs: Pairs) -> Effect:
    """Probability of superiority of pairs: the share who improved at all, with half of those who did not change.

    References
    ----------
    Grissom RJ, Kim JJ (2012), Effect Sizes for Research, ISBN 978-0-415-87769-5.

    Examples
    --------
    >>> probability_of_superiority(Pairs.from_cells([18, 20, 15, 9], [10, 14, 16, 9], [1, 2, 1, 1], better="lower")).value
    0.7
    """
    n = pairs.moments.n
    if not n:
        return Effect("probability_of_superiority", math.nan, math.nan, 0, np.zeros(len(pairs.n)), Flag.NO_PAIRS)
    scores = (np.sign(_steps(pairs)) + 1) / 2
    value = float(pairs.n @ scores) / n
    influence = (scores - value) / n
    return Effect("probability_of_superiority", value, float(pairs.n @ np.square(influence)), n, influence)


def _steps(pairs: Pairs) -> Ints:
    """The changes as whole numbers of steps, so that none is a hair off 0."""
    return np.rint(pairs.change / pairs.step).astype(np.int64)


def _ranked(pairs: Pairs) -> tuple[Ints, Ints, Floats, Ints]:
    """Cells that changed: change, pairs, midrank of its size among all that changed; and how many share each size."""
    changed = _steps(pairs)
    inside = (changed != 0) & (pairs.n > 0)
    changed, n = changed[inside], pairs.n[inside]
    _, level = np.unique(np.abs(changed), return_inverse=True)
    sizes = np.bincount(level, weights=n).astype(np.int64) if len(n) else np.empty(0, dtype=np.int64)
    midranks = np.cumsum(sizes) - (sizes - 1) / 2
    return changed, n, midranks[level] if len(n) else np.empty(0), sizes


def _signs_of_sums(changed: Ints, n: Ints) -> Floats:
    """For each cell, the sign of its change plus each other's, summed over the pairs of all cells; shape (cells,)."""
    order = np.argsort(changed, kind="stable")
    below = np.concatenate(([0], np.cumsum(n[order])))
    first, last = (np.searchsorted(changed[order], -changed, side=side) for side in ("left", "right"))
    return np.asarray((below[-1] - below[last]) - below[first], dtype=np.float64)
