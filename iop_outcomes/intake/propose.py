"""Takes a folder or a file, gives the text of a mapping.toml that a person finishes: names matched, codes listed, the rest marked.

Only headers are read, and the distinct values of columns that are known to hold codes. A value is shown when it is a code of few (at
most 50 different ones) that stands in at least 11 rows and looks like no identifier; under a column that was only guessed, when it is a
code that is known. What a person must decide is a comment that starts with "to finish:", so that the text is a mapping at every stage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import duckdb

from iop_outcomes.columns import COUNTED, KINDS, rolled_kinds
from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.scratch import Scratch, head_of
from iop_outcomes.intake.database_files import tables_of
from iop_outcomes.intake.databases import columns_in, is_database
from iop_outcomes.intake.decoding import plain_text
from iop_outcomes.intake.encoding_offers import fitting_encodings
from iop_outcomes.intake.files import MAX_LINE_BYTES, ending, refuse_globs, refuse_path, shown, stem
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.header_offers import cells_of, lines_before_header, may_be_names
from iop_outcomes.intake.inputs import each_table, open_location
from iop_outcomes.intake.layout_names import is_layout_file, layout_names
from iop_outcomes.intake.layouts import Layout, find_layout, lacking_columns
from iop_outcomes.intake.locations import OFFERED_SUFFIXES, PART, named_database, named_location, part_of_file
from iop_outcomes.intake.mapping import Mapping, read_mapping
from iop_outcomes.intake.preflight import MOST_TITLES, SEPARATORS, preflight_csv, read_through
from iop_outcomes.intake.privacy import identifier_in_name
from iop_outcomes.intake.proposal_dates import fits_of_columns
from iop_outcomes.intake.proposal_layouts import LayoutProposal, layout_of
from iop_outcomes.intake.proposal_lines import Line, value_at
from iop_outcomes.intake.proposal_text import File, Proposal, ProposalText, Scans
from iop_outcomes.intake.statistical import column_labels, is_statistical, value_labels
from iop_outcomes.intake.synonyms import Match, identifier_called, match_columns, table_called, table_mentioned
from iop_outcomes.intake.text_settings import TextSettings
from iop_outcomes.intake.workbook_limits import sheet_label
from iop_outcomes.intake.workbooks import first_rows, is_workbook, sheets_of
from iop_outcomes.progress import report_step
from iop_outcomes.scales import Scale, load_scales

_MARKS = (",", *SEPARATORS)
MOST_TABLES = 500  # of one database that are looked at


def propose(source: str | Path, beside: Path | None = None, given: Dictionary[str, Any] | None = None) -> Proposal:
    """Propose a mapping for the files of a folder, or for one file.

    Parameters
    ----------
    source : path
        Like that of `load`.
    beside : Path, optional
        The folder that the mapping will stand in; that of the data by default.
    given : dict, optional
        What a mapping says already, parsed; nothing of it is proposed otherwise.

    Raises
    ------
    DataError
        When there is nothing to read, or no column of any file is known by its name.

    Examples
    --------
    >>> propose("data/synthetic").to_finish  # the class of the data
    1
    """
    with Folder(source, beside) as folder:
        return folder.proposal(given or {})


class Folder:
    """The files of a folder, or one file, opened once, so that a proposal can be made again with every answer.

    Parameters
    ----------
    source, beside
        As of `propose`.
    """

    def __init__(self, source: str | Path, beside: Path | None = None) -> None:
        self.path = Path(source)
        refuse_path(self.path)
        self.beside = beside or (self.path if self.path.is_dir() else self.path.parent)
        self._scales = load_scales(None)
        self._scratch = Scratch()
        self._files: list[File] | None = None
        self._unread: list[str] = []
        self._scans = Scans()
        self._databases: set[str] = set()  # those whose tables are among the files
        self._fields: list[Line] = []  # of the forms of another layout
        self._codes: dict[str, int] = {}  # of the rows of another layout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.close()

    @property
    def files(self) -> list[File]:
        """Every file that can be read, with its header and what its columns may be."""
        if self._files is None:
            report_step("looking for tables")
            self._files, self._unread = _files(self._scratch, self.path, self._scales)
        return self._files

    def named_parts(self) -> dict[str, str]:
        """Every file, sheet and table by the name that messages use, with the line of [tables] that names it."""
        return {file.name: file.location(self.beside) for file in self.files}

    def holds_dates(self, table: str, column: str, given: Dictionary[str, Any]) -> bool:
        """Whether every value of a column of a table is a date in one format, or the column is one of dates."""
        file = self.tables(given, read_mapping(given)).get(table)
        if file is None or column not in file.names:
            return False
        _read_rows(self._scratch, file)
        if self._scratch.type_of(file.raw, column).startswith(("DATE", "TIMESTAMP")):
            return True
        fits = fits_of_columns(self._scratch, file.raw, [column]).get(column)
        return fits is not None and bool(fits.all)

    def proposal(self, given: Dictionary[str, Any], declined: Collection[tuple[str, ...]] = ()) -> Proposal:
        """The mapping with what is given, and what is left to decide.

        Parameters
        ----------
        given : dict
            As of `propose`.
        declined : collection of tuple of str
            Places that are left open on purpose, and not proposed again.
        """
        mapping = replace(read_mapping(given), folder=self.beside)
        self._add_databases(mapping)
        export = self._layout_file(mapping)
        layout = "" if export else mapping.layout or ("" if mapping.tables else layout_of(self.path))
        if layout in ("omop", "fhir"):
            return LayoutProposal(self._scratch, layout, self.path, given, declined, self._codes, self._fields, self._scales).proposal(
                shown(self.path)
            )
        brought = self._brought(export) if export else {}
        tables = self.tables(given, mapping, declined, layout, brought)
        for table in each_table("reading", list(tables)):
            _refuse_values_as_names(tables[table])
            _read_rows(self._scratch, tables[table])
        report_step("looking for codes")
        unused = [file.name for file in self.files if file not in [*tables.values(), *brought.values()]]
        text = ProposalText(
            self._scratch, self._scales, tables, [*unused, *self._unread], self.beside, given, declined, layout, self._scans,
            export.name if export else "", {table: file.name for table, file in brought.items()},
        )  # fmt: skip
        return text.proposal(shown(self.path))

    def _add_databases(self, mapping: Mapping) -> None:
        """The tables of the databases that the mapping names, each once, by the names of their columns: none of their rows is read for it."""
        given = {file.as_given for file in self.files}
        for name in mapping.databases:
            if name in self._databases:
                continue
            self._databases.add(name)
            report_step(f"looking for tables in {name}")
            try:
                tables = columns_in(named_database(self.beside, name, mapping), self._scratch.connection.folder)
            except DataError as error:
                if not any(getattr(finding, "rule", "") == "query_failed" for finding in error.findings):
                    raise
                self._unread.append(f"{name} (it does not list its tables: name them under [tables])")
                continue
            if len(tables) > MOST_TABLES:
                self._unread.append(f"{name} (more than {MOST_TABLES} tables: name those that count under [tables])")
                continue
            self._add_tables(name, {parts: columns for parts, columns in tables.items() if ".".join((name, *parts)) not in given}, mapping)

    def _add_tables(self, database: str, tables: Dictionary[tuple[str, ...], list[str]], mapping: Mapping) -> None:
        for parts, columns in tables.items():
            as_given = ".".join((database, *parts))
            if any("." in part or not part.isprintable() or identifier_in_name(part) for part in parts):
                continue
            raw = f"database_{len(self.files)}"
            location = named_location(self.beside, COUNTED, as_given, mapping)
            file = File(self.beside, raw, columns, part=parts[-1], as_given=as_given, source=location)
            try:
                if not columns:  # of a file, which tells them when it is opened
                    _read_rows(self._scratch, file)
            except DataError:
                self._unread.append(f"{as_given} (cannot be read)")
                continue
            file.matches = {table: _matches(table, file, self._scales) for table in KINDS}
            self.files.append(file)

    def _layout_file(self, mapping: Mapping) -> Layout | None:
        """The layout file that the mapping names, or the first of this package whose every table is here by its name and its columns."""
        if mapping.layout:
            return find_layout(mapping.layout, self.beside) if is_layout_file(mapping.layout) else None
        for name in layout_names():
            export = find_layout(name, self.beside)
            brought = self._brought(export)
            taken = {*mapping.tables, *(file.called for file in self.files)} & set(export.tables)
            if not taken and len(brought) == len(export.tables) and not any(self._lacks(export, table, brought) for table in brought):
                return export
        return None

    def _lacks(self, export: Layout, table: str, brought: Dictionary[str, File]) -> bool:
        return bool(lacking_columns(table, export.tables[table], brought[table].names, Mapping(), self._scales))

    def _brought(self, export: Layout) -> dict[str, File]:
        """The files that a layout file names, by table."""
        called = {file.called.casefold(): file for file in self.files}
        return {
            table: called[name.casefold()]
            for table, each in export.tables.items()
            if (name := next((name for name in each.files if name.casefold() in called), ""))
        }

    def tables(
        self,
        given: Dictionary[str, Any],
        mapping: Mapping,
        declined: Collection[tuple[str, ...]] = (),
        layout: str = "",
        brought: Dictionary[str, File] = MappingProxyType({}),
    ) -> dict[str, File]:
        """Which file is which table, those that the mapping names first, each with its columns matched; those of a layout file are known.

        Raises
        ------
        DataError
            When none is known, or the mapping names one that is not there.
        """
        named = {table: self._named(table, name, mapping) for table, name in mapping.tables.items() if table not in brought}
        if layout and self.files:  # one flat export, whose rows hold the fields of episodes among others
            named = {COUNTED: self.files[0]}
            declined = [("tables", table) for table in KINDS]
        files = [file for file in self.files if file not in brought.values()]
        tables = _assigned(files, named, self._scales, {*brought, *(place[1] for place in declined if place[0] == "tables")})
        if not tables and not brought:
            tables = {COUNTED: self._most_likely(declined)}
        for table, file in tables.items():
            sections = (("data",), ("text",), ("text", table))
            declared = any(value_at(given, (*section, "delimiter")) is not None for section in sections)
            self._as_declared(table, file, mapping, declared=declared)
            known = {to: site_name for to, site_name in mapping.columns.get(table, {}).items() if site_name in file.names}
            file.matches[table] = _matches(table, file, self._scales, known)
        return tables

    def _most_likely(self, declined: Collection[tuple[str, ...]]) -> File:
        """Where no file is known by its columns, the one that may hold episodes: with names that are like those wanted, else with the most."""
        may_be = [file for file in self.files if may_be_names([name for name in file.names if not identifier_called(name)])]
        if not self.files and not self._unread:
            kinds = ", ".join(sorted(OFFERED_SUFFIXES))
            fatal(
                "no_table",
                shown(self.path),
                "no file of a kind that is read",
                f"Save the tables as one of {kinds}; Feather, R and others as Parquet.",
            )
        if not may_be or ("tables", COUNTED) in declined:
            hint = "Is the first line of each file a header? Rename a few columns as docs/guide/data.md calls them, and run it again."
            fatal("no_known_column", shown(self.path), "no column of any file is known by its name", hint)
        file = max(may_be, key=lambda file: (len(file.matches.get(COUNTED, ())), len(file.names)))
        file.guessed = True
        return file

    def _named(self, table: str, name: str, mapping: Mapping) -> File:
        """The file that a line of [tables] names, as it was opened, or opened now."""
        location = named_location(self.beside, table, name, mapping)
        for file in self.files:
            same = location.source is None and file.path.resolve() == location.path.resolve() and file.part == location.sheet
            if same or file.as_given == name or (file.part and name.endswith(f"{file.path.name}{PART}{file.part}")):
                return file
        raw = f"named_{len(self.files)}"
        open_location(self._scratch, raw, location, Mapping())
        file = File(location.path, raw, list(self._scratch.raw_columns(raw)), as_given=name)
        self.files.append(file)
        return file

    def _as_declared(self, table: str, file: File, mapping: Mapping, *, declared: bool) -> None:
        """Open a text again where the mapping says that it is written otherwise than was seen; `declared` is whether it says of the separator."""
        if not file.text and not file.part:
            return
        settings = mapping.text_of(table) if mapping.text else TextSettings(delimiter=mapping.delimiter)
        skip_rows = settings.skip_rows or file.skip_rows
        if file.text:
            encoding = file.encodings[0] if file.encodings and settings.encoding == "utf-8" else settings.encoding
            wanted = replace(settings, encoding=encoding, delimiter=settings.delimiter if declared else file.delimiter, skip_rows=skip_rows)
            if wanted != file.settings:
                _open_text(self._scratch, file, wanted)
        elif file.settings and skip_rows != file.settings.skip_rows:
            _open_sheet(self._scratch, file, skip_rows)


# -- files ---------------------------------------------------------------------------------------------------------


def _files(scratch: Scratch, path: Path, scales: Dictionary[str, Scale]) -> tuple[list[File], list[str]]:
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
        _open_sheet(scratch, file, file.skip_rows)
    elif ending(path) in OFFERED_SUFFIXES and not ending(path).startswith(".csv"):
        open_location(scratch, raw, part_of_file(path, part), Mapping())
        file = File(path, raw, list(scratch.raw_columns(raw)), part=part)
        if is_statistical(path):
            file.labels, file.titles = value_labels(path), column_labels(path)
    else:
        refuse_globs(path)
        encodings = fitting_encodings(path)
        file = File(path, raw, [], encodings=encodings)
        _open_text(scratch, file, TextSettings(encoding=encodings[0] if encodings else "utf-8", delimiter=""), known)
    file.matches = {table: _matches(table, file, scales) for table in KINDS}
    return file


def _matches(table: str, file: File, scales: Dictionary[str, Scale], known: Dictionary[str, str] = MappingProxyType({})) -> list[Match]:
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
    return [
        *(Match(site_name, to, "name") for to, site_name in known.items()),
        *titled,
        *(match for match in matches if match.how != "guess" or not {match.column, match.to} & named),
    ]


def _known(names: Sequence[str], scales: Dictionary[str, Scale]) -> int:
    """How many of some cells are columns of one table by their names."""
    called = [name for name in names if name and not identifier_called(name)]
    return max(sum(match.how != "guess" for match in match_columns(table, called, scales)) for table in KINDS)


def _open_sheet(scratch: Scratch, file: File, skip_rows: int) -> None:
    """A sheet with so many rows before its header."""
    file.raw = f"{file.raw}_" if file.settings else file.raw
    file.settings = TextSettings(skip_rows=skip_rows)
    open_location(scratch, file.raw, part_of_file(file.path, file.part), Mapping(text={file.raw: file.settings}))
    file.names = list(scratch.raw_columns(file.raw))


def _open_text(scratch: Scratch, file: File, settings: TextSettings, known: Callable[[Sequence[str]], int] | None = None) -> None:
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
        return _open_text(scratch, file, replace(settings, skip_rows=skip_rows))
    names, delimiter = cells[0]
    file.names, file.delimiter, file.text = preflight_csv(text, delimiter, names), delimiter, text
    file.settings = replace(settings, delimiter=delimiter)
    return None


def _read_rows(scratch: Scratch, file: File) -> None:
    """A CSV or a table of a database whose table is known; lines that cannot be read are for the check to name."""
    if file.raw not in scratch.tables and file.source is not None:
        open_location(scratch, file.raw, file.source, Mapping())
        file.names = list(scratch.raw_columns(file.raw))
    elif file.raw not in scratch.tables:
        text = file.text or file.path
        read_through(text, file.delimiter)
        try:
            scratch.add_csv(file.raw, text, file.names, delimiter=file.delimiter, max_field=MAX_LINE_BYTES)
        except duckdb.Error:
            hint = "Save it again as CSV (UTF-8)."
            fatal("not_csv", shown(file.path), "the text cannot be read as CSV from its first line to its last", hint)


def _assigned(files: Sequence[File], named: Dictionary[str, File], scales: Collection[str], declined: Collection[str]) -> dict[str, File]:
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


def _refuse_values_as_names(file: File) -> None:
    """Names are shown: a name that looks like a person's own value is not one."""
    if any(identifier_in_name(name) for name in file.names):
        hint = "Is the line with the names of the columns missing? A name must hold no identifier."
        fatal("identifier_column", file.name, "the name of a column looks like an identifier", hint, line=1)
