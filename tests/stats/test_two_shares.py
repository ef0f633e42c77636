"""Takes two shares, gives Miettinen and Nurminen's limits by a search, and the number needed to treat at its edges."""

import math

import pytest
import scipy.stats
from scipy.optimize import brentq, minimize_scalar
from statsmodels.stats.contingency_tables import Table2x2

import iop_outcomes as iop
from iop_outcomes.stats.two_shares import Shares, arcsine_difference, log_odds_ratio, log_risk_ratio, risk_difference_variance


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


TABLES = [(12, 80, 25, 75), (3, 40, 1, 55)]


@pytest.mark.parametrize(("k_one", "n_one", "k_other", "n_other"), TABLES)
def test_ratios_are_those_of_statsmodels(k_one, n_one, k_other, n_other):
    """Logarithms and their standard errors."""
    theirs = Table2x2([[k_one, n_one - k_one], [k_other, n_other - k_other]])
    s = Shares(k_one, n_one, k_other, n_other)
    (risk, risk_variance), (odds, odds_variance) = log_risk_ratio(s), log_odds_ratio(s)
    assert (risk, risk_variance) == pytest.approx((theirs.log_riskratio, theirs.log_riskratio_se**2), rel=1e-12)
    assert (odds, odds_variance) == pytest.approx((theirs.log_oddsratio, theirs.log_oddsratio_se**2), rel=1e-12)


def test_differences():
    """The binomial variances add; arcsines of roots stand where a cell is empty."""
    s = Shares(0, 20, 5, 20)
    assert s.empty_cell and not s.with_halves().empty_cell
    assert risk_difference_variance(s) == pytest.approx(0.25 * 0.75 / 20)
    assert arcsine_difference(s) == pytest.approx((-math.asin(0.5), 0.025))
    halved = s.with_halves()
    assert (halved.k_one, halved.n_one, halved.k_other, halved.n_other) == (0.5, 21, 5.5, 21)
