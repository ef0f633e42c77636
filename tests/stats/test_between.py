"""Takes summaries of two groups, gives proof of the differences in pooled SDs: least squares, drawn samples, and what has none."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.stats.between import corrected, d_between, d_control_sd, pooled_sd_of


def test_the_difference_is_the_t_statistic_times_the_root_of_1_by_n():
    """Scipy's t test of two samples knows the same pooled SD."""
    one, other = np.array([12.0, 15, 9, 20, 14]), np.array([8.0, 11, 13, 5, 9, 10, 7])
    pooled = pooled_sd_of(one.std(ddof=1), 5, other.std(ddof=1), 7)
    d = d_between(one.mean(), other.mean(), pooled, 5, 7)
    assert d.value == pytest.approx(scipy.stats.ttest_ind(one, other).statistic * math.sqrt(1 / 5 + 1 / 7), rel=1e-12)
    assert d_between(other.mean(), one.mean(), pooled, 7, 5).value == pytest.approx(-d.value, rel=1e-12)


def test_corrected_values_are_without_bias_and_their_variance_is_that_of_the_draws():
    """20,000 samples of 6 and 9 whose means lie 0.8 SD apart: d is too large by 1 / J, g is not."""
    rng = np.random.default_rng(20)
    one, other = rng.normal(0.8, 1, (20_000, 6)), rng.normal(0, 1, (20_000, 9))
    pooled = np.sqrt((5 * one.var(axis=1, ddof=1) + 8 * other.var(axis=1, ddof=1)) / 13)
    d = [d_between(a, b, s, 6, 9) for a, b, s in zip(one.mean(axis=1), other.mean(axis=1), pooled, strict=True)]
    g = [corrected(each, 6, 9) for each in d]
    error = 4 * np.std([each.value for each in g]) / math.sqrt(20_000)
    assert np.mean([each.value for each in g]) == pytest.approx(0.8, abs=error)
    assert np.mean([each.value for each in d]) > 0.8 + error
    assert np.var([each.value for each in g]) == pytest.approx(np.mean([each.variance for each in g]), rel=0.06)


def test_by_the_sd_of_the_second_group_only_its_own_spread_counts():
    """Glass's delta does not change with the first SD; its variance does."""
    narrow, wide = (d_control_sd(103, sd, 50, 100, 4.5, 50) for sd in (1.0, 9.0))
    assert narrow.value == wide.value == pytest.approx(3 / 4.5)
    assert wide.variance - narrow.variance == pytest.approx((81 - 1) / (4.5**2 * 49), rel=1e-12)


@pytest.mark.parametrize(("sd", "n"), [(0.0, 10), (math.nan, 10), (5.0, 0)])
def test_without_spread_or_people_there_is_none(sd, n):
    """NaN, and no division by 0."""
    d = d_between(3, 1, sd, n, 10)
    assert math.isnan(d.value)
    assert math.isnan(d.variance)


def test_hedges_factor_is_exact():
    """J = gamma(df / 2) / (sqrt(df / 2) gamma((df - 1) / 2)); LS2 multiplies the variance by its square."""
    d = d_between(3.0, 1.0, 2.0, 5, 6)
    j = math.gamma(4.5) / (math.sqrt(4.5) * math.gamma(4.0))
    assert corrected(d, 5, 6).value == pytest.approx(j * d.value, rel=1e-12)
    assert corrected(d, 5, 6, variance="LS2").variance == pytest.approx(j**2 * d.variance, rel=1e-12)
