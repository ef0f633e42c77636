"""Takes released changes, gives from which score to which: fallen, risen, unchanged, some missing, nobody."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.show.change import DUMBBELL, change_sentence, dumbbell
from tests.reporting.parts.small import people
from tests.show.made import released_of


def change(n=20, before=16, after=9, **given):
    """Change on the PHQ-9 of so many."""
    return released_of(people(n, 0, phq9_admit=before, phq9_discharge=after), "symptom_change", scale="phq9", **given)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(16, 9, "fell from 16.0 to 9.0"), (9, 16, "rose from 9.0 to 16.0 (lower is better)"), (9, 9, "stayed at 9.0")],
)
def test_which_way(before, after, words):
    """By the numbers as they are printed."""
    assert change_sentence(change(before=before, after=after)) == (
        f"Average PHQ-9 {words} in the 20 episodes with both scores (100% of discharged). Every discharged episode has both."
    )


def test_who_lacks_a_score_is_said():
    """A quarter; of few in counts."""
    said = change_sentence(change(40, after=lambda i: None if i < 10 else 9))
    assert "in the 30 episodes with both scores (75% of discharged). 25% lack a score" in said
    assert "(9 of 12 discharged). 3 of 12 lack a score" in change_sentence(change(12, after=lambda i: None if i < 3 else 9))


def test_nobody_has_both():
    """No average, and no chart of points; one pair is one episode."""
    nobody = change(after=None)
    assert "Average" not in change_sentence(nobody)
    assert not [line for line in dumbbell(nobody).lines if line.get_marker() == "o"]
    assert "in the 1 episode with both scores (1 of 1 discharged)" in change_sentence(change(1))


def test_points_stand_at_both_means():
    """Open at admission, filled at discharge; the alternative text says them."""
    ax = dumbbell(change())
    points = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert sorted(points) == [9, 9, 16, 16]  # everyone, and the one group
    assert "at admission 16.0; at discharge 9.0" in DUMBBELL.alt_text(change())


def test_why_there_is_no_range_is_not_bracketed_twice():
    """It was "change −1.0 (no range (too few))"."""
    frame = {"episode_id": ["e1", "e2"], "track": ["a", "b"], "discharge_reason": "completed", "los_days": 30}
    with iop.load(pd.DataFrame(frame | {"phq9_admit": [5, 16], "phq9_discharge": [6, 9]}), mapping={"data": {"class": "public"}}) as data:
        axes = iop.symptom_change(data, scale="phq9", by="track").plot(policy="internal")
    words = [text.get_text() for text in axes.texts]
    assert "5.0 to 6.0; change −1.0; no range (too few)" in words, words
