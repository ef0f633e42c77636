"""Takes a path or data frames, gives each table to the store as text with its name, its fingerprint and its broken lines."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from iop_outcomes.columns import COUNTED, KINDS, given_twice, rolled_kinds
from iop_outcomes.engine.connection import disk_is_full, ran_out
from iop_outcomes.errors import DataError, OutputError, UsageError, choices
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_tables import DatabaseTable
from iop_outcomes.intake.databases import copy_table
from iop_outcomes.intake.decoding import plain_text
from iop_outcomes.intake.files import (
    MAX_LINE_BYTES,
    ending,
    fingerprint,
    kind_at,
    longer_lines,
    record_lines,
    refuse_globs,
    refuse_size,
    refuse_what_is_no_file,
    shown,
)
from iop_outcomes.intake.findings import Finding, fatal, refuse
from iop_outcomes.intake.frames import add_frame, gathered, is_frame, names_of, with_index
from iop_outcomes.intake.locations import OFFERED_SUFFIXES, Location, both_given, find_tables
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.parts import fingerprint_of_parts, parts_of, refuse_other_header
from iop_outcomes.intake.preflight import Through, once, preflight_csv, read_through, refuse_parquet
from iop_outcomes.intake.recipes import expected_names
from iop_outcomes.intake.statistical import is_statistical, read_statistical
from iop_outcomes.intake.store import Store
from iop_outcomes.intake.workbook_limits import sheet_label
from iop_outcomes.intake.workbooks import is_workbook, sheets_of, write_sheet
from iop_outcomes.memory import NO_DISK
from iop_outcomes.progress import report_step

MOST_FILES = 5  # of those that are not read: the first are named
PLACE = 1 << 40  # where a row stood, as one whole number: the number of its file times this, and its row in it counted from 0


@dataclass(frozen=True)
class Places:
    """Where the rows of a table that an adapter made stood before.

    Parameters
    ----------
    files : tuple of Input
        The files, in the order of their numbers.
    rows : array of int
        The place of each row, `PLACE` times the number of the file and the row in it.
    cells : dict of column to array of int
        The same for columns that came from other rows; -1 where a cell is blank.
    """

    files: tuple[Input, ...]
    rows: npt.NDArray[np.int64]
    cells: Dictionary[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    def at(self, rows: Sequence[int], column: str = "") -> npt.NDArray[np.int64]:
        """The places of rows counted from 0, or of their cells in a column."""
        positions = self.rows[list(rows)]
        if column not in self.cells:
            return positions
        cells = self.cells[column][list(rows)]
        return np.where(cells < 0, positions, cells)


@dataclass
class Input:
    """One table on its way in."""

    table: str
    name: str
    unit: str
    path: Path | None = None
    delimiter: str = ","
    header: list[str] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)
    sha256: str = ""
    notes: list[Finding] = field(default_factory=list)
    before: int = 0  # lines of the file that its copy leaves out before the header, and before the first row
    after: int = 0
    places: Places | None = None
    rows_of_each: int = 1  # rows of the table for each row of the file
    passed_over: dict[str, int] = field(default_factory=dict)  # rows that are not read on purpose, by why
    sheet_rows: Sequence[int] = ()  # of a workbook or a database: where its rows stand there, the header's first

    @cached_property
    def lines(self) -> Lines:
        """Where its rows stand, worked out once."""
        return Lines(self)


class Lines:
    """Where the rows of an input stand in its file, or in the files that an adapter made it of."""

    def __init__(self, item: Input) -> None:
        self._item = item
        self._rows: Sequence[int] | None = None
        if item.sheet_rows or (item.path is not None and item.unit == "line"):
            self._records, blank = (
                (item.sheet_rows, frozenset()) if item.sheet_rows or item.path is None else record_lines(item.path, item.delimiter)
            )
            gone = {1, *blank, *(record for record, _ in item.broken)}
            lines = enumerate(self._records, start=1)
            self._rows = self._records[1:] if gone == {1} else [line for record, line in lines if record not in gone]
            if item.after:
                self._rows = [line + item.after for line in self._rows]

    def of_rows(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Physical lines of rows counted from 0, each once."""
        of_file = list(dict.fromkeys(row // self._item.rows_of_each for row in rows))
        if self._rows is None:
            return tuple(row + 1 for row in of_file)
        return tuple(self._rows[row] for row in of_file)

    def by_file(self, rows: Sequence[int], column: str = "") -> list[tuple[Input, tuple[int, ...]]]:
        """The files in which rows counted from 0, or their cells in a column, stand, each with its physical lines."""
        if self._item.places is None:
            return [(self._item, self.of_rows(rows))]
        of_files = [row // self._item.rows_of_each for row in rows]
        return lines_at(self._item.places.files, self._item.places.at(of_files, column))

    def of_record(self, record: int) -> int:
        """Physical line of a record counted from 1, the header."""
        return self._records[min(record, len(self._records)) - 1] + (self._item.after if record > 1 else self._item.before)

    def of_records(self, records: Sequence[int]) -> list[tuple[Input, tuple[int, ...]]]:
        """The files in which records stand, each with its physical lines; of a table in parts, a record is `PLACE` times its part and itself."""
        if self._item.places is None:
            return [(self._item, tuple(map(self.of_record, records)))]
        files = self._item.places.files
        by_file: dict[int, list[int]] = {}
        for record in records:
            by_file.setdefault(record // PLACE, []).append(files[record // PLACE].lines.of_record(record % PLACE))
        return [(files[number], tuple(lines)) for number, lines in by_file.items()]


def lines_at(files: Sequence[Input], places: npt.NDArray[np.int64]) -> list[tuple[Input, tuple[int, ...]]]:
    """The files that some places lie in, each with its physical lines in their order; of `PLACE`."""
    once = np.unique(places)
    numbers = once // PLACE
    return [(files[number], files[number].lines.of_rows((once[numbers == number] % PLACE).tolist())) for number in np.unique(numbers)]


def holds_contacts(source: Any, mapping: Mapping) -> bool:
    """Whether a path, or a dict of frames, brings contacts in the place of episodes."""
    return "contacts" in (find_tables(Path(source), mapping) if isinstance(source, str | Path) else _frames(source))


def open_tables(store: Store, source: Any, mapping: Mapping, tables: Collection[str] = ()) -> list[Input]:
    """Open tables of a path, a frame or a dict of frames: all that are there, or some.

    Raises
    ------
    DataError
        When a file cannot be read at all.
    UsageError
        When a table is called what no table is called, or is no data frame.
    """
    wanted = [table for table in KINDS if not tables or table in tables]
    if isinstance(source, str | Path):
        paths = find_tables(Path(source), mapping)
        here = [table for table in wanted if table in paths]
        opened = [_if_empty(store, open_location(store, table, paths[table], mapping)) for table in each_table("reading", here)]
        return _with_files_not_read(_with_sheets_not_read(opened, paths), paths, Path(source))
    frames = _frames(source)
    here = [table for table in wanted if table in frames]
    return [_if_empty(store, _open_frame(store, table, frames[table], mapping)) for table in each_table("reading", here)]


def _may_be_empty(table: str) -> bool:
    return table in KINDS and KINDS[table].may_be_empty


def _if_empty(store: Store, item: Input) -> Input:
    """Say of a table without a row what it is taken to mean; one that may not be empty was refused."""
    if _may_be_empty(item.table) and not store.raw.rows(item.table) and not item.broken:
        message = f"it has columns and no rows, so nobody is taken to have any of the {item.table}"
        hint = f"Export it again if somebody had one; take it out if {item.table} were not recorded, or nobody looked"
        item.notes.append(Finding("no_rows", "warning", item.name, "", message, hint))
    return item


def open_location(store: Store, table: str, location: Location, mapping: Mapping) -> Input:
    """Open a table wherever it stands.

    Raises
    ------
    DataError
        As `open_file`.
    """
    if location.source is not None:
        return _open_database(store, table, location.source, mapping)
    if location.further:
        return _open_several(store, table, (location, *location.further), mapping)
    return open_file(store, table, location.path, mapping, sheet=location.sheet)


def each_table(doing: str, tables: Sequence[str]) -> Iterator[str]:
    """Some tables one by one, each reported as a step, as in "reading scores (2 of 3)"."""
    for place, table in enumerate(tables, start=1):
        report_step(f"{doing} {table} ({place} of {len(tables)})")
        yield table


def _frames(source: Any) -> Dictionary[str, Any]:
    frames = source if isinstance(source, Dictionary) else {COUNTED: source}
    for table in frames:
        if table not in KINDS:
            raise UsageError(f'load: no table is called "{table}". {choices(str(table), KINDS)}')
    rolled = [table for table in rolled_kinds() if table in frames]
    if rolled and COUNTED in frames:
        message = f"a table of {COUNTED} and a table of {rolled[0]} are both there"
        fatal("episodes_twice", "the data given", message, "Give one of them.")
    if twice := given_twice(frames):
        fatal("sessions_twice", "the data given", *both_given(*twice))
    if not rolled and COUNTED not in frames:
        fatal("no_episodes_table", "the data given", f"no table of {COUNTED}", f'Give {{"{COUNTED}": frame, ...}}.')
    return frames


def refuse_what_broke(store: Store, error: duckdb.Error) -> None:
    """Say why the store gave up in the middle of loading, where that is the data's or the machine's fault and not ours.

    Raises
    ------
    OutputError
        When the disk is full.
    DataError
        When there was too little memory, or a Parquet file is damaged behind a footer that is whole.
    """
    if disk_is_full(error):
        raise OutputError(f"{NO_DISK}.") from error
    if isinstance(error, duckdb.OutOfMemoryException):
        hint = "Close other programs, allow more with --memory, as in --memory 8GB, or export fewer columns or years."
        fatal("not_enough_memory", "the data given", "they do not fit into the memory and the disk that are free", hint)
    path = store.raw.damaged()
    if path is not None:
        fatal("not_parquet", shown(path), "the content is damaged and cannot be read to its end", "Export it again.")


def open_file(
    store: Store, table: str, path: Path, mapping: Mapping, columns: Sequence[str] = (), part_of: str = "", sheet: str = ""
) -> Input:
    """Open one file, whatever its format, or a folder of its parts; of SAS, SPSS and Stata only some columns, if they are named.

    Parameters
    ----------
    store : Store
        Where it goes.
    table : str
        What its raw table is called there.
    path : Path
        The file, or the folder of parts.
    mapping : Mapping
        How it is written.
    columns : sequence of str
        Of SAS, SPSS and Stata.
    part_of : str
        The table, where the file is one part of it.
    sheet : str
        Of a workbook.

    Raises
    ------
    DataError
        When it cannot be read at all.
    """
    refuse_globs(path)
    if path.is_dir():
        return _open_parts(store, table, path, mapping)
    if is_statistical(path):
        refuse_size(path)
        frame, unreadable = read_statistical(path, columns)
        _add_frame(store, table, shown(path), frame)
        return Input(table, shown(path), "row", path, sha256=fingerprint(path), notes=_unreadable(shown(path), unreadable))
    if path.suffix.lower() == ".parquet":
        return _open_parquet(store, table, path)
    if is_workbook(path):
        return _open_sheet(store, table, path, sheet, mapping, part_of or table)
    return _open_csv(store, table, path, mapping, part_of or table)


def _open_parts(store: Store, table: str, folder: Path, mapping: Mapping) -> Input:
    """A table in parts, each read as a file of its own; rows and faults keep the part and the line they stand on."""
    parts = parts_of(folder)
    if not parts:
        refuse_what_is_no_file(folder)
    opened: list[Input] = []
    for part in parts:
        raw = f"{table}_part{len(opened)}"
        try:
            item = open_file(store, raw, part, mapping, part_of=table)
        except DataError as error:
            if any(finding.rule in ("no_rows", "empty_file") for finding in error.findings if isinstance(finding, Finding)):
                continue  # a writer in parts leaves some of them empty
            raise
        if opened:
            refuse_other_header(folder, opened[0].path or part, store.raw.columns(opened[0].table), part, store.raw.columns(raw))
        opened.append(item)
    if not opened:
        fatal("no_rows", shown(folder), "no part has a row", "Export it again.")
    return _joined(store, table, f"{shown(folder)} ({len(opened)} parts)", opened, fingerprint_of_parts(parts))


def _open_several(store: Store, table: str, locations: Sequence[Location], mapping: Mapping) -> Input:
    """A table in several files or sheets, such as one a year: columns may stand in another order, and one that a file lacks is blank there."""
    opened = [open_file(store, f"{table}_part{n}", each.path, mapping, part_of=table, sheet=each.sheet) for n, each in enumerate(locations)]
    columns = [{name.casefold(): name for name in store.raw.columns(item.table)} for item in opened]
    notes = []
    for item, here in zip(opened, columns, strict=True):
        missing = [name for others in columns for key, name in others.items() if key not in here]
        if missing:
            names = ", ".join(dict.fromkeys(missing))
            hint = "Where the column is called otherwise in this file, call it alike; where it was not recorded, nothing is to be done"
            notes.append(
                Finding(
                    "columns_differ", "warning", item.name, "", f"columns of the other files that are not here, so blank: {names}", hint
                )
            )
    name = f"{opened[0].name} and {len(opened) - 1} more"
    joined = _joined(store, table, name, opened, fingerprint_of_parts(list(dict.fromkeys(each.path for each in locations))))
    joined.notes += notes
    return joined


def _joined(store: Store, table: str, name: str, opened: Sequence[Input], sha256: str) -> Input:
    """One table of its parts, whose rows and faults keep the part and the line they stand on."""
    rows = store.raw.join_parts(table, [item.table for item in opened])
    places = np.concatenate([number * PLACE + np.arange(n, dtype=np.int64) for number, n in enumerate(rows)])
    return Input(
        table,
        name,
        opened[0].unit,
        header=opened[0].header,
        broken=[(number * PLACE + record, reason) for number, item in enumerate(opened) for record, reason in item.broken],
        sha256=sha256,
        notes=[note for item in opened for note in item.notes],
        places=Places(tuple(opened), places),
    )


def _unreadable(name: str, rows_of: Dictionary[str, Sequence[int]]) -> list[Finding]:
    """That some values cannot be read: a note, as a column that is read is an error of its own."""
    message, hint = "values that cannot be read: dates beyond the year 9999, or text of another encoding", "Correct them and export again"
    return [
        Finding("unreadable_value", "note", name, column, message, hint, tuple(rows), "row", len(rows)) for column, rows in rows_of.items()
    ]


def _open_csv(store: Store, raw: str, path: Path, mapping: Mapping, table: str) -> Input:
    """One CSV, by way of a plain copy where it is not one; `table` is the one whose columns it holds, or which it is a part of."""
    settings = mapping.text_of(table)
    text = plain_text(path, store.connection.folder / f"text_{raw}", settings)
    item = Input(raw, shown(path), "line", text.path, settings.delimiter, before=text.before, after=text.after)
    item.header = preflight_csv(
        text.path,
        settings.delimiter,
        expected_names(table, mapping) if table in KINDS else (),
        may_be_empty=_may_be_empty(raw),
        table=table,
    )
    through = read_through(text.path, settings.delimiter)
    item.sha256 = through.sha256 if text.path == path else fingerprint(path)
    try:
        broken = store.raw.add_csv(raw, text.path, item.header, delimiter=settings.delimiter, max_field=MAX_LINE_BYTES)
    except duckdb.Error as error:
        if ran_out(error):
            raise
        hint = "Save it again as CSV (UTF-8): one kind of line end, and quotation marks around whole fields."
        if through.mixed_ends:
            fatal("mixed_line_ends", item.name, "lines end in more than one way (LF, CR LF or CR)", hint)
        fatal("not_csv", item.name, "the text cannot be read as CSV from its first line to its last", hint)
    item.broken = sorted(dict(reversed(broken)).items())  # the first reason of each
    if text.survey:
        message = "3 header rows, as Qualtrics writes them, are recognised: the first names the columns"
        item.notes.append(
            Finding("header_rows", "note", item.name, "", message, "Nothing is to be done; [text] header_rows declares another")
        )
    item.notes += _blank_fields(item, text.path, through)
    if through.blank_lines:
        lines, blank = record_lines(text.path, settings.delimiter)
        item.notes += _blank_lines(item, [lines[record - 1] + item.after for record in sorted(blank)])
    return item


def _open_sheet(store: Store, table: str, path: Path, sheet: str, mapping: Mapping, part_of: str) -> Input:
    """One sheet of a workbook, by way of the text that it would be as CSV; `part_of` is the table that it is, or is a part of."""
    settings = mapping.text_of(part_of)
    folder = store.connection.folder / f"text_{table}"
    folder.mkdir()
    copy = folder / "sheet.csv"
    text = write_sheet(path, sheet, copy, settings, mapping.date_formats.get(part_of, ""))
    place = next((each.place for each in sheets_of(path) if each.name == sheet), 0)
    item = Input(table, sheet_label(path, sheet, place), "row", copy, settings.delimiter, sha256=fingerprint(path), notes=text.notes)
    item.sheet_rows = text.rows
    _add_copy(store, item, mapping)
    return item


def _open_database(store: Store, table: str, source: DatabaseTable, mapping: Mapping) -> Input:
    """A table of a database, or what a query gives, by way of a copy."""
    folder = store.connection.folder / f"text_{table}"
    folder.mkdir()
    copy = copy_table(source, folder, CellText(mapping.text_of(table).decimal, mapping.date_formats.get(table, "")))
    item = Input(table, source.name, "row", sha256=fingerprint(source.database.file or copy))
    if copy.suffix == ".parquet":
        store.raw.add_copy(table, copy)
    else:
        item.path = copy
        _add_copy(store, item, mapping)
        item.sheet_rows = range(store.raw.rows(table) + len(item.broken) + 1)
    if not store.raw.rows(table) and not _may_be_empty(table):
        fatal("no_rows", item.name, "it has no rows", "Check the table, or the query.")
    return item


def _add_copy(store: Store, item: Input, mapping: Mapping) -> None:
    """Read what was written as CSV from another door; what is wrong is said of where it stood there."""
    copy = item.path or Path()
    table, delimiter = item.table, item.delimiter
    try:
        item.header = preflight_csv(
            copy,
            delimiter,
            expected_names(table, mapping) if table in KINDS else once(_first_line(copy, delimiter)),
            may_be_empty=_may_be_empty(table),
        )
        item.broken = sorted(
            dict(reversed(store.raw.add_csv(table, copy, item.header, delimiter=delimiter, max_field=MAX_LINE_BYTES))).items()
        )
    except duckdb.Error as error:
        if ran_out(error):
            raise
        fatal("not_csv", item.name, "it cannot be read from its first row to its last", "Save it again, or save it as CSV (UTF-8).")
    except DataError as error:  # which names the copy
        header = (item.sheet_rows[0],) if item.sheet_rows else ()
        refuse([_of_copy(each, item, header if each.lines else ()) for each in error.findings if isinstance(each, Finding)])


def _of_copy(finding: Finding, item: Input, lines: tuple[int, ...]) -> Finding:
    stem = f"[columns.{(item.path or Path()).stem}]"
    hint = finding.hint.replace(stem, f"[columns.{item.table}]")
    if finding.rule == "wrong_delimiter":
        hint = "Each cell holds a whole line: split the column (in Excel: Data, Text to Columns), or save the sheet as CSV."
    return replace(finding, file=item.name, lines=lines, unit="row", hint=hint)


def _first_line(path: Path, delimiter: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [name.strip() for name in next(csv.reader(file, delimiter=delimiter))]


def _with_sheets_not_read(opened: list[Input], tables: Dictionary[str, Location]) -> list[Input]:
    """The inputs with a note for each workbook that has further sheets."""
    every = [each for place in tables.values() for each in (place, *place.further)]
    for path in dict.fromkeys(place.path for place in every if place.sheet):
        read = {place.sheet for place in every if place.path == path}
        others = [sheet for sheet in sheets_of(path) if sheet.name not in read and not sheet.blank]
        table = next(
            table for table, place in tables.items() if path in [each.path for each in (place, *place.further)]
        )  # once, where tables are opened in two goes
        first = next((item for item in opened if item.table == table), None)
        if others and first:
            names = [
                sheet_label(path, sheet.name, sheet.place).partition("#")[2] + (" (hidden)" if sheet.hidden else "") for sheet in others
            ]
            hint = f'To read one, name it in mapping.toml, as in [tables] scores = "{path.name}#{names[0].removesuffix(" (hidden)")}"'
            first.notes.append(Finding("sheets_not_read", "note", shown(path), "", f"sheets that are not read: {', '.join(names)}", hint))
    return opened


def _with_files_not_read(opened: list[Input], tables: Dictionary[str, Location], folder: Path) -> list[Input]:
    """The inputs with a note for what else stands in their folder that may be a table: of another name, it is not read."""
    first = next((item for item in opened if item.table == next(iter(tables))), None)  # once, where tables are opened in two goes
    if first is None or kind_at(folder) != "folder":
        return opened
    read = {each.path.resolve() for place in tables.values() for each in (place, *place.further)}
    beside = (file for file in sorted(folder.iterdir()) if ending(file) in OFFERED_SUFFIXES and not file.name.startswith(("~$", ".", "_")))
    others = [shown(file) for file in beside if kind_at(file) == "file" and file.resolve() not in read]
    if others:
        more = f" and {len(others) - MOST_FILES:,} more" if len(others) > MOST_FILES else ""
        hint = f'To read one, say which table it is in mapping.toml, as in [tables] scores = "{others[0]}"; iop-outcomes start asks'
        message = f"files that are not read: {', '.join(others[:MOST_FILES])}{more}"
        first.notes.append(Finding("files_not_read", "note", shown(folder), "", message, hint))
    return opened


def _blank_fields(item: Input, path: Path, through: Through) -> list[Finding]:
    """That some lines have blank fields beyond the header: read all the same, and worth a look."""
    fields = len(item.header)
    if not through.ends_blank or through.separators <= through.lines * (fields - 1):
        return []
    lines = tuple(line + item.after for line in longer_lines(path, item.delimiter, fields))
    hint = "Nothing is missing unless a column has lost its name"
    return (
        [Finding("blank_fields", "note", item.name, "", "blank fields beyond the header", hint, lines, "line", len(lines))] if lines else []
    )


def _blank_lines(item: Input, lines: Sequence[int]) -> list[Finding]:
    hint = "Nothing is missing unless rows were meant to stand there"
    return (
        [Finding("blank_lines", "note", item.name, "", "blank lines are passed over", hint, tuple(lines), "line", len(lines))]
        if lines
        else []
    )


def _open_parquet(store: Store, table: str, path: Path) -> Input:
    name = shown(path)
    try:
        refuse_size(path)
        refuse_parquet(name, path.stat().st_size, *store.raw.parquet_sizes(path))
        store.raw.add_parquet(table, path)
        return Input(table, name, "row", path, sha256=fingerprint(path))
    except OSError as error:
        fatal("unreadable", name, f"the file cannot be read ({error.strerror})", "Check its permissions.")
    except duckdb.Error as error:
        if ran_out(error):
            raise
        fatal("not_parquet", name, "the file is not readable as Parquet", "Export it again.")


def _open_frame(store: Store, table: str, frame: Any, mapping: Mapping) -> Input:
    """Copy a frame of pandas, polars or Arrow."""
    name, frame = f"{table} (data frame)", gathered(frame)
    if not is_frame(frame):
        raise UsageError(
            f"load: {table} is of type {type(frame).__name__}. Give a path, a data frame (pandas, polars, Arrow or DuckDB), or a dict of them."
        )
    _add_frame(store, table, name, with_index(frame, expected_names(table, mapping)))
    return Input(table, name, "row", sha256=store.raw.fingerprint(table))


def _add_frame(store: Store, table: str, name: str, frame: Any) -> None:
    columns = names_of(frame)
    if len({column.lower() for column in columns}) < len(columns):
        fatal("duplicate_header", name, "a column name stands twice", "Rename one of them.")
    if not columns:
        fatal("no_rows", name, "it has no columns", "Check how it was made; a table without rows keeps its columns.")
    if not len(frame) and not _may_be_empty(table):
        fatal("no_rows", name, "it has no rows", "Check how it was made.")
    add_frame(store, table, frame)
