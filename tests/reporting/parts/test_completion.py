"""Takes small programs, gives completion by group: nobody, everybody, one, and reasons that are missing."""

import pytest

from iop_outcomes.reporting.parts.completion import COMPLETION
from tests.reporting.parts.small import people, said


@pytest.mark.parametrize(
    ("done", "left", "words"),
    [
        (30, 0, "30 of 30 discharged episodes (100%)"),
        (0, 30, "0 of 30 discharged episodes (0%)"),
        (1, 0, "Completed: 1 of 1 (too few to judge)."),
    ],
)
def test_everybody_nobody_and_one(done, left, words):
    """In full, with transfers beside it; of one group nothing is compared."""
    page, in_full = said(COMPLETION, people(done, left))
    assert words in in_full
    assert "higher" not in page and "lower" not in page


def test_who_differs_is_the_headline():
    """By name and value; the words of the chart are those of the table."""
    page, _ = said(COMPLETION, people(36, 4) + people(10, 30, track="b"))
    assert page.startswith("Completion was higher in A (90%), and lower in B (25%) than in the other groups together.")
    assert "In a word: A: higher. B: lower." in page
    assert "higher: 65 " in page


def test_groups_alike_are_not_set_apart():
    """No word of a difference in the headline."""
    page, _ = said(COMPLETION, people(20, 20) + people(21, 19, track="b"))
    assert not page.startswith("Completion was")
    assert "In a word: B: no clear difference. A: no clear difference." in page


def test_what_missing_reasons_could_hide_is_between_none_and_all():
    """Ten of fifty: between 40 % and 60 %; where none is missing nothing is said of it."""
    blank = [row | {"discharge_reason": None} for row in people(0, 10, start=100)]
    _, in_full = said(COMPLETION, people(20, 20) + blank)
    assert "The discharge reason is missing in 10 episodes. If none of them was a completion, 40% completed; if all were, 60%." in in_full
    assert "is missing in" not in said(COMPLETION, people(20, 20))[1]
    assert "is missing in" not in said(COMPLETION, people(20, 20) + blank, policy="cms11")[1]  # 10 would come back of both cases
