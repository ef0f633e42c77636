"""Takes a folder of OMOP CDM 5.4 tables (CSV or Parquet), gives the canonical tables.

Episodes are visits (`visit_occurrence`, or `visit_detail`) or rows of `episode` whose code the mapping names as a track. Totals and items of
scales come from `observation` and `measurement` alike, known by LOINC code or concept id; a row without a value is missing, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from pathlib import Path

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.adapters.adapter import Adapted
from iop_outcomes.intake.adapters.omop_events import add_events
from iop_outcomes.intake.adapters.omop_scores import VISIT_FIELD, add_scores
from iop_outcomes.intake.adapters.placing import hand_over, unused, unused_rows
from iop_outcomes.intake.adapters.scale_codes import refuse_fields
from iop_outcomes.intake.adapters.scratch import AT, Scratch, day_of
from iop_outcomes.intake.findings import Finding, fatal
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

# Columns read of each table; those that a table is unusable without come first, as many as the number says.
COLUMNS: Dictionary[str, tuple[int, str]] = {
    "visit_occurrence": (
        4,
        (
            "visit_occurrence_id person_id visit_start_date visit_end_date visit_concept_id visit_source_value visit_source_concept_id "
            "care_site_id discharged_to_concept_id discharged_to_source_value admitted_from_source_value"
        ),
    ),
    "visit_detail": (
        4,
        (
            "visit_detail_id person_id visit_detail_start_date visit_detail_end_date visit_detail_concept_id visit_detail_source_value "
            "visit_detail_source_concept_id care_site_id discharged_to_concept_id discharged_to_source_value visit_occurrence_id "
            "admitted_from_source_value"
        ),
    ),
    "episode": (
        3,
        "episode_id person_id episode_start_date episode_end_date episode_source_value episode_object_concept_id episode_concept_id",
    ),
    "episode_event": (3, "episode_id event_id episode_event_field_concept_id"),
    "observation": (
        3,
        (
            "person_id observation_concept_id observation_date value_as_number observation_source_value value_as_concept_id unit_concept_id "
            "unit_source_value visit_occurrence_id visit_detail_id"
        ),
    ),
    "measurement": (
        3,
        (
            "person_id measurement_concept_id measurement_date value_as_number measurement_source_value value_as_concept_id unit_concept_id "
            "unit_source_value visit_occurrence_id visit_detail_id operator_concept_id"
        ),
    ),
    "person": (1, "person_id gender_concept_id"),
    "death": (2, "person_id death_date"),
    "concept": (3, "concept_id concept_code vocabulary_id"),
}
# Where episodes may be: the codes of each table, the most specific first; and its key, its first and its last day.
CODES: Dictionary[str, tuple[str, str, str]] = {
    "visit_occurrence": ("visit_source_value", "visit_source_concept_id", "visit_concept_id"),
    "visit_detail": ("visit_detail_source_value", "visit_detail_source_concept_id", "visit_detail_concept_id"),
    "episode": ("episode_source_value", "episode_object_concept_id", "episode_concept_id"),
}
DATES: Dictionary[str, tuple[str, str, str]] = {
    "visit_occurrence": ("visit_occurrence_id", "visit_start_date", "visit_end_date"),
    "visit_detail": ("visit_detail_id", "visit_detail_start_date", "visit_detail_end_date"),
    "episode": ("episode_id", "episode_start_date", "episode_end_date"),
}
HOLDERS = tuple(CODES)
STILL_PATIENT = "32220"  # the convention for a stay that is not over: its end date is the day of the export
SEXES = {"8507": "male", "8532": "female"}


def adapt(store: Store, path: Path, mapping: Mapping, scales: Dictionary[str, Scale]) -> Adapted:
    """Put episodes, scores and events of a folder of OMOP tables into the store, as text."""
    scratch = Scratch()
    try:
        return _Reading(scratch, store, path, mapping, scales).adapted()
    finally:
        scratch.close()


@dataclass
class _Reading:
    """One folder being read."""

    scratch: Scratch
    store: Store
    path: Path
    mapping: Mapping
    scales: Dictionary[str, Scale]

    def adapted(self) -> Adapted:
        holder = self._holder()
        files = {table: self._read(table, needed=table == holder) for table in COLUMNS}
        self.scratch.fill("track", ("code", "track"), list(self.mapping.adapter.tracks.items()))
        self._episodes(holder)
        findings = self._judge_episodes(holder)
        findings += add_scores(self.scratch, holder, self.mapping, self.scales)
        findings += add_events(self.scratch, holder, CODES[holder], self.mapping)
        sources = {
            "episodes": [files[holder]],
            "scores": [files[table] for table in ("observation", "measurement")],
            "events": [files[table] for table in ("visit_occurrence", "death")],
        }
        known = {table: [path for path in paths if path is not None] for table, paths in sources.items()}
        inputs, lost = hand_over(self.scratch, self.store, self.scales, known)
        codes = {**self.mapping.codes, "sex": {**SEXES, "0": "unknown", **self.mapping.codes.get("sex", {})}}
        return Adapted(inputs, replace(self.mapping, codes=codes), (*findings, *lost))

    # -- files -------------------------------------------------------------------------------------------------------

    def _holder(self) -> str:
        """Which table holds the episodes."""
        if not self.path.is_dir():
            fatal(
                "not_a_folder", self.path.name, "OMOP tables come as a folder", "Give the folder with visit_occurrence.csv and the others."
            )
        holder = self.mapping.adapter.episodes or "visit_occurrence"
        where = f"{self.mapping.name} [adapter]"
        if holder not in HOLDERS:
            raise DataError(f'{where} episodes: "{holder}" is not allowed. {choices(holder, HOLDERS)}')
        refuse_fields(self.mapping, self.scales, forms=False)
        if not self.mapping.adapter.tracks:
            raise DataError(
                f'{where}: no tracks. Name the codes of your tracks in mapping.toml, as in [adapter.tracks] "IOP-MH" = "mental_health".'
            )
        return holder

    def _read(self, table: str, *, needed: bool) -> Path | None:
        """One table as text; an empty one when there is no such file."""
        n, columns = COLUMNS[table]
        wanted = columns.split()
        files = sorted(file for file in self.path.iterdir() if file.stem.lower() == table and file.suffix.lower() in (".csv", ".parquet"))
        if len(files) > 1:
            fatal("table_twice", table, f"{' and '.join(file.name for file in files)} both stand in the folder", "Keep one.")
        if not files and needed:
            fatal("no_such_file", self.path.name, f"the folder holds no table {table}", f"Export it as {table}.csv or {table}.parquet.")
        if not files:
            self.scratch.fill(f"omop_{table}", (*wanted, AT), [])
            return None
        self.scratch.read(f"omop_{table}", files[0], self.mapping, wanted, wanted[:n])
        return files[0]

    # -- episodes ----------------------------------------------------------------------------------------------------

    def _episodes(self, holder: str) -> None:
        """The workbench's `found_episodes`: rows of the holder whose code is one of a track, the most specific code first."""
        codes, (key, start_date, end_date) = CODES[holder], DATES[holder]
        joins = "".join(f" LEFT JOIN track AS track{i} ON own.{code} = track{i}.code" for i, code in enumerate(codes))
        site, concept, source, place = "care_site_id", "discharged_to_concept_id", "discharged_to_source_value", f"own.{AT}"
        if holder == "episode":
            site, concept, source, place = "NULL", "ending.concept", "ending.source", f"ending.{AT}"
            self._endings()
            joins += " LEFT JOIN endings AS ending USING (episode_id)"
        track = "coalesce(track0.track, track1.track, track2.track)"
        open_end = literal("active") if self.mapping.adapter.without_end == "active" else "NULL"
        given = f"coalesce({source}, nullif({concept}, '0'))"
        still = f"{concept} IS NOT DISTINCT FROM {literal(STILL_PATIENT)}"
        reason = f"CASE WHEN {still} THEN 'active' WHEN {end_date} IS NULL AND {given} IS NULL THEN {open_end} ELSE {given} END"
        cells = (
            f"{key} AS episode_id, own.person_id AS patient_id, {track} AS track, {reason} AS discharge_reason, {start_date} AS admit_date, "
            f"CASE WHEN NOT ({still}) THEN {end_date} END AS discharge_date, {site} AS site, gender_concept_id AS sex, own.{AT} AS {AT}, "
            f"people.{AT} AS {quoted(AT + 'sex')}, {place} AS {quoted(AT + 'discharge_reason')}"
        )
        self._people()
        self.scratch.view(
            "holder_rows", f"SELECT {cells} FROM omop_{holder} AS own{joins} LEFT JOIN people ON own.person_id = people.person_id"
        )
        self.scratch.view("found_episodes", "SELECT * FROM holder_rows WHERE track IS NOT NULL")

    def _people(self) -> None:
        """`people`: the sex of each person; blank where two rows of one person contradict."""
        sex = "CASE WHEN count(DISTINCT gender_concept_id) = 1 THEN any_value(gender_concept_id) END"
        self.scratch.view("people", f"SELECT person_id, {sex} AS gender_concept_id, min({AT}) AS {AT} FROM omop_person GROUP BY person_id")

    def _endings(self) -> None:
        """`endings`: how the last visit of each row of `episode` ended, as the table itself does not say; blank where two last ones differ."""
        visits = (
            "SELECT link.episode_id AS episode_id, nullif(discharged_to_concept_id, '0') AS concept, discharged_to_source_value AS source, "
            f"{day_of('visit_end_date')} AS day, visit.{AT} AS {AT} FROM omop_episode_event AS link JOIN omop_visit_occurrence AS visit "
            f"ON link.event_id = visit.visit_occurrence_id WHERE link.episode_event_field_concept_id = {literal(VISIT_FIELD)}"
        )
        # A visit that says nothing of how it ended does not hide an earlier one that does; one without a day may be the last.
        visits_with_last = f"SELECT *, max(day) OVER (PARTITION BY episode_id) AS last FROM ({visits}) AS visits WHERE coalesce(source, concept) IS NOT NULL"
        self.scratch.view("last_visits", f"SELECT * FROM ({visits_with_last}) AS told WHERE day IS NULL OR day = last")
        self.scratch.view(
            "endings",
            f"SELECT episode_id, any_value(concept) AS concept, any_value(source) AS source, min({AT}) AS {AT} FROM last_visits "
            "GROUP BY episode_id HAVING count(DISTINCT (concept, source)) = 1",
        )

    def _judge_episodes(self, holder: str) -> list[Finding]:
        with_track, other = self.scratch.ask("SELECT count(track), count(*) - count(track) FROM holder_rows")[0]
        if not with_track:
            hint = "Name the codes of your tracks in mapping.toml under [adapter.tracks]: source values or concept ids."
            fatal("no_episodes", holder, f"none of {other:,} rows has a code of a track", hint)
        hint = "Name more codes under [adapter.tracks] or [adapter.events], if some of them should count"
        findings = self._judge_endings() if holder == "episode" else []
        findings += unused(holder, "rows with no code of a track are no episodes", other, severity="note", hint=hint)
        hint = 'If they are still in care, say so in mapping.toml: [adapter] without_end = "active"'
        open_ended = f"SELECT {AT} FROM found_episodes WHERE discharge_date IS NULL AND discharge_reason IS NULL"
        what = "episodes without an end date: how and when they ended is not known"
        findings += unused_rows(self.scratch, what, open_ended, hint=hint)
        twice = "SELECT person_id FROM omop_person GROUP BY person_id HAVING count(DISTINCT gender_concept_id) > 1"
        what = "rows of people whose sex is given differently: left blank"
        return findings + unused_rows(self.scratch, what, f"SELECT {AT} FROM omop_person WHERE person_id IN ({twice})")

    def _judge_endings(self) -> list[Finding]:
        """Visits that leave it open how an episode of a track ended."""
        unknown = "SELECT episode_id FROM found_episodes WHERE discharge_reason IS NULL"
        what = "visits of one episode that ended in different ways, none of them certainly the last: its reason is left blank"
        return unused_rows(self.scratch, what, f"SELECT {AT} FROM last_visits WHERE episode_id IN ({unknown})")
