"""Takes the 30-episode program, gives it as a flat REDCap export: a record for each person, a repeating form for their episodes."""

from tests.adapters import program
from tests.adapters.redcap import BASE, FORMS, SYSTEM, code_of
from tests.adapters.redcap import write as write_rows

MAPPING = {
    **program.MAPPING,
    "data": {**program.MAPPING["data"], "layout": "redcap"},
    "columns": {"episodes": {"track": "program", "discharge_reason": "dc_reason"}},
    "codes": {"discharge_reason": program.REASON_CODES},
    "adapter": {
        "episodes": "iop_episode",
        "tracks": program.TRACK_CODES,
        "fields": {"phq9_total": "phq_sum", "event": "what", "episode": "episode_number"},
    },
}
COLUMNS = [*SYSTEM, "sex", "episode_id", "site", *BASE, *FORMS, "episode_number"]


def rows():
    """Every row: one for the person, one for each of their episodes, scores and events."""
    found = []
    people = {}
    for row in program.episodes():
        people.setdefault(row["patient_id"], []).append(row)
    for person, own in people.items():
        found.append({"record_id": person, "sex": own[0]["sex"] or ""})
        for number, row in enumerate(own, start=1):
            shared = {"record_id": person, "redcap_repeat_instrument": "iop_episode", "redcap_repeat_instance": str(number)}
            place = {"episode_id": row["episode_id"], "site": row["site"] or "", "program": code_of(program.TRACK_CODES, row["track"])}
            dates = {"admit_date": row["admit_date"], "discharge_date": row["discharge_date"] or ""}
            found.append({**shared, **place, **dates, "dc_reason": code_of(program.REASON_CODES, row["discharge_reason"])})
            for score in program.scores():
                if score["episode_id"] == row["episode_id"]:
                    found.append(_score(person, number, row, score))
        found += [
            {"record_id": person, "redcap_repeat_instrument": "events", "what": event, "event_date": day, "event_planned": planned}
            for someone, day, event, planned in program.HAPPENED
            if someone == person
        ]
    return found


def _score(person, number, row, score):
    scale = score["scale"]
    found = {
        "record_id": person,
        "redcap_repeat_instrument": scale,
        "episode_number": str(number),
        f"{scale}_date": program.on(row, score["day"]),
    }
    return {**found, **({"phq_sum": score["score"]} if scale == "phq9" else {name: score[name] or "" for name in FORMS[3:10]})}


def write(folder):
    """Write the export into a folder."""
    return write_rows(folder, rows(), COLUMNS)
