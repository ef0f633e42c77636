"""Takes a count of events, gives limits of the number expected: exact, or by Byar's approximation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import chdtri


def exact_count_limits(k: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Garwood's limits: half the chi-squared quantiles with 2 k and 2 (k + 1) degrees of freedom; 0 below where k is 0.

    References
    ----------
    Garwood F (1936), doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> [round(limit, 4) for limit in exact_count_limits(5)]
    [1.6235, 11.6683]
    """
    tail = (1 - conf_level) / 2
    low = float(chdtri(2 * k, 1 - tail)) / 2 if k else 0.0
    return low, float(chdtri(2 * (k + 1), tail)) / 2


def byar_limits(k: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Byar's approximation to them: within 1 in a hundred from 5 events on, and half as high below at 1.

    References
    ----------
    Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II, IARC 82, page 69.

    Examples
    --------
    >>> [round(limit, 4) for limit in byar_limits(5)]
    [1.6113, 11.6682]
    """
    z, more = normal_quantile(conf_level), k + 1
    low = k * (1 - 1 / (9 * k) - z / (3 * k**0.5)) ** 3 if k else 0.0
    return max(0.0, low), more * (1 - 1 / (9 * more) + z / (3 * more**0.5)) ** 3


COUNT_LIMITS: Mapping[str, Callable[[int, float], tuple[float, float]]] = MappingProxyType(
    {"exact": exact_count_limits, "byar": byar_limits}
)
