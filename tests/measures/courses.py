"""Takes scores by day, gives programs with them, and what an answer says of everyone: what tests of courses share."""

import numpy as np
import pandas as pd

import iop_outcomes as iop


def program(scores, stays, *, scale="phq9", mapping=None, **columns):
    """One episode for each row of scores: at admission, then around day 7, 14 and so on; blanks were not scored."""
    scores = np.asarray(scores, dtype=float)
    episodes = {
        "episode_id": [f"e{i}" for i in range(len(scores))],
        "track": "a",
        "discharge_reason": "completed",
        "los_days": stays,
        **columns,
    }
    place, week = np.nonzero(~np.isnan(scores))
    rows = {"episode_id": [f"e{i}" for i in place], "scale": scale, "day": 7 * week, "score": scores[place, week].astype(int)}
    tables = {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(rows)}
    return iop.load(tables, mapping={"data": {"class": "synthetic"}, **(mapping or {})})


def numbers(answer, level="All"):
    """Estimates by name and day."""
    return {(e.estimand, e.time): e for e in answer.results if e.level == level and not e.contrast}
