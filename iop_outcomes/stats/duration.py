"""Takes whole-number values and how many episodes hold each, gives quantiles and their limits by ranks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.stats.draft import Ints
from iop_outcomes.stats.special import bdtr, ndtri

if TYPE_CHECKING:
    from iop_outcomes.counts import Counts

_FARTHEST = 9.0  # standard deviations, within which every rank that a confidence level asks for is looked for first


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

    def below(r: int) -> float:
        """P(at most r values under the quantile)."""
        return float(bdtr(float(r), n, share_below))

    expected, spread = n * share_below, math.sqrt(n * share_below * (1 - share_below))
    reach = min(float(ndtri(1 - tail)), _FARTHEST) * spread
    low = _first(lambda r: below(r) > tail, n, expected - reach)
    high = _first(lambda r: below(r) >= 1 - tail - 1e-15, n, expected + reach)
    return (low or None), (high + 1 if high < n else None)


def _first(holds: Callable[[int], bool], n: int, near: float) -> int:
    """The first of 0 to n - 1 from which on something holds, n where it never does; looked for around `near`, in steps that double."""
    start, step = min(max(round(near), 0), n - 1), 1
    if holds(start):
        without, since = start - 1, start
        while without >= 0 and holds(without):
            without, since, step = without - 2 * step, without, 2 * step
        without = max(without, -1)
    else:
        without, since = start, start + 1
        while since < n and not holds(since):
            without, since, step = since, since + 2 * step, 2 * step
        since = min(since, n)
    while since - without > 1:
        middle = (without + since) // 2
        without, since = (without, middle) if holds(middle) else (middle, since)
    return since


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
