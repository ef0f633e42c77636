"""Takes how many of how many, gives the intervals of a share and of the difference of two: Wilson's and Newcombe's."""

from __future__ import annotations

import math
from functools import lru_cache

from iop_outcomes.stats.special import ndtri


@lru_cache(maxsize=4096)
def normal_quantile(conf_level: float) -> float:
    """Two-sided standard normal quantile, such as 1.96 for 0.95.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return float(ndtri(0.5 + conf_level / 2))


def wilson(k: float, n: float, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Score interval for a share.

    Parameters
    ----------
    k, n : float
        Episodes counted and episodes in all; an effective number need not be whole.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper limit between 0 and 1; NaN twice when `n` is 0.

    References
    ----------
    Wilson EB (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(0, 12)]
    [0.0, 0.2425]
    """
    if n <= 0:
        return math.nan, math.nan
    return wilson_limits(k / n, n, normal_quantile(conf_level))


def wilson_limits(share: float, n: float, quantile: float) -> tuple[float, float]:
    """Score limits of a share known from `n` episodes, which need not be a whole number, at a quantile such as 1.96."""
    z2 = quantile**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if share <= 0 else min(max(centre - half, 0.0), share)
    high = 1.0 if share >= 1 else max(min(centre + half, 1.0), share)
    return low, high


def newcombe(k1: float, n1: float, k2: float, n2: float, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Interval for the difference of two independent shares (first minus second) from their Wilson intervals.

    Parameters
    ----------
    k1, n1, k2, n2 : float
        Episodes counted and episodes in all, in each group.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper limit between -1 and 1; NaN twice when a group is empty.

    References
    ----------
    Newcombe RG (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    Examples
    --------
    >>> [round(limit, 4) for limit in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    if n1 <= 0 or n2 <= 0:
        return math.nan, math.nan
    p1, p2 = k1 / n1, k2 / n2
    low1, high1 = wilson(k1, n1, conf_level=conf_level)
    low2, high2 = wilson(k2, n2, conf_level=conf_level)
    difference = p1 - p2
    low = difference - math.hypot(p1 - low1, high2 - p2)
    high = difference + math.hypot(high1 - p1, p2 - low2)
    return max(low, -1.0), min(high, 1.0)
