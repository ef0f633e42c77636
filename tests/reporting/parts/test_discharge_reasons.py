"""Takes small programs, gives how episodes ended: one way alone, several, and what is too small to be shown."""

import pytest

from iop_outcomes.reporting.parts.discharge_reasons import DISCHARGE_REASONS
from tests.reporting.parts.small import people, said


@pytest.mark.parametrize(
    ("done", "left", "headline"), [(30, 0, "Dropped out: 0% of"), (0, 30, "Dropped out: 100% of"), (20, 20, "Dropped out: 50% of")]
)
def test_the_headline_is_who_dropped_out(done, left, headline):
    """Nobody, everybody, half."""
    page, in_full = said(DISCHARGE_REASONS, people(done, left))
    assert page.startswith(f"{headline} discharged episodes")
    assert in_full == ""


def test_shares_of_a_group_are_of_those_who_were_discharged():
    """Of 41: transfers of any kind are one, a death in care is another way to end, and who is still in care is none of them."""
    others = ("transferred_step_up", "transferred_lateral", "died", "active")
    more = [row | {"discharge_reason": reason, "los_days": None} for row, reason in zip(people(0, 4, start=50), others, strict=True)]
    page, _ = said(DISCHARGE_REASONS, people(20, 18) + more)
    assert "completed 49%" in page
    assert "transferred 4.9%" in page
    assert "dropped out 44%" in page


def test_white_is_what_is_too_small():
    """Said where there is any, and only there."""
    rows = people(40, 40) + people(40, 4, track="b")
    assert "White" in said(DISCHARGE_REASONS, rows, policy="cms11")[0]
    assert "White" not in said(DISCHARGE_REASONS, rows)[0]
