"""Takes scores over the weeks of care, gives who was scored when, what may be asked, and no model where scores determine none."""

import math
from collections import Counter

import numpy as np
import pytest

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.measures.weekly_scores import WEEKS, WeeklyScores, inclusions_of, no_week_scored, requests_until, whole_weeks
from iop_outcomes.scales import load_scales

PHQ9 = load_scales()["phq9"]
NAMES = (STATUS, "phq9_admit", "phq9_week_1", "phq9_week_2")
CELLS = {
    ("completed", 20, 18, 15): 12,
    ("completed", 14, None, 9): 11,
    ("died", 11, 12, None): 1,
    ("completed", None, 10, 10): 5,
    ("completed", 16, None, None): 3,
    ("active", 20, 20, 20): 7,
}


def weekly(cells=None):
    """The weekly scores of these episodes."""
    return WeeklyScores(Counts.from_cells(NAMES, CELLS if cells is None else cells), PHQ9, 14)


@pytest.mark.parametrize(("at", "days"), [(None, WEEKS), ((14, 7, 14), (7, 14)), (7, (7,)), ([182], (182,))])
def test_days_that_end_a_week(at, days):
    """In order and each once; a single day alone will do; the usual twelve weeks by default."""
    assert whole_weeks(at) == days


@pytest.mark.parametrize("at", [(), (0,), (8,), (-7,), (189,), (7.0,), ("7",), "7", (True,), 3.5])
def test_days_that_end_none(at):
    """Nothing, day 0, the middle of a week, beyond 26 weeks, and what is no whole number."""
    with pytest.raises(UsageError, match=r"7 to 182 and whole weeks, as in at=\(7, 14, 28\)"):
        whole_weeks(at)


def test_weeks_meet_without_a_day_between():
    """Each window begins the day after the last one ended, the first where the window of admission ends (day 3)."""
    windows = requests_until(PHQ9, 21)[2:]
    days = [(each.first, each.last) for each in windows]
    assert days == [(4, 10), (11, 17), (18, 24)]
    assert all(each.in_care for each in windows)


def test_who_was_scored_in_which_week():
    """Of those discharged with an admission score, deaths included; who is still in care is none of them."""
    scores = weekly()
    assert (scores.people.total, scores.days) == (27, (0, 7, 14))
    assert [scores.n_scored(day) for day in scores.days] == [27, 13, 23]
    assert scores.parts(7).sizes == {
        "scored": 13,
        "not_scored": 14,
        "no_admission_score": 5,
        "not_started": 0,
        "active": 7,
        "not_known": 0,
    }
    assert scores.modelled_days == (0, 7, 14)


def test_there_is_a_model_of_two_occasions_with_enough_scores_and_of_no_fewer():
    """Ten scored in a week are too few for it to be modelled; admission alone is no course."""
    random = np.random.default_rng(4)
    rows = [(int(start), int(start - random.integers(0, 7)), int(start - random.integers(2, 9))) for start in random.integers(10, 28, 40)]
    assert weekly({("completed", *row): n for row, n in Counter(rows).items()}).course is not None
    assert weekly().course is None  # enough scored, but so few different scores
    few = weekly({("completed", 20, 18, None): 5, ("completed", 14, 9, None): 5, ("completed", 16, None, None): 30})
    assert (few.modelled_days, few.course) == ((0,), None)
    nobody = weekly({("active", 20, 18, 3): 5})
    assert (nobody.modelled_days, nobody.course) == ((), None)


def test_no_week_of_anybody_is_told_with_what_to_give():
    """One score of one person in any week is enough to answer."""
    none = Counts.from_cells(NAMES, {("completed", 20, None, None): 50})
    assert "no score in care from day 4 after admission on" in no_week_scored(none, scale=PHQ9, last=14)
    one = Counts.from_cells(NAMES, {("completed", 20, None, None): 50, ("completed", None, None, 8): 1})
    assert no_week_scored(one, scale=PHQ9, last=14) == ""


def test_every_week_is_of_the_same_people():
    """What is declared of them holds of these counts, both ways."""
    parts = {f"phq9 week {day // 7}": weekly().parts(day).sizes for day in (7, 14)}
    for inclusion in inclusions_of(PHQ9, (7, 14)):
        sides = [sum(parts[side.way][part] for part in side.parts) for side in (inclusion.inner, inclusion.outer) if side.way in parts]
        assert sides == [27]
    assert not math.isnan(weekly().scores[0, 0])
