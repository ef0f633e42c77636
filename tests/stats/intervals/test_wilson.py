"""Takes a share of n episodes, gives statsmodels' Wilson limits; by patient, of the effective number."""

import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from iop_outcomes.stats.intervals.wilson import Wilson, effective_n
from iop_outcomes.stats.limits import Clustered, Errors
from tests.stats.intervals.drafted import limits


@pytest.mark.parametrize(("k", "n"), [(0, 11), (7, 20), (11, 11), (620, 1200)])
def test_limits_are_statsmodels(k, n):
    """From nobody to everybody."""
    found = limits(Wilson(float(n)), k / n, n, k / n * (1 - k / n) / n)
    assert (found.low, found.high) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)


def test_the_effective_number():
    """Twice the binomial variance: half the episodes; never more than there are; effective patients where nothing varies."""
    assert effective_n(0.5, 100, Errors(0.0025, Clustered(30.0, 0.005))) == pytest.approx(50)
    assert effective_n(0.5, 100, Errors(0.0025, Clustered(30.0, 0.001))) == 100
    assert effective_n(1.0, 100, Errors(0.0, Clustered(30.0, 0.0))) == 30


def test_nobody_has_no_interval():
    """A denominator of 0."""
    assert math.isnan(limits(Wilson(0.0), math.nan, 0, 0.0).low)
