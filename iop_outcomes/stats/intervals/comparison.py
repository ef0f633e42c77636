"""Takes two estimates of one kind, gives their difference with its limits and its p value: MOVER from both limits, or Welch's t."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Comparison, Difference, Side
from iop_outcomes.stats.limits import FARTHEST_Z, NO_LIMITS, ROUNDING, Limits, open_sides, symmetric, t_quantile
from iop_outcomes.stats.special import ndtr, stdtr

_STEPS = 40
_NEAR = 1e-12


def difference(one: Side, other: Side, people: Patients, *, conf_level: float = 0.95, bound: float = 0.0) -> Difference:
    """Compare two estimates of groups that share no episode, though they may share patients, and weights that come from both.

    Parameters
    ----------
    one, other : Side
        The same number of two groups; their influences belong to one counted table.
    people : Patients
        Behind that table.
    conf_level : float
        Confidence level between 0 and 1.
    bound : float
        What the p value is against: that at which the interval would just touch it.

    Returns
    -------
    Difference
        As the kind of interval has it: means by `Welch`, everything else by `Mover`.

    Raises
    ------
    TypeError
        When estimates of this kind are not compared.
    """
    return _comparison(one).difference(one, other, people, conf_level, bound)


def difference_limits(one: Side, other: Side, people: Patients, *, conf_level: float = 0.95) -> Limits:
    """The limits of `difference` alone: its p value takes many times as long."""
    return _comparison(one).limits(one, other, people, conf_level)


def _comparison(one: Side) -> Comparison:
    comparison = one.draft.interval.comparison
    if comparison is None:
        raise TypeError(f"{one.draft.key}: estimates with an interval of the kind {type(one.draft.interval).__name__} are not compared.")
    return comparison


def correlation(one: Side, other: Side, people: Patients) -> float:
    """Correlation that patients in both groups bring, and weights that both are standardised with; 0 when there are none."""
    size = math.sqrt(one.errors.variance * other.errors.variance)
    if size <= 0 or not (len(people.n) or one.draft.key.adjustment):
        return 0.0
    return max(-1.0, min(1.0, people.covariance(one.draft.influence, other.draft.influence) / size))


@dataclass(frozen=True, slots=True)
class Mover:
    """Recovers the variance of a difference from the limits of both estimates; for shares this is Newcombe's interval.

    Patients in both groups bring the correlation of the two estimates in.

    Parameters
    ----------
    name : str
        Of the method.
    bounded : bool
        Whether a difference lies between -1 and 1.
    in_jumps : bool
        Whether limits move in jumps, as those of quantiles do, which have no error either.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. Zou GY, Donner A (2008),
    doi:10.1002/sim.3095.
    """

    name: str
    bounded: bool = False
    in_jumps: bool = False

    def limits(self, one: Side, other: Side, people: Patients, conf_level: float) -> Limits:
        """Limits of the difference."""
        return self._limits(one, other, correlation(one, other, people), conf_level, repeated=len(people.n) > 0)

    def difference(self, one: Side, other: Side, people: Patients, conf_level: float, bound: float = 0.0) -> Difference:
        """With the smallest error probability at which the interval leaves the bound out; NaN where either estimate is missing."""
        value = one.draft.value - other.draft.value
        shared = correlation(one, other, people)
        limits = self._limits(one, other, shared, conf_level, repeated=len(people.n) > 0)
        if math.isnan(value) or limits.none:
            return Difference(math.nan, replace(NO_LIMITS, method=limits.method), math.nan)
        return Difference(value, limits, self._p(one, other, shared, value, bound))

    def _limits(self, one: Side, other: Side, shared: float, conf_level: float, *, repeated: bool = False) -> Limits:
        first, second = one.limits(conf_level), other.limits(conf_level)
        a, b = one.draft.value, other.draft.value
        low = a - b - joined(a - first.low, second.high - b, shared)
        high = a - b + joined(first.high - a, b - second.low, shared)
        if self.bounded:
            low, high = max(low, -1.0), min(high, 1.0)
        patients = (repeated and shared != 0) or "by patient" in first.method + second.method
        return Limits(self._se(one, other, shared), low, high, self.name + (", by patient" if patients else ""), open_sides(low, high))

    def _se(self, one: Side, other: Side, shared: float) -> float:
        """Of the difference, where both estimates have an error; NaN for quantiles, which need none."""
        if self.in_jumps:
            return math.nan
        v1, v2 = one.errors.variance, other.errors.variance
        return math.sqrt(max(v1 + v2 - 2 * shared * math.sqrt(v1 * v2), 0.0))

    def _p(self, one: Side, other: Side, shared: float, value: float, bound: float) -> float:
        """Smallest error probability at which the interval leaves the bound out: where its nearer limit is there, on the normal scale."""
        if value == bound:
            return 1.0

        def limit(z: float) -> float:
            conf_level = 2 * float(ndtr(z)) - 1
            if conf_level <= 0:  # so near 0 that nothing is left of the interval but the estimate
                return abs(value - bound)
            limits = self._limits(one, other, shared, conf_level)
            return limits.low - bound if value > bound else bound - limits.high

        return 2 * float(ndtr(-(_halved if self.in_jumps else root)(limit, abs(value - bound))))


@dataclass(frozen=True, slots=True)
class Welch:
    """Welch's t over episodes.

    Over patients where one repeats: the errors by patient with each group's m / (m - 1) of effective patients, as its few patients
    may be the few that tell, Satterthwaite's degrees of freedom of them, and the covariance of those in both groups.

    References
    ----------
    Welch BL (1947), doi:10.1093/biomet/34.1-2.28.
    """

    def limits(self, one: Side, other: Side, people: Patients, conf_level: float) -> Limits:
        """Limits of the difference."""
        return self.difference(one, other, people, conf_level).limits

    def difference(self, one: Side, other: Side, people: Patients, conf_level: float, bound: float = 0.0) -> Difference:
        """With the p value of the t statistic against the bound; NaN where either mean or either spread is missing."""
        value = one.draft.value - other.draft.value
        n1, n2 = (side.draft.interval.values(side.draft) for side in (one, other))
        patients = _effective(one, other, people)
        m1, m2, m = (n1, n2, n1 + n2) if patients is None else patients
        method = "Welch t" if patients is None else "Welch t, by patient"
        plain = one.errors.independent + other.errors.independent
        nothing = Difference(math.nan, replace(NO_LIMITS, method=method), math.nan)
        if math.isnan(value) or min(n1, n2, m1, m2) < 2 or not plain > 0:
            return nothing
        if patients is None:
            v1, v2 = (side.draft.interval.spread(side.errors) for side in (one, other))
        else:
            v1, v2 = one.errors.variance * m1 / (m1 - 1), other.errors.variance * m2 / (m2 - 1)
        variance = v1 + v2 - 2 * correlation(one, other, people) * math.sqrt(v1 * v2)
        if variance <= ROUNDING * plain:
            return nothing
        df = min((v1 + v2) ** 2 / (v1**2 / (m1 - 1) + v2**2 / (m2 - 1)), m - 1)  # all patients in both groups: pairs
        se = math.sqrt(variance)
        return Difference(value, symmetric(value, se, t_quantile(df, conf_level), method), 2 * float(stdtr(df, -abs(value - bound) / se)))


def _effective(one: Side, other: Side, people: Patients) -> tuple[float, float, float] | None:
    """Effective patients in each group and in both together; `None` when none repeats in the two groups."""
    together, most = people.among(one.draft.among | other.draft.among)
    return None if most < 2 else (people.among(one.draft.among).effective, people.among(other.draft.among).effective, together)


def joined(first: float, second: float, shared: float) -> float:
    """How far a limit of a difference lies from it, from how far those of both estimates lie from them, and their correlation."""
    return math.sqrt(max(first**2 + second**2 - 2 * shared * first * second, 0.0))


def root(limit: Callable[[float], float], start: float) -> float:
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
