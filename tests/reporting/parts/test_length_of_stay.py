"""Takes programs made for it, gives proof of the chart of when people leave: its headline, and where there is none."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.attack.learning import _ENDINGS
from iop_outcomes.columns import DISCHARGE_REASONS
from iop_outcomes.reporting.blocks import Figure
from iop_outcomes.reporting.parts.asks import ENDINGS
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from tests.pages import blocks_of


def loaded(reasons, **columns):
    """Episodes that ended so, the n-th after n days unless columns say otherwise."""
    rows = {"episode_id": range(len(reasons)), "track": "a", "discharge_reason": reasons, "los_days": range(1, len(reasons) + 1)} | columns
    return iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}})


@pytest.mark.parametrize(
    ("reasons", "policy", "headline"),
    [
        (["dropped_out"] * 40 + ["completed"] * 60, "none", "Of those who dropped out, a quarter had left by day 11 and half by day 21"),
        (
            ["dropped_out"] * 40 + ["completed"] * 60,
            "internal",
            "Of those who dropped out, a quarter had left by day 11 and half by day 21",
        ),
        (["completed"] * 60, "none", "Nobody dropped out"),
    ],
)
def test_the_headline_says_when_those_who_dropped_out_had_left(reasons, policy, headline):
    """Quartiles of type 2, rounded as a page does."""
    with loaded(reasons) as data:
        figures = [block for block in blocks_of(data, LENGTH_OF_STAY, policy=policy) if isinstance(block, Figure)]
    assert figures[1].headline == headline
    assert figures[1].alt.startswith("Range chart of stays by how they ended. ")


def test_where_small_counts_are_withheld_there_is_no_such_chart():
    """Ninety-three with a reason, of whom 53 completed, 18 were transferred and 14 dropped out, leave eight of another reason."""
    with loaded(["completed"] * 53 + ["transferred_step_down"] * 18 + ["dropped_out"] * 14 + ["other"] * 8) as data:
        figures = [block for block in blocks_of(data, LENGTH_OF_STAY, policy="cms11") if isinstance(block, Figure)]
    assert len(figures) == 1


def test_without_days_there_is_no_such_chart():
    """No stay is known, so that nothing can be said of when people left."""
    with loaded(["dropped_out"] * 40, los_days=None) as data:
        blocks = blocks_of(data, LENGTH_OF_STAY, policy="none")
    assert not any(isinstance(block, Figure) and "ended" in block.alt for block in blocks)


@pytest.mark.parametrize("reason", DISCHARGE_REASONS)
def test_the_attack_takes_reasons_together_as_the_page_does(reason):
    """Else it would find contradictions in a report that is right, or miss what a class gives back."""
    assert reason in _ENDINGS.get(str(ENDINGS(reason)), (reason,))
