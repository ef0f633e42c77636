"""Takes a few parameters, gives the covariance of scores on several occasions: unstructured, random intercept and slope, autoregressive, or the latter beside intercepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from iop_outcomes.stats.draft import Floats


class Covariance(Protocol):
    """How scores of one episode go together."""

    def start(self, variance: float, shared: float) -> Floats:
        """Parameters to begin with, from the variance of a score and the covariance of two."""

    def matrix(self, parameters: Floats) -> Floats:
        """The covariance, shape (occasions, occasions)."""

    def derivatives(self, parameters: Floats) -> Floats:
        """What one more of each parameter adds to it, shape (parameters, occasions, occasions)."""


@dataclass(frozen=True)
class Unstructured:
    """Every two occasions have a covariance of their own.

    Parameters
    ----------
    occasions : int

    Examples
    --------
    >>> shape = Unstructured(2)
    >>> shape.matrix(shape.start(9.0, 4.0)).tolist()
    [[9.0, 4.0], [4.0, 9.0]]
    """

    occasions: int

    def start(self, variance: float, shared: float) -> Floats:
        """The same variance on every occasion, and the same covariance of every two."""
        rows, columns = np.triu_indices(self.occasions)
        return np.where(rows == columns, variance, shared).astype(np.float64)

    def matrix(self, parameters: Floats) -> Floats:
        """The parameters are its upper triangle, row by row."""
        matrix = np.zeros((self.occasions, self.occasions))
        matrix[np.triu_indices(self.occasions)] = parameters
        return matrix + np.triu(matrix, 1).T

    def parameters(self, matrix: Floats) -> Floats:
        """The parameters of a matrix."""
        return np.asarray(matrix[np.triu_indices(self.occasions)], dtype=np.float64)

    def derivatives(self, parameters: Floats) -> Floats:
        """1 where a covariance stands."""
        rows, columns = np.triu_indices(self.occasions)
        each = np.zeros((len(parameters), self.occasions, self.occasions))
        places = np.arange(len(parameters))
        each[places, rows, columns] = each[places, columns, rows] = 1.0
        return each


@dataclass(frozen=True)
class InterceptAndSlope:
    """Episodes differ in where they start and how fast they change, with independent errors.

    The parameters are the variance of intercepts, their covariance with slopes, the variance of slopes, and that of errors. Seen as a
    covariance of scores alone, so that a variance of slopes may be negative where scores spread less later.

    Parameters
    ----------
    times : tuple of float
        When the occasions are.
    """

    times: tuple[float, ...]

    def start(self, variance: float, shared: float) -> Floats:
        """The same slope for all."""
        return np.array([shared, 0.0, 0.0, variance - shared])

    def matrix(self, parameters: Floats) -> Floats:
        """The weighted sum of its parts."""
        return np.asarray(np.tensordot(parameters, self.derivatives(parameters), axes=1), dtype=np.float64)

    def derivatives(self, parameters: Floats) -> Floats:
        """Products of 1 and time, and the identity."""
        del parameters
        times = np.asarray(self.times, dtype=np.float64)
        ones = np.ones_like(times)
        crossed = np.outer(ones, times)
        return np.stack([np.outer(ones, ones), crossed + crossed.T, np.outer(times, times), np.eye(len(times))])


@dataclass(frozen=True)
class Intercepts:
    """Episodes differ in where they start, with independent errors: the parameters are both variances.

    Parameters
    ----------
    occasions : int
    """

    occasions: int

    def start(self, variance: float, shared: float) -> Floats:
        """What two scores share, and the rest."""
        return np.array([shared, variance - shared])

    def matrix(self, parameters: Floats) -> Floats:
        """The weighted sum of its parts."""
        return np.asarray(np.tensordot(parameters, self.derivatives(parameters), axes=1), dtype=np.float64)

    def derivatives(self, parameters: Floats) -> Floats:
        """1 throughout, and the identity."""
        del parameters
        return np.stack([np.ones((self.occasions, self.occasions)), np.eye(self.occasions)])


@dataclass(frozen=True)
class AutoRegressive:
    """Two scores share less the longer apart they are: variance x correlation to the power of the steps between them.

    Parameters
    ----------
    steps : tuple of float
        When the occasions are, in steps of which one has the correlation that is the second parameter.
    """

    steps: tuple[float, ...]

    @property
    def _apart(self) -> Floats:
        steps = np.asarray(self.steps, dtype=np.float64)
        return np.abs(steps[:, np.newaxis] - steps)

    def start(self, variance: float, shared: float) -> Floats:
        """The correlation of two scores, kept from its ends."""
        return np.array([variance, min(max(shared / variance, 0.1), 0.9)])

    def matrix(self, parameters: Floats) -> Floats:
        """NaN where the correlation is not between 0 and 1: steps may be fractions."""
        variance, correlation = parameters
        if not 0 < correlation < 1:
            return np.full((len(self.steps), len(self.steps)), np.nan)
        return np.asarray(variance * correlation**self._apart, dtype=np.float64)

    def derivatives(self, parameters: Floats) -> Floats:
        """By the variance and by the correlation."""
        variance, correlation = parameters
        apart = self._apart
        return np.stack([correlation**apart, variance * apart * correlation ** (apart - 1.0)])


@dataclass(frozen=True)
class AutoRegressiveIntercepts:
    """Episodes differ in where they start, and what is left of two scores fades with the time between them.

    The parameters are the variance of intercepts, that of the rest, and the correlation of the rest one step apart. As with the other shapes
    a covariance of scores alone is meant: a variance of intercepts below 0 says that scores far apart go together less than the correlation tells.

    Parameters
    ----------
    steps : tuple of float
        When the occasions are, in steps of which one has the correlation that is the third parameter.

    References
    ----------
    Diggle PJ (1988), doi:10.2307/2531727.
    """

    steps: tuple[float, ...]

    @property
    def _rest(self) -> AutoRegressive:
        return AutoRegressive(self.steps)

    def start(self, variance: float, shared: float) -> Floats:
        """Half of what two scores share lasts, the other half fades."""
        return np.array([shared / 2, *self._rest.start(variance - shared / 2, shared / 2)])

    def matrix(self, parameters: Floats) -> Floats:
        """NaN where the correlation is not between 0 and 1."""
        return np.asarray(parameters[0] + self._rest.matrix(parameters[1:]), dtype=np.float64)

    def derivatives(self, parameters: Floats) -> Floats:
        """1 throughout, and those of the rest."""
        rest = self._rest.derivatives(parameters[1:])
        return np.concatenate([np.ones((1, *rest.shape[1:])), rest])
