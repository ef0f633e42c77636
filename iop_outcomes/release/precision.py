"""Takes an estimate that may be shown, gives it with the digits that a page prints: twelve would give counts back that are withheld."""

from __future__ import annotations

import math
from dataclasses import replace

from iop_outcomes.release.released import Number, ReleasedEstimate, Withheld
from iop_outcomes.units import UNITS, Unit


def as_printed(estimate: ReleasedEstimate) -> ReleasedEstimate:
    """Every number as it is written on a page, limits with the precision of their value, and no standard error.

    An interval and the standard error beside it, or the degrees of freedom that it was made with, give the number of patients.
    """
    unit, p, statistic = UNITS[estimate.unit], UNITS["p"], UNITS["chi-squared"]
    return replace(
        estimate,
        value=_written(estimate.value, unit),
        low=_written(estimate.low, unit, estimate.value),
        high=_written(estimate.high, unit, estimate.value),
        p=_written(estimate.p, p),
        p_adjusted=_written(estimate.p_adjusted, p),
        statistic=_written(estimate.statistic, statistic),
        se=_left_out(estimate.se),
        df=_left_out(estimate.df) if unit.ranged else estimate.df,
    )


def _written(number: Number, unit: Unit, like: Number | None = None) -> Number:
    return number if isinstance(number, Withheld) else unit.written(number, like=None if isinstance(like, Withheld) else like)


def _left_out(number: Number) -> Number:
    return number if isinstance(number, Withheld) else math.nan
