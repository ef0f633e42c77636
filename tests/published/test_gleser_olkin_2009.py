"""Takes six comparisons of Gleser and Olkin (2009), Handbook of Research Synthesis, pages 364-367, gives their d as printed (ES08)."""

import pytest

import iop_outcomes as iop

ROWS = [
    (7.87, -1.36, 4.2593, 25, 25, 2.1670),
    (4.35, -1.36, 4.2593, 22, 25, 1.3406),
    (9.32, 0.98, 2.8831, 38, 40, 2.8927),
    (8.08, 1.17, 3.1764, 50, 50, 2.1754),
    (7.44, 0.45, 2.9344, 30, 30, 2.3821),
    (5.34, 0.45, 2.9344, 30, 30, 1.6664),
]


@pytest.mark.parametrize(("one", "other", "sd", "n_1", "n_2", "d"), ROWS)
def test_d(one, other, sd, n_1, n_2, d):
    """From means and the pooled SD, and from the difference with its interval."""
    study = iop.effects.independent_groups(mean_1=one, mean_2=other, sd_pooled=sd, n_1=n_1, n_2=n_2)
    assert study["d_s"].value == pytest.approx(d, abs=1e-4)
    points = study["mean_difference"]
    again = iop.effects.independent_groups(difference=points.value, ci=(points.low, points.high), n_1=n_1, n_2=n_2)
    assert again["d_s"].value == pytest.approx(study["d_s"].value, rel=1e-10)
