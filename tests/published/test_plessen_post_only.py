"""Takes one trial that three reviews print as -0.084, 0.028 and 0.158, gives its d after alone and of the changes (ES26)."""

import pytest

import iop_outcomes as iop


def test_after_alone_and_of_changes():
    """-0.028 after (one review's 0.028 in size), -0.20 of the changes; positive means here that the first group improved more."""
    after = iop.effects.independent_groups(mean_1=9.39, sd_1=5.21, n_1=32, mean_2=9.53, sd_2=4.79, n_2=32)
    assert (after["d_s"].value, after["g_s"].value) == pytest.approx((-0.027975337, -0.027635325), abs=5e-8)
    arms = dict(mean_pre_1=11.5, sd_pre_1=5.05, mean_post_1=9.39, sd_post_1=5.21, n_1=31)
    arms |= dict(mean_pre_2=10.66, sd_pre_2=4.63, mean_post_2=9.53, sd_post_2=4.79, n_2=31)
    changes = iop.effects.pre_post_control(**arms, r=0.5)
    assert -changes["d_ppc2"].value == pytest.approx(-0.19974805, abs=5e-8)
