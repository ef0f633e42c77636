"""Takes programs with several tracks, gives what `compare` says of them: one test for each clause of the rule of comparisons."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t, ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import UsageError
from iop_outcomes.release import Withheld
from iop_outcomes.show.comparison import word
from iop_outcomes.stats.difference import holm
from tests.spec.test_repeated_patients import TICKS, days_of, keyed, loaded, people_of, program, returns, robust, type_2, wilson_at

R = json.loads((Path(__file__).parents[1] / "oracle" / "clustered.json").read_text())["values"]
WORDS = {"higher", "lower", "no clear difference", "too few", "not shown"}


def tracks(**completed):
    """Episodes of people who came once: so many completed of so many in each track."""
    rows = [(track, "completed" if i < k else "dropped_out") for track, (k, n) in completed.items() for i in range(n)]
    names, reasons = zip(*rows, strict=True)
    frame = pd.DataFrame({"episode_id": [f"e{i:04}" for i in range(len(rows))], "discharge_reason": reasons, "los_days": 20})
    frame["patient_id"] = "p" + frame["episode_id"]
    return {"episodes": frame.assign(track=[None if name == "blank" else name for name in names])}


def compare(frames, *, measure="completion", estimand="completion_strict", **options):
    """The comparison by level and name."""
    with loaded(frames) as data:
        results = iop.compare(data, measure=measure, estimand=estimand, **options).results
    return {(e.level, e.estimand): e for e in results}


def words(frames, estimand="completion_strict", *, policy="none", other="others", **options):
    """The word for every level, from released numbers."""
    with loaded(frames) as data:
        released = iop.compare(data, estimand=estimand, **options).release(policy)
    return {level: word(released, estimand, level, other=other) for level in released.levels}


FIVE = tracks(a=(60, 100), b=(75, 100), c=(40, 100), d=(62, 100), e=(58, 100))

# -- each group minus the others ---------------------------------------------------------------------------------


def test_each_track_minus_all_the_others_together():
    """Newcombe's interval of k of n in the track against the sums of all other tracks, as statsmodels gives it."""
    found = compare(FIVE)
    for track, k in (("a", 60), ("b", 75), ("c", 40), ("d", 62), ("e", 58)):
        e = found[track, "completion_strict_minus_others"]
        rest = 295 - k
        assert e.value == pytest.approx(k / 100 - rest / 400)
        assert (e.low, e.high) == pytest.approx(confint_proportions_2indep(k, 100, rest, 400, method="newcomb", compare="diff"), abs=1e-10)
        assert (e.method, e.unit, e.n) == ("Newcombe", "share difference", 100)


def test_episodes_without_a_track_are_among_the_others():
    """Track not recorded: no comparison of their own, but part of everyone else."""
    found = compare(tracks(a=(6, 20), b=(10, 20), blank=(20, 20)))
    assert found["a", "completion_strict_minus_others"].value == pytest.approx(6 / 20 - 30 / 40)
    assert ("(missing)", "completion_strict_minus_others") not in found
    assert ("All", "completion_strict_minus_others") not in found


def test_p_is_adjusted_over_the_tracks_by_holm():
    """Each p is that at which the interval would touch 0; together they are statsmodels' multipletests(method="holm")."""
    found = compare(FIVE)
    p = [found[track, "completion_strict_minus_others_p"].value for track in "abcde"]
    adjusted = [found[track, "completion_strict_minus_others_p_holm"].value for track in "abcde"]
    assert adjusted == pytest.approx(multipletests(p, method="holm")[1].tolist(), abs=1e-12)
    for track, each in zip("abcde", p, strict=True):
        e = compare(FIVE, conf_level=1 - each)[track, "completion_strict_minus_others"]
        assert (e.low if e.value > 0 else e.high) == pytest.approx(0, abs=1e-8)


def test_the_four_words():
    """Higher and lower when Holm's p is below 5 %, no clear difference when not, too few where nothing can be judged."""
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


def test_a_p_below_5_percent_that_holm_lifts_is_no_clear_difference():
    """One of five with p .04: alone it would be called, among five it is not."""
    frames = tracks(a=(61, 100), b=(50, 100), c=(50, 100), d=(50, 100), e=(50, 100))
    found = compare(frames)
    assert 0.04 < found["a", "completion_strict_minus_others_p"].value < 0.05
    assert found["a", "completion_strict_minus_others_p_holm"].value > 0.2
    assert words(frames)["a"] == "no clear difference"


def test_the_word_follows_the_confidence_level():
    """At 80 % confidence the same p, adjusted, is held against 20 %."""
    frames = tracks(a=(62, 100), b=(50, 100))
    assert 0.05 < compare(frames)["a", "completion_strict_minus_others_p_holm"].value < 0.2
    with loaded(frames) as data:
        judged = [
            word(iop.compare(data, estimand="completion_strict", conf_level=c).release("none"), "completion_strict", "a")
            for c in (0.95, 0.8)
        ]
    assert judged == ["no clear difference", "higher"]


def test_the_estimates_themselves_stay_as_they_were():
    """Beside the comparison stand the measure's own numbers, bit for bit."""
    with loaded(FIVE) as data:
        own = iop.measure(data, "completion", by="track").to_frame()
        found = iop.compare(data, by="track").to_frame()
    pd.testing.assert_frame_equal(found.iloc[: len(own)], own)


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
    """By default each has its difference, p and adjusted p in every track; d, g and tests have none."""
    names = {e.estimand for e in iop.compare(synthetic, measure=measure).results}
    for estimand in EVERY[measure]:
        assert {f"{estimand}_minus_others{end}" for end in ("", "_p", "_p_holm")} <= names
    assert not any(name.startswith(("d_pre_sd_minus", "g_pre_sd_minus", "log_rank_p_minus", "sd_admit_minus")) for name in names)


def test_the_named_number_alone():
    """With estimand= only that one is compared."""
    names = {name for _, name in compare(FIVE, estimand="completion_with_transfers")}
    assert {name for name in names if "_minus_" in name} == {
        f"completion_with_transfers_minus_others{end}" for end in ("", "_p", "_p_holm")
    }


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
    found = keyed_difference(compare({"episodes": frame}, measure="phq9_change", estimand="mean_change"), track)
    frame = frame.dropna(subset="phq9_discharge")
    change = (frame["phq9_admit"] - frame["phq9_discharge"]).astype(float)
    truth = ttest_ind(change[frame["track"] == track], change[frame["track"] != track], equal_var=False)
    assert found[1] == pytest.approx(truth.pvalue, rel=1e-9)
    assert (found[0].low, found[0].high) == pytest.approx(tuple(truth.confidence_interval()), rel=1e-9)
    assert (found[0].unit, found[0].method) == ("points", "Welch t")


def keyed_difference(found, track, estimand="mean_change"):
    """The difference of a track and its p."""
    return found[track, f"{estimand}_minus_others"], found[track, f"{estimand}_minus_others_p"].value


@pytest.mark.parametrize("track", ["a", "b", "c"])
@pytest.mark.parametrize("estimand", ["mean_change", "los_mean"])
def test_means_with_repeated_patients_are_statsmodels_by_patient(track, estimand):
    """Regression on a dummy of the track, errors by patient, no factor; then m / (m - 1) of each side, statsmodels' for one mean."""
    frames = program()
    measure = "phq9_change" if estimand == "mean_change" else "length_of_stay"
    found, p = keyed_difference(compare(frames, measure=measure, estimand=estimand), track, estimand)
    frame = frames["episodes"].dropna(subset="phq9_discharge") if estimand == "mean_change" else frames["episodes"]
    values = (frame["phq9_admit"] - frame["phq9_discharge"] if estimand == "mean_change" else frame["los_days"]).to_numpy(dtype=float)
    groups, here = people_of(frame), (frame["track"] == track).to_numpy()
    fitted = sm.OLS(values, sm.add_constant(here.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    m = [len(set(groups[side])) for side in (here, ~here)]
    plain, own = ([robust(values[side], groups[side], correction=c).bse[0] ** 2 for side in (here, ~here)] for c in (False, True))
    common = (sum(plain) - fitted.bse[1] ** 2) / 2
    variance = sum(own) - 2 * common * math.sqrt(m[0] / (m[0] - 1) * m[1] / (m[1] - 1))
    df = min(sum(own) ** 2 / (own[0] ** 2 / (m[0] - 1) + own[1] ** 2 / (m[1] - 1)), len(set(groups)) - 1)
    assert found.value == pytest.approx(fitted.params[1], rel=1e-10)
    assert found.se**2 == pytest.approx(variance, rel=1e-10)
    assert found.high - found.value == pytest.approx(t.ppf(0.975, df) * found.se, rel=1e-9)
    assert p == pytest.approx(2 * t.sf(abs(found.value) / found.se, df), rel=1e-9)
    assert found.method == "Welch t, by patient"


# -- shares and curves with patients in several tracks -----------------------------------------------------------


@pytest.mark.parametrize("track", ["a", "b", "c"])
def test_shares_with_patients_in_both_groups(track):
    """Each group's Wilson limits by patient, joined with the correlation of the patients' sums; all computed from the rows here."""
    frames = program()
    found = compare(frames)[track, "completion_strict_minus_others"]
    frame = frames["episodes"].query("discharge_reason != 'died'").reset_index(drop=True)
    hit, groups = (frame["discharge_reason"] == "completed").to_numpy(dtype=float), people_of(frame)
    shares, limits, sums = [], [], []
    for here in (frame["track"] == track, frame["track"] != track):
        share, n = hit[here].mean(), int(here.sum())
        sums.append(np.bincount(groups, weights=np.where(here, (hit - share) / n, 0)))
        effective = min(n, share * (1 - share) / (sums[-1] ** 2).sum())
        limits.append(wilson_at(share, effective, t.ppf(0.975, len(set(groups[here])) - 1)))
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
    truth = R["incidence_difference"]["value"]
    with loaded(returns()) as data:
        answer = iop.compare(data, measure="readmission", estimand="cumulative_incidence", at=days_of(TICKS), pairwise=True)
        found = keyed(answer.results)
    e = found["g0", "cumulative_incidence_minus_g1", days_of([90])[0]]
    assert (e.value, e.se) == pytest.approx((truth["value"], truth["se"]), abs=1e-8)
    own = [found[group, "cumulative_incidence", days_of([90])[0]] for group in ("g0", "g1")]
    pull, push = own[0].value - own[0].low, own[1].high - own[1].value
    joined = math.sqrt(pull**2 + push**2 - 2 * truth["correlation"] * pull * push)
    assert e.low == pytest.approx(e.value - joined, abs=1e-8)


def test_medians_of_stays_join_woodruffs_limits():
    """Median days of a track and of the others, Woodruff's limits of each by hand; their se is not given, quantiles need none."""
    frames = program()
    found = compare(frames, measure="length_of_stay", estimand="los_median")["a", "los_median_minus_others"]
    middles, ends = [], []
    frame = frames["episodes"]
    for part in (frame[frame["track"] == "a"], frame[frame["track"] != "a"]):
        days, groups = np.sort(part["los_days"]), people_of(part)
        middles.append(type_2(days, 0.5))
        below = (part["los_days"] <= middles[-1]).to_numpy(dtype=float)
        variance = (np.bincount(groups, weights=(below - below.mean()) / len(days)) ** 2).sum()
        shares = wilson_at(0.5, min(len(days), 0.25 / variance), t.ppf(0.975, len(set(groups)) - 1))
        ends.append([type_2(days, share) for share in shares])
    assert found.value == middles[0] - middles[1]
    assert math.isnan(found.se)
    pull, push = middles[0] - ends[0][0], ends[1][1] - middles[1]
    apart = found.value - math.sqrt(pull**2 + push**2)
    assert apart <= found.low <= found.value <= found.high  # a positive correlation of the two draws the limits in
    assert found.method == "MOVER, by patient"


# -- pairs -------------------------------------------------------------------------------------------------------


def test_each_pair_once_and_holm_over_all_of_them():
    """Five tracks are ten pairs; each the first minus the second, adjusted for being ten."""
    found = compare(FIVE, pairwise=True)
    pairs = [(a, b) for i, a in enumerate("abcde") for b in "abcde"[i + 1 :]]
    p = [found[a, f"completion_strict_minus_{b}_p"].value for a, b in pairs]
    adjusted = [found[a, f"completion_strict_minus_{b}_p_holm"].value for a, b in pairs]
    assert len([name for _, name in found if name.endswith("_p")]) == 10
    assert adjusted == pytest.approx(holm(p), abs=1e-15)
    assert adjusted == pytest.approx(multipletests(p, method="holm")[1].tolist(), abs=1e-12)
    truth = confint_proportions_2indep(75, 100, 40, 100, method="newcomb", compare="diff")
    e = found["b", "completion_strict_minus_c"]
    assert (e.low, e.high) == pytest.approx(truth, abs=1e-10)
    assert not any(name.endswith("others") for _, name in found)


def test_the_word_of_a_pair_speaks_of_the_first():
    """B against c: b is higher; a against b: a is lower than b, unless Holm says otherwise."""
    judged = words(FIVE, pairwise=True, other="c")
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
        for end in ("", "_p", "_p_holm"):
            key = f"completion_strict_minus_others{end}"
            assert other[name, key].value == pytest.approx(one[track, key].value, abs=1e-12)


def test_people_who_came_once_are_compared_as_if_unknown():
    """With a patient for each episode, and without patients: the same bits."""
    unknown = {"episodes": FIVE["episodes"].drop(columns="patient_id")}
    one, other = compare(FIVE), compare(unknown)
    assert [repr((e.value, e.se, e.low, e.high, e.method)) for e in one.values()] == [
        repr((e.value, e.se, e.low, e.high, e.method)) for e in other.values()
    ]
    assert all("independence_assumed" in e.flag for e in other.values() if "_minus_" in e.estimand)


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
    results, released = hidden(SMALL, pairwise=pairwise)
    own = {e.level: e.shown for e in released if e.estimand == "completion_strict"}
    assert not own["c"]
    assert any(own.values())
    against = {d.name: d.against for d in results.definition.estimands}
    seen = 0
    for e in released:
        if "_minus_" in e.estimand:
            assert e.shown == (own[e.level] and own[against[e.estimand]]), (e.level, e.estimand)
            if not e.shown:
                assert all(isinstance(x, Withheld) for x in (e.value, e.se, e.low, e.high))
                seen += 1
    assert seen >= 3
    assert word(released, "completion_strict", "c" if not pairwise else "a", other="c" if pairwise else "others") == "not shown"


def test_when_everyones_counts_are_withheld_no_track_is_compared():
    """5 completions in all: everyone's number is withheld, and every comparison rests on it."""
    results, released = hidden(tracks(a=(3, 40), b=(2, 40)))
    assert len([e for e in results if "_minus_" in e.estimand]) == 6
    assert not any(e.shown for e in released if "_minus_" in e.estimand or (e.level, e.estimand) == ("All", "completion_strict"))
    assert {word(released, "completion_strict", track) for track in "ab"} == {"not shown"}


def test_nothing_is_withheld_under_policy_none():
    """Synthetic data may be shown whole: every comparison stands."""
    _, released = hidden(SMALL, policy="none")
    assert all(e.shown for e in released)


def test_a_released_comparison_gives_no_withheld_count_back():
    """From every number shown, the completions of the withheld track cannot be computed: shares times n of the tracks shown, less everyone's.

    The secondary track that is withheld with it leaves two unknowns for one sum.
    """
    _, released = hidden(SMALL)
    shown = {e.level for e in released if e.estimand == "completion_strict" and e.shown and e.level != "All"}
    assert len({"a", "b", "c", "d"} - shown) >= 2 or not released.of("completion_strict", "All").shown
    for e in released:
        if e.estimand == "completion_strict_minus_others":
            assert e.shown == (e.level in shown and released.of("completion_strict", "All").shown)


def test_every_word_is_one_of_the_rule(synthetic):
    """Over all measures and tracks of the synthetic program, released: one of the five words, nothing for everyone together."""
    for measure, estimands in EVERY.items():
        released = iop.compare(synthetic, measure=measure).release()
        for estimand in estimands:
            for level in released.levels:
                judged = word(released, estimand, level)
                assert judged == "" if level in ("All", "(missing)") else judged in WORDS, (measure, estimand, level)


def test_the_simulation_calls_what_compare_calls():
    """The rule that is simulated over 4,000 samples is the one behind `compare`: the same adjusted p, from the same episodes."""
    from simulations import tracks as simulated

    rng = np.random.default_rng(5)
    patient = rng.integers(0, simulated.PATIENTS, len(simulated.TRACK))
    values = simulated.together(rng, patient, simulated.ICC) + 0.25 * (simulated.TRACK == 1)
    sides, people = simulated.completion(values, patient)
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i:04}" for i in range(len(values))],
            "patient_id": [f"p{p:03}" for p in patient],
            "track": [f"track {i}" for i in simulated.TRACK],
            "discharge_reason": np.where(values < simulated.THRESHOLD, "completed", "dropped_out"),
            "los_days": 20,
        }
    )
    found = compare({"episodes": frame})
    levels = sorted(frame["track"].unique())
    p = [found[level, "completion_strict_minus_others_p_holm"].value for level in levels]
    assert simulated.called(sides, people) == [each < 0.05 for each in p]
    assert [own.draft.value for own, _ in sides] == pytest.approx([found[level, "completion_strict"].value for level in levels])
    assert [own.errors.variance for own, _ in sides] == pytest.approx([found[level, "completion_strict"].se ** 2 for level in levels])


def test_the_command_compares_the_number_that_the_data_hold(tmp_path, capsys):
    """Stays to the last contact have their own number, and it is the one compared unless another is named."""
    rows = "".join(f"e{i},{'mh' if i % 2 else 'su'},completed,{20 + i}\n" for i in range(80))
    (tmp_path / "episodes.csv").write_text(f"episode_id,track,discharge_reason,los_days\n{rows}")
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\nlos_convention = "last_contact"\n')
    assert run(["compare", str(tmp_path), "--measure", "length_of_stay", "--csv"]) == 0
    assert "los_to_last_contact_median_minus_others" in capsys.readouterr().out
