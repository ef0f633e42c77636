"""Takes changes of which some were not seen, gives proof that means of everybody and their errors are those of statsmodels on rows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.keys import Flag, Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.covariates import FEWEST, classes, design, number
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.intervals import Fieller, StudentT, errors_of, finish
from iop_outcomes.stats.missing import SeenChanges, standardised_mean, weighted_mean


class Rows:
    """Episodes as rows, as cells, and as the columns of a model: admission score, its square, and one of three classes."""

    def __init__(self, seed, n, missing=0.35):
        rng = np.random.default_rng(seed)
        self.score, self.kind = rng.integers(5, 28, n).astype(float), rng.integers(0, 3, n)
        logit = math.log((1 - missing) / missing) + 0.06 * (self.score - 16) - 0.9 * (self.kind == 1) if missing else np.full(n, 50.0)
        self.seen = rng.random(n) < 1 / (1 + np.exp(-logit))
        drawn = np.round(0.5 * self.score - 2 * (self.kind == 2) + 4 * rng.normal(size=n))
        self.change = np.where(self.seen, drawn, 0.0)
        together = np.column_stack([self.score, self.kind, self.seen, self.change])
        cells, self.cell, self.n = np.unique(together, axis=0, return_inverse=True, return_counts=True)
        self.cell = self.cell.reshape(-1)
        score, kind, seen, change = cells.T
        self.changes = SeenChanges(change, seen.astype(bool), self.n)
        self.terms = (
            number(score, self.n),
            classes(kind.astype(np.int64), self.n, seen.astype(bool)),
            number(score, self.n, power=2),
        )

    @property
    def x(self):
        """The model matrix, written down without the package."""
        return np.column_stack([np.ones(len(self.score)), self.score, self.kind == 1, self.kind == 2, self.score**2]).astype(float)


def sandwich(bread, psi):
    """The variance of the last of several parameters that solve equations psi of rows, (rows, parameters) (Stefanski & Boos 2002)."""
    inverse = np.linalg.inv(bread)
    return float((inverse @ (psi.T @ psi) @ inverse.T)[-1, -1])


def limits(estimated, changes, people=None, interval=None):
    """A draft of it with its limits, over episodes or patients."""
    n = changes.n
    variance = float(np.square(estimated.influence) @ n) * estimated.inflation
    who = Population("all", {"all": int(n.sum())}, frozenset({"all"}))
    kind = interval or StudentT(estimated.values, variance, flag=estimated.flag)
    draft = Draft(Key("mean"), estimated.value, estimated.influence, np.ones(len(n), dtype=bool), who, kind)
    return finish(draft, errors_of(draft, people or Patients.all_different(n), n))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_standardised_mean_is_that_of_least_squares_on_rows(seed):
    """The average of what statsmodels predicts of all rows, and the sandwich of its equations stacked with that of the average."""
    rows = Rows(seed, 400)
    estimated = standardised_mean(rows.changes, rows.terms)
    fit = sm.OLS(rows.change[rows.seen], rows.x[rows.seen]).fit()
    predicted = fit.predict(rows.x)
    assert estimated.value == pytest.approx(predicted.mean(), abs=1e-10)
    x, n = rows.x, len(rows.seen)
    psi = np.column_stack([x * (rows.seen * (rows.change - predicted))[:, np.newaxis], predicted - predicted.mean()])
    bread = np.zeros((6, 6))
    bread[:5, :5] = (x * rows.seen[:, np.newaxis]).T @ x
    bread[5, :5], bread[5, 5] = -x.sum(axis=0), n
    variance = sandwich(bread, psi)
    assert float(np.square(estimated.influence) @ rows.n) == pytest.approx(variance, rel=1e-9)
    # The same by the delta method: the error of the coefficients (HC0), and that of whom they speak of.
    robust = fit.get_robustcov_results("HC0").cov_params()
    delta = float(x.mean(axis=0) @ robust @ x.mean(axis=0)) + predicted.var() / n
    assert variance == pytest.approx(delta, rel=0.05)
    assert estimated.values == rows.seen.sum() - 4
    assert estimated.inflation == pytest.approx(rows.seen.sum() / (rows.seen.sum() - 5))


@pytest.mark.parametrize("seed", [3, 4])
def test_the_weighted_mean_is_that_of_a_logistic_model_on_rows(seed):
    """Weights of statsmodels' Logit, and the sandwich of its equations stacked with that of the weighted mean."""
    rows = Rows(seed, 400)
    estimated = weighted_mean(rows.changes, rows.terms)
    chance = sm.Logit(rows.seen.astype(float), rows.x).fit(disp=False, tol=1e-12).predict()
    weight = rows.seen / chance
    mean = float(weight @ rows.change / weight.sum())
    assert estimated.value == pytest.approx(mean, abs=1e-8)
    x, apart = rows.x, rows.change - mean
    psi = np.column_stack([x * (rows.seen - chance)[:, np.newaxis], weight * apart])
    bread = np.zeros((6, 6))
    bread[:5, :5] = (x * (chance * (1 - chance))[:, np.newaxis]).T @ x
    bread[5, :5], bread[5, 5] = (weight * (1 - chance) * apart) @ x, weight.sum()
    assert float(np.square(estimated.influence) @ rows.n) == pytest.approx(sandwich(bread, psi), rel=1e-7)
    assert estimated.values == pytest.approx(weight.sum() ** 2 / np.square(weight).sum() - 4)


def test_a_bootstrap_of_rows_has_the_same_errors():
    """Within a seventh, of 150 samples of rows with replacement."""
    rows = Rows(5, 300)
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(300, rows.n / 300, size=150)
    for estimate in (standardised_mean, weighted_mean):
        se = math.sqrt(float(np.square(estimate(rows.changes, rows.terms).influence) @ rows.n))
        values = [estimate(_kept(rows, n > 0, n[n > 0]), [_kept_term(term, n > 0) for term in rows.terms]).value for n in drawn]
        assert np.std(values) == pytest.approx(se, rel=0.15)


def _kept(rows, here, n):
    return SeenChanges(rows.changes.change[here], rows.changes.seen[here], n)


def _kept_term(term, here):
    return replace(term, columns=tuple(column[here] for column in term.columns), thin=term.thin[here])


@pytest.mark.parametrize("estimate", [standardised_mean, weighted_mean])
def test_influences_are_derivatives(estimate):
    """One more episode in a cell of a hundred thousand times as many adds that hundred-thousandth part of its influence."""
    rows, many = Rows(6, 120), 100_000
    exact = estimate(rows.changes, rows.terms)
    for cell in range(0, len(rows.n), 17):
        n = rows.n * many
        n[cell] += 1
        moved = estimate(replace(rows.changes, n=n), rows.terms).value - estimate(replace(rows.changes, n=rows.n * many), rows.terms).value
        assert moved * many == pytest.approx(exact.influence[cell], rel=1e-2, abs=2e-5)


@pytest.mark.parametrize("estimate", [standardised_mean, weighted_mean])
def test_with_nobody_missing_it_is_the_mean_with_its_interval(estimate):
    """Value, error and degrees of freedom are those of the textbook, to 1e-12."""
    rows = Rows(7, 60, missing=0)
    estimated = estimate(rows.changes, rows.terms)
    found = limits(estimated, rows.changes)
    assert estimated.value == pytest.approx(rows.change.mean(), abs=1e-12)
    assert found.se == pytest.approx(rows.change.std(ddof=1) / math.sqrt(60), abs=1e-12)
    assert (estimated.values, estimated.flag) == (60, Flag.NONE)


# -- what leaves no value, and what is read with care --------------------------------------------------------------------


def few(change, seen, n):
    """SeenChanges of a few cells."""
    return SeenChanges(np.array(change, dtype=float), np.array(seen, dtype=bool), np.array(n, dtype=np.int64))


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        (few([], [], []), Flag.NO_EPISODES),
        (few([0], [False], [9]), Flag.NO_PAIRS),
        (few([3, 0], [True, False], [1, 9]), Flag.ONE_PAIR),
        (few([3, 0], [True, False], [8, 9]), Flag.SD_ZERO),
    ],
)
def test_impossible_ones_are_flagged(changes, flag):
    """No pairs have no value; one pair, and changes all alike, have one without an interval."""
    for estimate in (standardised_mean, weighted_mean):
        estimated = estimate(changes, [])
        assert estimated.flag is flag
        assert math.isnan(estimated.value) == (flag in (Flag.NO_EPISODES, Flag.NO_PAIRS))
        assert math.isnan(limits(estimated, changes).low)


def test_who_is_surely_seen_weighs_one():
    """Everybody of a class seen: its logit has no maximum, and statsmodels' fit of the others gives the weights of the others."""
    rows = Rows(8, 400)
    rows.seen |= rows.kind == 2
    rows.change[(rows.kind == 2) & (rows.change == 0)] = 5.0
    changes = SeenChanges(rows.change * rows.seen, rows.seen, np.ones(400, dtype=np.int64))
    terms = (number(rows.score, changes.n), classes(rows.kind, changes.n, rows.seen))
    others = rows.kind != 2
    x = np.column_stack([np.ones(400), rows.score, rows.kind == 1])[others].astype(float)
    chance = np.ones(400)
    chance[others] = sm.Logit(rows.seen[others].astype(float), x).fit(disp=False, tol=1e-12).predict()
    weight = rows.seen / chance
    estimated = weighted_mean(changes, terms)
    assert estimated.value == pytest.approx(float(weight @ rows.change / weight.sum()), abs=1e-8)
    assert abs(float(estimated.influence @ changes.n)) < 1e-9


def test_separation_leaves_no_weights():
    """Who starts high was seen and nobody else: no weights, and a prediction that goes beyond what was seen."""
    score = np.arange(40.0)
    changes = SeenChanges(np.where(score >= 20, score % 7, 0.0), score >= 20, np.full(40, 3, dtype=np.int64))
    estimated = weighted_mean(changes, [number(score, changes.n)])
    assert (math.isnan(estimated.value), estimated.flag) == (True, Flag.NO_OVERLAP)


def test_classes_that_hardly_anybody_was_seen_of_are_told():
    """A third of those not seen are of a class of which two were seen: the value stands, with the flag; a twentieth is no matter."""
    codes = np.array([0, 0, 1, 1])
    seen = np.array([True, False, True, False])
    for missing, flag in ((15, Flag.NO_OVERLAP), (1, Flag.NONE)):
        changes = SeenChanges(np.array([4.0, 0.0, 9.0, 0.0]), seen, np.array([50, 30, 2, missing]))
        estimated = standardised_mean(changes, [classes(codes, changes.n, seen)])
        assert (estimated.value, estimated.flag) == (pytest.approx((50 * 4 + 2 * 9) / 52), flag)


def test_no_more_parameters_than_a_fifth_of_the_pairs():
    """Terms come in their order, each where five are left for every parameter; what tells nobody apart costs nothing."""
    rows = Rows(9, 200)
    n = rows.n
    assert design(rows.terms, n, 5 * FEWEST).shape[1] == 5
    assert design(rows.terms, n, 5 * FEWEST - 1).shape[1] == 4
    assert design(rows.terms, n, 3 * FEWEST).shape[1] == 3  # the classes do not fit, the square does
    assert design([rows.terms[0], rows.terms[0], number(np.full(len(n), 7.0), n)], n, 1000).shape[1] == 2
    assert design(rows.terms, n, 0).shape[1] == 1


# -- the tipping point -------------------------------------------------------------------------------------------------------


def tipping(changes, estimated):
    """Its interval."""
    share = changes.unseen / changes.total
    of_missing = (~changes.seen - share) / changes.total
    kind = Fieller(estimated.value, share, (estimated.influence, of_missing), estimated.values, estimated.inflation)
    ratio = replace(
        estimated, value=estimated.value / share, influence=(estimated.influence - estimated.value / share * of_missing) / share
    )
    return ratio, kind, of_missing, share


@pytest.mark.parametrize("repeated", [False, True])
def test_at_the_tipping_point_the_mean_and_at_its_limits_the_limits_are_none(repeated):
    """What is taken off everybody not seen, at the value, the low and the high limit, leaves a mean, a low and a high limit of 0."""
    rows = Rows(10, 300)
    changes = rows.changes
    estimated = standardised_mean(changes, rows.terms)
    people = None
    if repeated:  # every episode of a cell with several is of one of as many patients, whose other is in the cell after
        cells = [[i, i + 1] for i in range(0, len(rows.n) - 1, 2)]
        together = np.minimum(rows.n[0::2][: len(cells)], rows.n[1::2][: len(cells)])
        alone = rows.n.copy()
        for pair, several in zip(cells, together, strict=True):
            alone[pair] -= several
        people = Patients(alone, np.array(cells).reshape(-1), np.arange(len(cells)) * 2, together)
    ratio, kind, of_missing, share = tipping(changes, estimated)
    found = limits(ratio, changes, people, kind)
    for x, name in ((found.low, "low"), (found.high, "high"), (ratio.value, None)):
        shifted = replace(estimated, value=estimated.value - x * share, influence=estimated.influence - x * of_missing)
        reached = shifted.value if name is None else getattr(limits(shifted, changes, people), name)
        assert reached == pytest.approx(0, abs=1e-10)
    assert found.low < ratio.value < found.high
    assert found.method == ("Fieller, by patient" if repeated else "Fieller")


def test_limits_of_a_tipping_point_may_be_open():
    """One of many not seen: how many there are is hardly known, and no high limit is; without an improvement there is none at all."""
    for change, low in ((6.0, True), (0.0, False)):
        spread = np.array([-2.0, 0.0, 2.0, 0.0])
        changes = SeenChanges(np.where([1, 1, 1, 0], change + spread, 0.0), np.array([True, True, True, False]), np.array([30, 30, 30, 1]))
        ratio, kind, _, _ = tipping(changes, standardised_mean(changes, []))
        found = limits(ratio, changes, None, kind)
        assert (not math.isnan(found.low), math.isnan(found.high)) == (low, True)
        assert Flag.INTERVAL_OPEN in found.flags


# -- properties --------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.permutations([0, 1, 2]), st.integers(1, 5))
def test_what_does_not_matter(seed, names, times):
    """Other names of the classes, and every episode several times: the same value; of unseen ones alike, the same mean of the pairs."""
    rows = Rows(seed, 150)
    codes = np.array(names)[np.concatenate([rows.kind, rows.kind])]
    again = SeenChanges(np.tile(rows.change, 2), np.tile(rows.seen, 2), np.full(300, times, dtype=np.int64))
    score = np.tile(rows.score, 2)
    terms = (number(score, again.n), classes(codes, again.n, again.seen), number(score, again.n, power=2))
    for estimate in (standardised_mean, weighted_mean):
        one, other = estimate(rows.changes, rows.terms), estimate(again, terms)
        if one.flag is Flag.NONE and estimate is standardised_mean:  # the weights know as many terms as there are unseen for
            assert other.value == pytest.approx(one.value, abs=1e-8)
        assert abs(float(one.influence @ rows.n)) < 1e-8
