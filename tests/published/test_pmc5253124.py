"""Takes 12 rows of a PTSD trial, gives the change by the SD before for all of them, the mean of the SDs for none (PMC5253124, table 4)."""

import iop_outcomes as iop

ROWS = [
    (87.45, 18.92, 34.57, 17.71, 2.79),
    (25.18, 7.05, 7.00, 4.69, 2.58),
    (34.45, 9.70, 13.00, 10.46, 2.21),
    (27.81, 4.91, 14.57, 5.44, 2.70),
    (58.36, 12.00, 31.29, 11.56, 2.26),
    (17.00, 3.58, 8.86, 3.24, 2.27),
    (22.45, 7.01, 12.43, 5.26, 1.43),
    (18.91, 2.88, 12.16, 5.04, 2.34),
    (26.09, 13.11, 14.00, 14.69, 0.92),
    (16.81, 9.21, 8.00, 9.45, 0.96),
    (9.30, 4.57, 6.00, 5.26, 0.72),
    (41.44, 13.73, 31.71, 12.83, 0.71),
]


def test_all_12_rows_are_by_the_sd_before():
    """12 of 12; both means of the SDs give none."""
    names = ("mean_pre", "sd_pre", "mean_post", "sd_post")
    table = iop.identify_effect_size([row[4] for row in ROWS], **{name: [row[i] for row in ROWS] for i, name in enumerate(names)})
    assert table.matches == ("d_pre_sd",)
    assert (table.counts["d_pre_sd"], table.counts["d_av"], table.counts["d_av_rms"]) == (12, 0, 0)
