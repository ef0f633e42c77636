"""Takes the 30-episode program, gives it as a flat REDCap export: a record for each episode."""

import csv

from tests.adapters import program
from tests.adapters.omop import code_of

MAPPING = {
    **program.MAPPING,
    "data": {**program.MAPPING["data"], "layout": "redcap"},
    "columns": {"episodes": {"track": "program", "patient_id": "person", "discharge_reason": "dc_reason"}},
    "codes": {"discharge_reason": program.REASON_CODES, "track": program.TRACK_CODES},
    "adapter": {"fields": {"phq9_total": "phq_sum", "event": "what"}, "planned": ["yes"], "events": {"1": "readmission_psychiatric"}},
}
SYSTEM = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group"]
BASE = ["person", "program", "admit_date", "sex___male", "sex___female", "dc_reason", "discharge_date", "intake_complete"]
FORMS = [
    "phq9_date",
    "phq_sum",
    "gad7_date",
    *(f"gad7_{number}" for number in range(1, 8)),
    "what",
    "event_date",
    "event_planned",
    "remarks",
]
COLUMNS = [*SYSTEM, *BASE, *FORMS]


def base(row):
    """The two rows of a record that do not repeat: admission, and discharge."""
    shared = {"record_id": row["episode_id"], "redcap_data_access_group": row["site"] or ""}
    first = {"redcap_event_name": "admission_arm_1", "person": row["patient_id"], "program": code_of(program.TRACK_CODES, row["track"])}
    first |= {"admit_date": row["admit_date"], "intake_complete": "2"}
    first |= {f"sex___{sex}": "1" if row["sex"] == sex else "0" for sex in ("male", "female")}
    last = {"redcap_event_name": "discharge_arm_1", "dc_reason": code_of(program.REASON_CODES, row["discharge_reason"])}
    last |= {"discharge_date": row["discharge_date"] or "", "sex___male": "0", "sex___female": "0"}
    return [{**shared, **first}, {**shared, **last}]


def score_row(row, score, number):
    """A row of a repeating form."""
    scale, day = score["scale"], program.on(row, score["day"])
    found = {"record_id": row["episode_id"], "redcap_event_name": "course_arm_1", "redcap_repeat_instrument": scale}
    found |= {"redcap_repeat_instance": str(number), f"{scale}_date": day}
    return {**found, **({"phq_sum": score["score"]} if scale == "phq9" else {name: score[name] or "" for name in FORMS[3:10]})}


def rows():
    """Every row of the export."""
    found = []
    for row in program.episodes():
        found += base(row)
        own = [score for score in program.scores() if score["episode_id"] == row["episode_id"]]
        found += [score_row(row, score, number) for number, score in enumerate(own, start=1)]
        for number, event in enumerate((item for item in program.events() if item["episode_id"] == row["episode_id"]), start=1):
            code = "1" if event["event"] == "readmission_psychiatric" else event["event"]
            shared = {"record_id": row["episode_id"], "redcap_repeat_instrument": "events", "redcap_repeat_instance": str(number)}
            marked = "yes" if event["planned"] == "1" else "0"
            found.append(
                {**shared, "what": code, "event_date": program.on(row, event["day"]), "event_planned": marked, "remarks": "two\nlines"}
            )
    return found


def write(folder, made=None, columns=COLUMNS):
    """Write the export into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "export.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows() if made is None else made)
    return folder
