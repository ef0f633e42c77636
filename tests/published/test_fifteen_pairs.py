"""Takes 15 pairs that four packages call 1.63 to 1.95, gives each of their numbers under its name, with its limits.

effectsize, metafor, psych and pingouin on the same scores; limits by the noncentral t and by the normal distribution.
"""

import pytest

import iop_outcomes as iop

PRE = [18, 20, 15, 22, 17, 19, 16, 21, 14, 23, 18, 12, 20, 17, 19]
POST = [10, 14, 9, 20, 12, 8, 11, 15, 13, 12, 16, 5, 11, 9, 18]


@pytest.mark.parametrize(
    ("estimand", "given", "value", "low", "high"),
    [
        ("d_z", {"interval": "noncentral_t"}, 1.7820, 0.9438, 2.5965),
        ("g_z", {"interval": "noncentral_t"}, 1.6845, 0.8922, 2.4544),
        ("g_z", {}, 1.6845, 0.8975, 2.4716),
        ("g_pre_sd", {"variance": "LS"}, 1.8418, 1.0363, 2.6472),
        ("g_pre_sd", {}, 1.8418, 0.9998, 2.6837),
    ],
)
def test_within(estimand, given, value, low, high):
    """As pairs: effectsize's and metafor's figures to four digits."""
    row = iop.effects.pre_post(pre=PRE, post=POST, **given)[estimand]
    assert (row.value, row.low, row.high) == pytest.approx((value, low, high), abs=5.1e-5)


def test_as_if_two_groups():
    """Pooled d with the interval of the noncentral t, as effectsize gives, and g as metafor's SMD."""
    exact = iop.effects.independent_groups(group_1=PRE, group_2=POST, interval="noncentral_t")["d_s"]
    assert (exact.value, exact.low, exact.high) == pytest.approx((1.6705, 0.8218, 2.4973), abs=5.1e-5)
    g = iop.effects.independent_groups(group_1=PRE, group_2=POST)["g_s"]
    assert (g.value, g.low, g.high) == pytest.approx((1.6253, 0.7999, 2.4507), abs=5.1e-5)


def test_which_package_printed_it():
    """1.9484, 1.7820, 1.6705, 1.6253 and 1.7292 are told apart by the printed moments and the t."""
    t = iop.effects.pre_post(pre=PRE, post=POST)["mean_change"].statistic
    table = dict(mean_pre="18.0667", sd_pre="3.0111", mean_post="12.2000", sd_post="3.9497", n=15, t=f"{t:.4f}")
    names = {"1.9484": "d_pre_sd", "1.7820": "d_z", "1.6705": "d_av_rms", "1.6253": "g_as_independent", "1.7292": "d_pooled_by_n"}
    names |= {"1.8418": "g_pre_sd", "1.6845": "g_z", "1.8421": "g_pre_sd_approximate"}
    assert {value: iop.identify_effect_size(value, **table).matches for value in names} == {value: (name,) for value, name in names.items()}
    assert iop.identify_effect_size("1.50", **table).matches == ()
    assert "none of the" in iop.identify_effect_size("1.50", **table).sentence()
