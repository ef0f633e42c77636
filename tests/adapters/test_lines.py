"""A finding about a row names the file that the row stands in and its physical line, whatever became of the row on the way."""

import csv
import json
import re

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from tests.adapters import fhir, omop, redcap
from tests.adapters.asked import mapped


def placed(source, mapping, **options):
    """Of each finding about rows: rule, file and lines."""
    with iop.load(source, mapping=mapping, on_error="exclude", **options) as data:
        return {(found.rule, found.file, found.lines) for found in data.findings if found.lines}


def changed(rows, at, **cells):
    """Rows with one changed."""
    return [{**row, **cells} if place == at else row for place, row in enumerate(rows)]


def with_breaks(folder, name, before):
    """A CSV with a quoted line break in its second line and a blank line before the one given; the lines move by two."""
    path = folder / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    columns = lines[0].count(",") + 1
    lines.insert(before - 1, "")
    lines[1] = f'{lines[1]},"two\nlines"'
    lines = [line + ("" if place == 1 or not line else ",more" if place == 0 else ",") for place, line in enumerate(lines)]
    path.write_text("\n".join(lines), encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as file:
        assert {len(row) for row in csv.reader(file)} == {columns + 1, 0}


# -- FHIR --------------------------------------------------------------------------------------------------------------


def split(resources, at):
    """Resources as two files, the second with a blank line first."""
    texts = [json.dumps(resource) for resource in resources]
    return "\n".join(texts[:at]) + "\n", "\n" + "\n".join(texts[at:]) + "\n"


def test_fhir_names_the_line_in_the_second_of_split_files(tmp_path):
    """An admission that is no date and a score beyond its scale, each in the second file, below a blank line."""
    care, scores = fhir.episodes_of_care(), fhir.resources()["Observation"]
    care[20]["period"] = {"start": "2024-03"}
    scores[12] = {**scores[12], "code": fhir.concept(fhir.PHQ9), "component": None, "valueQuantity": None, "valueInteger": 99}
    scores[12] = {key: value for key, value in scores[12].items() if value is not None}
    first, second = split(care, 17)
    others = dict(zip(("Observation.000", "Observation.001"), split(scores, 5), strict=True))
    folder = fhir.write(tmp_path, **{"EpisodeOfCare.000": first, "EpisodeOfCare.001": second, "Observation": None, **others})
    found = placed(folder, fhir.MAPPING)
    assert ("invalid_date", "EpisodeOfCare.001.ndjson", (5,)) in found
    assert ("score_out_of_range", "Observation.001.ndjson", (9,)) in found
    with pytest.raises(DataError, match=r"EpisodeOfCare\.001\.ndjson:5: admit_date: invalid_date"):
        iop.load(folder, mapping=fhir.MAPPING)


def test_fhir_names_the_resource_that_a_cell_came_from(tmp_path):
    """Sex stands with the person, the reason with the last visit, an item in an observation of its own."""
    people, visits = fhir.patients(), fhir.encounters()
    people[3]["gender"] = "x" * 81
    at = next(place for place, visit in enumerate(visits) if visit["id"] == "1003-last")
    visits[at]["hospitalization"] = {"dischargeDisposition": fhir.concept("GONE")}
    shared = {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/502"}, "effectiveDateTime": "2024-01-09"}
    items = [{**shared, "id": f"i{k}", "code": fhir.concept(code), "valueInteger": 1} for k, code in enumerate(omop.GAD7_ITEMS)]
    items[4]["valueInteger"] = 7
    found = placed(fhir.write(tmp_path, Patient=people, Encounter=visits, Observation=items, QuestionnaireResponse=None), fhir.MAPPING)
    assert ("label_too_long", "Patient.ndjson", (4,)) in found
    assert ("unknown_code", "Encounter.ndjson", (at + 1,)) in found
    assert ("out_of_range", "Observation.ndjson", (5,)) in found


def test_fhir_names_the_lines_of_what_belongs_to_no_episode(tmp_path):
    """Scores and events of people without an episode."""
    stray = {"resourceType": "Observation", "status": "final", "code": fhir.concept(fhir.PHQ9), "subject": {"reference": "Patient/x"}}
    stray |= {"id": "stray", "effectiveDateTime": "2024-01-09", "valueInteger": 3}
    visit = {"resourceType": "Encounter", "id": "stray", "status": "finished", "type": [fhir.concept("ED")]}
    visit |= {"subject": {"reference": "Patient/x"}, "period": {"start": "2024-03-01"}}
    scores, visits = fhir.resources()["Observation"], fhir.encounters()
    found = placed(fhir.write(tmp_path, Observation=[*scores, stray], Encounter=[*visits, visit]), fhir.MAPPING)
    assert ("record_not_used", "Observation.ndjson", (len(scores) + 1,)) in found
    assert ("record_not_used", "Encounter.ndjson", (len(visits) + 1,)) in found


# -- OMOP --------------------------------------------------------------------------------------------------------------


def test_omop_names_the_line_of_each_table(tmp_path):
    """A visit's date, a measurement beyond its scale: rows are filtered by code and sorted by id on the way, and lines hold."""
    tables = omop.tables()
    visits, measurements = tables["visit_occurrence"][1][::-1], tables["measurement"][1]
    at = next(place for place, row in enumerate(visits) if row["visit_occurrence_id"] == "1003")
    folder = omop.write(
        tmp_path,
        visit_occurrence=(omop.VISIT, changed(visits, at, visit_start_date="2024-02-31")),
        measurement=(omop.MEASUREMENT, changed(measurements, 4, value_as_number="99")),
    )
    with_breaks(folder, "visit_occurrence", at + 2)
    with_breaks(folder, "measurement", 3)
    found = placed(folder, omop.MAPPING)
    assert ("invalid_date", "visit_occurrence.csv", (at + 4,)) in found
    assert ("score_out_of_range", "measurement.csv", (8,)) in found


def test_omop_names_the_row_that_a_cell_came_from(tmp_path):
    """Sex stands in person; an item in a row of its own among those of its form."""
    tables = omop.tables()
    people, rows = tables["person"][1], tables["observation"][1]
    at = next(place for place, row in enumerate(rows) if row.get("observation_source_value") == omop.GAD7_ITEMS[3])
    folder = omop.write(
        tmp_path,
        person=(tables["person"][0], changed(people, 2, gender_concept_id="x" * 81)),
        observation=(omop.OBSERVATION, changed(rows, at, value_as_number="8")),
    )
    found = placed(folder, omop.MAPPING)
    assert ("label_too_long", "person.csv", (4,)) in found
    assert ("out_of_range", "observation.csv", (at + 2,)) in found


def test_omop_names_the_lines_of_rows_that_are_not_used(tmp_path):
    """No value, another unit, no date, no episode: each with its lines, in its own table; rows of a Parquet table are rows."""
    shared = {"person_id": "502", "measurement_date": "2024-01-09", "measurement_concept_id": omop.PHQ9}
    rows = [
        {**shared, "value_as_number": "9"},
        shared,
        {**shared, "value_as_number": "9", "unit_source_value": "%"},
        {**shared, "value_as_number": "9", "measurement_date": "2024"},
        shared,
        {**shared, "value_as_number": "9", "person_id": "999"},
    ]
    folder = omop.write(
        tmp_path, observation=None, measurement=(omop.MEASUREMENT, rows), death=(["person_id", "death_date"], [{"person_id": "502"}])
    )
    found = placed(folder, omop.MAPPING)
    for lines in ((3, 6), (4,), (5,), (7,)):
        assert ("record_not_used", "measurement.csv", lines) in found
    assert ("record_not_used", "death.csv", (2,)) in found
    import duckdb

    (tmp_path / "m.csv").write_bytes((folder / "measurement.csv").read_bytes())
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{folder}/measurement.csv', all_varchar=true)) TO '{folder}/measurement.parquet'")
    (folder / "measurement.csv").unlink()
    with iop.load(folder, mapping=omop.MAPPING) as data:
        (found,) = (found for found in data.findings if "in a unit" in found.message)
    assert (found.file, found.lines, found.unit) == ("measurement.parquet", (3,), "row")


def test_omop_names_the_visit_that_ended_a_row_of_episode(tmp_path):
    """Where `episode` holds the episodes, the reason stands with the last visit linked to each."""
    rows = [{"episode_id": "7", "person_id": "502", "episode_start_date": "2024-01-09", "episode_end_date": "2024-03-01"}]
    visits = [{**row, "visit_source_value": "GROUP"} for row in omop.visits()[:5]]
    visits[1]["discharged_to_source_value"] = "GONE"
    folder = omop.write(
        tmp_path,
        episode=([*rows[0], "episode_source_value"], [{**rows[0], "episode_source_value": "IOP-MH"}]),
        episode_event=(
            ["episode_id", "event_id", "episode_event_field_concept_id"],
            [{"episode_id": "7", "event_id": "1002", "episode_event_field_concept_id": "1147070"}],
        ),
        visit_occurrence=(omop.VISIT, visits),
        observation=None,
        measurement=None,
        death=None,
    )
    with pytest.raises(DataError, match=r"visit_occurrence\.csv:3: discharge_reason: unknown_code"):
        iop.load(folder, mapping=mapped(omop, episodes="episode"))


# -- REDCap ------------------------------------------------------------------------------------------------------------


def test_redcap_names_the_line_among_line_breaks_and_blank_lines(tmp_path):
    """Remarks hold quoted line breaks, a blank line stands between; a score, a date and a discharge of a second row are named."""
    rows = [row for row in redcap.rows()]
    score = next(place for place, row in enumerate(rows) if row["record_id"] == "1009" and row.get("phq9_date"))
    rows[score]["phq_sum"] = "28"
    last = next(place for place, row in enumerate(rows) if row["record_id"] == "1010" and row.get("redcap_event_name") == "discharge_arm_1")
    rows[last]["discharge_date"] = "2024-02-30"
    first = next(place for place, row in enumerate(rows) if row["record_id"] == "1013" and row.get("admit_date"))
    rows[first]["admit_date"] = "2024-02"
    folder = redcap.write(tmp_path, rows)
    path = folder / "export.csv"
    text = path.read_text(encoding="utf-8").replace("\n", "\n\n", 1)
    path.write_text(text, encoding="utf-8")

    def line(words):
        return text[: re.search(words, text).start()].count("\n") + 1

    found = placed(folder, redcap.MAPPING)
    assert ("score_out_of_range", "export.csv", (line(r"1009,[^\n]*,28,"),)) in found
    assert ("invalid_date", "export.csv", (line(r"1010,[^\n]*2024-02-30"),)) in found
    assert ("invalid_date", "export.csv", (line(r"1013,[^\n]*2024-02,"),)) in found
