"""Takes a generator, gives stays, pairs of scores and follow-ups in whole numbers, with the exact truth of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from iop_outcomes.stats.draft import Floats, Ints


@dataclass(frozen=True, slots=True)
class Stays:
    """Whole-day stays, skewed to the right: gamma with shape 2, rounded down (skewness 1.4).

    Examples
    --------
    >>> Stays(23.5).quantile(0.5), round(Stays(23.5).mean, 3)
    (39, 46.5)
    """

    scale: float

    def draw(self, generator: np.random.Generator, n: int) -> Ints:
        """Days of n stays."""
        return np.floor(generator.gamma(2.0, self.scale, n)).astype(np.int64)

    def _longer(self, days: Floats) -> Floats:
        """Share of stays of at least so many days."""
        return np.asarray(np.exp(-days / self.scale) * (1 + days / self.scale), dtype=np.float64)

    @property
    def mean(self) -> float:
        """Mean days: the sum of the shares that stay at least 1, 2, 3, ... days."""
        return float(self._longer(np.arange(1, 5_000, dtype=np.float64)).sum())

    def quantile(self, share_below: float) -> int:
        """First day by which that share has left."""
        return int(np.flatnonzero(1 - self._longer(np.arange(1, 5_000, dtype=np.float64)) >= share_below)[0])


@dataclass(frozen=True, slots=True)
class Scores:
    """Pairs of whole-number scores, bivariate normal before they are rounded, far from floor and ceiling; lower is better."""

    mean_pre: float
    mean_post: float
    sd_pre: float
    sd_post: float
    r: float

    def draw(self, generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        """Admission and discharge scores of n pairs."""
        first, second = generator.standard_normal((2, n))
        other = self.r * first + math.sqrt(1 - self.r**2) * second
        return np.rint(self.mean_pre + self.sd_pre * first), np.rint(self.mean_post + self.sd_post * other)

    @property
    def change(self) -> float:
        """Mean improvement in points."""
        return rounded_moments(self.mean_pre, self.sd_pre)[0] - rounded_moments(self.mean_post, self.sd_post)[0]

    @property
    def rounded_sd_pre(self) -> float:
        """SD of the rounded admission scores."""
        return rounded_moments(self.mean_pre, self.sd_pre)[1]

    @property
    def rounded_sd_post(self) -> float:
        """SD of the rounded discharge scores."""
        return rounded_moments(self.mean_post, self.sd_post)[1]

    @property
    def rounded_sd_change(self) -> float:
        """SD of their difference; rounding leaves the covariance as it was, to many digits at these spreads."""
        return math.sqrt(self.rounded_sd_pre**2 + self.rounded_sd_post**2 - 2 * self.r * self.sd_pre * self.sd_post)


def rounded_moments(mean: float, sd: float) -> tuple[float, float]:
    """Mean and SD of a normal value rounded to the nearest whole number.

    Examples
    --------
    >>> tuple(round(x, 4) for x in rounded_moments(20.0, 5.0))
    (20.0, 5.0083)
    """
    values = np.arange(math.floor(mean - 12 * sd), math.ceil(mean + 12 * sd) + 1, dtype=np.float64)
    shares = ndtr((values + 0.5 - mean) / sd) - ndtr((values - 0.5 - mean) / sd)
    centre = float(shares @ values)
    return centre, math.sqrt(float(shares @ np.square(values - centre)))


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Whole days to the event or to death, most of them early (Weibull, shape 0.8), of people followed for different lengths.

    Parameters
    ----------
    ended : float
        Share with the event or dead by day 180.
    died : float
        Share of those ends that are deaths.
    shortest, longest : int
        Follow-up is spread evenly over these days.
    """

    ended: float
    died: float = 0.2
    shortest: int = 60
    longest: int = 400

    @property
    def _scale(self) -> float:
        return 180 / (-math.log1p(-self.ended)) ** (1 / 0.8)

    def event_free(self, day: Floats | float) -> Floats:
        """Share free of the event and of death after each day."""
        return np.asarray(np.exp(-((np.asarray(day) / self._scale) ** 0.8)), dtype=np.float64)

    def incidence(self, day: float) -> float:
        """Share with the event by a day, death competing."""
        return (1 - self.died) * (1 - float(self.event_free(day)))

    def restricted_mean(self, until: int) -> float:
        """Mean event-free days of the first `until`."""
        return float(self.event_free(np.arange(until, dtype=np.float64)).sum())

    def median(self) -> int:
        """First day on which at most half are event-free."""
        return math.ceil(self._scale * math.log(2) ** (1 / 0.8))

    def draw(self, generator: np.random.Generator, n: int, *, waited: Floats | None = None) -> tuple[Ints, Ints]:
        """Last day of n people, and how they ended: 0 follow-up, 1 event, 2 death; events come first on a day.

        `waited` are exponential waits, shape (n,), where they are not independent of one another.
        """
        waits = generator.standard_exponential(n) if waited is None else waited
        end = np.ceil(self._scale * waits ** (1 / 0.8)).astype(np.int64)
        cause = np.where(generator.random(n) < self.died, 2, 1)
        last = generator.integers(self.shortest, self.longest, n, endpoint=True)
        return np.minimum(end, last), np.where(end <= last, cause, 0)
