"""Takes the parameters, gives the true values of the synthetic program, from a large draw of the same code.

Nothing is estimated here: each value is counted on the rows of `EPISODES_PER_TRACK` episodes per track whose every discharge, score and
later event is known. `observed` is what a program that sees all it can see would find (discharged by the cut-off, discharge reason on
file, both scores on file); `all_episodes` is what it would find if every episode had ended and every form had been filled in.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from iop_outcomes.synthetic import parameters as p
from iop_outcomes.synthetic.draw import NEVER, REASON, Array, Rows, draw_track

EPISODES_PER_TRACK = 200_000
# Checked once against 12 million episodes per track from other seeds: no true value is further off than 3 of its standard errors.
TRUTH_SEED = (2025, 930)
DAYS = (30, 90, 180, 365)
RELIABLE = {"phq9": 6, "gad7": 4}  # points, NHS Talking Therapies
POPULATIONS = ("observed", "all_episodes")

Values = dict[str, dict[str, float]]


@cache
def true_values() -> dict[str, dict[str, Values]]:
    """Give the true values by population, then by track, then by measure.

    Returns
    -------
    dict
        `["observed" | "all_episodes"][track or "All"][measure][estimand or day]`: rates and cumulative incidences as proportions, stays in
        days, changes in points (positive = improvement), effect sizes in SDs of the admission scores. "All" weighs the tracks by share.

    Notes
    -----
    Definitions are the package's: completion among discharged without died and not_started; stays without not_started; scores of
    discharged without not_started; readmission in the window [3, t] with returns on days 0-2, planned returns and death competing;
    relapse in [0, t] with death competing. Their own standard errors are below 0.0012 for proportions.

    Examples
    --------
    >>> truth = true_values()
    >>> round(truth["all_episodes"]["psychosis"]["completion"]["completion_strict"], 2)
    0.77
    """
    seeds = np.random.SeedSequence(TRUTH_SEED).spawn(len(p.TRACKS))
    drawn = [
        _small(draw_track(track, EPISODES_PER_TRACK, np.random.default_rng(seed))) for track, seed in zip(p.TRACKS, seeds, strict=True)
    ]
    groups = {"All": {key: np.concatenate([rows[key] for rows in drawn]) for key in drawn[0]}}
    groups["All"]["weight"] = np.repeat([track.share for track in p.TRACKS], EPISODES_PER_TRACK)
    for track, rows in zip(p.TRACKS, drawn, strict=True):
        groups[track.name] = {**rows, "weight": np.ones(EPISODES_PER_TRACK)}
    return {population: {name: _measures(rows, population) for name, rows in groups.items()} for population in POPULATIONS}


def _small(rows: Rows) -> Rows:
    """Keep what the measures need, with the outcome of readmission and relapse already decided."""
    scores = [f"{scale}_{part}" for scale in RELIABLE for part in ("admit", "discharge", "paired")]
    small = {key: rows[key] for key in ("reason", "reason_known", "discharged", "followed", "los", "observed", "planned", *scores)}
    first, again = rows["readmission_day"], rows["readmitted_again_day"]
    early = np.minimum(rows["transfer_day"], np.where(first < 3, first, NEVER))
    competing = np.minimum(np.minimum(early, rows["planned_day"]), rows["death_day"])
    small["readmission"] = _first(np.where(first < 3, again, first), competing)
    small["relapse_any_use"] = _first(rows["relapse_day"], rows["death_day"])
    small["relapse_return_to_criteria"] = _first(rows["criteria_day"], rows["death_day"])
    return small


def _first(outcome: Array, competing: Array) -> Array:
    """The day of the outcome when nothing else came before it; on one day the outcome comes first."""
    return np.where(outcome <= competing, outcome, NEVER)


def _mean(values: Array, weight: Array) -> float:
    return float((values * weight).sum() / weight.sum())


def median_of_days(days: Array, weight: Array) -> float:
    """Give the median of whole days (R type 2: the midpoint when exactly half lies at or below a day).

    Examples
    --------
    >>> median_of_days(np.array([1, 2, 4, 9]), np.ones(4)), median_of_days(np.array([1, 2, 4]), np.ones(3))
    (3.0, 2.0)
    """
    share = np.cumsum(np.bincount(days, weights=weight)) / weight.sum()
    at_least = int(np.argmax(share >= 0.5 - 1e-12))
    above = int(np.argmax(share > 0.5 + 1e-12))
    return (at_least + above) / 2


def _measures(rows: Rows, population: str) -> Values:
    """Every true value of one group of rows."""
    seen = rows["discharged"] if population == "observed" else np.ones_like(rows["discharged"])
    started = rows["reason"] != REASON["not_started"]
    stays, weight = seen & started, rows["weight"]
    values: Values = {"completion": _completion(rows, seen, population)}
    values["length_of_stay"] = {
        "los_median": median_of_days(rows["los"][stays], weight[stays]),
        "los_mean": _mean(rows["los"][stays], weight[stays]),
    }
    for scale in RELIABLE:
        pairs = stays & rows[f"{scale}_paired"] if population == "observed" else stays
        values |= _change(scale, rows[f"{scale}_admit"][pairs], rows[f"{scale}_discharge"][pairs], weight[pairs])
    followed = seen & rows["followed"]
    for event in ("readmission", "relapse_any_use", "relapse_return_to_criteria"):
        values[event] = {str(day): _mean(rows[event][followed] <= day, weight[followed]) for day in DAYS}
    return values


def _completion(rows: Rows, seen: Array, population: str) -> dict[str, float]:
    reason, weight = rows["reason"], rows["weight"]
    counts = ~np.isin(reason, [REASON["died"], REASON["not_started"]])
    known = np.ones_like(seen)
    if population == "observed":
        known = rows["reason_known"]
    completed = reason == REASON["completed"]
    transferred = np.isin(reason, [REASON[name] for name in p.REASONS if name.startswith("transferred")])
    discharged = seen & counts & known
    # active episodes count as not completed; a reason is missing only once an episode has ended
    admitted = (rows["observed"] >= rows["planned"]) & (~seen | (counts & known))
    if population == "all_episodes":
        admitted = counts
    return {
        "completion_strict": _mean(completed[discharged], weight[discharged]),
        "completion_with_transfers": _mean((completed | transferred)[discharged], weight[discharged]),
        "completion_of_admitted": _mean((completed & seen)[admitted], weight[admitted]),
    }


def _change(scale: str, before: Array, after: Array, weight: Array) -> Values:
    change = before - after
    mean_before, mean_change = _mean(before, weight), _mean(change, weight)
    sd = float(np.sqrt(_mean((before - mean_before) ** 2, weight)))
    return {
        f"{scale}_change": {
            "mean_admit": mean_before,
            "sd_admit": sd,
            "mean_discharge": _mean(after, weight),
            "sd_discharge": float(np.sqrt(_mean((after - _mean(after, weight)) ** 2, weight))),
            "mean_change": mean_change,
            "d_pre_sd": mean_change / sd,
        },
        f"{scale}_reliable_change": {"reliable_improvement": _mean(change >= RELIABLE[scale], weight)},
    }
