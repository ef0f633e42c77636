"""Takes t statistics, gives the limits of their noncentrality: scipy's distribution at them has the tails that were asked for."""

import math

import pytest
import scipy.stats

from iop_outcomes.stats.noncentral import noncentral_t_limits


@pytest.mark.parametrize(("t", "df"), [(2.76, 34), (7.35, 12), (0.0, 9), (-3.1, 20), (30.0, 400), (0.4, 3), (-25, 600)])
@pytest.mark.parametrize("conf_level", [0.9, 0.95])
def test_noncentral_limits(t, df, conf_level):
    """Against scipy's noncentral t of |t|, turned round for t below 0, where its own distribution fails."""
    low, high = noncentral_t_limits(t, df, conf_level=conf_level)
    ends = (low, high) if t >= 0 else (-high, -low)
    assert scipy.stats.nct.cdf(abs(t), df, ends[0]) == pytest.approx(0.5 + conf_level / 2, abs=1e-8)
    assert scipy.stats.nct.cdf(abs(t), df, ends[1]) == pytest.approx(0.5 - conf_level / 2, abs=1e-8)


def test_a_negative_statistic_mirrors_a_positive_one():
    """And no statistic has no limits."""
    low, high = noncentral_t_limits(2.0, 15)
    assert noncentral_t_limits(-2.0, 15) == (-high, -low)
    assert all(math.isnan(limit) for limit in noncentral_t_limits(math.nan, 15))
