"""Takes a median with quartiles or the ends of the range, gives the mean and SD that such scores would have."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from iop_outcomes.stats.special import ndtri

Method = Literal["wan", "luo", "mcgrath"]
METHODS: tuple[Method, ...] = ("wan", "luo", "mcgrath")
SOURCES = {
    "wan": "Wan 2014, doi:10.1186/1471-2288-14-135",
    "luo": "mean by Luo 2018, doi:10.1177/0962280216669183; SD by Wan 2014, doi:10.1186/1471-2288-14-135",
    "mcgrath": "quantile estimation, McGrath 2020, doi:10.1177/0962280219889080",
}


@dataclass(frozen=True, slots=True)
class FiveNumbers:
    """What is printed of some scores: their median and the quartiles, the ends of the range, or both; how many scores."""

    median: float
    n: int
    q1: float = math.nan
    q3: float = math.nan
    low: float = math.nan
    high: float = math.nan

    @property
    def quartiles(self) -> bool:
        """Whether the quartiles are known."""
        return not math.isnan(self.q1)

    @property
    def ends(self) -> bool:
        """Whether the ends of the range are known."""
        return not math.isnan(self.low)


def mean_and_sd(five: FiveNumbers, method: Method = "wan") -> tuple[float, float]:
    """Estimate the mean and SD behind a median.

    Parameters
    ----------
    five : FiveNumbers
        With quartiles, or the ends of the range, or both.
    method : {"wan", "luo", "mcgrath"}
        Wan: sums with fixed weights and the spread of normal scores. Luo: weights of the mean by the number of scores, SD as Wan.
        McGrath: the normal, lognormal, gamma or Weibull distribution whose quantiles are nearest, for skewed scores.

    Returns
    -------
    tuple of float
        Mean and SD.

    References
    ----------
    Wan X et al. (2014), doi:10.1186/1471-2288-14-135; Luo D et al. (2018), doi:10.1177/0962280216669183; McGrath S et al. (2020),
    doi:10.1177/0962280219889080.

    Examples
    --------
    >>> [round(each, 4) for each in mean_and_sd(FiveNumbers(52, 92, q1=30, q3=70))]
    [50.6667, 30.1265]
    """
    if method == "mcgrath":
        return _nearest_distribution(five)
    return (_wan_mean(five) if method == "wan" else _luo_mean(five)), _wan_sd(five)


def _wan_mean(five: FiveNumbers) -> float:
    middle = five.median
    if five.quartiles and five.ends:
        return (five.low + 2 * five.q1 + 2 * middle + 2 * five.q3 + five.high) / 8
    return (five.q1 + middle + five.q3) / 3 if five.quartiles else (five.low + 2 * middle + five.high) / 4


def _luo_mean(five: FiveNumbers) -> float:
    n, middle = five.n, five.median
    if five.quartiles and five.ends:
        of_ends, of_quartiles = 2.2 / (2.2 + math.pow(n, 0.75)), 0.7 - 0.72 / math.pow(n, 0.55)
        rest = 1 - of_ends - of_quartiles
        return of_ends * (five.low + five.high) / 2 + of_quartiles * (five.q1 + five.q3) / 2 + rest * middle
    if five.quartiles:
        return (0.7 + 0.39 / n) * (five.q1 + five.q3) / 2 + (0.3 - 0.39 / n) * middle
    of_ends = 4 / (4 + math.pow(n, 0.75))
    return of_ends * (five.low + five.high) / 2 + (1 - of_ends) * middle


def _wan_sd(five: FiveNumbers) -> float:
    n = five.n
    range_width = 2 * float(ndtri((n - 0.375) / (n + 0.25)))  # in SDs, of normal scores
    quartile_width = 2 * float(ndtri((0.75 * n - 0.125) / (n + 0.25)))
    if five.quartiles and five.ends:
        return (five.high - five.low) / (2 * range_width) + (five.q3 - five.q1) / (2 * quartile_width)
    return (five.q3 - five.q1) / quartile_width if five.quartiles else (five.high - five.low) / range_width


@dataclass(frozen=True, slots=True)
class _Family:
    """A kind of distribution: its quantiles, mean and SD from two parameters that take any value, and where to start."""

    quantiles: Callable[[list[float], float, float], list[float]]
    moments: Callable[[float, float], tuple[float, float]]
    start: Callable[[float, float], tuple[float, float]]


def _nearest_distribution(five: FiveNumbers) -> tuple[float, float]:
    """Mean and SD of the distribution whose quantiles lie nearest, least squares."""
    from scipy.optimize import minimize

    known = [(1 / five.n, five.low), (0.25, five.q1), (0.5, five.median), (0.75, five.q3), (1 - 1 / five.n, five.high)]
    shares, values = zip(*(pair for pair in known if not math.isnan(pair[1])), strict=True)
    mean, sd = _wan_mean(five), _wan_sd(five)
    families = [_NORMAL] if min(values) <= 0 else [_NORMAL, _LOGNORMAL, _GAMMA, _WEIBULL]
    best, nearest = (mean, sd), math.inf
    for family in families:

        def distance(parameters: list[float], family: _Family = family) -> float:
            at = family.quantiles(list(shares), float(parameters[0]), float(parameters[1]))
            return math.fsum((one - other) ** 2 for one, other in zip(at, values, strict=True)) / sd**2

        fitted = minimize(
            distance,
            family.start(mean, sd),
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-16, "maxiter": 5000, "maxfev": 5000},
        )
        if fitted.fun < nearest:
            best, nearest = family.moments(float(fitted.x[0]), float(fitted.x[1])), float(fitted.fun)
    return best


def _bounded(value: float) -> float:
    """A logarithm kept where its exponential is a number."""
    return max(min(value, 50.0), -50.0)


def _gamma_quantiles(shares: list[float], a: float, b: float) -> list[float]:
    from scipy.special import gammaincinv

    return [float(gammaincinv(math.exp(_bounded(a)), share)) * math.exp(_bounded(b)) for share in shares]


def _weibull_moments(a: float, b: float) -> tuple[float, float]:
    shape, scale = math.exp(_bounded(a)), math.exp(_bounded(b))
    first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
    return scale * first, scale * math.sqrt(second - first**2)


_NORMAL = _Family(
    lambda shares, a, b: [a + math.exp(_bounded(b)) * float(ndtri(share)) for share in shares],
    lambda a, b: (a, math.exp(b)),
    lambda mean, sd: (mean, math.log(sd)),
)
_LOGNORMAL = _Family(
    lambda shares, a, b: [math.exp(_bounded(a + math.exp(_bounded(b)) * float(ndtri(share)))) for share in shares],
    lambda a, b: (math.exp(a + math.exp(2 * b) / 2), math.exp(a + math.exp(2 * b) / 2) * math.sqrt(math.expm1(math.exp(2 * b)))),
    lambda mean, sd: (math.log(mean) - math.log1p((sd / mean) ** 2) / 2, math.log(math.log1p((sd / mean) ** 2)) / 2),
)
_GAMMA = _Family(
    _gamma_quantiles,
    lambda a, b: (math.exp(a + b), math.exp(a / 2 + b)),
    lambda mean, sd: (2 * math.log(mean / sd), math.log(sd**2 / mean)),
)
_WEIBULL = _Family(
    lambda shares, a, b: [
        math.exp(_bounded(b)) * math.exp(_bounded(math.log(-math.log1p(-share)) / math.exp(_bounded(a)))) for share in shares
    ],
    _weibull_moments,
    lambda mean, sd: (1.086 * math.log(mean / sd), math.log(mean) + 0.1),
)
