"""Takes a seed, gives the tables of a made-up program: its size, tracks, reasons, scores, events and gaps are all drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iop_outcomes.columns import DISCHARGE_REASONS

if TYPE_CHECKING:
    import pandas as pd

SMALLEST, LARGEST = 100, 700
REASONS = tuple(reason for reason in DISCHARGE_REASONS if reason != "active")
_USUAL = np.array([50, 9, 5, 4, 16, 4, 4, 1.5, 2, 1.5, 0.7, 2.3])  # how often each reason is given, in percent
_TRACKS = ("adolescent", "dual_diagnosis", "eating_disorder", "mental_health", "psychosis", "substance_use")
_CATEGORIES = {
    "age_group": ("12-17", "18-25", "26-39", "40-64", "65+"),
    "sex": ("Female", "Male", "Other"),
    "referral_source": ("Outpatient provider", "Inpatient step down", "Self", "Court", "School"),
    "modality": ("In person", "Virtual"),
}
_FIRST, _DAYS, _CUTOFF = np.datetime64("2023-01-01"), 800, np.datetime64("2025-06-30")


@dataclass(frozen=True)
class MadeUp:
    """The tables of a program, and what is declared of them.

    Parameters
    ----------
    tables : dict of str to DataFrame
    mapping : dict
    """

    tables: dict[str, pd.DataFrame]
    mapping: dict[str, Any]


def drawn(seed: int, size: int | None = None, *, no_track: float = 0.0) -> MadeUp:
    """Draw a program.

    Parameters
    ----------
    seed : int
        The same seed gives the same program.
    size : int, optional
        How many episodes; drawn from 100 to 700 by default.
    no_track : float
        The share of episodes whose track is then left blank.

    Returns
    -------
    MadeUp
    """
    import pandas as pd

    generator = np.random.default_rng(seed)
    n = size or int(generator.integers(SMALLEST, LARGEST, endpoint=True))
    episodes = _episodes(generator, n)
    events = _events(generator, episodes)
    if no_track:
        episodes["track"] = _with_gaps(generator, episodes["track"], no_track)
    tables = {"episodes": pd.DataFrame(episodes), "events": pd.DataFrame(events)}
    return MadeUp(tables, {"data": {"class": "synthetic", "cutoff": str(_CUTOFF)}})


def _episodes(generator: np.random.Generator, n: int) -> dict[str, Any]:
    """Episodes with their characteristics and scores, wide."""
    tracks = _TRACKS[: generator.integers(2, len(_TRACKS), endpoint=True)]
    track = generator.choice(tracks, n, p=generator.dirichlet(np.full(len(tracks), 2.0)))
    reason = np.empty(n, dtype=object)
    for each in tracks:
        here = track == each
        reason[here] = generator.choice(REASONS, int(here.sum()), p=generator.dirichlet(_USUAL / 4))
    admit = _FIRST + generator.integers(0, _DAYS, n)
    stay = np.where(reason == "not_started", 0, 1 + generator.gamma(2.0, 22.0, n).astype(int))
    active = admit + stay > _CUTOFF
    reason[active] = "active"
    missing = generator.random(n) < generator.choice([0.0, 0.01, 0.03])
    reason[missing & ~active] = None
    discharge = np.where(active, np.datetime64("NaT"), admit + stay)
    patient = np.where(generator.random(n) < generator.choice([0.0, 0.1]), generator.integers(0, n, n), np.arange(n))
    episodes: dict[str, Any] = {
        "episode_id": [f"e{number}" for number in range(n)],
        "patient_id": [f"p{number}" for number in patient],
        "track": track,
        "admit_date": [str(day) for day in admit],
        "discharge_date": ["" if np.isnat(day) else str(day) for day in discharge],
        "discharge_reason": ["" if each is None else each for each in reason],
        "planned_days": _with_gaps(generator, generator.choice([28, 42, 56], n), 0.02),
        "follow_up_days": _followed(generator, discharge, reason),
    }
    for name, labels in _CATEGORIES.items():
        values = generator.choice(labels, n, p=generator.dirichlet(np.full(len(labels), 1.5)))
        episodes[name] = _with_gaps(generator, values, generator.choice([0.0, 0.03]))
    return episodes | _scores(generator, reason)


def _with_gaps(generator: np.random.Generator, values: Any, share: float) -> list[Any]:
    return ["" if gap else value for gap, value in zip(generator.random(len(values)) < share, values.tolist(), strict=True)]


def _followed(generator: np.random.Generator, discharge: Any, reason: Any) -> list[Any]:
    """Days followed after discharge: to the cut-off or until lost; of some it is not known."""
    n = len(discharge)
    lost = np.where(generator.random(n) < 0.1, generator.integers(0, 300, n), 10_000)
    days = np.where(np.isnat(discharge), 0, (_CUTOFF - np.where(np.isnat(discharge), _CUTOFF, discharge)).astype(int))
    unknown = (generator.random(n) < generator.choice([0.01, 0.04])) | (reason == "active") | (reason == "not_started") | (reason == "died")
    return ["" if blank else int(day) for blank, day in zip(unknown, np.minimum(days, lost), strict=True)]


def _scores(generator: np.random.Generator, reason: Any) -> dict[str, Any]:
    n = len(reason)
    ended_well = np.isin(reason, ["completed", "transferred_step_down"])
    result: dict[str, Any] = {}
    for scale, mean, top in (("phq9", 15.0, 27), ("gad7", 13.0, 21)):
        first = np.clip(np.rint(generator.normal(mean, 5, n)), 0, top).astype(int)
        second = np.clip(np.rint(0.5 * first + generator.normal(np.where(ended_well, 1.5, 5.0), 4, n)), 0, top).astype(int)
        gaps = generator.random(n) < np.where(ended_well, 0.1, 0.6)
        result[f"{scale}_admit"] = _with_gaps(generator, first, generator.choice([0.02, 0.05, 0.1]))
        active = np.isin(reason, ["active", "not_started"])
        result[f"{scale}_discharge"] = ["" if gap else score for gap, score in zip(gaps | active, second.tolist(), strict=True)]
    return result


def _events(generator: np.random.Generator, episodes: dict[str, Any]) -> dict[str, Any]:
    """Readmissions, planned or not, relapses and deaths, by days after discharge; none outlasts the follow-up that is known."""
    rows: list[tuple[str, str, int, int]] = []
    for name, reason, followed in zip(episodes["episode_id"], episodes["discharge_reason"], episodes["follow_up_days"], strict=True):
        if reason in ("active", "not_started", "died"):
            continue
        last = followed if followed != "" else 200
        dead = int(generator.exponential(5_000))
        for event, scale, planned in (("readmission_psychiatric", 700, 0), ("readmission_psychiatric", 6_000, 1), ("relapse", 500, 0)):
            day = int(generator.exponential(scale))
            if generator.random() < 0.02 and event != "relapse":
                day = int(generator.integers(0, 3))
            if day <= min(last, dead):
                rows.append((name, event, day, planned))
        if dead <= last:
            rows.append((name, "death", dead, 0))
    return dict(zip(("episode_id", "event", "days_after_discharge", "planned"), map(list, zip(*rows, strict=True)), strict=True))
