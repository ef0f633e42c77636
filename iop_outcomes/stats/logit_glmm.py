"""Takes how many of how many in each study, gives the random-effects logistic model: binomial within, normal logits between, by columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.special import expit

NODES = 161  # of the quadrature; more change no digit
REACH = 9.0  # standard deviations of logits, beyond which nothing lies
_STEPS = 200
_HALVINGS = 30
_CLOSE = 1e-14  # of a gain in log-likelihood that a last step promises
_FARTHEST = 30.0  # a spread of logits beyond which it has no end: every study has all or none
_SURE = 1e-10


@dataclass(frozen=True, slots=True)
class LogitModel:
    """The fitted model.

    Attributes
    ----------
    mean, se : float
        Mean logit over studies, and its error from the information of both parameters.
    tau : float
        Standard deviation of logits between studies.
    log_likelihood, log_likelihood_alike, log_likelihood_saturated : float
        Of the model, of one share for all studies, and of a share for each.
    """

    mean: float
    se: float
    tau: float
    log_likelihood: float
    log_likelihood_alike: float
    log_likelihood_saturated: float


@dataclass(frozen=True, eq=False)
class LogitCoefficients:
    """The fitted model of a regression.

    Attributes
    ----------
    beta : float array, shape (p,)
        Of the logit on each column.
    covariance : float array, shape (p, p)
        From the information of all parameters; NaN where the likelihood has no end.
    tau : float
        Standard deviation of logits between studies beyond the columns; infinite where it has no end.
    log_likelihood, log_likelihood_alike : float
        Of the model, and of the same without a spread between studies.
    """

    beta: Floats
    covariance: Floats
    tau: float
    log_likelihood: float
    log_likelihood_alike: float


@dataclass(frozen=True, eq=False)
class _Point:
    """The likelihood at one set of parameters, with its first and second derivatives by the coefficients and tau."""

    log_likelihood: float
    gradient: Floats
    hessian: Floats


def logit_model(events: Floats, n: Floats) -> LogitModel:
    """Fit by maximum likelihood, integrating over each study's logit by a trapezoid rule with nodes about its mode.

    Nodes are spaced by a hyperbolic sine, so that a study of 0 or of all, whose likelihood has one steep and one long side, is
    integrated as well as any: Gauss-Hermite quadrature about the mode, which other programs use, is off there when studies differ much.

    Parameters
    ----------
    events, n : float array, shape (k,)
        How many of how many; studies of 0 or of all need no addition.

    References
    ----------
    Stijnen T, Hamza TH, Özdemir P (2010), doi:10.1002/sim.4040; Trefethen LN, Weideman JAC (2014), doi:10.1137/130932132
    (trapezoid rule).

    Examples
    --------
    >>> fit = logit_model(np.array([8.0, 3.0, 19.0, 6.0]), np.array([20.0, 25.0, 40.0, 31.0]))
    >>> round(fit.mean, 3), round(fit.tau, 3)
    (-0.925, 0.622)
    """
    alike, saturated = _alike(events, n), log_likelihood_saturated(events, n)
    share = float(events.sum() / n.sum())
    if share in (0.0, 1.0):
        return LogitModel(math.copysign(math.inf, share - 0.5), math.nan, 0.0, alike, alike, saturated)
    fit = logit_regression(events, n, np.ones((len(n), 1)))
    se = math.sqrt(float(fit.covariance[0, 0]))
    return LogitModel(float(fit.beta[0]), se, fit.tau, fit.log_likelihood, fit.log_likelihood_alike, saturated)


def logit_regression(events: Floats, n: Floats, design: Floats) -> LogitCoefficients:
    """Fit the model whose mean logit is linear in some columns, as `logit_model` fits one mean.

    Parameters
    ----------
    events, n : float array, shape (k,)
    design : float array, shape (k, p)
        A column of ones and covariates, or one of ones for each group. Columns that separate studies of 0 from studies of all have no
        coefficients: these, and their errors, are NaN.

    Examples
    --------
    >>> weeks = np.array([4.0, 12.0, 6.0, 10.0, 8.0])
    >>> events, n = np.array([8.0, 3.0, 19.0, 6.0, 9.0]), np.array([20.0, 25.0, 40.0, 31.0, 22.0])
    >>> fit = logit_regression(events, n, np.column_stack([np.ones(5), weeks]))
    >>> fit.beta.round(3), round(fit.tau, 3)
    (array([ 1.013, -0.225]), 0.0)
    """
    beta = _without_spread(events, n, design)
    share = expit(design @ beta)
    information = (design.T * (n * share * (1 - share))) @ design
    p = design.shape[1]
    alike = _log_likelihood_of(events, n, design @ beta)
    if not np.abs(design @ beta).max() < _FARTHEST:
        return LogitCoefficients(np.full(p, math.nan), np.full((p, p), math.nan), 0.0, alike, alike)
    if float(np.square(events - n * share).sum()) <= float((n * share * (1 - share)).sum()):  # it falls as soon as studies may differ
        return LogitCoefficients(beta, np.linalg.inv(information), 0.0, alike, alike)
    place = _climb(events, n, np.append(beta, _start(events, n)), design)
    point = _likelihood(events, n, place, design)
    if place[-1] > _FARTHEST:
        return LogitCoefficients(place[:-1], np.full((p, p), math.nan), math.inf, point.log_likelihood, alike)
    covariance = np.asarray(np.linalg.inv(-point.hessian), dtype=np.float64)
    return LogitCoefficients(place[:-1], covariance[:-1, :-1], float(place[-1]), point.log_likelihood, alike)


def _without_spread(events: Floats, n: Floats, design: Floats) -> Floats:
    """Coefficients of the logistic regression, by Newton's steps, which stop where a logit goes beyond all bounds."""
    share = float(events.sum() / n.sum())
    start = np.full(len(n), math.log(share / (1 - share)))
    beta = np.asarray(np.linalg.lstsq(design, start, rcond=None)[0], dtype=np.float64)
    for _ in range(_STEPS):
        p = expit(design @ beta)
        step = np.linalg.lstsq((design.T * (n * p * (1 - p))) @ design, design.T @ (events - n * p), rcond=None)[0]
        beta = beta + step
        if np.abs(step).max() <= 1e-13 * (1 + np.abs(beta).max()) or not np.abs(design @ beta).max() < _FARTHEST:
            break
    return beta


def _start(events: Floats, n: Floats) -> float:
    """The spread of the logits, with halves added."""
    return max(float(np.std(np.log((events + 0.5) / (n - events + 0.5)))) / 2, 0.1)


def _climb(events: Floats, n: Floats, place: Floats, design: Floats) -> Floats:
    """Newton's steps, shortened where they would leave the likelihood lower by more than its quadrature is sure of."""
    point = _likelihood(events, n, place, design)
    for _ in range(_STEPS):
        values, vectors = np.linalg.eigh(-point.hessian)
        step = vectors @ ((vectors.T @ point.gradient) / np.maximum(np.abs(values), 1e-8))
        gain = float(step @ point.gradient) / 2  # what the step promises
        for _ in range(_HALVINGS):
            ahead = place + step
            ahead[-1] = abs(ahead[-1])
            higher = _likelihood(events, n, ahead, design)
            if higher.log_likelihood >= point.log_likelihood - _SURE * abs(point.log_likelihood):
                break
            step /= 2
        place, point = ahead, higher
        if gain < _CLOSE or place[-1] > _FARTHEST:
            break
    return place


def _likelihood(events: Floats, n: Floats, place: Floats, design: Floats) -> _Point:
    """At the coefficients and, last, tau."""
    mean, tau = design @ place[:-1], float(place[-1])
    mode = _modes(events, n, mean, tau)
    share = expit(mean + tau * mode)
    spread = 1 / np.sqrt(1 + tau**2 * n * share * (1 - share))
    far = np.arcsinh((REACH + np.abs(mode)) / spread)  # the nodes lie dense about the mode and reach to the ends of the normal
    nodes = far[:, None] * np.linspace(-1, 1, NODES)[None, :]
    z = mode[:, None] + spread[:, None] * np.sinh(nodes)
    logit = mean[:, None] + tau * z
    height = events[:, None] * logit - n[:, None] * np.logaddexp(0, logit) - z**2 / 2
    top = height.max(axis=1)
    mass = np.cosh(nodes) * np.exp(height - top[:, None])
    total = mass.sum(axis=1)
    height_log = np.log(spread * 2 * far / (NODES - 1) * total) + top - math.log(2 * math.pi) / 2
    posterior = mass / total[:, None]
    share = expit(logit)
    score, curve = events[:, None] - n[:, None] * share, -n[:, None] * share * (1 - share)
    first = np.column_stack([(posterior * score).sum(axis=1), (posterior * score * z).sum(axis=1)])
    power = [(posterior * (curve + score**2) * z**order).sum(axis=1) for order in (0, 1, 2)]
    # Of each study by its mean and tau, then by the coefficients: its mean is linear in them.
    by_mean, by_both, by_tau = power[0] - first[:, 0] ** 2, power[1] - first[:, 0] * first[:, 1], power[2] - first[:, 1] ** 2
    corner = design.T @ by_both
    hessian = np.block([[(design.T * by_mean) @ design, corner[:, None]], [corner[None, :], by_tau.sum(keepdims=True)[:, None]]])
    gradient = np.append(design.T @ first[:, 0], first[:, 1].sum())
    return _Point(float(height_log.sum()) + _constant(events, n), gradient, hessian)


def _modes(events: Floats, n: Floats, mean: Floats, tau: float) -> Floats:
    """Where each study's integrand is highest: Newton's steps, halved towards the side where it lies when they leave it."""
    low, high = tau * (events - n), tau * events
    z = np.zeros(len(n))
    for _ in range(_STEPS):
        share = expit(mean + tau * z)
        slope = tau * (events - n * share) - z
        low, high = np.where(slope > 0, z, low), np.where(slope < 0, z, high)
        ahead = z + slope / (1 + tau**2 * n * share * (1 - share))
        ahead = np.where((ahead > low) & (ahead < high), ahead, (low + high) / 2)
        moved, z = float(np.abs(ahead - z).max()), ahead
        if moved < 1e-9:  # the nodes need only lie about the mode
            break
    return z


def _constant(events: Floats, n: Floats) -> float:
    from scipy.special import gammaln

    return float((gammaln(n + 1) - gammaln(events + 1) - gammaln(n - events + 1)).sum())


def _alike(events: Floats, n: Floats) -> float:
    return _binomial(np.array([events.sum()]), np.array([n.sum()])) + _constant(events, n)


def log_likelihood_saturated(events: Floats, n: Floats) -> float:
    """Of a share for each study."""
    return _binomial(events, n) + _constant(events, n)


def _log_likelihood_of(events: Floats, n: Floats, logit: Floats) -> float:
    return float((events * logit - n * np.logaddexp(0, logit)).sum()) + _constant(events, n)


def _binomial(events: Floats, n: Floats) -> float:
    """Log-likelihood without its constant, each at its own share."""
    from scipy.special import xlogy

    return float((xlogy(events, events / n) + xlogy(n - events, 1 - events / n)).sum())
