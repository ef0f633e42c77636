"""Takes the numbers of an estimate that may be shown, gives them with the digits that a page prints: twelve would give counts back that are withheld."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from iop_outcomes.release.released import Number, Withheld
from iop_outcomes.units import UNITS, Unit


def as_printed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an estimate with every number as it is written on a page, limits with the precision of their value, and no standard error.

    An interval and the standard error beside it, or the degrees of freedom that it was made with, give the number of patients.
    """
    unit, p, value = UNITS[values["unit"]], UNITS["p"], values["value"]
    return {
        **values,
        "value": _written(value, unit),
        "low": _written(values["low"], unit, value),
        "high": _written(values["high"], unit, value),
        "p": _written(values["p"], p),
        "p_adjusted": _written(values["p_adjusted"], p),
        "statistic": _written(values["statistic"], UNITS["chi-squared"]),
        "se": _left_out(values["se"]),
        "df": _left_out(values["df"]) if unit.ranged else values["df"],
    }


def _written(number: Number, unit: Unit, like: Number | None = None) -> Number:
    return number if isinstance(number, Withheld) else unit.written(number, like=None if isinstance(like, Withheld) else like)


def _left_out(number: Number) -> Number:
    return number if isinstance(number, Withheld) else math.nan
