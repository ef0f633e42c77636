"""Takes episodes, visits and people of a bulk export, gives episodes with their place and how they ended."""

import pytest

from iop_outcomes.errors import DataError
from tests.adapters import fhir, program
from tests.adapters.asked import episode, loaded, mapped, said
from tests.intake.adapters.test_fhir import EPISODE, START


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
