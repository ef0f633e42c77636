"""Takes studies with several effects each, gives their mean where studies differ and so do effects within them, as R has it."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t

import iop_outcomes as iop
from iop_outcomes.stats.cluster_robust import cr2
from iop_outcomes.stats.hierarchical_effects import STARTS, WorkingModel, _fit, hierarchical_effects
from iop_outcomes.stats.random_effects import StudyEffects, between_variance
from tests.oracle.pooling_sets import CLUSTERED

TRUTH = {
    name: found["hierarchical_0.6"]
    for name, found in json.loads((Path(__file__).parents[1] / "oracle" / "correlated.json").read_text())["sets"].items()
}
AS_R = {"rel": 1e-5, "abs": 1e-7}  # its optimum is found by steps of 1e-15 of the likelihood, which is flat at the top; it never reaches 0


def several(name):
    """The pooled set, the same that R was given."""
    return iop.pool_studies(CLUSTERED[name](), value="y", variance="v", study="study")


@pytest.mark.parametrize("name", CLUSTERED)
def test_mean_and_regression_are_those_of_r(name):
    """Metafor's rma.mv with imputed covariances, clubSandwich's CR2 and Satterthwaite."""
    pooled, truth = several(name), TRUTH[name]
    found = pooled.robust("cluster", weights="hierarchical", rho=0.6)
    slope = pooled.regression("x", cluster="cluster", weights="hierarchical", rho=0.6)
    for rows, variances, expected in (
        ([found.mean], (found.tau2, found.omega2), truth["mean"]),
        ([slope.intercept, slope.slope], (slope.tau2, slope.omega2), truth["regression"]),
    ):
        for place, row in enumerate(rows):
            of_r = [np.atleast_1d(expected[each])[place] for each in ("value", "se", "df", "p")]
            assert (row.value, row.se, row.df) == pytest.approx(of_r[:3], **AS_R)
            assert row.p == pytest.approx(of_r[3], rel=1e-4)
        assert variances == pytest.approx((expected["tau2"], expected["omega2"]), **AS_R)


@pytest.mark.parametrize("name", CLUSTERED)
def test_the_likelihood_is_that_of_r_and_no_lower(name):
    """The restricted one, its constant included."""
    pooled = several(name)
    _, codes = pooled.studies.codes("cluster")
    fit = hierarchical_effects(pooled.studies.mean_only(), codes, 0.6)
    assert fit.log_likelihood == pytest.approx(TRUTH[name]["mean"]["log_likelihood"], abs=1e-7)
    assert fit.log_likelihood >= TRUTH[name]["mean"]["log_likelihood"] - 1e-9


def made(seed=3):
    """Nine studies of one to four effects, and a covariate."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(9), rng.integers(1, 5, 9))
    k = len(cluster)
    return StudyEffects(rng.normal(0.4, 0.5, k), rng.uniform(0.02, 0.2, k), np.column_stack([np.ones(k), rng.normal(size=k)])), cluster


def whole(model):
    """The covariance of all effects as one matrix, written down cell by cell."""
    k = len(model.cluster)
    v = model.studies.variance
    found = np.zeros((k, k))
    for a in range(k):
        for b in range(k):
            if model.cluster[a] == model.cluster[b]:
                found[a, b] = v[a] + model.tau2 + model.omega2 if a == b else model.rho * np.sqrt(v[a] * v[b]) + model.tau2
    return found


@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize(("tau2", "omega2"), [(0.1, 0.05), (0.0, 0.2), (0.3, 0.0)])
def test_the_short_way_is_the_long_way(rho, tau2, omega2):
    """Coefficients, likelihood and slopes as from one matrix of all effects, inverted; slopes as by small steps."""
    studies, cluster = made()
    model = WorkingModel(studies, cluster, rho, tau2, omega2)
    fit, sigma, x = _fit(model), whole(model), studies.design
    for number in range(9):
        here = np.flatnonzero(cluster == number)
        assert model.covariance(here) == pytest.approx(sigma[np.ix_(here, here)])
    w = np.linalg.inv(sigma)
    beta = np.linalg.solve(x.T @ w @ x, x.T @ w @ studies.value)
    left = studies.value - x @ beta
    logs = [np.linalg.slogdet(each)[1] for each in (sigma, x.T @ w @ x, x.T @ x)]
    expected = -0.5 * ((len(left) - 2) * np.log(2 * np.pi) + logs[0] + logs[1] - logs[2] + left @ w @ left)
    assert fit.beta == pytest.approx(beta, rel=1e-10) and fit.log_likelihood == pytest.approx(expected, rel=1e-10)
    assert np.linalg.inv(fit.bread) == pytest.approx(x.T @ w @ x, rel=1e-10)
    step = 1e-6
    for place, ahead in enumerate(((tau2 + step, omega2), (tau2, omega2 + step))):
        assert (_fit(WorkingModel(studies, cluster, rho, *ahead)).log_likelihood - expected) / step == pytest.approx(
            fit.slope[place], rel=1e-3, abs=1e-3
        )


def test_one_effect_a_study_is_restricted_maximum_likelihood():
    """The two variances cannot be told apart: the one between studies is both, at any rho."""
    studies, _ = made()
    fit = hierarchical_effects(studies, np.arange(len(studies.value)), 0.3)
    assert fit.omega2 == 0 and fit.tau2 == pytest.approx(between_variance(studies, "REML"), rel=1e-6)
    assert len(STARTS) > 1


def test_it_says_what_it_assumes():
    """Both variances, the correlation and whether it was given, and what others give."""
    pooled = several("blocks")
    assumed, given = (pooled.robust("cluster", weights="hierarchical", **how) for how in ({}, {"rho": 0.8}))
    assert "correlated and hierarchical effects, rho 0.8 assumed, REML" in assumed.sentence() and "At rho 0 to 0.95" in assumed.sentence()
    assert "assumed" not in given.sentence() and given.mean == assumed.mean
    assert given.to_frame().omega2[0] == given.omega2 > 0
    assert "hierarchical" in pooled.regression("x", cluster="cluster", weights="hierarchical").sentence()
    with pytest.raises(iop.UsageError, match="give one below 1"):
        pooled.robust("cluster", weights="hierarchical", rho=1)


@pytest.mark.long
def test_its_intervals_hold():
    """120 sets of 20 studies with 1 to 6 effects that differ between and within studies: the mean lies in 90 to 99 % of the intervals."""
    rng, inside, sets = np.random.default_rng(22), 0, 120
    for _ in range(sets):
        cluster = np.repeat(np.arange(20), rng.integers(1, 7, 20))
        k = len(cluster)
        v = rng.uniform(0.02, 0.1, 20)[cluster]
        error = np.sqrt(v) * (np.sqrt(0.7) * rng.normal(size=20)[cluster] + np.sqrt(0.3) * rng.normal(size=k))
        y = 0.4 + rng.normal(0, 0.2, 20)[cluster] + rng.normal(0, 0.2, k) + error
        effects = StudyEffects(y, v, np.ones((k, 1)))
        fit = hierarchical_effects(effects, cluster, 0.7)
        errors = cr2(effects, fit, cluster, fit.model.covariance)
        inside += abs(fit.beta[0] - 0.4) <= t.isf(0.025, errors.df[0]) * np.sqrt(errors.covariance[0, 0])
    assert 0.90 <= inside / sets <= 0.99
