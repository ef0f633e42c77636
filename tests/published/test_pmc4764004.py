"""Takes table 2 of a trial whose "effect size" is t / sqrt(n), gives that name for all eight rows, and the correlations behind (ES16).

PMC4764004, table 2: 6 weeks, 20 people in each arm; PANSS, CGI-S, PSP.
"""

import pytest

import iop_outcomes as iop

# mean and SD before, mean and SD after, t, p, effect size, correlation that the figures imply, d_av_rms
ROWS = [
    (16.15, 1.92, 15.55, 1.76, 2.26, 0.036, 0.51, 0.79520833, 0.32577918),
    (14.40, 1.98, 14.45, 2.11, -0.16, 0.878, 0.03, 0.76827218, 0.024437537),
    (23.65, 2.53, 22.25, 1.71, 2.52, 0.021, 0.56, 0.36430212, 0.64836358),
    (22.40, 2.01, 21.85, 1.56, 2.77, 0.012, 0.62, 0.90655866, 0.3057042),
    (13.40, 1.14, 12.80, 1.00, 3.26, 0.004, 0.73, 0.71145558, 0.55955154),
    (13.40, 1.04, 12.95, 1.35, 1.91, 0.070, 0.42, 0.63886505, 0.37344077),
    (3.70, 0.73, 3.55, 0.60, 1.14, 0.267, 0.25, 0.62401782, 0.22449406),
    (55.95, 5.77, 58.63, 6.13, -3.06, 0.006, 0.68, 0.78496657, 0.4502142),
]


def columns():
    """The table by column."""
    names = ("mean_pre", "sd_pre", "mean_post", "sd_post", "t")
    return {name: [row[i] for row in ROWS] for i, name in enumerate(names)}


def test_all_eight_rows_are_t_over_root_n():
    """Every row is d_z, one is d_av_rms."""
    table = iop.identify_effect_size([row[6] for row in ROWS], **columns(), n=20)
    assert table.matches == ("d_z",)
    assert (table.counts["d_z"], table.counts["d_av_rms"]) == (8, 1)
    assert "The 8 values are d_z" in table.sentence()


@pytest.mark.parametrize(("m1", "s1", "m2", "s2", "t", "p", "effect", "r", "d_av_rms"), ROWS)
def test_each_row_through_pre_post(m1, s1, m2, s2, t, p, effect, r, d_av_rms):
    """d_z and p as printed, the correlation solved from t, and the rival d up to half as large."""
    study = iop.effects.pre_post(mean_pre=m1, sd_pre=s1, mean_post=m2, sd_post=s2, n=20, t=t)
    assert abs(study["d_z"].value) == pytest.approx(effect, abs=0.0075)
    assert study["mean_change"].p == pytest.approx(p, abs=0.0075)
    assert study["d_z"].r == pytest.approx(r, abs=1e-7)
    assert "solved" in study["d_z"].assumption
    assert abs(study["d_av_rms"].value) == pytest.approx(d_av_rms, rel=1e-7)
