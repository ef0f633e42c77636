"""Takes a standardised change with a textbook variance, gives normal limits; by patient widened as the plain variance is."""

import pytest
import scipy.stats

from iop_outcomes.stats.intervals.normal import Normal
from tests.stats.intervals.drafted import limits


def test_normal_limits_of_the_textbook_variance():
    """Not of the variance of the influences."""
    found = limits(Normal(0.04), 0.7, 50, 0.9, conf_level=0.9)
    assert (found.low, found.high) == pytest.approx(scipy.stats.norm(0.7, 0.2).interval(0.9), rel=1e-12)
    assert (found.se, found.method) == (pytest.approx(0.2), "normal")


def test_widened_by_patient():
    """Three times the plain variance by patient: three times the textbook's, at Student's t."""
    found = limits(Normal(0.04), 0.7, 50, 0.03, clustered=(20.0, 0.09))
    assert (found.low, found.high) == pytest.approx(scipy.stats.t(19, 0.7, (0.04 * 3) ** 0.5).interval(0.95), rel=1e-12)
