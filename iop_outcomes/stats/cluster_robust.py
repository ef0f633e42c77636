"""Takes a weighted fit whose studies give several effects each, gives errors that hold however these effects covary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.random_effects import StudyEffects, WeightedFit, nothing_left


@dataclass(frozen=True, eq=False)
class RobustErrors:
    """Covariance of the coefficients, and the degrees of freedom of each.

    Attributes
    ----------
    covariance : float array, shape (p, p)
    df : float array, shape (p,)
        Satterthwaite's, for Student's t.
    clusters : int
    """

    covariance: Floats
    df: Floats
    clusters: int


class WorkingFit(Protocol):
    """Coefficients by weights that are the inverse of a working covariance."""

    @property
    def bread(self) -> Floats:
        """(X' W X)^-1."""

    @property
    def residual(self) -> Floats:
        """Of each effect."""


def cr2(studies: StudyEffects, fit: WorkingFit, cluster: Ints, covariance: Callable[[Ints], Floats]) -> RobustErrors:
    """Bias-reduced cluster-robust covariance (CR2) with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    studies : StudyEffects
    fit : WorkingFit
        By the inverse of the working covariance.
    cluster : int array, shape (k,)
        Which study an effect belongs to, counted from 0.
    covariance : callable
        Of the effects at the places of one study, under the working model.

    References
    ----------
    Bell RM, McCaffrey DF (2002), Survey Methodology 28:169-181; Tipton E (2015), doi:10.1037/met0000011; Pustejovsky JE, Tipton E
    (2018), doi:10.1080/07350015.2016.1247004.
    """
    x = studies.design
    sides, meat = [], np.zeros((x.shape[1], x.shape[1]))
    for number in range(int(cluster.max()) + 1):
        here = np.flatnonzero(cluster == number)
        working = covariance(here)
        weighed = np.asarray(np.linalg.solve(working, x[here]), dtype=np.float64)
        side = fit.bread @ weighed.T @ _adjustment(x[here], working, fit.bread)  # coefficients by residuals of this cluster
        score = side @ fit.residual[here]
        meat += np.outer(score, score)
        sides.append(_Side(here, working, weighed, side))
    if nothing_left(studies.value, fit.residual):
        meat = np.zeros_like(meat)
    return RobustErrors(meat, _satterthwaite(x, fit.bread, sides), len(sides))


def by_inverse(fit: WeightedFit) -> Callable[[Ints], Floats]:
    """The working covariance of weights alone: effects independent, with the inverse weights as variances."""
    return lambda here: np.diag(1 / fit.weight[here])


@dataclass(frozen=True, eq=False)
class _Side:
    """Of one cluster: its places, working covariance, design by its inverse, and coefficients by its residuals."""

    here: Ints
    working: Floats
    weighed: Floats
    side: Floats


def _adjustment(x: Floats, working: Floats, bread: Floats) -> Floats:
    """The symmetric matrix that makes the residuals of one cluster as spread as its errors under the working model."""
    root = np.linalg.cholesky(working)
    values, vectors = np.linalg.eigh(root.T @ (working - x @ bread @ x.T) @ root)
    kept = values > 1e-10 * max(values.max(initial=0.0), 1e-300)
    inverse_root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return np.asarray(root @ inverse_root @ root.T, dtype=np.float64)


def _satterthwaite(x: Floats, bread: Floats, sides: list[_Side]) -> Floats:
    """Degrees of freedom of each coefficient, 2 / variance of the estimated variance, under the working model."""
    weighed = np.empty(x.shape)
    for each in sides:
        weighed[each.here] = each.weighed
    df = np.empty(x.shape[1])
    for place in range(x.shape[1]):
        gathered = np.zeros((len(sides), len(x)))  # what each cluster's part of the coefficient is of all errors
        for row, each in enumerate(sides):
            gathered[row, each.here] = each.side[place]
            gathered[row] -= (each.side[place] @ x[each.here]) @ bread @ weighed.T
        spread = np.empty(gathered.shape)
        for each in sides:
            spread[:, each.here] = gathered[:, each.here] @ each.working
        products = spread @ gathered.T
        df[place] = np.trace(products) ** 2 / np.square(products).sum()
    return df
