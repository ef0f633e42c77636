"""Takes the 30-episode program, gives it as a folder of OMOP CDM 5.4 tables as CSV."""

import csv

from tests.adapters import program

MAPPING = {
    **program.MAPPING,
    "data": {**program.MAPPING["data"], "layout": "omop"},
    "adapter": {"tracks": program.TRACK_CODES, "events": program.EVENT_CODES, "planned": ["ELECTIVE"]},
    "codes": {"discharge_reason": program.REASON_CODES, "site": program.SITE_CODES},
}
PHQ9, GAD7_ITEMS = "3042932", ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
STILL_PATIENT = "32220"
GENDERS = {"male": "8507", "female": "8532", None: ""}

VISIT = (
    "visit_occurrence_id person_id visit_concept_id visit_start_date visit_end_date visit_type_concept_id provider_id care_site_id "
    "visit_source_value visit_source_concept_id admitted_from_source_value discharged_to_concept_id discharged_to_source_value"
).split()
OBSERVATION = (
    "observation_id person_id observation_concept_id observation_date observation_type_concept_id value_as_number value_as_string "
    "value_as_concept_id unit_concept_id visit_occurrence_id observation_source_value unit_source_value"
).split()
MEASUREMENT = (
    "measurement_id person_id measurement_concept_id measurement_date measurement_type_concept_id value_as_number value_as_concept_id "
    "unit_concept_id visit_occurrence_id measurement_source_value unit_source_value"
).split()


def code_of(codes, word):
    """The site's code of a canonical word; "" for a blank."""
    return next((code for code, meant in codes.items() if meant == word), "")


def visits():
    """Rows of visit_occurrence: the episodes, what happened in a hospital or an emergency room, and visits that are neither."""
    rows = []
    for row in program.episodes():
        active = row["discharge_reason"] == "active"
        rows.append(
            {
                "visit_occurrence_id": row["episode_id"],
                "person_id": row["patient_id"],
                "visit_concept_id": "9202",
                "visit_start_date": row["admit_date"],
                "visit_end_date": program.CUTOFF if active else row["discharge_date"] or "",
                "care_site_id": code_of(program.SITE_CODES, row["site"]),
                "visit_source_value": code_of(program.TRACK_CODES, row["track"]),
                "discharged_to_concept_id": STILL_PATIENT if active else "0",
                "discharged_to_source_value": "" if active else code_of(program.REASON_CODES, row["discharge_reason"]),
            }
        )
    for number, (person, day, event, planned) in enumerate(program.HAPPENED, start=9001):
        code = code_of(program.EVENT_CODES, event)
        if code:
            admitted = "ELECTIVE" if planned == "1" else "HOME"
            found = {"visit_occurrence_id": str(number), "person_id": person, "visit_start_date": day, "visit_end_date": day}
            rows.append({**found, "visit_concept_id": "9201", "visit_source_value": code, "admitted_from_source_value": admitted})
    rows.append(
        {
            "visit_occurrence_id": "9900",
            "person_id": "501",
            "visit_start_date": "2024-01-02",
            "visit_end_date": "2024-01-02",
            "visit_source_value": "DENTAL",
        }
    )
    return rows


def observations_and_measurements():
    """Rows of both tables: PHQ-9 totals in either, GAD-7 items as observations; half of the totals without the visit they belong to."""
    observations, measurements = [], []
    alone = [row["patient_id"] for row in program.episodes()]
    by_id = {row["episode_id"]: row for row in program.episodes()}
    for place, score in enumerate(program.scores()):
        row = by_id[score["episode_id"]]
        away = place % 2 and alone.count(row["patient_id"]) == 1
        shared = {"person_id": row["patient_id"], "visit_occurrence_id": "" if away else row["episode_id"]}
        day = program.on(row, score["day"])
        if score["scale"] == "phq9" and place % 3 == 0:
            value = {"measurement_date": day, "measurement_concept_id": "0", "measurement_source_value": "44261-6"}
            measurements.append({**shared, **value, "value_as_number": f"{score['score']}.0", "unit_concept_id": "44777566"})
        elif score["scale"] == "phq9":
            observations.append({**shared, "observation_date": day, "observation_concept_id": PHQ9, "value_as_number": score["score"]})
        else:
            for number, code in enumerate(GAD7_ITEMS, start=1):
                answer = score[f"gad7_{number}"]
                if answer is not None:
                    found = {"observation_date": day, "observation_concept_id": "0", "observation_source_value": code}
                    observations.append({**shared, **found, "value_as_number": answer})
    observations.append({"person_id": "501", "observation_date": "2024-01-09", "observation_concept_id": "4275495", "value_as_number": "3"})
    return observations, measurements


def late_without_visit():
    """Scores of no visit, more than 14 days after discharge, which belong to no episode: (episode, day)."""
    alone = [row["patient_id"] for row in program.episodes()]
    rows = {row["episode_id"]: row for row in program.episodes()}
    late = set()
    for place, score in enumerate(program.scores()):
        row, stay = rows[score["episode_id"]], program.stay(rows[score["episode_id"]])
        if place % 2 and alone.count(row["patient_id"]) == 1 and stay is not None and int(score["day"]) > stay + 14:
            late.add((score["episode_id"], int(score["day"])))
    return late


def tables():
    """Every table of the folder: name, columns, rows as dicts."""
    observations, measurements = observations_and_measurements()
    sexes = {row["patient_id"]: row["sex"] for row in program.episodes()}
    people = [{"person_id": person, "gender_concept_id": GENDERS[sex], "year_of_birth": "1980"} for person, sex in sexes.items()]
    deaths = [{"person_id": person, "death_date": day} for person, day, event, _ in program.HAPPENED if event == "death"]
    return {
        "visit_occurrence": (VISIT, visits()),
        "observation": (OBSERVATION, observations),
        "measurement": (MEASUREMENT, measurements),
        "person": (["person_id", "gender_concept_id", "year_of_birth"], people),
        "death": (["person_id", "death_date", "death_type_concept_id"], deaths),
        "episode": (["episode_id", "person_id", "episode_start_date"], []),
    }


def write(folder, **others):
    """Write the folder; `others` are tables to write instead, as (columns, rows), or None for no such file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in {**tables(), **others}.items():
        if table is None:
            continue
        columns, rows = table
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder
