"""Takes effect sizes of one kind, gives proof that conversions into others have the errors that derivatives give."""

import pytest
import scipy.stats

import iop_outcomes as iop


@pytest.mark.parametrize("name", ["r_point_biserial", "log_odds_ratio", "probability_of_superiority"])
def test_errors_of_conversions_are_derivatives(name):
    """The error of what comes out is the slope times the error of what went in."""
    up, down = (iop.effects.convert(d=0.4 + step, n_1=30, n_2=50)[name].value for step in (1e-5, -1e-5))
    assert iop.effects.convert(d=0.4, se=0.2, n_1=30, n_2=50)[name].se == pytest.approx(0.2 * (up - down) / 2e-5, rel=1e-6)


@pytest.mark.parametrize(
    ("given", "step"),
    [({"r": 0.3}, 1e-6), ({"eta_squared": 0.09}, 1e-6), ({"log_odds_ratio": 0.9}, 1e-6), ({"probability_of_superiority": 0.7}, 1e-6)],
)
def test_errors_into_d_are_derivatives(given, step):
    """The same for what is turned into d."""
    ((name, value),) = given.items()
    up, down = (iop.effects.convert(**{name: value + move})["d_s"].value for move in (step, -step))
    assert iop.effects.convert(**given, se=0.05)["d_s"].se == pytest.approx(0.05 * (up - down) / (2 * step), rel=1e-5)


def test_needed_to_treat_from_d():
    """Furukawa and Leucht: 20 % of the control group respond, d 0.5 takes them to 36.6 %: one more for 6."""
    nnt = iop.effects.convert(d=0.5, control_rate=0.2)["number_needed_to_treat"]
    assert nnt.value == pytest.approx(1 / (scipy.stats.norm.cdf(0.5 + scipy.stats.norm.ppf(0.2)) - 0.2))
    assert "20%" in nnt.assumption


def test_shown_in_a_notebook_and_as_a_frame():
    """One row each, with the fields as columns; the table of a notebook holds the words."""
    study = iop.effects.pre_post(mean_pre=16.3, sd_pre=4.63, mean_post=9.12, sd_post=5.09, n=604, r=0.5)
    frame = study.to_frame()
    assert frame.estimand.tolist() == list(study.names) and len(study) == 9
    assert {"estimand", "value", "se", "low", "high", "n", "method", "assumption", "source"} <= set(frame.columns)
    assert study["d_z"].to_frame().estimand.tolist() == ["d_z"]
    assert ">method</th>" in study._repr_html_() and "normal interval" in study._repr_html_()
    assert "d_z" in dir(iop.effects) or "pre_post" in dir(iop.effects)
