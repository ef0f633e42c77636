"""Takes the thirty couples of Jacobson and Truax (1991), table 2, gives the effect sizes of their change (RC02)."""

import pytest

import iop_outcomes as iop

PRE = [90.5, 74.0, 97.0, 73.5, 61.0, 66.5, 68.5, 86.5, 88.5, 68.5, 98.0, 80.5, 89.5, 91.5, 83.5, 60.5, 83.0, 88.0, 98.5, 78.5, 99.5]
PRE += [79.5, 84.5, 92.5, 93.0, 85.0, 64.0, 61.0, 80.0, 82.5]
POST = [97.0, 124.0, 97.5, 88.0, 96.5, 62.5, 112.5, 103.5, 90.0, 82.5, 105.0, 99.5, 112.5, 101.0, 99.5, 79.5, 88.0, 100.5, 119.0, 116.0]
POST += [116.0, 129.0, 113.0, 118.0, 92.0, 114.0, 68.0, 52.0, 60.5, 104.5]


def test_effect_sizes():
    """From the scores, and from the t alone with the means and SDs."""
    study = iop.effects.pre_post(pre=PRE, post=POST, better="higher")
    expected = {"d_z": 0.9939146, "d_pre_sd": 1.3924521, "d_av_rms": 1.031088}
    assert {name: study[name].value for name in expected} == pytest.approx(expected, abs=5e-8)
    change = study["mean_change"]
    assert (change.n, change.statistic, change.r) == pytest.approx((30, 5.4438944, 0.51772136), abs=5e-8)
    assert change.p == pytest.approx(7.3916005e-06, rel=1e-7)
    printed = dict(mean_pre=81.583333, sd_pre=11.825661, mean_post=98.05, sd_post=19.241814, n=30, t=5.4438944, better="higher")
    for name, value in expected.items():
        assert iop.effects.pre_post(**printed)[name].value == pytest.approx(value, abs=1e-6)
