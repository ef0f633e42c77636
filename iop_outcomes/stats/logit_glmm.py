"""Takes how many of how many in each study, gives the random-effects logistic model: binomial within, normal logits between."""

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
class _Point:
    """The likelihood at one pair of parameters, with its first and second derivatives by mean and tau."""

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
    alike, saturated = _alike(events, n), _saturated(events, n)
    share = float(events.sum() / n.sum())
    if share in (0.0, 1.0):
        return LogitModel(math.copysign(math.inf, share - 0.5), math.nan, 0.0, alike, alike, saturated)
    mean, information = math.log(share / (1 - share)), float(n.sum()) * share * (1 - share)
    if float(np.square(events - n * share).sum()) <= information:  # the likelihood falls as soon as studies may differ
        return LogitModel(mean, 1 / math.sqrt(information), 0.0, alike, alike, saturated)
    place = _climb(events, n, np.array([mean, _start(events, n)]))
    point = _likelihood(events, n, place)
    if place[1] > _FARTHEST:
        return LogitModel(float(place[0]), math.nan, math.inf, point.log_likelihood, alike, saturated)
    covariance = np.linalg.inv(-point.hessian)
    return LogitModel(float(place[0]), math.sqrt(float(covariance[0, 0])), float(place[1]), point.log_likelihood, alike, saturated)


def _start(events: Floats, n: Floats) -> float:
    """The spread of the logits, with halves added."""
    return max(float(np.std(np.log((events + 0.5) / (n - events + 0.5)))) / 2, 0.1)


def _climb(events: Floats, n: Floats, place: Floats) -> Floats:
    """Newton's steps, shortened where they would leave the likelihood lower by more than its quadrature is sure of."""
    point = _likelihood(events, n, place)
    for _ in range(_STEPS):
        values, vectors = np.linalg.eigh(-point.hessian)
        step = vectors @ ((vectors.T @ point.gradient) / np.maximum(np.abs(values), 1e-8))
        gain = float(step @ point.gradient) / 2  # what the step promises
        for _ in range(_HALVINGS):
            ahead = np.array([place[0] + step[0], abs(place[1] + step[1])])
            higher = _likelihood(events, n, ahead)
            if higher.log_likelihood >= point.log_likelihood - _SURE * abs(point.log_likelihood):
                break
            step /= 2
        place, point = ahead, higher
        if gain < _CLOSE or place[1] > _FARTHEST:
            break
    return place


def _likelihood(events: Floats, n: Floats, place: Floats) -> _Point:
    mean, tau = float(place[0]), float(place[1])
    mode = _modes(events, n, mean, tau)
    share = expit(mean + tau * mode)
    spread = 1 / np.sqrt(1 + tau**2 * n * share * (1 - share))
    far = np.arcsinh((REACH + np.abs(mode)) / spread)  # the nodes lie dense about the mode and reach to the ends of the normal
    nodes = far[:, None] * np.linspace(-1, 1, NODES)[None, :]
    z = mode[:, None] + spread[:, None] * np.sinh(nodes)
    logit = mean + tau * z
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
    hessian = np.array([[power[0].sum(), power[1].sum()], [power[1].sum(), power[2].sum()]]) - first.T @ first
    return _Point(float(height_log.sum()) + _constant(events, n), first.sum(axis=0), hessian)


def _modes(events: Floats, n: Floats, mean: float, tau: float) -> Floats:
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


def _saturated(events: Floats, n: Floats) -> float:
    return _binomial(events, n) + _constant(events, n)


def _binomial(events: Floats, n: Floats) -> float:
    """Log-likelihood without its constant, each at its own share."""
    from scipy.special import xlogy

    return float((xlogy(events, events / n) + xlogy(n - events, 1 - events / n)).sum())
