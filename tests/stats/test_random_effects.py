"""Takes eleven public sets of studies, up to 500 of them, gives what metafor and clubSandwich give, to 1e-8 (tests/oracle/pooling.R)."""

import json
from functools import cache
from pathlib import Path

import pytest

import iop_outcomes as iop
from tests.oracle.pooling_sets import ESTIMATES

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "pooling.json").read_text())["estimates"]

CLOSE = 1e-8


@cache
def table(name):
    """The studies of a set, the same that R was given."""
    made = ESTIMATES[name]()
    assert (len(made), made.y.sum()) == pytest.approx((ORACLE[name]["k"], ORACLE[name]["sum"]), rel=1e-12)
    return made


def pooled(name, estimator="REML", interval="z", **more):
    """Our result."""
    return iop.pool_studies(table(name), value="y", variance="v", study="study", estimator=estimator, interval=interval, **more)


def same(found, truth, names):
    """Every figure named, to 1e-8 of its size; a variance of 0 is 0."""
    for name in names:
        assert found[name] == pytest.approx(truth[name], rel=CLOSE, abs=1e-9), name


@pytest.mark.parametrize("name", ESTIMATES)
@pytest.mark.parametrize("how", ["fixed_z", "DL_z", "REML_z", "PM_z", "DL_knha", "REML_knha", "PM_knha", "REML_adhoc"])
def test_pooled_results(name, how):
    """Mean, error, limits, test, tau2, Q, I2, H2 and prediction limits, by every estimator and interval."""
    estimator, interval = how.split("_")
    found, truth = pooled(name, estimator, interval), ORACLE[name][how]
    names = ["value", "se", "low", "high", "statistic", "p", "tau2", "q", "q_p"]
    if estimator != "fixed":
        names += ["i2", "h2", "prediction_low", "prediction_high"]
    same({each: getattr(found, each) for each in names}, truth, names)
    if estimator == "DL":
        assert found.i2 == pytest.approx(found.i2_from_q, rel=1e-10)


@pytest.mark.parametrize("name", ESTIMATES)
def test_the_interval_of_tau2(name):
    """Q-profile; our limits lie where Q is the quantile to 1e-9, theirs as near as their search went."""
    found, truth = pooled(name), ORACLE[name]["profile"]
    assert (found.tau2_low, found.tau2_high) == pytest.approx((truth["low"], truth["high"]), rel=CLOSE, abs=1e-9)
