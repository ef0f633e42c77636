"""Takes programs in which few have the event or another end after discharge, gives proof that the share free of every end does not tell how many."""

from __future__ import annotations

import pandas as pd
import pytest

import iop_outcomes as iop


def released(readmitted, died, measure="readmission", policy="cms11"):
    """The shares of 200 episodes by day 180, by estimand: so many readmitted and died by day 90, 30 others followed for 150 days, the rest for 400."""
    ids = [f"e{number}" for number in range(200)]
    episodes = pd.DataFrame({"episode_id": ids, "track": "a", "discharge_reason": "completed", "los_days": 30})
    episodes["follow_up_days"] = [400] * 170 + [150] * 30
    kinds = ["readmission_psychiatric"] * readmitted + ["death"] * died
    days = [10 + number % 80 for number in range(len(kinds))]
    events = pd.DataFrame({"episode_id": ids[: len(kinds)], "event": kinds, "days_after_discharge": days, "planned": 0})
    with iop.load({"episodes": episodes, "events": events}, mapping={"data": {"class": "synthetic"}}) as data:
        frame = iop.measure(data, measure, at=(180,)).release(policy).to_frame()
    return frame.loc[frame.time == 180].set_index("estimand").value


@pytest.mark.parametrize(
    ("readmitted", "died", "incidence", "free"),
    [
        (30, 20, True, True),
        (30, 0, True, True),
        (0, 0, True, True),
        (4, 0, False, False),  # 98% are free of every end: 3 to 5 have one
        (30, 4, True, False),  # 83% are free, 15% were readmitted: 2% have died
        (0, 4, True, False),
        (4, 30, False, False),
    ],
)
def test_the_share_free_of_every_end_is_shown_where_those_it_tells_of_may_be(readmitted, died, incidence, free):
    """Those with the event by then, and those who ended otherwise: 1 minus the share is what they are of all, as nobody is lost before their ends."""
    shown = released(readmitted, died).notna()
    assert (shown["cumulative_incidence"], shown["event_free"]) == (incidence, free)


def test_under_internal_every_share_is_shown():
    """Nothing is withheld there."""
    assert released(4, 4, policy="internal").notna().all()
