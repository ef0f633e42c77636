"""Takes two estimates with the rules of their intervals, gives their difference with its interval and its p value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.interval import FARTHEST_Z, ROUNDING, Errors, Interval, finish, symmetric, t_quantile
from iop_outcomes.stats.special import ndtr, stdtr

COMPARED = frozenset({"wilson", "t", "order_statistics", "log_log", "log_log_days", "band"})  # rules whose estimates are compared
_STEPS = 40
_NEAR = 1e-12


@dataclass(frozen=True, eq=False)
class Side:
    """One of two estimates that are compared: its draft and its errors."""

    draft: Draft
    errors: Errors

    def limits(self, conf_level: float) -> Interval:
        """Its own interval."""
        return finish(self.draft, self.errors, conf_level=conf_level)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first estimate minus the second, with its interval and the p value at which the interval would just touch 0."""

    value: float
    interval: Interval
    p: float


def difference(one: Side, other: Side, people: Patients, *, conf_level: float = 0.95) -> Difference:
    """Compare two estimates of groups that share no episode, though they may share patients.

    Parameters
    ----------
    one, other : Side
        The same number of two groups; their influences belong to one counted table.
    people : Patients
        Behind that table.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Difference
        Means by Welch's t, over patients where one repeats: the errors by patient with each group's m / (m - 1) of effective
        patients, Satterthwaite's degrees of freedom of them, and the covariance of those in both groups. Everything else by recovering the variance from the limits of both intervals (MOVER), which for shares is
        Newcombe's interval; patients in both groups bring the correlation of the two estimates in. NaN where either
        estimate or either spread is missing.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. Zou GY, Donner A (2008),
    doi:10.1002/sim.3095. Welch BL (1947), doi:10.1093/biomet/34.1-2.28.
    """
    value = one.draft.value - other.draft.value
    if one.draft.rule == "t":
        return _of_means(value, one, other, people, conf_level)
    correlation = _correlation(one, other, people)
    found = _mover(one, other, correlation, conf_level)
    if math.isnan(value) or (math.isnan(found.low) and math.isnan(found.high)):
        return Difference(math.nan, Interval(math.nan, math.nan, math.nan, found.method), math.nan)
    return Difference(value, found, _p(one, other, correlation, value))


def difference_interval(one: Side, other: Side, people: Patients, *, conf_level: float = 0.95) -> Interval:
    """The interval of `difference` alone: its p value takes many times as long."""
    if one.draft.rule == "t":
        return _of_means(one.draft.value - other.draft.value, one, other, people, conf_level).interval
    return _mover(one, other, _correlation(one, other, people), conf_level)


def _of_means(value: float, one: Side, other: Side, people: Patients, conf_level: float) -> Difference:
    """Welch's t over episodes; over patients where one repeats, with each group's own factor, as its few patients may be the few that tell."""
    n1, n2 = one.draft.n, other.draft.n
    patients = _patients(one, other, people)
    m1, m2, m = (n1, n2, n1 + n2) if patients is None else patients
    method = "Welch t" if patients is None else "Welch t, by patient"
    plain = one.errors.independent + other.errors.independent
    nothing = Difference(math.nan, Interval(math.nan, math.nan, math.nan, method), math.nan)
    if math.isnan(value) or min(n1, n2, m1, m2) < 2 or not plain > 0:
        return nothing
    v1, v2 = one.errors.variance * m1 / (m1 - 1), other.errors.variance * m2 / (m2 - 1)
    variance = v1 + v2 - 2 * _correlation(one, other, people) * math.sqrt(v1 * v2)
    if variance <= ROUNDING * plain:
        return nothing
    df = min((v1 + v2) ** 2 / (v1**2 / (m1 - 1) + v2**2 / (m2 - 1)), m - 1)  # all patients in both groups: pairs
    se = math.sqrt(variance)
    return Difference(value, symmetric(value, se, t_quantile(df, conf_level), method), 2 * float(stdtr(df, -abs(value) / se)))


def _patients(one: Side, other: Side, people: Patients) -> tuple[float, float, float] | None:
    """Effective patients in each group and in both together; `None` when none repeats in the two groups."""
    if one.draft.among is None or other.draft.among is None:
        return None
    together, most = people.among(one.draft.among | other.draft.among)
    return None if most < 2 else (people.among(one.draft.among).effective, people.among(other.draft.among).effective, together)


def _correlation(one: Side, other: Side, people: Patients) -> float:
    """Correlation that patients in both groups bring; 0 when there are none."""
    size = math.sqrt(one.errors.variance * other.errors.variance)
    if not len(people.n) or size <= 0:
        return 0.0
    return max(-1.0, min(1.0, people.covariance(one.draft.influence, other.draft.influence) / size))


def _mover(one: Side, other: Side, correlation: float, conf_level: float) -> Interval:
    first, second = one.limits(conf_level), other.limits(conf_level)
    a, b = one.draft.value, other.draft.value
    low = a - b - _joined(a - first.low, second.high - b, correlation)
    high = a - b + _joined(first.high - a, b - second.low, correlation)
    if one.draft.rule in ("wilson", "log_log"):
        low, high = max(low, -1.0), min(high, 1.0)
    patients = correlation != 0 or "by patient" in first.method + second.method
    method = ("Newcombe" if one.draft.rule == "wilson" else "MOVER") + (", by patient" if patients else "")
    flag = "interval_open" if math.isnan(low) or math.isnan(high) else ""
    return Interval(math.sqrt(_variance(one, other, correlation)), low, high, method, flag)


def _variance(one: Side, other: Side, correlation: float) -> float:
    """Of the difference, where both estimates have an error; NaN for quantiles, which need none."""
    if one.draft.rule in ("order_statistics", "band"):
        return math.nan
    v1, v2 = one.errors.variance, other.errors.variance
    return max(v1 + v2 - 2 * correlation * math.sqrt(v1 * v2), 0.0)


def _joined(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(first**2 + second**2 - 2 * correlation * first * second, 0.0))


def _p(one: Side, other: Side, correlation: float, value: float) -> float:
    """Smallest error probability at which the interval leaves 0 out: where its nearer limit is 0, on the normal scale."""
    if value == 0:
        return 1.0

    def limit(z: float) -> float:
        conf_level = 2 * float(ndtr(z)) - 1
        if conf_level <= 0:  # so near 0 that nothing is left of the interval but the estimate
            return abs(value)
        found = _mover(one, other, correlation, conf_level)
        return found.low if value > 0 else -found.high

    smooth = one.draft.rule not in ("order_statistics", "band")
    return 2 * float(ndtr(-(_root if smooth else _halved)(limit, abs(value))))


def _root(limit: Callable[[float], float], start: float) -> float:
    """Where a falling curve that begins at `start` comes down to 0, by false position (Illinois: an end that stays is pulled in)."""
    a, at_a, b, at_b = 0.0, start, FARTHEST_Z, limit(FARTHEST_Z)
    if not at_b < 0:
        return b
    last, side = a, 0
    for _ in range(_STEPS):
        z = (a * at_b - b * at_a) / (at_b - at_a)
        at = limit(z)
        if abs(z - last) < _NEAR or at == 0:
            return z
        last = z
        if at > 0:
            a, at_a, at_b, side = z, at, at_b / 2 if side > 0 else at_b, 1
        else:
            b, at_b, at_a, side = z, at, at_a / 2 if side < 0 else at_a, -1
    return last


def _halved(limit: Callable[[float], float], _start: float) -> float:
    """The last place at which a limit that moves in jumps, or is open (NaN) from some place on, leaves 0 out."""
    inside, outside = 0.0, FARTHEST_Z
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if limit(middle) > 0 else (inside, middle)
    return inside
