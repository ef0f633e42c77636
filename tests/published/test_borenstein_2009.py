"""Takes the examples of Borenstein et al. (2009), chapters 4, 5 and 14, gives the figures printed (recalled; arithmetic exact).

Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009), Introduction to Meta-Analysis, doi:10.1002/9780470743386.
"""

import pytest

import iop_outcomes as iop


def test_two_groups():
    """d, g, J and their variances (ES01)."""
    study = iop.effects.independent_groups(mean_1=103, sd_1=5.5, n_1=50, mean_2=100, sd_2=4.5, n_2=50, variance="LS2")
    d, g = study["d_s"], study["g_s"]
    assert (d.value, d.variance, d.se) == pytest.approx((0.597, 0.0418, 0.2044), abs=1e-4)
    assert (g.value, g.variance, g.se) == pytest.approx((0.5924, 0.0411, 0.2028), abs=1e-4)
    assert g.value / d.value == pytest.approx(0.9923, abs=1e-4)
    assert study["mean_difference"].value / d.value == pytest.approx(5.0249, abs=1e-4)


@pytest.mark.parametrize(("variance", "expected"), [("borenstein", 0.0131), ("LS", 0.013785)])
def test_one_group_twice(variance, expected):
    """D by the SD within moments, with the variance printed, and with the one that metafor's source calls right (ES02)."""
    study = iop.effects.pre_post(mean_change=3, sd_change=5.5, n=50, r=0.7, better="higher", variance=variance)
    assert study["d_rm"].value == pytest.approx(0.4225, abs=1e-4)
    assert study["d_rm"].variance == pytest.approx(expected, abs=1e-4 if variance == "borenstein" else 1e-6)
    assert 3 / study["d_rm"].value == pytest.approx(7.1005, abs=1e-4)
    j_of_g_z = study["g_z"].value / study["d_z"].value
    assert j_of_g_z * study["d_rm"].value == pytest.approx(0.4160, abs=1e-4)


def test_a_table_of_two_by_two():
    """Risk ratio, odds ratio, risk difference and their variances (ES03)."""
    two = iop.effects.proportions(events_1=5, n_1=100, events_2=10, n_2=100, interval="wald")
    assert two["risk_ratio"].value == pytest.approx(0.5, abs=1e-4)
    assert (two["log_risk_ratio"].value, two["log_risk_ratio"].variance) == pytest.approx((-0.6931, 0.28), abs=1e-4)
    assert two["odds_ratio"].value == pytest.approx(0.4737, abs=1e-4)
    assert (two["log_odds_ratio"].value, two["log_odds_ratio"].variance) == pytest.approx((-0.7472, 0.3216), abs=1e-4)
    assert (two["risk_difference"].value, two["risk_difference"].variance) == pytest.approx((-0.05, 0.001375), abs=1e-6)
    assert two["number_needed_to_treat"].value == pytest.approx(-20)


def test_six_studies_pooled():
    """Chapter 14, from inputs rounded to three decimals: fixed 0.414, Q 12.0, tau2 0.037, random 0.358 (MA04)."""
    table = {"g": [0.095, 0.277, 0.367, 0.664, 0.462, 0.185], "v": [0.033, 0.031, 0.05, 0.011, 0.043, 0.023]}
    fixed, random = (iop.pool_studies(table, value="g", variance="v", estimator=estimator, interval="z") for estimator in ("fixed", "DL"))
    assert (fixed.value, fixed.se) == pytest.approx((0.414, 0.064), abs=0.005, rel=0.025)
    assert (random.q, random.tau2, random.value, random.se) == pytest.approx((12.0, 0.037, 0.358, 0.1055), abs=0.005, rel=0.025)
    assert (fixed.value, random.value, random.tau2) == pytest.approx((0.40925824, 0.35766838, 0.036282468), abs=5e-9)
