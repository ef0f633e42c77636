"""Takes the PHQ-9 of five services, gives the one definition that all 18 rows of the table share (ES18; Europe PMC EMS82827, table 3)."""

import pytest

import iop_outcomes as iop

# mean and SD before, mean and SD after, d as printed, d_av_rms and the change by the SD before as recomputed
ROWS = [
    (10.75, 6.18, 7.81, 6.08, 0.48, 0.47959253, 0.47572816),
    (5.36, 2.54, 4.38, 3.32, 0.33, 0.33154685, 0.38582677),
    (15.47, 4.29, 10.81, 6.36, 0.86, 0.85904127, 1.0862471),
    (9.87, 6.10, 8.37, 6.19, 0.24, 0.24409435, 0.24590164),
    (4.92, 2.81, 5.19, 3.75, -0.08, -0.081484769, -0.096085409),
    (15.24, 3.65, 11.82, 6.49, 0.65, 0.64956005, 0.9369863),
    (10.56, 6.23, 6.83, 5.79, 0.62, 0.62021688, 0.59871589),
    (5.30, 2.42, 4.33, 3.80, 0.31, 0.30449294, 0.40082645),
    (15.47, 4.44, 9.16, 6.34, 1.16, 1.1529158, 1.4211712),
    (9.15, 5.52, 6.88, 5.51, 0.41, 0.41160455, 0.41123188),
    (5.37, 2.58, 3.95, 2.74, 0.53, 0.53359332, 0.5503876),
    (14.56, 3.86, 11.08, 5.76, 0.71, 0.70978147, 0.9015544),
    (12.84, 6.49, 10.87, 6.64, 0.30, 0.30005658, 0.30354391),
    (5.36, 2.54, 5.07, 3.30, 0.10, 0.09848462, 0.11417323),
    (16.45, 4.36, 13.68, 6.00, 0.53, 0.52817218, 0.6353211),
    (13.28, 5.95, 9.03, 6.26, 0.70, 0.69592643, 0.71428571),
    (6.09, 2.38, 4.83, 2.87, 0.48, 0.47792289, 0.52941176),
    (15.89, 4.53, 10.56, 6.46, 0.96, 0.95535286, 1.1766004),
]


def test_all_18_rows_are_by_the_root_mean_square():
    """18 of 18; the change by the SD before gives 4."""
    names = ("mean_pre", "sd_pre", "mean_post", "sd_post")
    table = iop.identify_effect_size([row[4] for row in ROWS], **{name: [row[i] for row in ROWS] for i, name in enumerate(names)})
    assert table.matches == ("d_av_rms",)
    assert (table.counts["d_av_rms"], table.counts["d_pre_sd"]) == (18, 4)
    frame = table.to_frame().set_index("definition")
    assert (frame.loc["d_av_rms", "matches"], frame.loc["d_av_rms", "rows"]) == (18, 18)


@pytest.mark.parametrize(("m1", "s1", "m2", "s2", "printed", "rms", "glass"), ROWS)
def test_each_row(m1, s1, m2, s2, printed, rms, glass):
    """The printed value to its rounding; nobody printed n, so there is no error, and no correlation is needed for the value."""
    study = iop.effects.pre_post(mean_pre=m1, sd_pre=s1, mean_post=m2, sd_post=s2)
    assert study["d_av_rms"].value == pytest.approx(printed, abs=0.0075)
    assert (study["d_av_rms"].value, study["d_pre_sd"].value) == pytest.approx((rms, glass), rel=1e-7)
    assert study["d_av_rms"].se != study["d_av_rms"].se  # NaN
    assert study["d_av_rms"].assumption == ""
