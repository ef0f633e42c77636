"""Takes programs with several tracks, gives what `compare` says of them: one test for each clause of the rule of comparisons."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t, ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.errors import UsageError
from iop_outcomes.release import Withheld
from iop_outcomes.show.comparison import comparison_word
from tests.spec.test_repeated_patients import TICKS, days_of, effective_of, loaded, people_of, program, returns, robust, type_2, wilson_at

R = json.loads((Path(__file__).parents[1] / "oracle" / "clustered.json").read_text())["values"]
WORDS = {"higher", "lower", "no clear difference", "too few", "not shown"}


def tracks(**completed):
    """Episodes of people who came once: so many completed of so many in each track."""
    rows = [(track, "completed" if i < k else "dropped_out") for track, (k, n) in completed.items() for i in range(n)]
    names, reasons = zip(*rows, strict=True)
    frame = pd.DataFrame({"episode_id": [f"e{i:04}" for i in range(len(rows))], "discharge_reason": reasons, "los_days": 20})
    frame["patient_id"] = "p" + frame["episode_id"]
    return {"episodes": frame.assign(track=[None if name == "blank" else name for name in names])}


def joint(several, conf_level=0.95):
    """The level of each of several intervals that hold together (Sidak)."""
    return conf_level ** (1 / several)


def results_of(frames, *, measure="completion", estimand="completion_strict", **options):
    """The results of a comparison."""
    with loaded(frames) as data:
        return iop.compare(data, measure=measure, estimand=estimand, **options).results


def compare(frames, **options):
    """The contrasts, by level; of pairs, by level and whom it is compared with."""
    return {(e.level, e.versus) if e.versus else e.level: e for e in results_of(frames, **options) if e.contrast}


def words(frames, estimand="completion_strict", *, policy="none", versus="", **options):
    """The word for every level, from released numbers."""
    with loaded(frames) as data:
        released = iop.compare(data, estimand=estimand, **options).release(policy)
    return {level: comparison_word(released, estimand, level, versus=versus) for level in released.levels}


def sidak(p, several):
    """The p of the smallest of several, when they are unrelated."""
    return 1 - (1 - p) ** several


FIVE = tracks(a=(60, 100), b=(75, 100), c=(40, 100), d=(62, 100), e=(58, 100))

# -- each group minus the others ---------------------------------------------------------------------------------


def test_each_track_minus_all_the_others_together():
    """Newcombe's interval of k of n in the track against the sums of all other tracks, as statsmodels gives it at the joint level of five."""
    found = compare(FIVE)
    assert list(found) == list("abcde")
    for track, k in (("a", 60), ("b", 75), ("c", 40), ("d", 62), ("e", 58)):
        e = found[track]
        rest = 295 - k
        assert e.value == pytest.approx(k / 100 - rest / 400)
        limits = confint_proportions_2indep(k, 100, rest, 400, method="newcomb", compare="diff", alpha=1 - joint(5))
        assert (e.low, e.high) == pytest.approx(limits, abs=1e-10)
        assert e.conf_level == pytest.approx(joint(5))
        assert (e.estimand, e.contrast, e.versus) == ("completion_strict", "minus_others", "")
        assert (e.method, e.unit, e.n, e.k) == ("Newcombe", "share difference", 100, k)


def test_episodes_without_a_track_are_in_nobodys_others():
    """Track not recorded: no comparison of their own, and no part of anybody's others."""
    found = compare(tracks(a=(6, 20), b=(10, 20), blank=(20, 20)))
    assert list(found) == ["a", "b"]
    assert found["a"].value == pytest.approx(6 / 20 - 10 / 20)
    assert found["b"].value == pytest.approx(10 / 20 - 6 / 20)


def test_a_blank_group_changes_no_verdict():
    """However many have no track, the contrasts of those that have one are the same bits, level and all; K counts no blank group."""
    sizes = {"a": (60, 100), "b": (75, 100), "c": (40, 100)}
    one, other = compare(tracks(**sizes)), compare(tracks(**sizes, blank=(3, 300)))
    assert [repr((e.value, e.low, e.high, e.p, e.p_adjusted, e.conf_level, e.word)) for e in one.values()] == [
        repr((e.value, e.low, e.high, e.p, e.p_adjusted, e.conf_level, e.word)) for e in other.values()
    ]
    assert one["a"].conf_level == pytest.approx(joint(3))


def test_p_is_adjusted_for_how_many_contrasts_there_are():
    """Each p is the error level at which the interval touches 0, and p_adjusted is 1 - (1 - p)^5."""
    found = compare(FIVE)
    for track, e in found.items():
        assert e.p_adjusted == pytest.approx(sidak(e.p, 5), rel=1e-12)
        again = compare(FIVE, conf_level=(1 - e.p) ** 5)[track]  # each of the five is then at level 1 - p
        assert again.conf_level == pytest.approx(1 - e.p)
        assert (again.low if e.value > 0 else again.high) == pytest.approx(0, abs=1e-8)


def test_the_four_words():
    """Higher and lower when the joint interval leaves 0 out, no clear difference when not, too few where nothing can be judged."""
    assert words(FIVE) == {
        "All": "",
        "a": "no clear difference",
        "b": "higher",
        "c": "lower",
        "d": "no clear difference",
        "e": "no clear difference",
    }
    nobody = FIVE["episodes"].assign(discharge_reason=FIVE["episodes"]["discharge_reason"].mask(FIVE["episodes"]["track"] == "e", "died"))
    assert words({"episodes": nobody})["e"] == "too few"


@pytest.mark.parametrize("n", [10, 11])
def test_fewer_than_eleven_on_either_side_are_too_few(n):
    """Ten episodes, all completed, against 2 of 100, and a hundred against ten: no interval, no p and no word but too few; eleven are judged."""
    found = compare(tracks(a=(n, n), b=(2, 100)))
    few = n < 11
    for track, value in (("a", 0.98), ("b", -0.98)):
        e = found[track]
        assert e.value == pytest.approx(value)
        assert e.word == ("too few" if few else "higher" if value > 0 else "lower")
        assert [math.isnan(x) for x in (e.low, e.high, e.se, e.p, e.p_adjusted)] == [few] * 5
        assert ("too_few" in e.flag) == few


def test_groups_that_are_too_few_count_for_no_adjustment():
    """Of five tracks two are too few: the other three are three contrasts; the episodes of the two stay in the others."""
    found = compare(tracks(a=(60, 100), b=(75, 100), c=(40, 100), d=(5, 10), e=(1, 3)))
    assert [found[track].word for track in "de"] == ["too few", "too few"]
    for track, k in (("a", 60), ("b", 75), ("c", 40)):
        assert found[track].conf_level == pytest.approx(joint(3))
        assert found[track].p_adjusted == pytest.approx(sidak(found[track].p, 3), rel=1e-12)
        assert found[track].value == pytest.approx(k / 100 - (181 - k) / 213)


def test_two_groups_are_one_contrast():
    """Seen from both sides: one level, one p and no adjustment, the limits mirrored."""
    found = compare(tracks(a=(60, 100), b=(75, 100)))
    limits = confint_proportions_2indep(60, 100, 75, 100, method="newcomb", compare="diff")
    assert (found["a"].low, found["a"].high) == pytest.approx(limits, abs=1e-10)
    assert (-found["b"].high, -found["b"].low) == pytest.approx(limits, abs=1e-10)
    for e in found.values():
        assert e.conf_level == pytest.approx(0.95)
        assert e.p_adjusted == pytest.approx(e.p, rel=1e-12)
    assert found["a"].p == pytest.approx(found["b"].p, rel=1e-9)
    assert (found["a"].word, found["b"].word) == ("lower", "higher")


def test_two_groups_stay_one_contrast_beside_a_blank_one():
    """The episodes without a track make no third group."""
    found = compare(tracks(a=(60, 100), b=(75, 100), blank=(50, 100)))
    assert [(e.conf_level, e.p_adjusted == pytest.approx(e.p)) for e in found.values()] == [(0.95, True)] * 2


def test_a_contrast_with_few_effective_patients_is_too_few():
    """One patient holds 60 of a track's 70 episodes: 1.36 effective patients, on one side or in the others, and no word."""
    frames = tracks(a=(40, 70), b=(60, 100), c=(50, 100))
    frame = frames["episodes"]
    frames["episodes"] = frame.assign(patient_id=frame["patient_id"].mask((frame["track"] == "a") & (frame.index < 60), "p"))
    found = compare(frames)
    assert 70**2 / (60**2 + 10) < 2
    assert (found["a"].word, "few_patients" in found["a"].flag) == ("too few", True)
    assert all(math.isnan(x) for x in (found["a"].low, found["a"].high, found["a"].p, found["a"].p_adjusted))
    assert 170**2 / (60**2 + 110) < 10  # the others of b and of c hold that patient too
    assert {found[track].word for track in "bc"} == {"too few"}


def test_ten_effective_patients_are_enough():
    """Ten patients with two episodes each in a track: judged."""
    frames = tracks(a=(12, 20), b=(60, 100))
    frame = frames["episodes"]
    frames["episodes"] = frame.assign(patient_id=frame["patient_id"].mask(frame["track"] == "a", [f"q{i % 10}" for i in range(len(frame))]))
    found = compare(frames)
    assert "too few" not in {e.word for e in found.values()}
    nine = frame.assign(patient_id=frame["patient_id"].mask(frame["track"] == "a", [f"q{i % 9}" for i in range(len(frame))]))
    assert {e.word for e in compare({"episodes": nine}).values()} == {"too few"}


def test_a_p_below_5_percent_among_five_is_no_clear_difference():
    """One of five with p .04: alone it would be called, among five it is not; the range beside the word holds 0 too."""
    frames = tracks(a=(61, 100), b=(50, 100), c=(50, 100), d=(50, 100), e=(50, 100))
    e = compare(frames)["a"]
    assert 0.04 < e.p < 0.05
    assert e.p_adjusted == pytest.approx(sidak(e.p, 5))
    assert e.p_adjusted > 0.18
    assert e.low < 0 < e.high
    assert words(frames)["a"] == e.word == "no clear difference"


def test_the_word_follows_the_confidence_level():
    """At 80 % confidence the interval of the same contrast leaves 0 out."""
    frames = tracks(a=(62, 100), b=(50, 100))
    assert 0.05 < compare(frames)["a"].p_adjusted < 0.2
    assert [compare(frames, conf_level=c)["a"].word for c in (0.95, 0.8)] == ["no clear difference", "higher"]


def test_the_word_agrees_with_its_range_and_its_p_in_every_row(synthetic):
    """Every measure, both kinds of contrast: higher exactly when the range lies above 0, lower when below, and then p_adjusted is under .05."""
    rows = 0
    for measure in EVERY:
        for pairwise in (False, True):
            for e in iop.compare(synthetic, measure=measure, pairwise=pairwise).results:
                if not e.contrast:
                    assert (e.word, math.isnan(e.p_adjusted)) == ("", True)
                    continue
                if e.word == "too few":
                    assert math.isnan(e.low)
                    assert math.isnan(e.high)
                    continue
                rows += 1
                assert e.word == ("higher" if e.low > 0 else "lower" if e.high < 0 else "no clear difference"), e
                if abs(e.p_adjusted - 0.05) > 1e-6 and not math.isnan(e.low) and not math.isnan(e.high):
                    assert (e.p_adjusted < 0.05) == (e.word in ("higher", "lower")), e
    assert rows > 300


def test_the_estimates_themselves_stay_as_they_were():
    """Beside the comparison stand the measure's own numbers, bit for bit, at their own level."""
    with loaded(FIVE) as data:
        own = iop.measure(data, "completion", by="track").to_frame()
        found = iop.compare(data, by="track").to_frame()
    pd.testing.assert_frame_equal(found.iloc[: len(own)], own)
    assert set(own["conf_level"]) == {0.95}
    assert (own["contrast"] == "").all()
    assert (found["contrast"].iloc[len(own) :] == "minus_others").all()


# -- every estimand ----------------------------------------------------------------------------------------------

EVERY = {
    "completion": "completion_strict completion_with_transfers completion_excluding_transfers completion_of_admitted".split(),
    "length_of_stay": "los_median los_q1 los_q3 los_mean".split(),
    "phq9_change": "paired_rate mean_admit mean_discharge mean_change mean_change_if_missing_unchanged".split(),
    "phq9_reliable_change": "reliable_improvement reliable_deterioration recovery".split(),
    "readmission": "cumulative_incidence event_free median_days restricted_mean_days fully_observed_rate".split(),
}


@pytest.mark.parametrize("measure", EVERY)
def test_every_number_with_an_interval_is_compared(measure, synthetic):
    """By default each has its contrast in every track, a row of its own name; d, g, medians of follow-up and tests have none."""
    names = {e.estimand for e in iop.compare(synthetic, measure=measure).results if e.contrast}
    assert set(EVERY[measure]) <= names
    assert not names & {"d_pre_sd", "g_pre_sd", "sd_admit", "log_rank_chi_squared", "log_rank_p", "gray_p", "median_follow_up_days"}


def test_the_named_number_alone():
    """With estimand= only that one is compared."""
    assert {e.estimand for e in compare(FIVE, estimand="completion_with_transfers").values()} == {"completion_with_transfers"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"estimand": "completion_stric"}, "completion_strict"),
        ({"measure": "phq9_change", "estimand": "d_pre_sd"}, "standardised within a group"),
        ({"measure": "complete"}, "completion"),
        ({"by": "nothing"}, "nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(options, said, synthetic):
    """No such number, a number never compared, no such measure, no such column."""
    with pytest.raises(UsageError, match=said):
        iop.compare(synthetic, **options)


def test_one_group_alone_has_nothing_to_be_compared_with():
    """A single track: refused when a number is named."""
    with loaded(tracks(a=(5, 20))) as data, pytest.raises(UsageError, match="one group"):
        iop.compare(data, estimand="completion_strict")


# -- means -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("track", ["a", "b", "c"])
def test_mean_changes_of_people_who_came_once_are_welchs(track):
    """Points, by scipy's ttest_ind(equal_var=False): limits and p."""
    frame = program()["episodes"].drop(columns="patient_id")
    found = compare({"episodes": frame}, measure="phq9_change", estimand="mean_change")[track]
    frame = frame.dropna(subset="phq9_discharge")
    change = (frame["phq9_admit"] - frame["phq9_discharge"]).astype(float)
    truth = ttest_ind(change[frame["track"] == track], change[frame["track"] != track], equal_var=False)
    assert found.p == pytest.approx(truth.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(truth.confidence_interval(joint(3))), rel=1e-9)
    assert (found.unit, found.method) == ("points", "Welch t")


@pytest.mark.parametrize("track", ["a", "b", "c"])
@pytest.mark.parametrize("estimand", ["mean_change", "los_mean"])
def test_means_with_repeated_patients_are_statsmodels_by_patient(track, estimand):
    """Regression on a dummy of the track, errors by patient, no factor; then m / (m - 1) of each side, m effective patients."""
    frames = program()
    measure = "phq9_change" if estimand == "mean_change" else "length_of_stay"
    found = compare(frames, measure=measure, estimand=estimand)[track]
    frame = frames["episodes"].dropna(subset="phq9_discharge") if estimand == "mean_change" else frames["episodes"]
    values = (frame["phq9_admit"] - frame["phq9_discharge"] if estimand == "mean_change" else frame["los_days"]).to_numpy(dtype=float)
    groups, here = people_of(frame), (frame["track"] == track).to_numpy()
    fitted = sm.OLS(values, sm.add_constant(here.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    m = [effective_of(groups[side]) for side in (here, ~here)]
    plain = [robust(values[side], groups[side], correction=False).bse[0] ** 2 for side in (here, ~here)]
    own = [v * each / (each - 1) for v, each in zip(plain, m, strict=True)]
    common = (sum(plain) - fitted.bse[1] ** 2) / 2
    variance = sum(own) - 2 * common * math.sqrt(m[0] / (m[0] - 1) * m[1] / (m[1] - 1))
    df = min(sum(own) ** 2 / (own[0] ** 2 / (m[0] - 1) + own[1] ** 2 / (m[1] - 1)), effective_of(groups) - 1)
    assert found.value == pytest.approx(fitted.params[1], rel=1e-10)
    assert found.se**2 == pytest.approx(variance, rel=1e-10)
    assert found.high - found.value == pytest.approx(t.ppf(0.5 + joint(3) / 2, df) * found.se, rel=1e-9)
    assert found.p == pytest.approx(2 * t.sf(abs(found.value) / found.se, df), rel=1e-9)
    assert found.method == "Welch t, by patient"


# -- shares and curves with patients in several tracks -----------------------------------------------------------


@pytest.mark.parametrize("track", ["a", "b", "c"])
def test_shares_with_patients_in_both_groups(track):
    """Each group's Wilson limits by patient, joined with the correlation of the patients' sums; all computed from the rows here."""
    frames = program()
    found = compare(frames)[track]
    frame = frames["episodes"].query("discharge_reason != 'died'").reset_index(drop=True)
    hit, groups = (frame["discharge_reason"] == "completed").to_numpy(dtype=float), people_of(frame)
    shares, limits, sums = [], [], []
    for here in (frame["track"] == track, frame["track"] != track):
        share, n = hit[here].mean(), int(here.sum())
        sums.append(np.bincount(groups, weights=np.where(here, (hit - share) / n, 0)))
        as_well = min(n, share * (1 - share) / (sums[-1] ** 2).sum())
        limits.append(wilson_at(share, as_well, t.ppf(0.5 + joint(3) / 2, effective_of(groups[here]) - 1)))
        shares.append(share)
    r = (sums[0] @ sums[1]) / math.sqrt((sums[0] @ sums[0]) * (sums[1] @ sums[1]))
    assert abs(r) > 0.01
    (a, b), ((la, ua), (lb, ub)) = shares, limits
    assert found.low == pytest.approx(a - b - math.sqrt((a - la) ** 2 + (ub - b) ** 2 - 2 * r * (a - la) * (ub - b)), abs=1e-10)
    assert found.high == pytest.approx(a - b + math.sqrt((ua - a) ** 2 + (b - lb) ** 2 - 2 * r * (ua - a) * (b - lb)), abs=1e-10)
    dummy = sm.add_constant((frame["track"] == track).to_numpy(dtype=float))
    fitted = sm.OLS(hit, dummy).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    assert found.se == pytest.approx(fitted.bse[1], rel=1e-10)
    assert found.method == "Newcombe, by patient"


def test_incidences_of_two_tracks_are_rs_influences_over_patients():
    """Readmission by day 90 in two tracks with common patients: difference, error and correlation from R's residuals, to 1e-8."""
    truth, day = R["incidence_difference"]["value"], days_of([90])[0]
    options = {"measure": "readmission", "estimand": "cumulative_incidence", "at": days_of(TICKS), "pairwise": True}

    def at_level(conf_level):
        results = results_of(returns(), **options, conf_level=conf_level)
        return {(e.level, e.versus, e.time): e for e in results if e.estimand == "cumulative_incidence"}

    e = at_level(0.95)["g0", "g1", day]
    assert (e.value, e.se) == pytest.approx((truth["value"], truth["se"]), abs=1e-8)
    own = [at_level(joint(3))[group, "", day] for group in ("g0", "g1")]  # three pairs
    pull, push = own[0].value - own[0].low, own[1].high - own[1].value
    joined = math.sqrt(pull**2 + push**2 - 2 * truth["correlation"] * pull * push)
    assert e.low == pytest.approx(e.value - joined, abs=1e-8)


def test_medians_of_stays_join_woodruffs_limits():
    """Median days of a track and of the others, Woodruff's limits of each by hand; their se is not given, quantiles need none."""
    frames = program()
    found = compare(frames, measure="length_of_stay", estimand="los_median")["a"]
    middles, ends = [], []
    frame = frames["episodes"]
    for part in (frame[frame["track"] == "a"], frame[frame["track"] != "a"]):
        days, groups = np.sort(part["los_days"]), people_of(part)
        middles.append(type_2(days, 0.5))
        below = (part["los_days"] <= middles[-1]).to_numpy(dtype=float)
        variance = (np.bincount(groups, weights=(below - below.mean()) / len(days)) ** 2).sum()
        shares = wilson_at(0.5, min(len(days), 0.25 / variance), t.ppf(0.5 + joint(3) / 2, effective_of(groups) - 1))
        ends.append([type_2(days, share) for share in shares])
    assert found.value == middles[0] - middles[1]
    assert math.isnan(found.se)
    pull, push = middles[0] - ends[0][0], ends[1][1] - middles[1]
    apart = found.value - math.sqrt(pull**2 + push**2)
    assert apart <= found.low <= found.value <= found.high  # a positive correlation of the two draws the limits in
    assert found.method == "MOVER, by patient"


# -- pairs -------------------------------------------------------------------------------------------------------


def test_each_pair_once_at_the_joint_level_of_all_of_them():
    """Five tracks are ten pairs; each the first minus the second, at the level and with the p of one of ten."""
    found = compare(FIVE, pairwise=True)
    assert list(found) == [(a, b) for i, a in enumerate("abcde") for b in "abcde"[i + 1 :]]
    for e in found.values():
        assert (e.contrast, e.conf_level) == ("minus_level", pytest.approx(joint(10)))
        assert e.p_adjusted == pytest.approx(sidak(e.p, 10), rel=1e-12)
    truth = confint_proportions_2indep(75, 100, 40, 100, method="newcomb", compare="diff", alpha=1 - joint(10))
    assert (found["b", "c"].low, found["b", "c"].high) == pytest.approx(truth, abs=1e-10)


def test_two_groups_are_one_pair():
    """One contrast, at the level asked for."""
    found = compare(tracks(a=(60, 100), b=(75, 100), blank=(5, 50)), pairwise=True)
    assert list(found) == [("a", "b")]
    assert found["a", "b"].conf_level == 0.95
    assert found["a", "b"].p_adjusted == pytest.approx(found["a", "b"].p)


def test_the_word_of_a_pair_speaks_of_the_first():
    """B against c: b is higher; a against c: a is higher than c; d comes after c and is not set against it again."""
    judged = words(FIVE, pairwise=True, versus="c")
    assert (judged["b"], judged["a"]) == ("higher", "higher")
    assert judged["d"] == ""  # c comes first there


# -- what must not matter ----------------------------------------------------------------------------------------


def test_names_of_tracks_and_rows_change_nothing():
    """Other names in another order: each track has the difference it had."""
    frames = program()
    renamed = (
        frames["episodes"].assign(track=frames["episodes"]["track"].map({"a": "z", "b": "y", "c": "x"})).sample(frac=1, random_state=1)
    )
    one, other = compare(frames), compare({"episodes": renamed})
    for track, name in (("a", "z"), ("b", "y"), ("c", "x")):
        for column in ("value", "low", "high", "p", "p_adjusted"):
            assert getattr(other[name], column) == pytest.approx(getattr(one[track], column), abs=1e-12)


def test_people_who_came_once_are_compared_as_if_unknown():
    """With a patient for each episode, and without patients: the same bits."""
    unknown = {"episodes": FIVE["episodes"].drop(columns="patient_id")}
    one, other = results_of(FIVE), results_of(unknown)
    assert [repr((e.value, e.se, e.low, e.high, e.p, e.word, e.method)) for e in one] == [
        repr((e.value, e.se, e.low, e.high, e.p, e.word, e.method)) for e in other
    ]
    assert all("independence_assumed" in e.flag for e in other if e.contrast)


# -- release -----------------------------------------------------------------------------------------------------


def hidden(frames, *, policy="cms11", **options):
    """For every comparison: whether it, the group's own number and its counts are withheld."""
    with loaded(frames) as data:
        answer = iop.compare(data, estimand="completion_strict", **options)
        return answer.results, answer.release(policy)


SMALL = tracks(a=(60, 100), b=(75, 100), c=(2, 5), d=(62, 100))


@pytest.mark.parametrize("pairwise", [False, True])
def test_a_comparison_is_withheld_with_the_counts_behind_it(pairwise):
    """A track of 5: its difference, limits, p and adjusted p are withheld, and those of every pair with it."""
    _, released = hidden(SMALL, pairwise=pairwise)
    own = {e.level: e.shown for e in released if (e.estimand, e.contrast) == ("completion_strict", "")}
    assert not own["c"]
    assert any(own.values())
    seen = 0
    for e in released:
        if e.contrast:
            assert e.shown == (own[e.level] and own[e.versus or "All"]), (e.level, e.versus)
            if not e.shown:
                assert all(isinstance(x, Withheld) for x in (e.value, e.se, e.low, e.high, e.p, e.p_adjusted))
                assert e.word == ""
                seen += 1
    assert seen >= (3 if pairwise else 1)
    assert comparison_word(released, "completion_strict", "c" if not pairwise else "a", versus="c" if pairwise else "") == "not shown"


def test_when_everyones_counts_are_withheld_no_track_is_compared():
    """5 completions in all: everyone's number is withheld, and every comparison rests on it."""
    results, released = hidden(tracks(a=(3, 40), b=(2, 40)))
    assert len([e for e in results if e.contrast]) == 2
    assert not any(e.shown for e in released if e.contrast or (e.level, e.estimand) == ("All", "completion_strict"))
    assert {comparison_word(released, "completion_strict", track) for track in "ab"} == {"not shown"}


def test_nothing_is_withheld_under_policy_none():
    """Synthetic data may be shown whole: every comparison stands."""
    _, released = hidden(SMALL, policy="none")
    assert all(e.shown for e in released)


def test_a_released_comparison_gives_no_withheld_count_back():
    """From every number shown, the completions of the withheld track cannot be computed: shares times n of the tracks shown, less everyone's.

    The secondary track that is withheld with it leaves two unknowns for one sum.
    """
    _, released = hidden(SMALL)
    own = [e for e in released if e.estimand == "completion_strict" and not e.contrast]
    shown = {e.level for e in own if e.shown and e.level != "All"}
    assert len({"a", "b", "c", "d"} - shown) >= 2 or not released.estimate("completion_strict", "All").shown
    for e in released:
        if e.contrast:
            assert e.shown == (e.level in shown and released.estimate("completion_strict", "All").shown)


def test_every_word_is_one_of_the_rule(synthetic):
    """Over all measures and tracks of the synthetic program, released: one of the five words, nothing for everyone together."""
    for measure, estimands in EVERY.items():
        released = iop.compare(synthetic, measure=measure).release()
        for estimand in estimands:
            for level in released.levels:
                judged = comparison_word(released, estimand, level)
                assert judged == "" if level in ("All", "(missing)") else judged in WORDS, (measure, estimand, level)


def test_the_simulation_calls_what_compare_calls():
    """The rule that is simulated over 4,000 samples is the one behind `compare`: the same words, from the same episodes."""
    from simulations import tracks as simulated

    rng = np.random.default_rng(5)
    patient = rng.integers(0, simulated.PATIENTS, len(simulated.TRACK))
    values = simulated.together(rng, patient, simulated.ICC) + 0.5 * (simulated.TRACK == 1)
    ours = simulated.contrasts(simulated.completion(values, rng), patient)
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i:04}" for i in range(len(values))],
            "patient_id": [f"p{p:03}" for p in patient],
            "track": [f"track {i}" for i in simulated.TRACK],
            "discharge_reason": np.where(values < simulated.THRESHOLD, "completed", "dropped_out"),
            "los_days": 20,
        }
    )
    results = results_of({"episodes": frame})
    found = {(e.level, e.contrast): e for e in results if e.estimand == "completion_strict"}
    theirs = [found[level, "minus_others"] for level in sorted(frame["track"].unique())]
    assert [each.level for each in ours] == [each.level for each in theirs]
    assert [each.word for each in ours] == [each.word for each in theirs]
    assert ours[1].word == "lower"
    for one, other in zip(ours, theirs, strict=True):
        assert (one.value, one.low, one.high, one.p_adjusted) == pytest.approx((other.value, other.low, other.high, other.p_adjusted))
