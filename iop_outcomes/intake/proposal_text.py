"""Takes matched columns and codes, gives the lines of a mapping: what is known as lines, what a person decides as questions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iop_outcomes.columns import BY_PATIENT, COUNTED, DATED_CLASSES, EVENTS, KINDS, STRATA, WITH_KNOWN_WORDS, Field
from iop_outcomes.engine.dialect import quoted
from iop_outcomes.intake.adapters.redcap import EVENT_NAME
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.casts import Cast
from iop_outcomes.intake.date_offers import DateFits
from iop_outcomes.intake.encoding_offers import encoding_line
from iop_outcomes.intake.files import stem
from iop_outcomes.intake.headers import SAME_IN_EVERY_ROW, line_of_constants, needed_columns
from iop_outcomes.intake.locations import TEXTS
from iop_outcomes.intake.mapping import GAP_DAYS, ColumnRule, Mapping
from iop_outcomes.intake.proposal_codes import CodesRead, Scans, field_of
from iop_outcomes.intake.proposal_dates import date_lines, fits_of_columns
from iop_outcomes.intake.proposal_fields import field_lines, moment_lines
from iop_outcomes.intake.proposal_files import File, is_text
from iop_outcomes.intake.proposal_lines import TO_FINISH, Line, MappingLines, Question, long_text, short_text, toml, value_at
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.intake.rules import KEY
from iop_outcomes.intake.surveys import names_of_totals, side_by_side
from iop_outcomes.intake.synonyms import READMITTED, Match, identifier_called, spelled_out
from iop_outcomes.scales import Scale

MAX_NAMES = 100
AGE_STARTS = (12, 15, 18, 26, 40, 65)
_AGES = (
    "age",
    "ageatadmission",
    "ageatintake",
    "ageatadmit",
    "ageatentry",
    "ageonadmission",
    "ageyears",
    "ageinyears",
    "admissionage",
    "patientage",
    "clientage",
)
CLASSES = (
    "safe_harbor: no dates, no ages over 89, no ZIP codes of more than 3 digits (what holds when nothing is declared)",
    "limited_data_set: dates, towns, ZIP codes and ages, under a data use agreement",
    "synthetic: nobody in these files exists",
    "public: published for anyone to use",
)
# What else may bring what a needed column says, as `columns.KINDS` has it.
_ALTERNATIVES = {
    "los_days": ("discharge_date", "discharge_day"),
    "day": ("date", "moment"),
    "days_after_discharge": ("date", "day"),
    "episode_id": ("patient_id",),
}
# Where a column turns out to hold dates, what it is instead.
DATED_INSTEAD = {"los_days": "discharge_date", "day": "date", "days_after_discharge": "date"}
SAME_IN_ALL = "the same in every row"
_ENTER_IT = "Take the name from the file itself; a column that the file does not have must come from whoever makes the export."


@dataclass(frozen=True)
class Proposal:
    """A mapping to finish.

    Parameters
    ----------
    name : str
        What messages call the data.
    lines : tuple of Line
        Every line, open or not.
    remarks : dict
        What stands behind the name of a section.
    """

    name: str
    lines: tuple[Line, ...]
    remarks: Dictionary[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def open(self) -> list[Line]:
        """The lines that a person must decide."""
        return [line for line in self.lines if line.to_finish]

    @property
    def to_finish(self) -> int:
        """How many these are."""
        return len(self.open)

    @property
    def text(self) -> str:
        """The mapping.toml with every remark."""
        head = (
            f"# Proposed by iop-outcomes map from the headers and the codes of {self.name}. Read every line before you use it:\n"
            "# a column may be called like one thing and hold another. What a person must decide starts with\n"
            f'# "{TO_FINISH[2:]}": complete the line and take these words away. Then run: iop-outcomes check'
        )
        return f"{head}\n\n{long_text(self.lines, self.remarks)}\n"

    @property
    def short(self) -> str:
        """The same mapping in few lines."""
        head = (
            f'# How {self.name} is read. columns.episodes = {{ track = "X" }} is the same as track = "X" under [columns.episodes].\n'
            "# Change what is wrong, then run: iop-outcomes check"
        )
        return f"{head}\n{short_text(self.lines)}\n"


def class_line(note: str) -> Line:
    """The line that declares what kind of data these are, where dates are read."""
    why = f"Files with dates are refused without it. {'; '.join(CLASSES[1:])}."
    return Line(("data",), "class", "", note, Question("What kind of data are these?", why, DATED_CLASSES, DATED_CLASSES[0]))


def cutoff_line() -> Line:
    """The line that says up to when the data reach."""
    why = "Who is still in care, and how long everyone was followed, is counted up to it. Whoever made the export knows the day."
    question = Question("Up to which day do the data reach?", why, form="date", needed=False)
    return Line(("data",), "cutoff", "2025-09-30", "the last day that the data describe", question)


def constant_line(table: str, file: str, column: Field, scales: tuple[str, ...]) -> Line:
    """The line that says what every row of a table is, where no column says it."""
    allowed = scales if column.name == "scale" else column.allowed
    why = f"It is written to every row of {file}. Left open, the file cannot be read."
    words = f"{file}: {column.name}, {column.means}: what is it in every row?"
    question = Question(words, why, allowed, form="word" if allowed else "label")
    return Line(("constants", table), column.name, "", "the same in every row", question)


def number_rows_line(file: str) -> Line:
    """The line that numbers the rows of episodes, where no column names them."""
    why = "Then they are numbered. With no, the column that names them is asked for."
    question = Question(f"Is each row of {file} one episode, which no column names?", why, ("yes", "no"), "yes", "yes", needed=False)
    return Line((KEY,), "rule", "row_number", "in the place of a column: where each row is one episode, the rows are numbered", question)


def age_lines(column: str) -> Iterator[Line]:
    """The lines that make bands of a column of ages."""
    if column != "age":
        yield Line(("columns", COUNTED), "age", column)
    yield Line(("age_group",), "rule", "bands")
    yield Line(("age_group",), "column", "age")
    yield Line(("age_group",), "starts", list(AGE_STARTS), "the first age of each band: change them as you like")


@dataclass
class ProposalText:
    """The mapping being written.

    Parameters
    ----------
    scratch, scales
        Where the rows are, and the scales that are known.
    tables : dict of table to File
        Which file is which.
    unused : sequence of str
        Files that are no table.
    folder : Path
        Where the mapping will stand.
    given : dict
        What a mapping says already.
    declined : collection
        Places of guesses that a person has refused.
    scans : Scans
        What was counted of the rows, kept by the caller from one proposal to the next.
    layout : str
        That of a flat export of another system, whose fields of episodes are looked at; "" of files in our own.
    export, brought : str, dict of table to str
        The layout file that some tables are read by, and the names of their files.
    """

    scratch: Scratch
    scales: Dictionary[str, Scale]
    tables: Dictionary[str, File]
    unused: Sequence[str]
    folder: Path
    given: Dictionary[str, Any] = field(default_factory=dict)
    declined: Collection[tuple[str, ...]] = ()
    layout: str = ""
    scans: Scans = field(default_factory=Scans)
    export: str = ""
    brought: Dictionary[str, str] = field(default_factory=dict)

    def proposal(self, name: str) -> Proposal:
        """Every line, with what is left to decide; of an export in another layout, as far as its columns are ours."""
        lines = MappingLines(self.given)
        fits = self._fits()
        lines.remarks[("contacts",)] = "episodes are built from contacts"
        known = self.layout or self.export
        kind = [Line(("data",), "layout", known, "by the names of the files and the columns")] if known else []
        kind += [Line(("data",), note=f"  {table} are read from {name} as that layout says") for table, name in self.brought.items()]
        files = [] if self.layout else [*self._text_files(), *self._tables()]
        parts = (
            kind,
            self._data(),
            self._known_words(),
            date_lines(fits),
            files,
            self._every_column(lines),
            self._forms(),
            self._contacts(),
            CodesRead(self.scratch, self.scales, self.tables, self.given, self.scans).lines(),
            self._follow_up(),
        )
        for part in parts:
            for line in part:
                lines.add(line)
        return Proposal(name, tuple(lines.with_given()), lines.remarks)

    def _data(self) -> Iterator[Line]:
        data = ("data",)
        dates = [
            match.column
            for table, file in self.tables.items()
            for match in file.matches[table]
            if field_of(table, match, self.scales).kind == "date"
        ]
        stays = [match.to for match in self.tables[COUNTED].matches[COUNTED]] if COUNTED in self.tables else []
        if dates:
            yield class_line(f"dates are read ({', '.join(map(toml, dates))}): one of {', '.join(DATED_CLASSES)}")
            if "class" not in self.given.get("data", {}):
                yield from (Line(data, note=f"  {words}") for words in CLASSES)
        else:
            yield Line(data, "class", "safe_harbor", "the strictest; or limited_data_set, synthetic, public")
        if dates or any(KINDS[table].rolled_into for table in self.tables):
            yield cutoff_line()
        if "los_days" in stays and "los_convention" not in self.given.get("data", {}):
            yield Line(data, note='los_convention = "difference"    # what your los_days counts: difference, inclusive or last_contact')
        marks = {self._mark(file) for file in self.tables.values()}
        if len(texts := marks - {""}) == 1 and texts != {","}:
            yield Line(data, "delimiter", texts.pop())

    def _known_words(self) -> Iterator[Line]:
        """That usual words are read in the columns that have a list of them: by the names of the columns alone, so that it tells of no row."""
        matched = [
            match.to
            for table, file in self.tables.items()
            for match in file.matches[table]
            if match.how != "guess" and (field_of(table, match, self.scales).allowed or match.to == "planned")
        ]
        columns = [name for name in WITH_KNOWN_WORDS if name in matched]
        if columns:
            note = "usual words, such as AMA or no show, are read as what they mean, whether or not they are here; a line of [codes] wins"
            yield Line(("data",), "known_words", columns, note)

    @staticmethod
    def _mark(file: File) -> str:
        """What stands between the fields of a text; "" of any other file."""
        return file.delimiter if file.source is None and is_text(file.path) else ""

    def _text_files(self) -> Iterator[Line]:
        """Of each text: its encoding, and what stands between its fields where texts differ."""
        marks = {table: mark for table, file in self.tables.items() if (mark := self._mark(file))}
        for table, file in self.tables.items():
            section = ("text", table)
            if file.skip_rows:
                yield Line(section, "skip_rows", file.skip_rows, f"the columns are named in line {file.skip_rows + 1}")
            if self._mark(file) and self._decimal_commas(table, file):
                yield Line(section, "decimal", ",", "numbers are written as 12,5")
            if len(set(marks.values())) > 1 and table in marks:
                yield Line(section, "delimiter", marks[table])
            if file.encodings:
                yield encoding_line(section, file.name, file.encodings)

    def _decimal_commas(self, table: str, file: File) -> bool:
        """Whether the numbers of a text have a comma before their tenths, and none has a point there."""
        names = [match.column for match in file.matches[table] if field_of(table, match, self.scales).kind in ("integer", "number")]
        kinds = [(Cast(name, "text", name).text(self.scratch.raw.type_of(file.raw, name)), name) for name in names]
        if not kinds or "decimal" in self.given.get("text", {}):
            return False
        with_mark = (
            f"count(*) FILTER (WHERE regexp_matches({text}, '^[+-]?\\d+{mark}\\d+$'))" for mark in (",", "\\.") for text, _ in kinds
        )
        counts = self.scratch.ask(f"SELECT {', '.join(with_mark)} FROM raw_{file.raw}")[0]
        return bool(sum(counts[: len(kinds)])) and not sum(counts[len(kinds) :])

    def _fits(self) -> dict[str, dict[str, DateFits]]:
        """Which formats fit the columns of dates that are known by their names; those that are only guessed where there is no other."""
        fits: dict[str, dict[str, DateFits]] = {}
        for table, file in self.tables.items():
            if self.layout or "date_format" in self.given.get("data", {}) or table in self.given.get("date_format", {}):
                continue
            dates = [match for match in file.matches[table] if field_of(table, match, self.scales).kind == "date"]
            sure = [match.column for match in dates if match.how != "guess"]
            fits[table] = self._fits_of(file, sure or [match.column for match in dates])
        return fits

    def _fits_of(self, file: File, columns: Sequence[str]) -> dict[str, DateFits]:
        """The formats that fit each column with values, counted once."""
        known = self.scans.fits.setdefault(file.raw, {})
        missing = [column for column in columns if column not in known]
        if missing:
            known |= dict.fromkeys(missing) | fits_of_columns(self.scratch, file.raw, missing)
        return {column: each for column in columns if (each := known[column]) is not None}

    def _tables(self) -> Iterator[Line]:
        for table, file in self.tables.items():
            if (
                file.more
                or file.part
                or file.path.suffix.lower() in TEXTS[1:]
                or stem(file.path) != table
                or file.path.parent.resolve() != self.folder.resolve()
            ):
                locations = [each.location(self.folder) for each in (file, *file.more)]
                yield Line(("tables",), table, locations if file.more else locations[0])
        if self.unused:
            yield Line(("tables",), note=f"files that are not read: {_listed(self.unused)}")

    def _every_column(self, lines: MappingLines) -> Iterator[Line]:
        for table, file in self.tables.items():
            columns = [*self._columns(table), *self._not_read(table)]
            if columns:
                lines.remarks[columns[0].section] = file.name
            yield from columns

    def _columns(self, table: str) -> Iterator[Line]:
        file, section = self.tables[table], ("columns", table)
        sure = {match.to: match.column for match in file.matches[table] if match.how != "guess"}
        guesses = {match.to: match.column for match in file.matches[table] if match.how == "guess"}
        numbered = table == COUNTED and value_at(self.given, (KEY, "rule")) is not None
        mapping = Mapping(columns={table: sure}, rules=(ColumnRule(KEY, "row_number"),) if numbered else ())
        plan = plan_table(table, file.names, mapping, self.scales)
        surveys = KINDS[table].points and side_by_side(file.names, sure, self.scales)
        known = {*plan.fields, *(names_of_totals(self.scales) if surveys else ())}
        yield from (Line(section, to, site_name) for to, site_name in sure.items() if to != site_name and to in known)
        matched = set(sure.values())
        others = tuple(name for name in file.names if name not in matched and not identifier_called(name))
        for name in needed_columns(table, plan, mapping):
            to = name.partition(" ")[0]
            said_elsewhere = (surveys and to in ("scale", KINDS[table].points)) or (self.layout and to == "episode_id")
            if not said_elsewhere and value_at(self.given, ("constants", table, to)) is None:
                # Each column of a survey says which scale it is of; in a flat export a record is an episode.
                near = self._most_likely(table, to, sure, guesses)
                yield from self._line_of_needed(table, name, near, guesses.pop(near, ""), others)
        for near, column in guesses.items():
            if (*section, near) not in self.declined:
                means = field_of(table, Match(column, near, "guess"), self.scales).means
                question = Question(f"{file.name}: which column is {near}, {means}?", f"It may be left out. {_ENTER_IT}", others, column)
                other = near.replace("psychiatric", "other") if near in READMITTED else ""
                note = "a guess by its spelling" + f"; or {other}" * bool(other)
                yield Line(section, near, column, note, question)
        if file.guessed and table == COUNTED and not {"patient_id"} & {*sure, *guesses}:
            why = f"It may be left out: every row is then a person of its own. {_ENTER_IT}"
            question = Question(f"{file.name}: which column is patient_id, who the person is (no name)?", why, others, needed=False)
            yield Line(section, "patient_id", "", "the person, where people come back", question)
        if age := self._age_column(table):
            yield from age_lines(age)

    @staticmethod
    def _most_likely(table: str, to: str, sure: Collection[str], guesses: Collection[str]) -> str:
        """What of a column that is needed, and of those that may stand in its place, is asked for."""
        near = next((other for other in (to, *_ALTERNATIVES.get(to, ())) if other in guesses), to)
        if to == "los_days" and near not in guesses and "discharge_date" in sure:
            return "admit_date"
        if to == near == KEY and KINDS[table].placing and "patient_id" in sure:
            return "date"
        return near

    def _line_of_needed(self, table: str, name: str, near: str, guess: str, others: tuple[str, ...]) -> Iterator[Line]:
        """The lines of a column that is needed; where none of the file holds it, what else may."""
        file, section = self.tables[table], ("columns", table)
        if (table, near) == (COUNTED, KEY) and not guess and not self._named_by_others():
            yield number_rows_line(file.name)
        if (*section, near) in self.declined and near in SAME_IN_EVERY_ROW:
            yield constant_line(table, file.name, field_of(table, Match("", near, "name"), self.scales), tuple(self.scales))
        else:
            yield self._needed(file, section, name, near, guess, others)

    def _named_by_others(self) -> bool:
        """Whether rows of another table name their episode."""
        return any(match.to == KEY for table, file in self.tables.items() if KINDS[table].parent for match in file.matches[table])

    def _age_column(self, table: str) -> str:
        """The column of ages of the episodes, where none of age bands is there and every value of it is an age; "" where it is not."""
        file = self.tables[table]
        matched = {match.column: match.to for match in file.matches[table]}
        if table != COUNTED or "age_group" in matched.values() or value_at(self.given, ("covariates", "age")) is not None:
            return ""
        column = next((name for name in file.names if name not in matched and spelled_out(name) in _AGES), "")
        return column if column and self._are_ages(file, column) else ""

    def _are_ages(self, file: File, column: str) -> bool:
        text = Cast("age", "integer", column).text(self.scratch.raw.type_of(file.raw, column))
        ages = f"SELECT count(*), count(*) FILTER (regexp_matches({text}, '^\\d{{1,3}}$')) FROM raw_{file.raw} WHERE {text} IS NOT NULL"
        values, whole = self.scratch.ask(ages)[0]
        return bool(values) and values == whole

    def _forms(self) -> Iterator[Line]:
        """Of a REDCap export, which of its fields are those of scales and events, and which of its events are admission and discharge."""
        if self.layout != "redcap":
            return
        file = self.tables[COUNTED]
        yield from field_lines(file.names, [match.column for match in file.matches[COUNTED]], self.scales)
        called = next((name for name in file.names if name.lower() == EVENT_NAME), "")
        if called:
            rows = self.scratch.ask(
                f"SELECT {quoted(called)}, count(*) FROM raw_{file.raw} WHERE {quoted(called)} <> '' GROUP BY 1 ORDER BY 1"
            )
            yield from moment_lines({str(event): int(n) for event, n in rows}, file.names, self.scales)

    def _needed(self, file: File, section: tuple[str, ...], name: str, to: str, guess: str, others: tuple[str, ...]) -> Line:
        """A column that the table cannot be read without: `name` says what may bring it, and `to` is what is most likely there."""
        means = next((field.means for field in (*KINDS[section[1]].fields, *BY_PATIENT) if field.name == to), "")
        words = f"{to}, {means}" if to == name else name
        note = f"needed: {words}.{' A guess by its spelling' if guess else ''}"
        if to in SAME_IN_EVERY_ROW:
            note += f"; or {line_of_constants(section[1], to)}, where every row has the same"
            others = (*others, SAME_IN_ALL)
        wanted = f"{to}, {means}" if means else to
        why = f"The table cannot be read without {name}. {_ENTER_IT}"
        named = [toml(each) for each in file.names if identifier_called(each)]
        if to in ("patient_id", KEY) and not guess and named:
            why += (
                f" Named like identifiers, and so never read: {_listed(named)}. Where one of them names the person, number the people anew."
            )
        return Line(section, to, guess, note, Question(f"{file.name}: which column is {wanted}?", why, others, guess))

    def _not_read(self, table: str) -> Iterator[Line]:
        file, section = self.tables[table], ("columns", table)
        matched = {match.column for match in file.matches[table]}
        named = {name: what for name in file.names if (what := identifier_called(name))}
        others = [name for name in file.names if name not in {*matched, *named, self._age_column(table)}]
        if others:
            yield Line(section, note=f"not known, so not read: {_listed(list(map(toml, others)))}")
            if KINDS[table].covariates:
                known = next((name.casefold() for name in others if name.casefold() in STRATA), "housing")
                yield Line(section, note=f'  to group by one of them, declare it: [covariates] {known} = "category" (or "integer")')
        if named:
            listed = _listed([f"{toml(name)} ({what})" for name, what in named.items()])
            yield Line(section, note=f"named like identifiers, and never read: {listed}")

    def _contacts(self) -> Iterator[Line]:
        if "contacts" in self.tables:
            yield Line(("contacts",), "rule", "gap_days")
            yield Line(("contacts",), "days", GAP_DAYS, "a longer gap starts a new episode")

    def _follow_up(self) -> Iterator[Line]:
        """Whether everyone was followed to the last day: without it nobody can tell who was not in a hospital again."""
        episodes = {match.to for match in self.tables[COUNTED].matches[COUNTED]} if COUNTED in self.tables else {"follow_up_days"}
        beside = any(name == f"{event}_{half}" for name in episodes for event in EVENTS for half in ("date", "days_after", "observed"))
        events = beside or any(KINDS[table].beside for table in (*self.tables, *self.brought))
        if events and value_at(self.given, ("data", "cutoff")) and not episodes & {"follow_up_days", "observed_days"}:
            why = "With yes, whoever has no event in the files had none up to the last day. With no, rates of return are not given."
            question = Question(
                "Do the events reach that last day for everybody, wherever they happened?", why, ("yes", "no"), "no", "yes", needed=False
            )
            yield Line(("follow_up_days",), "rule", "to_cutoff", "where the events are known for everybody up to the cut-off", question)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
