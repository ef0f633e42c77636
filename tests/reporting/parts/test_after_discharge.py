"""Takes followed programs at the edges, gives what happened after discharge: nobody, unknown follow-up, and who is compared."""

import pytest

from iop_outcomes.reporting.parts.after_discharge import AFTER_DISCHARGE
from tests.reporting.parts.small import people, said

ELSEWHERE = [{"episode_id": "a0", "event": "emergency_visit", "days_after_discharge": 9}]


def returns(*days, track="a"):
    """A readmission of the first episodes on these days."""
    return [{"episode_id": f"{track}{i}", "event": "readmission_psychiatric", "days_after_discharge": day} for i, day in enumerate(days)]


def test_nobody_came_back_of_those_who_are_followed():
    """0 % with an upper limit, and that an event nobody recorded looks the same; all are followed."""
    columns = {"follow_up_days": 400, "readmission_psychiatric_day": None, "readmission_psychiatric_observed": 0}
    page, in_full = said(AFTER_DISCHARGE, people(20, 20, **columns))
    assert "An estimated 0% were readmitted within 90 days of discharge" in page
    assert "The curve is of every episode that could be part of it (40)." in page
    assert "Follow-up is known in every discharged episode." in in_full
    assert "Log-rank" not in in_full  # one group


@pytest.mark.parametrize(("unknown", "words"), [(1, "in 1 episode, which stands outside"), (5, "in 5 episodes, which stand outside")])
def test_who_is_not_followed_stands_outside(unknown, words):
    """One and several; where the count is withheld no number is said."""
    rows = people(20, 20, follow_up_days=lambda i: None if i < unknown else 400)
    _, in_full = said(AFTER_DISCHARGE, rows, events=returns(*[60] * 20)[10:])
    assert f"Follow-up is not known {words} the curves." in in_full


def test_how_many_are_not_followed_may_be_withheld():
    """Five of 100 under cms11."""
    rows = people(50, 50, follow_up_days=lambda i: None if i < 5 else 400)
    page, in_full = said(AFTER_DISCHARGE, rows, events=returns(*[60] * 40)[10:], policy="cms11")
    assert "how many is not shown." in in_full
    assert "that could be part of it" not in page


def test_events_beside_the_episode_come_from_its_columns():
    """Relapse by columns is told; readmission, of which there is none, is no section."""
    columns = {"follow_up_days": 200, "relapse_day": lambda i: 60 + i, "relapse_observed": lambda i: int(i < 10)}
    page, _ = said(AFTER_DISCHARGE, people(20, 20, **columns))
    assert "Events come from the columns beside each episode alone." in page
    assert "readmitted" not in page and "relapsed" in page


def test_groups_are_tested_where_each_has_enough():
    """Two tests with their degrees of freedom; without Gray's where a patient came twice."""
    rows = people(20, 20, follow_up_days=400) + people(20, 20, track="b", follow_up_days=400)
    events = returns(*range(10, 30)) + returns(*range(40, 45), track="b")
    _, in_full = said(AFTER_DISCHARGE, rows, events=events)
    assert in_full.count("1 degree of freedom, p ") == 2
    twice = [row | {"patient_id": f"p{max(i, 1)}"} for i, row in enumerate(rows)]
    assert (
        "over the groups: not assessable, because some patients have more than one episode."
        in said(AFTER_DISCHARGE, twice, events=events)[1]
    )


def test_without_events_nothing_is_said():
    """Neither on the page nor in the file of methods; events of another kind tell nothing of these."""
    for events in (None, ELSEWHERE):
        assert said(AFTER_DISCHARGE, people(10, 10, follow_up_days=400), events=events) == ("", "")
