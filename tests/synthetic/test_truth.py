"""Takes drawn programs, gives proof that their true values follow from the parameters and come back from the rows."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean, stdev

import numpy as np
import pytest

from iop_outcomes.synthetic.parameters import TRACKS, Track
from iop_outcomes.synthetic.truth import EPISODES_PER_TRACK, true_values
from tests.synthetic.drawn import TOP, TRACK_NAMES, Program, completions


def within_errors(values: list[float], true: float, errors: float = 4.0) -> bool:
    """Whether a mean lies within so many of its standard errors of the true value."""
    return bool(abs(fmean(values) - true) <= errors * stdev(values) / len(values) ** 0.5)


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
