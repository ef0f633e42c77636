"""Takes visits, episodes and deaths on the workbench, gives what happened to people, and of which episode none of it is an event."""

from contextlib import closing

import pytest

from iop_outcomes.intake.adapters.omop_events import VISIT_CODES, add_events
from iop_outcomes.intake.adapters.omop_scores import VISIT_FIELD
from iop_outcomes.intake.adapters.placing import EPISODE
from iop_outcomes.intake.adapters.scratch import AT, Scratch
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import read_mapping

MAPPING = read_mapping(
    {
        "data": {"class": "synthetic", "layout": "omop"},
        "adapter": {
            "tracks": {"IOP": "mood"},
            "events": {"PSY": "readmission_psychiatric", "ED": "emergency_visit"},
            "planned": ["ELECTIVE"],
        },
    }
)
VISIT = ("visit_occurrence_id", "person_id", "visit_start_date", *VISIT_CODES, "admitted_from_source_value", AT)
CODES = ("episode_source_value", "episode_source_concept_id", "episode_concept_id")


@pytest.fixture
def bench():
    """A workbench."""
    with closing(Scratch()) as scratch:
        yield scratch


def happened(bench, visits=(), deaths=(), *, holder="visit_occurrence", episodes=(), codes=VISIT_CODES, linked=(), **tables):
    """The events as tuples (person, event, day, planned), the visits that are none of an episode, and what was not used."""
    bench.number(Input("visit_occurrence", "visit_occurrence.csv", "line"))
    rows = [
        (number, person, day, code, None, concept, origin, place)
        for place, (number, person, day, code, concept, origin) in enumerate(visits)
    ]
    bench.fill("omop_visit_occurrence", VISIT, rows)
    bench.fill("omop_death", ("person_id", "death_date", AT), [(*death, 900 + place) for place, death in enumerate(deaths)])
    bench.fill("omop_episode_event", ("episode_id", "event_id", "episode_event_field_concept_id"), linked)
    bench.fill("found_episodes", (*EPISODE, AT), episodes)
    for name, (columns, given) in tables.items():
        bench.fill(name, columns, given)
    findings = add_events(bench, holder, codes, MAPPING)
    events = bench.ask("SELECT patient_id, event, date, planned FROM found_events ORDER BY 1, 3, 2")
    return events, sorted(bench.ask("SELECT visit, episode_id FROM own_visits")), [finding.message for finding in findings]


def visit(number, person, day, code, concept=None, origin=None):
    """A row of visits."""
    return (number, person, day, code, concept, origin)


def episode(number, person, day, place, reason="completed"):
    """An episode that was found at a place of its file."""
    return (number, person, "mood", reason, day, None, None, None, place)


def test_a_visit_with_the_code_of_an_event_is_one(bench):
    """By its own code before that of its concept; another code is none; planned where any of its marks says so."""
    visits = [
        visit("1", "p", "2024-01-02", "PSY"),
        visit("2", "p", "2024-01-03 09:30", None, "ED", "ELECTIVE"),
        visit("3", "p", "2024-01-04", "ED", "PSY"),
        visit("4", "p", "2024-01-05", "other"),
    ]
    events, own, said = happened(bench, visits)
    assert events == [
        ("p", "readmission_psychiatric", "2024-01-02", "0"),
        ("p", "emergency_visit", "2024-01-03", "1"),
        ("p", "emergency_visit", "2024-01-04", "0"),
    ]
    assert (own, said) == ([], [])


def test_a_death_is_an_event_and_one_without_a_day_is_counted(bench):
    """As is any event whose day is no whole date."""
    events, _, said = happened(bench, [visit("1", "p", "2024-01", "PSY")], [("p", "2024-02-03"), ("q", None)])
    assert events == [("p", "death", "2024-02-03", "0")]
    assert said == ["2 events without a whole date"]


def test_a_visit_that_is_an_episode_is_no_event_of_it(bench):
    """One event for both, which other episodes of the person may have; an episode that never started is none."""
    visits = [visit("1", "p", "2024-01-02", "PSY"), visit("2", "p", "2024-03-02", "PSY")]
    episodes = [episode("1", "p", "2024-01-02", 0), episode("2", "p", "2024-03-02", 1, "not_started")]
    events, own, _ = happened(bench, visits, episodes=episodes)
    assert events == [("p", "readmission_psychiatric", "2024-01-02", "0")]
    assert own == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize(
    ("day", "code", "expected"),
    [
        ("2024-01-02", "PSY", [("2024-01-02", "0")]),  # the visit stands for the row of the same day
        ("2024-01-03", "PSY", [("2024-01-02", "0"), ("2024-01-03", "0")]),  # a later one is another event
        ("2024-01-02", "other", [("2024-01-02", "0")]),  # without the code, the row itself is the admission
    ],
)
def test_a_row_of_episode_and_its_visit_are_one_event(bench, day, code, expected):
    """And none of that episode: neither is, nor any visit linked to it, as its own code is an event."""
    events, own, _ = happened(
        bench,
        [visit("7", "p", day, code)],
        holder="episode",
        episodes=[episode("1", "p", "2024-01-02", 0)],
        codes=CODES,
        linked=[("1", "7", VISIT_FIELD)],
        omop_episode=(("person_id", *CODES, AT), [("p", "PSY", None, None, 0)]),
    )
    assert [(when, planned) for _, _, when, planned in events] == expected
    assert {visit for visit, _ in own} >= {"7"} and {of for _, of in own} == {"1"}


def test_of_an_episode_that_is_no_event_only_the_first_visit_is_its_own(bench):
    """A later visit of it happened during care."""
    visits = [visit("7", "p", "2024-01-02", "PSY"), visit("8", "p", "2024-01-09", "ED")]
    events, own, _ = happened(
        bench,
        visits,
        holder="episode",
        episodes=[episode("1", "p", "2024-01-02", 0)],
        codes=CODES,
        linked=[("1", "7", VISIT_FIELD), ("1", "8", VISIT_FIELD), ("1", "9", "another field")],
        omop_episode=(("person_id", *CODES, AT), [("p", "IOP", None, None, 0)]),
    )
    assert [event for _, event, *_ in events] == ["readmission_psychiatric", "emergency_visit"]
    assert own == [("7", "1")]
