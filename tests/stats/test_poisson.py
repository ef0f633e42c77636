"""Takes a count of events, gives limits of the number expected: Garwood's against the Poisson distribution itself, Byar's against them."""

import pytest
import scipy.stats

from iop_outcomes.stats.poisson import COUNT_LIMITS, byar_limits, exact_count_limits


@pytest.mark.parametrize("k", [1, 5, 40])
def test_at_exact_limits_the_tails_are_a_fortieth(k):
    """As many events or more at the low limit, as many or fewer at the high one."""
    low, high = exact_count_limits(k)
    assert scipy.stats.poisson(low).sf(k - 1) == pytest.approx(0.025, rel=1e-9)
    assert scipy.stats.poisson(high).cdf(k) == pytest.approx(0.025, rel=1e-9)


def test_no_event_has_the_low_limit_0():
    """And the high limit -ln(0.025)."""
    low, high = exact_count_limits(0)
    assert (low, high) == (0.0, pytest.approx(3.688879454, rel=1e-9))
    assert byar_limits(0)[0] == 0.0


@pytest.mark.parametrize("k", [5, 20, 100])
def test_byar_is_near(k):
    """Within one in a hundred from five events on; wider at a higher level."""
    for one, other in zip(COUNT_LIMITS["byar"](k, 0.95), COUNT_LIMITS["exact"](k, 0.95), strict=True):
        assert one == pytest.approx(other, rel=0.01)
    assert byar_limits(k, 0.99)[0] < byar_limits(k)[0] and byar_limits(k)[1] < byar_limits(k, 0.99)[1]
