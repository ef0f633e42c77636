"""Takes programs made for it, gives proof of the chart of when people leave: its headline, and where there is none."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Figure, Text
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from tests.pages import page_of


def loaded(reasons, **columns):
    """Episodes that ended so, the n-th after n days unless columns say otherwise."""
    rows = {"episode_id": range(len(reasons)), "track": "a", "discharge_reason": reasons, "los_days": range(1, len(reasons) + 1)} | columns
    return iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}})


def told(reasons, policy):
    """The words of the section, and the chart of stays by reason of the appendix."""
    with loaded(reasons) as data:
        page = page_of(data, LENGTH_OF_STAY, policy=policy)
    (section,), (in_full,) = LENGTH_OF_STAY.sections(page), LENGTH_OF_STAY.appendix(page)
    return [block.full_words for block in section.blocks if isinstance(block, Text)], in_full.blocks[-1]


@pytest.mark.parametrize("policy", ["none", "internal", "cms11"])
@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (["dropped_out"] * 40 + ["completed"] * 60, "Of those who dropped out, a quarter had left by day 11 and half by day 21."),
        (["completed"] * 60, "Nobody dropped out."),
    ],
)
def test_the_section_says_when_those_who_dropped_out_had_left(reasons, words, policy):
    """Quartiles of type 2, rounded as a page does; the chart behind it says the same."""
    said, chart = told(reasons, policy)
    assert said[-1] == words and f"{chart.headline}." == words
    assert chart.alt.startswith("Range chart of stays by discharge reason. ")


def test_few_who_dropped_out_are_not_told_of():
    """The chart names its subject, and the section has no word of them."""
    said, chart = told(["dropped_out"] * 4 + ["completed"] * 60, "cms11")
    assert not any("dropped out" in words for words in said)
    assert chart.headline == "How long people stayed, by discharge reason" and "Dropped out: not shown" in chart.alt


def test_a_small_reason_is_not_what_the_others_leave():
    """Ninety-three with a reason, of whom 53 completed, 18 were transferred and 14 dropped out, leave eight of another reason."""
    _, chart = told(["completed"] * 53 + ["transferred_step_down"] * 18 + ["dropped_out"] * 14 + ["other"] * 8, "cms11")
    assert "Other: not shown" in chart.alt and chart.alt.count("not shown") >= 2


def test_reasons_that_nobody_has_are_not_drawn():
    """Of those discharged nobody is still in care: a row of it would ask why it is empty."""
    _, chart = told(["dropped_out"] * 30 + ["completed"] * 60 + ["active"] * 20, "none")
    assert chart.alt.count("middle stay") == 3 and "Active" not in chart.alt


def test_without_days_there_is_no_such_chart():
    """No stay is known, so that nothing can be said of when people left."""
    with loaded(["dropped_out"] * 40, los_days=None) as data:
        page = page_of(data, LENGTH_OF_STAY, policy="none")
    assert not any(isinstance(block, Figure) for each in LENGTH_OF_STAY.appendix(page) for block in each.blocks)
