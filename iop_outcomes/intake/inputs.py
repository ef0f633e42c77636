"""Takes a path or data frames, gives each table to the engine as text with its name, its fingerprint and its broken lines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from iop_outcomes.columns import TABLES
from iop_outcomes.engine.duckdb import DuckEngine
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.intake.files import MAX_LINE_BYTES, find_tables, fingerprint, preflight_csv, record_lines, refuse_globs
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import expected_names

if TYPE_CHECKING:
    import pandas as pd


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


class Lines:
    """Where the rows of an input stand in its file."""

    def __init__(self, item: Input) -> None:
        self._rows: list[int] | None = None
        if item.path is not None and item.unit == "line":
            self._records, blank = record_lines(item.path, item.delimiter)
            gone = {1, *blank, *(record for record, _ in item.broken)}
            self._rows = [line for record, line in enumerate(self._records, start=1) if record not in gone]

    def of_rows(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Physical lines of rows counted from 0."""
        if self._rows is None:
            return tuple(row + 1 for row in rows)
        return tuple(self._rows[row] for row in rows)

    def of_record(self, record: int) -> int:
        """Physical line of a record counted from 1, the header."""
        return self._records[min(record, len(self._records)) - 1]


def open_tables(engine: DuckEngine, source: Any, mapping: Mapping) -> list[Input]:
    """Open every table of a path, a frame or a dict of frames.

    Raises
    ------
    DataError
        When a file cannot be read at all.
    UsageError
        When a table is called what no table is called, or is no data frame.
    """
    if isinstance(source, str | Path):
        found = find_tables(Path(source), mapping)
        return [_open_file(engine, table, found[table], mapping) for table in TABLES if table in found]
    frames = source if isinstance(source, Dictionary) else {"episodes": source}
    for table in frames:
        if table not in TABLES:
            raise UsageError(f'load: no table is called "{table}". {choices(str(table), TABLES)}')
    if "episodes" not in frames:
        fatal("no_episodes_table", "the data given", "no table of episodes", 'Give {"episodes": frame, ...}.')
    return [_open_frame(engine, table, frames[table]) for table in TABLES if table in frames]


def _open_file(engine: DuckEngine, table: str, path: Path, mapping: Mapping) -> Input:
    refuse_globs(path)
    if path.suffix.lower() == ".parquet":
        return _open_parquet(engine, table, path)
    item = Input(table, path.name, "line", path, mapping.delimiter, sha256=fingerprint(path))
    item.header = preflight_csv(path, mapping.delimiter, expected_names(table, mapping))
    try:
        broken = engine.add_csv(table, path, item.header, delimiter=mapping.delimiter, max_field=MAX_LINE_BYTES)
    except duckdb.Error:
        hint = "Save it again as CSV (UTF-8): one kind of line end, and quotation marks around whole fields."
        fatal("not_csv", path.name, "the text cannot be read as CSV from its first line to its last", hint)
    item.broken = sorted(dict(reversed(broken)).items())  # the first reason of each
    return item


def _open_parquet(engine: DuckEngine, table: str, path: Path) -> Input:
    try:
        engine.add_parquet(table, path)
    except duckdb.Error:
        fatal("not_parquet", path.name, "the file is not readable as Parquet", "Export it again.")
    return Input(table, path.name, "row", path, sha256=fingerprint(path))


def _open_frame(engine: DuckEngine, table: str, frame: Any) -> Input:
    name = f"{table} (data frame)"
    if not hasattr(frame, "columns") or not hasattr(frame, "dtypes"):
        raise UsageError(f"load: {table} is a {type(frame).__name__}. Give a path, a pandas data frame, or a dict of data frames.")
    columns = [str(column) for column in frame.columns]
    if len({column.lower() for column in columns}) < len(columns):
        fatal("duplicate_header", name, "a column name stands twice", "Rename one of them.")
    if not len(frame):
        fatal("no_rows", name, "the frame has no rows", "Check how it was made.")
    engine.add_frame(table, frame)
    return Input(table, name, "row", sha256=_fingerprint_frame(frame))


def _fingerprint_frame(frame: pd.DataFrame) -> str:
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
