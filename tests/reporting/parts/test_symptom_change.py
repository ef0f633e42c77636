"""Takes scored programs at the edges, gives change on each scale: all better, nobody, one pair, and what is said once."""

import random

import pytest

from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.reporting.parts.symptom_change import REGRESSION, SYMPTOM_CHANGE
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small, words_of


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (4, "40 of 40 with both scores (100%) improved by at least 6 points"),
        (16, "0 of 40 with both scores (0%) improved by at least 6 points"),
    ],
)
def test_everybody_and_nobody_is_reliably_better(after, words):
    """The rule stands in the sentence; no spread of change is no reason for an error."""
    page, in_full = said(SYMPTOM_CHANGE, people(20, 20, phq9_admit=16, phq9_discharge=after))
    assert page.startswith(words)
    assert "None became reliably worse." in page
    assert "of all discharged, a missing score as not met" in in_full


def test_one_pair_has_no_range():
    """1 of 1, and scores from which to which."""
    page, _ = said(SYMPTOM_CHANGE, people(1, 0, phq9_admit=16, phq9_discharge=9))
    assert "1 of 1" in page
    assert "fell from 16.0 to 9.0" in page or "16.0" not in page


def test_each_scale_has_a_section_and_the_caution_is_said_once():
    """The scale used most comes first, and with it what people come with."""
    scored = {
        f"{name}_{moment}": lambda i, start=start: start + i % 4
        for name in ("gad7", "phq9")
        for moment, start in (("admit", 12), ("discharge", 6))
    }
    with small(people(20, 20, **scored)) as data:
        page = page_of(data, SYMPTOM_CHANGE, policy="none")
        assert [section.id for section in SYMPTOM_CHANGE.sections(page)] == ["phq9_change", "gad7_change"]
        assert [section.id for section in SYMPTOM_CHANGE.appendix(page)] == ["phq9_change_in_full", "gad7_change_in_full"]
    page, _ = said(SYMPTOM_CHANGE, people(20, 20, **scored))
    assert page.count(REGRESSION) == 1


def test_a_scale_without_a_rule_has_change_alone():
    """Nobody is called better."""
    page, in_full = said(SYMPTOM_CHANGE, people(20, 20, isi_admit=lambda i: 16 + i % 3, isi_discharge=8))
    assert "reliably" not in page and "improved by" not in page
    assert "Mean change" in in_full and "reliably" not in in_full


def test_without_scores_there_is_no_section():
    """Neither on the page nor in full."""
    assert said(SYMPTOM_CHANGE, people(5, 5)) == ("", "")


def test_a_chart_in_which_no_bar_shows_anybody_is_not_drawn():
    """Every bar said "not shown", because one of its parts, in which nobody is, was: reliably worse in the smallest track."""
    rng, rows = random.Random(5), []
    for i in range(64):
        track, before = rng.choice(["a", "b", "b", "c"]), rng.randint(8, 24)
        reason, days = rng.choice(["completed", "completed", "dropped_out", "transferred_step_up", "other"]), rng.randint(4, 70)
        after = None if reason == "dropped_out" and rng.random() < 0.8 else max(0, before - rng.randint(-3, 14))
        rng.choice(["F", "M"])
        row = {"episode_id": i, "track": track, "discharge_reason": reason, "los_days": days}
        rows.append(row | {"phq9_admit": before, "phq9_discharge": after})
    with small(rows) as data:
        page = words_of(SYMPTOM_CHANGE.sections(page_of(data, PAGE_ONE, SYMPTOM_CHANGE, policy="cms11")))
    assert "Reliably better is not shown" in page and "0 of 11" in page
    assert "Stacked bar chart" not in page
