"""Takes summaries of groups, gives standardised differences between them: how alike the groups are, whatever their size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iop_outcomes.keys import Flag

Group = TypeVar("Group")

LEAST = 11  # members of a group that is compared
WORDS: tuple[tuple[float, str], ...] = ((0.10, "similar"), (0.25, "differs a little"), (math.inf, "differs"))
"""What a standardised difference below each bound is called.

Below 0.10 it is taken as negligible by Austin PC (2009), doi:10.1002/sim.3697; from 0.25 on, groups are too far apart for
a regression to make up for it by Stuart EA (2010), doi:10.1214/09-STS313.
"""


def word(value: float) -> str:
    """What a standardised difference is called, from `WORDS`.

    Parameters
    ----------
    value : float
        At least 0; a reader sees two decimals, so round first and word and number agree.

    Raises
    ------
    ValueError
        When it is not a number of at least 0.

    Examples
    --------
    >>> word(0.09), word(0.1), word(0.25)
    ('similar', 'differs a little', 'differs')
    """
    if not value >= 0:
        raise ValueError(f"a standardised difference is at least 0, not {value}")
    return next(words for bound, words in WORDS if value < bound or math.isinf(bound))


def of_means(mean_one: float, sd_one: float, mean_other: float, sd_other: float) -> float:
    """Standardised difference of two means: their distance over the root mean square of the two SDs.

    Parameters
    ----------
    mean_one, mean_other, sd_one, sd_other : float
        Means and standard deviations in the same unit.

    Returns
    -------
    float
        At least 0; infinite when the means differ without any spread, NaN when they do not.

    References
    ----------
    Austin PC (2009), doi:10.1002/sim.3697. Both groups weigh alike, whatever their size.

    Examples
    --------
    >>> round(of_means(17.4, 5.0, 15.0, 6.0), 4)
    0.4346
    """
    return _ratio(abs(mean_one - mean_other), math.hypot(sd_one, sd_other) / math.sqrt(2))


def _ratio(distance: float, spread: float) -> float:
    if spread > 0:
        return distance / spread
    return math.inf if distance > 0 else math.nan


def of_categories(n_one: ArrayLike, n_other: ArrayLike) -> float:
    """Standardised difference of two divisions into the same categories: the Mahalanobis distance of their shares.

    Parameters
    ----------
    n_one, n_other : array of numbers, shape (categories,)
        Members of each group in each category, in the same order; which order is of no account.

    Returns
    -------
    float
        At least 0; infinite when no category holds members of both groups, NaN when a group is empty or one category
        holds everyone. With two categories it is the distance of their
        shares over the root mean of the two binomial variances.

    Notes
    -----
    The covariance is the mean of the two multinomial ones. It is singular by nature, because shares sum to 1, and again for
    each category without anybody. Leaving out empty categories and one of the rest gives what its pseudo-inverse gives,
    except where the groups have no category in common: there the pseudo-inverse gives a small number, and the
    distance is infinite.

    References
    ----------
    Yang D, Dalton JE (2012), A unified approach to measuring the effect size between two groups using SAS, SAS Global
    Forum 2012, paper 335.

    Examples
    --------
    >>> round(of_categories([30, 50, 20], [20, 50, 30]), 4)
    0.2857
    >>> of_categories([30, 10, 0], [0, 0, 25])
    inf
    """
    counts = np.array([n_one, n_other], dtype=np.float64)
    if not counts.sum(axis=1).all():
        return math.nan
    shares = (counts / counts.sum(axis=1, keepdims=True))[:, counts.any(axis=0)]
    if shares.shape[1] == 1:
        return math.nan
    if not shares.all(axis=0).any():
        return math.inf
    # Sorted, so that the order of categories changes no digit; the one left out is the largest of the first group.
    p, q = shares[:, np.lexsort((shares[1], shares[0]))][:, :-1]
    covariance = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    return math.sqrt(max(float((p - q) @ np.linalg.solve(covariance, p - q)), 0.0))


def farthest_pairs(groups: Sequence[list[int]]) -> Iterator[tuple[list[int], list[int]]]:
    """The pairs of divisions among which the largest `of_categories` is.

    The distances of one group to all others are worked out together, to more digits than are needed to tell which come near the largest.

    Examples
    --------
    >>> list(farthest_pairs([[5, 5], [9, 1], [4, 6]]))
    [([9, 1], [4, 6])]
    """
    counts = np.array(groups, dtype=np.float64)
    filled: list[int] = np.flatnonzero(counts.any(axis=1)).tolist() if counts.ndim == 2 and counts.shape[1] > 1 else []
    shares = counts[filled] / counts[filled].sum(axis=1, keepdims=True) if filled else np.empty((0, 0))
    near = [_distances(shares[place], shares[place + 1 :]) for place in range(len(filled))]
    largest = max((float(each.max(initial=0.0)) for each in near), default=0.0)
    for place, distances in enumerate(near):
        for other in np.flatnonzero(distances >= largest * (1 - _NEAR)).tolist():
            yield groups[filled[place]], groups[filled[place + 1 + other]]


_NEAR = 1e-6


def _distances(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """The squared distance of one group's shares to those of others, infinite where they have no category in common; shape (groups,).

    The category left out is the largest of the one; what neither group has is of no account.
    """
    distances = np.full(len(others), math.inf)
    common = (others[:, one > 0] > 0).any(axis=1)
    rest = np.arange(len(one)) != one.argmax()
    p, q = one[rest], others[common][:, rest]
    spread = np.einsum("gk,kl->gkl", q + ((p == 0) & (q == 0)), np.eye(len(p))) - q[:, :, np.newaxis] * q[:, np.newaxis, :]
    covariance = (np.diag(p) - np.outer(p, p) + spread) / 2
    squared = np.einsum("gk,gk->g", p - q, np.linalg.solve(covariance, (p - q)[:, :, np.newaxis])[:, :, 0])
    distances[common] = np.maximum(squared, 0.0)
    return distances


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest standardised difference among groups; NaN where there is none, and then `flag` says why.

    ONE_GROUP: fewer than two groups of at least `LEAST` members. NO_OVERLAP: two groups have nothing in common, so that the
    difference is beyond any number. NO_SPREAD: all members of all groups are alike.
    """

    value: float
    flag: Flag = Flag.NONE


def largest_difference(
    groups: Sequence[tuple[int, Group]],
    between: Callable[[Group, Group], float],
    *,
    pairs: Callable[[Sequence[Group]], Iterable[tuple[Group, Group]]] | None = None,
) -> Largest:
    """Give the largest difference over all pairs of groups with at least `LEAST` members.

    Parameters
    ----------
    groups : sequence of (members, summary)
        In any order.
    between : callable
        Of two summaries, their standardised difference.
    pairs : callable, optional
        Of the summaries that are compared, the pairs among which the largest difference is; every pair by default.

    Returns
    -------
    Largest

    Examples
    --------
    >>> largest_difference([(40, [5, 5]), (30, [5, 5]), (10, [9, 1])], of_categories)
    Largest(value=0.0, flag=<Flag.NONE: ''>)
    >>> largest_difference([(40, [5, 5]), (10, [9, 1])], of_categories)
    Largest(value=nan, flag=<Flag.ONE_GROUP: 'one_group'>)
    """
    compared = [summary for members, summary in groups if members >= LEAST]
    if len(compared) < 2:
        return Largest(math.nan, Flag.ONE_GROUP)
    chosen = combinations(compared, 2) if pairs is None else pairs(compared)
    differences = [value for one, other in chosen if not math.isnan(value := between(one, other))]
    if not differences:
        return Largest(math.nan, Flag.NO_SPREAD)
    return Largest(math.nan, Flag.NO_OVERLAP) if math.isinf(max(differences)) else Largest(max(differences))
