"""Takes a folder or a file, gives the text of a mapping.toml that a person finishes: names matched, codes listed, the rest marked.

Only headers are read, and the distinct values of columns that are known to hold codes. A value is shown when it is a code of few (at
most 50 different ones) that stands in at least 11 rows and looks like no identifier; under a column that was only guessed, when it is a
code that is known. What a person must decide is a comment that starts with "to finish:", so that the text is a mapping at every stage.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from iop_outcomes.columns import COUNTED, KINDS
from iop_outcomes.engine.dialect import ROW
from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.code_books import label_codes, read_code_books
from iop_outcomes.intake.databases import columns_in
from iop_outcomes.intake.files import refuse_path, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.header_offers import may_be_names
from iop_outcomes.intake.inputs import each_table, open_location
from iop_outcomes.intake.layout_names import is_layout_file, layout_names
from iop_outcomes.intake.layouts import Layout, find_layout, lacking_columns
from iop_outcomes.intake.locations import OFFERED_SUFFIXES, PART, named_database, named_location
from iop_outcomes.intake.mapping import Mapping, read_mapping
from iop_outcomes.intake.privacy import identifier_in_name
from iop_outcomes.intake.proposal_codes import Scans
from iop_outcomes.intake.proposal_dates import fits_of_columns
from iop_outcomes.intake.proposal_files import (
    File,
    assigned,
    files_of,
    matches_of,
    of_one_series,
    open_sheet,
    open_text,
    read_rows,
    refuse_values_as_names,
)
from iop_outcomes.intake.proposal_layouts import LayoutProposal, layout_of
from iop_outcomes.intake.proposal_lines import Line, value_at
from iop_outcomes.intake.proposal_text import Proposal, ProposalText
from iop_outcomes.intake.synonyms import identifier_called
from iop_outcomes.intake.text_settings import TextSettings
from iop_outcomes.progress import report_step
from iop_outcomes.scales import load_scales

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
            self._files, self._unread = files_of(self._scratch, self.path, self._scales)
        return self._files

    def named_parts(self) -> dict[str, str]:
        """Every file, sheet and table by the name that messages use, with the line of [tables] that names it."""
        return {file.name: file.location(self.beside) for file in self.files}

    def holds_dates(self, table: str, column: str, given: Dictionary[str, Any]) -> bool:
        """Whether every value of a column of a table is a date in one format, or the column is one of dates."""
        file = self.tables(given, read_mapping(given)).get(table)
        if file is None or column not in file.names:
            return False
        read_rows(self._scratch, file)
        if self._scratch.raw.type_of(file.raw, column).startswith(("DATE", "TIMESTAMP")):
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
        used = [each for file in tables.values() for each in (file, *file.more)] + list(brought.values())
        for table in each_table("reading", list(tables)):
            for file in (tables[table], *tables[table].more):
                refuse_values_as_names(file)
                read_rows(self._scratch, file)
            tables[table] = self._whole(tables[table])
        report_step("looking for codes")
        others = [file for file in self.files if not any(file is each for each in used)]
        words = read_code_books(self._scratch, others)
        for file in tables.values():
            label_codes(file, words)
        unused = [file.name for file in others]
        text = ProposalText(
            self._scratch, self._scales, tables, [*unused, *self._unread], self.beside, given, declined, layout, self._scans,
            export.name if export else "", {table: file.name for table, file in brought.items()},
        )  # fmt: skip
        return text.proposal(shown(self.path))

    def _whole(self, file: File) -> File:
        """A file with the rows of all that hold the same table."""
        if not file.more:
            return file
        raws = [each.raw for each in (file, *file.more)]
        joined = f"all_{'_'.join(raws)}"
        if joined not in self._scratch.tables:
            self._scratch.raw.add_select(joined, " UNION ALL BY NAME ".join(f"SELECT * EXCLUDE ({ROW}) FROM raw_{raw}" for raw in raws))
        return replace(file, raw=joined, names=list(self._scratch.raw.columns(joined)))

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
                    read_rows(self._scratch, file)
            except DataError:
                self._unread.append(f"{as_given} (cannot be read)")
                continue
            file.matches = {table: matches_of(table, file, self._scales) for table in KINDS}
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
        tables = assigned(files, named, self._scales, {*brought, *(place[1] for place in declined if place[0] == "tables")})
        if not tables and not brought:
            tables = {COUNTED: self._most_likely(declined)}
        for table, file in tables.items():
            sections = (("data",), ("text",), ("text", table))
            declared = any(value_at(given, (*section, "delimiter")) is not None for section in sections)
            file.more = (
                [self._named(table, name, mapping) for name in mapping.further.get(table, ())]
                if table in mapping.tables
                else of_one_series(table, file, [each for each in files if each not in tables.values()])
            )
            for each in (file, *file.more):
                self._as_declared(table, each, mapping, declared=declared)
            known = {to: site_name for to, site_name in mapping.columns.get(table, {}).items() if site_name in file.names}
            file.matches[table] = matches_of(table, file, self._scales, known)
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
        file = File(location.path, raw, list(self._scratch.raw.columns(raw)), as_given=name)
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
                open_text(self._scratch, file, wanted)
        elif file.settings and skip_rows != file.settings.skip_rows:
            open_sheet(self._scratch, file, skip_rows)
