"""Takes a flat REDCap export (CSV, raw codes), gives the canonical tables.

A record is an episode; or it is a person, and the mapping names the repeating instrument (or event) that holds the episodes. Scores and
events stand in any row, in fields such as phq9_date with phq9_total or phq9_1 ..., and event with event_date. In the rows of a repeating
instrument every other field is blank: those blanks are no values. A row is named by its event, its instrument and its instance together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iop_outcomes.engine.dialect import quoted
from iop_outcomes.intake.adapters.adapter import Adapted
from iop_outcomes.intake.adapters.placing import EPISODE, EVENT, NEEDED, OWN_VISIT, hand_over, item_columns, score_columns
from iop_outcomes.intake.adapters.redcap_file import find_export, read_header
from iop_outcomes.intake.adapters.scale_codes import refuse_fields
from iop_outcomes.intake.adapters.scratch import AT, Scratch, day_of, is_day
from iop_outcomes.intake.casts import WHOLE_NUMBER
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import Finding, Severity, fatal
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.intake.store import Store
from iop_outcomes.intake.vocabulary import only
from iop_outcomes.scales import Scale

EVENT_NAME, INSTRUMENT, INSTANCE, GROUP = (
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_data_access_group",
)
BOX = "___"  # a checkbox field is one column for each box: payer___1, payer___2
TICKED, OPEN = ("1", "1.0", "checked"), ("0", "0.0", "unchecked")  # as other programs write them when they save the export again
Row = dict[str, str | None]
Key = tuple[str, str, str]  # of an episode: record, event, instance; the last two are blank where a record is one episode


def adapt(store: Store, path: Path, mapping: Mapping, scales: Dictionary[str, Scale]) -> Adapted:
    """Put episodes, scores and events of a REDCap export into the store, as text."""
    totals = [name for name, scale in scales.items() if scale.total]
    others = ("event", "event_date", "event_planned", "episode", *(f"{name}_{part}" for name in totals for part in ("total", "date")))
    refuse_fields(mapping, scales, forms=True, others=others)
    file = find_export(path)
    scratch = Scratch()
    try:
        header = read_header(file, mapping.delimiter)
        export = _Export(file, header, mapping, scales)
        scratch.read("redcap", file, mapping, export.wanted(), export.wanted()[:1])
        records = scratch.ask("SELECT * FROM redcap")
        export.rows = [dict(zip(export.wanted(), row[:-1], strict=True)) for row in records]
        export.at = [row[-1] for row in records]
        return export.adapted(scratch, store)
    finally:
        scratch.close()


@dataclass
class _Export:
    """One export being read."""

    path: Path
    header: list[str]
    mapping: Mapping
    scales: Dictionary[str, Scale]
    rows: list[Row] = field(default_factory=list)
    at: list[int] = field(default_factory=list)  # where each row stands, as `AT`
    places: dict[tuple[str, Severity, str], list[int]] = field(default_factory=dict)
    _names: dict[Key, str | None] = field(default_factory=dict)  # what each episode is called
    _days: dict[str | None, tuple[str | None, str | None]] = field(default_factory=dict)  # of admission and discharge, by that name
    _numbered: dict[tuple[str | None, str | None], list[Key]] = field(default_factory=dict)  # episodes by record and instance
    _of_record: dict[str, list[str | None]] = field(default_factory=dict)  # what its episodes are called
    _people: dict[str, Row] = field(default_factory=dict)
    _stood: dict[Key | str, dict[str, int]] = field(default_factory=dict)  # where each field of an episode or a person was found
    _group_of: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._record = self.header[0]
        self._boxes: dict[str, list[str]] = {}
        for name in self.header:
            if BOX in name and name.partition(BOX)[0] not in self.header:
                self._boxes.setdefault(name.partition(BOX)[0], []).append(name)
        came = [*self.header, *self._boxes]
        plan = plan_table("episodes", came, self.mapping, self.scales)
        self._field_of_site = [name for name in plan.names.values() if name in came]
        self._sources = {name: self.mapping.columns.get("episodes", {}).get(name, name) for name in EPISODE}
        totals = [scale for scale in self.scales.values() if scale.total]
        self._forms = {scale.name: (self._called(f"{scale.name}_date"), self._columns(scale)) for scale in totals}
        self._forms = {
            name: form for name, form in self._forms.items() if form[1] and (form[0] in self.header or self.mapping.adapter.moments)
        }

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
        boxes = [box for stem in (*self._field_of_site, *events) for box in self._boxes.get(stem, ())]
        named = [name for name in (*system, *self._field_of_site, *forms, *events, *boxes) if name in self.header]
        return list(dict.fromkeys([self._record, *named]))

    # -- rows --------------------------------------------------------------------------------------------------------

    def adapted(self, scratch: Scratch, store: Store) -> Adapted:
        """The tables handed over, with what was seen on the way."""
        episodes = self._episodes()
        self._names = {key: row[self._sources["episode_id"]] for key, row in episodes.items()}
        self._days = {self._names[key]: (row.get(self._sources["admit_date"]), self._discharged(row)) for key, row in episodes.items()}
        self._refuse_moments()
        for key in episodes:
            self._numbered.setdefault((key[0], key[2]), []).append(key)
            self._of_record.setdefault(key[0], []).append(self._names[key])
        self._fill_episodes(scratch, episodes)
        scratch.fill("found_scores", score_columns(self.scales), self._scores())
        scratch.fill("found_events", EVENT, self._events())
        scratch.fill("own_visits", OWN_VISIT, [])
        files = {table: [self.path] for table in NEEDED}
        needed = [name for name in self._field_of_site if name in self.header or name in self._boxes]
        inputs, lost = hand_over(scratch, store, self.scales, files, "own_episodes", needed)
        codes = {**self.mapping.codes, "track": {**self.mapping.codes.get("track", {}), **self.mapping.adapter.tracks}}
        mapping = replace(self.mapping, codes={name: words for name, words in codes.items() if words})
        return Adapted(inputs, mapping, (*self._findings(scratch), *lost))

    def _fill_episodes(self, scratch: Scratch, episodes: Dictionary[Key, Row]) -> None:
        """The workbench's `own_episodes`, every field with its place, and `found_episodes`."""
        names = list(next(iter(episodes.values())))
        rows = []
        for key, row in episodes.items():
            stood = {**self._stood.get(key[0], {}), **self._stood[key]}
            rows.append([*row.values(), min(self._stood[key].values()), *(stood.get(name) for name in names)])
        scratch.fill("redcap_episodes", [*names, AT, *(AT + name for name in names)], rows)
        dates = {self._sources["admit_date"], self._sources["discharge_date"]} & set(names)  # a site may name one column for both
        cut = ", ".join(f"{day_of(quoted(name))} AS {quoted(name)}" for name in sorted(dates))
        scratch.view("own_episodes", f"SELECT *{f' REPLACE ({cut})' if cut else ''} FROM redcap_episodes")
        admit = self._sources["admit_date"]
        begun = [(self._names[key], key[0], None, None, row.get(admit), self._discharged(row), None, None) for key, row in episodes.items()]
        scratch.fill("found_episodes", EPISODE, begun)

    def _discharged(self, row: Row) -> str | None:
        """The day of discharge of an episode, from its stay where that is what came."""
        admit, discharge = row.get(self._sources["admit_date"]), row.get(self._sources["discharge_date"])
        stay = row.get(self.mapping.columns.get("episodes", {}).get("los_days", "los_days")) or ""
        if discharge or admit is None or not is_day(admit) or not re.fullmatch(WHOLE_NUMBER, stay):
            return discharge
        return str(dt.date.fromisoformat(admit[:10]) + dt.timedelta(days=int(stay) - (self.mapping.los_convention == "inclusive")))

    def _cell(self, place: int, name: str) -> str | None:
        """A field of a row; of a checkbox the one box that is ticked."""
        row = self.rows[place]
        if name not in self._boxes:
            return row.get(name)
        boxes = {box.partition(BOX)[2]: (row.get(box) or OPEN[0]).lower() for box in self._boxes[name]}
        if not set(boxes.values()) <= {*TICKED, *OPEN}:
            self._note(place, "no_box", "warning", f"a box of {name} holds neither 1 nor 0: left blank")
            return None
        ticked = [box for box, text in boxes.items() if text in TICKED]
        if len(ticked) > 1:
            self._note(place, "several_boxes", "warning", f"several boxes of {name} are ticked: left blank")
        return ticked[0] if len(ticked) == 1 else None

    def _holds_episode(self, row: Row) -> bool:
        """Whether a row is one of episodes: of the instrument or the event named, or not of a repeating instrument."""
        holder = self.mapping.adapter.episodes
        if holder:
            return holder in (row.get(INSTRUMENT), row.get(EVENT_NAME) if row.get(INSTRUMENT) is None else None)
        return row.get(INSTRUMENT) is None

    def _key(self, row: Row) -> Key:
        """What tells an episode from others."""
        record = row[self._record] or ""
        return (record, row.get(EVENT_NAME) or "", row.get(INSTANCE) or "1") if self.mapping.adapter.episodes else (record, "", "")

    def _called_by(self, keys: Sequence[Key]) -> dict[Key, str]:
        """What episodes are called where the export gives them no name: the event is part of it where several hold episodes."""
        several = len({event for _, event, _ in keys}) > 1
        return {
            (record, event, number): "-".join(filter(None, (record, event if several else "", number))) for record, event, number in keys
        }

    def _episodes(self) -> dict[Key, Row]:
        """The episodes by key; several rows of one (events of a longitudinal project) are laid together, and may not contradict."""
        episodes: dict[Key, Row] = {}
        names = list(dict.fromkeys([*self._field_of_site, *(self._sources[name] for name in ("episode_id", "patient_id", "site"))]))
        for place, row in enumerate(self.rows):
            record = row[self._record]
            if record is None:
                self._note(place, "no_record", "error", "a row without a record")
                continue
            if group := row.get(GROUP):
                self._group_of[record] = group
            if self._holds_episode(row):
                key = self._key(row)
                self._stood.setdefault(key, {self._record: self.at[place]})
                self._lay(episodes.setdefault(key, dict.fromkeys(names)), key, place, names)
            elif row.get(INSTRUMENT) is None:
                self._lay(self._people.setdefault(record, dict.fromkeys(names)), record, place, names)
        if not episodes:
            hint = "Name the repeating instrument or the event that holds them in mapping.toml: [adapter] episodes, or leave it out."
            fatal("no_episodes", shown(self.path), "no row that holds an episode", hint)
        called = self._called_by(list(episodes))
        return {key: self._completed(key, row, called[key]) for key, row in episodes.items()}

    def _lay(self, row: Row, key: Key | str, place: int, names: Sequence[str]) -> None:
        for name in names:
            value = self._cell(place, name)
            if value is not None and row[name] not in (None, value):
                self._note(place, "two_values", "error", f"two rows of one record give {name} differently")
            elif value is not None:
                row[name] = value
                self._stood.setdefault(key, {}).setdefault(name, self.at[place])

    def _completed(self, key: Key, row: Row, called: str) -> Row:
        """What stands with the person, and what REDCap knows of itself: the record, the group of the record."""
        record = key[0]
        row = {name: value if value is not None else self._people.get(record, {}).get(name) for name, value in row.items()}
        episode, patient, site = (self._sources[name] for name in ("episode_id", "patient_id", "site"))
        row[episode] = row[episode] or called
        if self.mapping.adapter.episodes:
            row[patient] = row[patient] or record
        if site not in self.header:
            row[site] = row[site] or self._group_of.get(record)
        return row

    # -- scores and events -------------------------------------------------------------------------------------------

    def _scores(self) -> list[list[str | int | None]]:
        """Every row that answers a scale: its place, total, items, day, and the episode where it is known."""
        scores: list[list[str | int | None]] = []
        columns = ("score", *item_columns(self.scales))
        for place, row in enumerate(self.rows):
            for scale, (date, names) in self._forms.items():
                label = self.scales[scale].label
                values = {column: row[name] for column, name in names.items()}
                if not any(values.values()):
                    if row.get(date):
                        self._note(place, "record_not_used", "warning", f"{label} forms without a value: missing, not 0")
                    continue
                day = row.get(date) or self._day_of_moment(place)
                if not is_day(day or ""):
                    self._note(place, "record_not_used", "warning", f"{label} forms without a whole date")
                else:
                    start = [self.at[place], self._episode_of(place), row[self._record], scale, day]
                    scores.append([*start, *(values.get(column) for column in columns)])
        return scores

    def _day_of_moment(self, place: int) -> str | None:
        """The day of the episode at which the event of a row stands; a row that names none is of the only one that its record has."""
        row = self.rows[place]
        moment = self.mapping.adapter.moments.get(row.get(EVENT_NAME) or "")
        if moment is None:
            return None
        named, only_one = self._episode_of(place), self._of_record.get(row[self._record] or "", [])
        admitted, discharged = self._days.get(named or (only_one[0] if len(only_one) == 1 else None), (None, None))
        return admitted if moment == "admit" else discharged

    def _refuse_moments(self) -> None:
        """Refuse moments of events that the export does not have: a slip of the pen would lose every score of theirs."""
        only(
            self.mapping.adapter.moments,
            sorted({row.get(EVENT_NAME) or "" for row in self.rows} - {""}),
            f"{self.mapping.name} [adapter.moments]",
            "event in this export",
        )

    def _episode_of(self, place: int) -> str | None:
        """The episode that a row belongs to: that of its record, its own, or the one that a field names by its instance."""
        row = self.rows[place]
        if not self.mapping.adapter.episodes or self._holds_episode(row):
            return self._names.get(self._key(row))
        number = row.get(self._called("episode"))
        named = self._numbered.get((row[self._record], number), [])
        here = [key for key in named if key[1] == (row.get(EVENT_NAME) or "")]
        if len(named) > 1 and not here:
            self._note(place, "episode_not_named", "warning", "the number of an episode that stands in several events: placed by its date")
            return None
        return self._names[(here or named)[0]] if named else None

    def _events(self) -> list[tuple[str | int | None, ...]]:
        """Every row that names an event."""
        event, date, planned = (self._called(name) for name in ("event", "event_date", "event_planned"))
        events: list[tuple[str | int | None, ...]] = []
        if event not in self.header and event not in self._boxes:
            return events
        for place, row in enumerate(self.rows):
            what = self._cell(place, event)
            if what is None:
                continue
            if not is_day(row.get(date) or ""):
                self._note(place, "record_not_used", "warning", "events without a whole date")
                continue
            word = self.mapping.adapter.events.get(what, what)
            marked = self._cell(place, planned)
            flag = "1" if marked in self.mapping.adapter.planned else marked
            events.append((row[self._record], word, row.get(date), flag, None, self.at[place]))
        return events

    # -- findings ----------------------------------------------------------------------------------------------------

    def _note(self, place: int, rule: str, severity: Severity, what: str) -> None:
        self.places.setdefault((rule, severity, what), []).append(place)

    def _findings(self, scratch: Scratch) -> list[Finding]:
        """What was noted, with lines; and the names of the columns that are not read."""
        name = shown(self.path)
        hint = "Correct the record in REDCap and export again"
        findings = []
        for (rule, severity, what), places in self.places.items():
            lines = scratch.files[0].lines.of_rows(sorted(set(places)))
            findings.append(Finding(rule, severity, name, "", what, hint, lines, "line", len(lines)))
        dropped = [column for column in self.header if column not in self.wanted()]
        if dropped:
            hint = "To use one, map it or declare it under [covariates]"
            findings.append(Finding("not_read", "note", name, "", f"columns that are not read: {', '.join(dropped)}", hint))
        return findings
