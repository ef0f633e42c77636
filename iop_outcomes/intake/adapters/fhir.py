"""Takes a folder of FHIR R4 bulk files (NDJSON), gives the canonical tables.

Episodes are EpisodeOfCare resources, or Encounters, whose type the mapping names as a track; how they ended stands in the last Encounter of
each. Scores come from Observation and QuestionnaireResponse. What cannot be used is counted with file and line, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from pathlib import Path

from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.adapters.adapter import Adapted
from iop_outcomes.intake.adapters.fhir_episodes import People, Place
from iop_outcomes.intake.adapters.fhir_scores import Scores
from iop_outcomes.intake.adapters.fhir_values import Ledger
from iop_outcomes.intake.adapters.ndjson import files_of, resources
from iop_outcomes.intake.adapters.placing import EPISODE, EVENT, OWN_VISIT, hand_over, item_columns, score_columns, unused
from iop_outcomes.intake.adapters.scale_codes import refuse_fields
from iop_outcomes.intake.adapters.scratch import AT, Scratch
from iop_outcomes.intake.adapters.sources import TABLES
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import Finding, fatal
from iop_outcomes.intake.inputs import PLACE, Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

HOLDERS = ("EpisodeOfCare", "Encounter")
KINDS = TABLES["fhir"]


def adapt(store: Store, path: Path, mapping: Mapping, scales: Dictionary[str, Scale]) -> Adapted:
    """Put episodes, scores and events of a folder of NDJSON files into the store, as text."""
    holder = _holder(path, mapping)
    refuse_fields(mapping, scales, forms=True)
    files = {kind: files_of(path, kind) for kind in KINDS}
    if not files[holder]:
        fatal("no_such_file", path.name, f"the folder holds no file of {holder}", f"Export it as {holder}.ndjson or {holder}.000.ndjson.")
    ledger = Ledger()
    people = People(mapping, ledger, are_visits=holder == "Encounter")
    if holder == "EpisodeOfCare":
        people.add_episodes(resources(files[holder], holder))
    others = people.add_encounters(resources(files["Encounter"], "Encounter"))
    if not people.episodes:
        hint = "Name the codes of your tracks, as they stand under type, in mapping.toml under [adapter.tracks]."
        fatal("no_episodes", holder, "no resource that can be used has a code of a track", hint)
    people.end_episodes()
    people.add_patients(resources(files["Patient"], "Patient"))
    scores = Scores(mapping, scales, ledger, people.of_visit)
    scores.add_observations(resources(files["Observation"], "Observation"))
    scores.add_forms(resources(files["QuestionnaireResponse"], "QuestionnaireResponse"))
    sources = {
        "episodes": files[holder],
        "scores": files["Observation"] + files["QuestionnaireResponse"],
        "events": files["Encounter"] + files["Patient"],
    }
    return _handed_over(store, mapping, scales, people, scores, sources, others)


def _holder(path: Path, mapping: Mapping) -> str:
    """Which resource holds the episodes."""
    where = f"{mapping.name} [adapter]"
    if not path.is_dir():
        fatal("not_a_folder", path.name, "FHIR bulk files come as a folder", "Give the folder with EpisodeOfCare.ndjson and the others.")
    holder = mapping.adapter.episodes or "EpisodeOfCare"
    if holder not in HOLDERS:
        raise DataError(f'{where} episodes: "{holder}" is not allowed. {choices(holder, HOLDERS)}')
    if not mapping.adapter.tracks:
        raise DataError(
            f'{where}: no tracks. Name the codes of your tracks in mapping.toml, as in [adapter.tracks] "IOP-MH" = "mental_health".'
        )
    return holder


def _handed_over(
    store: Store,
    mapping: Mapping,
    scales: Dictionary[str, Scale],
    people: People,
    scores: Scores,
    sources: Dictionary[str, list[Path]],
    others: int,
) -> Adapted:
    """The workbench filled, and its tables given to the store."""
    scratch = Scratch()
    try:
        _fill(scratch, scales, people, scores, sources)
        inputs, lost = hand_over(scratch, store, scales, sources)
    finally:
        scratch.close()
    hint = "Name more codes under [adapter.tracks] or [adapter.events], if some of them should count"
    other: list[Finding] = unused(
        "Encounter", "visits with no code of a track or an event, and of no episode", others, severity="note", hint=hint
    )
    return Adapted(inputs, mapping, (*people.ledger.findings(), *other, *lost))


def _fill(scratch: Scratch, scales: Dictionary[str, Scale], people: People, scores: Scores, sources: Dictionary[str, list[Path]]) -> None:
    """The tables of the workbench, each row with its place."""
    files = dict.fromkeys(path for paths in sources.values() for path in paths)
    number = {path: scratch.number(Input(path.name, shown(path), "line")) for path in files}

    def at(place: Place | None) -> int | None:
        return None if place is None else number[place[0]] * PLACE + place[1] - 1

    episodes = []
    for one in people.episodes.values():
        sex, place = people.sexes.get(one.patient_id or "", (None, None))
        cells = (one.episode_id, one.patient_id, one.track, one.reason, one.start, one.end, one.site, sex)
        episodes.append((*cells, at(one.place), at(one.ended_at), at(place)))
    scratch.fill("found_episodes", (*EPISODE, AT, AT + "discharge_reason", AT + "sex"), episodes)
    columns = item_columns(scales)
    rows = []
    for key, form in scores.gathered.rows():
        items = {f"{key[2]}_{number}": value for number, value in form.items.items()}
        places = {f"{key[2]}_{number}": at(place) for number, place in form.places.items()}
        rows.append((at(form.place), *key, form.total, *map(items.get, columns), *map(places.get, columns)))
    scratch.fill("found_scores", (*score_columns(scales), *(AT + column for column in columns)), rows)
    happened = people.happened()
    events = [(one.patient_id, one.event, one.date, one.planned, one.visit, at(one.place)) for one in happened]
    scratch.fill("found_events", EVENT, events)
    scratch.fill("own_visits", OWN_VISIT, sorted(people.own_visits))
