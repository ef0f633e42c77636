"""Takes drawn programs, gives proof that their three tables hold together: ids, dates, patients, scores and events."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import fmean

import numpy as np

from iop_outcomes.synthetic.parameters import REASONS
from tests.synthetic.drawn import NAMES, TOP, Program, Row, shares


def test_columns_are_the_canonical_ones(program: Program) -> None:
    """Columns have their canonical names and order."""
    assert ",".join(program.episodes[0]).startswith(
        "episode_id,patient_id,track,site,modality,level_of_care,admit_date,discharge_date,discharge_reason,planned_days,follow_up_days,"
        "referral_source,payer,primary_dx,age_group,sex"
    )
    heads = [(program.folder / name).read_text(encoding="utf-8").split("\n", 1)[0] for name in NAMES[1:3]]
    assert heads == ["episode_id,scale,day,score", "episode_id,event,day,days_after_discharge,kind,planned"]


def test_ids_are_counters(large: Program) -> None:
    """Episode ids are unique counters; patient ids are counters without gaps; every score and event belongs to an episode."""
    assert [row["episode_id"] for row in large.episodes] == [f"E{number:05d}" for number in range(1, 20_001)]
    patients = list(dict.fromkeys(row["patient_id"] for row in large.episodes))
    assert patients == [f"P{number:05d}" for number in range(1, len(patients) + 1)]
    assert {row["episode_id"] for row in large.scores + large.events} <= set(large.by_id)


def test_dates_and_reasons_agree(large: Program) -> None:
    """Nobody leaves before admission or after the cut-off; exactly the active have no discharge; reasons are canonical or blank."""
    for row in large.episodes:
        assert "2022-07-01" <= row["admit_date"] <= "2025-06-30"
        assert (row["discharge_reason"] == "active") == (row["los"] is None)
        assert row["los"] is None or 0 <= row["los"] <= row["observed"]
        assert row["discharge_reason"] != "not_started" or row["los"] == 0
        assert row["discharge_reason"] in (*REASONS, "active", "")
    reason = shares(row["discharge_reason"] for row in large.episodes)
    assert 0.002 < reason("") < 0.009 and 0 < reason("active") < 0.02
    assert min(row["los"] for row in large.episodes if row["los"] is not None and row["discharge_reason"] == "dropped_out") == 0


def test_a_patient_is_in_one_episode_at_a_time(large: Program) -> None:
    """Episodes of one patient follow one another without overlap, none follows a death, and age, sex and track stay."""
    patients: dict[str, list[Row]] = defaultdict(list)
    for row in large.episodes:
        patients[row["patient_id"]].append(row)
    for episodes in patients.values():
        for before, after in pairwise(episodes):
            assert before["los"] is not None and before["admit"] + before["los"] < after["admit"]
            assert before["discharge_reason"] != "died"
            assert all(before[key] == after[key] for key in ("track", "age_group", "sex", "site", "primary_dx"))
    repeats = sum(len(episodes) for episodes in patients.values() if len(episodes) > 1) / len(large.episodes)
    assert 0.11 < repeats < 0.13


def test_repeat_episodes_of_a_patient_are_alike(large: Program) -> None:
    """Within a patient, completion and admission severity are correlated from one episode to the next."""
    before_of: dict[str, Row] = {}
    score = {episode: pair[0] for episode, pair in large.pairs("phq9").items()}
    completed, severity = [], []
    for row in large.episodes:
        before = before_of.get(row["patient_id"])
        if before is not None:
            completed.append((before["discharge_reason"] == "completed", row["discharge_reason"] == "completed"))
            if before["episode_id"] in score and row["episode_id"] in score:
                severity.append((score[before["episode_id"]], score[row["episode_id"]]))
        before_of[row["patient_id"]] = row
    assert np.corrcoef(np.array(completed, dtype=float).T)[0, 1] > 0.15
    assert np.corrcoef(np.array(severity, dtype=float).T)[0, 1] > 0.25


def test_scores_are_whole_in_range_and_before_the_cutoff(large: Program) -> None:
    """Scores are whole numbers in the range of their scale, at most one per scale and day, none after the cut-off."""
    seen = set()
    for row in large.scores:
        assert 0 <= row["score"] <= TOP[row["scale"]]
        assert -7 <= row["day"] <= large.by_id[row["episode_id"]]["observed"]
        seen.add((row["episode_id"], row["scale"], row["day"]))
    assert len(seen) == len(large.scores)


def test_admission_scores_are_on_file_for_nearly_all(large: Program) -> None:
    """About 96 % have an admission score in the window; far fewer have a discharge score, drop-outs fewest."""
    in_window = {row["episode_id"] for row in large.scores if row["scale"] == "phq9" and -7 <= row["day"] <= 3}
    assert 0.94 < len(in_window) / len(large.episodes) < 0.98
    pairs = large.pairs("phq9")

    def paired(reason: str) -> float:
        return fmean(row["episode_id"] in pairs for row in large.episodes if row["discharge_reason"] == reason)

    assert paired("completed") > 0.8 and paired("dropped_out") < 0.4


def test_no_score_serves_both_windows(large: Program) -> None:
    """No score lies in the admission and the discharge window of its episode at once."""
    for row in large.scores:
        los = large.by_id[row["episode_id"]]["los"]
        assert los is None or not (-7 <= row["day"] <= 3 and -7 <= row["day"] - los <= 14)


def test_events_lie_within_follow_up_and_not_after_death(large: Program) -> None:
    """Every event has one clock; none lies beyond follow-up or after death; none belongs to an active, dead or never started episode."""
    deaths = {row["episode_id"]: row["after"] for row in large.events if row["event"] == "death"}
    assert deaths and sum(row["event"] == "death" for row in large.events) == len(deaths)
    for row in large.events:
        episode = large.by_id[row["episode_id"]]
        assert (row["day"] == "") != (row["days_after_discharge"] == "")
        assert row["planned"] in ("0", "1") and episode["los"] is not None
        if row["after"] is None:
            assert row["event"] == "relapse" and 0 < int(row["day"]) < episode["los"]
            continue
        assert 0 <= row["after"] <= episode["follow_up"] <= episode["observed"] - episode["los"]
        assert row["after"] <= deaths.get(row["episode_id"], row["after"])
        assert episode["discharge_reason"] not in ("active", "died", "not_started")


def test_a_death_is_the_same_day_in_every_episode_of_the_patient(large: Program) -> None:
    """Two episodes of one patient never give two days of death, and nobody is admitted after it."""
    dies: dict[str, int] = {}
    for row in large.events:
        if row["event"] == "death":
            episode = large.by_id[row["episode_id"]]
            day = episode["admit"] + episode["los"] + row["after"]
            assert dies.setdefault(episode["patient_id"], day) == day
    assert all(row["admit"] <= dies.get(row["patient_id"], row["admit"]) for row in large.episodes)


def test_events_have_the_awkward_cases(large: Program) -> None:
    """There are returns on days 0-2, planned readmissions, relapses during care, and criteria never without use before."""
    psychiatric = [row for row in large.events if row["event"] == "readmission_psychiatric"]
    assert sum(row["after"] <= 2 for row in psychiatric) > 20
    assert sum(row["planned"] == "1" for row in psychiatric) > 20
    assert sum(row["after"] is None for row in large.events) > 20
    use: dict[str, int] = {row["episode_id"]: row["after"] for row in large.events if row["kind"] == "any_use" and row["after"] is not None}
    criteria = [row for row in large.events if row["kind"] == "return_to_criteria"]
    assert criteria and all(use[row["episode_id"]] <= row["after"] for row in criteria)
    relapses = shares(large.by_id[row["episode_id"]]["track"] for row in large.events if row["event"] == "relapse")
    assert relapses("substance_use") + relapses("dual_diagnosis") > 0.85


def test_follow_up_is_sometimes_unknown_or_short(large: Program) -> None:
    """About 5 % of discharged episodes have unknown follow-up; most of the others reach the cut-off, some are lost."""
    discharged = [row for row in large.episodes if row["los"] is not None]
    assert 0.04 < fmean(row["follow_up"] is None for row in discharged) < 0.06
    known = [row for row in discharged if row["follow_up"] is not None]
    assert 0.8 < fmean(row["follow_up"] == row["observed"] - row["los"] for row in known) < 0.95
