"""Takes the pairs of two groups, gives the difference of their changes or end scores by each named divisor, and adjusted for where they began.

Each number and its variance come from the functions that take them from a paper's summaries; here they also say what one more pair would add.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from iop_outcomes.stats.between import NO_DIFFERENCE, StandardisedDifference, corrected, d_between, pooled_sd_of
from iop_outcomes.stats.change import small_sample_factor
from iop_outcomes.stats.draft import Floats
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.pre_post_control import Arm, d_ppc2, d_ppc3, d_ppc_post


@dataclass(frozen=True, eq=False)
class BetweenPairs:
    """A difference between two groups of pairs, positive where the first is better off.

    Attributes
    ----------
    value, variance : float
        The estimate and its sampling variance for independent pairs; NaN where the data allow none.
    influences : tuple of float array, shape (cells of the first,) and (cells of the second,)
        What one more pair in a cell adds to `value` at a fixed number of pairs; n-weighted, those of both together sum to 0.
    df : float
        Degrees of freedom of Student's t for the limits; infinite for the normal distribution.
    """

    value: float
    variance: float
    influences: tuple[Floats, Floats]
    df: float = math.inf


class _Values(NamedTuple):
    """One quantity of the pairs of a group, better when larger: its value in each cell, their mean and SD."""

    each: Floats
    mean: float
    sd: float


def _before(pairs: Pairs) -> _Values:
    return _Values(_sign(pairs) * pairs.pre, _sign(pairs) * pairs.moments.mean_pre, pairs.moments.sd_pre)


def _after(pairs: Pairs) -> _Values:
    return _Values(_sign(pairs) * pairs.post, _sign(pairs) * pairs.moments.mean_post, pairs.moments.sd_post)


def _gain(pairs: Pairs) -> _Values:
    return _Values(pairs.change, pairs.moments.mean_change, pairs.moments.sd_change)


def _sign(pairs: Pairs) -> int:
    return -1 if pairs.better == "lower" else 1


Take = Callable[[Pairs], _Values]


def _standardised(one: Pairs, other: Pairs, *, compared: Take, by: tuple[Take, ...], find: Callable[[Pairs, Pairs], StandardisedDifference], j: bool) -> BetweenPairs:  # fmt: skip
    """A difference of means over the root of a sum of squared SDs, each weighted by its share of all degrees of freedom."""
    ratio = find(one, other) if min(one.moments.n, other.moments.n) >= 2 else NO_DIFFERENCE
    nothing = BetweenPairs(math.nan, math.nan, (np.zeros(len(one.n)), np.zeros(len(other.n))))
    if math.isnan(ratio.value):
        return nothing
    df = one.moments.n + other.moments.n - 2
    factor = small_sample_factor(df) if j else 1.0
    weights = [(pairs.moments.n - 1) / (len(by) * df) for pairs in (one, other)]
    square = sum(weight * take(pairs).sd ** 2 for weight, pairs in zip(weights, (one, other), strict=True) for take in by)
    slopes = []
    for side, weight, pairs in zip((1, -1), weights, (one, other), strict=True):
        n, values = pairs.moments.n, compared(pairs)
        of_mean = side * (values.each - values.mean) / n
        of_square: Floats = weight * np.sum(
            [np.square(each - mean) / (n - 1) - sd**2 / n for each, mean, sd in (t(pairs) for t in by)], axis=0
        )
        slopes.append(factor * of_mean / math.sqrt(square) - ratio.value * of_square / (2 * square))
    return BetweenPairs(ratio.value, ratio.variance, (slopes[0], slopes[1]))


def _plain(take: Take, one: Pairs, other: Pairs) -> StandardisedDifference:
    """Over the pooled SD of the same quantity."""
    first, second, n = take(one), take(other), (one.moments.n, other.moments.n)
    return d_between(first.mean, second.mean, pooled_sd_of(first.sd, n[0], second.sd, n[1]), *n)


def _small_sample(take: Take, one: Pairs, other: Pairs) -> StandardisedDifference:
    d = _plain(take, one, other)
    return d if one.moments.n + other.moments.n < 4 else corrected(d, one.moments.n, other.moments.n)


def _arms(find: Callable[[Arm, Arm], StandardisedDifference], one: Pairs, other: Pairs) -> StandardisedDifference:
    return find(_arm(one), _arm(other))


def _arm(pairs: Pairs) -> Arm:
    """Turned so that scores rise when they improve."""
    m, sign = pairs.moments, _sign(pairs)
    return Arm(sign * m.mean_pre, sign * m.mean_post, m.sd_pre, m.n, m.r, m.sd_post)


def ancova(one: Pairs, other: Pairs) -> BetweenPairs:
    """Difference of the end scores at one admission score: least squares of the end score on the group and the admission score.

    Returns
    -------
    BetweenPairs
        In points. The variance is HC1 (influences with n / (n - 3)), which lets groups and scores differ in scatter.

    References
    ----------
    Vickers AJ, Altman DG (2001), doi:10.1136/bmj.323.7321.1123; MacKinnon JG, White H (1985), doi:10.1016/0304-4076(85)90158-7.

    Examples
    --------
    >>> one = Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")
    >>> round(ancova(one, Pairs.from_cells([17, 12, 20], [15, 11, 19], [1, 2, 1], better="lower")).value, 4)
    5.1486
    """
    n = one.moments.n + other.moments.n
    nothing = BetweenPairs(math.nan, math.nan, (np.zeros(len(one.n)), np.zeros(len(other.n))))
    if n < 4 or min(one.moments.n, other.moments.n) < 1:
        return nothing
    within = [(take.each - take.mean, end.each - end.mean) for take, end in ((_before(p), _after(p)) for p in (one, other))]
    squares = sum(float(p.n @ np.square(x)) for p, (x, _) in zip((one, other), within, strict=True))
    if not squares > 0:
        return nothing
    slope = sum(float(p.n @ (x * y)) for p, (x, y) in zip((one, other), within, strict=True)) / squares
    apart = _before(one).mean - _before(other).mean
    value = _after(one).mean - _after(other).mean - slope * apart
    slopes = [
        (y - slope * x) * (side / p.moments.n - apart * x / squares) for side, p, (x, y) in zip((1, -1), (one, other), within, strict=True)
    ]
    variance = sum(float(p.n @ np.square(each)) for p, each in zip((one, other), slopes, strict=True)) * n / (n - 3)
    return BetweenPairs(value, variance, (slopes[0], slopes[1]), df=n - 3)


def _over(compared: Take, by: tuple[Take, ...], find: Callable[[Pairs, Pairs], StandardisedDifference], *, j: bool) -> Callable[[Pairs, Pairs], BetweenPairs]:  # fmt: skip
    return partial(_standardised, compared=compared, by=by, find=find, j=j)


# The difference of what, over what, with J or without; every one takes the pairs of both groups.
d_change = _over(_gain, (_gain,), partial(_plain, _gain), j=False)
g_change = _over(_gain, (_gain,), partial(_small_sample, _gain), j=True)
d_end = _over(_after, (_after,), partial(_plain, _after), j=False)
g_end = _over(_after, (_after,), partial(_small_sample, _after), j=True)
d_by_sd_before = _over(_gain, (_before,), partial(_arms, d_ppc2), j=True)
d_by_four_sds = _over(_gain, (_before, _after), partial(_arms, d_ppc3), j=True)
d_by_sd_after = _over(_gain, (_after,), partial(_arms, d_ppc_post), j=True)
