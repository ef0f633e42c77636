"""Takes effects of studies that give several each, gives their mean or regression by the weights of correlated effects."""

from __future__ import annotations

import numpy as np

from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.random_effects import StudyEffects, WeightedFit, weighted_by

RHO = 0.8  # correlation of the errors of one study's effects, as its authors suggest; the result hardly depends on it


def correlated_effects(studies: StudyEffects, cluster: Ints, rho: float = RHO) -> WeightedFit:
    """Weighted least squares in which each study weighs as one, however many effects it gives.

    An effect of study j weighs 1 / (k_j (v_j + tau2)), with k_j its effects and v_j their mean variance. tau2 is the estimate by
    moments under errors that correlate by `rho` within a study; with one effect a study it is DerSimonian and Laird's.

    Parameters
    ----------
    studies : StudyEffects
    cluster : int array, shape (k,)
        Which study an effect belongs to, counted from 0.
    rho : float
        From 0 to 1.

    References
    ----------
    Hedges LV, Tipton E, Johnson MC (2010), doi:10.1002/jrsm.5; Tipton E (2015), doi:10.1037/met0000011.

    Examples
    --------
    >>> effects = StudyEffects(np.array([0.1, 0.3, 0.9, 0.5]), np.array([0.04, 0.05, 0.03, 0.03]), np.ones((4, 1)))
    >>> fit = correlated_effects(effects, np.array([0, 0, 1, 2]))
    >>> round(float(fit.beta[0]), 4), round(fit.tau2, 4)
    (0.5465, 0.0862)
    """
    count = np.bincount(cluster)
    mean_variance = np.bincount(cluster, weights=studies.variance) / count
    tau2 = _by_moments(studies, cluster, count, mean_variance, rho)
    return weighted_by(studies, (1 / (count * (mean_variance + tau2)))[cluster], tau2)


def _by_moments(studies: StudyEffects, cluster: Ints, count: Ints, mean_variance: Floats, rho: float) -> float:
    """The variance between studies at which the weighted sum of squares is what it was expected to be; not below 0."""
    x, by_study = studies.design, 1 / (count * mean_variance)
    plain = weighted_by(studies, by_study[cluster], 0.0)
    sums = np.zeros((len(count), x.shape[1]))
    np.add.at(sums, cluster, x)
    alone = (x.T * (by_study / count)[cluster]) @ x
    together = (sums.T * (by_study / count)) @ sums
    expected = len(count) - float(np.trace(plain.bread @ alone)) - rho * float(np.trace(plain.bread @ (together - alone)))
    per_tau2 = float(by_study[cluster].sum()) - float(np.trace(plain.bread @ (sums.T * by_study**2) @ sums))
    return max(0.0, (plain.q - expected) / per_tau2)
