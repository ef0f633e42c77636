"""Takes drafts and patients, gives proof that each rule for repeated patients finishes as its formula says and keeps its bounds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import beta, norm, t

from iop_outcomes.keys import Flag, Key, flags
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.duration import Distribution
from iop_outcomes.stats.intervals import (
    FEW_PATIENTS,
    Clustered,
    Errors,
    LogLog,
    Normal,
    OrderStatistics,
    PointErrors,
    StudentT,
    Tail,
    Wilson,
    errors_of,
    finish,
)
from iop_outcomes.stats.intervals.wilson import effective_n
from iop_outcomes.stats.limits import ROUNDING
from iop_outcomes.stats.transform import transformed_interval

BASE = frozenset({"hit", "miss"})


def share_draft(k, n):
    """A share whose table has a cell for those counted and one for the rest."""
    population = Population("x", {"hit": k, "miss": n - k}, BASE, frozenset({"hit"}))
    return Draft(Key("x"), k / n, np.array([1 - k / n, -k / n]) / n, np.array([True, True]), population, Wilson(n))


def mean_draft(values, **changes):
    """A mean over rows, each a cell of its own."""
    population = Population("x", {"in": len(values)}, frozenset({"in"}))
    n, influence = len(values), (values - values.mean()) / len(values)
    draft = Draft(Key("x"), values.mean(), influence, np.ones(n, dtype=bool), population, StudentT(n))
    return replace(draft, **changes)


def people_of(patients):
    """The patients behind rows that are a cell each."""
    names, number, size = np.unique(patients, return_inverse=True, return_counts=True)
    groups = [np.flatnonzero(number == i) for i in range(len(names))]
    alone = np.zeros(len(patients), dtype=np.int64)
    alone[[g[0] for g in groups if len(g) == 1]] = 1
    several = [g for g in groups if len(g) > 1]
    start = np.cumsum([0, *map(len, several)])[:-1].astype(np.int64)
    cell = np.concatenate(several) if several else np.zeros(0, dtype=np.int64)
    assert size.sum() == len(patients)
    return Patients(alone, cell.astype(np.int64), start, np.ones(len(several), dtype=np.int64))


def effective_of(patients):
    """Effective patients: the sum of their episodes, squared, over the sum of their squared episodes."""
    sizes = np.unique(patients, return_counts=True)[1]
    return sizes.sum() ** 2 / (sizes**2).sum()


def clustered(independent, variance, effective, point=None):
    """Errors of an estimate whose patients repeat."""
    return Errors(independent, Clustered(effective, variance), point)


def test_errors_by_patient_only_where_a_patient_repeats_in_the_denominator():
    """A patient with one episode inside and one outside the denominator repeats nowhere that counts."""
    people, n = people_of(np.array([0, 0, 1, 2])), np.ones(4, dtype=np.int64)
    inside = np.array([True, False, True, True])
    draft = mean_draft(np.array([1.0, 2.0, 3.0, 4.0]), influence=np.array([0.1, 0.0, -0.2, 0.1]), among=inside)
    assert errors_of(draft, people, n).clustered is None
    both = errors_of(replace(draft, among=~np.array([False, False, True, False])), people, n)
    assert both.clustered is not None
    assert both.clustered.effective == pytest.approx(9 / 5)  # one with two episodes, one with one
    assert errors_of(replace(draft, among=np.zeros(4, dtype=bool)), people, n).clustered is None


def test_the_variance_that_holds():
    """By patient where there is one, else over episodes."""
    assert Errors(0.2).variance == 0.2
    assert clustered(0.2, 0.3, 4).variance == 0.3


@given(st.integers(1, 200), st.integers(0, 200), st.floats(2, 60), st.floats(0.1, 20))
def test_shares_keep_their_bounds(n, k, effective, ratio):
    """Limits lie in 0 to 1 around the share; the effective number is never above the episodes."""
    k = min(k, n)
    draft = share_draft(k, n)
    independent = draft.value * (1 - draft.value) / n
    errors = clustered(independent, ratio * independent, min(effective, n) if n > 1 else 2)
    found = finish(draft, errors)
    assert 0 <= found.low <= draft.value <= found.high <= 1
    assert effective_n(draft.value, n, errors) <= max(n, errors.clustered.effective)
    assert found.low < found.high


@given(st.integers(4, 100), st.data())
def test_shares_widen_as_patients_are_fewer(n, data):
    """The same variance known from fewer patients gives a wider interval."""
    draft = share_draft(data.draw(st.integers(1, n - 1)), n)
    independent = draft.value * (1 - draft.value) / n
    few, many = (finish(draft, clustered(independent, 2 * independent, m)) for m in (3, n))
    assert few.low <= many.low < many.high <= few.high


def test_effective_number_is_p_times_q_over_v():
    """30 of 100 with twice the variance are 50; with half of it 100, not 200; with none, the effective patients."""
    plain = 0.3 * 0.7 / 100
    assert effective_n(0.3, 100, clustered(plain, 2 * plain, 40)) == pytest.approx(50)
    assert effective_n(0.3, 100, clustered(plain, plain / 2, 40)) == 100
    assert effective_n(0.3, 100, clustered(plain, 0.0, 40)) == 40
    assert effective_n(1.0, 100, clustered(0.0, 0.0, 40)) == 40
    assert effective_n(0.3, 100, clustered(plain, ROUNDING * plain / 2, 40)) == 40  # what a sum of floats leaves of 0


@pytest.mark.parametrize("conf_level", [0.5, 0.8, 0.95, 0.99])
def test_the_limits_solve_wilsons_equation_at_t(conf_level):
    """At either limit p: (share - p)^2 = t^2 p (1 - p) / n_eff, t on the effective patients less one."""
    draft = share_draft(30, 100)
    found = finish(draft, clustered(0.0021, 0.0042, 12.5), conf_level=conf_level)
    quantile = t.ppf(0.5 + conf_level / 2, 11.5)
    for p in (found.low, found.high):
        assert (0.3 - p) ** 2 == pytest.approx(quantile**2 * p * (1 - p) / 50, rel=1e-10)
    assert found.se == pytest.approx(math.sqrt(0.0042))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-9, 9)), min_size=3, max_size=30))
def test_means_equal_a_slow_sum_over_patients(rows):
    """The factor m / (m - 1) times the sum over patients of squared sums of deviations, over n squared; t on m - 1; m effective patients."""
    patient, value = (np.array(column) for column in zip(*rows, strict=True))
    values = value.astype(float)
    people, m, n = people_of(patient), effective_of(patient), len(rows)
    sums = [sum(v - values.mean() for p, v in zip(patient, values, strict=True) if p == who) for who in set(patient.tolist())]
    variance = math.fsum(s * s for s in sums) / n**2
    assume(2 <= m < n)
    assume(variance > 1e-9)
    found = finish(mean_draft(values), errors_of(mean_draft(values), people, np.ones(n, dtype=np.int64)))
    se = math.sqrt(variance * m / (m - 1))
    assert found.se == pytest.approx(se, rel=1e-9)
    half = t.ppf(0.975, m - 1) * se
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0, 5.0], [3.0, 7.0, 3.0, 7.0]])
def test_a_mean_without_spread_between_patients_has_no_interval(values):
    """All alike, or each patient's deviations cancelling: an interval of no width would claim certainty."""
    draft = mean_draft(np.array(values))
    found = finish(draft, errors_of(draft, people_of(np.array([0, 0, 1, 1])), np.ones(4, dtype=np.int64)))
    assert all(math.isnan(x) for x in (found.se, found.low, found.high))


def test_effect_sizes_widen_by_the_ratio_of_variances():
    """The textbook variance times V by patient over V of episodes, t on the effective patients less one; with nothing to compare, the textbook's."""
    draft = mean_draft(np.array([1.0, 2.0, 4.0]), interval=Normal(0.09))
    found = finish(draft, clustered(0.02, 0.05, 12))
    assert found.se == pytest.approx(math.sqrt(0.09 * 2.5))
    assert found.high - draft.value == pytest.approx(t.ppf(0.975, 11) * found.se)
    assert found.method == "Student t, by patient"
    assert finish(draft, clustered(0.0, 0.0, 12)).se == pytest.approx(0.3)
    plain = finish(draft, Errors(0.02))
    assert plain.se == pytest.approx(0.3)
    assert plain.high - draft.value == pytest.approx(norm.ppf(0.975) * 0.3)


def point_draft(value, *, ends=40, kinds=1, left=False, tail=None):
    """A share of a curve on day 30, of a table of two cells."""
    interval = LogLog(50, ends, kinds, left, np.array([True, True]), tail)
    return replace(share_draft(40, 100), key=Key("x", 30.0), value=value, interval=interval)


def test_shares_of_a_curve_by_patient():
    """Log-log of the share with the error by patient and t on the effective patients less one; at 0 % and 100 % the exact limit for the effective patients whose state is known."""
    found = finish(point_draft(0.6), clustered(0.0024, 0.005, 30, PointErrors(30)))
    limits = transformed_interval(0.6, math.sqrt(0.005), t.ppf(0.975, 29))
    assert (found.low, found.high) == pytest.approx([float(x) for x in limits])
    assert (found.method, found.flags) == ("log-log, by patient", flags())
    none = finish(point_draft(0.0, ends=0), clustered(0.0, 0.0, 30, PointErrors(12.5)))  # fewer are known than there were patients
    assert (none.low, none.high) == (0, pytest.approx(1 - 0.025 ** (1 / 12.5), abs=1e-12))
    assert none.high == pytest.approx(beta.ppf(0.975, 1, 12.5), abs=1e-12)
    assert (none.method, none.flags) == ("exact, by patient", flags(Flag.FEWER_THAN_5_EVENTS))
    everybody = finish(point_draft(1.0), clustered(0.0, 0.0, 30, PointErrors(12.5)))
    assert (everybody.low, everybody.high) == (pytest.approx(0.025 ** (1 / 12.5), abs=1e-12), 1)


def test_limits_are_of_the_share_that_is_printed():
    """The share left of two kinds of end has log-log limits of its own; of one kind, 1 minus those of the share ended."""
    errors = Errors(0.0024, None, PointErrors(100))
    ended, alone, several = (
        finish(draft, errors) for draft in (point_draft(0.4), point_draft(0.6, left=True), point_draft(0.6, left=True, kinds=2))
    )
    of = {share: [float(x) for x in transformed_interval(share, math.sqrt(0.0024), norm.ppf(0.975))] for share in (0.4, 0.6)}
    assert [ended.low, ended.high] == pytest.approx(of[0.4], abs=1e-12)
    assert [alone.low, alone.high] == pytest.approx([1 - of[0.4][1], 1 - of[0.4][0]], abs=1e-12)
    assert [several.low, several.high] == pytest.approx(of[0.6], abs=1e-12)
    assert alone.low != pytest.approx(several.low, abs=1e-3)


@pytest.mark.parametrize("conf_level", [0.8, 0.95])
def test_nobody_and_everybody_are_exact(conf_level):
    """Clopper-Pearson of 0 and of all among the episodes whose state is known; the share left turns it round."""
    upper = beta.ppf(0.5 + conf_level / 2, 1, 40)
    errors = Errors(0.0, None, PointErrors(40))
    for value, left, expected in ((0, False, (0, upper)), (1, False, (1 - upper, 1)), (1, True, (1 - upper, 1)), (0, True, (0, upper))):
        found = finish(point_draft(float(value), ends=40 if value != left else 0, left=left), errors, conf_level=conf_level)
        assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)
        assert found.method == "exact"
        assert math.isnan(found.se)


def test_the_end_of_a_curve_after_losses():
    """Low limit 1 - (upper log-log limit of the share left before the last end) x (exact upper limit of staying among those at risk then)."""
    tail = Tail(0.3, np.zeros(2), np.array([True, True]))
    errors = Errors(0.0, None, PointErrors(60, tail_at_risk=8, tail_se=0.07))
    found = finish(point_draft(1.0, tail=tail), errors)
    upper = float(transformed_interval(0.3, 0.07, norm.ppf(0.975))[1])
    assert (found.low, found.high) == (pytest.approx(1 - upper * (1 - 0.025 ** (1 / 8)), abs=1e-12), 1)
    nobody_before = finish(point_draft(1.0, tail=replace(tail, before=1.0)), errors)  # the only day on which anybody ended
    assert nobody_before.low == pytest.approx(0.025 ** (1 / 8), abs=1e-12)


def test_woodruff_by_hand():
    """Ten stays, n_eff 5, 8 patients: Wilson's limits of one half at t, .1367 and .8633, read back as the 2nd and 9th stay."""
    population = Population("x", {"in": 10}, frozenset({"in"}))
    stays = Distribution(np.arange(10, 110, 10), np.ones(10, dtype=np.int64))
    draft = Draft(Key("x"), 55.0, np.zeros(10), np.ones(10, dtype=bool), population, OrderStatistics(stays, 0.5))
    found = finish(draft, clustered(0.025, 0.05, 8))
    quantile = t.ppf(0.975, 7)
    half = quantile * math.sqrt(0.25 / 5 + quantile**2 / 100) / (1 + quantile**2 / 5)
    assert (0.5 - half, 0.5 + half) == pytest.approx((0.1367, 0.8633), abs=1e-4)
    assert (found.low, found.high, found.method) == (20, 90, "Woodruff, by patient")


@pytest.mark.parametrize(
    "interval", [Wilson(100), StudentT(100), Normal(0.02), point_draft(0.3).interval], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize(
    ("effective", "limits", "flag"), [(1, False, True), (1.99, False, True), (2, True, True), (9.99, True, True), (10, True, False)]
)
def test_few_patients_have_a_flag_and_hardly_one_no_interval(interval, effective, limits, flag):
    """Whatever the kind: flagged under 10 effective patients; under 2 nothing is said of others."""
    draft = replace(point_draft(0.3), interval=interval)
    found = finish(draft, clustered(0.02, 0.05, effective, PointErrors(20)))
    assert FEW_PATIENTS == 10
    assert found.flags == flags(Flag.FEW_PATIENTS if flag else Flag.NONE)
    assert [math.isnan(x) for x in (found.se, found.low, found.high)] == [not limits] * 3


def test_a_missing_value_has_no_interval():
    """NaN in, NaN out, with the name of the method."""
    found = finish(replace(share_draft(3, 10), value=math.nan), clustered(0.02, 0.05, 9))
    assert math.isnan(found.low)
    assert found.method == "Wilson score, by patient"
