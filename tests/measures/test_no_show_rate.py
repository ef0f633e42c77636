"""Takes programs with sessions, gives the no-show rate as it follows from the rows, looked at one by one; and attended days beside it."""

import math
import random
import re
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import iop_outcomes as iop
from iop_outcomes.errors import NotAssessableError, UsageError
from tests.measures.sessions import MAPPING, estimates, in_care, loaded, program

SCHEDULED = ("attended", "missed", "cancelled_by_person")

REST = {"sessions_cancelled_by_program": "cancelled_by_program", "sessions_excused": "excused", "sessions_without_status": None}


def share(episodes, of_each, hits, base):
    """One share of sessions, session by session: value, error and limits by patient, and the episodes that it rests on."""
    y, people, some, n = [], [], 0, 0
    for e in episodes:
        met = [int(row["status"] in hits) for row in of_each[e["episode_id"]] if row["status"] in base]
        y += met
        people += [e["patient_id"] or e["episode_id"]] * len(met)
        n, some = n + bool(met), some + (sum(met) > 0)
    if not y:
        return {"value": math.nan, "n": n, "k": some}
    p = sum(y) / len(y)
    left, size = defaultdict(float), defaultdict(int)
    for each, person in zip(y, people, strict=True):
        left[person] += each - p
        size[person] += 1
    variance = sum(value**2 for value in left.values()) / len(y) ** 2
    effective = len(y) ** 2 / sum(value**2 for value in size.values())
    variance *= effective / (effective - 1) if effective >= 2 else 1
    out = {"value": p, "n": n, "k": some, "effective": effective, "se": math.sqrt(variance), "y": y, "people": people}
    if effective < 2:
        return out
    worth = min(len(y), p * (1 - p) / variance) if variance > 1e-18 else min(len(y), effective)
    t = stats.t.ppf(0.975, effective - 1)
    middle, half = p + t**2 / (2 * worth), t * math.sqrt(p * (1 - p) / worth + t**2 / (4 * worth**2))
    limits = ((middle - half) / (1 + t**2 / worth), (middle + half) / (1 + t**2 / worth))
    return out | {"low": 0.0 if p == 0 else limits[0], "high": 1.0 if p == 1 else limits[1]}


@pytest.mark.parametrize("seed", range(8))
def test_shares_of_sessions_are_those_of_the_rows(seed):
    """Value, error, limits, episodes and those left out, for everyone and by track, session by session."""
    episodes, sessions = program(seed)
    of_each = in_care(episodes, sessions)
    with loaded(episodes, sessions) as data:
        answered = estimates(data, "no_show_rate")
    for level in ("All", "mh", "su"):
        here = [e for e in episodes if level in ("All", e["track"])]
        wanted = {"no_show_rate": share(here, of_each, ("missed",), SCHEDULED)}
        wanted |= {name: share(here, of_each, (status,), (*SCHEDULED, status)) for name, status in REST.items()}
        for name, right in wanted.items():
            e = answered[level, name]
            assert (e.n, e.k) == (right["n"], right["k"])
            assert e.n_missing == sum(not of_each[each["episode_id"]] for each in here)
            assert e.n + e.n_missing + e.excluded == len(here)
            for what in ("value", "se", "low", "high"):
                assert getattr(e, what) == pytest.approx(right[what], rel=1e-9, abs=1e-12), (level, name, what)
            assert ("few_patients" in e.flag) == (right["effective"] < 10)


@pytest.mark.parametrize("seed", range(3))
def test_the_error_is_that_of_a_regression_on_sessions_clustered_by_patient(seed):
    """statsmodels: a constant alone, robust to clusters, with our small-sample factor in the place of its own."""
    episodes, sessions = program(seed)
    rows = share(episodes, in_care(episodes, sessions), ("missed",), SCHEDULED)
    factor = math.sqrt(rows["effective"] / (rows["effective"] - 1))
    groups = np.unique(rows["people"], return_inverse=True)[1]
    fit = sm.OLS(rows["y"], np.ones(len(rows["y"]))).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    with loaded(episodes, sessions) as data:
        e = estimates(data, "no_show_rate")["All", "no_show_rate"]
    assert (e.value, e.se) == (pytest.approx(fit.params[0], rel=1e-10), pytest.approx(fit.bse[0] * factor, rel=1e-10))


def few(*of_each, people=None):
    """Episodes of 30 days, each with sessions of these statuses on days 0, 1, 2, ..."""
    episodes = [
        {
            "episode_id": f"e{i:02}",
            "patient_id": people[i] if people else f"p{i}",
            "track": "mh",
            "discharge_reason": "completed",
            "los_days": 30,
        }
        for i in range(len(of_each))
    ]
    return episodes, [
        {"episode_id": f"e{i:02}", "day": day, "status": status} for i, each in enumerate(of_each) for day, status in enumerate(each)
    ]


def test_everything_missed():
    """1, its upper limit 1; as many effective patients as there are people, since their sessions tell nothing of one another."""
    with loaded(*few(*[["missed"] * 4] * 20)) as data:
        e = estimates(data, "no_show_rate", by=None)["All", "no_show_rate"]
        assert (e.value, e.high, e.n, e.k) == (1.0, 1.0, 20, 20)
        t = stats.t.ppf(0.975, 19)
        assert e.low == pytest.approx(20 / (20 + t**2))
        assert estimates(data, "attended_days", by=None)["All", "attended_days_median"].value == 0


def test_nothing_but_what_the_program_cancelled():
    """No session that counts: no rate, and how many such episodes there are."""
    with loaded(*few(["cancelled_by_program"], ["excused", None], [])) as data:
        e = estimates(data, "no_show_rate", by=None)["All", "no_show_rate"]
        assert math.isnan(e.value) and "no_episodes" in e.flag
        assert (e.n, e.n_missing, e.excluded) == (0, 1, 2)


def test_one_patient_with_forty_episodes():
    """No interval from one person, however many sessions."""
    with loaded(*few(*[["missed", "attended"]] * 40, people=["p"] * 40)) as data:
        e = estimates(data, "no_show_rate", by=None)["All", "no_show_rate"]
        assert e.value == 0.5 and math.isnan(e.low) and "few_patients" in e.flag


def test_a_person_with_many_sessions_counts_as_one():
    """Nineteen people with one session each, and one with a thousand: hardly more than one person's worth."""
    episodes, sessions = few(*[["attended"]] * 19, [])
    sessions += [{"episode_id": "e19", "day": i % 31, "status": "missed" if i % 2 else "attended"} for i in range(1000)]
    with loaded(episodes, sessions) as data:
        e = estimates(data, "no_show_rate", by=None)["All", "no_show_rate"]
        assert "few_patients" in e.flag and math.isnan(e.low)


def test_without_patient_id_each_episode_is_a_person():
    """The errors are by episode, and the flag says that independence is assumed."""
    episodes, sessions = few(*[["missed", "attended", "attended"], ["attended"] * 3] * 15)
    with (
        loaded([{k: v for k, v in e.items() if k != "patient_id"} for e in episodes], sessions) as data,
        loaded(episodes, sessions) as named,
    ):
        e, other = (estimates(each, "no_show_rate", by=None)["All", "no_show_rate"] for each in (data, named))
        assert (e.se, e.low, e.high) == (other.se, other.low, other.high)
        assert "independence_assumed" in e.flag


def test_tracks_are_compared_by_patient():
    """People in both tracks bring their covariance in; the error is that of the difference, person by person."""
    rng = random.Random(4)
    tends = [rng.choice([0.02, 0.45]) for _ in range(30)]
    episodes, sessions = few(
        *[["missed" if rng.random() < tends[i // 2] * (1 + i % 2) else "attended" for _ in range(3 + i % 5)] for i in range(60)],
        people=[f"p{i // 2}" for i in range(60)],
    )
    for i, e in enumerate(episodes):
        e["track"] = "su" if i % 2 else "mh"
    of_each = in_care(episodes, sessions)
    sides = {track: share([e for e in episodes if e["track"] == track], of_each, ("missed",), SCHEDULED) for track in ("mh", "su")}
    parts = {track: defaultdict(float) for track in sides}
    for track, side in sides.items():
        for y, person in zip(side["y"], side["people"], strict=True):
            parts[track][person] += (y - side["value"]) / len(side["y"])
    covariance = sum(parts["mh"][person] * parts["su"][person] for person in parts["mh"])
    assert abs(covariance) > 1e-6
    with loaded(episodes, sessions) as data:
        results = iop.compare(data, measure="no_show_rate", by="track").results
        contrast = next(e for e in results if e.contrast and e.level == "su" and e.estimand == "no_show_rate")
        assert contrast.value == pytest.approx(sides["su"]["value"] - sides["mh"]["value"])
        assert contrast.se == pytest.approx(math.sqrt(sides["mh"]["se"] ** 2 + sides["su"]["se"] ** 2 - 2 * covariance))
        assert contrast.word == "higher" and contrast.method == "Newcombe, by patient"


def test_without_sessions_it_says_so():
    """What nobody recorded is not 0; nor where every session lies outside care."""
    episodes, _ = few([], [])
    with iop.load({"episodes": pd.DataFrame(episodes)}, mapping=MAPPING) as data:
        for name in ("no_show_rate", "attended_days"):
            reason = iop.attempt(iop.measure, data, name=name)
            assert 'Give a table "sessions" beside the episodes' in str(reason)
    outside = [{"episode_id": "e00", "day": 31, "status": "missed"}]
    with loaded(episodes, outside) as data:
        assert "no session on a day in care" in str(iop.attempt(iop.measure, data, name="no_show_rate"))


def test_narrower_data_have_their_own_sessions():
    """The rate of one track of the program is that of the program of that track."""
    episodes, sessions = program(2)
    with loaded(episodes, sessions) as data:
        whole = estimates(data, "no_show_rate")["mh", "no_show_rate"]
        alone = estimates(data.where(track="mh"), "no_show_rate", by=None)["All", "no_show_rate"]
        assert (whole.value, whole.se, whole.low, whole.n, whole.k) == (alone.value, alone.se, alone.low, alone.n, alone.k)


def test_few_people_are_not_told_by_their_sessions():
    """Three of forty people missed a hundred sessions: no count of people is shown, nor the share, which would give it away."""
    with loaded(*few(*[["missed"] * 30] * 3, *[["attended"] * 30] * 37)) as data:
        answer = iop.measure(data, "no_show_rate")
        assert estimates(data, "no_show_rate", by=None)["All", "no_show_rate"].k == 3
        shown = answer.release("cms11").to_frame().set_index("estimand").loc["no_show_rate"]
        assert shown["flag"] == "suppressed" and pd.isna(shown["value"]) and pd.isna(shown["k"])
        assert "is not shown" in answer.sentence()


def test_no_count_of_sessions_is_shown_where_counts_are_withheld():
    """Neither in nor used nor left out, nor of any finding: 1,234 sessions may be of two people. Internally all of them are there."""
    episodes, _ = few(*[[]] * 60)
    rows = [{"patient_id": f"p{i % 2}", "date": f"2024-01-{1 + i % 30:02}", "status": "attended"} for i in range(1234)]
    rows += [{"patient_id": "p0", "date": "2024-05-05", "status": "attended"}] * 77
    dated = [{**e, "admit_date": "2024-01-01"} for e in episodes]
    with loaded(dated, rows) as data:
        pages = {
            policy: " ".join(iop.report(data, by="track", policy=policy).to("txt").split()) for policy in ("cms11", "round5", "internal")
        }
    numbers = ("1,311", "1,234", "1,311 rows", "77")
    assert [number for number in numbers if re.search(rf"\b{number}\b", pages["internal"])] == list(numbers)
    for policy in ("cms11", "round5"):
        assert [number for number in numbers if re.search(rf"\b{number}\b", pages[policy])] == []
        assert "sessions not shown not shown" in pages[policy] and "rows by patient and date are placed" in pages[policy]


def test_it_is_no_measure_of_a_scale_or_a_day():
    """What it cannot be asked with is refused in words."""
    with loaded(*few(["missed"])) as data:
        with pytest.raises(UsageError, match="days after discharge"):
            iop.measure(data, "no_show_rate", at=(30,))
        with pytest.raises(NotAssessableError, match="nothing can be compared"):
            iop.compare(data, measure="no_show_rate", by="track")
