"""Takes herds, districts and litters as studies of shares, gives lme4's logistic model and metafor's transformed shares (tests/oracle/pooling.R)."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop
from iop_outcomes.stats.logit_glmm import _likelihood, logit_model
from tests.oracle.pooling_sets import COUNTS

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "pooling.json").read_text())["counts"]


@pytest.mark.parametrize("name", COUNTS)
def test_the_logistic_model_is_lme4s(name):
    """Mean logit, error and spread as glmer with 100 points, to what its search reaches; the likelihood ratio as rma.glmm."""
    table, truth = COUNTS[name](), ORACLE[name]["glmm"]
    assert table.events.sum() == ORACLE[name]["events"]
    found = iop.pool_proportions(table, study="study")
    assert found.value == pytest.approx(truth["value"], rel=3e-8)
    assert math.sqrt(found.tau2) == pytest.approx(truth["tau"], rel=1e-7)
    assert found.se == pytest.approx(truth["se"], rel=1e-6)  # theirs by finite differences
    assert (found.q, found.q_df) == pytest.approx((truth["q"], truth["q_df"]), rel=1e-8)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("method", ["logit", "arcsine", "freeman_tukey"])
def test_transformed_shares_are_metafors(name, method):
    """Mean, error, limits and what is shown, to 1e-8."""
    found, truth = iop.pool_proportions(COUNTS[name](), method=method), ORACLE[name][method]
    for each in ("value", "se", "low", "high", "p", "tau2"):
        assert getattr(found, each) == pytest.approx(truth[each], rel=1e-8, abs=1e-10), each
    shown = found.shown
    assert (shown["value"], shown["low"], shown["high"]) == pytest.approx(
        (truth["shown"], truth["shown_low"], truth["shown_high"]), rel=1e-8
    )


def test_freeman_tukey_comes_with_its_caveat():
    """In the notes and in the sentence; no other method has it."""
    table = COUNTS["herds"]()
    assert "can mislead" in iop.pool_proportions(table, method="freeman_tukey").sentence()
    assert "can mislead" not in iop.pool_proportions(table).sentence()


@pytest.mark.parametrize("place", [np.array([0.3, 0.9]), np.array([-9.0, 6.3])], ids=["near", "far apart"])
def test_the_likelihood_is_the_integral(place):
    """Quadrature against an integral by brute force, and its derivatives against differences, also where one side is steep."""
    events, n = np.array([0.0, 7.0, 20.0]), np.array([400.0, 20.0, 20.0])

    def slow(mean, tau):
        def one(k, size):
            z = np.linspace(-12, 12, 400_001)
            return np.trapezoid(scipy.stats.binom.pmf(k, size, scipy.special.expit(mean + tau * z)) * scipy.stats.norm.pdf(z), z)

        return sum(math.log(one(k, size)) for k, size in zip(events, n, strict=True))

    point = _likelihood(events, n, place, np.ones((3, 1)))
    assert point.log_likelihood == pytest.approx(slow(*place), rel=1e-8)
    step = 1e-5
    for i in range(2):
        up, down = (_likelihood(events, n, place + sign * step * np.eye(2)[i], np.ones((3, 1))) for sign in (1, -1))
        assert point.gradient[i] == pytest.approx((up.log_likelihood - down.log_likelihood) / (2 * step), rel=1e-6)
        assert point.hessian[i] == pytest.approx((up.gradient - down.gradient) / (2 * step), rel=1e-5)


def test_edges():
    """Alike studies have no spread; all or none have no interval and say so; one study is itself."""
    alike = logit_model(np.array([10.0, 20.0, 30.0]), np.array([20.0, 40.0, 60.0]))
    assert (alike.mean, alike.tau, alike.se) == pytest.approx((0, 0, 1 / math.sqrt(30)))
    nobody = iop.pool_proportions({"events": [0, 0], "n": [10, 12]})
    assert nobody.shown["value"] == 0 and math.isnan(nobody.low) and "No interval" in nobody.sentence()
    apart = iop.pool_proportions({"events": [0, 10], "n": [10, 10]})
    assert math.isnan(apart.low) and math.isinf(apart.tau2) and "no end" in apart.sentence()
    single = iop.pool_proportions({"events": [7], "n": [10]})
    assert single.shown["value"] == pytest.approx(0.7) and math.isnan(single.prediction_low)
    raw = iop.pool_proportions({"events": [0, 5], "n": [10, 10]}, method="raw")
    assert "Halves" in raw.sentence() and 0 < raw.shown["value"] < 0.5
    assert raw.low < 0 and raw.high > 1 and (raw.shown["low"], raw.shown["high"]) == (0, 1) and "cut off" in raw.sentence()
    assert math.isnan(apart.prediction_low)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"events": [11], "n": [10]}, "0 <= events <= n"),
        ({"events": [1.5], "n": [10]}, "whole numbers"),
        ({"k": [1], "n": [10]}, "no column of the table"),
        ({"events": [], "n": []}, "no study"),
        ({"events": [1, 2], "n": [9]}, "events has 2, n has 1"),
        ([1, 2], "data frame or a dict"),
    ],
)
def test_refused_in_words(table, words):
    """What is wrong stands in the message."""
    with pytest.raises(iop.UsageError, match=words):
        iop.pool_proportions(table)


def test_what_the_logistic_model_has_no_weights_for():
    """Influence and robust errors name the methods that have them."""
    pooled = iop.pool_proportions(COUNTS["herds"]())
    for ask in (
        pooled.influence,
        lambda: pooled.regression(range(15), cluster=["a"] * 15),
        lambda: pooled.robust(["a"] * 15),
        pooled.egger,
    ):
        with pytest.raises(iop.UsageError, match="method='logit'"):
            ask()


def test_the_logistic_model_by_group_by_covariate_and_without_a_study():
    """As metafor 3.8 gives them, rma.glmm(measure = "PLO", nAGQ = 100), as far as its search goes, on the herds numbered from 1, odd and even."""
    pooled = iop.pool_proportions(COUNTS["herds"]().assign(number=range(1, 16), side=["odd", "even"] * 7 + ["odd"]))
    slope = pooled.regression("number")
    found = [slope.intercept.value, slope.intercept.se, slope.slope.value, slope.slope.se, math.sqrt(slope.tau2), slope.residual.q]
    theirs = [-1.776030814, 0.497764610, -0.034268115, 0.055596812, 0.807760919, 62.733205958]
    assert found == pytest.approx(theirs, rel=2e-4) and slope.residual.df == 13
    apart, shared = pooled.subgroups("side"), pooled.subgroups("side", common_tau2=True)
    for groups, name, truth in (
        (apart, "odd", (-2.133051226, 0.291860478, 0.687882382)),
        (apart, "even", (-1.931860058, 0.395806122, 0.927722247)),
        (shared, "odd", (-2.152071581, 0.329222968, 0.811233070)),
        (shared, "even", (-1.920238029, 0.355749519, 0.811233070)),
    ):
        one = groups[name]
        assert (one.value, one.se, math.sqrt(one.tau2)) == pytest.approx(truth, rel=2e-5)
    z = (apart["odd"].value - apart["even"].value) / math.hypot(apart["odd"].se, apart["even"].se)
    assert apart.q_between == pytest.approx(z**2)
    first = pooled.leave_one_out().rows[0]
    assert (first.value, first.se, math.sqrt(first.tau2)) == pytest.approx((0.108325990, 0.256538348, 0.831655044), rel=2e-5)


def test_the_logistic_model_where_nothing_can_be_told():
    """A group of nobody has no error and leaves the spread of the others; a covariate that parts 0 from all has no slope."""
    table = {"events": [0, 0, 3, 5], "n": [10, 12, 10, 9], "side": list("aabb"), "x": [1, 2, 3, 4]}
    pooled = iop.pool_proportions(table)
    for common in (False, True):
        groups = pooled.subgroups("side", common_tau2=common)
        assert groups["a"].shown["value"] == 0 and math.isnan(groups["a"].low) and groups["b"].low > -3
        assert math.isnan(groups.q_between) and "not assessable" in groups.sentence()
    for events in ([0, 0, 10, 9], [0, 0, 0, 0]):
        line = iop.pool_proportions({**table, "events": events, "n": [10, 12, 10, 9]}).regression("x")
        assert math.isnan(line.slope.value) and math.isnan(line.r2) and line.sentence().startswith("No slope")
    assert [row.value for row in iop.pool_proportions({"events": [3, 4], "n": [10, 12]}).leave_one_out().rows] == pytest.approx(
        [4 / 12, 0.3]
    )
