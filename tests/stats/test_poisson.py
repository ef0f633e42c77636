"""Takes counts of events, gives limits of the number expected: the tails of scipy's Poisson distribution at them, and Byar's nearness."""

import pytest
import scipy.stats

from iop_outcomes.stats.poisson import COUNT_LIMITS, byar_limits, exact_count_limits


@pytest.mark.parametrize("k", [1, 2, 7, 50, 400])
@pytest.mark.parametrize("conf_level", [0.9, 0.95])
def test_exact_limits_leave_half_of_the_rest_on_each_side(k, conf_level):
    """So many events or more at the lower limit, so many or fewer at the upper."""
    low, high = exact_count_limits(k, conf_level)
    assert scipy.stats.poisson.sf(k - 1, low) == pytest.approx((1 - conf_level) / 2, rel=1e-9)
    assert scipy.stats.poisson.cdf(k, high) == pytest.approx((1 - conf_level) / 2, rel=1e-9)


def test_nothing_seen_has_no_lower_limit_but_0():
    """And the upper one of which nothing is seen in one of forty."""
    low, high = exact_count_limits(0)
    assert low == byar_limits(0)[0] == 0
    assert scipy.stats.poisson.pmf(0, high) == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize("k", [5, 6, 12, 100])
def test_byars_limits_are_within_one_in_a_hundred_from_five_on(k):
    """As its page says."""
    assert byar_limits(k) == pytest.approx(exact_count_limits(k), rel=0.01)


def test_byars_lower_limit_is_never_below_0():
    """Where its cube would be, at one event and a level near 1."""
    assert byar_limits(1, 0.999)[0] == 0
    assert set(COUNT_LIMITS) == {"exact", "byar"}
