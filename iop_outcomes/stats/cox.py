"""Takes days, ends and covariates of people, gives Cox's coefficients with their covariance, ties by Efron's or Breslow's rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from iop_outcomes.stats.limits import Floats, Ints

Ties = Literal["efron", "breslow"]
TIES: tuple[Ties, ...] = ("efron", "breslow")
LONGEST = 50  # steps of Newton's; what has not ended by then has no end
CLOSE = 1e-11  # change of the log likelihood, relative
FAR = 15.0  # a coefficient of so many per SD of its covariate runs away: e to the 15th is no hazard ratio
UNSURE = 30.0  # and so does one whose error is so large


@dataclass(frozen=True, eq=False)
class CoxFit:
    """Coefficients of Cox's regression.

    Attributes
    ----------
    beta : float array, shape (p,)
        Logarithms of hazard ratios for one unit more of each covariate.
    covariance : float array, shape (p, p)
        Inverse of the observed information.
    separated : int array
        Covariates whose coefficient runs away, because one of their values meets no event; empty where all have an end.
    """

    beta: Floats
    covariance: Floats
    separated: Ints


@dataclass(frozen=True, eq=False)
class _Arranged:
    """People from the last day to the first, and each event with its place among those of its day."""

    x: Floats
    last_at_risk: Ints  # of each event: place of the last person at risk that day
    first_at_day: Ints  # and of the first whose day it is
    ended: Ints  # places of the people with an event
    share: Floats  # of each event: how much of the tied people counts as gone, 0 with Breslow's rule


def cox_fit(days: Floats, ended: Ints, x: Floats, *, ties: Ties = "efron") -> CoxFit:
    """Fit by Newton's method, covariates centred and scaled meanwhile.

    Parameters
    ----------
    days : float array, shape (n,)
    ended : int array, shape (n,)
        1 for the event, 0 for the end of follow-up.
    x : float array, shape (n, p)
        Covariates, none of them constant.
    ties : {"efron", "breslow"}

    Raises
    ------
    numpy.linalg.LinAlgError
        When one covariate follows from the others.

    References
    ----------
    Cox DR (1972), doi:10.1111/j.2517-6161.1972.tb00899.x; Efron B (1977), doi:10.1080/01621459.1977.10480613; Breslow N (1974),
    doi:10.2307/2529620.

    Examples
    --------
    >>> fit = cox_fit(np.array([1.0, 2, 2, 3, 4]), np.array([1, 1, 1, 0, 1]), np.array([[0.0], [1], [0], [1], [1]]))
    >>> round(float(fit.beta[0]), 4)
    -1.7726
    """
    centre, spread = x.mean(axis=0), x.std(axis=0)
    arranged = _arranged(days, ended, (x - centre) / spread, ties)
    beta = np.zeros(x.shape[1])
    now, score, information = _step(arranged, beta)
    for _ in range(LONGEST):
        move = np.linalg.solve(information, score)
        likelihood, next_score, next_information = _step(arranged, beta + move)
        while not likelihood >= now - CLOSE * abs(now) and np.abs(move).max() > CLOSE:
            move = move / 2
            likelihood, next_score, next_information = _step(arranged, beta + move)
        beta, score, information, gained, now = beta + move, next_score, next_information, likelihood - now, likelihood
        if gained <= CLOSE * abs(now) or np.abs(beta).max() > FAR:
            break
    covariance = np.linalg.inv(information)
    runaway = (np.abs(beta) > FAR) | (np.diag(covariance) > UNSURE**2)
    return CoxFit(beta / spread, covariance / np.outer(spread, spread), np.flatnonzero(runaway))


def _arranged(days: Floats, ended: Ints, x: Floats, ties: Ties) -> _Arranged:
    order = np.argsort(-days, kind="stable")
    falling = -days[order]
    events = np.flatnonzero(ended[order] == 1)
    first = np.searchsorted(falling, falling[events], side="left")
    last = np.searchsorted(falling, falling[events], side="right") - 1
    _, day, count = np.unique(first, return_inverse=True, return_counts=True)
    rank = np.arange(len(events)) - (np.cumsum(count) - count)[day]  # events of one day stand together
    share = rank / count[day] if ties == "efron" else np.zeros(len(events))
    return _Arranged(x[order], last, first, events, share)


def _step(a: _Arranged, beta: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood, its slope and the information."""
    linear = a.x @ beta
    shift = linear.max()
    risk = np.exp(linear - shift)
    first = risk[:, None] * a.x
    second = first[:, :, None] * a.x[:, None, :]
    died = np.zeros(len(risk))
    died[a.ended] = 1.0
    sums = []
    for values in (risk, first, second):
        weight = died.reshape(-1, *[1] * (values.ndim - 1))
        all_at_risk, tied = np.cumsum(values, axis=0), np.cumsum(values * weight, axis=0)
        before = np.where(a.first_at_day.reshape(weight[: len(a.ended)].shape) > 0, tied[a.first_at_day - 1], 0.0)
        gone = (tied[a.last_at_risk] - before) * a.share.reshape(-1, *[1] * (values.ndim - 1))
        sums.append(all_at_risk[a.last_at_risk] - gone)
    mean = sums[1] / sums[0][:, None]
    likelihood = float(linear[a.ended].sum() - (np.log(sums[0]) + shift).sum())
    information = (sums[2] / sums[0][:, None, None]).sum(axis=0) - mean.T @ mean
    return likelihood, np.asarray(a.x[a.ended].sum(axis=0) - mean.sum(axis=0)), np.asarray(information)
