"""Takes the ten people and two films of Lakens (2013), gives one data set under six effect sizes (ES04).

Lakens D (2013), Frontiers in Psychology 4:863, doi:10.3389/fpsyg.2013.00863 (values recalled, arithmetic exact).
"""

import pytest

import iop_outcomes as iop

FIRST, SECOND = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9], [9, 6, 7, 8, 7, 9, 8, 8, 8, 7]


def test_as_two_groups_and_as_one():
    """d_s between, and d_z, d_av, g_av and r within, to the two digits printed."""
    between = iop.effects.independent_groups(group_1=FIRST, group_2=SECOND)
    assert (between["d_s"].statistic, between["d_s"].value) == pytest.approx((2.52, 1.13), abs=0.006)
    within = iop.effects.pre_post(pre=FIRST, post=SECOND)
    change = within["mean_change"]
    assert (change.value, change.statistic, change.r) == pytest.approx((1.0, 4.74, 0.73), abs=0.006)
    assert change.p == pytest.approx(0.001, abs=1e-4)
    assert [within[name].value for name in ("d_z", "d_av", "g_av")] == pytest.approx([1.5, 1.13, 1.08], abs=0.006)
    assert within["d_av_rms"].value == pytest.approx(between["d_s"].value, rel=1e-12)
