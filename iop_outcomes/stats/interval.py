"""Takes a draft and its variance, gives the estimate's error and interval by the rule the draft names."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Band, CurvePoint, Distribution, Draft, Floats, Ints, Mask, Rule, Tail
from iop_outcomes.stats.duration import order_statistic_interval, quantile_type2
from iop_outcomes.stats.lifetable import zero_events_upper
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.proportion import normal_quantile, wilson, wilson_limits
from iop_outcomes.stats.special import stdtrit
from iop_outcomes.stats.transform import transformed_interval

FEW_EVENTS = 5
FEW_PATIENTS = 10  # effective ones, under which an interval by patient covers too little
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
    effective : float
        Effective patients of the denominator (`patients.Among`).
    variance : float
        Sum over patients of their squared summed influences.
    band_se : float array, shape (days,), optional
        The same, as errors, on each day of the band of a quantile of a curve.
    """

    effective: float
    variance: float
    band_se: Floats | None = None


@dataclass(frozen=True, slots=True)
class PointErrors:
    """How many episodes, or effective patients, the limits of a curve at 0 and at 1 rest on.

    Parameters
    ----------
    known : float
        Those whose state on the day is known.
    repeats : bool
        Whether any patient has several episodes among these.
    tail_at_risk, tail_se : float
        Those at risk on the day of the last end, and the error of the share left just before it; NaN where `Tail` is none.
    """

    known: float
    repeats: bool = False
    tail_at_risk: float = math.nan
    tail_se: float = math.nan


@dataclass(frozen=True, eq=False)
class Errors:
    """The variance of an estimate: over independent episodes, and over patients where any of them repeats."""

    independent: float
    clustered: Clustered | None = None
    point: PointErrors | None = None

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
    effective, most = people.among(draft.among)
    repeats = most > 1
    point = None if draft.point is None else _point_errors(draft.point, people if repeats else None, n)
    if not repeats:
        return Errors(independent, None, point)
    daily = _band_by_patient(draft.band, people, most) if draft.band is not None and not math.isnan(draft.value) else None
    return Errors(independent, Clustered(effective, people.variance(draft.influence), daily), point)


def _point_errors(point: CurvePoint, people: Patients | None, n: Ints) -> PointErrors:
    """Counts of episodes where nobody repeats, and effective patients where somebody does."""

    def size(cells: Mask) -> float:
        return float(n[cells].sum()) if people is None else people.among(cells).effective

    repeats = people is not None and people.among(point.known).most > 1
    if point.tail is None:
        return PointErrors(size(point.known), repeats)
    variance = variance_independent(point.tail.influence, n) if people is None else people.variance(point.tail.influence)
    return PointErrors(size(point.known), repeats, size(point.tail.at_risk), math.sqrt(variance))


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
        they need none); log-log for shares of a curve, exact at 0 and 1; all NaN when the draft has no value. Where a
        patient repeats, the rule for repeated patients, whose method ends in "by patient": flagged `few_patients` under
        `FEW_PATIENTS` effective ones, and without limits under 2.
    """
    repeated = errors.clustered
    rules = _RULES if repeated is None else _REPEATED
    method = _METHODS[draft.rule] if repeated is None else _METHODS_REPEATED.get(draft.rule, _METHODS[draft.rule])
    nothing = Interval(math.nan, math.nan, math.nan, method)
    if math.isnan(draft.value) or draft.rule in ("none", "test"):
        return nothing
    few = "" if repeated is None else _few(repeated.effective)
    if repeated is not None and repeated.effective < 2:
        return replace(nothing, flag=few)  # hardly more than one patient tells nothing of others
    found = rules[draft.rule](draft, errors, conf_level)
    return replace(found, method=found.method or method, flag="; ".join(flag for flag in (found.flag, few) if flag))


def _few(effective: float) -> str:
    """The flag of an interval that rests on few effective patients."""
    return "few_patients" if effective < FEW_PATIENTS else ""


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
    variance = errors.variance if draft.textbook is None else draft.textbook
    return symmetric(draft.value, math.sqrt(variance), normal_quantile(conf_level))


def _curve_quantile(errors: Errors, conf_level: float) -> float:
    """Of limits of curves and of days: normal, and Student's t on the effective patients less one where patients repeat."""
    return normal_quantile(conf_level) if errors.clustered is None else t_quantile(_effective(errors) - 1, conf_level)


def _log_log(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Limits of a share of a curve by the log-log of the share printed; exact where nobody, or everybody, has ended.

    The share left of a single kind of end has one minus the limits of the share ended.
    """
    point, at_ends = draft.point, errors.point
    if point is None or at_ends is None:
        raise ValueError(f"{draft.estimand}: the interval of a share of a curve needs its point")
    flag = "fewer_than_5_events" if point.ends < FEW_EVENTS else ""
    mirrored = point.left and (point.kinds <= 1 or draft.value == 0)
    share = 1 - draft.value if mirrored else draft.value
    se, method = math.sqrt(errors.variance), ""
    if share in (0.0, 1.0):
        low, high = _at_an_end(share, point.tail, at_ends, conf_level, _curve_quantile(errors, conf_level))
        se, method = math.nan, "exact" if point.tail is None or share == 0 else "log-log, last end exact"
        if errors.clustered:
            method += ", by patient"
        if at_ends.repeats:
            low, high = (math.nan, math.nan) if at_ends.known < 2 else (low, high)
            if _effective(errors) >= FEW_PATIENTS:  # else `finish` says so
                flag = "; ".join(words for words in (flag, _few(at_ends.known)) if words)
    else:
        low, high = (float(limit) for limit in transformed_interval(share, se, _curve_quantile(errors, conf_level)))
    if mirrored:
        low, high = 1 - high, 1 - low
    return Interval(se, low, high, method, flag)


def _at_an_end(share: float, tail: Tail | None, errors: PointErrors, conf_level: float, quantile: float) -> tuple[float, float]:
    """Limits of a share ended of 0 or 1: Clopper-Pearson among those whose state is known.

    Where everybody ended after somebody had been lost, the low limit leaves as many as may have been left before the last end
    (the upper log-log limit) and may have stayed beyond it (the exact limit among those at risk that day).
    """
    if share == 0:
        return 0.0, zero_events_upper(errors.known, conf_level)
    if tail is None:
        return 1 - zero_events_upper(errors.known, conf_level), 1.0
    left = 1.0
    if tail.before < 1:
        left = float(transformed_interval(tail.before, errors.tail_se, quantile)[1])
    return 1 - left * zero_events_upper(errors.tail_at_risk, conf_level), 1.0


def _log_log_days(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Limits of mean days up to a day, as a share of that day: days lost are skewed, and a symmetric interval misses them."""
    if draft.time is None:
        raise ValueError(f"{draft.estimand}: mean days need the day they are counted to")
    se = math.sqrt(errors.variance)
    share = min(draft.value / draft.time, 1.0)
    limits = transformed_interval(share, se / draft.time, _curve_quantile(errors, conf_level))
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
    limits = transformed_interval(np.clip(curve, 0.0, 1.0), se, _curve_quantile(errors, conf_level))
    low, high = (crossing_day(days, limit, draft.band.gone) for limit in limits)
    return Interval(math.nan, low, high, flag=_open(low, high))


# -- repeated patients ---------------------------------------------------------------------------------------------


def _wilson_repeated(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    quantile = t_quantile(_effective(errors) - 1, conf_level)
    low, high = wilson_limits(draft.value, effective_n(draft.value, draft.n, errors), quantile)
    return Interval(math.sqrt(errors.variance), low, high)


def effective_n(share: float, n: int, errors: Errors) -> float:
    """Independent episodes that would know a share as well: p (1 - p) / V, at most n; the effective patients when V is 0.

    References
    ----------
    Korn EL, Graubard BI (1998), Survey Methodology 24:193-201.
    """
    binomial = share * (1 - share)
    nothing = errors.variance <= ROUNDING * binomial / n
    return _effective(errors) if nothing else min(float(n), binomial / errors.variance)


def _effective(errors: Errors) -> float:
    """Effective patients; asked only where patients repeat."""
    return math.nan if errors.clustered is None else errors.clustered.effective


def _t_repeated(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    m = _effective(errors)
    if errors.independent == 0 or errors.variance <= ROUNDING * errors.independent:
        return Interval(math.nan, math.nan, math.nan)
    return symmetric(draft.value, math.sqrt(errors.variance * m / (m - 1)), t_quantile(m - 1, conf_level))


def _normal_repeated(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """Repeated patients widen the textbook variance as much as they widen the plain one."""
    widened = errors.variance / errors.independent if errors.independent > 0 else 1.0
    variance = errors.variance if draft.textbook is None else draft.textbook * widened
    return symmetric(draft.value, math.sqrt(variance), t_quantile(_effective(errors) - 1, conf_level))


def _woodruff(draft: Draft, errors: Errors, conf_level: float) -> Interval:
    """The quantiles at the limits of the share that lies at or below the quantile.

    References
    ----------
    Woodruff RS (1952), doi:10.1080/01621459.1952.10483443.
    """
    of, share = _quantile_of(draft)
    quantile = t_quantile(_effective(errors) - 1, conf_level)
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
    "test": "none",
    "none": "none",
}
_METHODS_REPEATED: dict[Rule, str] = {
    **{rule: f"{words}, by patient" for rule, words in _METHODS.items() if rule not in ("none", "test")},
    "normal": "Student t, by patient",
    "order_statistics": "Woodruff, by patient",
}
_RULES: dict[Rule, Callable[[Draft, Errors, float], Interval]] = {
    "wilson": _wilson,
    "t": _t,
    "order_statistics": _order_statistics,
    "normal": _normal,
    "log_log": _log_log,
    "log_log_days": _log_log_days,
    "band": _band,
}
_REPEATED: dict[Rule, Callable[[Draft, Errors, float], Interval]] = {
    **_RULES,
    "wilson": _wilson_repeated,
    "t": _t_repeated,
    "normal": _normal_repeated,
    "order_statistics": _woodruff,
}
