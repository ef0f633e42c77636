"""Takes programs at the edges, gives who may be at risk: sentences of everyone, and what cannot be told."""

import pytest

from iop_outcomes.reporting.parts.at_risk import AT_RISK
from tests.reporting.parts.small import people, said

UNKNOWN = "Thoughts of self-harm cannot be told from these data"


@pytest.mark.parametrize(
    ("died", "words"), [(0, "0 of 20 ended episodes (0%)"), (1, "1 of 20 ended episodes (5.0%)"), (20, "20 of 20 ended episodes (100%)")]
)
def test_deaths_in_care_are_counted_of_all_that_ended(died, words):
    """Nobody, one, everybody; by group in full."""
    rows = [row | {"discharge_reason": "died"} if i < died else row for i, row in enumerate(people(10, 10))]
    page, in_full = said(AT_RISK, rows)
    assert f"{words} ended with a death in care" in page
    assert "Deaths in care by track" in in_full


def test_without_scores_worsening_cannot_be_told_and_no_item_is_missed():
    """Nothing was asked, so nothing is said of its items."""
    page, _ = said(AT_RISK, people(10, 10))
    assert "Whether anybody got worse cannot be told" in page
    assert UNKNOWN not in page
    assert "a second score" not in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (("phq9",), "item 9 of the PHQ-9 is not in them"),
        (("phq9", "core10"), "item 9 of the PHQ-9 and item 6 of the CORE-10 are not in them"),
        (("gad7",), ""),
    ],
)
def test_totals_say_nothing_of_the_item(columns, words):
    """Of each scale that has one; a scale without such an item is not blamed for it."""
    rows = people(10, 10, **{f"{name}_{moment}": 12 for name in columns for moment in ("admit", "discharge")})
    page, in_full = said(AT_RISK, rows)
    assert (UNKNOWN in page) is bool(words)
    assert words in page
    assert "reliably worse, by track" in in_full


def test_small_numbers_are_withheld_behind_their_name():
    """One who got worse of forty: what it is of stands before the words, and no number does."""
    page, _ = said(AT_RISK, people(20, 20, phq9_admit=10, phq9_discharge=lambda i: 20 if i == 0 else 8), policy="cms11")
    assert "1 of 40" not in page
    assert "Reliable change in PHQ-9: " in page
