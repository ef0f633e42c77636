"""Takes the name of a unit, gives its `Unit`: how a number in it is written, what stands behind it, and in what two of them differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
_STAY_BANDS = {31: "31\u201345", 32: "46\u201360", 33: "61\u201390", 34: "91\u2013120", 35: "121\u2013180", 36: "181\u2013365"}
_OPEN_BAND = 37


def _half_up(value: float, digits: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def half_up(value: float, digits: int) -> float:
    """A number rounded to so many decimals as it would be written, halves away from 0; one that is none stays so.

    Examples
    --------
    >>> half_up(11.35, 1), half_up(-0.25, 1), half_up(7.5, 0)
    (11.4, -0.3, 8.0)
    """
    return float(_half_up(value, digits)) if math.isfinite(value) else value


def percent(value: float, *, like: float | None = None) -> str:
    """A share as whole percent, with one decimal under 10 %; `like` lends its precision to a limit.

    Only none is 0% and only all is 100%: a share that rounding would call so gets one decimal more.

    Examples
    --------
    >>> percent(0.6666), percent(0.043), percent(0.062, like=0.12)
    ('67%', '4.3%', '6%')
    >>> percent(0.0), percent(0.0037, like=0.0), percent(0.9963), percent(0.0002), percent(0.99999)
    ('0%', '0.4%', '99.6%', '<0.1%', '>99.9%')
    """
    words = _percent(value, like)
    if words is None:
        return "<0.1%" if value < 0.5 else ">99.9%"
    return f"{words}%" if 0 < value < 1 else f"{words:.0f}%"


def _percent(value: float, like: float | None) -> Decimal | None:
    """The percent that is written of a share; none of one that rounds to 0 or 1 and is neither."""
    deciding = value if like is None else like
    rounded = (_half_up(value * 100, digits) for digits in (1 if 0 < deciding < 0.0995 else 0, 1))
    return next((words for words in rounded if value in (0.0, 1.0) or 0 < words < 100), None)


# -- formatters: a unit, a value, and the value whose precision it takes -------------------------------------------------


def _as_percent(_unit: Unit, value: float, like: float | None) -> str:
    return percent(value, like=like)


def _written_percent(_unit: Unit, value: float, like: float | None) -> float:
    words = _percent(value, like)
    if words is None:  # "<0.1%" and ">99.9%": one digit of what is left
        return _one_digit(value) if value < 0.5 else 1 - _one_digit(1 - value)
    return float(words.scaleb(-2))


def _decimal(unit: Unit, value: float, _like: float | None) -> str:
    """Rounded half up, with thousands commas and a true minus; nothing below 0 that reads as 0."""
    scaled = value * unit.factor
    words = f"{_half_up(scaled, unit.digits):,}"
    return words.removeprefix("-") if not float(scaled) or not words.strip("-0.,") else words.replace("-", MINUS)


def _written_decimal(unit: Unit, value: float, _like: float | None) -> float:
    return float(_half_up(value * unit.factor, unit.digits) / unit.factor) + 0.0  # no minus before a 0


def _one_digit(value: float) -> float:
    return float(f"{value:.1g}")


def _written_p(unit: Unit, value: float, _like: float | None) -> float:
    return _one_digit(value) if value < 10.0**-unit.digits else half_up(value, unit.digits)


def _p_value(unit: Unit, value: float, _like: float | None) -> str:
    smallest = 10.0**-unit.digits
    return f"<{smallest:g}" if value < smallest else f"{_half_up(value, unit.digits)}"


def _as_it_is(_unit: Unit, value: float, _like: float | None) -> float:
    return value


def _stay_code(_unit: Unit, value: float, _like: float | None) -> str:
    code = int(value)
    if code == _OPEN_BAND:
        return "more than 365 days"
    return f"{_STAY_BANDS.get(code, code)} day{'' if code == 1 else 's'}"


# -- units ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number is counted in.

    Parameters
    ----------
    name : str
        As it stands in the column `unit` of a frame.
    words, one : str
        What stands behind a number, and behind a single one; empty where the number says it.
    digits : int
        Decimals.
    difference : str
        Name of the unit in which two such numbers differ; empty where their difference says nothing.
    factor : int
        What a number is multiplied by to be written.
    ranged : bool
        Whether a number in it can have an interval; a test has none.
    formatter : callable
        Writes a value of a unit, given the value whose precision it takes.
    rounding : callable
        The number that is written, from the same.

    Examples
    --------
    >>> days, share = UNITS["days"], UNITS["share"]
    >>> days.text(40.5) + days.suffix(), days.text(-1) + days.suffix(days.text(-1)), share.text(0.413), share.difference
    ('41 days', '−1 day', '41%', 'share difference')
    """

    name: str
    words: str = ""
    one: str = ""
    digits: int = 2
    difference: str = ""
    factor: int = 1
    ranged: bool = True
    formatter: Callable[[Unit, float, float | None], str] = _decimal
    rounding: Callable[[Unit, float, float | None], float] = _written_decimal

    def text(self, value: float, *, like: float | None = None) -> str:
        """A value in words of its own, without its unit; `like` lends its precision to a limit."""
        return self.formatter(self, value, like)

    def written(self, value: float, *, like: float | None = None) -> float:
        """The number that `text` writes, so that a file says no more than a page; one that is none stays so.

        Examples
        --------
        >>> UNITS["share"].written(2 / 3), UNITS["share"].written(0.0432), UNITS["points"].written(-5.249), UNITS["p"].written(0.000213)
        (0.67, 0.043, -5.2, 0.0002)
        """
        return self.rounding(self, value, like) if math.isfinite(value) else value

    def suffix(self, text: str = "") -> str:
        """What stands behind a number, with the space before it; `text` is the number, where one is said otherwise than several."""
        words = self.one if self.one and text.removeprefix(MINUS).removeprefix("+") == "1" else self.words
        return f" {words}" if words else ""


UNITS: Mapping[str, Unit] = {
    unit.name: unit
    for unit in (
        Unit("share", difference="share difference", formatter=_as_percent, rounding=_written_percent),
        Unit("share difference", "percentage points", "percentage point", digits=0, factor=100),
        Unit("days", "days", "day", digits=0, difference="days"),
        Unit("hours", "hours", "hour", digits=1, difference="hours"),
        Unit("sessions", "sessions", "session", digits=0, difference="sessions"),
        Unit("points", "points", digits=1, difference="points"),
        Unit("SD", "standard deviations", difference="SD"),
        Unit("number", digits=1, difference="number"),  # of a covariate, whose unit is not known
        Unit("ratio"),
        Unit("rank sum", digits=1, ranged=False),
        Unit("stay code", formatter=_stay_code, rounding=_as_it_is),  # of TEDS-D: days up to 30, then bands
        Unit("p", digits=3, ranged=False, formatter=_p_value, rounding=_written_p),
        Unit("chi-squared", ranged=False),
    )
}
