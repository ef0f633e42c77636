"""Takes numbers as a paper prints them, gives them checked: what cannot be is refused in words that say what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.stats.special import stdtr, stdtrit

Given = float | None
SMALLEST, LARGEST = 1e-30, 1e15  # of a figure that a paper prints: squares and products of such stay finite
_SMALLEST_P = 1e-300
ASSUMED_R = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def number(name: str, value: Given, *, smallest: float = SMALLEST) -> float:
    """A finite number of a size that is met with, NaN where none was given."""
    if value is None:
        return math.nan
    try:
        given = float(value)
    except (TypeError, ValueError):
        raise UsageError(f"{name} = {value!r} is not a number: give it as 12.5, or leave it out") from None
    if not math.isfinite(given):
        raise UsageError(f"{name} is {given}: give a number, or leave it out")
    if given and not smallest <= abs(given) <= LARGEST:
        raise UsageError(f"{name} = {given:g} is no figure that a paper prints: 0, or between {smallest:g} and {LARGEST:g} in size")
    return given


def spread(name: str, value: Given) -> float:
    """A standard deviation or error, above 0; NaN where none was given."""
    given = number(name, value)
    if given <= 0:
        raise UsageError(f"{name} = {given:g} must be above 0: without spread nothing can be standardised by it")
    return given


def margin_of(name: str, value: Given) -> float:
    """How far apart is still alike, above 0; NaN where none was given."""
    given = number(name, value)
    if given <= 0:
        raise UsageError(
            f"{name} = {given:g} must be above 0: it says how far apart two numbers may lie, either way, and still be as good as alike"
        )
    return given


def people(name: str, value: Given, *, least: int = 2) -> int | None:
    """A whole number of people, None where none was given."""
    if value is None:
        return None
    given = number(name, value)
    if given != int(given) or given < least:
        raise UsageError(f"{name} = {given:g} must be a whole number of people, {least} or more")
    return int(given)


def needed_people(name: str, value: Given, *, least: int = 2) -> int:
    """The same where it cannot be left out."""
    given = people(name, value, least=least)
    if given is None:
        raise UsageError(f"{name} is missing: say of how many people the figures are")
    return given


def correlation(name: str, value: Given) -> float:
    """Between -1 and 1, NaN where none was given."""
    given = number(name, value)
    if abs(given) > 1:
        raise UsageError(f"{name} = {given:g} is outside -1 to 1: is it a percentage, or a square?")
    return given


def p_value(name: str, value: Given) -> float:
    """Above 0 and at most 1, NaN where none was given."""
    given = number(name, value, smallest=_SMALLEST_P)
    if given == 0:
        raise UsageError(
            f"{name} = 0 cannot be: where a paper prints .000 or < .001, give {name} = 0.001, and read the result as the least effect"
        )
    if not math.isnan(given) and not 0 < given <= 1:
        raise UsageError(f"{name} = {given:g} must lie above 0 and at most at 1")
    return given


def level(conf_level: float) -> float:
    """A confidence level between 0 and 1."""
    if not 0 < conf_level < 1:
        raise UsageError(f"conf_level = {conf_level:g} must lie between 0 and 1, such as 0.95")
    return conf_level


def limits(name: str, value: Sequence[float] | None) -> tuple[float, float]:
    """Two limits, the lower first; NaN twice where none were given."""
    if value is None:
        return math.nan, math.nan
    given: object = value
    if isinstance(given, str) or not hasattr(given, "__len__"):
        raise UsageError(f"{name} = {value!r}: give two limits, the lower and the upper, as in (0.3, 1.2)")
    if len(value) != 2:
        raise UsageError(f"{name} needs two limits, the lower and the upper, not {len(value)}")
    low, high = number(name, value[0]), number(name, value[1])
    if not low < high:
        raise UsageError(f"{name} = ({low:g}, {high:g}): the lower limit comes first, and they must differ")
    return low, high


def choice(name: str, value: str, allowed: Iterable[str]) -> str:
    """One of the names that are allowed."""
    names = tuple(allowed)
    if value not in names:
        raise UsageError(f'{name}="{value}" does not exist. {choices(value, names)}')
    return value


def unit_of(value: float | str) -> float:
    """One unit of the last place printed: 0.01 of "0.50" and of 0.53; whole numbers of 1.

    Examples
    --------
    >>> unit_of("0.50"), unit_of(2.5), unit_of(12)
    (0.01, 0.1, 1.0)
    """
    exponent = Decimal(str(value)).as_tuple().exponent
    if isinstance(value, float) and value == int(value):
        exponent = 0
    return float(Decimal(1).scaleb(int(exponent)))


def t_of(*, t: Given, f: Given, p: Given, df: float) -> float:
    """The t statistic from itself, an F with one numerator degree of freedom or a two-sided p; NaN where none was given.

    The sign is that of t; from F and p it is positive. t and F, or t and p, that do not belong together are refused.
    """
    given_t, given_f, given_p = number("t", t), number("f", f), p_value("p", p)
    if given_f < 0:
        raise UsageError(f"f = {given_f:g} is below 0, which no F is")
    if not math.isnan(given_t):
        if not math.isnan(given_f) and abs(given_t**2 - given_f) > 0.02 * max(given_f, 1.0):
            raise UsageError(
                f"t = {given_t:g} and f = {given_f:g} contradict one another: F with 1 degree of freedom is t squared; leave one out"
            )
        if not math.isnan(given_p):
            _check_p(given_t, given_p, df)
        return given_t
    if not math.isnan(given_f):
        return math.sqrt(given_f)
    if math.isnan(given_p):
        return math.nan
    if math.isnan(df):
        raise UsageError("p gives an effect size only with n")
    return -float(stdtrit(df, given_p / 2)) if given_p < 1 else 0.0


def _check_p(t: float, p: float, df: float) -> None:
    """Refuse a t and a p that differ by more than the rounding of both."""
    if math.isnan(df):
        return
    half_t, half_p = unit_of(t) / 2, unit_of(p) / 2
    least, most = two_sided(abs(t) + half_t, df), two_sided(max(abs(t) - half_t, 0.0), df)
    printed_as_bound = p in (0.05, 0.01, 0.001, 0.0001) and two_sided(t, df) <= p
    if not (least - 2 * half_p <= p <= most + 2 * half_p) and not printed_as_bound:
        raise UsageError(
            f"t = {t:g} with {df:g} degrees of freedom has p = {two_sided(t, df):.2g}, not {p:g}: they contradict one another; "
            "look for the misprint, and leave one out"
        )


def two_sided(t: float, df: float) -> float:
    """Two-sided p of a t statistic."""
    return 2 * float(stdtr(df, -abs(t)))
