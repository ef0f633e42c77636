"""Takes studies with several effects each, gives their mean by the weights of correlated effects as in R, and its coverage."""

import json
from pathlib import Path

import numpy as np
import pytest

import iop_outcomes as iop
from tests.oracle.pooling_sets import CLUSTERED
from tests.stats.test_random_effects import CLOSE, pooled

CORRELATED = json.loads((Path(__file__).parents[1] / "oracle" / "correlated.json").read_text())["sets"]


def several(name):
    """The pooled set, the same that R was given."""
    made = CLUSTERED[name]()
    assert (len(made), made.y.sum()) == pytest.approx((CORRELATED[name]["k"], CORRELATED[name]["sum"]), rel=1e-12)
    return iop.pool_studies(made, value="y", variance="v", study="study")


@pytest.mark.parametrize("name", CLUSTERED)
@pytest.mark.parametrize("rho", [0.8, 0.2])
def test_correlated_effects(name, rho):
    """Robumeta's correlated effects with small-sample errors: mean and regression, tau2 and Satterthwaite's degrees of freedom."""
    pooled, truth = several(name), CORRELATED[name][f"rho_{rho}"]
    found = pooled.robust("cluster", weights="correlated", rho=rho)
    mean, names = found.mean, ("value", "se", "t", "df", "p", "low", "high")
    assert (mean.value, mean.se, mean.statistic, mean.df, mean.p, mean.low, mean.high, found.tau2) == pytest.approx(
        [truth["mean"][k] for k in (*names, "tau2")], rel=1e-6
    )
    assert (mean.value, mean.se, mean.df) == pytest.approx([truth["mean"][k] for k in ("value", "se", "df")], rel=CLOSE)
    slope = pooled.regression("x", cluster="cluster", weights="correlated", rho=rho)
    for place, row in enumerate((slope.intercept, slope.slope)):
        assert (row.value, row.se, row.df, row.p) == pytest.approx(
            [truth["regression"][k][place] for k in ("value", "se", "df", "p")], rel=1e-7
        )
    assert slope.tau2 == pytest.approx(truth["regression"]["tau2"], rel=CLOSE)


def test_correlated_effects_say_what_they_assume():
    """.8 is assumed aloud, with the value and error from 0 to 1; given, it is not said to be assumed."""
    pooled = several("blocks")
    assumed, given = pooled.robust("cluster", weights="correlated"), pooled.robust("cluster", weights="correlated", rho=0.8)
    assert "rho 0.8 assumed" in assumed.sentence() and "At rho 0 to 1 the value is" in assumed.sentence()
    assert "assumed" not in given.sentence() and given.mean == assumed.mean
    assert [row[0] for row in assumed.sensitivity] == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert "correlated effects" in pooled.regression("x", cluster="cluster", weights="correlated").sentence()


def test_one_effect_a_study_is_dersimonian_and_laird():
    """With nothing to correlate, the weights and tau2 are those of DerSimonian and Laird, at any rho."""
    plain = pooled("bcg", "DL")
    robust = plain.robust("study", weights="correlated", rho=0.3)
    assert (robust.mean.value, robust.tau2) == pytest.approx((plain.value, plain.tau2), rel=1e-12)
    assert robust.mean == plain.robust("study").mean or robust.mean.se == pytest.approx(plain.robust("study").mean.se, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: p.robust("cluster", weights="both"), "correlated, hierarchical, independent"),
        (lambda p: p.robust("cluster", weights="correlated", rho=1.2), "between 0 and 1"),
        (lambda p: p.robust("cluster", rho=0.5), 'weights="correlated" assumes'),
        (lambda p: p.regression("x", weights="correlated"), "cluster="),
        (lambda p: p.robust(["one"] * p.k, weights="correlated"), "two or more"),
    ],
)
def test_weights_that_are_not(call, words):
    """What has no meaning is refused with what to do."""
    with pytest.raises(iop.UsageError, match=words):
        call(several("blocks"))


@pytest.mark.long
def test_intervals_of_correlated_effects_hold():
    """400 sets of 15 studies with 1 to 6 effects each, errors correlating by .7: the mean of .4 lies in 92 to 98 % of the intervals.

    Intervals that take the effects as independent hold it in fewer than 90 %.
    """
    rng, inside, plain, sets = np.random.default_rng(17), 0, 0, 400
    for _ in range(sets):
        cluster = np.repeat(np.arange(15), rng.integers(1, 7, 15))
        k = len(cluster)
        v = rng.uniform(0.02, 0.1, 15)[cluster]
        shared = np.sqrt(0.7) * rng.normal(size=15)[cluster] + np.sqrt(0.3) * rng.normal(size=k)
        y = 0.4 + rng.normal(0, 0.25, 15)[cluster] + np.sqrt(v) * shared
        result = iop.pool_studies({"y": y, "v": v, "c": cluster}, value="y", variance="v")
        mean = result.robust("c", weights="correlated").mean
        inside += mean.low <= 0.4 <= mean.high
        plain += result.low <= 0.4 <= result.high
    assert 0.92 <= inside / sets <= 0.98
    assert plain / sets < 0.9
