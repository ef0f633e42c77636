"""Takes one national data set, gives its three effect sizes, and a table where the correlation is not printed (ES25; NHS 2022-23)."""

import math

import pytest

import iop_outcomes as iop

PHQ9 = dict(mean_pre=15.4, sd_pre=5.5, mean_post=9.4, sd_post=6.4)
GAD7 = dict(mean_pre=14.0, sd_pre=4.5, mean_post=8.4, sd_post=5.7)


def test_three_effect_sizes():
    """By the SD before, by both, and by the SD of the changes for two correlations."""
    study = iop.effects.pre_post(**PHQ9)
    assert (study["d_pre_sd"].value, study["d_av_rms"].value) == pytest.approx((1.0909091, 1.0055317), abs=5e-7)
    assert study.at(r=0.5)["d_z"].value == pytest.approx(0.99986114, abs=5e-7)
    assert study.at(r=0.3)["d_z"].value == pytest.approx(0.84776549, abs=5e-7)
    anxiety = iop.effects.pre_post(**GAD7)
    assert (anxiety["d_pre_sd"].value, anxiety["d_av_rms"].value) == pytest.approx((1.2444444, 1.0905183), abs=5e-7)


def test_a_missing_correlation_gives_a_table():
    """Every result that depends on r is there for .2 to .8, says so, and is not handed out as one number."""
    frame = iop.effects.pre_post(**PHQ9, n=500).to_frame()
    d_z = frame[frame.estimand == "d_z"]
    assert d_z.r.tolist() == [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    assert d_z.value.is_monotonic_increasing and d_z.assumption.str.contains("assumed, none was given").all()
    with pytest.raises(iop.UsageError, match=r"there 7 times.*\.at\(r=0\.5\)"):
        iop.effects.pre_post(**PHQ9, n=500)["d_z"]
    assert not math.isnan(iop.effects.pre_post(**PHQ9, n=500).at(r=0.7)["g_pre_sd"].se)
    with pytest.raises(iop.UsageError, match="was not computed"):
        iop.effects.pre_post(**PHQ9, n=500).at(r=0.55)
