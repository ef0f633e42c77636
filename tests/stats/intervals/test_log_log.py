"""Takes curves on which nothing happened, gives limits that rest on those whose state is known."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy.stats import beta

import iop_outcomes as iop

ELSEWHERE = pd.DataFrame(
    {"episode_id": ["E0"], "event": ["follow_up_contact"], "days_after_discharge": [0]}
)  # a table of events, no readmission


def loaded(frame):
    """The episodes, with a table of events that holds no readmission: 0 % is then known, not missing."""
    return iop.load({"episodes": frame, "events": ELSEWHERE}, mapping={"data": {"class": "synthetic"}})


@pytest.mark.parametrize("left", [1, 5, 40])
def test_the_exact_limit_rests_on_those_whose_state_is_known(left):
    """99 people followed for a day say nothing about day 200: the limit is Clopper-Pearson's of 0 among the rest."""
    follow_up = [1] * 99 + [300] * left
    frame = pd.DataFrame({"episode_id": [f"E{i}" for i in range(len(follow_up))], "track": "mh", "discharge_reason": "completed"})
    frame["los_days"], frame["follow_up_days"] = 20, follow_up
    with loaded(frame) as data:
        found = iop.readmission(data, at=[200]).to_frame().query("estimand == 'cumulative_incidence'").iloc[0]
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(beta.ppf(0.975, 1, left), rel=1e-9)
    assert "fewer_than_5_events" in found.flag


def test_a_group_without_anybody_takes_no_restricted_mean_from_the_others():
    """A track in which everyone is still in care has no curve; the other track keeps its restricted mean."""
    frame = pd.DataFrame(
        {
            "episode_id": ["E0", "E1", "E2"],
            "track": ["mh", "mh", "su"],
            "discharge_reason": ["completed", "completed", "active"],
            "los_days": [20, 20, None],
            "follow_up_days": [90, 90, None],
        }
    )
    with loaded(frame) as data:
        found = iop.readmission(data, at=[30], by="track").to_frame().query("estimand == 'restricted_mean_days'").set_index("level").value
    assert found["mh"] == found["All"] == 30
    assert found.isna()["su"]
