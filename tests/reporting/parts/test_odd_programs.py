"""Takes programs of one, of all and of none, gives proof that the sentences of a page are true of them and read as English."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.parts.at_risk import AT_RISK
from iop_outcomes.reporting.parts.discharge_reasons import DISCHARGE_REASONS
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from iop_outcomes.reporting.parts.look_at_this import NO_REASONS
from iop_outcomes.reporting.parts.missing_scores import MISSING_SCORES
from iop_outcomes.reporting.parts.over_time import OVER_TIME
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
    """Two groups of eight: nothing was compared, so that none is 'not set apart'."""
    words = said(PAGE_ONE, people(6, 2) + people(3, 5, track="b"))[0]
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


def quarters(*done, n=40, **columns):
    """Eight quarters of so many episodes, so many of them completed in each."""
    return [
        row | {"episode_id": f"{place}{row['episode_id']}", "period": f"{2023 + place // 4}-Q{place % 4 + 1}"}
        for place, k in enumerate(done)
        for row in people(k, n - k, **columns)
    ]


def test_what_fell_behind_the_year_before_has_a_next_step():
    """It stood under 'Needs a look', as "25%, then 75%", and under what to do next: nothing stands out."""
    words = said(PAGE_ONE, quarters(*[30] * 4, *[10] * 4, follow_up_days=200))[0]
    assert "Needs a look: fewer finished than the year before (25%, down from 75%)" in words
    assert "- Finished: 25% in the latest year, 75% in the year before. Ask what changed between the two years" in words
    assert "Nothing stands out" not in words


def test_what_stands_beside_a_year_is_of_that_year():
    """Better fell from 90 to 50 of a hundred; reliably worse is 10 of 100 in the latest year, and 5 of 100 in both together."""
    scored = [
        (9 if i < (90 if year == 2023 else 50) else 24 if i >= 90 and year == 2024 else 15, year)
        for year in (2023, 2024)
        for i in range(100)
    ]
    rows = [
        row | {"phq9_admit": 16, "phq9_discharge": score, "period": f"{year}-Q{i % 4 + 1}"}
        for i, (row, (score, year)) in enumerate(zip(people(100, 100), scored, strict=True))
    ]
    words = said(PAGE_ONE, rows)[0]
    assert "fewer reliably better than the year before (50%, down from 90%; reliably worse: 10%)" in words


def test_a_target_that_all_miss_together_has_a_next_step():
    """14 of 30 in each of three tracks: 47% together is below 60%, and no track is by itself."""
    rows = [row for track in "abc" for row in people(14, 16, track=track, follow_up_days=200)]
    words = said(PAGE_ONE, rows, targets={"completion": {"value": "60%", "direction": "at_least", "source": "board"}})[0]
    assert "Needs a look: 47% finished, and the target is at least 60%" in words
    assert "- Finished, below the target of at least 60%: all episodes together (47%). Agree on what would have to change" in words


@pytest.mark.parametrize(("n", "good"), [(1, False), (19, False), (21, True)])
def test_what_a_section_calls_too_few_to_judge_does_not_go_well(n, good):
    """Of one who finished and improved page one said that both went well."""
    words = said(PAGE_ONE, people(n, 0, phq9_admit=16, phq9_discharge=lambda i: None if i == 2 else 15 if i % 2 else 6))[0]
    assert (f"Going well: all {n} finished" in words) is good
    assert ("where measurement error alone" in words) is good
    assert ("Going well: nothing can be told here" in words) is (n == 1)


def test_nobody_back_in_hospital_is_not_passed_over():
    """Relapses take the card where the events hold no return to hospital: the third sentence says that there is none."""
    rows = people(60, 40, follow_up_days=200)
    events = [{"episode_id": row["episode_id"], "event": "relapse", "days_after_discharge": 30, "kind": "any_use"} for row in rows[:20]]
    words = said(PAGE_ONE, rows, events=events)[0]
    assert "Relapsed by day 90" in words and "how many came back to hospital (no return is in the data)" in words


def test_a_month_of_concern_needs_a_look():
    """Twelve steady quarters and one of none: page one said that no figure falls behind, and what to do named the signal."""
    rows = quarters(*[20] * 4, 2, *[20] * 3) + quarters(*[20] * 5)
    for place, row in enumerate(rows):
        row["episode_id"], row["period"] = f"e{place}", f"{2021 + place // 160}-Q{place // 40 % 4 + 1}"
    words = said(PAGE_ONE, rows)[0]
    assert "Over time: Quarterly completion was below its expected range in the first quarter of 2022." in words
    assert "Needs a look: quarterly completion gave a signal of concern, told under Over time." in words


def test_before_anybody_is_discharged_nothing_is_said_of_those_discharged():
    """A table of nothing but "no data", and that no date of discharge is known, of a program that has just begun."""
    rows = [row | {"discharge_reason": "active"} for row in people(30, 30, sex=lambda i: ("female", "male")[i % 2], phq9_admit=16)]
    assert "Not known: every outcome, until people are discharged." in said(PAGE_ONE, rows, policy="cms11")[0]
    assert "Completion over time is not shown: nobody has been discharged yet." in said(OVER_TIME, rows)[0]
    assert "no data" not in said(WHO, rows, policy="cms11")[0]
    with small(rows) as data:
        assert not MISSING_SCORES.sections(page_of(data, PAGE_ONE, MISSING_SCORES, policy="cms11"))
