"""Takes programs some of whose episodes have no track, gives proof that neither differences nor tests of groups give back how many of them are withheld."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.answering import answer_all
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.keys import ALL, MINUS_OTHERS, MISSING_LEVEL
from iop_outcomes.release import Withheld, release_set

MAPPING = {"data": {"class": "synthetic", "cutoff": "2025-06-30"}}


def program(groups):
    """Episodes of some groups: of each its track, its episodes, how many of these completed and of how many no follow-up is known."""
    rows = [
        {
            "episode_id": f"{track}{number}",
            "track": track,
            "discharge_reason": "completed" if number < completed else "dropped_out",
            "los_days": 30,
            "follow_up_days": "" if number < unknown else 400,
        }
        for track, episodes, completed, unknown in groups
        for number in range(episodes)
    ]
    events = [
        {"episode_id": row["episode_id"], "event": "relapse", "days_after_discharge": 20 + place % 60}
        for place, row in enumerate(rows)
        if place % 3 == 0 and row["follow_up_days"]
    ]
    return {"episodes": pd.DataFrame(rows), "events": pd.DataFrame(events)}


def released(groups, policy="cms11"):
    """Completion with its differences and relapse by track, on one page."""
    asks = [Ask("completion", by="track", against=Against(("completion_strict",))), Ask("relapse", definition="any_use", by="track")]
    with iop.load(program(groups), mapping=MAPPING) as data:
        results, _ = answer_all(asks, data)
        return release_set([results[ask] for ask in asks], policy)


def differences(shown):
    """The values of the differences from all other groups, by track."""
    return {each.level: each.value for each in shown if each.contrast == MINUS_OTHERS and each.estimand == "completion_strict"}


FEW = [("a", 60, 40, 0), ("b", 60, 30, 0), ("c", 50, 24, 0), ("", 20, 5, 0)]
MANY = [("a", 60, 40, 0), ("b", 60, 30, 0), ("c", 50, 24, 0), ("", 40, 15, 0)]


def test_a_difference_is_withheld_where_those_of_no_group_are():
    """Everyone's 99 of 190 and 40 of 60 of a group are printed: that the others have 49 % says that 54 of their 110 did, so that 5 of no group did."""
    shown, _ = released(FEW)
    k = {each.level: each.k for each in shown if each.estimand == "completion_strict" and not each.contrast}
    assert isinstance(k[MISSING_LEVEL], Withheld)
    assert k[ALL] == 99
    assert all(isinstance(value, Withheld) for value in differences(shown).values())


@pytest.mark.parametrize(("groups", "policy"), [(MANY, "cms11"), (FEW[:3], "cms11"), (FEW, "none")])
def test_a_difference_is_shown_where_nothing_of_no_group_is_withheld(groups, policy):
    """Where they are many, none, or nothing is withheld at all."""
    assert all(isinstance(value, float) and not math.isnan(value) for value in differences(released(groups, policy)[0]).values())


@pytest.mark.parametrize(("unknown", "is_shown"), [(3, False), (0, True)])
def test_how_many_are_tested_is_withheld_where_those_of_no_group_are(unknown, is_shown):
    """Everyone who was followed, without those in named groups, were 27 of the 30 of no group."""
    _, shown = released([("a", 60, 40, 0), ("b", 60, 30, 0), ("", 30, 15, unknown)])
    (followed,) = (each.n for each in shown if each.estimand == "cumulative_incidence" and each.level == MISSING_LEVEL and each.time == 30)
    (tested,) = (each for each in shown if each.estimand == "log_rank_chi_squared")
    assert isinstance(followed, Withheld) is not is_shown
    assert isinstance(tested.n, Withheld) is not is_shown
    assert isinstance(tested.value, float)


def test_how_many_are_tested_is_withheld_where_everyones_number_is():
    """4 of a named group are not followed: that 116 are tested, and 30 of no group followed, says that 146 of all 150 were."""
    _, shown = released([("a", 60, 40, 4), ("b", 60, 30, 0), ("", 30, 15, 0)])
    followed = {each.level: each.n for each in shown if each.estimand == "cumulative_incidence" and each.time == 30 and not each.contrast}
    (tested,) = (each for each in shown if each.estimand == "log_rank_chi_squared")
    assert isinstance(followed[ALL], Withheld) and followed[MISSING_LEVEL] == 30
    assert isinstance(tested.n, Withheld)
