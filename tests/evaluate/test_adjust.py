"""Takes completion and incidence in strata on paper numbers, gives proof that a standardised number is a draft like any other."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm, t

from iop_outcomes.counts import Counts
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.evaluate.adjust import Weights, standardised
from iop_outcomes.keys import Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.drafts import mean_days, quantile_days, share
from iop_outcomes.stats.intervals import Side, difference, errors_of, finish
from iop_outcomes.stats.proportion import wilson_limits
from iop_outcomes.stats.transform import transformed_interval
from tests.stats.test_clustered import people_of

# Completed of discharged by age group in two tracks: younger people complete less, and track b treats more of them.
COMPLETED = {
    ("a", "18-29"): (12, 40),
    ("a", "30-49"): (36, 60),
    ("a", "50+"): (30, 40),
    ("b", "18-29"): (40, 100),
    ("b", "30-49"): (28, 40),
    ("b", "50+"): (16, 20),
}
STANDARD = {"18-29": 140, "30-49": 100, "50+": 60}  # both tracks together


def people(n, k):
    """A population of n of whom k were counted."""
    return Population("x", {"hit": k, "miss": n - k}, frozenset(("hit", "miss")), frozenset({"hit"}))


def table():
    """The paper numbers as a table of counts."""
    cells = {}
    for (track, age), (k, n) in COMPLETED.items():
        cells[track, age, "hit"], cells[track, age, "miss"] = k, n - k
    return Counts.from_cells(("track", "age_group", "part"), cells)


def completion_of(counts, everybody=None):
    """The share of each age group of some episodes, with its errors."""
    sides = {}
    who = Patients.all_different((counts if everybody is None else everybody).n)
    for age, part in counts.split("age_group").items():
        held = {str(cell[0]): n for cell, n in part.keep(["part"])}
        draft = share("completion_strict", part, "part", people(sum(held.values()), held.get("hit", 0)))
        sides[age] = Side(draft, errors_of(draft, who, (counts if everybody is None else everybody).n))
    return sides


def by_track():
    """Each track standardised over age to both together."""
    counts = table()
    found = {}
    for track, part in counts.split("track").items():
        k, n = (sum(COMPLETED[key][i] for key in COMPLETED if key[0] == track) for i in (0, 1))
        draft = standardised(completion_of(part, counts), Weights.given(STANDARD), people(n, k), counts.n)
        found[track] = Side(draft, errors_of(draft, Patients.all_different(counts.n), counts.n))
    return counts, found


def on_paper(track):
    """The weighted share, and its variance with the weights given."""
    whole = sum(STANDARD.values())
    strata = [(STANDARD[age] / whole, *COMPLETED[track, age]) for age in STANDARD]
    return sum(w * k / n for w, k, n in strata), sum(w**2 * (k / n) * (1 - k / n) / n for w, k, n in strata)


@pytest.mark.parametrize("track", ["a", "b"])
def test_completion_standardised_over_age_is_the_weighted_sum_and_its_limits_follow(track):
    """Value sum of w p, variance sum of w^2 p q / n, Wilson's limits of p q / V episodes: not those of the unadjusted counts."""
    _, found = by_track()
    side, (value, variance) = found[track], on_paper(track)
    assert side.draft.value == pytest.approx(value, abs=1e-15)
    assert side.errors.variance == pytest.approx(variance, rel=1e-12)
    limits = side.limits(0.95)
    expected = wilson_limits(value, value * (1 - value) / variance, norm.ppf(0.975))
    assert (limits.low, limits.high, limits.se) == pytest.approx((*expected, math.sqrt(variance)), rel=1e-12)
    assert limits.low < value < limits.high
    crude = sum(COMPLETED[key][0] for key in COMPLETED if key[0] == track) / sum(COMPLETED[key][1] for key in COMPLETED if key[0] == track)
    assert abs(value - crude) > 0.02


def test_tracks_that_treat_other_ages_differ_less_and_the_other_way():
    """Crude, a completes more (56 % against 52 %); of the same ages it completes less, and the difference has MOVER limits."""
    counts, found = by_track()
    compared = difference(found["a"], found["b"], Patients.all_different(counts.n))
    assert compared.value == pytest.approx(on_paper("a")[0] - on_paper("b")[0], abs=1e-15)
    assert compared.value < 0 < 78 / 140 - 84 / 160
    one, other = (found[track].limits(0.95) for track in "ab")
    a, b = (found[track].draft.value for track in "ab")
    assert compared.limits.low == pytest.approx(a - b - math.hypot(a - one.low, other.high - b), rel=1e-12)
    assert compared.limits.method == "Newcombe"


def test_weights_of_the_same_data_have_their_own_error():
    """Standardised to its own ages, a track has its crude share, with the crude error: the strata's shares and the weights together."""
    counts = table()
    part = counts.split("track")["a"]
    draft = standardised(completion_of(part, counts), Weights.from_counts(part, "age_group"), people(140, 78), counts.n)
    assert draft.value == pytest.approx(78 / 140, abs=1e-15)
    crude = share("completion_strict", part, "part", people(140, 78))
    assert draft.influence == pytest.approx(crude.influence, abs=1e-15)
    given = standardised(completion_of(part, counts), Weights.given({"18-29": 40, "30-49": 60, "50+": 40}), people(140, 78), counts.n)
    assert float((counts.n * given.influence**2).sum()) < float((counts.n * draft.influence**2).sum())


def test_influences_are_what_one_more_episode_adds():
    """Numerical derivatives of the standardised share, weights from the data."""
    counts = table()

    def value(n):
        found, whole = 0.0, n.sum()
        for age in STANDARD:
            inside, hit = counts.is_in("age_group", [age]), counts.is_in("part", ["hit"])
            found += n[inside].sum() / whole * n[inside & hit].sum() / n[inside].sum()
        return found

    draft = standardised(completion_of(counts), Weights.from_counts(counts, "age_group"), people(300, 162), counts.n)
    step = 1e-6
    for cell in range(len(counts)):
        more = counts.n.astype(float)
        more[cell] += step
        assert (value(more) - value(counts.n.astype(float))) / step == pytest.approx(draft.influence[cell], abs=1e-6)


def test_incidence_standardised_over_age():
    """Aalen-Johansen of two strata at day 90, weights 0.7 and 0.3: log-log limits of the weighted share and its variance."""
    cells = {}
    for age, days in {"18-29": (10, 30, 50, 80), "50+": (20, 60)}.items():
        for day in days:
            cells[age, day, "event"] = 4
        cells[age, 40, "death"], cells[age, 70, "end"], cells[age, 200, "end"] = 2, 5, 20
    counts = Counts.from_cells(("age_group", "day", "outcome"), cells)
    sides, who = {}, Patients.all_different(counts.n)
    for age, part in counts.split("age_group").items():
        ends = Ends(part.keep(["day", "outcome"]), "day", "outcome", ("event", "death"))
        draft = ends.at("cumulative_incidence", ends.incidence([90]), [people(part.total, 8)])[0]
        sides[age] = Side(draft, errors_of(draft, who, counts.n))
    draft = standardised(sides, Weights.given({"18-29": 0.7, "50+": 0.3}), people(counts.total, 24), counts.n)
    value = 0.7 * sides["18-29"].draft.value + 0.3 * sides["50+"].draft.value
    variance = 0.49 * sides["18-29"].errors.variance + 0.09 * sides["50+"].errors.variance
    found = finish(draft, errors_of(draft, who, counts.n))
    assert (draft.key, draft.value) == (Key("cumulative_incidence", 90.0), pytest.approx(value, abs=1e-15))
    expected = [float(limit) for limit in transformed_interval(value, math.sqrt(variance), norm.ppf(0.975))]
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-12)
    assert (found.method, draft.interval.at_risk) == ("log-log", sum(side.draft.interval.at_risk for side in sides.values()))


def test_means_take_satterthwaites_degrees_of_freedom():
    """Two strata of unlike spread: Welch and Satterthwaite of the weighted mean."""
    days = {"18-29": [10, 12, 14, 30], "50+": [40, 41, 43, 44, 47, 49]}
    cells = {(age, day): 1 for age, each in days.items() for day in each}
    counts = Counts.from_cells(("age_group", "los_days"), cells)
    sides, who = {}, Patients.all_different(counts.n)
    for age, part in counts.split("age_group").items():
        draft = mean_days("los_mean", part, "los_days", Population("x", {"in": part.total}, frozenset({"in"})))
        sides[age] = Side(draft, errors_of(draft, who, counts.n))
    draft = standardised(sides, Weights.given({"18-29": 1, "50+": 1}), Population("x", {"in": 10}, frozenset({"in"})), counts.n)
    found = finish(draft, errors_of(draft, who, counts.n))
    plain = [0.25 * np.var(each, ddof=1) / len(each) for each in days.values()]
    df = sum(plain) ** 2 / sum(v**2 / (len(each) - 1) for v, each in zip(plain, days.values(), strict=True))
    se = math.sqrt(sum(plain))
    assert (found.se, found.high - draft.value) == pytest.approx((se, t.ppf(0.975, df) * se), rel=1e-12)


def test_patients_in_several_strata_are_clustered():
    """A person with an episode in both strata: the variance is statsmodels' of weighted rows by patient."""
    rng = np.random.default_rng(3)
    n = 80
    patient, stratum, hit = rng.integers(0, 30, n), np.repeat(["young", "old"], 40), rng.random(n) < 0.4
    rows = [(str(i), s, "hit" if h else "miss") for i, (s, h) in enumerate(zip(stratum, hit, strict=True))]
    counts = Counts.from_cells(("row", "age_group", "part"), dict.fromkeys(rows, 1))
    order = [int(cell[0]) for cell, _ in counts]
    who = people_of(patient[order])
    sides = {}
    for age, part in counts.split("age_group").items():
        k = int(part.is_in("part", ["hit"]).sum())
        draft = share("completion_strict", part, "part", people(part.total, k))
        sides[age] = Side(draft, errors_of(draft, who, counts.n))
    draft = standardised(sides, Weights.given({"young": 3, "old": 1}), people(n, int(hit.sum())), counts.n)
    errors = errors_of(draft, who, counts.n)
    design = np.column_stack([stratum == "young", stratum == "old"]).astype(float)
    fit = sm.OLS(hit.astype(float), design).fit(cov_type="cluster", cov_kwds={"groups": patient, "use_correction": False})
    weight = np.array([0.75, 0.25])
    assert errors.variance == pytest.approx(float(weight @ fit.cov_params() @ weight), rel=1e-9)
    assert finish(draft, errors).method == "Wilson score, by patient"


def test_nobody_and_everybody_keep_an_interval():
    """Completed by none in every stratum: Wilson's limits of Kish's number of episodes, not an interval of no width."""
    counts = Counts.from_cells(("age_group", "part"), {("18-29", "miss"): 40, ("50+", "miss"): 10})
    draft = standardised(completion_of(counts), Weights.given({"18-29": 1, "50+": 1}), people(50, 0), counts.n)
    found = finish(draft, errors_of(draft, Patients.all_different(counts.n), counts.n))
    assert (found.low, found.high) == pytest.approx(wilson_limits(0.0, 1 / (0.25 / 40 + 0.25 / 10), norm.ppf(0.975)))


def test_what_cannot_be_added_up_refuses():
    """A median is no sum of medians; a stratum with weight and without anybody has no estimate; weights are sizes."""
    counts = Counts.from_cells(("age_group", "los_days"), {("18-29", 10): 3, ("50+", 20): 4})
    sides = {}
    for age, part in counts.split("age_group").items():
        draft = quantile_days("los_median", part, "los_days", 0.5, Population("x", {"in": part.total}, frozenset({"in"})))
        sides[age] = Side(draft, errors_of(draft, Patients.all_different(counts.n), counts.n))
    with pytest.raises(TypeError, match="OrderStatistics is not added up"):
        standardised(sides, Weights.given({"18-29": 1, "50+": 1}), people(7, 0), counts.n)
    with pytest.raises(NotAssessableError, match="1 of 3 strata have no estimate"):
        standardised(sides, Weights.given({"18-29": 1, "30-49": 1, "50+": 1}), people(7, 0), counts.n)
    for sizes in ({}, {"a": 0}, {"a": 2, "b": -1}, {"a": math.inf, "b": 1}):
        with pytest.raises(UsageError, match="sizes"):
            Weights.given(sizes)


# -- at the edges ------------------------------------------------------------------------------------------------------


def shares_of(strata):
    """A standardised share from (weight, k, n) of each stratum, and its limits."""
    cells = {}
    for place, (_, k, n) in enumerate(strata):
        cells |= {(f"s{place}", part): m for part, m in (("hit", k), ("miss", n - k)) if m}
    counts = Counts.from_cells(("age_group", "part"), cells)
    sizes = {f"s{place}": weight for place, (weight, _, _) in enumerate(strata)}
    k, n = (sum(one[i] for one in strata) for i in (1, 2))
    draft = standardised(completion_of(counts), Weights.given(sizes), people(n, k), counts.n)
    return draft, finish(draft, errors_of(draft, Patients.all_different(counts.n), counts.n))


def test_limits_of_weights_from_the_same_data_are_the_crude_ones():
    """Standardised to its own ages a share is worth its own episodes, 140: Wilson's limits of 78 of 140."""
    counts = table()
    part = counts.split("track")["a"]
    draft = standardised(completion_of(part, counts), Weights.from_counts(part, "age_group"), people(140, 78), counts.n)
    found = finish(draft, errors_of(draft, Patients.all_different(counts.n), counts.n))
    assert (found.low, found.high) == pytest.approx(wilson_limits(78 / 140, 140, norm.ppf(0.975)), rel=1e-9)


def test_a_stratum_at_100_percent_is_not_taken_for_certain():
    """2 of 2 with nearly all the weight is worth two episodes, whatever the other stratum does."""
    draft, found = shares_of([(99, 2, 2), (1, 1, 2)])
    assert draft.interval.n == pytest.approx(1 / (0.99**2 / 2 + 0.01**2 / 2))
    assert found.low < 0.4
    draft, _ = shares_of([(1, 0, 1_000), (1, 5, 10)])  # where the other stratum says less, its own few episodes decide
    assert draft.interval.n == pytest.approx(0.25 * 0.75 / (0.25 * 0.25 / 10))


@pytest.mark.parametrize(("p", "n", "weight"), [(0.95, 10, 0.9), (0.9, 5, 0.8), (0.5, 20, 0.5)])
def test_limits_hold_the_truth_where_strata_come_out_at_0_or_1(p, n, weight):
    """In 400 samples at least nine of ten intervals hold the weighted share."""
    rng = np.random.default_rng(7)
    truth, held = weight * p + (1 - weight) * 0.5, 0
    for _ in range(400):
        _, found = shares_of([(weight, int(rng.binomial(n, p)), n), (1 - weight, int(rng.binomial(50, 0.5)), 50)])
        held += found.low <= truth <= found.high
    assert held / 400 > 0.9


def test_a_stratum_of_one_value_leaves_a_mean_without_limits():
    """Nothing is known of its spread: no limits, and the flag says why; and two weighted means are compared by their own worth."""
    counts = Counts.from_cells(("age_group", "los_days"), {("18-29", 10): 1, ("50+", 20): 2, ("50+", 26): 2})
    who, sides = Patients.all_different(counts.n), {}
    for age, part in counts.split("age_group").items():
        draft = mean_days("los_mean", part, "los_days", Population("x", {"in": part.total}, frozenset({"in"})))
        sides[age] = Side(draft, errors_of(draft, who, counts.n))
    everyone = Population("x", {"in": 5}, frozenset({"in"}))
    draft = standardised(sides, Weights.given({"18-29": 9, "50+": 1}), everyone, counts.n)
    errors = errors_of(draft, who, counts.n)
    assert math.isnan(finish(draft, errors).low)
    assert draft.interval.flag == "one_episode"
    other = standardised({"50+": sides["50+"]}, Weights.given({"50+": 1}), everyone, counts.n)
    compared = difference(Side(draft, errors), Side(other, errors_of(other, who, counts.n)), who)
    assert math.isnan(compared.limits.low)
