"""Takes a seed, gives programs with sessions of every status, and what measures say of them: what tests of sessions share."""

import random

import pandas as pd

import iop_outcomes as iop

MAPPING = {"data": {"class": "synthetic"}}

STATUSES = ("attended", "missed", "cancelled_by_person", "cancelled_by_program", "excused", None)


def program(seed, n=90):
    """Episodes of people who come back, one of them forty times, some without a session or still in care; sessions in and out of care."""
    rng = random.Random(seed)
    episodes, sessions = [], []
    for i in range(n):
        stay = rng.choice([0, 3, 10, 20])
        reason = rng.choice(["completed", "dropped_out", "died", "not_started", "active"])
        episodes.append(
            {
                "episode_id": f"e{i:03}",
                "patient_id": "often" if i < 40 else rng.choice([f"p{i // 2}", None]),
                "track": rng.choice(["mh", "su"]),
                "discharge_reason": reason,
                "los_days": None if reason == "active" else stay,
                "observed_days": stay if reason == "active" else None,
            }
        )
        for _ in range(rng.choice([0, 1, 4, 12])):
            chosen = "missed" if i % 17 == 0 else rng.choices(STATUSES, [8, 3, 1, 1, 1, 1])[0]
            sessions.append({"episode_id": f"e{i:03}", "day": rng.randrange(-1, stay + 2), "status": chosen})
    return episodes, sessions


def loaded(episodes, sessions, **options):
    """The program of these rows."""
    return iop.load({"episodes": pd.DataFrame(episodes), "sessions": pd.DataFrame(sessions)}, mapping=MAPPING, **options)


def in_care(episodes, sessions):
    """Sessions of each episode on a day in care."""
    ends = {e["episode_id"]: e["observed_days"] if e["los_days"] is None else e["los_days"] for e in episodes}
    of_each = {e["episode_id"]: [] for e in episodes}
    for row in sessions:
        if 0 <= row["day"] <= ends[row["episode_id"]]:
            of_each[row["episode_id"]].append(row)
    return of_each


def estimates(data, measure, by="track"):
    """Estimates by level and name."""
    return {(e.level, e.estimand): e for e in iop.measure(data, measure, by=by).results}
