"""Takes answers to items in every way of writing them, gives one form a day, and none where they contradict."""

import pytest

from iop_outcomes.errors import DataError
from tests.adapters import fhir
from tests.adapters.asked import mapped, said, scores_of
from tests.intake.adapters.test_fhir import EPISODE, ITEMS, NUMBERS, PANEL, form, read, total

CODED = [{"valueCoding": {"system": fhir.LOINC, "code": fhir.ANSWERS[k % 4]}} for k in range(9)]

WEIGHED = [
    {
        "valueCoding": {
            "code": f"own-{k}",
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": k % 4}],
        }
    }
    for k in range(9)
]

SUM = sum(k % 4 for k in range(9))


def weight(points, name="itemWeight", kind="valueDecimal"):
    """Points written beside a coding or an answer."""
    return {"url": f"http://hl7.org/fhir/StructureDefinition/{name}", kind: points}


ITEM_WEIGHED = [{"valueCoding": {"code": f"own-{k}", "extension": [weight(k % 4)]}} for k in range(9)]

ANSWER_WEIGHED = [{"valueCoding": {"code": f"own-{k}"}, "extension": [weight(k % 4, kind="valueInteger")]} for k in range(9)]

SAID_TWICE = [{"valueCoding": {**CODED[k]["valueCoding"], "extension": [weight(k % 4), weight(k % 4, "ordinalValue")]}} for k in range(9)]

WAYS = {"codes": CODED, "numbers": NUMBERS, "weights": WEIGHED, "items": ITEM_WEIGHED, "answers": ANSWER_WEIGHED, "twice": SAID_TWICE}


@pytest.mark.parametrize("answers", list(WAYS.values()), ids=list(WAYS))
@pytest.mark.parametrize("link", ["/{}", "{}", "/44249-1/{}", "44249-1/{}"])
def test_one_form_however_it_is_written(tmp_path, answers, link):
    """Answers as LOINC codes, numbers or weighted codes, links with or without a slash: the items add up to the same total."""
    made = form(answers)
    for item, code in zip(made["item"], ITEMS, strict=True):
        item["linkId"] = link.format(code)
    tables, findings = read(tmp_path, forms=[made])
    assert scores_of(tables) == [(EPISODE, 0, SUM)]
    assert said(findings, "items") == []


def test_items_deep_in_groups(tmp_path):
    """Groups, and items below answers, hold items like the form itself."""
    made = form(NUMBERS)
    inner = made["item"]
    made["item"] = [
        {
            "linkId": "g",
            "item": [{"linkId": "q", "answer": [{"valueBoolean": True, "item": inner[:4]}]}, {"linkId": "h", "item": inner[4:]}],
        }
    ]
    tables, _ = read(tmp_path, forms=[made])
    assert scores_of(tables) == [(EPISODE, 0, SUM)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"valueCoding": {"code": "own-3"}}, "items with a value that is no number of points: left blank"),
        ({"valueString": "3"}, "items with a value that is no number of points: left blank"),
        (None, ""),
    ],
    ids=["unknown code", "text", "left open"],
)
def test_an_item_without_points_is_blank(tmp_path, answer, words):
    """One blank item of nine is prorated by the scale's own rule; nothing is taken for 0."""
    tables, findings = read(tmp_path, forms=[form([answer, *({"valueInteger": 2} for _ in range(8))])])
    assert scores_of(tables) == [(EPISODE, 0, 18)]
    assert len(said(findings, "items with")) == bool(words)


ELEVEN = (1, 1, 1, 1, 1, 1, 1, 2, 2)

DISAGREE = {
    "a weight": lambda k, points: {"valueCoding": {"code": fhir.ANSWERS[0], "extension": [weight(points, "ordinalValue")]}},
    "an item weight": lambda k, points: {"valueCoding": {"code": fhir.ANSWERS[0], "extension": [weight(points)]}},
    "a weight of the answer": lambda k, points: {"valueCoding": {"code": fhir.ANSWERS[0]}, "extension": [weight(points)]},
    "a number": lambda k, points: {"valueInteger": 0, "extension": [weight(points)]},
    "two weights": lambda k, points: {"valueCoding": {"code": "x", "extension": [weight(0), weight(points, "ordinalValue")]}},
}


@pytest.mark.parametrize("way", list(DISAGREE))
def test_a_code_that_disagrees_with_its_points_is_blank(tmp_path, way):
    """A PHQ-9 of 11 whose codes say 0: neither is believed, and the warning counts the nine answers."""
    made = form([DISAGREE[way](k, points) for k, points in enumerate(ELEVEN)])
    tables, findings = read(tmp_path, forms=[made])
    assert scores_of(tables) == []
    assert said(findings, "disagree") == ["9 items whose code and points disagree: left blank"]


def test_one_answer_that_disagrees_leaves_the_others(tmp_path):
    """One blank item of nine is prorated by the scale's rule, also where the item is an observation."""
    wrong = DISAGREE["a weight"](0, 3)
    tables, _ = read(tmp_path, forms=[form([wrong, *({"valueInteger": 2} for _ in range(8))])])
    assert scores_of(tables) == [(EPISODE, 0, 18)]
    coded = {"valueInteger": None, "valueCodeableConcept": {"coding": [wrong["valueCoding"]]}}
    items = [total(id=f"i{k}", code=fhir.concept(code), **(coded if k == 0 else {"valueInteger": 2})) for k, code in enumerate(ITEMS)]
    tables, findings = read(tmp_path / "items", items)
    assert scores_of(tables) == [(EPISODE, 0, 18)]
    assert said(findings, "disagree") == ["1 items whose code and points disagree"]


@pytest.mark.parametrize(
    ("points", "used"), [((0,) * 9, []), ((1,) * 9, []), (ELEVEN, [11]), ((2,) * 5 + (0, 0, 0, None), [11]), ((1,) * 7 + (0, None), [])]
)
def test_a_total_that_disagrees_with_the_form_of_its_day_is_not_used(tmp_path, points, used):
    """An observation of 11 beside a form: the items left open may be 0 to 3; otherwise neither is used, and both are counted."""
    made = form([None if point is None else {"valueInteger": point} for point in points])
    tables, findings = read(tmp_path, [total(valueInteger=11)], [made])
    assert [score for _, _, score in scores_of(tables)] == used
    words = "scores and forms of one day whose total and items cannot both be right: neither is used"
    wrong = [(name, f"1 {words}") for name in ("Observation.ndjson", "QuestionnaireResponse.ndjson") if not used]
    assert [finding for finding in findings if words in finding[1]] == wrong


def test_a_form_that_disagrees_with_itself_is_not_used(tmp_path):
    """A panel, or a form with its total as an item, whose parts do not add up."""
    parts = [{"code": fhir.concept(code), "valueInteger": 1} for code in ITEMS]
    panel = total(**PANEL, component=[{"code": fhir.concept(fhir.PHQ9), "valueInteger": 11}, *parts])
    made = form(NUMBERS)
    made["item"].append({"linkId": fhir.PHQ9, "answer": [{"valueInteger": SUM + 1}]})
    tables, findings = read(tmp_path, [panel], [{**made, "authored": "2024-02-01"}])
    assert scores_of(tables) == []
    assert len(said(findings, "cannot both be right")) == 2
    made["item"][-1]["answer"] = [{"valueInteger": SUM}]
    assert scores_of(read(tmp_path / "right", [], [made])[0]) == [(EPISODE, 0, SUM)]


def test_items_of_a_form_and_of_observations_are_one_form(tmp_path):
    """An item that was extracted joins the form it was extracted from; where the two differ, it is blank and counted."""
    single = total(id="i0", code=fhir.concept(ITEMS[0]), valueInteger=0)
    tables, findings = read(tmp_path, [single], [form(NUMBERS)])
    assert (scores_of(tables), said(findings, "differently")) == ([(EPISODE, 0, SUM)], [])
    tables, findings = read(tmp_path / "other", [{**single, "valueInteger": 3}], [form([{"valueInteger": 2}] * 9)])
    assert scores_of(tables) == [(EPISODE, 0, 18)]
    assert said(findings, "differently") == ["1 items given twice, differently: left blank"]


def test_an_item_answered_twice_is_blank(tmp_path):
    """Two answers to one item, in one place or in two, leave it blank."""
    made = form([{"valueInteger": 2}] * 9)
    made["item"][0]["answer"].append({"valueInteger": 3})
    made["item"].append({"linkId": ITEMS[1], "answer": [{"valueInteger": 0}]})
    tables, findings = read(tmp_path, forms=[made])
    assert [score for _, _, score in scores_of(tables)] == [None]
    assert len(said(findings, "items with two answers")) == 1
    assert said(findings, "differently") == ["1 items given twice, differently: left blank"]


def test_a_form_whose_total_stands_as_an_observation_counts_once(tmp_path):
    """What a server extracted from a form is the same score, not a second one."""
    tables, findings = read(tmp_path, [total(valueInteger=SUM)], [form(NUMBERS)])
    assert scores_of(tables) == [(EPISODE, 0, SUM)]
    assert len(said(findings, "counted once")) == 1


def test_items_as_observations_are_one_form(tmp_path):
    """Nine observations of one day, one for each item, are one score."""
    items = [total(id=f"item-{k}", code=fhir.concept(code, system=fhir.LOINC), valueInteger=k % 4) for k, code in enumerate(ITEMS)]
    tables, _ = read(tmp_path, items)
    assert scores_of(tables) == [(EPISODE, 0, SUM)]


def test_names_of_items_that_are_the_sites_own(tmp_path):
    """[adapter.fields] says which link is which item."""
    made = form(NUMBERS)
    for number, item in enumerate(made["item"], start=1):
        item["linkId"] = f"mood.q{number}"
    names = {f"phq9_{number}": f"mood.q{number}" for number in range(1, 10)}
    tables, _ = read(tmp_path, forms=[made], mapping=mapped(fhir, fields=names))
    assert scores_of(tables) == [(EPISODE, 0, SUM)]
    with pytest.raises(DataError, match='no field "phq_1"'):
        read(tmp_path, forms=[made], mapping=mapped(fhir, fields={"phq_1": "x"}))
