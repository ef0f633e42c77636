"""Takes a t statistic, gives the limits of its noncentrality: exact limits of effect sizes that are t divided by a root of n."""

from __future__ import annotations

import math

FARTHEST = 1e-12  # how near a limit is sought, as a share of it


def noncentral_t_limits(t: float, df: float, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Noncentralities at which `t` lies at the two ends of the confidence level.

    Parameters
    ----------
    t : float
        The statistic.
    df : float
        Its degrees of freedom, above 0.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper limit; NaN twice where there is no statistic.

    References
    ----------
    Steiger JH, Fouladi RT (1997), Noncentrality interval estimation, in What If There Were No Significance Tests?; Smithson M (2001),
    doi:10.1177/00131640121971392.

    Examples
    --------
    >>> [round(limit / 35**0.5, 4) for limit in noncentral_t_limits(2.76, 34)]
    [0.1142, 0.8127]
    """
    if not (math.isfinite(t) and df > 0):
        return math.nan, math.nan
    if t < 0:  # distribution functions of a negative t at large noncentralities fail
        low, high = noncentral_t_limits(-t, df, conf_level=conf_level)
        return -high, -low
    tail = (1 - conf_level) / 2
    return _noncentrality(t, df, 1 - tail), _noncentrality(t, df, tail)


def _noncentrality(t: float, df: float, share: float) -> float:
    """The noncentrality at which this share lies below t: the share falls as the noncentrality grows."""
    from scipy.optimize import brentq
    from scipy.special import nctdtr

    def distance(noncentrality: float) -> float:
        return float(nctdtr(df, noncentrality, t)) - share

    spread = 10.0 * (1 + t / math.sqrt(2 * df))
    return float(brentq(distance, t - spread, t + spread, xtol=FARTHEST, rtol=4e-15, maxiter=500))
