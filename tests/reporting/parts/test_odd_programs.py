"""Takes programs of one, of all and of none, gives proof that the sentences of a page are true of them and read as English."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.parts.at_risk import AT_RISK
from iop_outcomes.reporting.parts.discharge_reasons import DISCHARGE_REASONS
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from iop_outcomes.reporting.parts.look_at_this import NO_REASONS
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.reporting.parts.symptom_change import SYMPTOM_CHANGE
from iop_outcomes.reporting.parts.who import WHO
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.words import plain_range
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small, words_of


def scores(before=16, after=8, missing=0):
    """PHQ-9 beside each episode; the first few lack that at discharge."""
    return {"phq9_admit": before, "phq9_discharge": lambda i: None if i < missing else after}


def test_one_who_lacks_a_score_is_one():
    """1 of 12 lacks, 2 of 12 lack."""
    assert "1 of 12 discharged episodes lacks a score at admission or discharge" in said(PAGE_ONE, people(12, 0, **scores(missing=1)))[0]
    assert "2 of 12 discharged episodes lack a score" in said(PAGE_ONE, people(12, 0, **scores(missing=2)))[0]


def test_one_group_is_not_how_far_groups_are_apart():
    """Neither a sentence nor a column of differences where one group stands alone."""
    rows = people(30, 30, sex=lambda i: ("female", "male")[i % 2])
    alone, two = said(WHO, rows)[0], said(WHO, rows + people(30, 30, track="b", sex="male"))[0]
    assert "How far apart" not in alone and "Largest difference" not in alone and "too few groups" not in alone
    assert "The tracks differ in sex" in two and "Largest difference" in two


def test_a_scale_without_a_rule_is_not_no_scores():
    """WHO-5 names no reliable change: its scores are there, and cards and the third sentence say what is lacking."""
    words = said(PAGE_ONE, people(60, 40, who5_admit=32, who5_discharge=56))[0]
    assert "no scores in the data" not in words
    assert words.count("WHO-5 has no rule of reliable change") == 2  # both cards
    assert "Not known: who became reliably better or worse;" in words


def test_nobody_discharged_is_when_they_were_discharged():
    """All still in care: not that it is not known when."""
    rows = [row | {"discharge_reason": "active"} for row in people(30, 30)]
    assert "Counted: every episode of the file; nobody has been discharged yet." in said(PAGE_ONE, rows)[0]


def test_reasons_that_nobody_recorded_are_not_nobody_discharged():
    """Stays and no reason: neither 0 % finished, nor that all are still in care."""
    words = said(PAGE_ONE, [row | {"discharge_reason": ""} for row in people(30, 30)])[0]
    assert words.count("no reason for a discharge is recorded") == 2 and NO_REASONS in words
    assert "nobody has been discharged" not in words


def test_everybody_with_the_event_needs_a_look():
    """100 of 100 back in hospital: bad news, and the codes are looked at first."""
    rows = people(60, 40, follow_up_days=200)
    events = [{"episode_id": row["episode_id"], "event": "readmission_psychiatric", "days_after_discharge": 30} for row in rows]
    words = said(PAGE_ONE, rows, events=events)[0]
    assert "Needs a look: all 100 were back in hospital by day 90" in words
    assert "All 100 were back in hospital by day 90" in words and "Check first how they are recorded" in words


def test_groups_too_few_to_compare_are_not_called_alike():
    """Two groups of five: nothing was compared, so that none is 'not set apart'."""
    words = said(PAGE_ONE, people(4, 1) + people(2, 3, track="b"))[0]
    assert "is clearly set apart" not in words
    assert "no group can be compared with the others" in words


@pytest.mark.parametrize(("known", "words"), [(0, "for any discharged episode."), (20, "for 80% of discharged episodes.")])
def test_follow_up_of_nobody(known, words):
    """Not "for 100% of discharged episodes"."""
    rows = people(60, 40, follow_up_days=lambda i: 90 if i < known else None)
    assert f"Follow-up after discharge is not known {words}" in said(PAGE_ONE, rows)[0]


def test_one_day_is_said_once():
    """Everybody who dropped out left on day 9: no quarter and half by the same day."""
    rows = [row | {"los_days": 9} for row in people(0, 12)]
    assert "Of those who dropped out, half had left by day 9" in said(LENGTH_OF_STAY, rows)[0]


def test_a_number_without_a_range_is_named_once():
    """Not "Deaths in care: died in care: 0%", nor a note on scores where there are none."""
    words = said(AT_RISK, people(6, 6))[0]
    assert "- Died in care: 0 of 12" in words and "Deaths in care:" not in words
    assert "without a second score" not in words


def test_few_patients_are_why_there_is_no_range():
    """Forty episodes of one patient are not few episodes."""
    words = said(PAGE_ONE, people(20, 20, patient_id="p"))[0]
    assert "no range (too few patients)" in words


def test_words_beside_a_dot_are_not_bracketed_twice():
    """It was "11 of 16 (no range (too few patients)): too few"."""
    with small(people(20, 10, patient_id="p") + people(6, 4, track="b", patient_id="q")) as data:
        axes = dot_range(iop.completion(data, by="track").release("none"), "completion_strict")
    assert [text.get_text() for text in axes.texts] == ["65%; no range (too few patients)", "67%; no range (too few patients)", "6 of 10"]


def test_a_limit_that_rounds_to_0_says_on_which_side():
    """Of 2,970 and 3,000 a difference that leaves 0 out by less than half a point: "below 0", not the 0 that it leaves out."""
    with small(people(960, 1940) + people(1070, 1930, track="b")) as data:
        shown = iop.compare(data, measure="completion", estimand="completion_strict", by="track").release("none")
    low = shown.contrast("completion_strict", "a")
    assert (str(low.word), plain_range(low)) == ("lower", "−5 to below 0")
    assert plain_range(shown.contrast("completion_strict", "b")) == "above 0 to 5"


def test_means_in_whole_points_are_written_so():
    """Means that are rounded to whole points: "18.0 to 12.0; change 5.0" looks wrong."""
    rows = [
        row | {"phq9_admit": (6 if i < 40 else 15) + i % 9, "phq9_discharge": None if i % 17 == 0 else (0 if i < 40 else 9) + i % 5}
        for i, row in enumerate(people(30, 10) + people(20, 9, track="b", start=40))
    ]
    with small(rows) as data:
        page = page_of(data, SYMPTOM_CHANGE, policy="cms11")
        released = next(each for each in page.released.values() if each.definition.has_role("before"))
        words = words_of(SYMPTOM_CHANGE.sections(page))
    assert released.definition.estimand(released.definition.in_role("before")).digits == 0
    assert "A: at admission 10; at discharge 2; mean change 8" in words and ".0" not in words.partition("Mean change")[2]


def test_a_bar_of_nothing_but_the_rest_is_not_shown():
    """It said "other or not known 0%; completed, dropped out and transferred together 100%", which tells nothing of anybody."""
    rows = people(66, 30) + people(24, 5, track="b") + people(25, 9, track="c")
    words = said(DISCHARGE_REASONS, rows, policy="cms11")[0]
    assert "together 100%" not in words and "in the rest 0%" not in words
    assert "B: not shown" in words


def test_a_share_without_a_range_has_its_denominator():
    """Of one patient's forty episodes no range can be given; the share stood alone, as "Completed: 50%; no range (too few patients)."."""
    rows = {"episode_id": [f"e{i}" for i in range(40)], "patient_id": "p", "track": "mood", "los_days": 20}
    rows["discharge_reason"] = ["completed", "dropped_out"] * 20
    with iop.load(pd.DataFrame(rows), mapping={"data": {"class": "synthetic"}}) as data:
        assert iop.completion(data).sentence() == "Completed: 50% (20 of 40); no range (too few patients)."
