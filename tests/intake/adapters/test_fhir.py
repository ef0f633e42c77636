"""FHIR R4 bulk files: every way of writing one fact is read alike, and what cannot be used is counted, never guessed."""

from tests.adapters import fhir
from tests.adapters.asked import loaded, scores_of

PERSON, EPISODE, START = "502", "1002", "2024-01-09"

TOTAL = {
    "resourceType": "Observation",
    "id": "one",
    "status": "final",
    "code": fhir.concept(fhir.PHQ9, system=fhir.LOINC),
    "subject": {"reference": f"Patient/{PERSON}"},
    "effectiveDateTime": START,
    "valueInteger": 14,
}

ITEMS = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")


def total(**changes):
    """An observation of a PHQ-9 of 14 on the day of admission, changed; None removes a key."""
    return {key: value for key, value in {**TOTAL, **changes}.items() if value is not None}


def form(answers, **changes):
    """A PHQ-9 form: one answer object, or None, for each item."""
    items = [{"linkId": f"/{code}", **({"answer": [answer]} if answer else {})} for code, answer in zip(ITEMS, answers, strict=True)]
    found = {"resourceType": "QuestionnaireResponse", "id": "form", "status": "completed", "subject": {"reference": f"Patient/{PERSON}"}}
    return {**found, "authored": START, "item": items, **changes}


def read(folder, observations=(), forms=(), mapping=fhir.MAPPING):
    """The scores and findings of the program with these observations and forms alone."""
    return loaded(fhir.write(folder, Observation=list(observations), QuestionnaireResponse=list(forms)), mapping)


PANEL = {"code": fhir.concept(fhir.PHQ9_PANEL, system=fhir.LOINC), "valueInteger": None}

NUMBERS = [{"valueInteger": k % 4} for k in range(9)]


def test_strange_shapes_do_no_harm(tmp_path):
    """Lists where objects belong, objects where texts belong, numbers of any size: counted or passed over, never a traceback."""
    strange = [
        total(id="a", code=[1, {"coding": "x"}]),
        total(id="b", subject=["Patient/502"]),
        total(id="c", effectiveDateTime={"x": 1}),
        total(id="d", valueInteger=None, valueQuantity=[14]),
        total(id="e", component="x", valueInteger=None),
        total(id="f", effectivePeriod=3, effectiveDateTime=None),
        total(id="g", status=["final"]),
        total(id="h"),
    ]
    forms = [form(NUMBERS, item={"linkId": {}, "answer": 3}), form(NUMBERS, id="f2", item=[None, {"item": [[]]}])]
    tables, findings = read(tmp_path, strange, forms)
    assert scores_of(tables) == [(EPISODE, 0, 14)]
    assert sum(int(message.split()[0]) for file, message in findings if file == "Observation.ndjson" and message[0].isdigit()) == 6
