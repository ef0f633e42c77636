"""Takes parts of resources in every shape a file may give them, gives ids, days and points, or the reason why there are none."""

from decimal import Decimal
from pathlib import Path

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters import fhir_values as values

FILE = Path("private/Observation.ndjson")
NOTHING = (None, "", 3, True, [], {}, [[]], [None])


def test_parts_and_texts_of_any_shape():
    """Objects alone, single or in a list; texts without the space around them, and none that no file could hold."""
    assert all(values.parts(nothing) == [] for nothing in NOTHING if nothing != {})
    assert values.parts({"a": 1}) == values.parts([{"a": 1}, 5, "b"]) == [{"a": 1}]
    assert all(values.text_of(nothing, "a") is None for nothing in NOTHING)
    assert [values.text_of({"a": text}, "a") for text in (" b ", " ", "", 7, "\ud800")] == ["b", None, None, None, None]


def test_codes_come_once_each_in_their_order():
    """Of one concept, or of several."""
    first, second = {"coding": [{"code": "x"}, {"code": "y"}, {"display": "z"}]}, {"coding": {"code": "x"}}
    assert values.codes_of([second, first, None]) == ["x", "y"]
    assert values.codes_of(first) == ["x", "y"]
    assert values.codes_of(None) == []


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Patient/7", "7"),
        ("Patient/7/_history/2", "7"),
        ("urn:uuid:0a-1b", "0a-1b"),
        ("https://a.example/fhir/Patient/7", "7"),
        ("#7", None),
        ("Group/7", None),
        ("Patient/", None),
        ("Patient/a b", None),
        ("7", None),
        (7, None),
    ],
)
def test_the_id_of_a_reference(reference, expected):
    """Contained ones, those of another type and those without an id are none."""
    assert values.Ledger().reference({"reference": reference}, "Patient") == expected


def test_references_to_two_servers_may_be_two_people():
    """One server under two kinds is one."""
    ledger = values.Ledger()
    ledger.reference({"reference": "https://a.example/fhir/Patient/7"}, "Patient")
    ledger.reference({"reference": "https://a.example/fhir/Encounter/7"}, "Encounter")
    with pytest.raises(DataError, match="two_servers: references name two servers"):
        ledger.reference({"reference": "https://b.example/fhir/Patient/7"}, "Patient")


def test_a_site_by_id_or_by_identifier():
    """In a reference, as a search, or in its place; that of a person is no place."""
    ledger = values.Ledger()
    assert ledger.site({"reference": "Location/3"}) == "3"
    assert ledger.site({"reference": "Organization?identifier=urn:sites|11"}) == "11"
    assert ledger.site({"identifier": {"value": "12"}}) == "12"
    assert ledger.site({"type": "Patient", "identifier": {"value": "12"}}) is None
    assert [ledger.site(nothing) for nothing in NOTHING] == [None] * len(NOTHING)


def test_what_could_not_be_used_is_counted_by_file_and_reason():
    """Without the folder of the file."""
    ledger = values.Ledger()
    for line in (2, 9):
        ledger.note(FILE, line, "without a date")
    ledger.note(FILE, 4, "two of a kind", "note")
    found = [(finding.file, finding.message, finding.lines, finding.severity) for finding in ledger.findings()]
    assert found == [
        ("Observation.ndjson", "2 without a date", (2, 9), "warning"),
        ("Observation.ndjson", "1 two of a kind", (4,), "note"),
    ]
    assert values.Ledger().findings() == []


def test_days_as_they_were_written():
    """In no other time zone; a month is no day, and the reason says which it is."""
    assert [values.day(text) for text in ("2024-01-02", "2024-01-02T23:30:00-05:00", "2024-01", "2024", "2 Jan", "", None)] == [
        *["2024-01-02"] * 2,
        *[None] * 5,
    ]
    assert values.without_day("2024-01") == values.without_day("2024") == "with a partial date: the day is not known"
    assert values.without_day("soon") == values.without_day(None) == "without a date"


def test_points_are_exact():
    """Whole numbers without a point, of any exponent; truth and text are no points."""
    given = (12, Decimal("12.0"), Decimal("1.50"), Decimal("1E+2"), -0, True, "12", None, 1.5)
    assert [values.points(value) for value in given] == ["12", "12", "1.50", "100", "0", None, None, None, None]
    assert values.points(Decimal("1E+999999")) == "1E+999999"


WEIGHT = {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": Decimal(2)}
OTHER_WEIGHT = {"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueInteger": 3}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"valueInteger": 14}, "14"),
        ({"valueQuantity": {"value": 14, "unit": "{score}"}}, "14"),
        ({"valueCoding": {"code": "LA6570-1"}}, "3"),
        ({"valueCodeableConcept": {"coding": [{"code": "?", "extension": [WEIGHT]}]}}, "2"),
        ({"valueCoding": {"code": "?"}, "extension": [OTHER_WEIGHT]}, "3"),
        ({"valueInteger": 2, "extension": [WEIGHT]}, "2"),
        ({"valueInteger": 2, "extension": [OTHER_WEIGHT]}, "whose code and points disagree"),
        ({"valueCoding": {"code": "LA6570-1", "extension": [WEIGHT]}}, "whose code and points disagree"),
        ({"valueCoding": {"code": "?"}}, "with a value that is no number of points"),
        ({"valueString": "14"}, "with a value that is no number of points"),
        ({"valueQuantity": {"value": 14, "unit": "mg"}}, "in a unit that is not points"),
        ({"valueQuantity": {"value": 14, "comparator": "<"}}, "with a value that is only a bound"),
        ({}, "without a value: missing, not 0"),
        ({"valueInteger": 1, "valueString": "1"}, "with two values"),
        ({"valueInteger": 1, "dataAbsentReason": {"text": "x"}}, "whose value is absent for a stated reason"),
    ],
)
def test_the_points_of_a_value_or_the_reason(part, expected):
    """Every kind of value in which points may stand; two that say different points are none."""
    number, why = values.value_of(part, {"LA6570-1": 3})
    assert (number or why) == expected
    assert (number is None) == bool(why)


def test_items_at_any_depth_come_groups_first():
    """Below an item and below its answers; what stands in something modified is modified."""
    form = {
        "item": [
            {"linkId": "1", "item": [{"linkId": "2"}], "modifierExtension": [{}]},
            {"linkId": "3", "answer": [{"modifierExtension": [{}], "item": {"linkId": "4"}}, {"item": {"linkId": "5"}}]},
        ]
    }
    assert [(item["linkId"], marked) for item, marked in values.every_item(form)] == [
        ("1", True),
        ("2", True),
        ("3", False),
        ("4", True),
        ("5", False),
    ]
    assert list(values.every_item({})) == []
