"""Takes the 30-episode program, gives it as a folder of FHIR R4 bulk files, in the many ways that systems write one fact."""

import json

from tests.adapters import program
from tests.adapters.omop import GAD7_ITEMS, code_of

MAPPING = {
    **program.MAPPING,
    "data": {**program.MAPPING["data"], "layout": "fhir"},
    "adapter": {"tracks": program.TRACK_CODES, "events": program.EVENT_CODES, "planned": ["EL"]},
    "codes": {"discharge_reason": program.REASON_CODES, "site": program.SITE_CODES},
}
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
PHQ9, PHQ9_PANEL, GAD7_PANEL = "44261-6", "44249-1", "69737-5"
ANSWERS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
SERVER = "https://example.org/fhir/"


def concept(*codes, system="urn:site"):
    """A concept with these codes."""
    return {"coding": [{"system": system, "code": code} for code in codes]}


def reference(kind, name, place=0):
    """A reference, relative or absolute."""
    return {"reference": f"{SERVER if place % 3 == 0 else ''}{kind}/{name}"}


def episodes_of_care():
    """One resource for each episode; the way it ended is not part of it."""
    rows = []
    for place, row in enumerate(program.episodes()):
        found = {
            "resourceType": "EpisodeOfCare",
            "id": row["episode_id"],
            "status": "active" if row["discharge_reason"] == "active" else "finished",
            "type": [concept(code_of(program.TRACK_CODES, row["track"]), "outpatient")],
            "patient": reference("Patient", row["patient_id"], place),
            "period": {"start": f"{row['admit_date']}T23:30:00-05:00" if place % 2 else row["admit_date"]},
        }
        if row["discharge_date"]:
            found["period"]["end"] = row["discharge_date"]
        if row["site"]:
            found["managingOrganization"] = reference("Organization", code_of(program.SITE_CODES, row["site"]))
        rows.append(found)
    return rows


def encounters():
    """First and last visit of each episode, the last with its disposition; what happened elsewhere; a visit of no concern."""
    rows = []
    for row in program.episodes():
        shared = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
        shared |= {"subject": reference("Patient", row["patient_id"]), "episodeOfCare": [reference("EpisodeOfCare", row["episode_id"])]}
        rows.append({**shared, "id": f"{row['episode_id']}-first", "period": {"start": row["admit_date"], "end": row["admit_date"]}})
        code = code_of(program.REASON_CODES, row["discharge_reason"])
        if row["discharge_reason"] not in (None, "active"):
            last = row["discharge_date"] or row["admit_date"]
            ending = {"hospitalization": {"dischargeDisposition": concept(code, "home")}, "period": {"start": last, "end": last}}
            rows.append({**shared, **ending, "id": f"{row['episode_id']}-last"})
    for number, (person, day, event, planned) in enumerate(program.HAPPENED):
        code = code_of(program.EVENT_CODES, event)
        if code:
            shared = {"resourceType": "Encounter", "id": f"other-{number}", "status": "finished", "class": {"code": "IMP"}}
            shared |= {"type": [concept(code)], "priority": concept("EL" if planned == "1" else "EM")}
            rows.append({**shared, "subject": reference("Patient", person), "period": {"start": f"{day}T01:00:00+09:00"}})
    visit = {
        "resourceType": "Encounter",
        "id": "dentist",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": reference("Patient", "501"),
    }
    return [*rows, visit]


def phq9(place, row, score):
    """A PHQ-9 total as an observation: as a quantity, a whole number, or a component of the panel."""
    day = program.on(row, score["day"])
    value = int(score["score"])
    found = {
        "resourceType": "Observation",
        "id": f"phq9-{place}",
        "status": ("final", "amended", "corrected")[place % 3],
        "code": concept(PHQ9, system=LOINC),
        "subject": reference("Patient", row["patient_id"], place),
        "encounter": reference("Encounter", f"{row['episode_id']}-first"),
        "effectiveDateTime": f"{day}T00:15:00+02:00" if place % 2 else day,
    }
    if place % 3 == 0:
        return {**found, "valueQuantity": {"value": float(value), "unit": "{score}", "system": UCUM, "code": "{score}"}}
    if place % 3 == 1:
        return {**found, "valueInteger": value}
    return {**found, "code": concept(PHQ9_PANEL, system=LOINC), "component": [{"code": concept(PHQ9, system=LOINC), "valueInteger": value}]}


def gad7(place, row, score):
    """A GAD-7 form: links with or without a slash, answers as codes or as numbers, in groups or not."""
    items = []
    for number, code in enumerate(GAD7_ITEMS, start=1):
        answer = score[f"gad7_{number}"]
        item = {"linkId": f"/{GAD7_PANEL}/{code}" if place % 2 else code}
        if answer is not None and place % 4 < 2:
            item["answer"] = [{"valueCoding": {"system": LOINC, "code": ANSWERS[int(answer)]}}]
        elif answer is not None:
            item["answer"] = [{"valueInteger": int(answer)}]
        items.append(item)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"gad7-{place}",
        "status": "amended" if place % 2 else "completed",
        "subject": reference("Patient", row["patient_id"], place),
        "encounter": reference("Encounter", f"{row['episode_id']}-first"),
        "authored": f"{program.on(row, score['day'])}T12:00:00Z",
        "item": [{"linkId": "group", "item": items}] if place % 3 else items,
    }


def patients():
    """Sex, and death where it is known."""
    deaths = {person: day for person, day, event, _ in program.HAPPENED if event == "death"}
    rows = []
    for person, sex in {row["patient_id"]: row["sex"] for row in program.episodes()}.items():
        found = {"resourceType": "Patient", "id": person, "birthDate": "1980-05-06"}
        found |= {"gender": sex} if sex else {}
        rows.append({**found, **({"deceasedDateTime": f"{deaths[person]}T03:00:00Z"} if person in deaths else {})})
    return rows


def resources():
    """Every file of the folder by name, each a list of resources; EpisodeOfCare is split in two."""
    by_id = {row["episode_id"]: row for row in program.episodes()}
    scores = [(place, by_id[score["episode_id"]], score) for place, score in enumerate(program.scores())]
    care = episodes_of_care()
    return {
        "EpisodeOfCare.000": care[:17],
        "EpisodeOfCare.001": care[17:],
        "Encounter": encounters(),
        "Observation": [phq9(*of) for of in scores if of[2]["scale"] == "phq9"],
        "QuestionnaireResponse": [gad7(*of) for of in scores if of[2]["scale"] == "gad7"],
        "Patient": patients(),
    }


def write(folder, **others):
    """Write the folder; `others` are files to write instead: a list of resources, text, bytes, or None for no such file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**resources(), **others}.items():
        if content is None:
            continue
        if not isinstance(content, str | bytes):
            content = "".join(json.dumps(resource) + "\n" for resource in content)
        (folder / f"{name}.ndjson").write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
