"""Takes hand-made, published and random pairs, gives proof that reliable change and thresholds follow their rules."""

import json
import math
import operator
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.errors import UsageError
from iop_outcomes.stats import reliable, thresholds
from iop_outcomes.stats.pairs import Pairs

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "change.json").read_text())
OPERATORS = {">=": operator.ge, ">": operator.gt, "<": operator.lt, "<=": operator.le}
RULES = {
    "reliable_improvement": lambda pairs: reliable.reliable_improvement(pairs, 6),
    "reliable_deterioration": lambda pairs: reliable.reliable_deterioration(pairs, 6),
}

scores = st.integers(0, 27)
rows = st.lists(st.tuples(scores, scores), max_size=40)


def cells_of(rows, *, better="lower", step=1.0) -> Pairs:
    """Rows counted into cells."""
    table = Counter(rows)
    return Pairs.from_cells([a for a, _ in table], [b for _, b in table], list(table.values()), better=better, step=step)


def meets(name, pre, post, op):
    """The slow, obvious version for PHQ-9: whether one pair is in the numerator."""
    return OPERATORS[op](pre - post if name == "reliable_improvement" else post - pre, 6)


@given(rows, st.sampled_from([">=", ">"]))
@settings(max_examples=150)
def test_cells_equal_rows(pairs, op):
    """Numerator, denominator and value of each rule equal those of one pair after another, for each operator."""
    counted = cells_of(pairs)
    for name in RULES:
        found = getattr(reliable, name)(counted, 6, op)
        n, k = len(pairs), sum(meets(name, pre, post, op) for pre, post in pairs)
        assert (found.estimand, found.n, found.k) == (name, n, k)
        assert found.value == k / n if n else math.isnan(found.value) and found.flag == "no_pairs"


@given(rows)
@settings(max_examples=80)
def test_influence_is_the_derivative(pairs):
    """Influence equals the difference of the rate with weights nudged, sums to 0, and squared sums to p (1 - p) / n."""
    counted = cells_of(pairs)
    for rule in RULES.values():
        found = rule(counted)
        for i in range(len(counted.n)):
            nudge = np.where(np.arange(len(counted.n)) == i, 1e-6, 0.0)
            up, down = ((w[found.met].sum() / w[found.among].sum()) if found.n else 0.0 for w in (counted.n + nudge, counted.n - nudge))
            assert found.influence[i] == pytest.approx((up - down) / 2e-6, abs=1e-6)
        assert counted.n @ found.influence == pytest.approx(0, abs=1e-12)
        if found.n:
            assert counted.n @ found.influence**2 == pytest.approx(found.value * (1 - found.value) / found.n, rel=1e-9, abs=1e-15)


@given(rows)
@settings(max_examples=80)
def test_relabelled_scores_give_the_same_rates(pairs):
    """Order of rows and scores mirrored with direction and operators mirrored: the same numerators and denominators."""
    counted, mirrored = cells_of(pairs), cells_of([(27 - a, 27 - b) for a, b in reversed(pairs)], better="higher")
    twin = {
        "reliable_improvement": reliable.reliable_improvement(mirrored, 6),
        "reliable_deterioration": reliable.reliable_deterioration(mirrored, 6),
    }
    for name, rule in RULES.items():
        found = rule(counted)
        assert (found.n, found.k) == (twin[name].n, twin[name].k), name


def test_r1_threshold_depends_on_the_sd_and_is_given_not_estimated():
    """Five SDs give five reliable-change indices (reliability .84); a rate takes its threshold from the caller alone."""
    found = {sd: thresholds.reliable_change_index(sd, 0.84) for sd in (6.10, 4.95, 4.85, 5.30, 5.39)}
    assert [round(value, 2) for value in found.values()] == [6.76, 5.49, 5.38, 5.88, 5.98]
    few, many = [(20, 13)], [(20, 13), (27, 0), (1, 25), (14, 9)]
    for pairs in (few, many):
        met = reliable.reliable_improvement(cells_of(pairs), 6.76).met
        assert met.tolist() == [a - b > 6 for a, b in pairs]


def test_r2_at_least_is_not_more_than():
    """On whole numbers ">= 6" is "> 5" and "> 6" is ">= 6.76"; a change of exactly 6 counts under ">=" alone, in both directions."""
    pairs = cells_of([(16, 10)] * 5 + [(16, 11)] * 3 + [(16, 9)] * 2 + [(10, 16)] * 4 + [(10, 17)])

    def improved(threshold, op):
        return reliable.reliable_improvement(pairs, threshold, op).k

    assert (improved(6, ">="), improved(5, ">"), improved(6, ">"), improved(6.76, ">="), improved(6.76, ">")) == (7, 7, 2, 2, 2)
    assert reliable.reliable_deterioration(pairs, 6).k == 5
    assert reliable.reliable_deterioration(pairs, 6, ">").k == 1


def test_r2_tenths_are_compared_as_tenths():
    """A change of 0.3 made of 0.7 - 0.4 and of 0.4 - 0.1 is the same change, though floats differ."""
    pairs = cells_of([(0.7, 0.4), (0.4, 0.1)], step=0.1)
    assert reliable.reliable_improvement(pairs, 0.3).k == 2
    assert reliable.reliable_improvement(pairs, 0.1 + 0.2).k == 2
    assert reliable.reliable_improvement(pairs, 0.3, ">").k == 0


def test_r4_supplied_norms_decide_the_cut_offs():
    """The clinical mean handed in moves a and c by itself."""
    one = thresholds.cutoffs(15.4, 5.5, 2.91, 3.5, better="lower")
    other = thresholds.cutoffs(17.1, 5.5, 2.91, 3.5, better="lower")
    assert other.a - one.a == pytest.approx(1.7)
    assert other.c - one.c == pytest.approx(1.7 * 3.5 / 9.0)
    assert other.b == one.b


def test_r5_only_the_change_counts():
    """A large uniform improvement is improvement: 193 of 200 by 6 or more are 193, none worse."""
    pairs = cells_of([(20, 10)] * 193 + [(20, 15)] * 7)
    assert (reliable.reliable_improvement(pairs, 6).k, reliable.reliable_deterioration(pairs, 6).k) == (193, 0)


def test_r7_nobody_is_zero_and_an_empty_denominator_is_nan():
    """No numerator gives 0.0 without a flag; no pairs give NaN with one, and influences of 0."""
    nobody = reliable.reliable_improvement(cells_of([(10, 9)] * 12), 6)
    assert (nobody.value, nobody.k, nobody.n, nobody.flag) == (0.0, 0, 12, "")
    none = reliable.rate("of_nobody", np.ones(1, dtype=bool), np.zeros(1, dtype=bool), np.array([3]))
    assert math.isnan(none.value)
    assert (none.k, none.n, none.flag, none.influence.tolist()) == (0, 0, "no_pairs", [0.0])


@pytest.mark.parametrize(
    "call",
    [
        lambda p: reliable.reliable_improvement(p, 6, "=>"),
        lambda p: reliable.reliable_deterioration(p, 6, "<"),
        lambda p: reliable.reliable_improvement(p, 0),
        lambda p: reliable.reliable_improvement(p, math.nan),
    ],
)
def test_wrong_operators_and_thresholds_are_refused(call):
    """An operator that does not exist, a threshold of 0 or NaN: refused."""
    with pytest.raises(ValueError, match=r"Allowed|threshold"):
        call(cells_of([(20, 10)]))


def test_jacobson_truax_couples():
    """The 30 couples of the founding paper (reliability .88, cut-off 104): 19 improved, 10 unchanged, 1 worse."""
    data = ORACLE["from_scores"]["couples"]
    pairs = cells_of(list(zip(data["pre"], data["post"], strict=True)), better="higher", step=0.5)
    threshold = thresholds.reliable_change_index(pairs.moments.sd_pre, 0.88)
    assert threshold == pytest.approx(11.355, abs=5e-4)
    improved = reliable.reliable_improvement(pairs, threshold, ">")
    worse = reliable.reliable_deterioration(pairs, threshold, ">")
    assert (improved.k, 30 - improved.k - worse.k, worse.k) == (11 + 8, 10, 1)


def test_jacobson_truax_example_couple():
    """SE 3.354, S_diff 4.743, threshold 9.297, change 3.16 S_diff, cut-offs 55, 45, 50 (1991 paper)."""
    assert thresholds.standard_error_of_measurement(7.5, 0.8) == pytest.approx(3.354102, abs=5e-7)
    assert thresholds.s_diff(7.5, 0.8) == pytest.approx(4.7434165, abs=5e-8)
    assert (47.5 - 32.5) / thresholds.s_diff(7.5, 0.8) == pytest.approx(3.1622777, abs=5e-8)
    assert thresholds.reliable_change_index(7.5, 0.8) == pytest.approx(9.2970963, abs=5e-8)
    assert thresholds.cutoffs(40, 7.5, 60, 7.5, better="higher") == thresholds.Cutoffs(55, 45, 50)
    with pytest.raises(ValueError, match="reliability"):
        thresholds.s_diff(7.5, 1.1)


@pytest.mark.parametrize(
    ("sd", "reliability", "index"),
    [(4.5, 0.92, 3.53), (5.5, 0.89, 5.06), (5.5, 0.84, 6.10), (12.40, 0.91, 10.31), (12.40, 0.82, 14.58), (6.1, 0.89, 5.61)],
)
def test_golden_reliable_change_indices(sd, reliability, index):
    """GAD-7, PHQ-9 twice, PCL-5 twice and PHQ-9 in major depression."""
    assert thresholds.reliable_change_index(sd, reliability) == pytest.approx(index, abs=0.005)


@pytest.mark.parametrize(
    ("norms", "expected"),
    [
        ((19.7, 7.7, 4.7, 4.8), (4.3, 14.3, 10.46)),
        ((15.4, 5.5, 2.91, 3.5), (4.40, 9.91, 7.77)),
        ((14.0, 4.5, 2.95, 3.4), (5.0, 9.75, 7.71)),
        ((17.1, 6.1, 3.3, 3.8), (4.9, 10.9, 8.597)),
    ],
)
def test_golden_cut_offs(norms, expected):
    """CORE-10, PHQ-9, GAD-7 and PHQ-9 with other norms: a, b, c; with 1.96 SDs a and b move towards the means, c stays."""
    found = thresholds.cutoffs(*norms, better="lower")
    assert (found.a, found.b, found.c) == pytest.approx(expected, abs=0.005)
    other = thresholds.cutoffs(*norms, better="lower", sds=1.96)
    assert (other.a - found.a, found.b - other.b, other.c) == pytest.approx((0.04 * norms[1], 0.04 * norms[3], found.c))
    mirrored = thresholds.cutoffs(-norms[0], norms[1], -norms[2], norms[3], better="higher")
    assert (-mirrored.a, -mirrored.b, -mirrored.c) == pytest.approx((found.a, found.b, found.c))


def test_cut_off_without_spread_is_nan():
    """Two SDs of 0 allow no cut-off c."""
    assert math.isnan(thresholds.cutoffs(15, 0, 3, 0, better="lower").c)


@pytest.mark.parametrize(
    ("threshold", "op", "sd", "reliability"), [(6, ">=", 5.5, 0.84), (6, ">", 5.5, 0.84), (4, ">=", 4.5, 0.60), (5.66, ">=", 6.1, 0.8)]
)
def test_false_positive_rate_equals_simulation(threshold, op, sd, reliability):
    """A million people whose two whole-number scores differ by error alone: the share meeting the rule, to .0015."""
    rng = np.random.default_rng(99)
    true = 50 + sd * math.sqrt(reliability) * rng.standard_normal(1_000_000)
    error = thresholds.standard_error_of_measurement(sd, reliability)
    pre, post = (np.rint(true + error * rng.standard_normal(1_000_000)).astype(int) for _ in range(2))
    cells, n = np.unique(np.column_stack([pre, post]), axis=0, return_counts=True)
    met = reliable.reliable_improvement(Pairs.from_cells(cells[:, 0], cells[:, 1], n, better="lower"), threshold, op)
    assert thresholds.false_positive_rate(threshold, op, sd, reliability) == pytest.approx(met.value, abs=0.0015)


def test_false_positive_rate_of_the_either_measure_rule():
    """PHQ-9 by 6 or GAD-7 by 4 and neither worse, independent errors: near the simulated 10.7 % (.84) and 24 % (.60)."""
    for reliability, simulated in ((0.84, 0.107), (0.60, 0.24)):
        depression = thresholds.false_positive_rate(6, ">=", 5.5, reliability)
        anxiety = thresholds.false_positive_rate(4, ">=", 4.5, reliability)
        neither_worse = (1 - depression) * (1 - anxiety)
        unchanged = (1 - 2 * depression) * (1 - 2 * anxiety)
        assert neither_worse - unchanged == pytest.approx(simulated, abs=0.015)


def test_false_positive_rate_limits():
    """Continuity: 6 means 5.5, more than 6 means 6.5, 5.66 means 5.5; a 1.96 index means 2.5 % when steps vanish; no error, no chance."""
    at = thresholds.false_positive_rate
    assert at(6, ">=", 5.5, 0.84) == at(5, ">", 5.5, 0.84) == at(5.66, ">", 5.5, 0.84) == at(5.66, ">=", 5.5, 0.84)
    assert at(6, ">", 5.5, 0.84) == pytest.approx(0.0183, abs=5e-5)
    assert at(1.5, ">=", 5.5, 0.84, step=0.5) == at(1, ">", 5.5, 0.84, step=0.5) > at(2, ">=", 5.5, 0.84)
    assert at(thresholds.reliable_change_index(5.5, 0.84), ">=", 5.5, 0.84, step=1e-4) == pytest.approx(0.024998, abs=5e-6)
    assert at(6, ">=", 5.5, 1.0) == at(6, ">=", 0.0, 0.5) == 0.0
    with pytest.raises(UsageError, match="Allowed"):
        at(6, "<", 5.5, 0.84)
