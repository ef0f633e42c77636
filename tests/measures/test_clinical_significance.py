"""Takes pairs of scores, gives the five categories of Jacobson and Truax: the couples of 1991, boundaries, and each person's index."""

import math

import numpy as np
import pytest

import iop_outcomes as iop
from iop_outcomes.measures.clinical_significance import variants
from iop_outcomes.scales import load_scales
from iop_outcomes.stats.clinical_significance import five_categories
from iop_outcomes.stats.thresholds import reliable_change_index
from tests.measures.test_effect_sizes import program
from tests.published import test_jacobson_truax_1991 as couples


def counted(pre, post, **options):
    """How many are in each category, and the figures they rest on."""
    with program(pre, post) as data:
        rows = {e.estimand: e for e in iop.clinical_significance(data, scale="phq9", **options).results if e.level == "All"}
    return {name: e.value if e.k is None else e.k for name, e in rows.items()}, rows


def test_thirty_couples():
    """RC02, RC04: SD of the couples, reliability .88, cut-off 104: 11 recovered, 8 improved, 10 unchanged, 1 deteriorated, none harmed."""
    pre, post = np.array(couples.PRE), np.array(couples.POST)
    reliable = reliable_change_index(pre.std(ddof=1), 0.88)
    assert reliable == pytest.approx(11.355, abs=5e-4)
    five = five_categories(pre, post, reliable=reliable, cutoff=104, better="higher", step=0.5)
    assert [int(mask.sum()) for mask in (five.recovered, five.improved, five.unchanged, five.deteriorated, five.harmed)] == [
        11,
        8,
        10,
        1,
        0,
    ]


def test_the_hypothetical_couple():
    """RC01: from 32.5 to 47.5 is reliable (RC 3.16), and short of cut-off c at 50."""
    five = five_categories(
        np.array([32.5]), np.array([47.5]), reliable=reliable_change_index(7.5, 0.8), cutoff=50, better="higher", step=0.5
    )
    assert five.improved.all()


@pytest.mark.parametrize(
    ("scale", "definition", "points", "cut"),
    [
        *[("phq9", "c", 6.10, 7.77), ("phq9", "a", 6.10, 4.40), ("phq9", "b", 6.10, 9.91), ("phq9", "c_alpha_high", 5.06, 7.77)],
        *[("gad7", "c_alpha", 3.53, 7.71), ("core10", "c", 6.75, 10.46), ("pcl5", "a", 14.58, 14.01)],
    ],
)
def test_from_reliability_and_norms(scale, definition, points, cut):
    """R1, R4: each definition names its SD, reliability and cut-off; published norms, never the sample's own."""
    way = variants(load_scales()[scale])[definition]
    assert (way.reliable(), way.cutoff(load_scales()[scale])) == pytest.approx((points, cut), abs=5e-3)


def test_boundaries():
    """R2, R3: 6 points are within 6.10 and 7 beyond; at case from 8, below the 7.77; nobody is in two categories or none."""
    k, rows = counted([14, 14, 14, 7, 7, 8, 1], [8, 7, 8, 14, 8, 15, 7])
    assert (k["recovered"], k["improved"], k["unchanged"], k["deteriorated"], k["harmed"]) == (1, 0, 4, 1, 1)
    assert sum(rows[name].value for name in list(rows)[:5]) == pytest.approx(1)
    grid = np.arange(28.0)
    pre, post = (each.ravel() for each in np.meshgrid(grid, grid))
    masks = five_categories(pre, post, reliable=6.1, cutoff=10, better="lower")
    together = sum(getattr(masks, name).astype(int) for name in ("recovered", "improved", "unchanged", "deteriorated", "harmed"))
    assert (together == 1).all()
    assert masks.unchanged[(pre == 10) & (post == 10)].all()
    mirrored = five_categories(post, pre, reliable=6.1, cutoff=10, better="lower")
    assert (masks.recovered == mirrored.harmed).all()


def test_a_zero_is_0_and_nobody_is_no_number():
    """R7: a category without anybody is 0 of n with limits; without pairs no value, flagged, and the figures still stand."""
    _, rows = counted([14, 14], [14, 13])
    assert (rows["harmed"].value, rows["harmed"].low) == (0.0, 0.0)
    assert rows["harmed"].high > 0.4
    _, rows = counted([14], [None])
    assert math.isnan(rows["recovered"].value)
    assert "no_episodes" in rows["recovered"].flag
    assert rows["clinical_cutoff"].value == pytest.approx(7.767, abs=1e-3)


def test_each_persons_index_is_in_the_table():
    """Change over the error of a difference, positive for improvement, beside the category; blank without both scores."""
    with program([20, 10, 5, 12], [8, 12, 16, None]) as data:
        frame = data.to_frame()
    error = 5.5 * math.sqrt(2 * (1 - 0.84))
    assert frame.phq9_reliable_change_index.tolist() == pytest.approx([12 / error, -2 / error, -11 / error, math.nan], nan_ok=True)
    assert frame.phq9_clinical_significance.tolist() == ["improved", "unchanged", "harmed", "no_discharge_score"]


def test_what_is_harmed_is_said_in_full():
    """The label of harmed, and a scale without figures refused by name."""
    with program([14], [7]) as data:
        answer = iop.clinical_significance(data, scale="phq9")
        assert answer.definition.estimand("harmed").label == "Reliably worse and crossed the cut-off"
        with pytest.raises(iop.NotAssessableError, match="reliability with a published group"):
            iop.clinical_significance(data, scale="ors")
