"""Takes a folder or a file, gives its files as a proposal sees them: header, separator, which table each is, what its columns may be."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import duckdb

from iop_outcomes.columns import COUNTED, KINDS, rolled_kinds
from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.scratch import Scratch, head_of
from iop_outcomes.intake.database_files import tables_of
from iop_outcomes.intake.databases import is_database
from iop_outcomes.intake.decoding import plain_text
from iop_outcomes.intake.encoding_offers import fitting_encodings
from iop_outcomes.intake.files import MAX_LINE_BYTES, PACKED, ending, refuse_globs, refuse_path, shown, stem
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.header_offers import cells_of, lines_before_header
from iop_outcomes.intake.inputs import open_location
from iop_outcomes.intake.locations import OFFERED_SUFFIXES, PART, TEXTS, Location, part_of_file
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.preflight import MOST_TITLES, SEPARATORS, once, preflight_csv, read_through
from iop_outcomes.intake.privacy import identifier_in_name
from iop_outcomes.intake.statistical import column_labels, is_statistical, value_labels
from iop_outcomes.intake.synonyms import Match, identifier_called, match_columns, table_called, table_mentioned
from iop_outcomes.intake.text_settings import TextSettings
from iop_outcomes.intake.workbook_limits import sheet_label
from iop_outcomes.intake.workbooks import first_rows, is_workbook, sheets_of
from iop_outcomes.scales import Scale

_SERIAL = re.compile(r"\d+|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_MARKS = (",", *SEPARATORS)


@dataclass
class File:
    """One file that may be a table."""

    path: Path
    raw: str
    names: list[str]
    delimiter: str = ","
    text: Path | None = None  # where it is read, when that is a plain copy
    matches: dict[str, list[Match]] = field(default_factory=dict)
    part: str = ""  # the sheet of a workbook, or the table of a database
    encodings: tuple[str, ...] = ()  # in which a text may be written, the most likely first; none where it is UTF-8
    labels: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)  # of the codes of a column, as SPSS and Stata keep them
    titles: Dictionary[str, str] = field(default_factory=dict)  # what such a file calls its columns in words
    as_given: str = ""  # the line of [tables] that names it
    settings: TextSettings | None = None  # how a text was read
    guessed: bool = False  # whether it is taken for a table though none of its columns says so
    skip_rows: int = 0  # lines before the header, which the mapping need not say
    more: list[File] = field(default_factory=list)  # others that hold rows of the same table, such as one a year
    source: Location | None = None  # in a database that the mapping names: its rows are read once it is known which table it is

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.source is not None:
            return self.as_given
        return sheet_label(self.path, self.part) if self.part else shown(self.path)

    def location(self, folder: Path) -> str:
        """How a line of [tables] names it, seen from a folder."""
        return self.as_given or os.path.relpath(self.path, folder) + (PART + self.part if self.part else "")

    @property
    def series(self) -> str:
        """Its name without the numbers and months that tell one of a series from the next; "" where it has none of them."""
        return _SERIAL.sub("#", self.called) if _SERIAL.search(self.called) else ""

    @property
    def called(self) -> str:
        """What it is called without its ending: the sheet, where it is one."""
        return self.part.strip().casefold() if self.part else stem(self.path)


def is_text(path: Path) -> bool:
    """Whether a file is read as text, packed or not."""
    return ending(path).removesuffix(PACKED) in TEXTS


def files_of(scratch: Scratch, path: Path, scales: Dictionary[str, Scale]) -> tuple[list[File], list[str]]:
    """Every file with its header and what its columns may be, and the names of those that cannot be read."""
    files: list[File] = []
    unread: list[str] = []
    alone = path.is_file()
    listed = [path] if alone else sorted(file for file in path.iterdir() if ending(file) in OFFERED_SUFFIXES and file.is_file())
    for file in listed:
        named = file.name
        try:
            refuse_path(file)
            parts = _parts(file)
            for part in parts:
                named = sheet_label(file, part) if part else shown(file)
                try:
                    files.append(_opened(scratch, file, len(files) + len(unread), scales, part))
                except DataError:
                    if len(parts) == 1:
                        raise
                    unread.append(f"{named} (cannot be read)")
        except DataError:
            if alone or stem(file) in KINDS:
                raise
            unread.append(f"{shown(file)} (cannot be read)")
    return files, unread


def _parts(path: Path) -> list[str]:
    """The sheets of a workbook that hold anything for all to see, or the tables of a database; of any other file, the file itself."""
    if is_database(path):
        return tables_of(path)
    if not is_workbook(path):
        return [""]
    sheets = [sheet.name for sheet in sheets_of(path) if not sheet.hidden and not sheet.blank]
    if not sheets:
        fatal("empty_file", shown(path), "no sheet that is not hidden holds anything", "Export it again.")
    return sheets


def _opened(scratch: Scratch, path: Path, number: int, scales: Dictionary[str, Scale], part: str) -> File:
    raw = f"file_{number}"
    known = partial(_known, scales=scales)
    if is_workbook(path):
        file = File(path, raw, [], part=part, skip_rows=lines_before_header(first_rows(path, part, MOST_TITLES + 1), known))
        open_sheet(scratch, file, file.skip_rows)
    elif ending(path) in OFFERED_SUFFIXES and not is_text(path):
        open_location(scratch, raw, part_of_file(path, part), Mapping())
        file = File(path, raw, list(scratch.raw.columns(raw)), part=part)
        if is_statistical(path):
            file.labels, file.titles = value_labels(path), column_labels(path)
    else:
        refuse_globs(path)
        encodings = fitting_encodings(path)
        file = File(path, raw, [], encodings=encodings)
        open_text(scratch, file, TextSettings(encoding=encodings[0] if encodings else "utf-8", delimiter=""), known)
    file.matches = {table: matches_of(table, file, scales) for table in KINDS}
    return file


def matches_of(table: str, file: File, scales: Dictionary[str, Scale], known: Dictionary[str, str] = MappingProxyType({})) -> list[Match]:
    """What each column of a file is in a table: as is said, by its name, and else by what the file calls it in words."""
    names = [name for name in file.names if name not in known.values() and not identifier_called(name)]
    matches = [match for match in match_columns(table, names, scales, known) if match.to not in known]
    taken = {*known, *(match.to for match in matches if match.how != "guess")}
    certain = {match.column for match in matches if match.how != "guess"}
    every = [title for title in file.titles.values() if not identifier_called(title)]
    titles = {title: name for name, title in file.titles.items() if name in names and name not in certain and every.count(title) == 1}
    by_title = [match for match in match_columns(table, list(titles), scales) if match.to not in taken and match.how != "guess"]
    titled = [Match(titles[match.column], match.to, match.how) for match in by_title]
    named = {each for match in titled for each in (match.column, match.to)}
    if {"day", "date"} & {match.to for match in matches}:  # which say more than a word such as intake
        matches = [match for match in matches if match.to != "moment"]
    return [
        *(Match(site_name, to, "name") for to, site_name in known.items()),
        *titled,
        *(match for match in matches if match.how != "guess" or not {match.column, match.to} & named),
    ]


def _known(names: Sequence[str], scales: Dictionary[str, Scale]) -> int:
    """How many of some cells are columns of one table by their names."""
    called = [name for name in names if name and not identifier_called(name)]
    return max(sum(match.how != "guess" for match in match_columns(table, called, scales)) for table in KINDS)


def open_sheet(scratch: Scratch, file: File, skip_rows: int) -> None:
    """A sheet with so many rows before its header."""
    file.raw = f"{file.raw}_" if file.settings else file.raw
    file.settings = TextSettings(skip_rows=skip_rows)
    open_location(scratch, file.raw, part_of_file(file.path, file.part), Mapping(text={file.raw: file.settings}))
    file.names = list(scratch.raw.columns(file.raw))


def open_text(scratch: Scratch, file: File, settings: TextSettings, known: Callable[[Sequence[str]], int] | None = None) -> None:
    """The header of a text, written as the settings say; what stands between its fields is seen where they do not say it.

    With `known`, how many of some cells are names of columns, titles before the header are passed over.
    """
    file.raw = f"{file.raw}_" if file.settings else file.raw
    text = plain_text(
        file.path, scratch.connection.folder / f"text_{file.raw}", replace(settings, delimiter=settings.delimiter or ",")
    ).path
    lines = re.split(rb"\r\n|\r|\n", head_of(text), maxsplit=MOST_TITLES + 1)[: MOST_TITLES + 1]
    marks = (settings.delimiter,) if settings.delimiter else _MARKS
    cells = [cells_of(line.decode("utf-8-sig", errors="replace"), marks) for line in lines] or [([], marks[0])]
    if known and (skip_rows := lines_before_header([names for names, _ in cells], known)):
        file.settings, file.skip_rows = settings, skip_rows
        return open_text(scratch, file, replace(settings, skip_rows=skip_rows))
    names, delimiter = cells[0]
    file.names, file.delimiter, file.text = preflight_csv(text, delimiter, once(names)), delimiter, text
    file.settings = replace(settings, delimiter=delimiter)
    return None


def read_rows(scratch: Scratch, file: File) -> None:
    """A CSV or a table of a database whose table is known; lines that cannot be read are for the check to name."""
    if file.raw not in scratch.tables and file.source is not None:
        open_location(scratch, file.raw, file.source, Mapping())
        file.names = list(scratch.raw.columns(file.raw))
    elif file.raw not in scratch.tables:
        text = file.text or file.path
        read_through(text, file.delimiter)
        try:
            scratch.raw.add_csv(file.raw, text, file.names, delimiter=file.delimiter, max_field=MAX_LINE_BYTES)
        except duckdb.Error:
            hint = "Save it again as CSV (UTF-8)."
            fatal("not_csv", shown(file.path), "the text cannot be read as CSV from its first line to its last", hint)


def assigned(files: Sequence[File], named: Dictionary[str, File], scales: Collection[str], declined: Collection[str]) -> dict[str, File]:
    """Which file is which table: sessions stand beside episodes, and contacts in their place."""
    best = partial(_best, files, named=named, scales=scales, declined=declined)
    in_place = rolled_kinds() if COUNTED in best(KINDS) else [kind.name for kind in KINDS.values() if kind.in_place]
    return best([table for table in KINDS if table not in in_place])


def _best(
    files: Sequence[File], kinds: Collection[str], *, named: Dictionary[str, File], scales: Collection[str], declined: Collection[str]
) -> dict[str, File]:
    """Which file is which of some tables: as is said, by its name, and by how many of its columns are known there; guesses count for nothing."""
    worth = []
    for file in files:
        for place, table in enumerate(kinds):
            known = {match.to for match in file.matches.get(table, ()) if match.how != "guess"}
            called = 5 * (table_called(file.called) == table) + 2 * (table_mentioned(file.called) == table)
            # "outcomes" may hold admissions, and their columns say so: but for our own names, a name doubles what they say at most.
            called = min(called, len(known)) + 100 * (file.called == table)
            marked = (
                known & set(KINDS[table].marks)
                or (KINDS[table].points and known & set(scales))
                or any(name.rpartition("_")[2].isdigit() for name in known)
            )
            if marked or (known and called):
                worth.append((not marked and called < 100, -(len(known) + called), place, f"{file.path}#{file.part}", table, file))
    tables = dict(named)
    for *_, table, file in sorted(worth, key=lambda entry: entry[:4]):
        if table not in tables and table not in declined and file not in tables.values():
            tables[table] = file
    return {table: tables[table] for table in kinds if table in tables}


def of_one_series(table: str, file: File, files: Sequence[File]) -> list[File]:
    """The other files of a series, such as one a year: called and written alike, with the same columns known by their names."""

    def written(each: File) -> tuple[object, ...]:
        known = {(match.to, match.column.casefold()) for match in each.matches.get(table, ()) if match.how != "guess"}
        return each.series, each.path.parent, ending(each.path), known, each.delimiter, each.encodings, each.skip_rows, each.source

    return [each for each in files if each is not file and file.series and written(each) == written(file)]


def refuse_values_as_names(file: File) -> None:
    """Names are shown: a name that looks like a person's own value is not one."""
    if any(identifier_in_name(name) for name in file.names):
        hint = "Is the line with the names of the columns missing? A name must hold no identifier."
        fatal("identifier_column", file.name, "the name of a column looks like an identifier", hint, line=1)
