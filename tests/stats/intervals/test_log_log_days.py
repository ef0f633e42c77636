"""Takes mean days up to a day, gives log-log limits of their share of those days."""

import math

import pytest
import scipy.stats

from iop_outcomes.stats.intervals.log_log_days import LogLogDays
from tests.stats.intervals.drafted import limits


def test_limits_are_log_log_of_the_share():
    """ln(-ln p) give or take z se / (p |ln p|), times the days; the longer arm points away from the end."""
    until, days, se = 90.0, 81.0, 1.5
    found = limits(LogLogDays(until), days, 200, se**2)
    p = days / until
    reach = scipy.stats.norm.ppf(0.975) * se / until / (p * abs(math.log(p)))
    ends = [until * p ** math.exp(sign * reach) for sign in (1, -1)]
    assert (found.low, found.high) == pytest.approx(tuple(ends), rel=1e-12)
    assert days - found.low > found.high - days
    assert 0 < found.low < found.high < until


def test_nobody_left_early():
    """All days of everybody: no transform gives an honest interval."""
    assert math.isnan(limits(LogLogDays(90.0), 90.0, 50, 0.0).low)
