"""Takes a share as it was printed, with its limits, gives its limits at another level, and those of the difference of two such shares.

Where the data behind a number are no longer at hand, its printed limits still say how well it was known: an interval names its method,
and each method used for shares has a scale on which one limit gives the other level's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.proportion import normal_quantile, wilson_limits

_NO_LIMITS = math.nan, math.nan
_SAME = 1e-7  # how near a printed quantile must be to the normal one to be it: limits are printed to twelve digits
_MOST_DF = 1e7  # beyond it Student's t is the normal distribution
_STEPS = 80
_FEWEST_DF = 9.0  # of the ten effective patients under which nothing is compared
_MOST_PLACES = 4  # of a share that is rounded to be printed


@dataclass(frozen=True, slots=True)
class PrintedShare:
    """A share with what is printed of it.

    Parameters
    ----------
    value, low, high : float
        The share and its limits; NaN where it has none.
    se : float
        Its standard error; NaN where none is printed.
    n : float
        Episodes of its denominator.
    method : str
        Name of its interval: "Wilson score", "log-log" or "exact", each perhaps "by patient".
    conf_level : float
        Of the limits that are printed.

    Examples
    --------
    >>> [round(limit, 4) for limit in PrintedShare(0.7, 0.5846, 0.7947, math.nan, 70, "Wilson score", 0.95).limits(0.99)]
    [0.5466, 0.8187]
    """

    value: float
    low: float
    high: float
    se: float
    n: float
    method: str
    conf_level: float = 0.95

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Limits at another level; NaN twice where the method has no such scale, or nothing is printed to go by."""
        if any(math.isnan(number) for number in (self.value, self.low, self.high)):
            return _NO_LIMITS
        scales = {
            "Wilson score": (self._wilson, False),
            "Wilson score, by patient": (self._wilson, True),
            "log-log": (self._log_log, False),
            "log-log, by patient": (self._log_log, True),
            "exact": (self._exact, False),
            "exact, by patient": (self._exact, True),
        }
        if self.method not in scales:
            return _NO_LIMITS
        scale, by_patient = scales[self.method]
        return scale(conf_level, by_patient)

    def _wilson(self, conf_level: float, by_patient: bool) -> tuple[float, float]:  # noqa: FBT001 - of one call
        """Both limits rest on q^2 / n alone, of the quantile q and the episodes n that the share is worth; Wilson (1927)."""
        limit = self.high if self.value < 1 else self.low
        if not 0 < limit < 1 or limit == self.value:
            return _NO_LIMITS
        ratio = (limit - self.value) ** 2 / (limit * (1 - limit))
        if not by_patient:
            factor = normal_quantile(conf_level) / normal_quantile(self.conf_level)
            return wilson_limits(self.value, 1 / (ratio * factor**2), 1.0)
        binomial = self.value * (1 - self.value)
        if not math.isnan(self.se) and self.se**2 > 1e-12 * binomial / self.n:
            df = self._df(math.sqrt(ratio * min(self.n, binomial / self.se**2)))
        else:  # nothing varies by patient: as many episodes as effective patients, on which the quantile rests too
            df = _falling(lambda df: t_quantile(df, self.conf_level) ** 2 / (df + 1) - ratio)
        factor = t_quantile(df, conf_level) / t_quantile(df, self.conf_level)
        return wilson_limits(self.value, 1 / (ratio * factor**2), 1.0)

    def _log_log(self, conf_level: float, by_patient: bool) -> tuple[float, float]:  # noqa: FBT001
        """Symmetric in log(-log(share)); the quantile by patient is the printed half width over the printed error on that scale.

        Where no error is printed, the quantile is that of the fewest patients that a comparison is made of (the limits are then up to 4% too
        wide at the level of two comparisons), and both limits move out by a unit of the last place that is printed.
        """
        if not 0 < self.low < self.value < self.high < 1:
            return _NO_LIMITS
        middle, ends = math.log(-math.log(self.value)), [math.log(-math.log(limit)) for limit in (self.low, self.high)]
        half = (ends[0] - ends[1]) / 2
        rounded = 0.0
        if by_patient:
            known = not math.isnan(self.se)
            df = self._df(half * self.value * -math.log(self.value) / self.se) if known else _FEWEST_DF
            half *= t_quantile(df, conf_level) / t_quantile(df, self.conf_level)
            rounded = 0.0 if known else self._last_place()
        else:
            half *= normal_quantile(conf_level) / normal_quantile(self.conf_level)
        return max(math.exp(-math.exp(middle + half)) - rounded, 0.0), min(math.exp(-math.exp(middle - half)) + rounded, 1.0)

    def _last_place(self) -> float:
        """A unit of the last place to which the share and its limits are rounded; 0 where they are not."""
        numbers = (self.value, self.low, self.high)
        places = (place for place in range(1, _MOST_PLACES + 1) if all(abs(round(each, place) - each) < _SAME for each in numbers))
        place = next(places, 0)
        return 10.0**-place if place else 0.0

    def _exact(self, conf_level: float, _by_patient: bool) -> tuple[float, float]:  # noqa: FBT001
        """Of none or all of n, the other limit leaves ((1 - level) / 2)^(1/n); Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404."""
        power = math.log((1 - conf_level) / 2) / math.log((1 - self.conf_level) / 2)
        if self.value == 0 and 0 < self.high < 1:
            return 0.0, 1 - (1 - self.high) ** power
        if self.value == 1 and 0 < self.low < 1:
            return self.low**power, 1.0
        return _NO_LIMITS

    def _df(self, quantile: float) -> float:
        """Degrees of freedom whose quantile of Student's t this is."""
        if quantile <= normal_quantile(self.conf_level) * (1 + _SAME):
            return _MOST_DF
        return _falling(lambda df: t_quantile(df, self.conf_level) - quantile)


def _falling(curve: Callable[[float], float]) -> float:
    """Where a curve over degrees of freedom that falls comes down to 0, between 1 and so many that Student's t is normal; by halves of the logarithm."""
    least, most = 0.0, math.log(_MOST_DF)
    for _ in range(_STEPS):
        middle = (least + most) / 2
        least, most = (middle, most) if curve(math.exp(middle)) > 0 else (least, middle)
    return math.exp(most)


def difference_of_printed(one: PrintedShare, other: PrintedShare, conf_level: float) -> tuple[float, float]:
    """Limits of the first share minus the second, of episodes that are not the same ones, from their printed limits.

    Each share's limits are carried to the level, and the variance of the difference recovered from both (MOVER); of two shares with
    Wilson's limits it is Newcombe's interval. No correlation is known, so none is taken out: where some people are in both and their
    outcomes go together, the interval is a little too wide.

    References
    ----------
    Newcombe RG (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. Zou GY, Donner A (2008),
    doi:10.1002/sim.3095.
    """
    low_1, high_1 = one.limits(conf_level)
    low_2, high_2 = other.limits(conf_level)
    difference = one.value - other.value
    low = difference - math.hypot(one.value - low_1, high_2 - other.value)
    high = difference + math.hypot(high_1 - one.value, other.value - low_2)
    return max(low, -1.0), min(high, 1.0)
