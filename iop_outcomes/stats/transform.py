"""Takes a probability, its standard error and a quantile, gives the pointwise interval by a named transform."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.stats.draft import Floats
from iop_outcomes.stats.special import expit, logit

Transform = Literal["log_log", "log", "plain", "logit", "arcsine"]
TRANSFORMS: tuple[Transform, ...] = get_args(Transform)
LOG_LOG: Transform = "log_log"


def transform_words(transform: Transform) -> str:
    """What a method or a definition calls it.

    Examples
    --------
    >>> transform_words("log_log"), transform_words("plain")
    ('log-log', 'plain')
    """
    return transform.replace("_", "-")


Limits = tuple[Floats, Floats]


def transformed_interval(value: ArrayLike, se: ArrayLike, quantile: ArrayLike, transform: Transform = "log_log") -> Limits:
    """Give the interval of a probability: symmetric on the transformed scale, then carried back.

    Parameters
    ----------
    value : float array
        Probabilities, 0 to 1 (event-free share, cumulative incidence). The transform is of the value as given: the
        log-log interval of F is not the mirror image of the log-log interval of 1 - F.
    se : float array
        Standard errors on the scale of the probability; broadcast against `value`.
    quantile : float array
        Positive quantile of the standard normal or t distribution, e.g. 1.96; broadcast too.
    transform : {"log_log", "log", "plain", "logit", "arcsine"}
        g(p) = log(-log p), log p, p, log(p / (1 - p)), arcsin(sqrt p).

    Returns
    -------
    low, high : float arrays, the broadcast shape
        Within 0 to 1 and containing the value. NaN where the value is 0, 1 or NaN, or the standard error is NaN:
        no transform gives an honest interval there.

    Raises
    ------
    UsageError
        When `transform` is not one of the five.
    ValueError
        When a value lies outside 0 to 1, a standard error is negative, or a quantile is not positive.

    References
    ----------
    Borgan and Liestol (1990), Scandinavian Journal of Statistics 17:35-41. Kalbfleisch and Prentice (2002),
    The Statistical Analysis of Failure Time Data, section 1.4, doi:10.1002/9781118032985.

    Examples
    --------
    >>> low, high = transformed_interval(0.4375, 0.174739, 1.959964, "log_log")
    >>> print(f"{low:.4f} {high:.4f}")
    0.1187 0.7256
    """
    if transform not in TRANSFORMS:
        raise UsageError(f'There is no transform "{transform}". {choices(transform, TRANSFORMS)}')
    p, error, z = np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in (value, se, quantile)))
    if ((p < 0) | (p > 1)).any():
        raise ValueError("a probability outside 0 to 1")
    if (error < 0).any():
        raise ValueError("a negative standard error")
    if not (z > 0).all():
        raise ValueError("a quantile that is not positive")
    inside = (p > 0) & (p < 1) & ~np.isnan(error)
    safe = np.where(inside, p, 0.5)
    with np.errstate(over="ignore"):
        low, high = _LIMITS[transform](safe, z * np.where(inside, error, 0.0))
    low = np.where(inside, np.clip(np.minimum(low, safe), 0.0, 1.0), np.nan)
    high = np.where(inside, np.clip(np.maximum(high, safe), 0.0, 1.0), np.nan)
    return low, high


def log_log_limits(value: float, se: float, quantile: float) -> tuple[float, float]:
    """The log-log interval of one probability, as `transformed_interval` gives it of many.

    Examples
    --------
    >>> [round(limit, 4) for limit in log_log_limits(0.4375, 0.174739, 1.959964)]
    [0.1187, 0.7256]
    """
    if value < 0 or value > 1 or se < 0 or not quantile > 0:
        raise ValueError("a probability outside 0 to 1, a negative standard error, or a quantile that is not positive")
    if not 0 < value < 1 or math.isnan(se):
        return math.nan, math.nan
    try:
        width = math.exp(-quantile * se / (value * math.log(value)))
    except OverflowError:  # as wide as can be
        return 0.0, 1.0
    return min(value**width, value), max(value ** (1.0 / width), value)


def _log_log(p: Floats, reach: Floats) -> Limits:
    width = np.exp(-reach / (p * np.log(p)))
    return p**width, p ** (1.0 / width)


def _log(p: Floats, reach: Floats) -> Limits:
    return p * np.exp(-reach / p), p * np.exp(reach / p)


def _plain(p: Floats, reach: Floats) -> Limits:
    return p - reach, p + reach


def _logit(p: Floats, reach: Floats) -> Limits:
    width = reach / (p * (1.0 - p))
    return expit(logit(p) - width), expit(logit(p) + width)


def _arcsine(p: Floats, reach: Floats) -> Limits:
    angle = np.arcsin(np.sqrt(p))
    width = reach / (2.0 * np.sqrt(p * (1.0 - p)))
    low = np.sin(np.clip(angle - width, 0.0, np.pi / 2)) ** 2
    return low, np.sin(np.clip(angle + width, 0.0, np.pi / 2)) ** 2


_LIMITS: dict[Transform, Callable[[Floats, Floats], Limits]] = {
    "log_log": _log_log,
    "log": _log,
    "plain": _plain,
    "logit": _logit,
    "arcsine": _arcsine,
}
