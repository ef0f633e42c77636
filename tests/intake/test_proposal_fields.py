"""Takes fields of a REDCap export and links of FHIR forms, gives the lines that say which field of a scale each is."""

from iop_outcomes.intake.proposal_fields import field_lines, link_lines, moment_lines
from iop_outcomes.scales import load_scales

SCALES = load_scales()


def fields(*names, taken=()):
    """The lines for these fields: what each is, the value written, and what may be chosen from."""
    return {line.key: (line.value, line.question and line.question.allowed) for line in field_lines(names, taken, SCALES)}


def test_fields_with_names_of_their_own_need_no_line():
    """And those that are columns of episodes, or of nothing, have none."""
    assert fields("phq9_total", "gad7_1", "housing", "record_id") == {}
    assert fields("PHQ9 Total Score", taken=["PHQ9 Total Score"]) == fields() == {}


def test_a_field_that_is_called_otherwise_is_named():
    """In small letters, as the layout reads them."""
    assert fields("PHQ9_Total_Score") == {"phq9_total": ("phq9_total_score", None)}


def test_between_several_a_person_chooses():
    """It may be left open."""
    lines = list(field_lines(["phq9_total_score", "PHQ9_Sum_Score"], (), SCALES))
    assert [line.question.allowed for line in lines] == [("phq9_total_score", "PHQ9_Sum_Score")]
    assert not lines[0].question.needed


def moments(events, *names):
    """The lines for these events."""
    return {line.key: (line.value, line.note) for line in moment_lines(events, names, SCALES)}


def test_events_called_like_admission_and_discharge():
    """Where a form has no date of its own; an event of few rows is not shown."""
    events = {"admission_arm_1": 40, "discharge_arm_1": 11, "discharge_arm_2": 10, "week_3_arm_1": 40}
    assert moments(events, "phq9_1", "phq9_2") == {
        "admission_arm_1": ("admit", "its forms without a date are of the day of admission"),
        "discharge_arm_1": ("discharge", "its forms without a date are of the day of discharge"),
    }
    assert moments(events, "phq9_1", "phq9_date") == moments(events, "housing") == {}


def form(*links, questionnaire="https://a.example/Questionnaire/intake"):
    """A form with these links."""
    return {"questionnaire": questionnaire, "item": [{"linkId": link, "item": []} for link in links]}


def links(*forms):
    """The lines for these forms, each of which came so often that its links may be shown."""
    return {line.key: line.value for line in link_lines([each for each in forms for _ in range(11)], SCALES)}


def test_links_that_name_scale_and_item():
    """In the order of the items; a link that is the name itself, and a LOINC code, need no line."""
    assert links(form("PHQ-9 item 10", "PHQ-9 item 2", "phq9_3", "44250-9", "other")) == {"phq9_2": "PHQ-9 item 2"}


def test_numbers_of_a_questionnaire_that_names_the_scale():
    """All of its items, and no other scale's; a few of them say nothing."""
    numbered = [f"q{n:02}" for n in range(1, 8)]
    gad7 = "https://a.example/Questionnaire/GAD-7|2.0"
    assert links(form(*numbered, questionnaire=gad7)) == {f"gad7_{n}": f"q{n:02}" for n in range(1, 8)}
    assert links(form(*numbered[:6], questionnaire=gad7)) == links(form(*numbered)) == {}
    assert links(form(*numbered, questionnaire=gad7), form("q01")) == {}


def test_links_of_few_forms_are_not_shown():
    """Ten forms are one too few."""
    assert link_lines([form("PHQ-9 item 2")] * 10, SCALES) == link_lines([], SCALES) == []
