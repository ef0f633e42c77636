"""Takes a draft and its variance, gives the estimate's error and interval by the rule the draft names."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from iop_outcomes.stats.draft import Draft, Floats, Ints
from iop_outcomes.stats.duration import order_statistic_interval
from iop_outcomes.stats.proportion import normal_quantile, wilson


@dataclass(frozen=True, slots=True)
class Interval:
    """Standard error, limits and the name of the method; NaN where the data allow none."""

    se: float
    low: float
    high: float
    method: str
    flag: str = ""


def t_quantile(df: float, conf_level: float) -> float:
    """Two-sided quantile of Student's t.

    Examples
    --------
    >>> round(t_quantile(10, 0.95), 6)
    2.228139
    """
    return float(stdtrit(df, 0.5 + conf_level / 2))


def variance_independent(influence: Floats, n: Ints) -> float:
    """Variance of an estimate over independent episodes: the sum of n times influence squared.

    Parameters
    ----------
    influence : float array, shape (cells,)
        What one more episode in each cell would add.
    n : int64 array, shape (cells,)
        Episodes in each cell.
    """
    return float(np.sum(n * np.square(influence)))


def finish(draft: Draft, variance: float, *, conf_level: float = 0.95) -> Interval:
    """Give a draft its interval.

    Parameters
    ----------
    draft : Draft
        The estimate and the name of its rule.
    variance : float
        From the influences, in squared units of the estimate.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Interval
        Wilson for shares; Student's t for means; order statistics for quantiles (no standard error: they need none);
        all NaN when the draft has no value.
    """
    if math.isnan(draft.value):
        return Interval(math.nan, math.nan, math.nan, _METHODS[draft.rule])
    return _RULES[draft.rule](draft, variance, conf_level)


def _wilson(draft: Draft, variance: float, conf_level: float) -> Interval:
    low, high = wilson(draft.population.k or 0, draft.n, conf_level=conf_level)
    return Interval(math.sqrt(variance), low, high, _METHODS["wilson"])


def _t(draft: Draft, variance: float, conf_level: float) -> Interval:
    if draft.n < 2:
        return Interval(math.nan, math.nan, math.nan, _METHODS["t"])
    se = math.sqrt(variance * draft.n / (draft.n - 1))
    half = t_quantile(draft.n - 1, conf_level) * se
    return Interval(se, draft.value - half, draft.value + half, _METHODS["t"])


def _order_statistics(draft: Draft, _variance: float, conf_level: float) -> Interval:
    if draft.distribution is None or draft.quantile is None:
        raise ValueError(f"{draft.estimand}: an order-statistic interval needs the distribution and the quantile")
    low, high = order_statistic_interval(draft.distribution, draft.quantile, conf_level=conf_level)
    flag = "interval_open" if math.isnan(low) or math.isnan(high) else ""
    return Interval(math.nan, low, high, _METHODS["order_statistics"], flag)


def _normal(draft: Draft, variance: float, conf_level: float) -> Interval:
    se = math.sqrt(variance)
    half = normal_quantile(conf_level) * se
    return Interval(se, draft.value - half, draft.value + half, _METHODS["normal"])


def _none(_draft: Draft, _variance: float, _conf_level: float) -> Interval:
    return Interval(math.nan, math.nan, math.nan, _METHODS["none"])


_METHODS = {
    "wilson": "Wilson score",
    "t": "Student t",
    "order_statistics": "order statistics",
    "normal": "normal",
    "none": "none",
}
_RULES = {"wilson": _wilson, "t": _t, "order_statistics": _order_statistics, "normal": _normal, "none": _none}
