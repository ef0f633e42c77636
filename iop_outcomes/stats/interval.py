"""Takes a draft and its variance, gives the estimate's error and interval by the rule the draft names."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from iop_outcomes.stats.draft import Draft, Floats, Ints
from iop_outcomes.stats.duration import order_statistic_interval
from iop_outcomes.stats.lifetable import zero_events_upper
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.proportion import normal_quantile, wilson
from iop_outcomes.stats.transform import transformed_interval

FEW_EVENTS = 5


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
        Wilson for shares; Student's t for means (none without spread); order statistics for quantiles (no standard error:
        they need none); all NaN when the draft has no value.
    """
    if math.isnan(draft.value):
        return Interval(math.nan, math.nan, math.nan, _METHODS[draft.rule])
    return _RULES[draft.rule](draft, variance, conf_level)


def _wilson(draft: Draft, variance: float, conf_level: float) -> Interval:
    low, high = wilson(draft.population.k or 0, draft.n, conf_level=conf_level)
    return Interval(math.sqrt(variance), low, high, _METHODS["wilson"])


def _t(draft: Draft, variance: float, conf_level: float) -> Interval:
    if draft.textbook is not None and draft.df is not None:
        return _t_of(draft, math.sqrt(draft.textbook), draft.df, conf_level, "Welch t")
    if draft.n < 2 or variance == 0:  # without spread an interval of no width would claim certainty
        return Interval(math.nan, math.nan, math.nan, _METHODS["t"])
    return _t_of(draft, math.sqrt(variance * draft.n / (draft.n - 1)), draft.n - 1, conf_level, _METHODS["t"])


def _t_of(draft: Draft, se: float, df: float, conf_level: float, method: str) -> Interval:
    half = t_quantile(df, conf_level) * se
    return Interval(se, draft.value - half, draft.value + half, method)


def _order_statistics(draft: Draft, _variance: float, conf_level: float) -> Interval:
    if draft.distribution is None or draft.quantile is None:
        raise ValueError(f"{draft.estimand}: an order-statistic interval needs the distribution and the quantile")
    low, high = order_statistic_interval(draft.distribution, draft.quantile, conf_level=conf_level)
    flag = "interval_open" if math.isnan(low) or math.isnan(high) else ""
    return Interval(math.nan, low, high, _METHODS["order_statistics"], flag)


def _normal(draft: Draft, variance: float, conf_level: float) -> Interval:
    se = math.sqrt(variance if draft.textbook is None else draft.textbook)
    half = normal_quantile(conf_level) * se
    return Interval(se, draft.value - half, draft.value + half, _METHODS["normal"])


def _log_log(draft: Draft, variance: float, conf_level: float) -> Interval:
    """Limits of a share of a curve; where nobody or everybody is left, the exact limit on the open side."""
    ended = draft.population.k or 0
    flag = "fewer_than_5_events" if ended < FEW_EVENTS else ""
    if draft.value in (0.0, 1.0):
        reach = zero_events_upper(draft.n if draft.followed is None else max(draft.followed, 1), conf_level)
        low, high = (0.0, reach) if draft.value == 0 else (1 - reach, 1.0)
        return Interval(math.nan, low, high, "exact, no event" if ended == 0 else _METHODS["log_log"], flag)
    se = math.sqrt(variance)
    low, high = (float(limit) for limit in transformed_interval(draft.value, se, normal_quantile(conf_level)))
    return Interval(se, low, high, _METHODS["log_log"], flag)


def _log_log_days(draft: Draft, variance: float, conf_level: float) -> Interval:
    """Limits of mean days up to a day, as a share of that day: days lost are skewed, and a symmetric interval misses them."""
    if draft.time is None:
        raise ValueError(f"{draft.estimand}: mean days need the day they are counted to")
    se = math.sqrt(variance)
    share = min(draft.value / draft.time, 1.0)
    limits = transformed_interval(share, se / draft.time, normal_quantile(conf_level))
    low, high = (float(limit) * draft.time for limit in limits)
    return Interval(se, low, high, _METHODS["log_log_days"])


def _band(draft: Draft, _variance: float, conf_level: float) -> Interval:
    """Days on which the limits of a curve come down as far as the curve does; NaN for a limit that is not reached."""
    if draft.band is None:
        raise ValueError(f"{draft.estimand}: the interval of a quantile needs the band of its curve")
    known = ~np.isnan(draft.band.curve)
    curve, se, days = draft.band.curve[known], draft.band.se[known], draft.band.days[known]
    limits = transformed_interval(np.clip(curve, 0.0, 1.0), se, normal_quantile(conf_level))
    low, high = (crossing_day(days, limit, draft.band.gone) for limit in limits)
    flag = "interval_open" if math.isnan(low) or math.isnan(high) else ""
    return Interval(math.nan, low, high, _METHODS["band"], flag)


def _none(_draft: Draft, _variance: float, _conf_level: float) -> Interval:
    return Interval(math.nan, math.nan, math.nan, _METHODS["none"])


_METHODS = {
    "wilson": "Wilson score",
    "t": "Student t",
    "order_statistics": "order statistics",
    "normal": "normal",
    "log_log": "log-log",
    "log_log_days": "log-log of the share of days",
    "band": "inverted log-log",
    "none": "none",
}
_RULES = {
    "wilson": _wilson,
    "t": _t,
    "order_statistics": _order_statistics,
    "normal": _normal,
    "log_log": _log_log,
    "log_log_days": _log_log_days,
    "band": _band,
    "none": _none,
}
