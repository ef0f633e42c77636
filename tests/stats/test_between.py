"""Takes means and SDs of two groups, gives standardised differences: from scores by numpy, J by the gamma function, and refusals."""

import math

import numpy as np
import pytest

from iop_outcomes.stats.between import corrected, d_between, d_control_sd, pooled_sd_of

ONE, OTHER = np.array([12.0, 15, 9, 20, 14]), np.array([8.0, 11, 7, 10, 13, 6])


def test_the_pooled_sd_and_d():
    """As from the scores themselves."""
    squares = np.square(ONE - ONE.mean()).sum() + np.square(OTHER - OTHER.mean()).sum()
    pooled = pooled_sd_of(ONE.std(ddof=1), 5, OTHER.std(ddof=1), 6)
    assert pooled == pytest.approx(math.sqrt(squares / 9), rel=1e-12)
    d = d_between(ONE.mean(), OTHER.mean(), pooled, 5, 6)
    assert d.value == pytest.approx((ONE.mean() - OTHER.mean()) / pooled, rel=1e-12)
    assert d.variance == pytest.approx(1 / 5 + 1 / 6 + d.value**2 / 22, rel=1e-12)


def test_hedges_factor_is_exact():
    """J = gamma(df / 2) / (sqrt(df / 2) gamma((df - 1) / 2)); LS2 multiplies the variance by its square."""
    d = d_between(3.0, 1.0, 2.0, 5, 6)
    j = math.gamma(4.5) / (math.sqrt(4.5) * math.gamma(4.0))
    assert corrected(d, 5, 6).value == pytest.approx(j * d.value, rel=1e-12)
    assert corrected(d, 5, 6, variance="LS2").variance == pytest.approx(j**2 * d.variance, rel=1e-12)


def test_no_spread_is_no_difference():
    """Nor is an empty group."""
    assert math.isnan(d_between(3.0, 1.0, 0.0, 5, 6).value) and math.isnan(d_between(3.0, 1.0, 1.0, 0, 6).value)


def test_glass_takes_the_spread_of_the_second_group():
    """Whatever that of the first is."""
    assert d_control_sd(103, 5.5, 50, 100, 4.5, 50).value == pytest.approx(3 / 4.5, rel=1e-12)
    assert d_control_sd(103, 55, 50, 100, 4.5, 50).value == pytest.approx(3 / 4.5, rel=1e-12)
