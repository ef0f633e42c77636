"""Takes synthetic programs, gives proof that they hold together, meet their benchmarks and give back their true values."""

from __future__ import annotations

import csv
import hashlib
import os
import random
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import numpy as np
import pytest

from iop_outcomes.errors import OutputError, UsageError
from iop_outcomes.synthetic import write, write_program
from iop_outcomes.synthetic.draw import draw_track
from iop_outcomes.synthetic.parameters import CUTOFF, REASONS, TRACKS, Track
from iop_outcomes.synthetic.tables import draw_program
from iop_outcomes.synthetic.truth import EPISODES_PER_TRACK, true_values

NAMES = ["episodes.csv", "scores.csv", "events.csv", "mapping.toml", "truth.toml"]
TRACK_NAMES = [track.name for track in TRACKS]
TOP = {"phq9": 27, "gad7": 21}
Row = dict[str, Any]


class Program:
    """The files of one program, read back as plain rows with days as whole numbers."""

    def __init__(self, folder: Path) -> None:
        def read(name: str) -> list[Row]:
            with (folder / name).open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        self.folder = folder
        self.episodes, self.scores, self.events = read("episodes.csv"), read("scores.csv"), read("events.csv")
        self.truth = tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8"))
        for row in self.episodes:
            admit = date.fromisoformat(row["admit_date"])
            row["admit"] = admit.toordinal()
            row["los"] = (date.fromisoformat(row["discharge_date"]) - admit).days if row["discharge_date"] else None
            row["observed"] = (date.fromisoformat(CUTOFF) - admit).days
            row["follow_up"] = int(row["follow_up_days"]) if row["follow_up_days"] else None
        self.by_id = {row["episode_id"]: row for row in self.episodes}
        for row in self.scores:
            row["day"], row["score"] = int(row["day"]), int(row["score"])
        for row in self.events:
            row["after"] = int(row["days_after_discharge"]) if row["days_after_discharge"] else None

    def of_track(self, track: str) -> list[Row]:
        """Episodes of one track, or of all."""
        return [row for row in self.episodes if track in ("All", row["track"])]

    def pairs(self, scale: str) -> dict[str, tuple[int, int]]:
        """Admission and discharge score by episode, each found by its window, of discharged episodes that started."""
        days: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in self.scores:
            if row["scale"] == scale:
                days[row["episode_id"]].append((row["day"], row["score"]))
        found = {}
        for episode, scores in days.items():
            row = self.by_id[episode]
            if row["los"] is None or row["discharge_reason"] == "not_started":
                continue
            before = [(abs(day), day, score) for day, score in scores if -7 <= day <= 3]
            after = [(day, score) for day, score in scores if -7 <= day - row["los"] <= 14]
            if before and after:
                found[episode] = (min(before)[2], max(after)[1])
        return found

    def first_readmissions(self, track: str) -> list[tuple[int, str]]:
        """Day and outcome of every followed episode: readmission from day 3, something competing, or the end of follow-up."""
        events: dict[str, list[Row]] = defaultdict(list)
        for row in self.events:
            if row["after"] is not None:
                events[row["episode_id"]].append(row)
        found = []
        for row in self.of_track(track):
            if row["los"] is None or row["discharge_reason"] in ("died", "not_started") or row["follow_up"] is None:
                continue
            outcome, competing = [], []
            for event in events[row["episode_id"]]:
                if event["event"] == "readmission_psychiatric" and event["planned"] == "0" and event["after"] >= 3:
                    outcome.append(event["after"])
                elif event["event"] in ("readmission_psychiatric", "death"):
                    competing.append(event["after"])
            first, other = min(outcome, default=10**6), min(competing, default=10**6)
            end = row["follow_up"]
            found.append((first, "readmission") if first <= min(other, end) else (other, "competing") if other <= end else (end, "end"))
        return found


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program as shipped: n = 1200, seed 7."""
    folder = tmp_path_factory.mktemp("synthetic") / "shipped"
    write_program(folder)
    return Program(folder)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A program of 20,000 episodes, large enough to give back its true values."""
    folder = tmp_path_factory.mktemp("synthetic") / "large"
    write_program(folder, n=20_000, seed=11)
    return Program(folder)


def shares(values: Iterable[str]) -> Callable[[str], float]:
    """A function that gives the share of a value."""
    listed = list(values)
    return lambda value: listed.count(value) / len(listed)


def completions(rows: Iterable[Row]) -> list[bool]:
    """Completed or not, among discharged episodes with a reason, without died and not_started."""
    left_out = ("", "active", "died", "not_started")
    return [row["discharge_reason"] == "completed" for row in rows if row["discharge_reason"] not in left_out]


def within_errors(values: list[float], true: float, errors: float = 4.0) -> bool:
    """Whether a mean lies within so many of its standard errors of the true value."""
    return bool(abs(fmean(values) - true) <= errors * stdev(values) / len(values) ** 0.5)


def test_writes_five_files_and_returns_their_paths(program: Program, tmp_path: Path) -> None:
    """The five files are there, in the order returned, and nothing else is left behind."""
    files = write_program(tmp_path / "a" / "b", n=60)
    assert [file.name for file in files] == NAMES
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(NAMES)
    assert os.listdir(tmp_path / "a") == ["b"]
    assert len(program.episodes) == 1200


def test_columns_are_the_canonical_ones(program: Program) -> None:
    """Columns have their canonical names and order."""
    assert ",".join(program.episodes[0]).startswith(
        "episode_id,patient_id,track,site,modality,level_of_care,admit_date,discharge_date,discharge_reason,planned_days,follow_up_days,"
        "referral_source,payer,primary_dx,age_group,sex"
    )
    heads = [(program.folder / name).read_text(encoding="utf-8").split("\n", 1)[0] for name in NAMES[1:3]]
    assert heads == ["episode_id,scale,day,score", "episode_id,event,day,days_after_discharge,kind,planned"]


def test_mapping_declares_synthetic_data(program: Program) -> None:
    """mapping.toml holds the data class, the cut-off and the convention of stays."""
    mapping = tomllib.loads((program.folder / "mapping.toml").read_text(encoding="utf-8"))
    assert mapping == {"data": {"class": "synthetic", "cutoff": "2025-09-30", "los_convention": "difference"}}


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


@pytest.mark.parametrize(("track", "low", "high"), [("substance_use", 0.38, 0.42), ("psychosis", 0.75, 0.79), ("All", 0.53, 0.60)])
def test_completion_meets_its_benchmarks(large: Program, track: str, low: float, high: float) -> None:
    """Completion near the Treatment Episode Data Set 2004 (substance use) and Samplin 2022 (psychosis), others between."""
    true = large.truth["observed"][track]["completion"]["completion_strict"]
    assert low < true < high
    assert low - 0.03 < fmean(completions(large.of_track(track))) < high + 0.03


def test_substance_use_reasons_meet_teds_2004(large: Program) -> None:
    """Transfers near 18 %, drop-out near 23 % and termination near 14 %, as in the Treatment Episode Data Set 2004."""
    reason = shares(row["discharge_reason"] for row in large.of_track("substance_use"))
    assert 0.16 < sum(reason(name) for name in REASONS if name.startswith("transferred")) < 0.20
    assert 0.21 < reason("dropped_out") < 0.25 and 0.10 < reason("terminated_by_program") < 0.15


def test_stays_meet_their_benchmarks(large: Program) -> None:
    """Median stay about 41 days with a long right tail; psychosis mean 52 (SD 30), Samplin 2022."""
    stays = [row["los"] for row in large.episodes if row["los"] is not None]
    assert 37 < median(stays) < 44 and fmean(stays) > median(stays) + 3 and max(stays) > 200 and min(stays) == 0
    psychosis = [row["los"] for row in large.of_track("psychosis") if row["los"] is not None]
    assert abs(fmean(psychosis) - 52) < 4 and abs(stdev(psychosis) - 30) < 6


@pytest.mark.parametrize(
    ("scale", "before", "after"), [("phq9", (15.4, 5.5), (9.4, 6.4)), ("gad7", (14.0, 4.5), (8.4, 5.7))], ids=["phq9", "gad7"]
)
def test_scores_meet_their_benchmarks(large: Program, scale: str, before: tuple[float, float], after: tuple[float, float]) -> None:
    """Means and SDs of the observed pairs near NHS Talking Therapies 2022-23."""
    columns = list(zip(*large.pairs(scale).values(), strict=True))
    for values, (mean, sd) in zip(columns, (before, after), strict=True):
        assert abs(fmean(values) - mean) < 0.5 and abs(stdev(values) - sd) < 0.5


def test_readmission_and_relapse_meet_their_benchmarks() -> None:
    """Psychiatric readmission by day 180 is 13-20 % in every track; relapse is high in substance use and low elsewhere."""
    truth = true_values()["observed"]
    assert all(0.13 < truth[track]["readmission"]["180"] < 0.20 for track in TRACK_NAMES)
    assert truth["substance_use"]["relapse_any_use"]["180"] > 0.4
    assert truth["mental_health"]["relapse_any_use"]["365"] < 0.1


def test_truth_tells_observed_pairs_from_all_episodes(program: Program) -> None:
    """Observed pairs look better than all episodes in every track, because severe cases and drop-outs miss the last form."""
    for group in (*TRACK_NAMES, "All"):
        for scale in TOP:
            observed, everyone = (program.truth[name][group] for name in ("observed", "all_episodes"))
            assert observed[f"{scale}_change"]["mean_change"] > everyone[f"{scale}_change"]["mean_change"] + 0.1
            rates = [part[f"{scale}_reliable_change"]["reliable_improvement"] for part in (observed, everyone)]
            assert rates[0] > rates[1] + 0.01


def test_truth_holds_seed_size_parameters_and_every_value(program: Program) -> None:
    """truth.toml names seed and n, the parameters of each track, and each true value to six digits."""
    assert (program.truth["seed"], program.truth["n"]) == (7, 1200)
    assert set(program.truth["parameters"]) == {"common", *TRACK_NAMES}
    for track in TRACKS:
        written = program.truth["parameters"][track.name]
        assert written["reasons"] == track.reasons and sum(written["reasons"].values()) == pytest.approx(1)
    for population, groups in true_values().items():
        for group, measures in groups.items():
            for measure, values in measures.items():
                assert program.truth[population][group][measure] == pytest.approx(values, abs=5e-7)
                assert all(np.isfinite(list(values.values())))


@pytest.mark.parametrize("track", TRACKS, ids=TRACK_NAMES)
def test_true_completion_follows_from_the_shares(track: Track) -> None:
    """True completion agrees with the shares it was drawn from, within 4 standard errors of the large draw."""
    counted = 1 - track.reasons["died"] - track.reasons["not_started"]
    expected = track.reasons["completed"] / counted
    true = true_values()["all_episodes"][track.name]["completion"]["completion_strict"]
    assert abs(true - expected) < 4 * (expected * (1 - expected) / EPISODES_PER_TRACK) ** 0.5


@pytest.mark.parametrize("track", TRACK_NAMES)
def test_completion_gives_back_its_true_value(large: Program, track: str) -> None:
    """Strict completion counted on rows lies within 4 standard errors of the truth."""
    values = [float(value) for value in completions(large.of_track(track))]
    assert within_errors(values, large.truth["observed"][track]["completion"]["completion_strict"])


@pytest.mark.parametrize("track", TRACK_NAMES)
def test_completion_of_admitted_gives_back_its_true_value(large: Program, track: str) -> None:
    """Completed among episodes observed as long as planned, active included, lies within 4 standard errors of the truth."""
    assert any(row["observed"] < int(row["planned_days"]) for row in large.episodes)
    rows = [row for row in large.of_track(track) if row["observed"] >= int(row["planned_days"])]
    values = [float(row["discharge_reason"] == "completed") for row in rows if row["discharge_reason"] not in ("", "died", "not_started")]
    assert within_errors(values, large.truth["observed"][track]["completion"]["completion_of_admitted"])


@pytest.mark.parametrize("track", TRACK_NAMES)
def test_stay_gives_back_its_true_value(large: Program, track: str) -> None:
    """Mean stay lies within 4 standard errors of the truth; the true median lies in the order-statistic bracket of 4 errors."""
    stays = sorted(row["los"] for row in large.of_track(track) if row["los"] is not None and row["discharge_reason"] != "not_started")
    true = large.truth["observed"][track]["length_of_stay"]
    assert within_errors(stays, true["los_mean"])
    half, reach = len(stays) / 2, 2 * len(stays) ** 0.5
    assert stays[int(half - reach)] <= true["los_median"] <= stays[int(half + reach)]


@pytest.mark.parametrize("track", TRACK_NAMES)
@pytest.mark.parametrize("scale", list(TOP))
def test_change_gives_back_its_true_value(large: Program, track: str, scale: str) -> None:
    """Mean change and reliable improvement of the observed pairs lie within 4 standard errors of the truth."""
    changes = [float(pair[0] - pair[1]) for key, pair in large.pairs(scale).items() if large.by_id[key]["track"] == track]
    true = large.truth["observed"][track]
    assert within_errors(changes, true[f"{scale}_change"]["mean_change"])
    improved = [float(change >= {"phq9": 6, "gad7": 4}[scale]) for change in changes]
    assert within_errors(improved, true[f"{scale}_reliable_change"]["reliable_improvement"])


@pytest.mark.parametrize("track", [*TRACK_NAMES, "All"])
def test_readmission_gives_back_its_true_value(large: Program, track: str) -> None:
    """The Aalen-Johansen estimate on censored rows lies within 4 (binomial) standard errors of the truth at 30, 90, 180 and 365 days."""
    rows = large.first_readmissions(track)
    true = large.truth["observed"][track]["readmission"]
    ending: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, outcome in rows:
        ending[day][outcome] += 1
    at_risk, free, incidence = len(rows), 1.0, 0.0
    for day in range(366):
        at = ending[day]
        incidence += free * at["readmission"] / at_risk
        free *= 1 - (at["readmission"] + at["competing"]) / at_risk
        at_risk -= sum(at.values())
        if str(day) in true:
            error = (incidence * (1 - incidence) / at_risk) ** 0.5
            assert abs(incidence - true[str(day)]) <= 4 * error


def test_virtual_care_changes_nothing_given_score_and_age() -> None:
    """Adjusted for the band of the admission PHQ-9 and for age, completion is the same in person and virtual; scores are not alike."""
    rows, _ = draw_program(200_000, 3)
    band = np.searchsorted([5, 10, 15, 20], rows["phq9_admit"], side="right")
    completed, virtual = rows["reason"] == 0, rows["virtual"]
    difference, variance = 0.0, 0.0
    for stratum in np.unique(band * 10 + rows["age"]):
        inside = band * 10 + rows["age"] == stratum
        weight = inside.mean()
        parts = [completed[inside & (virtual == value)] for value in (True, False)]
        difference += weight * (parts[0].mean() - parts[1].mean())
        variance += weight**2 * sum(part.var() / part.size for part in parts)
    assert abs(difference) < 4 * variance**0.5
    assert rows["phq9_admit"][virtual].mean() < rows["phq9_admit"][~virtual].mean() - 0.5


def digests(folder: Path) -> list[str]:
    """The sha256 of the five files."""
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in NAMES]


def test_same_seed_gives_the_same_bytes_in_any_process(program: Program, tmp_path: Path) -> None:
    """Two processes with different hash seeds and time zones write the same bytes as this one; another seed writes others."""
    command = "import sys; from iop_outcomes.synthetic import write_program; write_program(sys.argv[1])"
    for hash_seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone}
        subprocess.run([sys.executable, "-c", command, str(tmp_path / hash_seed)], check=True, env=environment)
        assert digests(tmp_path / hash_seed) == digests(program.folder)
    write_program(tmp_path / "other", seed=8)
    assert digests(tmp_path / "other")[0] != digests(program.folder)[0]


def test_files_are_utf8_with_line_feeds(program: Program) -> None:
    """Files are UTF-8, end in a line feed and hold no carriage return."""
    for name in NAMES:
        raw = (program.folder / name).read_bytes()
        assert raw.decode("utf-8").endswith("\n") and b"\r" not in raw


def test_global_random_state_is_left_alone(tmp_path: Path) -> None:
    """Writing a program neither uses nor changes the global random state."""
    before, before_numpy = random.getstate(), str(np.random.get_state())
    write_program(tmp_path / "program", n=60)
    assert random.getstate() == before and str(np.random.get_state()) == before_numpy


@pytest.mark.parametrize("n", [49, 1_000_001, 0, -5, 60.0, True, "60"])
def test_refuses_sizes_out_of_range(tmp_path: Path, n: Any) -> None:
    """A size that is not a whole number from 50 to 1,000,000 is a usage error and writes nothing."""
    with pytest.raises(UsageError, match="n must be a whole number from 50 to 1,000,000"):
        write_program(tmp_path / "program", n=n)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("seed", [-1, 1.5, False])
def test_refuses_seeds_out_of_range(tmp_path: Path, seed: Any) -> None:
    """A seed that is not a whole number from 0 is a usage error."""
    with pytest.raises(UsageError, match="seed must be a whole number"):
        write_program(tmp_path / "program", n=60, seed=seed)


def test_refuses_a_target_that_is_a_file(tmp_path: Path) -> None:
    """A file in place of the folder, or of its parent, is an output error and stays as it was."""
    target = tmp_path / "program"
    target.write_text("mine", encoding="utf-8")
    for folder in (target, target / "inside"):
        with pytest.raises(OutputError):
            write_program(folder, n=60)
    assert target.read_text(encoding="utf-8") == "mine" and os.listdir(tmp_path) == ["program"]


def test_a_failure_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file cannot be finished, the files already there stay whole and no temporary folder remains."""
    write_program(tmp_path / "program", n=60)
    before = digests(tmp_path / "program")

    def full(n: int, seed: int) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "_truth", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_program(tmp_path / "program", n=70)
    assert digests(tmp_path / "program") == before and os.listdir(tmp_path) == ["program"]


def test_small_programs_and_empty_tracks_can_be_drawn() -> None:
    """Fifty episodes can be drawn with any seed, and so can a track without episodes."""
    for seed in range(25):
        rows, _ = draw_program(50, seed)
        assert rows["los"].size == 50
    assert draw_track(TRACKS[0], 0, np.random.default_rng(1))["los"].size == 0
