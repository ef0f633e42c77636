"""Takes estimates of studies with their errors, gives Egger's regression of small-study effects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.limits import Floats, t_quantile
from iop_outcomes.stats.random_effects import nothing_left
from iop_outcomes.stats.special import stdtr


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Egger's test: whether imprecise studies give other results.

    Attributes
    ----------
    slope, se, t, df, p : float
        Of the standard error as a covariate; the "intercept" of Egger's own way of writing it.
    limit, limit_low, limit_high : float
        What the regression says of a study without error.
    """

    slope: float
    se: float
    t: float
    df: int
    p: float
    limit: float
    limit_low: float
    limit_high: float


def egger(value: Floats, error: Floats, *, conf_level: float = 0.95) -> Asymmetry:
    """Regression of the estimates on their errors, weighted by the inverse variance, with the spread estimated.

    References
    ----------
    Egger M et al. (1997), doi:10.1136/bmj.315.7109.629; Sterne JAC, Egger M (2005), doi:10.1002/0470870168.ch6.

    Examples
    --------
    >>> round(egger(np.array([0.1, 0.3, 0.9, 0.2]), np.array([0.1, 0.2, 0.4, 0.15])).slope, 3)
    2.485
    """
    k = len(value)
    none = Asymmetry(math.nan, math.nan, math.nan, max(k - 2, 0), math.nan, math.nan, math.nan, math.nan)
    if k < 3 or np.ptp(error) == 0:
        return none
    design, w = np.column_stack([np.ones(k), error]), 1 / np.square(error)
    bread = np.linalg.inv((design.T * w) @ design)
    beta = bread @ (design.T @ (w * value))
    residual = value - design @ beta
    if nothing_left(value, residual):
        return none
    mean_square = float(w @ np.square(residual)) / (k - 2)
    limit_se, se = (float(each) for each in np.sqrt(mean_square * np.diag(bread)))
    t, half = float(beta[1]) / se, t_quantile(k - 2, conf_level) * limit_se
    p = 2 * float(stdtr(k - 2, -abs(t)))
    return Asymmetry(float(beta[1]), se, t, k - 2, p, float(beta[0]), float(beta[0]) - half, float(beta[0]) + half)
