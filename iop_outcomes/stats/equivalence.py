"""Takes a difference and how well it is known, gives its limits from those of both sides, and two one-sided tests against a margin."""

from __future__ import annotations

import math
from dataclasses import dataclass

from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr, stdtr


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value with its limits; both NaN where nothing is known of its error."""

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def has_limits(self) -> bool:
        """Whether it has both."""
        return not (math.isnan(self.low) or math.isnan(self.high))


def difference_of(one: KnownValue, other: KnownValue) -> KnownValue:
    """One minus the other, of different people: limits from the four limits (MOVER); of two shares with Wilson limits Newcombe's.

    Where the other has none, those of the first alone stand around the difference.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. Zou GY, Donner A (2008), doi:10.1002/sim.3095.

    Examples
    --------
    >>> result = difference_of(KnownValue(0.55, 0.50, 0.60), KnownValue(0.45, 0.41, 0.48))
    >>> round(result.value, 4), round(result.low, 4), round(result.high, 4)
    (0.1, 0.0417, 0.164)
    """
    value = one.value - other.value
    if not other.has_limits:
        return KnownValue(value, one.low - other.value, one.high - other.value)
    return KnownValue(
        value,
        value - math.hypot(one.value - one.low, other.high - other.value),
        value + math.hypot(one.high - one.value, other.value - other.low),
    )


@dataclass(frozen=True, slots=True)
class TwoOneSided:
    """Two one-sided tests that a value lies between two bounds.

    Attributes
    ----------
    lower_statistic, lower_p : float
        Against the value at or under the lower bound.
    upper_statistic, upper_p : float
        Against the value at or over the upper bound.
    """

    lower_statistic: float
    lower_p: float
    upper_statistic: float
    upper_p: float

    @property
    def p(self) -> float:
        """The larger of the two."""
        return max(self.lower_p, self.upper_p)

    @property
    def p_beyond(self) -> float:
        """Of the opposite claim, that it lies beyond a bound: the smaller of the two complements."""
        return min(1 - self.lower_p, 1 - self.upper_p)


def two_one_sided(value: float, errors: tuple[float, float], bounds: tuple[float, float], *, df: float = math.inf) -> TwoOneSided:
    """Test that a value lies within its bounds.

    Parameters
    ----------
    value : float
    errors : pair of float
        Its standard error towards the lower and towards the upper bound; the same twice where they do not differ.
    bounds : pair of float
        Lower and upper.
    df : float
        Degrees of freedom of Student's t; normal where infinite.

    References
    ----------
    Schuirmann DJ (1987), doi:10.1007/BF01068419.

    Examples
    --------
    >>> result = two_one_sided(0.12, (0.09, 0.09), (-0.2, 0.2))
    >>> round(result.lower_p, 7), round(result.upper_p, 6)
    (0.0001886, 0.187031)
    """
    lower, upper = ((value - bound) / error for bound, error in zip(bounds, errors, strict=True))
    return TwoOneSided(lower, _tail(-lower, df), upper, _tail(upper, df))


def from_limits(known: KnownValue, margin: float, conf_level: float) -> TwoOneSided:
    """The same of a difference of which limits are known: it lies within the margin at level a when its interval at 1 - 2 a does.

    Parameters
    ----------
    known : KnownValue
        With limits at `conf_level`.
    margin : float
        Above 0, to both sides.
    conf_level : float
        1 - 2 a.

    Examples
    --------
    >>> round(from_limits(KnownValue(0.02, -0.10, 0.10), 0.10, 0.90).p, 4)
    0.05
    """
    z = normal_quantile(conf_level)
    return two_one_sided(known.value, ((known.value - known.low) / z, (known.high - known.value) / z), (-margin, margin))


def _tail(statistic: float, df: float) -> float:
    return float(ndtr(statistic)) if math.isinf(df) else float(stdtr(df, statistic))
