"""Takes an effect size of one kind, gives it as the other kinds, each with what has to be assumed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import Given, correlation, level, number, people, spread
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr, ndtri

_LOGISTIC = math.pi / math.sqrt(3)
_COX = 1.65
_FARTHEST = 350.0  # SDs
_BORENSTEIN, _CHINN = "doi:10.1002/9780470743386, chapter 7", "doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M"
_NORMAL = "normal scores with SDs alike in two groups"


@dataclass(frozen=True, slots=True)
class _D:
    """A standardised difference with its error, how it was come by, and the sizes' part in a correlation."""

    value: float
    se: float
    how: str
    a: float
    sizes: str


def convert(
    *,
    d: Given = None,
    r: Given = None,
    eta_squared: Given = None,
    odds_ratio: Given = None,
    log_odds_ratio: Given = None,
    probability_of_superiority: Given = None,
    se: Given = None,
    n_1: int | None = None,
    n_2: int | None = None,
    control_rate: Given = None,
    conf_level: float = 0.95,
) -> EffectSizes:
    """One effect size between two groups as the other kinds; every conversion says what it assumes.

    Parameters
    ----------
    d, r, eta_squared, odds_ratio, log_odds_ratio, probability_of_superiority : float
        One of them.
    se : float
        Its standard error (of `odds_ratio`, that of the logarithm); the errors of the others follow by the delta method.
    n_1, n_2 : int
        People in each group, for correlations; taken as of one size where they are not given.
    control_rate : float
        Share of the second group with the event, for the number needed to treat.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `d_s`, `r_point_biserial`, `eta_squared`, `log_odds_ratio`, `odds_ratio` (logistic), `odds_ratio_cox`,
        `probability_of_superiority`, `overlap_u3`, and with `control_rate` `number_needed_to_treat`.

    References
    ----------
    Borenstein M et al. (2009), doi:10.1002/9780470743386, chapter 7; Chinn S (2000),
    doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M; Furukawa TA, Leucht S (2011), doi:10.1371/journal.pone.0019070.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> [round(iop.effects.convert(d=0.4)[name].value, 4) for name in ("r_point_biserial", "eta_squared", "odds_ratio")]
    [0.1961, 0.0385, 2.0658]
    """
    one = _as_d(
        {
            "d": number("d", d),
            "r": correlation("r", r),
            "eta_squared": number("eta_squared", eta_squared),
            "odds_ratio": spread("odds_ratio", odds_ratio),
            "log_odds_ratio": number("log_odds_ratio", log_odds_ratio),
            "probability_of_superiority": number("probability_of_superiority", probability_of_superiority),
        },
        spread("se", se),
        people("n_1", n_1),
        people("n_2", n_2),
    )
    reach = abs(one.value) + (0.0 if math.isnan(one.se) else normal_quantile(level(conf_level)) * one.se)
    if reach > _FARTHEST:
        raise UsageError(
            f"d would reach {reach:.4g}: groups so far apart have no odds ratio that a number holds; look for a misprint, in se too"
        )
    rate = number("control_rate", control_rate)
    if not math.isnan(rate) and not 0 < rate < 1:
        raise UsageError(f"control_rate = {rate:g} must lie between 0 and 1")
    return EffectSizes(tuple(_kinds(one, rate, level(conf_level))))


def _as_d(given: dict[str, float], se: float, n_1: int | None, n_2: int | None) -> _D:
    there = {name: value for name, value in given.items() if not math.isnan(value)}
    if len(there) != 1:
        raise UsageError(f"give exactly one of {', '.join(given)}, not {len(there)}")
    ((name, value),) = there.items()
    if n_1 is not None and n_2 is not None:
        a, sizes = (n_1 + n_2) ** 2 / (n_1 * n_2), ""
    else:
        a, sizes = 4.0, "groups taken as of one size"
    if name in ("r", "eta_squared"):
        if name == "eta_squared" and not 0 <= value < 1:
            raise UsageError(f"eta_squared = {value:g} must lie at 0 or above, and below 1")
        root = value if name == "r" else math.sqrt(value)
        if abs(root) == 1:
            raise UsageError("a correlation of 1 has no d: the groups do not overlap")
        slope = math.sqrt(a) / (1 - root**2) ** 1.5 * (1.0 if name == "r" or not root else 1 / (2 * root))
        return _D(math.sqrt(a) * root / math.sqrt(1 - root**2), se * slope, f"d from {name}", a, sizes)
    if name in ("odds_ratio", "log_odds_ratio"):
        log = math.log(value) if name == "odds_ratio" else value
        return _D(log / _LOGISTIC, se / _LOGISTIC, f"d from {name}, logistic scores: x sqrt(3)/pi", a, sizes)
    if name == "probability_of_superiority":
        if not 0 < value < 1:
            raise UsageError(f"probability_of_superiority = {value:g} must lie between 0 and 1")
        z = float(ndtri(value))
        return _D(math.sqrt(2) * z, se * math.sqrt(2) * math.sqrt(2 * math.pi) * math.exp(z * z / 2), f"d from {name}, {_NORMAL}", a, sizes)
    return _D(value, se, "", a, sizes)


def _kinds(d: _D, rate: float, conf_level: float) -> list[EffectSize]:
    z = normal_quantile(conf_level)
    low, high = d.value - z * d.se, d.value + z * d.se

    def correlated(value: float) -> float:
        return value / math.sqrt(value**2 + d.a)

    def row(name: str, find: Callable[[float], float], error: float, method: str, assumption: str, source: str) -> EffectSize:
        taken = "; ".join(filter(None, [d.how, assumption]))
        return EffectSize(name, find(d.value), error, find(low), find(high), math.nan, method, taken, source, conf_level)

    bell = math.exp(-(d.value**2) / 4) / math.sqrt(2 * math.pi)
    rows = [
        row("d_s", lambda x: x, d.se, "standardised difference of two groups", "", _BORENSTEIN),
        row(
            "r_point_biserial",
            correlated,
            d.a * d.se / (d.value**2 + d.a) ** 1.5,
            "d / sqrt(d^2 + a), a = (n1 + n2)^2 / (n1 n2)",
            d.sizes,
            _BORENSTEIN,
        ),
        _eta(d, correlated, (low, high), conf_level),
        row("log_odds_ratio", lambda x: x * _LOGISTIC, d.se * _LOGISTIC, "d pi / sqrt(3)", "logistic scores", _CHINN),
        row(
            "odds_ratio",
            lambda x: math.exp(x * _LOGISTIC),
            d.se * _LOGISTIC,
            "exp(d pi / sqrt(3)); se of the logarithm",
            "logistic scores",
            _CHINN,
        ),
        row(
            "odds_ratio_cox",
            lambda x: math.exp(x * _COX),
            d.se * _COX,
            "exp(1.65 d); se of the logarithm",
            "Cox's approximation",
            "doi:10.1037/1082-989X.8.4.448",
        ),
        row(
            "probability_of_superiority",
            lambda x: float(ndtr(x / math.sqrt(2))),
            d.se * bell / math.sqrt(2),
            "normal share of d / sqrt(2)",
            _NORMAL,
            "doi:10.1037/0033-2909.111.2.361",
        ),
        row(
            "overlap_u3",
            lambda x: float(ndtr(x)),
            math.nan,
            "share of the second group below the first group's mean",
            _NORMAL,
            "Cohen (1988), U3",
        ),
    ]
    if not math.isnan(rate):
        rows.append(_needed(d.value, rate, d.how, conf_level))
    return rows


def _eta(d: _D, correlated: Callable[[float], float], ends: tuple[float, float], conf_level: float) -> EffectSize:
    """The square of the correlation, whose limits begin at 0 where d may be 0."""
    squares = [correlated(end) ** 2 for end in ends]
    low, high = (math.nan, math.nan) if math.isnan(squares[0]) else (0.0 if ends[0] <= 0 <= ends[1] else min(squares), max(squares))
    taken = "; ".join(filter(None, [d.how, d.sizes]))
    return EffectSize(
        "eta_squared", correlated(d.value) ** 2, math.nan, low, high, math.nan, "square of the correlation", taken, _BORENSTEIN, conf_level
    )


def _needed(d: float, rate: float, how: str, conf_level: float) -> EffectSize:
    treated = float(ndtr(d + float(ndtri(rate))))
    words = "1 / (normal share of d + the quantile of the control rate, minus that rate)"
    taken = "; ".join(filter(None, [how, f"{rate:.0%} of the second group have the event; {_NORMAL}"]))
    value = 1 / (treated - rate) if treated != rate else math.nan
    return EffectSize(
        "number_needed_to_treat", value, method=words, assumption=taken, source="doi:10.1371/journal.pone.0019070", conf_level=conf_level
    )
