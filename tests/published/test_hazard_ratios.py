"""Takes what papers print of two curves, gives one hazard ratio from whatever is printed."""

import math

import pytest
import scipy.stats

import iop_outcomes as iop


@pytest.mark.parametrize(
    "given",
    [
        {"hr": 1.36, "ci": (1.1, 1.6814545)},
        {"hr": 1.36, "se": 0.10825},
        {"ci": (1.1, 1.6814545)},
        {"hr": 1.36, "p": 2 * scipy.stats.norm.sf(math.log(1.36) / 0.10825)},
        {"observed_1": 102.0, "expected_1": 102.0 - math.log(1.36) / 0.10825**2, "variance": 1 / 0.10825**2},
    ],
)
def test_one_hazard_ratio_from_whatever_is_printed(given):
    """Interval, error, interval alone, p, or O - E with its variance: the same ratio and error."""
    log = iop.effects.hazard_ratio(**given)["log_hazard_ratio"]
    assert (log.value, log.se) == pytest.approx((math.log(1.36), 0.10825), rel=1e-4)
    assert log.p == pytest.approx(2 * scipy.stats.norm.sf(abs(log.value / log.se)), rel=1e-9)


def test_hazard_ratio_from_events_or_nothing():
    """From the events, groups of one size: 4 / events; where nothing is printed, a value without an error, which says so."""
    assert iop.effects.hazard_ratio(hr=0.8, events=100)["log_hazard_ratio"].variance == pytest.approx(4 / 100)
    assert iop.effects.hazard_ratio(hr=0.8, events=100, n_1=60, n_2=30)["log_hazard_ratio"].variance == pytest.approx(4.5 / 100)
    bare = iop.effects.hazard_ratio(hr=0.8)["hazard_ratio"]
    assert bare.value == pytest.approx(0.8) and math.isnan(bare.low) and "not enough printed" in bare.assumption
