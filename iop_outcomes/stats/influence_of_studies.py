"""Takes studies that are pooled, gives the result without each of them, and how much each of them moves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.random_effects import Coefficients, Estimator, Spread, StudyEffects, between_variance, coefficients, weighted


@dataclass(frozen=True, slots=True)
class Influence:
    """What one study does to the pooled result, by the names of metafor's `influence`.

    Attributes
    ----------
    rstudent : float
        Its residual from the result without it, over its error.
    dffits : float
        How many errors its fitted value moves with it.
    cook : float
        Squared distance between the results with and without it.
    cov_ratio : float
        Variance of the result without it over that with it.
    tau2, q : float
        Of the others.
    hat, weight : float
        Its leverage, and its weight in percent.
    dfbeta : float
        How many errors the result moves with it.
    influential : bool
        By the rules of Viechtbauer and Cheung.
    """

    rstudent: float
    dffits: float
    cook: float
    cov_ratio: float
    tau2: float
    q: float
    hat: float
    weight: float
    dfbeta: float
    influential: bool


def without_each(studies: StudyEffects, estimator: Estimator, spread: Spread) -> list[tuple[Coefficients, StudyEffects]]:
    """Everything computed again without each study."""
    rest = [studies.without(place) for place in range(len(studies.value))]
    return [(coefficients(others, between_variance(others, estimator), spread), others) for others in rest]


def influences(studies: StudyEffects, whole: Coefficients, estimator: Estimator, spread: Spread) -> list[Influence]:
    """Influence of each study.

    References
    ----------
    Viechtbauer W, Cheung MWL (2010), doi:10.1002/jrsm.11.
    """
    hat = whole.fit.weight * np.einsum("ij,jk,ik->i", studies.design, whole.fit.bread, studies.design)
    share = 100 * whole.fit.weight / whole.fit.weight.sum()
    inverse = np.asarray(np.linalg.pinv(whole.covariance), dtype=np.float64)  # all studies may agree to the last digit
    rows = []
    for place, (rest, others) in enumerate(without_each(studies, estimator, spread)):
        rows.append(_one(studies, whole, rest, others, place, (float(hat[place]), float(share[place])), inverse))
    return rows


def _one(
    studies: StudyEffects,
    whole: Coefficients,
    rest: Coefficients,
    others: StudyEffects,
    place: int,
    leverage: tuple[float, float],
    inverse: Floats,
) -> Influence:
    x, (hat, share) = studies.design[place], leverage
    moved = whole.fit.beta - rest.fit.beta
    expected = float(x @ rest.fit.beta)
    its_variance = (float(studies.variance[place]) + rest.fit.tau2) * rest.scale
    rstudent = _over(float(studies.value[place]) - expected, math.sqrt(its_variance + float(x @ rest.covariance @ x)))
    dffits = _over(float(x @ moved), math.sqrt(hat * its_variance))
    cook = float(moved @ inverse @ moved)
    ratio = _over(float(np.linalg.det(rest.covariance)), float(np.linalg.det(whole.covariance)))
    errors = np.sqrt(rest.scale * np.diag(weighted(studies, rest.fit.tau2).bread))
    dfbetas = np.array([_over(float(move), float(error)) for move, error in zip(moved, errors, strict=True)])
    k, p = studies.design.shape
    alone = not rest.scale > 0 and not np.allclose(moved, 0)  # the others agree to the last digit, and this one does not
    return Influence(
        rstudent,
        dffits,
        cook,
        ratio,
        rest.fit.tau2,
        weighted(others, 0.0).q,
        hat,
        share,
        float(dfbetas[0]),
        alone or _influential(dffits, cook, hat, dfbetas, k, p),
    )


def _over(move: float, error: float) -> float:
    """A move in errors; NaN where there is none."""
    return move / error if error > 0 else math.nan


def _influential(dffits: float, cook: float, hat: float, dfbetas: Floats, k: int, p: int) -> bool:
    """Any of the four rules of the reference."""
    from scipy.special import chdtr

    far = abs(dffits) > 3 * math.sqrt(p / (k - p)) or float(chdtr(p, cook)) > 0.5
    return bool(far or hat > 3 * p / k or (np.abs(dfbetas) > 1).any())
