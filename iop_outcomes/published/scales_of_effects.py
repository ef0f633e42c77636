"""Takes the scale that effects are pooled on, gives how they are shown: logarithms as ratios, logits and arcsines as shares."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

_LARGEST = math.log(sys.float_info.max)


@dataclass(frozen=True, slots=True)
class EffectScale:
    """What values are pooled on and how they are shown.

    Attributes
    ----------
    name : str
    shown : callable
        From a pooled value to what is shown.
    words : str
        What is shown, for axes and sentences.
    neutral : float
        What is shown where nothing differs; NaN where there is no such value.
    """

    name: str
    shown: Callable[[float], float]
    words: str
    neutral: float


def ratio_of(value: float) -> float:
    """Two studies far apart have limits, at Student's t of one degree of freedom, that no float holds as a ratio: then the largest one."""
    return math.exp(min(value, _LARGEST))


def _inverse_logit(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _inverse_arcsine(value: float) -> float:
    return math.sin(min(max(value, 0.0), math.pi / 2)) ** 2


SCALES = {
    scale.name: scale
    for scale in (
        EffectScale("linear", lambda value: value, "effect size", 0.0),
        EffectScale("log", ratio_of, "ratio", 1.0),
        EffectScale("logit", _inverse_logit, "share", math.nan),
        EffectScale("arcsine", _inverse_arcsine, "share", math.nan),
        EffectScale("share", lambda value: min(max(value, 0.0), 1.0), "share", math.nan),
        EffectScale("correlation", math.tanh, "correlation", 0.0),
    )
}


def double_arcsine(harmonic_n: float) -> EffectScale:
    """Freeman and Tukey's double arcsine, turned back at the harmonic mean of the studies' people.

    References
    ----------
    Freeman MF, Tukey JW (1950), doi:10.1214/aoms/1177729756; Miller JJ (1978), doi:10.1080/00031305.1978.10479283; Schwarzer G et al.
    (2019), doi:10.1002/jrsm.1348 (that results can be seriously misleading).
    """

    def shown(value: float) -> float:
        least, most = (_transformed(k, harmonic_n) for k in (0.0, harmonic_n))
        t = 2 * min(max(value, least), most)
        inner = math.sin(t) + (math.sin(t) - 1 / math.sin(t)) / harmonic_n
        return (1 - math.copysign(1.0, math.cos(t)) * math.sqrt(max(1 - inner**2, 0.0))) / 2

    return EffectScale("double_arcsine", shown, "share", math.nan)


def _transformed(k: float, n: float) -> float:
    return (math.asin(math.sqrt(k / (n + 1))) + math.asin(math.sqrt((k + 1) / (n + 1)))) / 2
