"""A code that is a track and an event at once: the admission is the event of the person's other episodes, and never of its own."""

import pytest

import iop_outcomes as iop
from tests.adapters import fhir, omop
from tests.adapters.asked import loaded

# Person 7: IOP, 14 days later inpatient; person 8: inpatient alone; person 9: two inpatient admissions of one day, after an IOP;
# person 10: IOP, then an inpatient place that was never taken up.
STAYS = (
    ("1", "7", "IOP-MH", "2024-01-08", "2024-02-26", "COMP"),
    ("2", "7", "IP-PSY", "2024-03-11", "2024-03-20", "COMP"),
    ("3", "8", "IP-PSY", "2024-01-08", "2024-01-20", "COMP"),
    ("4", "9", "IOP-MH", "2024-01-08", "2024-02-26", "COMP"),
    ("5", "9", "IP-PSY", "2024-04-01", "2024-04-01", "UP"),
    ("6", "9", "IP-PSY", "2024-04-01", "2024-04-20", "COMP"),
    ("10", "10", "IOP-MH", "2024-01-08", "2024-02-26", "COMP"),
    ("11", "10", "IP-PSY", "2024-03-11", "", "NOSHOW"),
)
EXPECTED = [
    ("1", "readmission_psychiatric", 63, 1),
    ("4", "readmission_psychiatric", 84, 1),
    ("4", "readmission_psychiatric", 84, 1),
    ("5", "readmission_psychiatric", 0, 1),
    ("6", "readmission_psychiatric", 0, 1),
]
TRACKS = {"IOP-MH": "mental_health", "IP-PSY": "inpatient"}


def mapping(layout, holder, planned):
    """The layout's mapping with a code that is a track and an event."""
    own = {"episodes": holder, "tracks": TRACKS, "events": {"IP-PSY": "readmission_psychiatric"}, "planned": planned}
    return {**layout.MAPPING, "adapter": own}


def events(folder, mapping):
    """Episode, event, day and planned of every event, and the sentences about what belongs to none."""
    tables, findings = loaded(folder, mapping)
    assert len(tables["episodes"]) == len(STAYS)
    found = sorted((row["episode_id"], row["event"], row["day"], row["planned"]) for row in tables["events"])
    return found, [message for _, message in findings if "belong to no episode" in message]


def visits(code="visit_source_value"):
    """The stays as rows of visit_occurrence."""
    shared = {"visit_concept_id": "0", "admitted_from_source_value": "ELECTIVE"}
    return [
        {**shared, "visit_occurrence_id": name, "person_id": person, code: kind, "visit_start_date": start, "visit_end_date": end}
        | {"discharged_to_source_value": reason}
        for name, person, kind, start, end, reason in STAYS
    ]


EMPTY = dict.fromkeys(("observation", "measurement", "person", "death", "episode"))


def write_omop(folder, holder):
    """The stays in OMOP, held by one of three tables."""
    rows = visits()
    tables = {**EMPTY, "visit_occurrence": (omop.VISIT, rows)}
    if holder == "visit_detail":
        names = {name: name.replace("visit_", "visit_detail_", 1) for name in ("visit_source_value", "visit_start_date", "visit_end_date")}
        details = [
            {names.get(key, key): value for key, value in row.items()} | {"visit_detail_id": row["visit_occurrence_id"]} for row in rows
        ]
        columns = ["visit_detail_id", "visit_occurrence_id", *names.values(), "person_id", "discharged_to_source_value"]
        details = [{key: row[key] for key in columns} for row in details]
        tables["visit_detail"] = (columns, details)
    if holder == "episode":
        columns = ["episode_id", "person_id", "episode_start_date", "episode_end_date", "episode_source_value"]
        keys = ("visit_occurrence_id", "person_id", "visit_start_date", "visit_end_date", "visit_source_value")
        tables["episode"] = (columns, [{column: row[key] for column, key in zip(columns, keys, strict=True)} for row in rows])
        link = {"episode_event_field_concept_id": "1147070"}
        tables["episode_event"] = (
            ["episode_id", "event_id", *link],
            [{"episode_id": row["visit_occurrence_id"], "event_id": row["visit_occurrence_id"], **link} for row in rows],
        )
    return omop.write(folder, **tables)


@pytest.mark.parametrize("holder", ["visit_occurrence", "visit_detail", "episode"])
def test_omop(tmp_path, holder):
    """Whichever table holds the episodes, and the visit beside it has the code too: each admission counts once, and is planned."""
    found, stray = events(write_omop(tmp_path, holder), mapping(omop, holder, ["ELECTIVE"]))
    assert (found, stray) == (EXPECTED, [])


def test_omop_without_the_visit(tmp_path):
    """Where the visit does not have the code, the row that holds the episode is the admission."""
    folder = write_omop(tmp_path, "episode")
    omop.write(tmp_path, **{**EMPTY, "visit_occurrence": (omop.VISIT, visits("provider_id"))})
    found, stray = events(write_episode_only(folder), mapping(omop, "episode", ["ELECTIVE"]))
    assert (found, stray) == (EXPECTED, [])


def write_episode_only(folder):
    """The rows of `episode` written again: `omop.write` has emptied the table."""
    rows = write_omop(folder / "again", "episode")
    (folder / "episode.csv").write_bytes((rows / "episode.csv").read_bytes())
    return folder


def resources(*, coded=True):
    """The stays as EpisodeOfCare with one Encounter each."""
    care, encounters = [], []
    for name, person, kind, start, end, reason in STAYS:
        period = {"start": start, **({"end": end} if end else {})}
        shared = {"status": "finished", "period": period}
        care.append(
            {
                **shared,
                "resourceType": "EpisodeOfCare",
                "id": name,
                "type": [fhir.concept(kind)],
                "patient": {"reference": f"Patient/{person}"},
            }
        )
        visit = {**shared, "resourceType": "Encounter", "id": name, "class": {"code": "IMP"}, "subject": {"reference": f"Patient/{person}"}}
        visit |= {"priority": fhir.concept("EL"), "type": [fhir.concept(kind)] if coded else []}
        visit |= {
            "episodeOfCare": [{"reference": f"EpisodeOfCare/{name}"}],
            "hospitalization": {"dischargeDisposition": fhir.concept(reason)},
        }
        encounters.append(visit)
    return care, encounters


NOTHING = dict.fromkeys(("EpisodeOfCare.000", "EpisodeOfCare.001", "Observation", "QuestionnaireResponse", "Patient"))


@pytest.mark.parametrize("holder", ["EpisodeOfCare", "Encounter"])
@pytest.mark.parametrize("coded", [True, False])
def test_fhir(tmp_path, holder, coded):
    """As an EpisodeOfCare, with visits that have the code or do not, and as an Encounter."""
    care, encounters = resources(coded=coded or holder == "Encounter")
    folder = fhir.write(tmp_path, **{**NOTHING, "Encounter": encounters, **({"EpisodeOfCare": care} if holder == "EpisodeOfCare" else {})})
    found, stray = events(folder, mapping(fhir, holder, ["EL"]))
    assert (found, stray) == (EXPECTED, [])


def test_a_visit_of_another_day_in_an_inpatient_episode_is_part_of_it(tmp_path):
    """A second visit of the inpatient episode is no readmission of its own; an emergency visit of an IOP episode is one in care."""
    care, encounters = resources()
    second = {**encounters[1], "id": "2b", "period": {"start": "2024-03-15"}}
    emergency = {**encounters[0], "id": "1b", "type": [fhir.concept("ED")], "period": {"start": "2024-01-20"}}
    first = {**encounters[0], "id": "1c", "type": [fhir.concept("ED")], "period": {"start": "2024-01-08"}}
    folder = fhir.write(tmp_path, **{**NOTHING, "EpisodeOfCare": care, "Encounter": [*encounters, second, emergency, first]})
    made = mapping(fhir, "EpisodeOfCare", ["EL"])
    made["adapter"]["events"]["ED"] = "emergency_visit"
    found, _ = events(folder, made)
    assert [row for row in found if row[0] == "2"] == []
    assert [row for row in found if row[0] == "1"] == [
        ("1", "emergency_visit", 12, 1),
        ("1", "readmission_psychiatric", 63, 1),
        ("1", "readmission_psychiatric", 67, 1),
    ]


def test_the_readmission_is_counted(tmp_path):
    """The track of the IOP has its readmission, by the measure itself."""
    made = mapping(omop, "visit_occurrence", [])
    with iop.load(write_omop(tmp_path, "visit_occurrence"), mapping=made) as data:
        frame = iop.readmission(data, by="track", at=(30,)).to_frame()
    own = frame[(frame.level == "mental_health") & (frame.estimand == "cumulative_incidence")]
    assert own.k.tolist() == [1]
