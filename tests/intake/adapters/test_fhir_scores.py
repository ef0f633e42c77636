"""Takes observations in every way of writing one score, gives the score, or counts what cannot be used."""

import pytest

from tests.adapters import fhir
from tests.adapters.asked import said, scores_of
from tests.intake.adapters.test_fhir import EPISODE, NUMBERS, PANEL, PERSON, START, form, read, total

USABLE = {
    "a quantity in points": total(valueInteger=None, valueQuantity={"value": 14.0, "unit": "{score}", "code": "{score}"}),
    "a quantity without a unit": total(valueInteger=None, valueQuantity={"value": 14}),
    "a whole number": total(),
    "a component of the panel": total(**PANEL, component=[{"code": fhir.concept(fhir.PHQ9), "valueInteger": 14}]),
    "an amended status": total(status="amended"),
    "a corrected status": total(status="corrected"),
    "several codings, one of which is known": total(code=fhir.concept("local-1", fhir.PHQ9)),
    "a relative reference with a version": total(subject={"reference": f"Patient/{PERSON}/_history/3"}),
    "an absolute reference": total(subject={"reference": f"https://example.org/fhir/Patient/{PERSON}"}),
    "a reference by uuid": total(subject={"reference": f"urn:uuid:{PERSON}"}),
    "an evening far to the west": total(effectiveDateTime=f"{START}T23:59:00-11:00"),
    "a morning far to the east": total(effectiveDateTime=f"{START}T00:01:00+14:00"),
    "a period within the day": total(effectiveDateTime=None, effectivePeriod={"start": f"{START}T09:00:00Z", "end": f"{START}T09:10:00Z"}),
}

UNUSABLE = {
    "entered in error": (total(status="entered-in-error"), "scores that are not final (entered-in-error)"),
    "cancelled": (total(status="cancelled"), "scores that are not final (cancelled)"),
    "preliminary": (total(status="preliminary"), "scores that are not final (preliminary)"),
    "a status of no standard": (total(status="Zq7-secret"), "scores that are not final (no known status)"),
    "a modifier extension": (total(modifierExtension=[{"url": "urn:not", "valueBoolean": True}]), "scores with a modifier extension"),
    "no value": (total(valueInteger=None), "without a value: missing, not 0"),
    "an absent value": (total(valueInteger=None, dataAbsentReason=fhir.concept("refused")), "absent for a stated reason"),
    "a value and a reason for none": (total(dataAbsentReason=fhir.concept("refused")), "absent for a stated reason"),
    "two values": (total(valueQuantity={"value": 3}), "with two values"),
    "a bound": (total(valueInteger=None, valueQuantity={"value": 14, "comparator": "<"}), "only a bound"),
    "a percentage": (total(valueInteger=None, valueQuantity={"value": 14, "unit": "%"}), "in a unit that is not points"),
    "a text": (total(valueInteger=None, valueString="14"), "no number of points"),
    "a truth value": (total(valueInteger=True), "no number of points"),
    "a year and a month": (total(effectiveDateTime="2024-01"), "with a partial date"),
    "a year": (total(effectiveDateTime="2024"), "with a partial date"),
    "no date": (total(effectiveDateTime=None), "without a date"),
    "a period of two days": (
        total(effectiveDateTime=None, effectivePeriod={"start": START, "end": "2024-01-10"}),
        "scores without a date",
    ),
    "a contained person": (
        total(subject={"reference": "#p1"}, contained=[{"resourceType": "Patient", "id": "p1"}]),
        "reference to a person",
    ),
    "a logical reference": (total(subject={"identifier": {"value": "502"}}), "reference to a person"),
    "a group": (total(subject={"reference": "Group/502"}), "reference to a person"),
    "codes of two scales": (total(code=fhir.concept(fhir.PHQ9, "70274-6")), "two scales or items"),
}


@pytest.mark.parametrize("way", list(USABLE))
def test_one_score_however_it_is_written(tmp_path, way):
    """The same 14 points on day 0, from each form the standard allows; the day is the one that was written, in no other time zone."""
    tables, findings = read(tmp_path, [USABLE[way]])
    assert scores_of(tables) == [(EPISODE, 0, 14)]
    assert said(findings, "score") == []


@pytest.mark.parametrize("fault", list(UNUSABLE))
def test_a_score_that_cannot_be_used_is_counted(tmp_path, fault):
    """It becomes no score, not 0 either; the finding names the file, the line and the reason, and no value."""
    observation, words = UNUSABLE[fault]
    other = total(id="two", effectiveDateTime="2024-01-10", valueInteger=9)
    tables, findings = read(tmp_path, [other, observation])
    assert scores_of(tables) == [(EPISODE, 1, 9)]
    assert len(said(findings, words)) == 1
    assert [file for file, message in findings if words in message] == ["Observation.ndjson"]
    assert "Zq7" not in str(findings)


def test_the_finding_names_the_lines(tmp_path):
    """Two unusable records of one kind are one finding with both lines."""
    import iop_outcomes as iop

    records = [total(), total(id="two", status="cancelled"), total(id="three", status="cancelled")]
    with iop.load(fhir.write(tmp_path, Observation=records), mapping=fhir.MAPPING) as data:
        (found,) = (finding for finding in data.findings if "cancelled" in finding.message)
    assert (found.file, found.lines, found.count, found.severity) == ("Observation.ndjson", (2, 3), 2, "warning")


def test_a_total_is_never_read_from_the_code_of_an_answer(tmp_path):
    """LA6571-9 is 3 points of an item, and no total."""
    coded = {"valueCodeableConcept": fhir.concept(fhir.ANSWERS[3])}
    tables, findings = read(tmp_path, [total(valueInteger=None, **coded)])
    assert (scores_of(tables), len(said(findings, "no number of points"))) == ([], 1)


@pytest.mark.parametrize("where", ["the item", "its group", "its answer", "an answer above", "the form"])
def test_nothing_below_a_modifier_extension_is_used(tmp_path, where):
    """It may turn the meaning round: what stands below is left blank, and counted."""
    mark = {"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}
    made = form([{"valueInteger": 2}] * 9)
    first, rest = made["item"][0], made["item"][1:]
    if where == "the form":
        tables, findings = read(tmp_path, forms=[{**made, **mark}])
        assert (scores_of(tables), len(said(findings, "modifier"))) == ([], 1)
        return
    wrapped = {
        "the item": {**first, **mark},
        "its group": {"linkId": "g", "item": [first], **mark},
        "its answer": {**first, "answer": [{**first["answer"][0], **mark}]},
        "an answer above": {"linkId": "q", "answer": [{"valueBoolean": False, "item": [first], **mark}]},
    }
    made["item"] = [wrapped[where], *rest]
    tables, findings = read(tmp_path, forms=[made])
    assert scores_of(tables) == [(EPISODE, 0, 18)]  # of the eight others
    assert len(said(findings, "items with a modifier extension")) == 1


@pytest.mark.parametrize(
    ("status", "used"), [("completed", 1), ("amended", 1), ("in-progress", 0), ("stopped", 0), ("entered-in-error", 0), ("nonsense", 0)]
)
def test_only_finished_forms_count(tmp_path, status, used):
    """A form in progress is no score yet, an amended one is."""
    tables, findings = read(tmp_path, forms=[form(NUMBERS, status=status)])
    assert len(scores_of(tables)) == used
    assert len(said(findings, "forms that are not final")) == 1 - used


def test_a_score_of_nobodys_episode_is_counted(tmp_path):
    """A person without an episode, or a score long before the first: counted, and no row."""
    tables, findings = read(
        tmp_path, [total(), total(id="b", subject={"reference": "Patient/999"}), total(id="c", effectiveDateTime="2023-06-01")]
    )
    assert scores_of(tables) == [(EPISODE, 0, 14)]
    assert said(findings, "scores that belong to no episode") == ["2 scores that belong to no episode"]


def test_a_score_without_its_visit_is_placed_by_the_rule_of_every_door(tmp_path):
    """Person 501 has two episodes: a score a week before the second belongs to it alone, one before that to none."""
    person = {"reference": "Patient/501"}
    days = {"a": "2024-02-01", "b": "2024-06-03", "c": "2024-06-02"}
    tables, findings = read(tmp_path, [total(id=name, subject=person, effectiveDateTime=day) for name, day in days.items()])
    assert scores_of(tables) == [("1001", 24, 14), ("1022", -7, 14)]
    assert len(said(findings, "1 scores that belong to no episode")) == 1
