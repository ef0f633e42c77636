"""FHIR R4 bulk files: every way of writing one fact is read alike, and what cannot be used is counted, never guessed."""

import gzip
import json

import pytest

from iop_outcomes.errors import DataError
from tests.adapters import fhir, program
from tests.adapters.asked import episode, loaded, mapped, said, scores_of

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


CODED = [{"valueCoding": {"system": fhir.LOINC, "code": fhir.ANSWERS[k % 4]}} for k in range(9)]
NUMBERS = [{"valueInteger": k % 4} for k in range(9)]
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


def test_an_item_answered_twice_is_blank(tmp_path):
    """Two answers to one item, in one place or in two, leave it blank."""
    made = form([{"valueInteger": 2}] * 9)
    made["item"][0]["answer"].append({"valueInteger": 3})
    made["item"].append({"linkId": ITEMS[1], "answer": [{"valueInteger": 0}]})
    tables, findings = read(tmp_path, forms=[made])
    assert [score for _, _, score in scores_of(tables)] == [None]
    assert len(said(findings, "items with two answers")) == 1
    assert said(findings, "differently") == ["1 items given twice, differently: left blank"]


@pytest.mark.parametrize(
    ("status", "used"), [("completed", 1), ("amended", 1), ("in-progress", 0), ("stopped", 0), ("entered-in-error", 0), ("nonsense", 0)]
)
def test_only_finished_forms_count(tmp_path, status, used):
    """A form in progress is no score yet, an amended one is."""
    tables, findings = read(tmp_path, forms=[form(NUMBERS, status=status)])
    assert len(scores_of(tables)) == used
    assert len(said(findings, "forms that are not final")) == 1 - used


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


# -- episodes ----------------------------------------------------------------------------------------------------------


def changed(name, **changes):
    """The EpisodeOfCare resources with one changed."""
    return [{**resource, **(changes if resource["id"] == name else {})} for resource in fhir.episodes_of_care()]


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "planned", "waitlist", "nonsense"])
def test_episodes_that_did_not_take_place_are_counted(tmp_path, status):
    """They are no episodes, and the finding says how many and why."""
    care = changed(EPISODE, status=status)
    tables, findings = loaded(fhir.write(tmp_path, **{"EpisodeOfCare.000": care, "EpisodeOfCare.001": None}), fhir.MAPPING)
    assert len(tables["episodes"]) == 29
    assert len(said(findings, "episodes that are not under way or over")) == 1


def test_an_episode_over_without_an_end(tmp_path):
    """How and when it ended is not known, unless the mapping says that such episodes are still in care."""
    encounters = [visit for visit in fhir.encounters() if visit["id"] != f"{EPISODE}-last"]
    parts = {"EpisodeOfCare.000": changed(EPISODE, period={"start": START}), "EpisodeOfCare.001": None, "Encounter": encounters}
    tables, findings = loaded(fhir.write(tmp_path, **parts), fhir.MAPPING)
    assert episode(tables, EPISODE)["discharge_reason"] is None
    assert len(said(findings, "over without an end date")) == 1
    tables, findings = loaded(tmp_path, mapped(fhir, without_end="active"))
    assert episode(tables, EPISODE)["discharge_reason"] == "active"


SITE = {"identifier": {"system": "urn:sites", "value": "11"}}
SITES = {
    "an identifier": (SITE, "north"),
    "an identifier of an Organization": ({**SITE, "type": "Organization"}, "north"),
    "an identifier of a Location": ({**SITE, "type": "Location"}, "north"),
    "a Location": ({"reference": "Location/11"}, "north"),
    "a search": ({"reference": "Organization?identifier=urn:sites|11"}, "north"),
    "a reference before an identifier": ({"reference": "Organization/12", **SITE}, "south"),
    "an identifier of a person": ({**SITE, "type": "Practitioner"}, None),
    "a name alone": ({"display": "North"}, None),
    "a contained one": ({"reference": "#o"}, None),
}


@pytest.mark.parametrize("way", list(SITES))
def test_the_place_of_an_episode(tmp_path, way):
    """By reference or by the identifier in its place; one that cannot be told is blank, and counted."""
    place, site = SITES[way]
    care = changed(EPISODE, managingOrganization=place)
    tables, findings = loaded(fhir.write(tmp_path, **{"EpisodeOfCare.000": care, "EpisodeOfCare.001": None}), fhir.MAPPING)
    assert episode(tables, EPISODE)["site"] == site
    assert len(said(findings, "place cannot be told")) == (site is None)


@pytest.mark.parametrize(
    ("where", "site"),
    [
        ({"serviceProvider": SITE, "location": [{"location": {"reference": "Location/12"}}]}, "north"),
        ({"location": [{"location": SITE}, {"location": SITE}]}, "north"),
        ({"location": [{"location": SITE}, {"location": {"reference": "Location/12"}}]}, None),
    ],
    ids=["provider", "location", "two locations"],
)
def test_the_place_of_a_visit(tmp_path, where, site):
    """Its provider, or else its one location."""
    care = fhir.episodes_of_care()[1]
    visit = {"resourceType": "Encounter", "id": EPISODE, "status": "finished", "class": {"code": "AMB"}, "type": care["type"], **where}
    visit |= {"subject": care["patient"], "period": care["period"]}
    folder = fhir.write(tmp_path, **{"EpisodeOfCare.000": None, "EpisodeOfCare.001": None}, Encounter=[visit])
    tables, findings = loaded(folder, mapped(fhir, episodes="Encounter"))
    assert episode(tables, EPISODE).get("site") == site
    assert len(said(findings, "place cannot be told")) == (site is None)


@pytest.mark.parametrize("start", ["2024-01", "2024"])
def test_an_episode_with_a_partial_date_is_refused_or_left_out(tmp_path, start):
    """It is an error of its row like any other date that is none, and can be left out, counted."""
    care = changed(EPISODE, period={"start": start, "end": "2024-03-01"})
    folder = fhir.write(tmp_path, **{"EpisodeOfCare.000": care, "EpisodeOfCare.001": None})
    with pytest.raises(DataError, match=r"EpisodeOfCare.000.ndjson:2: admit_date: invalid_date"):
        loaded(folder, fhir.MAPPING)
    tables, _ = loaded(folder, fhir.MAPPING, on_error="exclude")
    assert len(tables["episodes"]) == 29


def test_the_last_visit_says_how_an_episode_ended(tmp_path):
    """An earlier disposition does not count; two last ones that differ leave the reason blank; one in error says nothing."""

    def visit(name, end, code, status="finished"):
        shared = {"resourceType": "Encounter", "id": name, "status": status, "episodeOfCare": [fhir.reference("EpisodeOfCare", EPISODE)]}
        return {**shared, "period": {"end": end}, "hospitalization": {"dischargeDisposition": fhir.concept(code)}}

    others = [one for one in fhir.encounters() if one["id"] != f"{EPISODE}-last"]
    early, late = visit("a", "2024-02-01", "AMA"), visit("b", "2024-03-01T10:00:00Z", "COMP")
    tables, _ = loaded(
        fhir.write(tmp_path, Encounter=[*others, late, early, visit("c", "2024-04-01", "EXP", "entered-in-error")]), fhir.MAPPING
    )
    assert episode(tables, EPISODE)["discharge_reason"] == "completed"
    tables, findings = loaded(fhir.write(tmp_path, Encounter=[*others, late, visit("d", "2024-03-01", "AMA")]), fhir.MAPPING)
    assert episode(tables, EPISODE)["discharge_reason"] is None
    assert len(said(findings, "ended in different ways")) == 1
    undated = {key: value for key, value in visit("e", "", "AMA").items() if key != "period"}
    tables, findings = loaded(fhir.write(tmp_path, Encounter=[*others, late, undated]), fhir.MAPPING)
    assert episode(tables, EPISODE)["discharge_reason"] is None  # it may be the last
    assert len(said(findings, "ended in different ways")) == 1


def test_people_who_were_joined_are_counted(tmp_path):
    """A record that another one replaced may hold episodes of the same person: nobody joins them here, and the finding says so."""
    people = fhir.patients()
    people[1]["link"] = [{"other": {"reference": "Patient/501"}, "type": "replaced-by"}]
    people[2]["link"] = [{"other": {"reference": "Patient/501"}, "type": "seealso"}]
    _, findings = loaded(fhir.write(tmp_path, Patient=people), fhir.MAPPING)
    assert said(findings, "replaced") == ["1 people whose record was replaced by another one: their episodes are not joined"]


def test_encounters_as_episodes(tmp_path):
    """Where no EpisodeOfCare is exported, visits of a track's type are the episodes."""
    visits = []
    for care in fhir.episodes_of_care():
        visit = {"resourceType": "Encounter", "id": care["id"], "status": "finished" if care["status"] == "finished" else "in-progress"}
        visit |= {"class": {"code": "AMB"}, "type": care["type"], "subject": care["patient"], "period": care["period"]}
        code = next((row["discharge_reason"] for row in program.episodes() if row["episode_id"] == care["id"]), None)
        if code not in (None, "active"):
            visit["hospitalization"] = {"dischargeDisposition": fhir.concept(fhir.code_of(program.REASON_CODES, code))}
        visits.append(visit)
    folder = fhir.write(tmp_path, **{"EpisodeOfCare.000": None, "EpisodeOfCare.001": None}, Encounter=visits)
    tables, _ = loaded(folder, mapped(fhir, episodes="Encounter"))
    reasons = {row["episode_id"]: row["discharge_reason"] for row in tables["episodes"]}
    assert reasons == {row["episode_id"]: row["discharge_reason"] for row in program.episodes()}


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


# -- hostile files -----------------------------------------------------------------------------------------------------

LINE = json.dumps(TOTAL).encode()
BROKEN = {
    "cut short": (LINE + b"\n" + LINE[:60], "Observation.ndjson:2: not_json"),
    "a list": (b"[1, 2]\n", "Observation.ndjson:1: not_json"),
    "not a number": (LINE.replace(b"14}", b"NaN}") + b"\n", "Observation.ndjson:1: not_json"),
    "a number without end": (LINE.replace(b"14}", b"1" * 5000 + b"}") + b"\n", "Observation.ndjson:1: not_json"),
    "a key twice": (LINE[:-1] + b', "status": "final"}\n', "Observation.ndjson:1: duplicate_key"),
    "a key twice, deep": (LINE[:-1] + b', "x": {"a": 1, "a": 1}}\n', "Observation.ndjson:1: duplicate_key"),
    "nested without end": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "Observation.ndjson:1: nested_too_deeply"),
    "a line without end": (b'{"a": "' + b"x" * (1 << 21) + b'"}', "Observation.ndjson:1: line_too_long"),
    "latin-1": (b'{"a": "\xe9"}\n', "Observation.ndjson:1: not_utf8"),
    "gzip": (b"\x1f\x8b\x08\x00\xff\xff", "Observation.ndjson:1: not_utf8"),
    "another resource": (b'{"resourceType": "Bundle", "id": "x"}\n', "Observation.ndjson:1: other_resource"),
    "no id": (b'{"resourceType": "Observation"}\n', "Observation.ndjson:1: no_id"),
    "half a letter as an id": (b'{"resourceType": "Observation", "id": "\\ud800"}\n', "Observation.ndjson:1: no_id"),
    "one id twice": (LINE + b"\n\n" + LINE, "Observation.ndjson:3: duplicate_id"),
    "two servers": (
        LINE.replace(b"Patient/502", b"https://a.example/Patient/502"),
        "Patient: two_servers",
    ),
}


@pytest.mark.parametrize("fault", list(BROKEN))
def test_a_broken_line_is_named(tmp_path, fault):
    """One clear error with file and line; nothing of the line itself is shown."""
    content, words = BROKEN[fault]
    with pytest.raises(DataError) as caught:
        loaded(fhir.write(tmp_path, Observation=content), fhir.MAPPING)
    assert str(caught.value).startswith(words)
    assert PERSON not in str(caught.value)


def test_blank_lines_and_a_byte_order_mark_are_no_fault(tmp_path):
    """What exporters add around the lines changes nothing."""
    tables, _ = loaded(fhir.write(tmp_path, Observation=b"\xef\xbb\xbf" + LINE + b"\r\n\r\n", QuestionnaireResponse=None), fhir.MAPPING)
    assert scores_of(tables) == [(EPISODE, 0, 14)]


def test_packed_files_are_the_same(tmp_path):
    """Files packed by gzip give the same rows; one that is cut off, or spoilt, is named."""
    folder = fhir.write(tmp_path / "plain", Observation=LINE, QuestionnaireResponse=None)
    expected = scores_of(loaded(folder, fhir.MAPPING)[0])
    for path in list(folder.glob("*.ndjson")):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert scores_of(loaded(folder, fhir.MAPPING)[0]) == expected == [(EPISODE, 0, 14)]
    for content in (gzip.compress(LINE)[:-9], gzip.compress(LINE)[:-8] + bytes(8)):
        (folder / "Observation.ndjson.gz").write_bytes(content)
        with pytest.raises(DataError, match=r"^Observation\.ndjson\.gz: not_gzip: ") as caught:
            loaded(folder, fhir.MAPPING)
        assert PERSON not in str(caught.value)


def test_a_packed_file_without_end(tmp_path):
    """A line that only unpacking makes long, and blank lines without end, are refused before they fill the memory."""
    folder = fhir.write(tmp_path, Observation=LINE, QuestionnaireResponse=None)
    (folder / "Observation.ndjson").unlink()
    for content, words in ((b"x" * (2 << 20), "line_too_long"), ((b" " * 1000 + b"\n") * 100_000, "file_too_large")):
        (folder / "Observation.ndjson.gz").write_bytes(gzip.compress(content, 9))
        with pytest.raises(DataError, match=rf"^Observation\.ndjson\.gz.*{words}"):
            loaded(folder, fhir.MAPPING)


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


def test_a_number_of_any_size_is_refused_at_once(tmp_path):
    """An exponent of nine digits is no score, and is never worked out."""
    folder = fhir.write(tmp_path, Observation=LINE.replace(b"14}", b"1e999999999}") + b"\n")
    with pytest.raises(DataError, match="score: "):
        loaded(folder, fhir.MAPPING)
