"""Takes results, gives those of a coarse form rounded: what has digits keeps them alone, and no error stands beside it."""

from __future__ import annotations

import math
from dataclasses import replace

from iop_outcomes.results import EstimandDefinition, Estimate, Results
from iop_outcomes.units import half_up


def rounded(results: Results) -> Results:
    """Round the numbers of those estimands that have digits, everything else as it is.

    The standard error, p, degrees of freedom and statistic go, because with them a number of episodes could be worked out; so do
    the limits of a number whose definition has no interval. The word of a comparison is that of the exact numbers.
    """
    digits = {item.name: item for item in results.definition.estimands if item.digits is not None}
    if not digits:
        return results
    rows = (_rounded(estimate, digits[estimate.estimand]) if estimate.estimand in digits else estimate for estimate in results.estimates)
    return replace(results, estimates=tuple(rows), within={level: rounded(part) for level, part in results.within.items()})


def _rounded(estimate: Estimate, definition: EstimandDefinition) -> Estimate:
    digits, nan = definition.digits or 0, math.nan
    limits = (nan, nan) if definition.interval == "none" else (half_up(estimate.low, digits), half_up(estimate.high, digits))
    return replace(
        estimate,
        value=half_up(estimate.value, digits),
        se=nan,
        low=limits[0],
        high=limits[1],
        p=nan,
        p_adjusted=nan,
        statistic=nan,
        df=nan,
        method="none" if definition.interval == "none" else estimate.method,
    )
