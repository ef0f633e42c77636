"""Takes effects of studies that give several each, gives their mean or regression where studies differ, and so do effects within a study."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.random_effects import StudyEffects

STARTS = (
    (0.5, 0.5),
    (0.9, 0.05),
    (0.05, 0.9),
    (0.01, 0.01),
)  # of both variances, in shares of a usual one: the likelihood may have two tops
TIGHT = 1e-12


@dataclass(frozen=True, eq=False)
class WorkingModel:
    """How the effects of a study are taken to covary: errors by `rho`, and two variances beside them.

    The covariance of the effects of a study is D + rho s s' + tau2 1 1', with s the standard errors and D diagonal, (1 - rho) s^2 +
    omega2. Its inverse and determinant are those of a matrix of two rows for each study (Woodbury), so that nothing as large as all
    effects is inverted.

    Parameters
    ----------
    studies : StudyEffects
    cluster : int array, shape (k,)
        Which study an effect belongs to, counted from 0.
    rho : float
        From 0 to below 1.
    tau2, omega2 : float
        Variance between studies, and between the effects of a study.
    """

    studies: StudyEffects
    cluster: Ints
    rho: float
    tau2: float
    omega2: float

    @cached_property
    def diagonal(self) -> Floats:
        """D, shape (k,)."""
        return np.asarray((1 - self.rho) * self.studies.variance + self.omega2)

    @cached_property
    def sides(self) -> Floats:
        """Standard errors and ones, which stand beside D; shape (k, 2)."""
        return np.column_stack([np.sqrt(self.studies.variance), np.ones(len(self.cluster))])

    def by_study(self, rows: Floats) -> Floats:
        """Sums of rows over the effects of each study."""
        sums = np.zeros((int(self.cluster.max()) + 1, *rows.shape[1:]))
        np.add.at(sums, self.cluster, rows)
        return sums

    def products(self, power: int) -> Floats:
        """Of each study the products of the two sides over D to a power, shape (studies, 2, 2)."""
        return self.by_study(self.sides[:, :, None] * self.sides[:, None, :] / self.diagonal[:, None, None] ** power)

    @cached_property
    def inner(self) -> tuple[Floats, Floats]:
        """Of each study C (I + B C)^-1 and det(I + B C), with C = diag(rho, tau2) and B the products of the sides over D."""
        c = np.diag([self.rho, self.tau2])
        around = np.eye(2) + self.products(1) @ c
        return np.asarray(c @ np.linalg.inv(around)), np.asarray(np.linalg.det(around))

    def weigh(self, columns: Floats) -> Floats:
        """The inverse covariance times columns, shape (k, p)."""
        plain = columns / self.diagonal[:, None]
        sums = self.by_study(self.sides[:, :, None] * plain[:, None, :])  # (studies, 2, p)
        taken = (self.inner[0] @ sums)[self.cluster]  # (k, 2, p)
        return np.asarray(plain - np.einsum("ka,kap->kp", self.sides, taken) / self.diagonal[:, None])

    def covariance(self, here: Ints) -> Floats:
        """Of the effects of one study, which stand at these places."""
        s = self.sides[here, 0]
        return np.diag(self.diagonal[here]) + self.rho * np.outer(s, s) + self.tau2


@dataclass(frozen=True, eq=False)
class HierarchicalFit:
    """Coefficients by generalised least squares under a working model.

    Attributes
    ----------
    model : WorkingModel
    beta : float array, shape (p,)
    bread : float array, shape (p, p)
        (X' W X)^-1, with W the inverse of the working covariance.
    residual : float array, shape (k,)
    log_likelihood : float
        Restricted, as metafor gives it.
    slope : float array, shape (2,)
        Of the log-likelihood by tau2 and omega2.
    """

    model: WorkingModel
    beta: Floats
    bread: Floats
    residual: Floats
    log_likelihood: float
    slope: Floats

    @property
    def tau2(self) -> float:
        """Variance between studies."""
        return self.model.tau2

    @property
    def omega2(self) -> float:
        """Variance between the effects of a study."""
        return self.model.omega2


def hierarchical_effects(studies: StudyEffects, cluster: Ints, rho: float) -> HierarchicalFit:
    """Correlated and hierarchical effects, both variances by restricted maximum likelihood.

    Where every study gives one effect the two variances cannot be told apart, and the one between studies is both.

    Parameters
    ----------
    studies : StudyEffects
    cluster : int array, shape (k,)
        Which study an effect belongs to, counted from 0.
    rho : float
        Correlation of the errors of one study's effects, from 0 to below 1.

    References
    ----------
    Pustejovsky JE, Tipton E (2022), doi:10.1007/s11121-021-01246-3.

    Examples
    --------
    >>> effects = StudyEffects(np.array([0.1, 0.3, 0.9, 0.5, 0.2]), np.array([0.04, 0.05, 0.03, 0.03, 0.02]), np.ones((5, 1)))
    >>> fit = hierarchical_effects(effects, np.array([0, 0, 1, 2, 2]), 0.6)
    >>> round(float(fit.beta[0]), 4), round(fit.tau2, 4), round(fit.omega2, 4)
    (0.459, 0.0835, 0.0252)
    """
    from scipy.optimize import minimize

    usual = float(np.var(studies.value) + np.mean(studies.variance))
    highest = 0.0 if np.bincount(cluster).max() == 1 else None

    def at(shares: Floats) -> HierarchicalFit:
        tau2, omega2 = (shares * usual).tolist()
        return _fit(WorkingModel(studies, cluster, rho, tau2, omega2))

    def lost(shares: Floats) -> tuple[float, Floats]:
        fit = at(shares)
        return -fit.log_likelihood, -fit.slope * usual

    tops = []
    for start in STARTS:
        options = {"ftol": TIGHT * TIGHT, "gtol": TIGHT, "maxiter": 1000}
        first = np.array(start) if highest is None else np.array([start[0], 0.0])
        tops.append(minimize(lost, first, jac=True, method="L-BFGS-B", bounds=[(0.0, None), (0.0, highest)], options=options))
    return at(np.asarray(min(tops, key=lambda each: float(each.fun)).x, dtype=np.float64))


def _fit(model: WorkingModel) -> HierarchicalFit:
    """Coefficients, restricted log-likelihood and its slopes at two variances."""
    x, y, d = model.studies.design, model.studies.value, model.diagonal
    weighed = model.weigh(x)
    bread = np.asarray(np.linalg.inv(x.T @ weighed), dtype=np.float64)
    beta = bread @ (weighed.T @ y)
    residual = y - x @ beta
    pulled = model.weigh(residual[:, None])[:, 0]
    inner, determinants = model.inner
    log_likelihood = -0.5 * (
        len(model.studies.value[x.shape[1] :]) * math.log(2 * math.pi)
        + float(np.log(d).sum() + np.log(determinants).sum())
        + float(np.linalg.slogdet(x.T @ weighed)[1] - np.linalg.slogdet(x.T @ x)[1])
        + float(residual @ pulled)
    )
    once, ones = model.products(1), model.by_study(weighed)
    between = once[:, 1, 1] - np.einsum("sa,sab,sb->s", once[:, 1], inner, once[:, 1])  # 1' W 1 of each study
    within = float((1 / d).sum() - np.einsum("sab,sba->", inner, model.products(2)))  # trace of W
    slope = 0.5 * np.array(
        [
            float(np.square(model.by_study(pulled)).sum()) - float(between.sum()) + float(np.trace(bread @ (ones.T @ ones))),
            float(pulled @ pulled) - within + float(np.trace(bread @ (weighed.T @ weighed))),
        ]
    )
    return HierarchicalFit(model, beta, bread, residual, log_likelihood, slope)
