"""Takes a draft and its variance, gives the estimate's error and interval by the rule the draft names."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Band, Distribution, Draft, Floats, Ints, Rule
from iop_outcomes.stats.duration import order_statistic_interval, quantile_type2
from iop_outcomes.stats.lifetable import zero_events_upper
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.proportion import normal_quantile, wilson, wilson_limits
from iop_outcomes.stats.transform import transformed_interval

FEW_EVENTS = 5
FARTHEST_Z = 8.2  # beyond it a confidence level is 1 in floating point


@dataclass(frozen=True, slots=True)
class Interval:
    """Standard error, limits and the name of the method; NaN where the data allow none."""

    se: float
    low: float
    high: float
    method: str = ""
    flag: str = ""


def t_quantile(df: float, conf_level: float) -> float:
    """Two-sided quantile of Student's t.

    Examples
    --------
    >>> round(t_quantile(10, 0.95), 6)
    2.228139
    """
    return float(stdtrit(df, 0.5 + conf_level / 2))


@dataclass(frozen=True, eq=False)
class Clustered:
    """What repeated patients do to an estimate.

    Parameters
    ----------
    patients : int
        Patients in the denominator.
    variance : float
        Sum over patients of their squared summed influences.
    band_se : float array, shape (days,), optional
        The same, as errors, on each day of the band of a quantile of a curve.
    """

    patients: int
    variance: float
    band_se: Floats | None = None


@dataclass(frozen=True, eq=False)
class Errors:
    """The variance of an estimate: over independent episodes, and over patients where any of them repeats."""

    independent: float
    clustered: Clustered | None = None

    @property
    def variance(self) -> float:
        """The one that holds."""
        return self.independent if self.clustered is None else self.clustered.variance


def errors_of(draft: Draft, people: Patients, n: Ints) -> Errors:
    """Errors of a draft.

    Parameters
    ----------
    draft : Draft
        With its influences and, where patients may repeat, the cells of its denominator.
    people : Patients
        Behind the counted table.
    n : int64 array, shape (raw cells,)
        Episodes in each cell of it.
    """
    independent = variance_independent(draft.influence, n)
    if draft.among is None or draft.rule == "none":
        return Errors(independent)
    patients, most = people.among(draft.among)
    if most < 2:
        return Errors(independent)
    daily = _band_by_patient(draft.band, people, most) if draft.band is not None and not math.isnan(draft.value) else None
    return Errors(independent, Clustered(patients, people.variance(draft.influence), daily))


def _band_by_patient(band: Band, people: Patients, most: int) -> Floats:
    """Errors of a curve by patient, on the days on which its limits can come down to the quantile.

    With at most `most` episodes a patient, the variance is at most so many times the plain one (Cauchy-Schwarz). Outside the
    days that such a band leaves open the bound itself is given: no limit can come down there first.
    """
    bound = band.se * math.sqrt(most)
    low, high = transformed_interval(np.clip(band.curve, 0.0, 1.0), bound, FARTHEST_Z)
    level = 1 - band.gone
    start = int(np.argmax((low <= level) | (band.curve <= level)))
    end = int(np.argmax(high <= level)) if (high <= level).any() else len(band.days) - 1
    found = bound.copy()
    for day in range(start, end + 1):
        found[day] = math.sqrt(people.variance(_raw(band.influence[day], band.origin)))
    return found


def variance_independent(influence: Floats, n: Ints) -> float:
    """Variance of an estimate over independent episodes: the sum of n times influence squared; shape (cells,) both."""
    return float(np.sum(n * np.square(influence)))


def _raw(row: Floats, origin: Ints) -> Floats:
    return np.where(origin >= 0, row[origin], 0.0)


def finish(draft: Draft, errors: Errors, *, conf_level: float = 0.95) -> Interval:
    """Give a draft its interval.

    Parameters
    ----------
    draft : Draft
        The estimate and the name of its rule.
    errors : Errors
        Its variance, from the influences.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Interval
        Wilson for shares; Student's t for means (none without spread); order statistics for quantiles (no standard error:
        they need none); log-log for shares of a curve; all NaN when the draft has no value. Where a patient repeats, the
        rule for repeated patients, whose method ends in "by patient".
    """
    repeated = errors.clustered
    rules = _RULES if repeated is None else _REPEATED
    method = _METHODS[draft.rule] if repeated is None else _METHODS_REPEATED.get(draft.rule, _METHODS[draft.rule])
    nothing = Interval(math.nan, math.nan, math.nan, method)
    if math.isnan(draft.value):
        return nothing
    if repeated is not None and repeated.patients < 2 and draft.rule != "none":
        return replace(nothing, flag="one_patient")  # a single patient tells nothing of others
    found = rules[draft.rule](draft, errors, conf_level)
    return found if found.method else replace(found, method=method)


# -- independent episodes; a rule that leaves the method empty gets the usual name ---------------------------------


def _wilson(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    low, high = wilson(draft.population.k or 0, draft.n, conf_level=conf_level)
    return Interval(math.sqrt(errors.variance), low, high)


def _t(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    if draft.n < 2 or errors.variance == 0:  # without spread an interval of no width would claim certainty
        return Interval(math.nan, math.nan, math.nan)
    return symmetric(draft.value, math.sqrt(errors.variance * draft.n / (draft.n - 1)), t_quantile(draft.n - 1, conf_level))


def symmetric(value: float, se: float, quantile: float, method: str = "") -> Interval:
    """The value give or take so many standard errors."""
    return Interval(se, value - quantile * se, value + quantile * se, method)


def _order_statistics(draft: Draft, _errors: Errors, conf_level: float) -> Interval:
    low, high = order_statistic_interval(*_quantile_of(draft), conf_level=conf_level)
    return Interval(math.nan, low, high, flag=_open(low, high))


def _quantile_of(draft: Draft) -> tuple[Distribution, float]:
    if draft.distribution is None or draft.quantile is None:
        raise ValueError(f"{draft.estimand}: the interval of a quantile needs the distribution and the quantile")
    return draft.distribution, draft.quantile


def _open(low: float, high: float) -> str:
    return "interval_open" if math.isnan(low) or math.isnan(high) else ""


def _normal(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Repeated patients widen the textbook variance as much as they widen the plain one."""
    widened = errors.variance / errors.independent if errors.clustered and errors.independent > 0 else 1.0
    variance = errors.variance if draft.textbook is None else draft.textbook * widened
    return symmetric(draft.value, math.sqrt(variance), normal_quantile(conf_level))


def _log_log(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Limits of a share of a curve; where nobody or everybody is left, the exact limit on the open side."""
    ended = draft.population.k or 0
    flag = "fewer_than_5_events" if ended < FEW_EVENTS else ""
    if draft.value in (0.0, 1.0):
        left = draft.n if draft.followed is None else max(draft.followed, 1)
        reach = zero_events_upper(left if errors.clustered is None else min(left, errors.clustered.patients), conf_level)
        low, high = (0.0, reach) if draft.value == 0 else (1 - reach, 1.0)
        return Interval(math.nan, low, high, "exact, no event" if ended == 0 else "", flag)
    se = math.sqrt(errors.variance)
    low, high = (float(limit) for limit in transformed_interval(draft.value, se, normal_quantile(conf_level)))
    return Interval(se, low, high, flag=flag)


def _log_log_days(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Limits of mean days up to a day, as a share of that day: days lost are skewed, and a symmetric interval misses them."""
    if draft.time is None:
        raise ValueError(f"{draft.estimand}: mean days need the day they are counted to")
    se = math.sqrt(errors.variance)
    share = min(draft.value / draft.time, 1.0)
    limits = transformed_interval(share, se / draft.time, normal_quantile(conf_level))
    low, high = (float(limit) * draft.time for limit in limits)
    return Interval(se, low, high)


def _band(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Days on which the limits of a curve come down as far as the curve does; NaN for a limit that is not reached."""
    if draft.band is None:
        raise ValueError(f"{draft.estimand}: the interval of a quantile needs the band of its curve")
    clustered = errors.clustered.band_se if errors.clustered else None
    known = ~np.isnan(draft.band.curve)
    curve, days = draft.band.curve[known], draft.band.days[known]
    se = (draft.band.se if clustered is None else clustered)[known]
    limits = transformed_interval(np.clip(curve, 0.0, 1.0), se, normal_quantile(conf_level))
    low, high = (crossing_day(days, limit, draft.band.gone) for limit in limits)
    return Interval(math.nan, low, high, flag=_open(low, high))


def _none(_draft: Draft, _errors: Errors, _conf_level: float) -> Interval:
    return Interval(math.nan, math.nan, math.nan)


# -- repeated patients ---------------------------------------------------------------------------------------------


def _wilson_repeated(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    quantile = t_quantile(_patients(errors) - 1, conf_level)
    low, high = wilson_limits(draft.value, effective_n(draft.value, draft.n, errors), quantile)
    return Interval(math.sqrt(errors.variance), low, high)


def effective_n(share: float, n: int, errors: Errors) -> float:
    """Independent episodes that would know a share as well: p (1 - p) / V, at most n; the patients when V is 0.

    References
    ----------
    Korn EL, Graubard BI (1998), Survey Methodology 24:193-201.
    """
    binomial = share * (1 - share)
    nothing = errors.variance <= ROUNDING * binomial / n
    return float(_patients(errors)) if nothing else min(float(n), binomial / errors.variance)


def _patients(errors: Errors) -> int:
    return 0 if errors.clustered is None else errors.clustered.patients


def _t_repeated(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    patients = _patients(errors)
    if errors.independent == 0 or errors.variance <= ROUNDING * errors.independent:
        return Interval(math.nan, math.nan, math.nan)
    return symmetric(draft.value, math.sqrt(errors.variance * patients / (patients - 1)), t_quantile(patients - 1, conf_level))


def _woodruff(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """The quantiles at the limits of the share that lies at or below the quantile.

    References
    ----------
    Woodruff RS (1952), doi:10.1080/01621459.1952.10483443.
    """
    of, share = _quantile_of(draft)
    quantile = t_quantile(_patients(errors) - 1, conf_level)
    shares = wilson_limits(share, effective_n(share, draft.n, errors), quantile)
    low, high = (quantile_type2(of, limit) for limit in shares)
    return Interval(math.nan, low, high)


ROUNDING = 1e-12  # a variance this much smaller than the plain one is 0 that a sum of floats has missed
_METHODS: dict[Rule, str] = {
    "wilson": "Wilson score",
    "t": "Student t",
    "order_statistics": "order statistics",
    "normal": "normal",
    "log_log": "log-log",
    "log_log_days": "log-log of the share of days",
    "band": "inverted log-log",
    "log_rank": "hypergeometric",
    "none": "none",
}
_METHODS_REPEATED: dict[Rule, str] = {
    **{rule: f"{words}, by patient" for rule, words in _METHODS.items() if rule != "none"},
    "order_statistics": "Woodruff, by patient",
    "log_rank": "robust score, by patient",
}
_RULES: dict[Rule, Callable[[Draft, Errors, float], Interval]] = {
    "wilson": _wilson,
    "t": _t,
    "order_statistics": _order_statistics,
    "normal": _normal,
    "log_log": _log_log,
    "log_log_days": _log_log_days,
    "band": _band,
    "log_rank": _none,
    "none": _none,
}
_REPEATED: dict[Rule, Callable[[Draft, Errors, float], Interval]] = {
    **_RULES,
    "wilson": _wilson_repeated,
    "t": _t_repeated,
    "order_statistics": _woodruff,
}
