"""Takes a t statistic, gives limits of its noncentrality: at them the statistic lies at the ends of scipy's noncentral t."""

import math

import pytest
import scipy.stats

from iop_outcomes.stats.noncentral import noncentral_t_limits


@pytest.mark.parametrize(("t", "df"), [(2.76, 34), (0.0, 12), (9.5, 120), (-3.2, 20)])
def test_limits_put_the_statistic_at_the_ends(t, df):
    """A fortieth of each distribution lies beyond it."""
    low, high = noncentral_t_limits(t, df)
    assert low < t < high
    assert scipy.stats.nct(df, low).sf(t) == pytest.approx(0.025, abs=1e-6)
    assert scipy.stats.nct(df, high).cdf(t) == pytest.approx(0.025, abs=1e-6)


def test_a_negative_statistic_mirrors_a_positive_one():
    """And no statistic has no limits."""
    low, high = noncentral_t_limits(2.0, 15)
    assert noncentral_t_limits(-2.0, 15) == (-high, -low)
    assert all(math.isnan(limit) for limit in noncentral_t_limits(math.nan, 15))
