"""Takes a paired t of a guide to effect sizes and a mean of MBESS, gives d with the interval of the noncentral t (ES13, ES15).

M. Jané et al., Guide to Effect Sizes and Confidence Intervals, section 7.1; MBESS, help page of ci.sm.
"""

import pytest

import iop_outcomes as iop


def test_d_of_a_paired_t():
    """T = 2.76 of 35 people: 0.47 (0.11 to 0.81)."""
    d = iop.effects.pre_post(t=2.76, n=35, interval="noncentral_t")["d_z"]
    assert (d.value, d.low, d.high) == pytest.approx((0.47, 0.11, 0.81), abs=0.006)


def test_a_standardised_mean():
    """Mean 30, SD 14.721, 13 people: 2.037905 with noncentrality 7.347771."""
    study = iop.effects.pre_post(mean_change=30, sd_change=14.721, n=13, interval="noncentral_t")
    assert study["d_z"].value == pytest.approx(2.037905, abs=2e-5)
    assert study["mean_change"].statistic == pytest.approx(7.347771, abs=2e-5)
    assert (study["d_z"].low, study["d_z"].high) == pytest.approx((1.0534525, 2.9964247), abs=1e-6)
