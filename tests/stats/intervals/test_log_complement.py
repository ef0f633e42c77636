"""Takes a coefficient and its variance, gives limits on the scale of ln(1 - coefficient): the delta method written out."""

import math

import pytest
import scipy.stats

from iop_outcomes.stats.intervals.log_complement import LogComplement
from tests.stats.intervals.drafted import limits


@pytest.mark.parametrize("value", [0.91, 0.3, -0.5])
def test_limits_by_the_delta_method(value):
    """ln(1 - c) has standard error se / (1 - c); limits stay below 1."""
    se = 0.04
    found = limits(LogComplement(), value, 60, se**2)
    ends = [1 - math.exp(math.log(1 - value) + sign * scipy.stats.norm.ppf(0.975) * se / (1 - value)) for sign in (1, -1)]
    assert (found.low, found.high) == pytest.approx(tuple(ends), rel=1e-12)
    assert found.high < 1


def test_by_patient_at_students_t():
    """Twelve effective patients: eleven degrees of freedom, and the variance by patient."""
    found = limits(LogComplement(), 0.8, 60, 0.001, clustered=(12.0, 0.004))
    spread = math.exp(scipy.stats.t(11).ppf(0.975) * math.sqrt(0.004) / 0.2)
    assert (found.low, found.high) == pytest.approx((1 - 0.2 * spread, 1 - 0.2 / spread), rel=1e-12)
    assert found.method == "Student t of ln(1 - coefficient), by patient"


def test_none_at_one_or_without_spread():
    """No error to carry over."""
    assert math.isnan(limits(LogComplement(), 1.0, 60, 0.001).low)
    assert math.isnan(limits(LogComplement(), 0.8, 60, 0.0).low)
