"""Takes OMOP visits, episodes and deaths on the workbench, gives what happened to people: admissions that the mapping names as events, deaths.

A visit or an episode with the code of an event is the event of the person's other episodes, whether or not it is an episode of a track too.
It is none of the episode that it is itself, that it holds, or that it admits to: of the visits linked to a row of `episode`, those that begin
on its first day, and all of them where the code of the episode is an event as well. An episode and its visit are one event, not two; an
episode that never started (`not_started`) is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.engine.dialect import literal
from iop_outcomes.intake.adapters.omop_scores import VISIT_FIELD
from iop_outcomes.intake.adapters.placing import EVENT, never_started, unused_rows
from iop_outcomes.intake.adapters.scratch import AT, Scratch, day_of
from iop_outcomes.intake.findings import Finding
from iop_outcomes.intake.mapping import Mapping

VISIT_CODES = ("visit_source_value", "visit_source_concept_id", "visit_concept_id")
_MARKS = (*VISIT_CODES, "admitted_from_source_value")  # where a visit may be marked as planned


def add_events(scratch: Scratch, holder: str, codes: Sequence[str], mapping: Mapping) -> list[Finding]:
    """Make the workbench's `found_events` and `own_visits`; events that cannot be used are counted.

    Parameters
    ----------
    scratch : Scratch
        Holds the tables of the folder and `found_episodes`.
    holder : str
        The table that holds the episodes.
    codes : sequence of str
        Its columns of codes, the most specific first.
    mapping : Mapping
        Which codes are events, and which mark them as planned.
    """
    scratch.fill("event_code", ("code", "event"), list(mapping.adapter.events.items()))
    scratch.fill("planned_code", ("code",), [(code,) for code in mapping.adapter.planned])
    _visits(scratch, holder)
    _episodes(scratch, holder, codes)
    _own_visits(scratch, holder)
    deaths = f"SELECT person_id AS patient_id, 'death' AS event, {day_of('death_date')} AS date, '0' AS planned, NULL AS visit, {AT} FROM omop_death"
    columns = ", ".join(EVENT)
    everything = f"SELECT {columns} FROM visit_event UNION ALL SELECT {columns} FROM episode_event UNION ALL {deaths}"
    never = ", ".join(map(literal, never_started(mapping)))
    coded = "own_visits JOIN coded_episode USING (episode_id) JOIN found_episodes USING (episode_id)"
    not_started = f"SELECT own_visits.visit FROM {coded} WHERE discharge_reason IN ({never}) AND own_visits.visit IS NOT NULL"
    scratch.view("event_rows", f"SELECT * FROM ({everything}) AS everything WHERE visit IS NULL OR visit NOT IN ({not_started})")
    scratch.view("found_events", f"SELECT {columns} FROM event_rows WHERE TRY_CAST(date AS DATE) IS NOT NULL ORDER BY ALL")
    return unused_rows(scratch, "events without a whole date", f"SELECT {AT} FROM event_rows WHERE TRY_CAST(date AS DATE) IS NULL")


def _named(table: str, codes: Sequence[str]) -> tuple[str, str]:
    """SQL of a table with the event that each row's most specific code stands for, and of that event."""
    joins = "".join(f" LEFT JOIN event_code AS code{i} ON own.{code} = code{i}.code" for i, code in enumerate(codes))
    return f"{table} AS own{joins}", "coalesce(code0.event, code1.event, code2.event)"


def _planned(row: str, codes: Sequence[str]) -> str:
    """SQL of whether a code of a row marks what it is as planned."""
    return " OR ".join(f"coalesce({row}.{code} IN (SELECT code FROM planned_code), FALSE)" for code in codes)


def _visits(scratch: Scratch, holder: str) -> None:
    """`belongs` (visit, episode_id): what visits the episodes are, lie in or are linked to; `visit_event`: the visits that are events."""
    if holder == "episode":
        field = f"episode_event_field_concept_id = {literal(VISIT_FIELD)}"
        belongs = f"SELECT event_id AS visit, episode_id FROM omop_episode_event WHERE {field}"
    elif holder == "visit_detail":
        belongs = "SELECT visit_occurrence_id AS visit, visit_detail_id AS episode_id FROM omop_visit_detail"
    else:
        belongs = "SELECT episode_id AS visit, episode_id FROM found_episodes"
    scratch.view("belongs", f"SELECT DISTINCT * FROM ({belongs}) AS belongs WHERE episode_id IN (SELECT episode_id FROM found_episodes)")
    source, event = _named("omop_visit_occurrence", VISIT_CODES)
    scratch.view(
        "visit_event",
        f"SELECT person_id AS patient_id, {event} AS event, {day_of('visit_start_date')} AS date, "
        f"CASE WHEN {_planned('own', _MARKS)} THEN '1' ELSE '0' END AS planned, visit_occurrence_id AS visit, {AT} "
        f"FROM {source} WHERE {event} IS NOT NULL",
    )


def _episodes(scratch: Scratch, holder: str, codes: Sequence[str]) -> None:
    """`episode_event`: episodes whose own code is an event, unless a visit that they are or have on their first day stands for them."""
    source, event = _named(f"omop_{holder}", codes)
    marks = codes if holder == "episode" else (*codes, "admitted_from_source_value")
    first = f"belongs.episode_id = found.episode_id AND {day_of('visit.visit_start_date')} = {day_of('found.admit_date')}"
    visits = f"SELECT 1 FROM belongs JOIN omop_visit_occurrence AS visit ON belongs.visit = visit.visit_occurrence_id WHERE {first}"
    planned = f"{_planned('own', marks)} OR EXISTS ({visits} AND ({_planned('visit', _MARKS)}))"
    scratch.view(
        "coded_episode",
        f"SELECT own.person_id AS patient_id, {event} AS event, found.episode_id AS episode_id, {day_of('found.admit_date')} AS date, "
        f"CASE WHEN {planned} THEN '1' ELSE '0' END AS planned, own.{AT} AS {AT} "
        f"FROM {source} JOIN found_episodes AS found ON own.{AT} = found.{AT} WHERE {event} IS NOT NULL",
    )
    visit_stands_for_it = (
        "SELECT 1 FROM belongs JOIN visit_event USING (visit) WHERE belongs.episode_id = coded.episode_id "
        "AND visit_event.event = coded.event AND visit_event.date IS NOT DISTINCT FROM coded.date"
    )
    scratch.view(
        "episode_event", f"SELECT *, 'episode ' || episode_id AS visit FROM coded_episode AS coded WHERE NOT EXISTS ({visit_stands_for_it})"
    )


def _own_visits(scratch: Scratch, holder: str) -> None:
    """`own_visits`: the visits that are no event of an episode, because they are it or part of it."""
    visits = "SELECT visit, episode_id FROM belongs"
    if holder == "episode":
        first = f"{day_of('visit_start_date')} = {day_of('admit_date')} OR episode_id IN (SELECT episode_id FROM coded_episode)"
        visits += f" JOIN omop_visit_occurrence ON visit = visit_occurrence_id JOIN found_episodes USING (episode_id) WHERE {first}"
    scratch.view("own_visits", f"{visits} UNION ALL SELECT visit, episode_id FROM episode_event")
