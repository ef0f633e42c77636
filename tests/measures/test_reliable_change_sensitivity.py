"""Takes pairs of scores, gives the share reliably better by each published SD and reliability, and how far each reaches."""

import math

import numpy as np
import pytest

import iop_outcomes as iop
from iop_outcomes.measures.reliable_change_sensitivity import reliable_change_sensitivity
from iop_outcomes.scales import load_scales
from tests.measures.test_effect_sizes import program


def test_how_much_a_rate_moves_with_sd_and_reliability():
    """R1: by every published SD and reliability the points and the share beyond them; a choice that reaches farther never counts more people."""
    rng = np.random.default_rng(3)
    pre = rng.integers(8, 28, 200)
    post = np.clip(pre - rng.integers(-4, 14, 200), 0, 27)
    with program(pre, post) as data:
        rows = {e.estimand: e for e in iop.measure(data, "reliable_change_sensitivity", scale="phq9").results if e.level == "All"}
        released = iop.measure(data, "reliable_change_sensitivity", scale="phq9").release("cms11").to_frame()
    points = {name.removeprefix("points_"): e.value for name, e in rows.items() if name.startswith("points_")}
    assert points["nhs_start_retest"] == pytest.approx(1.96 * 5.5 * math.sqrt(2 * 0.16))
    assert (len(points), min(points.values()) < 3.5, max(points.values()) > 7) == (9, True, True)
    for name, line in points.items():
        assert rows[f"better_{name}"].value == ((pre - post) > line).mean()
    rates = [rows[f"better_{name}"].value for name in sorted(points, key=points.get)]
    assert rates == sorted(rates, reverse=True)
    assert released.value.notna().any()


def test_nobody_with_both_scores_and_points_all_the_same():
    """The points are of the scale, whoever answered it; a share of nobody is none, with why."""
    with program([14], [None]) as data:
        rows = {e.estimand: e for e in iop.measure(data, "reliable_change_sensitivity", scale="phq9").results}
    better, points = rows["better_nhs_start_retest"], rows["points_nhs_start_retest"]
    assert (math.isnan(better.value), better.n, better.n_missing) == (True, 0, 1)
    assert points.value == pytest.approx(1.96 * 5.5 * math.sqrt(2 * 0.16))


def test_who_improved_by_more_improved_by_less():
    """Each inclusion declared goes from the choice that reaches farther to one that reaches less far, or is of the same pairs."""
    of_better = [each for each in reliable_change_sensitivity(load_scales()["phq9"]).inclusions if each.inner.parts == {"improved"}]
    reach = [(float(each.inner.way.split()[2]), float(each.outer.way.split()[2])) for each in of_better]
    assert reach
    assert all(inner > outer for inner, outer in reach)
