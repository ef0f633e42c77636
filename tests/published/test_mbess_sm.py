"""Takes a mean of the help page of ci.sm in MBESS, gives it standardised with the interval of the noncentral t (ES15)."""

import pytest

import iop_outcomes as iop


def test_a_standardised_mean():
    """Mean 30, SD 14.721, 13 people: 2.037905 with noncentrality 7.347771."""
    study = iop.effects.pre_post(mean_change=30, sd_change=14.721, n=13, interval="noncentral_t")
    assert study["d_z"].value == pytest.approx(2.037905, abs=2e-5)
    assert study["mean_change"].statistic == pytest.approx(7.347771, abs=2e-5)
    assert (study["d_z"].low, study["d_z"].high) == pytest.approx((1.0534525, 2.9964247), abs=1e-6)
