"""Takes ten pairs with equal variances, gives -0.6 under four names (ES10; effectsize, tests/testthat/test-rm_d.R)."""

import pytest

import iop_outcomes as iop

ONE = [-0.32150436, -4.0297803, 0.15964581, 1.9517993, 0.1685273, 3.4499229, -1.8788894, 0.43133384, -0.260042, 0.32898691]
OTHER = [2.5010758, -0.32926747, 4.0111896, 1.4496928, -1.4624188, 1.250685, 0.02892847, 3.055321, -1.6701477, 3.1649413]


def test_with_equal_variances_four_definitions_are_one():
    """By the SD before, both means of the SDs, d_rm, and as two groups; d_z is not one of them."""
    within = iop.effects.pre_post(pre=ONE, post=OTHER)
    values = [within[name].value for name in ("d_pre_sd", "d_av", "d_av_rms", "d_rm")]
    values.append(iop.effects.independent_groups(group_1=ONE, group_2=OTHER)["d_s"].value)
    assert values == pytest.approx([-0.6] * 5, abs=1e-8)
    assert abs(within["d_z"].value + 0.6) > 0.05
