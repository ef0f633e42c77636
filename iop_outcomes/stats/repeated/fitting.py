"""Takes sums of repeated scores, a design and a shape of covariance, gives the mixed model of largest (restricted) likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.repeated.covariances import Covariance, Unstructured
from iop_outcomes.stats.repeated.patterns import Patterns

_FIRST = 8  # steps of expectation and maximisation, which never leave the covariances there are
_STEPS = 200
_CLOSE = 1e-16  # a step of scoring that would gain less than this in twice the log-likelihood is not taken
_BELOW_ROUNDING = 1e-8  # so little gain cannot be seen in a likelihood: such a step is taken as it is
_HALVINGS = 30


@dataclass(frozen=True, eq=False)
class Design:
    """What the mean of a score is made of: coefficient j times a number of the occasion times a covariate of the episode.

    Parameters
    ----------
    times : float array, shape (coefficients, occasions)
        The number of each occasion.
    covariate : int64 array, shape (coefficients,)
        Which covariate; 0 is 1 throughout.
    """

    times: Floats
    covariate: Ints

    @classmethod
    def of_occasions(cls, occasions: int) -> Design:
        """A mean of its own for every occasion."""
        return cls(np.eye(occasions), np.zeros(occasions, dtype=np.int64))

    def of_covariates(self, coefficients: Floats, covariates: int) -> Floats:
        """Coefficients as what one of each covariate adds to the mean of each occasion, shape (occasions, covariates)."""
        matrix = np.zeros((self.times.shape[1], covariates))
        for weight, times, place in zip(coefficients, self.times, self.covariate, strict=True):
            matrix[:, place] += weight * times
        return matrix


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Parameters
    ----------
    coefficients : float array, shape (coefficients,)
    variance : float array, shape (coefficients, coefficients)
        Of the coefficients where the model holds: the inverse of their information.
    parameters : float array
        Of the covariance.
    covariance : float array, shape (occasions, occasions)
    twice_log_likelihood : float
        Of the scores, or of their contrasts where `restricted`.
    restricted : bool
    converged : bool
    """

    coefficients: Floats
    variance: Floats
    parameters: Floats
    covariance: Floats
    twice_log_likelihood: float
    restricted: bool
    converged: bool


@dataclass(frozen=True, eq=False)
class Residuals:
    """What a covariance makes of the sums: inverses by pattern, and what scores differ from their means.

    Parameters
    ----------
    weights : float array, shape (patterns, occasions, occasions)
        Inverse of the covariance of the occasions that were scored; 0 elsewhere.
    mixed : float array, shape (patterns, occasions, covariates)
        Sums of residual times covariate.
    squares : float array, shape (patterns, occasions, occasions)
        Sums of products of residuals.
    coefficients, variance : float array
        By generalised least squares.
    log_determinants : float array, shape (patterns,)
    log_information : float
        Logarithm of the determinant of the coefficients' information.
    """

    weights: Floats
    mixed: Floats
    squares: Floats
    coefficients: Floats
    variance: Floats
    log_determinants: Floats
    log_information: float


def inverses(patterns: Patterns, covariance: Floats) -> tuple[Floats, Floats] | None:
    """Inverse and log determinant of the covariance of what each pattern scored; `None` where it is no covariance."""
    if not np.isfinite(covariance).all():
        return None
    seen = patterns.seen
    both = seen[:, :, np.newaxis] & seen[:, np.newaxis, :]
    padded = np.where(both, covariance, np.eye(len(covariance)))
    try:
        factor = np.linalg.cholesky(padded)
    except np.linalg.LinAlgError:
        return None
    diagonal = np.diagonal(factor, axis1=1, axis2=2)
    return np.where(both, np.linalg.inv(padded), 0.0), 2.0 * np.log(diagonal).sum(axis=1)


def residuals(patterns: Patterns, design: Design, covariance: Floats) -> Residuals | None:
    """Generalised least squares, and what is left; `None` where the matrix is no covariance, or the coefficients do not follow.

    Sums alone: a score minus its mean is y - B z with B = sum over j of coefficient x times x covariate, so that its products are sums of yy', yz'
    and zz'.
    """
    made = inverses(patterns, covariance)
    if made is None:
        return None
    weights, logs = made
    covariates, occasions = patterns.covariates.shape[1], patterns.seen.shape[1]
    flat = patterns.covariates.reshape(len(weights), -1)
    summed = (flat.T @ weights.reshape(len(weights), -1)).reshape(covariates, covariates, occasions, occasions)  # of W, by two covariates
    first, second = design.covariate[:, np.newaxis], design.covariate
    information = np.einsum("jt,jltu,lu->jl", design.times, summed[first, second], design.times, optimize=True)
    weighted = (weights @ patterns.mixed).sum(axis=0)
    right = np.einsum("jt,tj->j", design.times, weighted[:, design.covariate])
    sign, log_information = np.linalg.slogdet(information)
    if sign <= 0 or not math.isfinite(log_information):
        return None
    variance = np.linalg.inv(information)
    coefficients = variance @ right
    masked = np.where(patterns.seen[:, :, np.newaxis], design.of_covariates(coefficients, covariates), 0.0)
    fitted = masked @ patterns.covariates
    explained = masked @ patterns.mixed.transpose(0, 2, 1)
    squares = patterns.scores - explained - explained.transpose(0, 2, 1) + fitted @ masked.transpose(0, 2, 1)
    return Residuals(weights, patterns.mixed - fitted, squares, coefficients, variance, logs, float(log_information))


def _twice_log_likelihood(patterns: Patterns, left: Residuals, *, restricted: bool) -> float:
    scores = float(patterns.n @ patterns.seen.sum(axis=1))
    fitted = len(left.coefficients) if restricted else 0
    value = -(scores - fitted) * math.log(2 * math.pi) - float(patterns.n @ left.log_determinants)
    value -= float(np.vdot(left.weights, left.squares))
    return value - (left.log_information if restricted else 0.0)


def _slope(patterns: Patterns, design: Design, left: Residuals, *, restricted: bool) -> Floats:
    """Twice the derivative of the log-likelihood by the covariance, shape (occasions, occasions)."""
    squares = left.squares
    if restricted:
        crossed = patterns.covariates[:, design.covariate][:, :, design.covariate]
        squares = squares + np.einsum("jl,pjl,jt,lu->ptu", left.variance, crossed, design.times, design.times, optimize=True)
    weighted = left.weights @ squares @ left.weights
    return np.asarray((weighted - patterns.n[:, np.newaxis, np.newaxis] * left.weights).sum(axis=0), dtype=np.float64)


def _information(patterns: Patterns, left: Residuals, derivatives: Floats) -> Floats:
    """Twice the expected information about the parameters of the covariance."""
    occasions = patterns.seen.shape[1]
    flat = left.weights.reshape(len(patterns.n), -1)
    products = ((flat * patterns.n[:, np.newaxis]).T @ flat).reshape((occasions,) * 4)  # [a, b, c, d]: sum of n W_ab W_cd
    turned = products.transpose(3, 0, 1, 2).reshape(occasions**2, occasions**2)  # tr(D W D' W): rows [d, a], columns [b, c]
    each = derivatives.reshape(len(derivatives), -1)
    return np.asarray(each @ turned @ each.T, dtype=np.float64)


def fit(patterns: Patterns, design: Design, shape: Covariance, *, restricted: bool = False) -> Fit | None:
    """Fit by maximum likelihood, or by restricted maximum likelihood.

    Parameters
    ----------
    patterns : Patterns
        Sums of the scores.
    design : Design
        What means are made of.
    shape : Covariance
        How scores of an episode go together.
    restricted : bool
        Whether the covariance is that of largest restricted likelihood (REML).

    Returns
    -------
    Fit or None
        `None` where the scores do not determine it.

    Notes
    -----
    Fisher scoring with halved steps; an unstructured covariance first by expectation and maximisation. Scores missing at random need no
    model of who is missing.

    References
    ----------
    Laird NM, Ware JH (1982), doi:10.2307/2529876; Jennrich RI, Schluchter MD (1986), doi:10.2307/2530695; Little RJA, Rubin DB (2019),
    Statistical Analysis with Missing Data, chapter 11, ISBN 978-0-470-52679-8.

    Examples
    --------
    >>> from iop_outcomes.stats.repeated.patterns import patterns_of
    >>> scores = np.array([[20.0, 10.0], [16.0, 12.0], [12.0, 8.0], [14.0, np.nan]])
    >>> found = fit(patterns_of(scores, np.ones(4)), Design.of_occasions(2), Unstructured(2))
    >>> found.coefficients.round(4).tolist(), found.converged
    ([15.5, 9.875], True)
    """
    if patterns.total < 2 or (isinstance(shape, Unstructured) and not (patterns.both > 0).all()):
        return None
    begun = _begun(patterns, design, shape, restricted=restricted)
    if begun is None:
        return None
    parameters, left = begun
    value = _twice_log_likelihood(patterns, left, restricted=restricted)
    gain = math.inf
    for _ in range(_STEPS):
        derivatives = shape.derivatives(parameters)
        slope = np.einsum("ktu,tu->k", derivatives, _slope(patterns, design, left, restricted=restricted))
        information = _information(patterns, left, derivatives)
        step = np.linalg.lstsq(information, slope, rcond=1e-12)[0]
        gain = float(slope @ step)
        if gain < _CLOSE:
            break
        moved = _moved(patterns, design, shape, (parameters, step, value, gain), restricted=restricted)
        if moved is None:
            break
        parameters, left, value = moved
    return Fit(left.coefficients, left.variance, parameters, shape.matrix(parameters), value, restricted, gain < _BELOW_ROUNDING)


def _moved(
    patterns: Patterns, design: Design, shape: Covariance, at: tuple[Floats, Floats, float, float], *, restricted: bool
) -> tuple[Floats, Residuals, float] | None:
    """The first of ever smaller steps that leads to a covariance of larger likelihood."""
    parameters, step, value, gain = at
    for halving in range(_HALVINGS):
        length = 0.5**halving
        tried = parameters + length * step
        left = residuals(patterns, design, shape.matrix(tried))
        if left is not None:
            reached = _twice_log_likelihood(patterns, left, restricted=restricted)
            if reached > value + 1e-4 * length * gain or gain < _BELOW_ROUNDING:
                return tried, left, reached
    return None


def _begun(patterns: Patterns, design: Design, shape: Covariance, *, restricted: bool) -> tuple[Floats, Residuals] | None:
    """Where the search begins: scores that share half of their variance, of an unstructured covariance some steps farther."""
    left = residuals(patterns, design, np.eye(patterns.seen.shape[1]))
    scores = float(patterns.n @ patterns.seen.sum(axis=1))
    if left is None or scores <= len(left.coefficients):
        return None
    variance = float(np.einsum("ptt->", left.squares)) / scores
    if variance <= 1e-10 * max(1.0, float(np.square(left.coefficients).max())):
        return None  # scores all alike
    parameters = shape.start(variance, variance / 2)
    left = residuals(patterns, design, shape.matrix(parameters))
    if left is None or not isinstance(shape, Unstructured):
        return None if left is None else (parameters, left)
    covariance = shape.matrix(parameters)
    for _ in range(_FIRST):
        slope = _slope(patterns, design, left, restricted=restricted)
        covariance = covariance + covariance @ slope @ covariance / patterns.total
        following = residuals(patterns, design, covariance)
        if following is None:
            return None
        left = following
    return shape.parameters(covariance), left
