"""Takes tests, ratios and conversions, gives proof that limits, errors and conversions are what a slow version gives."""

import math

import numpy as np
import pytest
import scipy.stats
from scipy.optimize import brentq, minimize_scalar

import iop_outcomes as iop
from iop_outcomes.stats.noncentral import noncentral_t_limits


@pytest.mark.parametrize(("t", "df"), [(2.76, 34), (7.35, 12), (0.0, 9), (-3.1, 20), (30.0, 400), (0.4, 3), (-25, 600)])
@pytest.mark.parametrize("conf_level", [0.9, 0.95])
def test_noncentral_limits(t, df, conf_level):
    """Against scipy's noncentral t of |t|, turned round for t below 0, where its own distribution fails."""
    low, high = noncentral_t_limits(t, df, conf_level=conf_level)
    ends = (low, high) if t >= 0 else (-high, -low)
    assert scipy.stats.nct.cdf(abs(t), df, ends[0]) == pytest.approx(0.5 + conf_level / 2, abs=1e-8)
    assert scipy.stats.nct.cdf(abs(t), df, ends[1]) == pytest.approx(0.5 - conf_level / 2, abs=1e-8)


def test_miettinen_nurminen_against_a_search():
    """The shares most likely at a difference found by search, the limits by bisection: the closed cubic gives the same."""
    k1, n1, k2, n2 = 7, 34, 1, 34

    def z2(difference):
        def minus_log(q):
            p = q + difference
            terms = ((k1, p), (n1 - k1, 1 - p), (k2, q), (n2 - k2, 1 - q))
            return -sum(k * math.log(max(share, 1e-300)) for k, share in terms if k)

        q = minimize_scalar(minus_log, bounds=(max(0, -difference), min(1, 1 - difference)), method="bounded", options={"xatol": 1e-12}).x
        p = q + difference
        variance = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
        return (k1 / n1 - k2 / n2 - difference) ** 2 / variance - scipy.stats.norm.ppf(0.975) ** 2

    seen = k1 / n1 - k2 / n2
    expected = brentq(z2, -0.5, seen - 1e-6), brentq(z2, seen + 1e-6, 0.9)
    rd = iop.effects.proportions(events_1=k1, n_1=n1, events_2=k2, n_2=n2, interval="miettinen_nurminen")["risk_difference"]
    assert (rd.low, rd.high) == pytest.approx(expected, abs=1e-6)


def test_number_needed_to_treat():
    """The inverse of the difference and of its limits; no limits where it may be 0, nothing where the shares are equal."""
    clear = iop.effects.proportions(events_1=60, n_1=100, events_2=40, n_2=100)
    rd, nnt = clear["risk_difference"], clear["number_needed_to_treat"]
    assert (nnt.value, nnt.low, nnt.high) == pytest.approx((5, 1 / rd.high, 1 / rd.low))
    unclear = iop.effects.proportions(events_1=50, n_1=100, events_2=45, n_2=100)["number_needed_to_treat"]
    assert unclear.value == pytest.approx(20) and math.isnan(unclear.low) and "holds 0" in unclear.assumption
    equal = iop.effects.proportions(events_1=5, n_1=10, events_2=10, n_2=20)["number_needed_to_treat"]
    assert math.isnan(equal.value) and "equal" in equal.assumption


@pytest.mark.parametrize(
    "given",
    [
        {"hr": 1.36, "ci": (1.1, 1.6814545)},
        {"hr": 1.36, "se": 0.10825},
        {"ci": (1.1, 1.6814545)},
        {"hr": 1.36, "p": 2 * scipy.stats.norm.sf(math.log(1.36) / 0.10825)},
        {"observed_1": 102.0, "expected_1": 102.0 - math.log(1.36) / 0.10825**2, "variance": 1 / 0.10825**2},
    ],
)
def test_one_hazard_ratio_from_whatever_is_printed(given):
    """Interval, error, interval alone, p, or O - E with its variance: the same ratio and error."""
    log = iop.effects.hazard_ratio(**given)["log_hazard_ratio"]
    assert (log.value, log.se) == pytest.approx((math.log(1.36), 0.10825), rel=1e-4)
    assert log.p == pytest.approx(2 * scipy.stats.norm.sf(abs(log.value / log.se)), rel=1e-9)


def test_hazard_ratio_from_events_or_nothing():
    """From the events, groups of one size: 4 / events; where nothing is printed, a value without an error, which says so."""
    assert iop.effects.hazard_ratio(hr=0.8, events=100)["log_hazard_ratio"].variance == pytest.approx(4 / 100)
    assert iop.effects.hazard_ratio(hr=0.8, events=100, n_1=60, n_2=30)["log_hazard_ratio"].variance == pytest.approx(4.5 / 100)
    bare = iop.effects.hazard_ratio(hr=0.8)["hazard_ratio"]
    assert bare.value == pytest.approx(0.8) and math.isnan(bare.low) and "not enough printed" in bare.assumption


def test_correlation_from_a_test():
    """t, F and p give the correlation that has them; the interval covers as Fisher's."""
    whole = iop.effects.correlation(r=0.42, n=50)["correlation"]
    for given in ({"t": whole.statistic}, {"f": whole.statistic**2}, {"p": whole.p}):
        assert iop.effects.correlation(n=50, **given)["correlation"].value == pytest.approx(0.42, rel=1e-9)
    assert (whole.low, whole.high) == pytest.approx(np.tanh(np.arctanh(0.42) + np.array([-1, 1]) * scipy.stats.norm.ppf(0.975) / 47**0.5))
    assert math.isnan(iop.effects.correlation(r=0.9, n=3)["correlation"].low)


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
