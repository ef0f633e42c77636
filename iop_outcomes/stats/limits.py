"""Takes nothing, gives what an interval is made of: limits, errors, and the quantiles and thresholds that every kind shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag, Flags, flags
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEW_EVENTS = 5
FEW_PATIENTS = 10  # effective ones, under which an interval by patient covers too little
FARTHEST_Z = 8.2  # beyond it a confidence level is 1 in floating point
_NO_FLAGS, _OPEN, _FEW = flags(), flags(Flag.INTERVAL_OPEN), flags(Flag.FEW_PATIENTS)
ROUNDING = 1e-12  # a variance this much smaller than the plain one is 0 that a sum of floats has missed


@dataclass(frozen=True, slots=True)
class Limits:
    """Standard error, limits and the name of the method; NaN where the data allow none.

    A test has no limits: it brings its own number (`value`) with `statistic`, `df` and `p`.
    """

    se: float
    low: float
    high: float
    method: str = ""
    flags: Flags = frozenset()
    value: float | None = None
    statistic: float = math.nan
    df: float = math.nan
    p: float = math.nan

    def named(self, method: str, more: Flags = frozenset()) -> Limits:
        """The same with more flags, and with a method where it has none."""
        return Limits(self.se, self.low, self.high, self.method or method, self.flags | more, self.value, self.statistic, self.df, self.p)

    @property
    def none(self) -> bool:
        """Whether there is no limit on either side."""
        return math.isnan(self.low) and math.isnan(self.high)


NO_LIMITS = Limits(math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class Clustered:
    """What repeated patients do to an estimate.

    Parameters
    ----------
    effective : float
        Effective patients of the denominator (`patients.Among`).
    variance : float
        Sum over patients of their squared summed influences.
    """

    effective: float
    variance: float


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
    """The variance of an estimate: over independent episodes, and over patients where any of them repeats.

    Parameters
    ----------
    independent : float
        Variance over independent episodes.
    clustered : Clustered, optional
        Where a patient has several episodes in the denominator.
    point : PointErrors, optional
        For a share of a curve.
    daily : float array, shape (days,), optional
        For a quantile of a curve whose patients repeat: the error of the curve on each of its days.
    test : Limits, optional
        For a test between groups: its result.
    """

    independent: float
    clustered: Clustered | None = None
    point: PointErrors | None = None
    daily: Floats | None = None
    test: Limits | None = None

    @property
    def variance(self) -> float:
        """The one that holds."""
        return self.independent if self.clustered is None else self.clustered.variance

    @property
    def effective(self) -> float:
        """Effective patients; NaN where nobody repeats."""
        return math.nan if self.clustered is None else self.clustered.effective

    def quantile(self, conf_level: float) -> float:
        """Of limits of curves and of days: normal, and Student's t on the effective patients less one where patients repeat."""
        return normal_quantile(conf_level) if self.clustered is None else t_quantile(self.effective - 1, conf_level)


def variance_independent(influence: Floats, n: Ints) -> float:
    """Variance of an estimate over independent episodes: the sum of n times influence squared; shape (cells,) both."""
    return float(np.sum(n * np.square(influence)))


@lru_cache(maxsize=4096)
def t_quantile(df: float, conf_level: float) -> float:
    """Two-sided quantile of Student's t.

    Examples
    --------
    >>> round(t_quantile(10, 0.95), 6)
    2.228139
    """
    return float(stdtrit(df, 0.5 + conf_level / 2))


def symmetric(value: float, se: float, quantile: float, method: str = "") -> Limits:
    """The value give or take so many standard errors."""
    return Limits(se, value - quantile * se, value + quantile * se, method)


def open_sides(low: float, high: float) -> Flags:
    """The flag of an interval that has no limit on a side."""
    return _OPEN if math.isnan(low) or math.isnan(high) else _NO_FLAGS


def few(effective: float) -> Flags:
    """The flag of an interval that rests on few effective patients."""
    return _FEW if effective < FEW_PATIENTS else _NO_FLAGS
