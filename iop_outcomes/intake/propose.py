"""Takes a folder or a file, gives the text of a mapping.toml that a person finishes: names matched, codes listed, the rest marked.

Only headers are read, and the distinct values of columns that are known to hold codes. A value is shown when it is a code of few (at
most 50 different ones) that stands in at least 11 rows and looks like no identifier; under a column that was only guessed, when it is a
code that is known. What a person must decide is a comment that starts with "to finish:", so that the text is a mapping at every stage.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary
from pathlib import Path

import duckdb

from iop_outcomes.columns import COUNTED, KINDS, rolled_kinds
from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.scratch import Scratch, head_of
from iop_outcomes.intake.database_files import tables_of
from iop_outcomes.intake.databases import is_database
from iop_outcomes.intake.decoding import plain_text
from iop_outcomes.intake.files import MAX_LINE_BYTES, ending, refuse_globs, refuse_path, shown, stem
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.inputs import each_table, open_location
from iop_outcomes.intake.locations import OFFERED_SUFFIXES, part_of_file
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.preflight import SEPARATORS, preflight_csv, read_through
from iop_outcomes.intake.privacy import identifier_in_name, identifier_named
from iop_outcomes.intake.proposal_text import File, Proposal, ProposalText
from iop_outcomes.intake.synonyms import match_columns, table_called
from iop_outcomes.intake.text_settings import TextSettings
from iop_outcomes.intake.workbook_limits import sheet_label
from iop_outcomes.intake.workbooks import is_workbook, sheets_of
from iop_outcomes.progress import report_step
from iop_outcomes.scales import Scale, load_scales


def propose(source: str | Path, beside: Path | None = None) -> Proposal:
    """Propose a mapping for the files of a folder, or for one file.

    Parameters
    ----------
    source : path
        Like that of `load`.
    beside : Path, optional
        The folder that the mapping will stand in; that of the data by default.

    Raises
    ------
    DataError
        When there is nothing to read, or no column of any file is known by its name.

    Examples
    --------
    >>> propose("data/synthetic").to_finish  # the class of the data
    1
    """
    path = Path(source)
    refuse_path(path)
    folder = path if path.is_dir() else path.parent
    scales = load_scales(None)
    scratch = Scratch()
    try:
        report_step("looking for tables")
        files, unread = _files(scratch, path, scales)
        tables = _assigned(files)
        if not tables:
            hint = "Is the first line of each file a header? Rename a few columns as README.md calls them, and run it again."
            fatal("no_known_column", shown(path), "no column of any file is known by its name", hint)
        for table in each_table("reading", list(tables)):
            _refuse_values_as_names(tables[table])
            _read_rows(scratch, tables[table])
        report_step("looking for codes")
        unused = [file.name for file in files if file not in tables.values()]
        return ProposalText(scratch, scales, tables, [*unused, *unread], beside or folder).proposal(shown(path))
    finally:
        scratch.close()


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
    if ending(path) in OFFERED_SUFFIXES and not ending(path).startswith(".csv"):
        open_location(scratch, raw, part_of_file(path, part), Mapping())
        file = File(path, raw, list(scratch.raw_columns(raw)), part=part)
    else:
        refuse_globs(path)
        text = plain_text(path, scratch.connection.folder / f"text_{raw}", TextSettings()).path
        first = (re.split(rb"\r\n|\r|\n", head_of(text), maxsplit=1) or [b""])[0].decode("utf-8-sig", errors="replace")
        delimiter = max((",", *SEPARATORS), key=first.count)
        names = [name.strip() for name in next(csv.reader(io.StringIO(first), delimiter=delimiter), [])]
        file = File(path, raw, preflight_csv(text, delimiter, names), delimiter, text)
    names = [name for name in file.names if not identifier_named([name], "safe_harbor")]
    file.matches = {table: match_columns(table, names, scales) for table in KINDS}
    return file


def _read_rows(scratch: Scratch, file: File) -> None:
    """A CSV whose table is known, as text; lines that cannot be read are for the check to name."""
    if file.raw not in scratch.tables:
        text = file.text or file.path
        read_through(text)
        try:
            scratch.add_csv(file.raw, text, file.names, delimiter=file.delimiter, max_field=MAX_LINE_BYTES)
        except duckdb.Error:
            hint = "Save it again as CSV (UTF-8)."
            fatal("not_csv", shown(file.path), "the text cannot be read as CSV from its first line to its last", hint)


def _assigned(files: Sequence[File]) -> dict[str, File]:
    """Which file is which table: sessions stand beside episodes, and contacts in their place."""
    in_place = rolled_kinds() if COUNTED in _best(files, KINDS) else [kind.name for kind in KINDS.values() if kind.in_place]
    return _best(files, [table for table in KINDS if table not in in_place])


def _best(files: Sequence[File], kinds: Collection[str]) -> dict[str, File]:
    """Which file is which of some tables: by its name, and by how many of its columns are known there; guesses count for nothing."""
    worth = []
    for file in files:
        for place, table in enumerate(kinds):
            known = {match.to for match in file.matches[table] if match.how != "guess"}
            named = 100 * (file.called == table) + 5 * (table_called(file.called) == table)
            marked = known & set(KINDS[table].marks) or any(name.rpartition("_")[2].isdigit() for name in known)
            if marked or (known and named):
                worth.append((-(len(known) + named), place, f"{file.path}#{file.part}", table, file))
    tables: dict[str, File] = {}
    for *_, table, file in sorted(worth, key=lambda entry: entry[:3]):
        if table not in tables and file not in tables.values():
            tables[table] = file
    return {table: tables[table] for table in kinds if table in tables}


def _refuse_values_as_names(file: File) -> None:
    """Names are shown: a name that looks like a person's own value is not one."""
    if any(identifier_in_name(name) for name in file.names):
        hint = "Is the line with the names of the columns missing? A name must hold no identifier."
        fatal("identifier_column", file.name, "the name of a column looks like an identifier", hint, line=1)
