"""Takes events and exposure, gives their rate with scipy's exact limits, its logarithm, and refusals of what is no exposure."""

import math

import pytest
import scipy.stats

import iop_outcomes as iop
from iop_outcomes.errors import UsageError


def test_a_rate_is_the_count_and_its_limits_over_the_exposure():
    """Halves of chi squared; the error of the logarithm is 1 / sqrt(events)."""
    found = iop.effects.rate(events=20, exposure=412.5, conf_level=0.9)
    low, high = scipy.stats.chi2.ppf(0.05, 40) / 2, scipy.stats.chi2.ppf(0.95, 42) / 2
    row = found["rate"]
    assert (row.value, row.low, row.high) == pytest.approx((20 / 412.5, low / 412.5, high / 412.5), rel=1e-9)
    assert (found["log_rate"].value, found["log_rate"].se) == pytest.approx((math.log(row.value), 20**-0.5), rel=1e-12)


def test_nothing_seen_has_a_rate_and_no_logarithm():
    """0, with an upper limit; what the logarithm lacks is said."""
    found = iop.effects.rate(events=0, exposure=100)
    assert (found["rate"].value, found["rate"].low) == (0, 0)
    with pytest.raises(UsageError, match="needs an event"):
        found["log_rate"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"events": 3, "exposure": 0}, "exposure"),
        ({"events": None, "exposure": 9}, "events is missing"),
        ({"events": 2.5, "exposure": 9}, "whole number"),
        ({"events": 3, "exposure": 9, "interval": "wald"}, "interval"),
    ],
)
def test_what_is_no_rate(given, words):
    """Each by its name."""
    with pytest.raises(UsageError, match=words):
        iop.effects.rate(**given)
