"""Takes a flat REDCap export (CSV, raw codes), gives the canonical tables.

A record is an episode; or it is a person, and the mapping names the repeating instrument (or event) that holds the episodes. Scores and
events stand in any row, in fields such as phq9_date with phq9_total or phq9_1 ..., and event with event_date. In the rows of a repeating
instrument every other field is blank: those blanks are no values.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iop_outcomes.engine.duckdb import DuckEngine
from iop_outcomes.intake.adapters import Adapted
from iop_outcomes.intake.adapters.placing import EPISODE, EVENT, hand_over, item_columns, score_columns
from iop_outcomes.intake.adapters.scale_codes import refuse_fields
from iop_outcomes.intake.adapters.scratch import Scratch, head_of
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import Finding, Severity, fatal
from iop_outcomes.intake.inputs import Input, Lines
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.preflight import preflight_csv
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.scales import Scale

EVENT_NAME, INSTRUMENT, INSTANCE, GROUP = (
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_data_access_group",
)
BOX = "___"  # a checkbox field is one column for each box: payer___1, payer___2
LABELS = ("event name", "repeat instrument", "repeat instance", "data access group", "record id")
Row = dict[str, str | None]


def adapt(engine: DuckEngine, path: Path, mapping: Mapping, scales: Dictionary[str, Scale]) -> Adapted:
    """Put episodes, scores and events of a REDCap export into the engine, as text."""
    totals = [name for name, scale in scales.items() if scale.total]
    others = ("event", "event_date", "event_planned", "episode", *(f"{name}_{part}" for name in totals for part in ("total", "date")))
    refuse_fields(mapping, scales, forms=True, others=others)
    file = _file(path)
    scratch = Scratch()
    try:
        header = [name.lower() for name in preflight_csv(file, mapping.delimiter, _first_names(file, mapping.delimiter))]
        if set(header) & set(LABELS):
            hint = 'Export again as "CSV / Microsoft Excel (raw data)", without labels.'
            fatal("label_export", shown(file), "this is an export of labels", hint, line=1)
        export = _Export(file, header, mapping, scales)
        scratch.read("redcap", file, mapping, export.wanted(), export.wanted()[:1])
        export.rows = [dict(zip(export.wanted(), row, strict=True)) for row in scratch.ask("SELECT * FROM redcap")]
        return export.adapted(scratch, engine)
    finally:
        scratch.close()


def _file(path: Path) -> Path:
    """The one export of a folder, or the file itself."""
    if path.is_file():
        return path
    found = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
    if len(found) != 1:
        fatal(
            "no_such_file", path.name, f"{len(found)} CSV files in this folder, and a REDCap export is one", "Give the path of the export."
        )
    return found[0]


def _first_names(path: Path, delimiter: str) -> list[str]:
    """The first column, whatever it is called: in a REDCap export it is the record."""
    text = (head_of(path).splitlines() or [b""])[0].decode("utf-8-sig", errors="replace")
    return [text.split(delimiter)[0].strip().strip('"')] if delimiter in text else ["record_id"]


@dataclass
class _Export:
    """One export being read."""

    path: Path
    header: list[str]
    mapping: Mapping
    scales: Dictionary[str, Scale]
    rows: list[Row] = field(default_factory=list)
    places: dict[tuple[str, Severity, str], list[int]] = field(default_factory=dict)
    _names: dict[str, str | None] = field(default_factory=dict)  # what each episode is called, by its key
    _records: dict[str, str] = field(default_factory=dict)
    _people: dict[str, Row] = field(default_factory=dict)
    _group_of: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._record = self.header[0]
        self._boxes: dict[str, list[str]] = {}
        for name in self.header:
            if BOX in name and name.partition(BOX)[0] not in self.header:
                self._boxes.setdefault(name.partition(BOX)[0], []).append(name)
        came = [*self.header, *self._boxes]
        plan = plan_table("episodes", came, self.mapping, self.scales)
        self._own = [name for name in plan.names.values() if name in came]
        self._sources = {name: self.mapping.columns.get("episodes", {}).get(name, name) for name in EPISODE}
        totals = [scale for scale in self.scales.values() if scale.total]
        self._forms = {scale.name: (self._called(f"{scale.name}_date"), self._columns(scale)) for scale in totals}
        self._forms = {name: form for name, form in self._forms.items() if form[0] in self.header and form[1]}

    def _called(self, name: str) -> str:
        return self.mapping.adapter.fields.get(name, name)

    def _columns(self, scale: Scale) -> dict[str, str]:
        """The export's fields of a scale, by the name of the canonical column."""
        names = {"score": self._called(f"{scale.name}_total")}
        names |= {f"{scale.name}_{number}": self._called(f"{scale.name}_{number}") for number in range(1, scale.items + 1)}
        return {column: name for column, name in names.items() if name in self.header}

    def wanted(self) -> list[str]:
        """Every column that is read, the record first."""
        system = [EVENT_NAME, INSTRUMENT, INSTANCE, GROUP]
        forms = [name for date, columns in self._forms.values() for name in (date, *columns.values())]
        events = [self._called(name) for name in ("event", "event_date", "event_planned", "episode")]
        boxes = [box for stem in (*self._own, *events) for box in self._boxes.get(stem, ())]
        named = [name for name in (*system, *self._own, *forms, *events, *boxes) if name in self.header]
        return list(dict.fromkeys([self._record, *named]))

    # -- rows --------------------------------------------------------------------------------------------------------

    def adapted(self, scratch: Scratch, engine: DuckEngine) -> Adapted:
        """The tables handed over, with what was seen on the way."""
        episodes = self._episodes()
        scratch.fill("redcap_episodes", list(next(iter(episodes.values()))), [list(row.values()) for row in episodes.values()])
        dates = self._sources["admit_date"]
        self._names = {key: row[self._sources["episode_id"]] for key, row in episodes.items()}
        begun = [(self._names[key], self._records[key], None, None, row.get(dates), None, None, None) for key, row in episodes.items()]
        scratch.fill("found_episodes", EPISODE, begun)
        scratch.fill("found_scores", score_columns(self.scales), self._scores())
        scratch.fill("found_events", EVENT, self._events())
        own = {table: [self.path] for table in ("episodes", "scores", "events")}
        inputs, lost = hand_over(scratch, engine, self.scales, own, "redcap_episodes")
        codes = {**self.mapping.codes, "track": {**self.mapping.codes.get("track", {}), **self.mapping.adapter.tracks}}
        mapping = replace(self.mapping, codes={name: words for name, words in codes.items() if words})
        return Adapted(inputs, mapping, (*self._findings(), *lost))

    def _cell(self, place: int, name: str) -> str | None:
        """A field of a row; of a checkbox the one box that is ticked."""
        row = self.rows[place]
        if name not in self._boxes:
            return row.get(name)
        ticked = [box.partition(BOX)[2] for box in self._boxes[name] if row.get(box) == "1"]
        if len(ticked) > 1:
            self._note(place, "several_boxes", "warning", f"several boxes of {name} are ticked: left blank")
        return ticked[0] if len(ticked) == 1 else None

    def _holds_episode(self, row: Row) -> bool:
        """Whether a row is one of episodes: of the instrument or the event named, or not of a repeating instrument."""
        holder = self.mapping.adapter.episodes
        if holder:
            return holder in (row.get(INSTRUMENT), row.get(EVENT_NAME) if row.get(INSTRUMENT) is None else None)
        return row.get(INSTRUMENT) is None

    def _key(self, row: Row) -> str:
        """What an episode is called where the export gives it no name."""
        record = row[self._record] or ""
        return f"{record}-{row.get(INSTANCE) or '1'}" if self.mapping.adapter.episodes else record

    def _episodes(self) -> dict[str, Row]:
        """The episodes by key; several rows of one (events of a longitudinal project) are laid together, and may not contradict."""
        found: dict[str, Row] = {}
        names = list(dict.fromkeys([*self._own, *(self._sources[name] for name in ("episode_id", "patient_id", "site"))]))
        for place, row in enumerate(self.rows):
            record = row[self._record]
            if record is None:
                self._note(place, "no_record", "error", "a row without a record")
                continue
            if group := row.get(GROUP):
                self._group_of[record] = group
            if self._holds_episode(row):
                self._records[self._key(row)] = record
                self._lay(found.setdefault(self._key(row), dict.fromkeys(names)), place, names)
            elif row.get(INSTRUMENT) is None:
                self._lay(self._people.setdefault(record, dict.fromkeys(names)), place, names)
        if not found:
            hint = "Name the repeating instrument or the event that holds them in mapping.toml: [adapter] episodes, or leave it out."
            fatal("no_episodes", shown(self.path), "no row that holds an episode", hint)
        return {key: self._completed(key, row) for key, row in found.items()}

    def _lay(self, row: Row, place: int, names: Sequence[str]) -> None:
        for name in names:
            value = self._cell(place, name)
            if value is not None and row[name] not in (None, value):
                self._note(place, "two_values", "error", f"two rows of one record give {name} differently")
            elif value is not None:
                row[name] = value

    def _completed(self, key: str, row: Row) -> Row:
        """What stands with the person, and what REDCap knows of itself: the record, the group of the record."""
        record = self._records[key]
        row = {name: value if value is not None else self._people.get(record, {}).get(name) for name, value in row.items()}
        episode, patient, site = (self._sources[name] for name in ("episode_id", "patient_id", "site"))
        row[episode] = row[episode] or key
        if self.mapping.adapter.episodes:
            row[patient] = row[patient] or record
        if site not in self.header:
            row[site] = row[site] or self._group_of.get(record)
        return row

    # -- scores and events -------------------------------------------------------------------------------------------

    def _scores(self) -> list[list[str | None]]:
        """Every row that answers a scale: total, items, day, and the episode where it is known."""
        found: list[list[str | None]] = []
        columns = ("score", *item_columns(self.scales))
        for place, row in enumerate(self.rows):
            for scale, (date, names) in self._forms.items():
                values = {column: row[name] for column, name in names.items()}
                if not any(values.values()):
                    if row[date]:
                        self._note(place, "record_not_used", "warning", f"{self.scales[scale].label} forms without a value: missing, not 0")
                elif row[date] is None:
                    self._note(place, "record_not_used", "warning", f"{self.scales[scale].label} forms without a date")
                else:
                    found.append([self._episode_of(row), row[self._record], scale, row[date], *(values.get(column) for column in columns)])
        return found

    def _episode_of(self, row: Row) -> str | None:
        """The episode that a row belongs to: that of its record, its own, or the one that a field names by its instance."""
        holder = self.mapping.adapter.episodes
        number = row.get(self._called("episode"))
        own = not holder or self._holds_episode(row)
        return self._names.get(self._key(row) if own else f"{row[self._record]}-{number}")

    def _events(self) -> list[tuple[str | None, ...]]:
        """Every row that names an event."""
        event, date, planned = (self._called(name) for name in ("event", "event_date", "event_planned"))
        found: list[tuple[str | None, ...]] = []
        if event not in self.header and event not in self._boxes:
            return found
        for place, row in enumerate(self.rows):
            what = self._cell(place, event)
            if what is None:
                continue
            if row.get(date) is None:
                self._note(place, "record_not_used", "warning", "events without a date")
                continue
            word = self.mapping.adapter.events.get(what, what)
            marked = self._cell(place, planned)
            flag = "1" if marked in self.mapping.adapter.planned else marked
            found.append((row[self._record], word, row.get(date), flag))
        return found

    # -- findings ----------------------------------------------------------------------------------------------------

    def _note(self, place: int, rule: str, severity: Severity, what: str) -> None:
        self.places.setdefault((rule, severity, what), []).append(place)

    def _findings(self) -> list[Finding]:
        """What was noted, with lines; and the names of the columns that are not read."""
        name = shown(self.path)
        hint = "Correct the record in REDCap and export again"
        found: list[Finding] = []
        if self.places:
            lines = Lines(Input("episodes", name, "line", self.path, self.mapping.delimiter, self.header))
            found = [
                Finding(rule, severity, name, "", what, hint, lines.of_rows(sorted(set(places))), "line", len(set(places)))
                for (rule, severity, what), places in self.places.items()
            ]
        dropped = [column for column in self.header if column not in self.wanted()]
        if dropped:
            hint = "To use one, map it or declare it under [covariates]"
            found.append(Finding("not_read", "note", name, "", f"columns that are not read: {', '.join(dropped)}", hint))
        return found
