"""Takes a weighted fit whose studies give several effects each, gives errors that hold however these effects covary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.random_effects import StudyEffects, WeightedFit


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


def cr2(studies: StudyEffects, fit: WeightedFit, cluster: Ints) -> RobustErrors:
    """Bias-reduced cluster-robust covariance (CR2) with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    studies : StudyEffects
    fit : WeightedFit
        By inverse variances, which are the working model.
    cluster : int array, shape (k,)
        Which study an effect belongs to, counted from 0.

    References
    ----------
    Bell RM, McCaffrey DF (2002), Survey Methodology 28:169-181; Tipton E (2015), doi:10.1037/met0000011; Pustejovsky JE, Tipton E
    (2018), doi:10.1080/07350015.2016.1247004.
    """
    x, w = studies.design, fit.weight
    sides, meat = [], np.zeros((x.shape[1], x.shape[1]))
    for number in range(int(cluster.max()) + 1):
        here = np.flatnonzero(cluster == number)
        adjusted = _adjustment(x[here], w[here], fit.bread)
        side = fit.bread @ (x[here].T * w[here]) @ adjusted  # coefficients by residuals of this cluster
        score = side @ fit.residual[here]
        meat += np.outer(score, score)
        sides.append((here, side))
    return RobustErrors(meat, _satterthwaite(x, w, fit.bread, sides), len(sides))


def _adjustment(x: Floats, w: Floats, bread: Floats) -> Floats:
    """The symmetric matrix that makes the residuals of one cluster as spread as its errors under the working model."""
    root = 1 / np.sqrt(w)  # of the working variances
    inner = np.diag(1 / w) - x @ bread @ x.T
    shrunk = root[:, None] * inner * root[None, :]
    values, vectors = np.linalg.eigh(shrunk)
    kept = values > 1e-10 * max(values.max(initial=0.0), 1e-300)
    inverse_root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return np.asarray(root[:, None] * inverse_root * root[None, :], dtype=np.float64)


def _satterthwaite(x: Floats, w: Floats, bread: Floats, sides: list[tuple[Ints, Floats]]) -> Floats:
    """Degrees of freedom of each coefficient, 2 / variance of the estimated variance, under the working model."""
    df = np.empty(x.shape[1])
    for place in range(x.shape[1]):
        spread = []  # what each cluster's part of the coefficient is of all errors
        for here, side in sides:
            part = np.zeros(len(w))
            part[here] = side[place]
            spread.append(part - (side[place] @ x[here]) @ bread @ (x.T * w))
        gathered = np.array(spread)
        products = (gathered / w) @ gathered.T
        df[place] = np.trace(products) ** 2 / np.square(products).sum()
    return df
