"""Takes mean squares of pairs, gives McGraw and Wong's limits: the formulas of their table 7, and refusals."""

import math

import pytest
import scipy.stats

from iop_outcomes.stats.intervals.mcgraw_wong import McGrawWong
from iop_outcomes.stats.reliability import MeanSquares
from tests.stats.intervals.drafted import limits

N, PERSONS, OCCASIONS, ERROR = 30, 52.0, 80.0, 6.5


def test_consistency():
    """ICC(C,1): F = persons / error, over and under its quantiles, as (F - 1) / (F + 1)."""
    value = (PERSONS - ERROR) / (PERSONS + ERROR)
    found = limits(McGrawWong(MeanSquares(N, PERSONS, OCCASIONS, ERROR), False), value, N, 0.002)
    ratio, quantile = PERSONS / ERROR, scipy.stats.f(N - 1, N - 1).ppf(0.975)
    ends = [(f - 1) / (f + 1) for f in (ratio / quantile, ratio * quantile)]
    assert (found.low, found.high) == pytest.approx(tuple(ends), rel=1e-12)


def test_agreement():
    """ICC(A,1): with Satterthwaite's degrees of freedom, written as the paper does."""
    k = 2
    value = (PERSONS - ERROR) / (PERSONS + (k - 1) * ERROR + k / N * (OCCASIONS - ERROR))
    found = limits(McGrawWong(MeanSquares(N, PERSONS, OCCASIONS, ERROR), True), value, N, 0.002)
    a, b = k * value / (N * (1 - value)), 1 + k * value * (N - 1) / (N * (1 - value))
    v = (a * OCCASIONS + b * ERROR) ** 2 / ((a * OCCASIONS) ** 2 / (k - 1) + (b * ERROR) ** 2 / ((N - 1) * (k - 1)))
    lower, upper = scipy.stats.f(N - 1, v).ppf(0.975), scipy.stats.f(v, N - 1).ppf(0.975)
    low = N * (PERSONS - lower * ERROR) / (lower * (k * OCCASIONS + (k * N - k - N) * ERROR) + N * PERSONS)
    high = N * (upper * PERSONS - ERROR) / (k * OCCASIONS + (k * N - k - N) * ERROR + N * upper * PERSONS)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)
    assert found.low < value < found.high


def test_none_where_nothing_is_left_over():
    """Both scores of everybody alike."""
    assert math.isnan(limits(McGrawWong(MeanSquares(N, PERSONS, 0.0, 0.0), False), 1.0, N, 0.0).low)
