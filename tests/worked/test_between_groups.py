"""Takes published summaries of two groups, gives the standardised differences that their papers print."""

from __future__ import annotations

import math

import pytest

from iop_outcomes.stats import Arm, d_between, d_ppc2

# Gleser & Olkin (2009), Handbook of Research Synthesis, pages 364-367: means, pooled SD and people of five comparisons.
GLESER = [
    (7.87, -1.36, 4.2593, 25, 25, 2.1670),
    (4.35, -1.36, 4.2593, 22, 25, 1.3406),
    (9.32, 0.98, 2.8831, 38, 40, 2.8927),
    (8.08, 1.17, 3.1764, 50, 50, 2.1754),
    (7.44, 0.45, 2.9344, 30, 30, 2.3821),
    (5.34, 0.45, 2.9344, 30, 30, 1.6664),
]
# Morris (2008), table 5, page 382: treated and control (mean before, after, SD before, people), correlation, d_ppc2, variance.
MORRIS = [
    ((30.6, 38.5, 15.0, 20), (23.1, 19.7, 13.8, 20), 0.47, 0.7684, 0.1134),
    ((23.5, 26.8, 3.1, 50), (24.9, 25.3, 4.1, 42), 0.64, 0.8010, 0.0350),
    ((0.5, 0.7, 0.1, 9), (0.6, 0.6, 0.2, 9), 0.77, 1.2045, 0.1425),
    ((53.4, 75.9, 14.5, 10), (55.7, 60.7, 17.3, 11), 0.89, 1.0476, 0.0681),
    ((35.6, 36.0, 4.7, 14), (34.8, 33.4, 3.1, 14), 0.44, 0.4389, 0.1634),
]


@pytest.mark.parametrize(("one", "other", "sd", "n1", "n2", "d"), GLESER)
def test_differences_of_gleser_and_olkin(one, other, sd, n1, n2, d):
    """Six differences from four studies, to the four digits printed; turned round, the sign turns."""
    assert d_between(one, other, sd, n1, n2).value == pytest.approx(d, abs=1e-4)
    assert d_between(other, one, sd, n2, n1).value == pytest.approx(-d, abs=1e-4)


@pytest.mark.parametrize(("treated", "control", "r", "d", "variance"), MORRIS)
def test_differences_of_change_of_morris(treated, control, r, d, variance):
    """d_ppc2 and its variance of five training studies, to the four digits printed."""
    found = d_ppc2(Arm(*treated, r), Arm(*control, r))
    assert found.value == pytest.approx(d, abs=1e-4)
    assert found.variance == pytest.approx(variance, abs=1e-4)


def test_the_variance_is_statsmodels():
    """The large-sample variance of a difference without correction, against statsmodels' Cohen's d."""
    from statsmodels.stats.meta_analysis import effectsize_smd

    d, n1, n2 = 0.8, 30, 45
    _, corrected = effectsize_smd(0.8, 1.0, n1, 0.0, 1.0, n2)
    found = d_between(0.8, 0.0, 1.0, n1, n2)
    assert found.variance == pytest.approx(1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2)), rel=1e-12)
    assert found.variance == pytest.approx(corrected, rel=0.05)  # theirs is of the corrected difference


@pytest.mark.parametrize(
    "found", [d_between(1, 0, 0.0, 10, 10), d_between(1, 0, 1.0, 0, 10), d_ppc2(Arm(1, 2, 0, 5, 0.5), Arm(1, 2, 0, 5, 0.5))]
)
def test_impossible_summaries_give_nothing(found):
    """No spread or nobody: NaN, neither an error nor infinity."""
    assert math.isnan(found.value)
    assert math.isnan(found.variance)
