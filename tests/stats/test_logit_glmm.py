"""Takes studies of shares, gives the random-effects logistic model: its likelihood by scipy's quadrature, its edges without a spread."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit
from scipy.stats import binom

from iop_outcomes.stats.logit_glmm import logit_model, logit_regression

EVENTS, N = np.array([8.0, 3.0, 19.0, 6.0]), np.array([20.0, 25.0, 40.0, 31.0])


def log_likelihood(mean, tau):
    """Each study's binomial probability averaged over normal logits, by Gauss and Hermite."""
    z, weight = np.polynomial.hermite_e.hermegauss(80)
    probability = binom.pmf(EVENTS[:, None], N[:, None], expit(mean + tau * z))
    return float(np.log(probability @ weight / math.sqrt(2 * math.pi)).sum())


def test_it_is_where_the_likelihood_is_highest():
    """The likelihood itself, and less of it a step away in each direction."""
    fit = logit_model(EVENTS, N)
    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.mean, fit.tau), rel=1e-7)
    for step in ((0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02)):
        assert log_likelihood(fit.mean + step[0], fit.tau + step[1]) < fit.log_likelihood


def test_the_two_models_beside_it():
    """One share for all, and one for each."""
    fit = logit_model(EVENTS, N)
    share = EVENTS.sum() / N.sum()
    assert fit.log_likelihood_alike == pytest.approx(binom.logpmf(EVENTS, N, share).sum(), rel=1e-12)
    assert fit.log_likelihood_saturated == pytest.approx(binom.logpmf(EVENTS, N, EVENTS / N).sum(), rel=1e-12)


def test_studies_no_further_apart_than_chance_have_no_spread():
    """The logit of all together and its error."""
    fit = logit_model(np.array([10.0, 20, 30]), np.array([20.0, 40, 60]))
    assert (fit.mean, fit.tau, fit.se) == pytest.approx((0.0, 0.0, 1 / math.sqrt(120 / 4)))


@pytest.mark.parametrize(("events", "mean"), [([0.0, 0.0], -math.inf), ([20.0, 25.0], math.inf)])
def test_nobody_and_everybody_have_no_logit(events, mean):
    """Infinite, without an error."""
    fit = logit_model(np.array(events), np.array([20.0, 25.0]))
    assert fit.mean == mean
    assert math.isnan(fit.se)


def test_a_regression_without_spread_is_logistic_regression():
    """Where studies differ no more than chance, statsmodels' coefficients and errors."""
    x = np.array([4.0, 12.0, 6.0, 10.0, 8.0])
    events, n = np.array([8.0, 3.0, 19.0, 6.0, 9.0]), np.array([20.0, 25.0, 40.0, 31.0, 22.0])
    design = np.column_stack([np.ones(5), x])
    fit = logit_regression(events, n, design)
    theirs = sm.GLM(np.column_stack([events, n - events]), design, family=sm.families.Binomial()).fit(tol=1e-14)
    assert fit.tau == 0 and fit.beta == pytest.approx(theirs.params, rel=1e-9)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(theirs.bse, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)
