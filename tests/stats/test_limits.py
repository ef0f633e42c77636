"""Takes errors of estimates, gives what every kind of interval shares: quantiles, the variance that holds, and flags."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.keys import Flag
from iop_outcomes.stats.limits import NO_LIMITS, Clustered, Errors, Limits, few, open_sides, symmetric, t_quantile, variance_independent


def test_the_variance_by_patient_holds_where_there_is_one():
    """And the quantile is Student's on the effective patients less one."""
    alone, repeated = Errors(0.04), Errors(0.04, Clustered(12.0, 0.09))
    assert (alone.variance, repeated.variance) == (0.04, 0.09)
    assert math.isnan(alone.effective) and repeated.effective == 12
    assert alone.quantile(0.9) == pytest.approx(scipy.stats.norm.ppf(0.95), rel=1e-12)
    assert repeated.quantile(0.9) == pytest.approx(scipy.stats.t(11).ppf(0.95), rel=1e-12)


def test_the_variance_over_episodes_is_a_sum():
    """Of a mean of n values it is their population variance over n."""
    days, n = np.array([3.0, 10.0, 30.0]), np.array([2, 5, 1])
    every = np.repeat(days, n)
    assert variance_independent((days - every.mean()) / 8, n) == pytest.approx(every.var() / 8, rel=1e-12)


def test_limits_and_their_flags():
    """Symmetric ones; an open side; few effective patients; a name is given once."""
    limits = symmetric(5.0, 2.0, 1.5)
    assert (limits.low, limits.high, limits.none) == (2.0, 8.0, False)
    assert limits.named("a").named("b").method == "a" and NO_LIMITS.none
    assert open_sides(math.nan, 3.0) == {Flag.INTERVAL_OPEN} and not open_sides(1.0, 3.0)
    assert few(9.9) == {Flag.FEW_PATIENTS} and not few(10.0)
    assert Limits(1.0, 0.0, 2.0).flags == frozenset() and t_quantile(10, 0.95) == pytest.approx(2.228138852, rel=1e-9)
