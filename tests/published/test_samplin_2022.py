"""Takes the psychosis IOP behind the "77 %", gives its completion and stay with their intervals (ES22; doi:10.1176/appi.prcp.20210030)."""

import pytest

import iop_outcomes as iop


def test_completion_and_stay():
    """71 of 92: 77.2 %, from 68 to 85; 52 days with SD 30: from 46 to 58."""
    share = iop.effects.proportion(events=71, n=92)["proportion"]
    assert 100 * share.value == pytest.approx(77.2, abs=0.05)
    assert (100 * share.low, 100 * share.high) == pytest.approx((67.611682, 84.557808), abs=1e-6)
    exact = iop.effects.proportion(events=71, n=92, interval="clopper_pearson")["proportion"]
    assert (100 * exact.low, 100 * exact.high) == pytest.approx((67.248959, 85.28072), abs=1e-5)
    stay = iop.effects.pre_post(mean_change=52, sd_change=30, n=92)["mean_change"]
    assert (stay.low, stay.high) == pytest.approx((45.787176, 58.212824), abs=1e-6)
