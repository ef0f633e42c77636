"""Takes the points of a control chart as a paper lists them, gives its centre, three-sigma limits and which points lie outside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.trend import D2, SIGMAS


def p_chart(*, events: list[int], n: int) -> dict[str, float]:
    """A plain p chart of samples of one size: shares, with binomial limits."""
    if n < 1:
        raise UsageError(f"n = {n}: a sample holds nobody; give how many each is of")
    for place, k in enumerate(events, 1):
        if not 0 <= k <= n:
            raise UsageError(f"sample {place}: {k} of {n} is no share; give how many of the sample were counted, from 0 to n")
    centre = _mean(events) / n
    reach = SIGMAS * math.sqrt(centre * (1 - centre) / n)  # of chance alone: defined as well where the points do not differ
    return _limits([k / n for k in events], centre, max(0.0, centre - reach), min(1.0, centre + reach))


def c_chart(*, events: list[int]) -> dict[str, float]:
    """A c chart: counts of one base, with the limits of Poisson's distribution around their mean."""
    centre = _mean(events)
    reach = SIGMAS * math.sqrt(centre)
    return _limits(events, centre, max(0.0, centre - reach), centre + reach)


def individuals_chart(*, values: list[float]) -> dict[str, float]:
    """An individuals (XmR) chart: values one by one, with limits from how much successive ones differ.

    `range_mean` is the mean moving range, `sigma` that over d2 = 1.128, `range_high` the upper limit of the moving ranges.
    """
    centre = _mean(values)
    ranges = np.abs(np.diff(np.asarray(values, dtype=np.float64)))
    if not len(ranges):
        raise UsageError("one value has no moving range: give two or more, in the order of time")
    mean_range = float(ranges.mean())
    sigma = mean_range / D2
    figures = _limits(values, centre, centre - SIGMAS * sigma, centre + SIGMAS * sigma)
    return figures | {"range_mean": mean_range, "sigma": sigma, "range_high": _D4 * mean_range}


_D4 = 3.267  # upper limit of ranges of two, over their mean


def _mean(values: Sequence[float]) -> float:
    if not len(values):
        raise UsageError("there is no point: give the values in the order of time")
    return math.fsum(values) / len(values)


def _limits(values: Sequence[float], centre: float, low: float, high: float) -> dict[str, float]:
    return _figures(centre, low, high, [place for place, value in enumerate(values, 1) if not low <= value <= high])


def _figures(centre: float, low: float, high: float, outside: Sequence[int]) -> dict[str, float]:
    """`outside` is how many points lie outside, `outside_1`, `outside_2`, ... are their places, counted from 1."""
    places = {f"outside_{number}": float(place) for number, place in enumerate(outside, 1)}
    return {"centre": centre, "low": low, "high": high, "outside": float(len(outside)), **places}
