"""Takes how many of how many in two groups, gives ratios and differences of shares, and the limits of a share or a difference by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from iop_outcomes.stats.proportion import newcombe, normal_quantile, wilson


@dataclass(frozen=True, slots=True)
class Shares:
    """Events and people of two groups; halves where cells of 0 were added to."""

    k_one: float
    n_one: float
    k_other: float
    n_other: float

    @property
    def one(self) -> float:
        """The share of the first group."""
        return self.k_one / self.n_one

    @property
    def other(self) -> float:
        """The share of the second."""
        return self.k_other / self.n_other

    @property
    def empty_cell(self) -> bool:
        """Whether nobody, or everybody, of a group had the event."""
        return min(self.k_one, self.n_one - self.k_one, self.k_other, self.n_other - self.k_other) == 0

    def with_halves(self) -> Shares:
        """Half a person more in each of the four cells."""
        return Shares(self.k_one + 0.5, self.n_one + 1, self.k_other + 0.5, self.n_other + 1)


def log_risk_ratio(s: Shares) -> tuple[float, float]:
    """Logarithm of the ratio of two shares, and its variance.

    Examples
    --------
    >>> [round(each, 4) for each in log_risk_ratio(Shares(5, 100, 10, 100))]
    [-0.6931, 0.28]
    """
    return math.log(s.one / s.other), 1 / s.k_one - 1 / s.n_one + 1 / s.k_other - 1 / s.n_other


def log_odds_ratio(s: Shares) -> tuple[float, float]:
    """Logarithm of the ratio of two odds, and its variance.

    Examples
    --------
    >>> [round(each, 4) for each in log_odds_ratio(Shares(5, 100, 10, 100))]
    [-0.7472, 0.3216]
    """
    not_one, not_other = s.n_one - s.k_one, s.n_other - s.k_other
    value = math.log(s.k_one * not_other / (not_one * s.k_other))
    return value, 1 / s.k_one + 1 / not_one + 1 / s.k_other + 1 / not_other


def risk_difference_variance(s: Shares) -> float:
    """Of the difference of two shares."""
    return s.one * (1 - s.one) / s.n_one + s.other * (1 - s.other) / s.n_other


def arcsine_difference(s: Shares) -> tuple[float, float]:
    """Difference of the arcsines of the roots of two shares, which needs no addition to cells of 0, and its variance.

    Rücker G et al. (2009), doi:10.1002/sim.3511.
    """
    return math.asin(math.sqrt(s.one)) - math.asin(math.sqrt(s.other)), 1 / (4 * s.n_one) + 1 / (4 * s.n_other)


def _wald(s: Shares, conf_level: float) -> tuple[float, float]:
    half = normal_quantile(conf_level) * math.sqrt(risk_difference_variance(s))
    return s.one - s.other - half, s.one - s.other + half


def _agresti_caffo(s: Shares, conf_level: float) -> tuple[float, float]:
    """Wald's limits with one success and one failure more in each group, kept within -1 to 1; doi:10.1080/00031305.2000.10474560."""
    low, high = _wald(Shares(s.k_one + 1, s.n_one + 2, s.k_other + 1, s.n_other + 2), conf_level)
    return max(low, -1.0), min(high, 1.0)


def _newcombe(s: Shares, conf_level: float) -> tuple[float, float]:
    return newcombe(s.k_one, s.n_one, s.k_other, s.n_other, conf_level=conf_level)


def _miettinen_nurminen(s: Shares, conf_level: float) -> tuple[float, float]:
    """Differences that a score test does not reject: Miettinen and Nurminen (1985), doi:10.1002/sim.4780040211."""
    from scipy.optimize import brentq

    z, seen = normal_quantile(conf_level), s.one - s.other

    def end(side: int) -> float:
        def distance(difference: float) -> float:
            return side * (difference - seen) - z * math.sqrt(_restricted_variance(s, difference))

        near, edge = seen + side * 1e-9, side * (1 - 1e-12)
        if side * (edge - near) <= 0 or distance(edge) < 0:
            return float(side)
        return float(brentq(distance, near, edge, xtol=1e-14))

    return end(-1), end(1)


def _restricted_variance(s: Shares, difference: float) -> float:
    """Of the difference, with the shares most likely where they differ by so much: a cubic solved by its angle."""
    total, hits = s.n_one + s.n_other, s.k_one + s.k_other
    second = ((s.n_one + 2 * s.n_other) * difference - total - hits) / total
    first = ((s.n_other * difference - total - 2 * s.k_other) * difference + hits) / total
    last = s.k_other * difference * (1 - difference) / total
    q = second**3 / 27 - first * second / 6 + last / 2
    p = math.copysign(math.sqrt(max(second**2 / 9 - first / 3, 0.0)), q)
    angle = (math.pi + math.acos(max(-1.0, min(1.0, q / p**3 if p else 0.0)))) / 3
    other = min(max(2 * p * math.cos(angle) - second / 3, 0.0), 1.0)
    one = min(max(other + difference, 0.0), 1.0)
    return (one * (1 - one) / s.n_one + other * (1 - other) / s.n_other) * total / (total - 1)


DIFFERENCE_LIMITS: dict[str, Callable[[Shares, float], tuple[float, float]]] = {
    "newcombe": _newcombe,
    "miettinen_nurminen": _miettinen_nurminen,
    "agresti_caffo": _agresti_caffo,
    "wald": _wald,
}


def _clopper_pearson(k: float, n: float, conf_level: float) -> tuple[float, float]:
    """Exact limits, doi:10.1093/biomet/26.4.404."""
    from scipy.special import betaincinv

    tail = (1 - conf_level) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    return low, float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0


def _wilson(k: float, n: float, conf_level: float) -> tuple[float, float]:
    return wilson(k, n, conf_level=conf_level)


def _wilson_continuity(k: float, n: float, conf_level: float) -> tuple[float, float]:
    """Wilson's limits with continuity correction, method 4 of Newcombe (1998)."""
    z, p = normal_quantile(conf_level), k / n
    middle, over = 2 * n * p + z * z, 2 * (n + z * z)
    low = (middle - 1 - z * math.sqrt(max(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1), 0.0))) / over
    high = (middle + 1 + z * math.sqrt(max(z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1), 0.0))) / over
    return (max(low, 0.0) if k > 0 else 0.0), (min(high, 1.0) if k < n else 1.0)


SHARE_LIMITS: dict[str, Callable[[float, float, float], tuple[float, float]]] = {
    "wilson": _wilson,
    "clopper_pearson": _clopper_pearson,
    "wilson_continuity": _wilson_continuity,
}
