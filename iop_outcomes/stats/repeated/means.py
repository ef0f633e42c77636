"""Takes scores of cells on several occasions, gives the mean of each occasion had everyone been scored, with what each episode adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.repeated.covariances import Covariance, InterceptAndSlope, Unstructured
from iop_outcomes.stats.repeated.fitting import Design, Fit, Residuals, fit, residuals
from iop_outcomes.stats.repeated.patterns import Patterns, patterns_of

_FOR_EACH = 3  # episodes for each occasion, below which as many covariances as two occasions have cannot be told


@dataclass(frozen=True, eq=False)
class Course:
    """Means over time of everybody with any score.

    Parameters
    ----------
    means : float array, shape (occasions,)
        Points.
    influence : float array, shape (cells, occasions)
        What one more episode of each cell would add to each mean.
    covariance : float array, shape (occasions, occasions)
        Of the scores of an episode.
    unstructured : bool
        Whether every two occasions have a covariance of their own; else episodes differ in intercept and slope.
    """

    means: Floats
    influence: Floats
    covariance: Floats
    unstructured: bool


def course_of(scores: Floats, n: Ints, times: tuple[float, ...], *, least: int) -> Course | None:
    """Fit a mixed model for repeated measures with a mean for every occasion.

    The covariance is unstructured where at least `least` episodes, and three for each occasion, were scored on both of every two, else that of
    a random intercept and slope with independent errors.

    Parameters
    ----------
    scores : float array, shape (cells, occasions)
        NaN where there is none; every occasion is scored of some cell.
    n : int64 array, shape (cells,)
        Episodes.
    times : tuple of float
        When the occasions are.
    least : int
        Episodes that two occasions must share.

    Returns
    -------
    Course or None
        `None` where the scores determine no such model: all alike, or too few.

    Notes
    -----
    By maximum likelihood, which needs no model of who is scored where that depends on the scores seen before (missing at random). The
    influences are scores of single episodes times the inverse of the observed information about means and covariance together: under
    such missingness the two are not independent, so that the information of the means alone would be too large. Errors from them hold
    whether scores are normal or not.

    References
    ----------
    Mallinckrodt CH et al. (2008), doi:10.1177/009286150804200402; Kenward MG, Molenberghs G (1998), doi:10.1214/ss/1028905886; White H
    (1982), doi:10.2307/1912526.

    Examples
    --------
    >>> scores = np.array([[20.0, 10.0], [16.0, 12.0], [12.0, 8.0], [14.0, np.nan]])
    >>> course = course_of(scores, np.array([5, 5, 5, 9]), (0.0, 7.0), least=11)
    >>> course.means.round(2).tolist(), course.unstructured
    ([15.25, 9.81], True)
    """
    patterns = patterns_of(scores, n)
    design = Design.of_occasions(len(times))
    every_two = bool((patterns.both >= max(least, _FOR_EACH * len(times))).all())
    shapes: list[Covariance] = [Unstructured(len(times))] if every_two else []
    if len(times) > 1:
        shapes.append(InterceptAndSlope(tuple(time / max(times) for time in times)))
    for shape in shapes:
        fitted = fit(patterns, design, shape)
        left = residuals(patterns, design, fitted.covariance) if fitted is not None and fitted.converged else None
        if fitted is None or left is None:
            continue
        influence = _influence(scores, patterns, left, fitted, shape)
        if influence is not None:
            return Course(fitted.coefficients, influence, fitted.covariance, isinstance(shape, Unstructured))
    return None


def _influence(scores: Floats, patterns: Patterns, left: Residuals, fitted: Fit, shape: Covariance) -> Floats | None:
    """Scores of episodes times the inverse of the observed information; `None` where it has none."""
    occasions = scores.shape[1]
    basis = shape.derivatives(fitted.parameters)
    information = _observed(patterns, left, basis)
    try:
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all() or (np.diagonal(inverse)[:occasions] <= 0).any():
        return None
    of_means, of_covariance = inverse[:occasions, :occasions], inverse[:occasions, occasions:]
    left_over = np.where(np.isnan(scores), 0.0, scores - fitted.coefficients)
    weighted = np.zeros_like(left_over)
    order = np.argsort(patterns.of_cell, kind="stable")
    bounds = np.searchsorted(patterns.of_cell[order], np.arange(len(patterns.n) + 1))
    for pattern, (start, end) in enumerate(pairwise(bounds.tolist())):
        cells = order[start:end]
        weighted[cells] = left_over[cells] @ left.weights[pattern]
    influence = weighted @ of_means.T
    turned = np.tensordot(of_covariance, basis, axes=1)  # [mean, t, u]
    expected = left.weights.reshape(len(left.weights), -1) @ turned.reshape(occasions, -1).T
    for mean in range(occasions):
        influence[:, mean] += 0.5 * (np.einsum("it,it->i", weighted @ turned[mean], weighted) - expected[patterns.of_cell, mean])
    return np.asarray(influence, dtype=np.float64)


def _observed(patterns: Patterns, left: Residuals, basis: Floats) -> Floats:
    """Minus the second derivatives of the log-likelihood by means and by the parameters of a covariance that is linear in them."""
    occasions = patterns.seen.shape[1]
    weights, total = left.weights, len(basis)
    moved = weights @ left.mixed  # [pattern, t, 1]: W r
    around = weights @ left.squares @ weights
    flat, flat_around = weights.reshape(len(weights), -1), around.reshape(len(weights), -1)
    of_n = ((flat * patterns.n[:, np.newaxis]).T @ flat).reshape((occasions,) * 4)  # [a, b, c, d]: sum of n W_ab W_cd
    of_squares = (flat.T @ flat_around).reshape((occasions,) * 4)  # [b, c, d, a]: sum of W_bc (W S W)_da
    each = basis.reshape(total, -1)
    # tr(D W D' W) and tr(D W D' W S W): D is [a, b], D' is [c, d]
    first = each @ of_n.transpose(3, 0, 1, 2).reshape(occasions**2, occasions**2) @ each.T
    second = each @ of_squares.transpose(3, 0, 1, 2).reshape(occasions**2, occasions**2) @ each.T
    crossed = np.tensordot(weights, moved[:, :, 0], axes=(0, 0))  # W E W r
    information = np.empty((occasions + total,) * 2)
    information[:occasions, :occasions] = np.tensordot(patterns.n, weights, axes=1)
    information[:occasions, occasions:] = crossed.reshape(occasions, -1) @ each.T
    information[occasions:, :occasions] = information[:occasions, occasions:].T
    information[occasions:, occasions:] = (second + second.T) / 2 - first / 2
    return information
