"""Takes whole-number values and how many episodes hold each, gives quantiles and their limits by ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.stats.draft import Ints
from iop_outcomes.stats.special import bdtr

if TYPE_CHECKING:
    from iop_outcomes.counts import Counts


@dataclass(frozen=True, eq=False)
class Distribution:
    """Whole-number values in increasing order and how many episodes hold each; shape (values,) both."""

    values: Ints
    n: Ints


def distribution(counts: Counts, column: str) -> Distribution:
    """Values of a whole-number column in increasing order with their counts; the column must hold no blank."""
    table = counts.keep([column])
    values = np.array([int(level) for level in table.levels(column) if level is not None], dtype=np.int64)
    return Distribution(values[table.codes_of(column)], table.n)


def quantile_type2(values: Distribution, share_below: float) -> float:
    """Quantile by averaging at discontinuities (R's type 2): the midpoint when the share falls exactly between two people.

    Parameters
    ----------
    values : Distribution
        Values and counts.
    share_below : float
        Between 0 and 1; 0.5 for the median.

    Returns
    -------
    float
        In the unit of the values; NaN when there are none.

    References
    ----------
    Hyndman RJ, Fan Y (1996), definition 2, doi:10.1080/00031305.1996.10473566.

    Examples
    --------
    >>> quantile_type2(Distribution(np.array([10, 20, 30]), np.array([1, 1, 2])), 0.5)
    25.0
    """
    cumulative = np.cumsum(values.n)
    if not len(cumulative):
        return math.nan
    # Shares such as 0.1 * 30 miss a whole number by a rounding error; a tolerance keeps the midpoint rule exact.
    place = cumulative[-1] * share_below
    whole = round(place)
    if abs(place - whole) < 1e-9 * max(place, 1.0) and 0 < whole < cumulative[-1]:
        pair = values.values[np.searchsorted(cumulative, [whole, whole + 1])]
        return float(pair.mean())
    return float(_value_at_rank(values, min(max(math.ceil(place - 1e-9), 1), int(cumulative[-1]))))


def _value_at_rank(values: Distribution, rank: int) -> int:
    return int(values.values[np.searchsorted(np.cumsum(values.n), rank)])


def order_statistic_ranks(n: int, share_below: float, *, conf_level: float = 0.95) -> tuple[int | None, int | None]:
    """Ranks between which a quantile lies with at least the confidence asked, whatever the distribution.

    Parameters
    ----------
    n : int
        Number of values.
    share_below : float
        Which quantile, between 0 and 1.
    conf_level : float
        Confidence level; each tail holds at most half of the rest.

    Returns
    -------
    tuple of int or None
        Ranks from 1; `None` on a side where so few values allow no limit.

    References
    ----------
    Conover WJ (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2, ISBN 978-0-471-16068-7.

    Examples
    --------
    >>> order_statistic_ranks(20, 0.5)
    (6, 15)
    """
    if n == 0:
        return None, None
    tail = (1 - conf_level) / 2
    below = bdtr(np.arange(n, dtype=np.float64), n, share_below)  # below[r] = P(at most r values under the quantile)
    low = int(np.searchsorted(below, tail, side="right"))
    reaches = np.flatnonzero(below >= 1 - tail - 1e-15)
    return (low or None), (int(reaches[0]) + 1 if len(reaches) else None)


def order_statistic_interval(values: Distribution, share_below: float, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Interval for a quantile from order statistics; NaN on a side where so few values allow no limit.

    Examples
    --------
    >>> order_statistic_interval(Distribution(np.arange(1, 21), np.ones(20, dtype=int)), 0.5)
    (6.0, 15.0)
    """
    low, high = order_statistic_ranks(int(values.n.sum()), share_below, conf_level=conf_level)
    return (
        math.nan if low is None else float(_value_at_rank(values, low)),
        math.nan if high is None else float(_value_at_rank(values, high)),
    )
