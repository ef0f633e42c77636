"""Takes programs whose patients come back, gives proof that every number's error is that of statsmodels, of R or of a sum by hand."""

import json
import math
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import f, norm, t
from statsmodels.stats.proportion import proportion_confint

import iop_outcomes as iop
from iop_outcomes.intake.store import Store
from iop_outcomes.keys import written

ORACLE = Path(__file__).parents[1] / "oracle"
MADE = pd.DataFrame(json.loads((ORACLE / "survival.json").read_text())["data"]["made"])
EXHAUSTED = pd.DataFrame(json.loads((ORACLE / "survival.json").read_text())["data"]["exhausted"])
R = json.loads((ORACLE / "survival.json").read_text())["values"]
BY_PATIENT = json.loads((ORACLE / "clustered.json").read_text())
TICKS = BY_PATIENT["ticks"]
SHIFT = 3  # readmission counts from day 3 on
BASE = {"data": {"class": "synthetic"}}


@contextmanager
def loaded(frames, *, threads=None):
    """Frames through the front door, on a number of threads."""
    with patch("iop_outcomes.intake.loading.Store", lambda: Store(threads=threads)):
        data = iop.load(frames, mapping=BASE)
    with data:
        yield data


def ask(frames, measure, *, by=None, **options):
    """The estimates of a measure by level, name and day."""
    with loaded(frames) as data:
        return keyed(iop.measure(data, measure, by=by, **options).results)


def keyed(results):
    """Estimates by level, name and day."""
    return {(e.level, e.estimand, e.time): e for e in results}


def program(n=180, people=80, seed=3):
    """Episodes of patients who come back, some of them unknown; scores lie nearer to one another within a patient."""
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, people, n)
    severity = rng.normal(0, 3, people)[patient]
    admit = np.clip(np.rint(15 + severity + rng.normal(0, 3, n)), 0, 27)
    discharge = np.clip(np.rint(10 + severity + rng.normal(0, 4, n)), 0, 27)
    reasons = np.where(severity + rng.normal(0, 3, n) < 1, "completed", "dropped_out")
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i:04}" for i in range(n)],
            "patient_id": [None if rng.random() < 0.1 else f"p{i:03}" for i in patient],
            "track": rng.choice(["a", "b", "c"], n),
            "discharge_reason": np.where(rng.random(n) < 0.05, "died", reasons),
            "los_days": np.rint(rng.gamma(2, 15, n) + 4 * np.maximum(severity, 0)).astype(int),
            "phq9_admit": admit.astype(int),
            "phq9_discharge": pd.array(np.where(rng.random(n) < 0.2, np.nan, discharge), dtype="Int64"),
        }
    )
    return {"episodes": frame}


def people_of(frame):
    """A number for each patient; who is not known is a patient of their own."""
    names = frame["patient_id"].astype(object).where(frame["patient_id"].notna(), "alone " + frame["episode_id"])
    return pd.factorize(names)[0]


def effective_of(groups):
    """Effective patients of a denominator: (sum of w) squared over the sum of w squared, w the episodes of each patient."""
    sizes = np.unique(groups, return_counts=True)[1]
    return sizes.sum() ** 2 / (sizes**2).sum()


def robust(values, groups, *, correction, columns=None):
    """Regression on a constant, or on these columns, with errors by patient, by statsmodels."""
    design = np.ones((len(values), 1)) if columns is None else sm.add_constant(columns)
    return sm.OLS(np.asarray(values, dtype=float), design).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": correction}, use_t=True
    )


def wilson_at(share, n, quantile):
    """Wilson's limits for a number of episodes that need not be whole, written out."""
    middle, half = share + quantile**2 / (2 * n), quantile * math.sqrt(share * (1 - share) / n + quantile**2 / (4 * n * n))
    return (middle - half) / (1 + quantile**2 / n), (middle + half) / (1 + quantile**2 / n)


# -- shares ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["All", "a", "b", "c"])
def test_the_error_of_a_rate_is_statsmodels_by_patient(level):
    """Completion: se is the cluster-robust error without a factor; Wilson at p (1 - p) / V episodes, t on the effective patients less one."""
    frames = program()
    found = ask(frames, "completion", by="track")[level, "completion_strict", None]
    frame = frames["episodes"].query("discharge_reason != 'died'")
    frame = frame if level == "All" else frame[frame["track"] == level]
    groups, hit = people_of(frame), (frame["discharge_reason"] == "completed").to_numpy(dtype=float)
    fitted = robust(hit, groups, correction=False)
    assert found.value == pytest.approx(fitted.params[0], abs=1e-14)
    assert found.se == pytest.approx(fitted.bse[0], rel=1e-10)
    share = hit.mean()
    as_well = min(len(hit), share * (1 - share) / fitted.bse[0] ** 2)
    limits = wilson_at(share, as_well, t.ppf(0.975, effective_of(groups) - 1))
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-10)
    assert (found.n, found.k, found.method) == (len(hit), int(hit.sum()), "Wilson score, by patient")


def test_a_rate_never_rests_on_more_than_its_episodes():
    """Patients with one episode of each kind spread less than chance: the episodes themselves are the most that count."""
    rows = [(f"p{i // 2}", ("completed", "dropped_out")[i % 2]) for i in range(16)] + [("q", "completed"), ("q", "completed")]
    found = ask(frame_of(rows), "completion")["All", "completion_strict", None]
    hit = [reason == "completed" for _, reason in rows]
    variance = robust(np.array(hit, float), pd.factorize(np.array([who for who, _ in rows]))[0], correction=False).bse[0] ** 2
    share = np.mean(hit)
    assert share * (1 - share) / variance > 18
    assert (found.low, found.high) == pytest.approx(wilson_at(share, 18, t.ppf(0.975, 8)), rel=1e-12)


def frame_of(rows, **columns):
    """Episodes from patient and discharge reason."""
    patient, reason = zip(*rows, strict=True)
    frame = pd.DataFrame({"episode_id": [f"e{i}" for i in range(len(rows))], "patient_id": patient, "track": "a", "los_days": 20})
    return {"episodes": frame.assign(discharge_reason=reason, **columns)}


@pytest.mark.parametrize("reason", ["completed", "dropped_out"])
def test_all_or_none_of_repeated_patients_rests_on_the_patients(reason):
    """20 of 20 or 0 of 20 in 5 patients: Wilson for 5, at t on 4, and never a limit outside 0 to 1."""
    found = ask(frame_of([(f"p{i % 5}", reason) for i in range(20)]), "completion")["All", "completion_strict", None]
    share = float(reason == "completed")
    low, high = wilson_at(share, 5, t.ppf(0.975, 4))
    assert (found.value, found.se, found.n) == (share, 0.0, 20)
    assert (found.low, found.high) == pytest.approx((max(low, 0.0), min(high, 1.0)), abs=1e-12)


def test_sums_that_cancel_within_every_patient_rest_on_the_patients():
    """Ten patients, each with one completion and two dropouts: no patient differs, so V is 0 and ten patients are what is known."""
    found = ask(frame_of([(f"p{i // 3}", ("completed", "dropped_out", "dropped_out")[i % 3]) for i in range(30)]), "completion")
    share = found["All", "completion_strict", None]
    assert share.se == pytest.approx(0, abs=1e-15)
    assert (share.low, share.high) == pytest.approx(wilson_at(1 / 3, 10, t.ppf(0.975, 9)), rel=1e-12)


def test_one_patient_with_most_of_the_episodes_tells_hardly_more_than_one():
    """40 of 49 episodes are one patient's, 9 are nine others': 49 squared over 1,609 is 1.49 effective patients, and no interval."""
    rows = [("p", "completed" if i < 30 else "dropped_out") for i in range(40)] + [(f"q{i}", "completed") for i in range(9)]
    share = ask(frame_of(rows), "completion")["All", "completion_strict", None]
    assert (share.n, share.k, share.flag) == (49, 39, {"few_patients"})
    assert all(math.isnan(x) for x in (share.se, share.low, share.high))


def test_twelve_patients_of_unequal_weight_have_an_interval_of_their_effective_number():
    """One patient with 5 episodes and eleven with 1: 16 squared over 36, 7.11 effective, flagged; t on 6.11."""
    rows = [("p", "completed" if i < 3 else "dropped_out") for i in range(5)] + [
        (f"q{i}", "completed" if i < 5 else "dropped_out") for i in range(11)
    ]
    share = ask(frame_of(rows), "completion")["All", "completion_strict", None]
    own = np.array([3 - 5 / 2, *[0.5] * 5, *[-0.5] * 6])  # what each patient's episodes add to 16 times the share, 8 of 16
    variance = (own**2).sum() / 16**2
    limits = wilson_at(0.5, min(16, 0.25 / variance), t.ppf(0.975, 16**2 / 36 - 1))
    assert (share.value, share.flag) == (0.5, {"few_patients"})
    assert share.se == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert (share.low, share.high) == pytest.approx(limits, rel=1e-12)


def test_twelve_patients_with_two_episodes_each_are_twelve():
    """Equal weights: as many effective patients as patients, no flag, t on 11."""
    rows = [(f"p{i % 12}", "completed" if i % 12 < 5 else "dropped_out") for i in range(24)]
    share = ask(frame_of(rows), "completion")["All", "completion_strict", None]
    assert share.flag == frozenset()
    assert (share.low, share.high) == pytest.approx(wilson_at(5 / 12, 12, t.ppf(0.975, 11)), rel=1e-12)


def test_one_patient_alone_tells_nothing_of_others():
    """Four episodes of one patient: the share is given, with a flag in place of an interval."""
    found = ask(frame_of([("p", "completed"), ("p", "completed"), ("p", "dropped_out"), ("p", "completed")]), "completion")
    share = found["All", "completion_strict", None]
    assert (share.value, share.flag) == (0.75, {"few_patients"})
    assert all(math.isnan(x) for x in (share.se, share.low, share.high))


# -- means and effect sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["All", "a", "b", "c"])
def test_means_are_statsmodels_by_patient(level):
    """Mean change and mean scores: statsmodels' variance without a factor, times m / (m - 1), and t on m - 1; m effective patients."""
    frames = program()
    found = ask(frames, "phq9_change", by="track")
    frame = frames["episodes"].dropna(subset="phq9_discharge")
    frame = frame if level == "All" else frame[frame["track"] == level]
    groups = people_of(frame)
    change = frame["phq9_admit"] - frame["phq9_discharge"]
    for name, values in (("mean_change", change), ("mean_admit", frame["phq9_admit"]), ("mean_discharge", frame["phq9_discharge"])):
        e = found[level, name, None]
        assert_mean(e, robust(values, groups, correction=False), effective_of(groups))
        assert e.method == "Student t, by patient"


def assert_mean(e, fitted, m):
    """A mean is statsmodels', its variance times m / (m - 1), its limits by t on m - 1."""
    se = fitted.bse[0] * math.sqrt(m / (m - 1))
    half = t.ppf(0.975, m - 1) * se
    assert (e.value, e.se) == pytest.approx((fitted.params[0], se), rel=1e-10)
    assert (e.low, e.high) == pytest.approx((e.value - half, e.value + half), rel=1e-10)


@pytest.mark.parametrize("patients", [15, 40])
def test_with_as_many_episodes_each_a_mean_is_statsmodels_with_its_own_factor(patients):
    """Three episodes of every patient: effective patients are patients, and error and limits those of statsmodels with its correction."""
    rng = np.random.default_rng(11)
    rows = [(f"p{i // 3:02}", "completed") for i in range(3 * patients)]
    days = np.rint(np.repeat(rng.gamma(2, 15, patients), 3) + rng.gamma(2, 10, 3 * patients)).astype(int)
    frames = frame_of(rows)
    frames["episodes"]["los_days"] = days
    found = ask(frames, "length_of_stay")["All", "los_mean", None]
    # statsmodels' factor is m / (m - 1) times (n - 1) / (n - k), which is 1 for a constant alone (k = 1)
    fitted = robust(days, people_of(frames["episodes"]), correction=True)
    assert (found.value, found.se) == pytest.approx((fitted.params[0], fitted.bse[0]), rel=1e-10)
    assert (found.low, found.high) == pytest.approx(tuple(fitted.conf_int()[0]), rel=1e-10)


def test_mean_stays_are_statsmodels_by_patient():
    """Mean length of stay: the same error, over every discharged episode."""
    frames = program()
    found = ask(frames, "length_of_stay")["All", "los_mean", None]
    groups = people_of(frames["episodes"])
    assert_mean(found, robust(frames["episodes"]["los_days"], groups, correction=False), effective_of(groups))


def test_effect_sizes_are_widened_as_much_as_the_plain_variance():
    """Both d and g: the textbook variance times the ratio of the plain variance by patient to that of independent episodes; t."""
    frames = program()
    frame = frames["episodes"].dropna(subset="phq9_discharge")
    once = {"episodes": frames["episodes"].drop(columns="patient_id")}
    found, plain = ask(frames, "phq9_change"), ask(once, "phq9_change")
    pre = frame["phq9_admit"].to_numpy(dtype=float)
    change = pre - frame["phq9_discharge"].to_numpy(dtype=float)
    # what one more episode would add to mean / SD (divisor n: a constant factor leaves the ratio), as a numerical derivative
    influence = np.array([derivative(pre, change, i) for i in range(len(pre))])
    sums = np.bincount(people_of(frame), weights=influence)
    ratio = (sums**2).sum() / (influence**2).sum()
    assert abs(ratio - 1) > 0.05
    for name in ("d_pre_sd", "g_pre_sd"):
        one, other = found["All", name, None], plain["All", name, None]
        assert one.value == other.value
        assert one.se**2 == pytest.approx(other.se**2 * ratio, rel=1e-5)
        assert one.high - one.value == pytest.approx(t.ppf(0.975, effective_of(people_of(frame)) - 1) * one.se, rel=1e-9)
        assert other.high - other.value == pytest.approx(norm.ppf(0.975) * other.se, rel=1e-9)
        assert (one.method, other.method) == ("Student t, by patient", "normal")


def derivative(pre, change, i, step=1e-5):
    """What one more episode like the i-th would add to mean change / SD, per episode added."""

    def d(weight):
        n = weight.sum()
        mean = (weight * pre).sum() / n
        return (weight * change).sum() / n / math.sqrt((weight * (pre - mean) ** 2).sum() / n)

    more = np.zeros(len(pre))
    more[i] = step
    return (d(1 + more) - d(1 - more)) / (2 * step)


@pytest.mark.parametrize(("name", "share"), [("los_q1", 0.25), ("los_median", 0.5), ("los_q3", 0.75)])
def test_quartiles_of_stays_are_woodruffs(name, share):
    """Woodruff by hand: the share of stays at or below the quantile, its Wilson limits by patient, read back as days."""
    frames = program()
    found = ask(frames, "length_of_stay")["All", name, None]
    days = np.sort(frames["episodes"]["los_days"])
    n, groups = len(days), people_of(frames["episodes"])
    below = (frames["episodes"]["los_days"] <= found.value).to_numpy(dtype=float)
    sums = np.bincount(groups, weights=(below - below.mean()) / n)
    as_well = min(n, share * (1 - share) / (sums**2).sum())
    limits = wilson_at(share, as_well, t.ppf(0.975, effective_of(groups) - 1))
    assert (found.low, found.high) == tuple(type_2(days, limit) for limit in limits)
    assert found.method == "Woodruff, by patient"


def type_2(ordered, share):
    """R's quantile of type 2."""
    place = share * len(ordered)
    if abs(place - round(place)) < 1e-9:
        return (ordered[round(place) - 1] + ordered[round(place)]) / 2
    return ordered[math.ceil(place) - 1]


# -- curves ------------------------------------------------------------------------------------------------------


def returns(frame=MADE, *, patients=True, every_end=False):
    """R's 240 made-up episodes as a program: cause 1 a readmission, cause 2 a death, every day three later."""
    names = [f"e{i:03}" for i in range(len(frame))]
    episodes = pd.DataFrame(
        {
            "episode_id": names,
            "track": [f"g{group}" for group in frame["group"]],
            "discharge_reason": "completed",
            "los_days": 20,
            "follow_up_days": frame["day"].to_numpy() + SHIFT,
        }
    )
    if patients:
        episodes["patient_id"] = [f"p{number:02}" for number in frame["patient"]]
    events = pd.DataFrame(
        {
            "episode_id": names,
            "event": np.where(every_end | (frame["cause"] == 1), "readmission_psychiatric", "death"),
            "days_after_discharge": frame["day"].to_numpy() + SHIFT,
        }
    )
    events = events[(frame["cause"] > 0).to_numpy()]
    return {"episodes": episodes, "events": events} if len(events) else {"episodes": episodes}


def days_of(ticks):
    """R's days on the clock of readmission."""
    return [tick + SHIFT for tick in ticks]


@pytest.fixture(scope="module")
def curves():
    """Readmission of the made-up episodes, by track."""
    return ask(returns(), "readmission", by="track", at=days_of(TICKS))


@pytest.mark.parametrize("group", ["all", 0, 1, 2])
def test_event_free_shares_and_limits_are_rs_by_patient(curves, group):
    """Free of readmission and death: share and error of survfit(cluster=), to 1e-8, everyone and each track, and its log-log limits.

    At the normal quantile the limits from that share and error are R's; ours take t on the effective patients less one, because with
    10 or 12 patients R's hold the truth in .91 to .93 of samples. On a day by which only one kind of end has occurred, they are 1
    minus those of the share ended.
    """
    truth = BY_PATIENT["values"][f"free/{group}"]["value"]
    of = MADE if group == "all" else MADE[MADE["group"] == group]
    quantile = t.ppf(0.975, effective_of(of["patient"]) - 1)
    limits = []
    for share, se, low, high, tick in zip(*(truth[name] for name in ("surv", "se", "low", "high")), TICKS, strict=True):
        assert log_log(share, norm.ppf(0.975) * se) == pytest.approx((low, high), abs=1e-8)
        one_kind = kinds_by(tick, group) == 1
        below, above = log_log(1 - share if one_kind else share, quantile * se)
        limits.append((1 - above, 1 - below) if one_kind else (below, above))
    found = [curves["All" if group == "all" else f"g{group}", "event_free", day] for day in days_of(TICKS)]
    assert [e.value for e in found] == pytest.approx(truth["surv"], abs=1e-8)
    assert [e.se for e in found] == pytest.approx(truth["se"], abs=1e-8)
    assert [e.low for e in found] == pytest.approx([low for low, _ in limits], abs=1e-8)
    assert [e.high for e in found] == pytest.approx([high for _, high in limits], abs=1e-8)
    assert {e.method for e in found} == {"log-log, by patient"}


def log_log(share, half):
    """Limits of a share, by hand."""
    reach = math.exp(half / (share * abs(math.log(share))))
    return share**reach, share ** (1 / reach)


def kinds_by(tick, group):
    """How many kinds of end R's made-up episodes of a group have by a day."""
    of = MADE if group == "all" else MADE[MADE["group"] == group]
    return of[(of["day"] <= tick) & (of["cause"] > 0)]["cause"].nunique()


def test_both_rules_for_the_limits_of_event_free_are_met():
    """The made-up episodes have days with one kind of end and days with two, in two of the three groups."""
    found = [[kinds_by(tick, group) for tick in TICKS] for group in ("all", 0, 1, 2)]
    assert [row.count(1) for row in found] == [0, 0, 1, 1]
    assert {kinds for row in found for kinds in row} == {1, 2}


def test_event_free_errors_are_rs_on_every_day():
    """The same on each of R's 200 days, to 1e-8, through the front door."""
    truth = R["cluster/made"]["value"]
    days = [day for day in truth["day"] if day + SHIFT >= 1]
    found = ask(returns(), "readmission", at=days_of(days))
    assert [found["All", "event_free", day].se for day in days_of(days)] == pytest.approx(truth["se"], abs=1e-8, nan_ok=True)


def test_incidence_errors_are_rs_influences_summed_by_patient():
    """Readmission with death competing: R's residuals of the competing-risk curve, summed by patient, to 1e-8."""
    ticks = json.loads((ORACLE / "survival.json").read_text())["ticks"][1:]
    found = ask(returns(), "readmission", at=days_of(ticks))
    errors = [found["All", "cumulative_incidence", day].se for day in days_of(ticks)]
    assert errors == pytest.approx(R["states_cluster/1/made"]["value"], abs=1e-8)


def test_mean_days_are_rs_by_patient(curves):
    """Mean days of the first 180 (and the three before): area of R's curve, error of its influences by patient, to 1e-8."""
    truth, found = BY_PATIENT["values"]["rmst"]["value"], curves["All", "restricted_mean_days", 180 + SHIFT]
    assert found.value == pytest.approx(truth["days"] + SHIFT, abs=1e-8)
    assert found.se == pytest.approx(truth["se"], abs=1e-8)


@pytest.mark.parametrize("group", ["all", 0, 1, 2])
def test_medians_are_rs_by_patient(curves, group):
    """The median is quantile(survfit(cluster=, conf.type="log-log")); its limits lie at most a few days outside R's, whose quantile is normal."""
    truth = BY_PATIENT["values"][f"median/{group}"]["value"]
    found = curves["All" if group == "all" else f"g{group}", "median_days", None]
    value, low, high = (day + SHIFT for day in truth.values())
    assert found.value == value
    assert low - 3 <= found.low <= low
    assert high <= found.high <= high + 3
    assert found.method == "inverted log-log, by patient"


def test_the_log_rank_test_is_rs_robust_score(curves):
    """Readmission, death ending follow-up: coxph(ties="breslow", cluster=)$rscore of the cause, to 1e-8; its p by F of the effective patients.

    X squared (G - df) / ((G - 1) df) is referred to F on df and G - df, G effective patients: a little more cautious than chi-square.
    """
    truth = BY_PATIENT["values"]["rscore"]["value"]["chi2"]
    chi2, p = curves["All", "log_rank_chi_squared", None], curves["All", "log_rank_p", None]
    several = effective_of(MADE["patient"])
    assert chi2.value == pytest.approx(truth, abs=1e-8)
    assert p.value == pytest.approx(f.sf(truth * (several - 2) / ((several - 1) * 2), 2, several - 2), abs=1e-9)
    assert p.value > math.exp(-truth / 2)  # chi-square on 2
    assert (chi2.statistic, chi2.p, chi2.df, chi2.n) == (chi2.value, p.value, 2, len(MADE))
    assert chi2.method == p.method == "robust score, F, by patient"


def test_grays_test_is_not_assessable_where_patients_repeat(curves):
    """No form of it knows repeated patients: no number, and the flag says why."""
    for name in ("gray_chi_squared", "gray_p"):
        e = curves["All", name, None]
        assert "patients_repeat" in e.flag
        assert all(math.isnan(x) for x in (e.value, e.p, e.statistic, e.df))


def test_no_p_of_a_test_where_a_group_has_few_effective_patients():
    """Nine patients in a group: the statistic stands, the p does not, flagged."""
    some = MADE.assign(patient=np.where(MADE["group"] == 0, MADE["patient"] % 9, 1000 + np.arange(len(MADE))))
    found = ask(returns(some), "readmission", by="track", at=[30])
    for name in ("log_rank_chi_squared", "log_rank_p"):
        e = found["All", name, None]
        assert "few_patients" in e.flag
        assert math.isnan(e.p)
    assert found["All", "log_rank_chi_squared", None].value > 0
    assert math.isnan(found["All", "log_rank_p", None].value)


def test_the_log_rank_test_of_every_end_and_of_two_tracks_is_rs_too():
    """With every end a readmission, and with two tracks alone: the robust score of those, to 1e-8."""
    everyone = ask(returns(every_end=True), "readmission", by="track", at=[30])
    assert everyone["All", "log_rank_chi_squared", None].value == pytest.approx(R["rscore/made"]["value"]["chi2"], abs=1e-8)
    two = ask(returns(MADE[MADE["group"] < 2]), "readmission", by="track", at=[30])
    truth = BY_PATIENT["values"]["rscore_two"]["value"]["chi2"]
    assert two["All", "log_rank_chi_squared", None].value == pytest.approx(truth, abs=1e-8)


def test_the_log_rank_test_is_hypergeometric_when_nobody_repeats():
    """Without patients, and with a patient for each episode: survdiff, and `method` says so."""
    unknown, once = returns(patients=False), returns(MADE.assign(patient=np.arange(len(MADE))))
    for frames in (unknown, once):
        every = ask(frames, "readmission", by="track", at=[30])
        found = every["All", "log_rank_chi_squared", None]
        assert found.value == pytest.approx(BY_PATIENT["values"]["logrank"]["value"]["chi2"], abs=1e-8)
        assert found.method == "hypergeometric"
        assert every["All", "log_rank_p", None].value == pytest.approx(math.exp(-found.value / 2), rel=1e-9)  # chi-square on 2


@pytest.mark.parametrize(("key", "frame"), [("gray/made", MADE), ("gray_two/made", MADE[MADE["group"] < 2]), ("gray/exhausted", EXHAUSTED)])
def test_grays_test_is_rs_where_nobody_repeats(key, frame):
    """Beside it: cmprsk's cuminc of the same episodes, readmission with death competing; without patients, and with one for each episode.

    With seven episodes in a group, as in the last, the statistic stands without its p.
    """
    chi2, p, df = (R[key]["value"][name][0] for name in ("chi2", "p", "df"))
    for frames in (returns(frame, patients=False), returns(frame.assign(patient=np.arange(len(frame))))):
        found = ask(frames, "readmission", by="track", at=[30])
        test, its_p = found["All", "gray_chi_squared", None], found["All", "gray_p", None]
        assert (test.value, test.df, test.n) == pytest.approx((chi2, df, len(frame)), abs=1e-8)
        assert test.statistic == test.value
        few = key == "gray/exhausted"
        assert [its_p.value, test.p] == pytest.approx([math.nan if few else p] * 2, abs=1e-8, nan_ok=True)
        assert ("few_patients" in its_p.flag, math.isnan(its_p.value)) == (few, few)


def test_no_end_at_all_is_exact_on_the_patients():
    """Nobody of 30 episodes of 10 patients readmitted, where readmissions are looked for: the exact limit for 10, not for 30."""
    frames = returns(pd.DataFrame({"day": 90, "cause": 0, "group": 0, "patient": np.arange(30) % 10}))
    frames["events"] = pd.DataFrame({"episode_id": ["e000"], "event": ["follow_up_contact"], "days_after_discharge": [7]})
    found = ask(frames, "readmission", at=[30])["All", "cumulative_incidence", 30]
    exact = proportion_confint(0, 10, alpha=0.05, method="beta")[1]
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(exact, abs=1e-12)


# -- what must not matter ----------------------------------------------------------------------------------------

MEASURES = [
    ("completion", {}),
    ("length_of_stay", {}),
    ("phq9_change", {}),
    ("phq9_reliable_change", {}),
    ("readmission", {"at": [30, 90]}),
]


def whole():
    """Stays, scores, readmissions and patients in one program."""
    frames, more = program(n=len(MADE)), returns()
    frames["episodes"]["follow_up_days"] = more["episodes"]["follow_up_days"]
    ids = dict(zip(more["episodes"]["episode_id"], frames["episodes"]["episode_id"], strict=True))
    gone = set(frames["episodes"].query("discharge_reason == 'died'")["episode_id"])
    events = more["events"].assign(episode_id=more["events"]["episode_id"].map(ids))
    return {**frames, "events": events[~events["episode_id"].isin(gone)]}


def numbers(frames, *, threads=None, compared=True):
    """Every number of every measure, and of every comparison, as text that differs in its last bit when a number does."""
    found = {}
    with loaded(frames, threads=threads) as data:
        for name, options in MEASURES:
            answers = [iop.measure(data, name, by="track", **options)]
            answers += [iop.compare(data, measure=name, by="track", **options)] if compared else []
            for e in (e for answer in answers for e in answer.results):
                own = (e.value, e.se, e.low, e.high, e.method, e.n, e.k, e.p, e.p_adjusted, e.word, e.conf_level, written(e.flag))
                found[e.measure, e.level, e.key] = repr(own)
    return found


@pytest.fixture(scope="module")
def plain():
    """The program as it stands, on one thread."""
    return numbers(whole(), threads=1)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_threads_and_the_order_of_rows_change_no_bit(plain, order):
    """Two threads, three orders of rows: every value, error, limit and p to the last bit."""
    shuffled = {name: frame.sample(frac=1, random_state=order).reset_index(drop=True) for name, frame in whole().items()}
    assert numbers(shuffled, threads=2) == plain


def test_the_names_of_patients_change_no_bit(plain):
    """Patients under other names, in another order."""
    frames = whole()
    frames["episodes"]["patient_id"] = frames["episodes"]["patient_id"].map(lambda p: None if p is None else "z" + p[::-1])
    assert numbers(frames) == plain


@pytest.mark.parametrize("told", ["each a patient of their own", "every patient blank"])
def test_without_repeats_the_numbers_are_the_textbooks_to_the_last_bit(told):
    """Each episode a patient, or no patient known: the numbers without patient_id, whose flag alone says that they assume it."""
    frames = whole()
    frames["episodes"]["patient_id"] = [f"q{i}" for i in range(len(MADE))] if told.startswith("each") else None
    without = {**frames, "episodes": frames["episodes"].drop(columns="patient_id")}
    assumed = {
        key: value.replace("; independence_assumed", "").replace("independence_assumed", "") for key, value in numbers(without).items()
    }
    assert any("independence_assumed" in value for value in numbers(without, compared=False).values())
    assert numbers(frames) == assumed


def test_no_number_says_that_it_is_not_clustered(plain):
    """No flag is left that says an error ignores patients."""
    assert not any("not_clustered" in value or "independence" in value for value in plain.values())


def test_a_blank_patient_is_one_of_their_own():
    """Blank ids are not one patient together: replaced by names used once, every number stays."""
    frames = whole()
    assert frames["episodes"]["patient_id"].isna().sum() > 5
    named = frames["episodes"]["patient_id"].where(frames["episodes"]["patient_id"].notna(), "alone " + frames["episodes"]["episode_id"])
    assert numbers({**frames, "episodes": frames["episodes"].assign(patient_id=named)}) == numbers(frames)


def test_every_episode_twice_under_its_patient_tells_nothing_new():
    """Each episode told twice: values and clustered errors of shares, means and curves as they were; n doubles.

    The limits of shares stay too, since n_eff is p (1 - p) / V; only where the cap at n held, it holds no longer.
    """
    frames = whole()
    twice = {
        name: pd.concat([frame, frame.assign(episode_id="again " + frame["episode_id"])], ignore_index=True)
        for name, frame in frames.items()
    }
    known = frames["episodes"]["patient_id"].where(frames["episodes"]["patient_id"].notna(), "alone " + frames["episodes"]["episode_id"])
    twice["episodes"]["patient_id"] = pd.concat([known, known], ignore_index=True)
    frames["episodes"]["patient_id"] = known
    compared = 0
    for name, options in MEASURES:
        once, found = ask(frames, name, by="track", **options), ask(twice, name, by="track", **options)
        for key, e in once.items():
            other = found[key]
            assert other.n == 2 * e.n, key
            by_size = e.estimand in ("d_pre_sd", "g_pre_sd") or e.method.startswith(("Wilson", "Woodruff", "robust"))
            if "by patient" in e.method and not by_size and not math.isnan(e.se):
                assert (other.value, other.se, other.low, other.high) == pytest.approx((e.value, e.se, e.low, e.high), rel=1e-9), key
                compared += 1
            elif e.method.startswith("Wilson score, by patient") and e.se > 0 and e.value * (1 - e.value) / e.se**2 <= e.n:
                assert (other.se, other.low, other.high) == pytest.approx((e.se, e.low, e.high), rel=1e-9), key
                compared += 1
    assert compared > 60


@pytest.mark.parametrize("conf_level", [0.5, 0.8, 0.99, 0.9999])
def test_medians_of_a_curve_invert_the_band_of_every_day(conf_level):
    """At any level the limits of the median are read from R's errors by patient on all days, none left out."""
    truth, greenwood = R["cluster/made"]["value"], R["greenwood/made"]["value"]
    curve, se = np.array(greenwood["surv"]), np.array([0.0 if each is None else each for each in truth["se"]])
    inner = (curve > 0) & (curve < 1)
    half = t.ppf(0.5 + conf_level / 2, effective_of(MADE["patient"]) - 1) * se[inner] / (curve[inner] * np.log(curve[inner]))
    days = np.array(truth["day"])[inner]
    low, high = curve[inner] ** np.exp(-half), curve[inner] ** np.exp(half)
    found = ask(returns(), "readmission", at=[30], conf_level=conf_level)["All", "median_days", None]
    assert found.low == days[low <= 0.5][0] + SHIFT
    assert math.isnan(found.high) if not (high <= 0.5).any() else found.high == days[high <= 0.5][0] + SHIFT
