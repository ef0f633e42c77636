"""Takes pairs of groups, gives proof that differences and their p are statsmodels', scipy's and the formulas'."""

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t, ttest_ind, ttest_rel
from statsmodels.stats.proportion import confint_proportions_2indep

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.drafts import quantile_days
from iop_outcomes.stats.intervals import Side, StudentT, Wilson, difference, difference_limits, errors_of, finish
from iop_outcomes.stats.proportion import newcombe
from tests.stats.test_clustered import effective_of, people_of

WHO = frozenset({"in"})


def drafted(values, here, rule):
    """A share or a mean of the rows that are here; every row is a cell of its own."""
    n, mean = int(here.sum()), float(values[here].mean())
    influence = np.where(here, (values - mean) / n, 0.0)
    hits = int(values[here].sum()) if rule == "wilson" else 0
    people = Population("x", {"hit": hits, "miss": n - hits}, frozenset(("hit", "miss")), frozenset({"hit"}))
    who, interval = (people, Wilson(n)) if rule == "wilson" else (Population("x", {"in": n}, WHO), StudentT(n))
    return Draft(Key("x"), mean, influence, here, who, interval)


def compared(values, group, patient, rule, *, conf_level=0.95):
    """The difference of groups 0 and 1, and their sides."""
    people, n = people_of(patient), np.ones(len(values), dtype=np.int64)
    drafts = [drafted(values, group == g, rule) for g in (0, 1)]
    sides = [Side(draft, errors_of(draft, people, n)) for draft in drafts]
    return difference(*sides, people, conf_level=conf_level), sides, people


def sample(seed, *, n=120, people=50, shares=False):
    """Rows of two groups of unequal size and spread; a patient's rows lie near one another."""
    rng = np.random.default_rng(seed)
    patient, group = rng.integers(0, people, n), (rng.random(n) < 0.4).astype(int)
    values = rng.normal(0, 2, people)[patient] + rng.normal(0, 1 + group, n) + 0.8 * group
    return (values > 0.4).astype(float) if shares else values, group, patient


# -- shares ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (84, 101, 89, 105), (0, 12, 0, 30)])
def test_shares_of_people_who_came_once_are_statsmodels_newcombe(k1, n1, k2, n2):
    """The interval is confint_proportions_2indep(method="newcomb"), and the package's own function of the four numbers."""
    values = np.repeat([1.0, 0.0, 1.0, 0.0], [k1, n1 - k1, k2, n2 - k2])
    group = np.repeat([0, 1], [n1, n2])
    found, _, _ = compared(values, group, np.arange(n1 + n2), "wilson")
    truth = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    assert (found.limits.low, found.limits.high) == pytest.approx(truth, abs=1e-10)
    assert (found.limits.low, found.limits.high) == pytest.approx(newcombe(k1, n1, k2, n2), abs=1e-12)
    assert found.value == pytest.approx(k1 / n1 - k2 / n2)
    assert found.limits.method == "Newcombe"


@pytest.mark.parametrize("seed", range(4))
def test_patients_in_both_groups_bring_their_covariance(seed):
    """Zou and Donner's formula with the correlation of both sums over patients, each computed here patient by patient."""
    values, group, patient = sample(seed, shares=True)
    found, sides, _ = compared(values, group, patient, "wilson")
    sums = np.zeros((50, 2))
    for value, g, p in zip(values, group, patient, strict=True):
        sums[p, g] += (value - values[group == g].mean()) / (group == g).sum()
    v1, v2, c = (sums**2).sum(0)[0], (sums**2).sum(0)[1], (sums[:, 0] * sums[:, 1]).sum()
    r = c / math.sqrt(v1 * v2)
    assert abs(r) > 0.02
    first, second = (finish(side.draft, side.errors) for side in sides)
    a, la, ua, b, lb, ub = sides[0].draft.value, first.low, first.high, sides[1].draft.value, second.low, second.high
    low = a - b - math.sqrt((a - la) ** 2 + (ub - b) ** 2 - 2 * r * (a - la) * (ub - b))
    high = a - b + math.sqrt((ua - a) ** 2 + (b - lb) ** 2 - 2 * r * (ua - a) * (b - lb))
    assert (found.limits.low, found.limits.high) == pytest.approx((low, high), abs=1e-12)
    assert found.limits.se == pytest.approx(math.sqrt(v1 + v2 - 2 * c), rel=1e-10)
    assert found.limits.method == "Newcombe, by patient"


def test_the_error_of_a_difference_of_shares_is_statsmodels_by_patient():
    """The se is that of a regression on the group with errors by patient, without a factor."""
    values, group, patient = sample(5, shares=True)
    found, _, _ = compared(values, group, patient, "wilson")
    assert found.limits.se == pytest.approx(regression(values, group, patient).bse[1], rel=1e-10)
    assert found.value == pytest.approx(regression(values, group, patient).params[1], abs=1e-12)


def regression(values, group, patient):
    """Regression on being in group 0, errors by patient, no factor for small samples."""
    return sm.OLS(values, sm.add_constant(1.0 - group)).fit(cov_type="cluster", cov_kwds={"groups": patient, "use_correction": False})


def test_one_episode_of_each_patient_in_each_group_is_said_to_be_by_patient():
    """Nobody repeats within a group, yet the groups share their patients: correlation in the interval and "by patient" in the method."""
    values = np.array([1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0], dtype=float)
    group, patient = np.repeat([0, 1], 8), np.tile(np.arange(8), 2)
    found, _, _ = compared(values, group, patient, "wilson")
    apart, _, _ = compared(values, group, np.arange(16), "wilson")
    assert found.limits.se != pytest.approx(apart.limits.se, rel=1e-3)
    assert (found.limits.method, apart.limits.method) == ("Newcombe, by patient", "Newcombe")


# -- means -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_means_of_people_who_came_once_are_welchs(seed):
    """Value, error, limits and p of scipy's ttest_ind(equal_var=False)."""
    values, group, _ = sample(seed)
    found, _, _ = compared(values, group, np.arange(len(values)), "t")
    truth = ttest_ind(values[group == 0], values[group == 1], equal_var=False)
    limits = truth.confidence_interval()
    assert found.p == pytest.approx(truth.pvalue, rel=1e-10)
    assert (found.limits.low, found.limits.high) == pytest.approx((limits.low, limits.high), rel=1e-10)
    assert found.limits.method == "Welch t"


@pytest.mark.parametrize("seed", range(4))
def test_means_of_patients_who_repeat_are_statsmodels_by_patient(seed):
    """Without factors, the variance is that of a regression on the group with errors by patient; each group then has its m / (m - 1).

    m are effective patients, with which that factor takes the place of statsmodels' for the mean of one group. The degrees of freedom
    are Satterthwaite's over them.
    """
    values, group, patient = sample(seed)
    found, _, _ = compared(values, group, patient, "t")
    fitted = regression(values, group, patient)
    sums, m, own = [], [], []
    for g in (0, 1):
        here = group == g
        sums.append(np.bincount(patient, weights=np.where(here, values - values[here].mean(), 0) / here.sum(), minlength=50))
        m.append(effective_of(patient[here]))
        alone = sm.OLS(values[here], np.ones(here.sum()))
        plain = alone.fit(cov_type="cluster", cov_kwds={"groups": patient[here], "use_correction": False}).bse[0] ** 2
        own.append(plain * m[-1] / (m[-1] - 1))
    common = sums[0] @ sums[1]
    assert abs(common) > 1e-4
    assert sums[0] @ sums[0] + sums[1] @ sums[1] - 2 * common == pytest.approx(fitted.bse[1] ** 2, rel=1e-10)
    variance = own[0] + own[1] - 2 * common * math.sqrt(m[0] / (m[0] - 1) * m[1] / (m[1] - 1))
    df = min((own[0] + own[1]) ** 2 / (own[0] ** 2 / (m[0] - 1) + own[1] ** 2 / (m[1] - 1)), effective_of(patient) - 1)
    assert found.value == pytest.approx(fitted.params[1], abs=1e-12)
    assert found.limits.se**2 == pytest.approx(variance, rel=1e-10)
    half = t.ppf(0.975, df) * found.limits.se
    assert (found.limits.low, found.limits.high) == pytest.approx((found.value - half, found.value + half), rel=1e-10)
    assert found.p == pytest.approx(2 * t.sf(abs(found.value) / found.limits.se, df), rel=1e-9)
    assert found.limits.method == "Welch t, by patient"


def test_patients_with_as_many_episodes_each_are_compared_as_their_means():
    """Three episodes each and nobody in both groups: scipy's Welch test of the patients' means, limits, degrees of freedom and p."""
    rng = np.random.default_rng(2)
    patient = np.repeat(np.arange(25), 3)
    group = (patient >= 6).astype(int)
    values = rng.normal(0, 2, 25)[patient] + rng.normal(0, 1, 75)
    found, _, _ = compared(values, group, patient, "t")
    means = values.reshape(25, 3).mean(axis=1)
    truth = ttest_ind(means[:6], means[6:], equal_var=False)
    limits = truth.confidence_interval()
    assert found.p == pytest.approx(truth.pvalue, rel=1e-10)
    assert (found.limits.low, found.limits.high) == pytest.approx((limits.low, limits.high), rel=1e-10)


def test_patients_once_in_each_group_are_compared_in_pairs():
    """Everyone has one episode in either group: scipy's paired t test, limits and p."""
    rng = np.random.default_rng(3)
    first, second = rng.normal(0, 1, (2, 14)) + rng.normal(0, 2, 14)
    found, _, _ = compared(np.concatenate([first, second]), np.repeat([0, 1], 14), np.tile(np.arange(14), 2), "t")
    truth = ttest_rel(first, second)
    limits = truth.confidence_interval()
    assert found.p == pytest.approx(truth.pvalue, rel=1e-10)
    assert (found.limits.low, found.limits.high) == pytest.approx((limits.low, limits.high), rel=1e-10)


def test_one_repeated_patient_elsewhere_leaves_a_small_group_its_few_degrees_of_freedom():
    """Six people who came once, against 60 of whom one came twice: nearly the interval as if nobody had, not a normal one."""
    rng = np.random.default_rng(4)
    values, group = rng.normal(0, 1, 66) + np.repeat([1, 0], [6, 60]), np.repeat([0, 1], [6, 60])
    apart, _, _ = compared(values, group, np.arange(66), "t")
    found, _, _ = compared(values, group, np.minimum(np.arange(66), 64), "t")
    widths = [each.limits.high - each.limits.low for each in (found, apart)]
    assert widths[0] == pytest.approx(widths[1], rel=0.03)


@pytest.mark.parametrize(
    ("values", "group", "patient"),
    [
        ([3.0, 3.0, 3.0, 3.0], [0, 0, 1, 1], [0, 1, 2, 3]),  # no spread at all
        ([1.0, 2.0, 4.0], [0, 1, 1], [0, 1, 2]),  # one episode in a group
        ([1.0, 2.0, 4.0, 6.0], [0, 0, 1, 1], [0, 0, 0, 0]),  # one patient
        ([1.0, 2.0, 4.0, 6.0, 9.0], [0, 0, 1, 1, 1], [0, 0, 1, 2, 3]),  # one patient in a group, whose deviations always cancel
        ([1.0, 3.0, 5.0, 7.0], [0, 0, 1, 1], [0, 0, 1, 1]),  # each patient's deviations cancel
    ],
)
def test_means_that_cannot_be_judged(values, group, patient):
    """No difference is given where there is no spread to judge it by: NaN throughout."""
    found, _, _ = compared(np.array(values), np.array(group), np.array(patient), "t")
    assert all(math.isnan(x) for x in (found.value, found.p, found.limits.low, found.limits.high))


# -- curves and quantiles ----------------------------------------------------------------------------------------

CAUSES = ("event", "death")


def sides_of(estimates, table, people):
    """Two sides from the two groups of a table."""
    return [Side(draft, errors_of(draft, people, table.n)) for draft in map(estimates, table.split("group").values())]


def ends(seed, *, repeated):
    """Two groups of days and ends, and the patients behind them."""
    rng = np.random.default_rng(seed)
    n = 150
    group, day = rng.integers(0, 2, n), rng.integers(1, 90, n)
    day = np.minimum(day + 15 * group, 90)
    cause = rng.choice(["end", "event", "death"], n, p=[0.3, 0.5, 0.2])
    cells = sorted({(int(g), int(d), str(c)) for g, d, c in zip(group, day, cause, strict=True)})
    rows = [cells.index((int(g), int(d), str(c))) for g, d, c in zip(group, day, cause, strict=True)]
    counts = Counts.from_columns(("group", "day", "cause"), [list(x) for x in zip(*cells, strict=True)], np.bincount(rows))
    order = {cell: i for i, (cell, _) in enumerate(counts)}
    rows = np.array([order[cells[row]] for row in rows])
    patient = rng.integers(0, 60, n) if repeated else np.arange(n)
    held = [np.sort(rows[patient == p]) for p in np.unique(patient)]
    alone = np.zeros(len(counts), dtype=np.int64)
    for one in held:
        alone[one] += len(one) == 1
    several = [one for one in held if len(one) > 1]
    start = np.cumsum([0, *map(len, several)])[:-1].astype(np.int64)
    cell = np.concatenate(several).astype(np.int64) if several else np.zeros(0, dtype=np.int64)
    return counts, Patients(alone, cell, start, np.ones(len(several), dtype=np.int64))


def curve_draft(kind):
    """How to draft a number of a curve of one group."""

    def find(part):
        curve = Ends(part.keep(["day", "cause"]), "day", "cause", CAUSES)
        who = Population(
            "x", {"hit": part.total // 2, "miss": part.total - part.total // 2}, frozenset(("hit", "miss")), frozenset({"hit"})
        )
        if kind == "log_log":
            return curve.at("x", curve.event_free([40]), [who])[0]
        return curve.median("x", who) if kind == "band" else curve.restricted_mean("x", 60.0, who)

    return find


def stays(part):
    """The median of the days of one group."""
    return quantile_days("x", part.keep(["day"]), "day", 0.5, Population("x", {"in": part.total}, WHO))


SIDES = {
    "log_log": curve_draft("log_log"),
    "band": curve_draft("band"),
    "log_log_days": curve_draft("log_log_days"),
    "order_statistics": stays,
}


@pytest.mark.parametrize("rule", SIDES)
@pytest.mark.parametrize("repeated", [False, True])
def test_shares_of_curves_and_days_join_the_limits_of_both(rule, repeated):
    """MOVER, written out, whatever the rule, with the correlation of the influences by patient."""
    counts, people = ends(1, repeated=repeated)
    one, other = sides_of(SIDES[rule], counts, people)
    found = difference(one, other, people)
    first, second = one.limits(0.95), other.limits(0.95)
    r = people.covariance(one.draft.influence, other.draft.influence) / math.sqrt(one.errors.variance * other.errors.variance)
    assert (abs(r) > 0.01) == repeated
    a, b = one.draft.value, other.draft.value
    pull, push = a - first.low, second.high - b
    assert found.limits.low == pytest.approx(a - b - math.sqrt(pull**2 + push**2 - 2 * r * pull * push), abs=1e-10)
    pull, push = first.high - a, b - second.low
    assert found.limits.high == pytest.approx(a - b + math.sqrt(pull**2 + push**2 - 2 * r * pull * push), abs=1e-10)
    assert found.limits.method == ("MOVER, by patient" if repeated else "MOVER")


# -- p -----------------------------------------------------------------------------------------------------------


def touches(found, again):
    """At the confidence level 1 - p the interval just reaches 0, on the side of 0."""
    interval = again(1 - found.p)
    return interval.low if found.value > 0 else interval.high


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_at_one_minus_p_the_interval_touches_0(seed, shares, once):
    """Shares and means, with repeated patients and without: the p value is the level at which 0 is the limit."""
    values, group, patient = sample(seed, shares=shares, n=60, people=25)
    patient = np.arange(60) if once else patient
    rule = "wilson" if shares else "t"
    found, _, _ = compared(values, group, patient, rule)
    assume(1e-9 < found.p < 1)
    near = touches(found, lambda level: compared(values, group, patient, rule, conf_level=level)[0].limits)
    assert near == pytest.approx(0, abs=1e-6)
    assert (found.p < 0.05) == (found.limits.low > 0 or found.limits.high < 0)


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rule", ["log_log", "log_log_days"])
def test_at_one_minus_p_the_interval_of_a_curve_touches_0(rule, seed, repeated):
    """The same for shares of a curve and mean days."""
    counts, people = ends(seed, repeated=repeated)
    one, other = sides_of(SIDES[rule], counts, people)
    found = difference(one, other, people)
    assert 1e-9 < found.p < 1
    assert touches(found, lambda level: difference(one, other, people, conf_level=level).limits) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rule", ["band", "order_statistics"])
def test_the_interval_of_medians_leaves_0_just_beyond_one_minus_p(rule, seed, repeated):
    """Limits of medians move in whole days: a little below the level 1 - p 0 is outside or on the limit, a little above it is inside."""
    counts, people = ends(seed, repeated=repeated)
    one, other = sides_of(SIDES[rule], counts, people)
    found = difference(one, other, people)
    assert found.value < 0
    z = norm.isf(found.p / 2)
    below, above = (difference(one, other, people, conf_level=2 * norm.cdf(z + step) - 1).limits for step in (-1e-6, 1e-6))
    assert below.high < 0 or found.p == 1
    assert not above.high < 0


def test_no_difference_has_p_1():
    """The same numbers in both groups."""
    values = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    found, _, _ = compared(values, np.repeat([0, 1], 3), np.arange(6), "wilson")
    assert (found.value, found.p) == (0, 1)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_turned_round_the_sign_turns(seed, shares, once):
    """The second minus the first: value and limits mirrored, error and p the same."""
    values, group, patient = sample(seed, shares=shares, n=60, people=25)
    patient = np.arange(60) if once else patient
    one, _, _ = compared(values, group, patient, "wilson" if shares else "t")
    other, _, _ = compared(values, 1 - group, patient, "wilson" if shares else "t")
    assert (-other.value, -other.limits.high, -other.limits.low) == pytest.approx((one.value, one.limits.low, one.limits.high), abs=1e-12)
    assert (other.p, other.limits.se) == pytest.approx((one.p, one.limits.se), rel=1e-8, nan_ok=True)


def test_limits_of_shares_stay_between_minus_1_and_1():
    """All of ten against none of ten, with one patient behind each pair: no limit beyond what shares can differ."""
    values = np.repeat([1.0, 0.0], 10)
    found, _, _ = compared(values, np.repeat([0, 1], 10), np.arange(20) // 5, "wilson")
    assert -1 <= found.limits.low < found.limits.high <= 1
    assert found.value == 1


def test_a_missing_estimate_has_no_difference():
    """Where one side has no value, there is no difference and no p."""
    values, group, patient = sample(1, shares=True)
    _, (one, other), people = compared(values, group, patient, "wilson")
    for sides in (
        (replace(one, draft=replace(one.draft, value=math.nan)), other),
        (one, replace(other, draft=replace(other.draft, value=math.nan))),
    ):
        found = difference(*sides, people)
        assert all(math.isnan(x) for x in (found.value, found.p, found.limits.low, found.limits.high))


@pytest.mark.parametrize("rule", ["wilson", "t"])
@pytest.mark.parametrize("conf_level", [0.9, 0.95, 0.95 ** (1 / 6)])
def test_the_interval_by_itself_is_that_of_the_difference(rule, conf_level):
    """What decides whether a contrast counts is the interval that stands beside its word."""
    values, group, patient = sample(3, shares=rule == "wilson")
    found, sides, people = compared(values, group, patient, rule, conf_level=conf_level)
    assert difference_limits(*sides, people, conf_level=conf_level) == found.limits
