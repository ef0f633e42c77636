"""Takes programs with and without scores and items, gives who got worse: nobody, somebody, and that it is not known."""

import pytest

from iop_outcomes.reporting.parts.got_worse import GOT_WORSE, NO_ITEM, NO_SCORES
from tests.reporting.parts.small import people, said


def test_without_scores_nothing_is_known():
    """Neither of worsening nor of thoughts of self-harm, each in words of its own."""
    assert said(GOT_WORSE, people(6, 6))[0] == f"{NO_SCORES} {NO_ITEM}"


@pytest.mark.parametrize(("worse", "words"), [(0, "0 of 40 with both PHQ-9 scores (0%)"), (40, "40 of 40 with both PHQ-9 scores (100%)")])
def test_nobody_and_everybody_got_worse(worse, words):
    """With the rule; a total tells of no item."""
    page, _ = said(GOT_WORSE, people(20, 20, phq9_admit=10, phq9_discharge=lambda i: 20 if i < worse else 10))
    assert page.startswith(f"{words} got worse by at least 6 points, beyond measurement error.")
    assert NO_SCORES not in page and page.endswith(NO_ITEM)


def test_the_item_is_counted_where_it_was_answered():
    """Item 9 of the PHQ-9, positive from 1; then nothing is said to be unknown."""
    items = {f"phq9_{i}": 1 for i in range(1, 9)}
    rows = [
        {"episode_id": row["episode_id"], "day": day, **items, "phq9_9": int(i < 3)}
        for i, row in enumerate(people(10, 10))
        for day in (0, 20)
    ]
    page, _ = said(GOT_WORSE, people(10, 10, los_days=20), scores=rows)
    assert NO_ITEM not in page and NO_SCORES not in page
    assert "3 of 20" in page
