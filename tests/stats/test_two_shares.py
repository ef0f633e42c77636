"""Takes two groups' events, gives ratios and differences of shares: those of statsmodels, and what cells of 0 need."""

import math

import pytest
from statsmodels.stats.contingency_tables import Table2x2

from iop_outcomes.stats.two_shares import Shares, arcsine_difference, log_odds_ratio, log_risk_ratio, risk_difference_variance

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
