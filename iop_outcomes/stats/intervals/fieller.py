"""Takes two estimates of the same episodes, gives Fieller's limits of the one over the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Floats, Interval, Ints
from iop_outcomes.stats.limits import NO_LIMITS, ROUNDING, Clustered, Errors, Limits, open_sides, t_quantile, variance_independent


@dataclass(frozen=True, eq=False)
class ErrorsOfRatio(Errors):
    """With the variances of both estimates and their covariance, over episodes or over patients.

    Parameters
    ----------
    covariance : (float, float, float)
        Variance of the numerator, covariance, variance of the denominator.
    """

    covariance: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Fieller(Interval):
    """The interval of a ratio: every x at which numerator - x denominator is not clearly above or below 0.

    So its low limit is the x that takes the low limit of the numerator to 0 when x denominators are taken off it. It is open above where
    the denominator is not clearly above 0 itself.

    Parameters
    ----------
    top, bottom : float
        Numerator and denominator, the latter above 0.
    influences : (float array, float array), shape (raw cells,)
        Of both.
    worth : float
        How many values the numerator is worth; Student's t has one degree of freedom less.
    inflation : float
        What its variance is multiplied by for independent episodes.

    References
    ----------
    Fieller EC (1954), doi:10.1111/j.2517-6161.1954.tb00159.x.
    """

    method: ClassVar[str] = "Fieller"
    method_by_patient: ClassVar[str] = "Fieller, by patient"

    top: float
    bottom: float
    influences: tuple[Floats, Floats]
    worth: float
    inflation: float

    def errors(self, draft: Draft, people: Patients, n: Ints) -> ErrorsOfRatio:
        """Those of the ratio, and of what it is made of."""
        effective, most = people.among(draft.among)
        top, bottom = self.influences
        if most > 1:
            products = people.products(np.column_stack(self.influences))
            parts = float(products[0, 0]), float(products[0, 1]), float(products[1, 1])
        else:
            parts = variance_independent(top, n), float((n * top * bottom).sum()), variance_independent(bottom, n)
        clustered = Clustered(effective, people.variance(draft.influence)) if most > 1 else None
        return ErrorsOfRatio(variance_independent(draft.influence, n), clustered, covariance=parts)

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Over independent episodes."""
        if self.worth < 2:
            return NO_LIMITS
        return self._limits(errors, self.inflation, t_quantile(self.worth - 1, conf_level))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Student's t on the effective patients less one, variances times m / (m - 1)."""
        m = errors.effective
        return self._limits(errors, m / (m - 1), t_quantile(m - 1, conf_level))

    def _limits(self, errors: Errors, inflation: float, quantile: float) -> Limits:
        """Roots of (top - x bottom)^2 = q^2 (variance of top - x bottom)."""
        if not isinstance(errors, ErrorsOfRatio):
            raise TypeError("the limits of a ratio need the errors of both its parts")
        top, both, bottom = (inflation * each for each in errors.covariance)
        if top <= ROUNDING * self.top**2:
            return NO_LIMITS
        square = quantile**2
        a, b, c = self.bottom**2 - square * bottom, self.top * self.bottom - square * both, self.top**2 - square * top
        se = math.sqrt(errors.variance * inflation)
        inside = b * b - a * c
        if a > 0:
            root = math.sqrt(max(inside, 0.0))
            return Limits(se, (b - root) / a, (b + root) / a)
        if c <= 0 or self.top < 0:  # neither part is clearly above 0: any ratio may be
            return Limits(math.nan, math.nan, math.nan, flags=open_sides(math.nan, math.nan))
        low = c / (b + math.sqrt(inside))  # the root above 0, without the difference of near numbers
        return Limits(se, low, math.nan, flags=open_sides(low, math.nan))
