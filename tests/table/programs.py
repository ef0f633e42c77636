"""Takes what a small program is to be like, gives its tables as frames: some that are ordinary, and some at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd

import iop_outcomes as iop

TRACKS, REASONS = (
    ("mental_health", "psychosis", "substance_use"),
    (
        "completed", "transferred_step_down", "transferred_step_up", "transferred_lateral", "dropped_out", "terminated_by_program",
        "authorization_ended", "incarcerated", "other", "unknown", "died", "not_started", None,
    ),
)  # fmt: skip
DATED = {"data": {"class": "synthetic", "cutoff": "2025-06-30"}}


def episodes(n=200, *, seed=1, active=0.0, patients=None):
    """Episodes of every reason and blank."""
    rng = np.random.default_rng(seed)
    admitted = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 500, n), unit="D")
    stay = rng.integers(0, 90, n)
    frame = pd.DataFrame(
        {
            "episode_id": [f"E{i}" for i in range(n)],
            "patient_id": [f"P{i % (patients or n)}" for i in range(n)],
            "track": rng.choice([*TRACKS, None], n, p=[0.4, 0.3, 0.25, 0.05]),
            "discharge_reason": rng.choice(np.array(REASONS, dtype=object), n),
            "admit_date": admitted.strftime("%Y-%m-%d"),
            "discharge_date": (admitted + pd.to_timedelta(stay, unit="D")).strftime("%Y-%m-%d"),
            "planned_days": np.where(rng.random(n) < 0.9, 45, None),
            "follow_up_days": np.where(rng.random(n) < 0.9, rng.integers(0, 500, n), None),
            "age_group": rng.choice(["18-25", "26-39", None], n),
        }
    )
    still = rng.random(n) < active
    frame.loc[still, ["discharge_date", "discharge_reason", "follow_up_days"]] = None
    frame.loc[frame.discharge_reason == "died", "follow_up_days"] = None
    return frame, stay, still


def scores(frame, stay, still, *, seed=2):
    """Scores around admission and discharge, some outside the windows, some missing; answers to the safety item beside some."""
    rng, rows = np.random.default_rng(seed), []
    for episode, days, active in zip(frame.episode_id, stay, still, strict=True):
        for scale, top in (("phq9", 28), ("gad7", 22), ("pcl5", 81)):
            for day in (int(rng.integers(-9, 6)), int(days + rng.integers(-9, 17))):
                if rng.random() < 0.8 and (day <= 3 or not active):
                    item = int(rng.integers(0, 4)) if scale == "phq9" and rng.random() < 0.8 else None
                    rows.append({"episode_id": episode, "scale": scale, "day": day, "score": int(rng.integers(3, top)), "phq9_9": item})
    table = pd.DataFrame(rows).drop_duplicates(["episode_id", "scale", "day"])
    return table.astype({"phq9_9": "Int64"})


def events(frame, stay, still, *, who, seed=3):
    """Events after discharge, some of them on the first days, and some before it."""
    rng, rows = np.random.default_rng(seed), []
    for episode, days, followed, active, reason in zip(
        frame.episode_id, stay, frame.follow_up_days, still, frame.discharge_reason, strict=True
    ):
        limit = -1 if active or reason == "died" or followed is None or pd.isna(followed) else int(followed)
        if rng.random() < 0.5 and not active:
            rows.append((episode, "follow_up_contact", int(days), None, 0))
        if who == "nobody" or limit < 0:
            continue
        for event, kind in (
            ("readmission_psychiatric", None),
            ("readmission_other", None),
            ("relapse", "heavy_drinking_day"),
            ("relapse", "any_use"),
        ):
            if who == "everybody" or rng.random() < 0.3:
                after = min(5, limit) if who == "everybody" else int(rng.integers(-3, min(limit, rng.choice([3, 400])) + 1))
                rows.append((episode, event, max(0, int(days) + after), kind, int(who != "everybody" and rng.random() < 0.2)))
        if who == "some" and rng.random() < 0.05:
            rows.append((episode, "death", int(days) + limit, None, 0))
    return pd.DataFrame(rows, columns=["episode_id", "event", "day", "kind", "planned"])


STATUSES = ("attended", "missed", "cancelled_by_person", "cancelled_by_program", "excused", None)


def sessions(frame, stay, still, *, seed=4):
    """Some episodes without any, some with sessions of no known status alone, several on one day."""
    rng, rows = np.random.default_rng(seed), []
    for episode, days, active in zip(frame.episode_id, stay, still, strict=True):
        alike = rng.random() < 0.1
        for _ in range(int(rng.integers(0, 9))):
            status = None if alike else str(rng.choice(STATUSES[:-1])) if rng.random() < 0.9 else None
            rows.append((episode, int(rng.integers(0, max(1, days) if not active else 20)), status))
    return pd.DataFrame(rows, columns=["episode_id", "day", "status"])


def tables(n=200, *, seed=1, active=0.0, patients=None, scored=True, who="some", attended=False):
    """A program."""
    frame, stay, still = episodes(n, seed=seed, active=active, patients=patients)
    given = {"episodes": frame, "events": events(frame, stay, still, who=who)}
    given |= {"scores": scores(frame, stay, still)} if scored else {}
    return given | ({"sessions": sessions(frame, stay, still)} if attended else {})


def loaded(frames, mapping=None):
    """The program as data."""
    return iop.load(frames, mapping=DATED if mapping is None else mapping, on_error="exclude")


PROGRAMS = {
    "200 episodes": lambda: loaded(tables()),
    "no scores": lambda: loaded(tables(120, scored=False)),
    "nobody with the event": lambda: loaded(tables(120, who="nobody")),
    "everybody with the event": lambda: loaded(tables(120, who="everybody")),
    "still in care": lambda: loaded(tables(150, active=0.5, attended=True)),
    "forty episodes of one patient": lambda: loaded(tables(40, patients=1, attended=True)),
    "synthetic": lambda: iop.load("data/synthetic"),
    "narrower": lambda: iop.load("data/synthetic").where(track=["psychosis", "adolescent"], discharge_quarter=("2023-Q1", "2024-Q4")),
}
