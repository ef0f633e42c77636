"""Takes counts of episodes by track and modality, gives programs of them, and what tests of two columns compare."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import iop_outcomes as iop
from iop_outcomes.keys import Place

SYNTHETIC = Path(__file__).parent.parent.parent / "data" / "synthetic"
MAPPING = {"data": {"class": "synthetic", "cutoff": "2025-09-30"}}
BOTH = ("track", "modality")
MODALITIES = ("in_person", "virtual")
OUT = ("died", "not_started", "active", "")  # reasons outside the denominator of completion
ASKS = {
    "completion": {"measure": "completion"},
    "stay": {"measure": "length_of_stay"},
    "change": {"measure": "symptom_change", "scale": "phq9"},
    "readmission": {"measure": "readmission"},
}


def rows_of(frame, **levels):
    """The rows of some levels, without what says that there is a second column."""
    for column, level in levels.items():
        frame = frame[frame[column] == level]
    return frame.drop(columns=["group_2", "level_2"]).reset_index(drop=True)


def alike(found, expected):
    """The same rows: values, errors, limits, p, words, counts and flags."""
    assert len(found)
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True), check_exact=False, rtol=1e-9, atol=1e-12)


def program(counts, *, reason=None, **more):
    """One episode for each of so many in each (track, modality), or (track, modality, reason)."""
    rows = []
    for key, n in counts.items():
        why = key[2] if len(key) == 3 else reason or "completed"
        rows += [{"track": key[0], "modality": key[1], "discharge_reason": why, "los_days": 20, **more} for _ in range(n)]
    frame = pd.DataFrame(rows)
    frame["episode_id"] = [f"e{i:05}" for i in range(len(frame))]
    return iop.load({"episodes": frame}, mapping=MAPPING)


def form_of(results, released):
    """The results in the form that was released."""
    return next(form for form in (results, *results.coarser()) if form.definition == released.definition)


def followed(estimates, key):
    """How many are followed, by place, as far as this number says so."""
    return {Place(e.level, e.level_2): e.n_at_risk for e in estimates if e.key == key and e.n_at_risk is not None}
