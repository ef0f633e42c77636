"""Takes nothing, gives a small program beside tables of the Tuva Project, in the columns that its models document, and what they mean, row by row."""

import csv
import datetime as dt
import random

PEOPLE = 40
CUTOFF = "2025-01-01"
MAPPING = {"data": {"class": "synthetic", "cutoff": CUTOFF}, "follow_up_days": {"rule": "to_cutoff"}}
# models/core/final/core__encounter.sql, in its order.
ENCOUNTER = (
    "encounter_id, person_id, encounter_type, encounter_group, encounter_start_date, encounter_end_date, length_of_stay, admit_source_code, "
    "admit_source_description, admit_type_code, admit_type_description, discharge_disposition_code, discharge_disposition_description, "
    "attending_provider_id, attending_provider_name, facility_npi, facility_name, facility_type, observation_flag, lab_flag, dme_flag, "
    "ambulance_flag, pharmacy_flag, ed_flag, delivery_flag, delivery_type, newborn_flag, nicu_flag, snf_part_b_flag, primary_diagnosis_code_type, "
    "primary_diagnosis_code, primary_diagnosis_description, drg_code_type, drg_code, drg_description, paid_amount, allowed_amount, "
    "charge_amount, claim_count, inst_claim_count, prof_claim_count, source_model, encounter_source_type, data_source, tuva_last_run"
).split(", ")
# models/data_marts/readmissions/readmissions_models.yml.
SUMMARY = (
    "encounter_id, person_id, admit_date, discharge_date, discharge_disposition_code, facility_npi, drg_code_type, drg_code, paid_amount, "
    "length_of_stay, index_admission_flag, planned_flag, specialty_cohort, died_flag, diagnosis_ccs, had_readmission_flag, days_to_readmit, "
    "readmit_30_flag, unplanned_readmit_30_flag, readmission_encounter_id, readmission_admit_date, readmission_discharge_date, tuva_last_run"
).split(", ")
EARLIER = {"person_id": "patient_id", "drg_code": "ms_drg_code"}  # as columns were called; there was no type of code then
TYPES = (
    "acute inpatient",
    "inpatient psych",
    "inpatient substance use",
    "emergency department",
    "inpatient rehabilitation",
    "office visit",
)
DIAGNOSES = ("F329", "F10.239", "I10", "R45851", "R45850", "T1491XA", "", "f200")
DRGS = (("ms-drg", "885"), ("ms-drg", "897"), ("ms-drg", "470"), ("apr-drg", "885"), ("", ""), ("MS-DRG", "876"))
CCS = ("657", "661", "663", "122", "", "662")
PSYCHIATRIC_DRG = {"876", *map(str, range(880, 888)), *map(str, range(894, 898))}


def episodes():
    """One episode for each person, and a second one for every fourth."""
    rows = []
    for i in range(PEOPLE):
        admit = dt.date(2024, 1, 1) + dt.timedelta(days=3 * i)
        rows.append({"episode_id": f"E{i}", "patient_id": f"P{i}", "admit_date": admit, "discharge_date": admit + dt.timedelta(days=40)})
        if i % 4 == 0:
            again = admit + dt.timedelta(days=80)
            rows.append(
                {"episode_id": f"F{i}", "patient_id": f"P{i}", "admit_date": again, "discharge_date": again + dt.timedelta(days=20)}
            )
    return rows


def encounters(seed=3, n=300):
    """Rows of core.encounter: only the columns that matter are filled."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        start = dt.date(2023, 12, 1) + dt.timedelta(days=rng.randrange(390))
        kind, code = rng.choice(DRGS)
        rows.append(
            {
                "encounter_id": str(i),
                "person_id": f"P{rng.randrange(PEOPLE + 4)}",  # some of them in no program
                "encounter_type": rng.choice(TYPES),
                "encounter_start_date": start,
                "primary_diagnosis_code": rng.choice(DIAGNOSES),
                "drg_code_type": kind,
                "drg_code": code,
            }
        )
    return rows


def summaries(seed=4, n=200):
    """Rows of readmissions.readmission_summary."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        admit = dt.date(2023, 12, 1) + dt.timedelta(days=rng.randrange(390))
        kind, code = rng.choice(DRGS)
        rows.append(
            {
                "encounter_id": str(i),
                "person_id": f"P{rng.randrange(PEOPLE)}",
                "admit_date": admit,
                "planned_flag": rng.choice(("0", "0", "1")),
                "specialty_cohort": "Medicine",
                "drg_code_type": kind,
                "drg_code": code,
                "diagnosis_ccs": rng.choice(CCS),
            }
        )
    return rows


def told(row):
    """Whether a stay says what it was for."""
    return bool(row.get("primary_diagnosis_code") or row.get("diagnosis_ccs") or row["drg_code"])


def event(row):
    """What a row means; None where it is not read."""
    kind = row.get("encounter_type", "acute inpatient")
    if kind == "emergency department":
        return "emergency_visit"
    if kind in ("inpatient psych", "inpatient substance use"):
        return "readmission_psychiatric"
    if kind != "acute inpatient":
        return None
    diagnosis = row.get("primary_diagnosis_code", "").upper().replace(".", "")
    psychiatric = diagnosis[:1] == "F" or diagnosis.startswith(("R45851", "T1491"))
    psychiatric = psychiatric or (row["drg_code_type"].lower() == "ms-drg" and row["drg_code"] in PSYCHIATRIC_DRG)
    ccs = row.get("diagnosis_ccs") or "0"
    return "readmission_psychiatric" if psychiatric or 650 <= int(ccs) <= 662 or ccs == "670" else "readmission_other"


def expected(rows):
    """Every event of every episode whose admission it follows, with the day from admission and whether it was planned."""
    return sorted(
        (own["episode_id"], what, (day - own["admit_date"]).days, row.get("planned_flag"))
        for row in rows
        if (what := event(row)) is not None
        for own in episodes()
        if own["patient_id"] == row["person_id"] and (day := row.get("encounter_start_date") or row["admit_date"]) >= own["admit_date"]
    )


def earlier(rows):
    """The same rows as an earlier version had them: rows of other systems of grouping had no MS-DRG."""
    return [
        {EARLIER.get(name, name): value for name, value in row.items() if name != "drg_code_type"}
        | {"ms_drg_code": row["drg_code"] if row["drg_code_type"].lower() == "ms-drg" else ""}
        for row in rows
    ]


def write_csv(path, columns, rows):
    """Rows as a CSV with every column of the model."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_episodes(folder):
    """The program's own table, in our layout."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"track": "mood", "discharge_reason": "completed", **row} for row in episodes()]
    return write_csv(folder / "episodes.csv", list(rows[0]), rows)
