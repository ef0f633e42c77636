"""Ids that one file writes otherwise than another: how many is said, with what to do, and nothing is joined."""

import pandas as pd
import pytest

import iop_outcomes as iop

MAPPING = {"data": {"class": "synthetic"}}
EPISODES = pd.DataFrame(
    {
        "episode_id": [f"{i:04d}" for i in range(1, 25)],
        "patient_id": [f"{i:04d}" for i in range(1, 25)],
        "track": "mood",
        "discharge_reason": "completed",
        "admit_date": "2024-01-01",
        "discharge_date": "2024-02-01",
    }
)


def scores(**ids):
    """One score of each of 24 ids, and what the load says of ids."""
    rows = pd.DataFrame({**ids, "scale": "phq9", "date": "2024-01-01", "score": 9})
    with iop.load({"episodes": EPISODES, "scores": rows}, mapping=MAPPING, on_error="exclude") as data:
        return [f for f in data.findings if f.rule in ("placed", "no_such_episode") and "an id that an episode has" in f.message]


@pytest.mark.parametrize("key", ["patient_id", "episode_id"])
@pytest.mark.parametrize(
    ("ids", "n"),
    [
        ([f"{i}.0" for i in range(1, 25)], 24),
        ([*range(1, 23), "x", "0099"], 22),
        ([f"{i:04d}" for i in range(1, 25)], 0),
        ([f"z{i}" for i in range(24)], 0),
    ],
    ids=["as pandas makes them beside a blank", "without zeros", "alike", "others"],
)
def test_ids_that_differ_by_zeros_are_counted(key, ids, n):
    """Of people and of episodes; ids of nobody are not."""
    found = scores(**{key: [str(each) for each in ids]})
    assert [f"{n} of them have an id that an episode has" in f.message for f in found] == [True] * bool(n)
    assert all("Write the ids alike in both files" in f.hint for f in found)
