"""Takes estimates of studies with their variances, gives their weighted mean or regression with the variance between studies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.special import chdtrc, chdtri

Estimator = Literal["fixed", "DL", "REML", "PM"]
ESTIMATORS: tuple[Estimator, ...] = ("fixed", "DL", "REML", "PM")
Spread = Literal["z", "knha", "adhoc"]
SPREADS: tuple[Spread, ...] = ("z", "knha", "adhoc")
CLOSE = 1e-14
LONGEST = 10_000  # steps of an iteration
ROUNDING = 1e-12  # of the largest value: what is left of it in residuals is no spread


@dataclass(frozen=True, eq=False)
class StudyEffects:
    """What is pooled.

    Parameters
    ----------
    value, variance : float array, shape (k,)
        Of each study.
    design : float array, shape (k, p)
        A column of ones for a mean, and one more for each covariate.
    """

    value: Floats
    variance: Floats
    design: Floats

    @property
    def df(self) -> int:
        """Studies less coefficients."""
        return int(self.design.shape[0] - self.design.shape[1])

    def without(self, place: int) -> StudyEffects:
        """All but one of them."""
        keep = np.arange(len(self.value)) != place
        return StudyEffects(self.value[keep], self.variance[keep], self.design[keep])


@dataclass(frozen=True, eq=False)
class WeightedFit:
    """Coefficients by weighted least squares at one variance between studies.

    Attributes
    ----------
    tau2 : float
        That variance.
    beta : float array, shape (p,)
    bread : float array, shape (p, p)
        (X' W X)^-1: the covariance of the coefficients where the weights are the inverse variances.
    weight : float array, shape (k,)
    residual : float array, shape (k,)
    """

    tau2: float
    beta: Floats
    bread: Floats
    weight: Floats
    residual: Floats

    @property
    def q(self) -> float:
        """Weighted sum of squared residuals."""
        return float(self.weight @ np.square(self.residual))

    def traces(self, design: Floats) -> tuple[float, float]:
        """Traces of P and of P P, with P = W - W X (X' W X)^-1 X' W."""
        w = self.weight
        second, third = (design.T * w**2) @ design, (design.T * w**3) @ design
        once = self.bread @ second
        trace = float(w.sum() - np.trace(once))
        square = float((w**2).sum() - 2 * np.trace(self.bread @ third) + np.trace(once @ once))
        return trace, square


def weighted(studies: StudyEffects, tau2: float) -> WeightedFit:
    """Least squares with the weights 1 / (variance + tau2)."""
    return weighted_by(studies, 1 / (studies.variance + tau2), tau2)


def weighted_by(studies: StudyEffects, w: Floats, tau2: float) -> WeightedFit:
    """Least squares with these weights, which some variance between studies gave."""
    x = studies.design
    bread = np.asarray(np.linalg.inv((x.T * w) @ x), dtype=np.float64)
    beta = bread @ (x.T @ (w * studies.value))
    return WeightedFit(tau2, beta, bread, w, studies.value - x @ beta)


def nothing_left(value: Floats, residual: Floats) -> bool:
    """Whether a fit meets every study to the rounding of its arithmetic, so that no spread is there to make an error of."""
    return bool(np.abs(residual).max() <= ROUNDING * np.abs(value).max())


def between_variance(studies: StudyEffects, estimator: Estimator) -> float:
    """tau2: the variance between studies, 0 for "fixed" and where no more than chance is seen.

    Parameters
    ----------
    studies : StudyEffects
    estimator : {"fixed", "DL", "REML", "PM"}
        DerSimonian and Laird; restricted maximum likelihood; Paule and Mandel.

    References
    ----------
    DerSimonian R, Laird N (1986), doi:10.1016/0197-2456(86)90046-2; Viechtbauer W (2005), doi:10.3102/10769986030003261 (REML);
    Paule RC, Mandel J (1982), doi:10.6028/jres.087.022.

    Examples
    --------
    >>> one = StudyEffects(np.array([0.1, 0.3, 0.9]), np.array([0.04, 0.05, 0.03]), np.ones((3, 1)))
    >>> [round(between_variance(one, kind), 4) for kind in ("fixed", "DL", "PM", "REML")]
    [0.0, 0.1592, 0.1391, 0.1445]
    """
    if estimator == "fixed" or studies.df < 1:
        return 0.0
    if estimator == "PM":
        return _paule_mandel(studies)
    return _dersimonian_laird(studies) if estimator == "DL" else _reml(studies)


def _dersimonian_laird(studies: StudyEffects) -> float:
    plain = weighted(studies, 0.0)
    return max(0.0, (plain.q - studies.df) / plain.traces(studies.design)[0])


def _paule_mandel(studies: StudyEffects) -> float:
    """The variance at which Q is what is expected of it."""
    return variance_at(studies, float(studies.df))


def variance_at(studies: StudyEffects, q: float) -> float:
    """The variance between studies at which the weighted sum of squares falls to `q`; 0 where it is below `q` without any."""
    from scipy.optimize import brentq

    def distance(tau2: float) -> float:
        return weighted(studies, tau2).q - q

    if distance(0.0) <= 0:
        return 0.0
    high = float(np.var(studies.value)) + float(np.mean(studies.variance))
    while distance(high) > 0:
        high *= 4
    return float(brentq(distance, 0.0, high, xtol=CLOSE * high, rtol=4 * np.finfo(float).eps, maxiter=500))


def _reml(studies: StudyEffects) -> float:
    """Fisher scoring from the moment estimate; steps are halved where they would leave the variance below 0."""
    tau2 = _dersimonian_laird(studies)
    for _ in range(LONGEST):
        fit = weighted(studies, tau2)
        trace, square = fit.traces(studies.design)
        step = (float(np.square(fit.weight) @ np.square(fit.residual)) - trace) / square
        if tau2 == 0.0 and step <= 0:
            return 0.0
        while tau2 + step < 0:
            step /= 2
            if tau2 + step < CLOSE:
                step = -tau2
        tau2 += step
        if abs(step) <= CLOSE * (1 + tau2):
            break
    return tau2


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How far studies differ beyond chance.

    Attributes
    ----------
    q, df, p : float
        Cochran's Q of the studies around their fixed mean or regression, and its chi-squared test.
    i2 : float
        tau2 / (tau2 + s2) in percent, s2 the typical variance within studies, (k - p) / tr(P) (Higgins and Thompson 2002).
    i2_from_q : float
        (Q - df) / Q in percent, not below 0: what i2 is where tau2 is DerSimonian and Laird's.
    h2 : float
        tau2 / s2 + 1.
    """

    q: float
    df: int
    p: float
    i2: float
    i2_from_q: float
    h2: float


def heterogeneity(studies: StudyEffects, tau2: float) -> Heterogeneity:
    """Q, I2 and H2; NaN where a single study leaves no degree of freedom."""
    if studies.df < 1:
        return Heterogeneity(math.nan, 0, math.nan, math.nan, math.nan, math.nan)
    plain = weighted(studies, 0.0)
    typical = studies.df / plain.traces(studies.design)[0]
    from_q = max(0.0, 100 * (plain.q - studies.df) / plain.q) if plain.q > 0 else 0.0
    return Heterogeneity(plain.q, studies.df, float(chdtrc(studies.df, plain.q)), 100 * tau2 / (tau2 + typical), from_q, tau2 / typical + 1)


def profile_limits(studies: StudyEffects, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Q-profile interval of tau2: where Q takes the two quantiles of its distribution.

    References
    ----------
    Viechtbauer W (2007), doi:10.1002/sim.2514.
    """
    if studies.df < 1:
        return math.nan, math.nan
    tail = (1 - conf_level) / 2
    return variance_at(studies, float(chdtri(studies.df, tail))), variance_at(studies, float(chdtri(studies.df, 1 - tail)))


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Coefficients with errors, and the degrees of freedom of their distribution (infinite where it is normal).

    Attributes
    ----------
    fit : WeightedFit
    covariance : float array, shape (p, p)
    df : float
    scale : float
        What the covariance was multiplied by: 1, or the Knapp-Hartung factor, 0 where the studies differ by rounding alone.
    """

    fit: WeightedFit
    covariance: Floats
    df: float
    scale: float

    @property
    def se(self) -> Floats:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))


def coefficients(studies: StudyEffects, tau2: float, spread: Spread) -> Coefficients:
    """Coefficients with errors: normal, or Knapp and Hartung's with Student's t.

    Parameters
    ----------
    studies : StudyEffects
    tau2 : float
        The variance between studies.
    spread : {"z", "knha", "adhoc"}
        Errors from the weights; scaled by the weighted mean square, which may narrow them, as Knapp and Hartung have it; or the
        same not allowed below 1 ("adhoc").

    References
    ----------
    Knapp G, Hartung J (2003), doi:10.1002/sim.1482; Jackson D et al. (2017), doi:10.1002/sim.7411 (of the factor below 1).
    """
    fit = weighted(studies, tau2)
    if spread == "z" or studies.df < 1:
        return Coefficients(fit, fit.bread, math.inf if spread == "z" else 0.0, 1.0)
    scale = 0.0 if nothing_left(studies.value, fit.residual) else fit.q / studies.df
    scale = max(1.0, scale) if spread == "adhoc" else scale
    return Coefficients(fit, fit.bread * scale, float(studies.df), scale)
