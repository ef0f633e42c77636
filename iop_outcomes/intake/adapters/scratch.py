"""Takes the files of another layout, gives a workbench of text tables beside the store; only what is handed over leaves it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from iop_outcomes.engine.connection import ran_out
from iop_outcomes.engine.dialect import ROW, literal, quoted
from iop_outcomes.intake.casts import as_text
from iop_outcomes.intake.dates import ISO_DATE
from iop_outcomes.intake.files import MAX_LINE_BYTES, fingerprint, refuse_globs, refuse_path, refuse_size, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.inputs import PLACE, Input, Lines, Places, lines_at
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.preflight import MAX_HEADER_BYTES, preflight_csv, read_through, refuse_parquet
from iop_outcomes.intake.store import Store

# Where a row of the workbench stood in its file, and (with the name of a column behind it) where one of its cells did; see `PLACE`.
AT = "iop_outcomes_place"
_WITH_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2})?([.,]\d+)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)?$"


class Scratch(Store):
    """A second store, for joining what other systems keep apart; closing it removes everything that was not handed over.

    Attributes
    ----------
    files : list of Input
        What was read, in the order of the numbers in `AT`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files: list[Input] = []

    def ask(self, select: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.connection.lock:
            return self.connection.send(select, values).fetchall()

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the raw tables that are open."""
        return self.raw.names

    def view(self, name: str, select: str) -> None:
        """Name a query, and keep what it gives."""
        self.connection.send(f"CREATE TABLE {name} AS {select}")

    def number(self, file: Input) -> int:
        """The number of a file, for `AT`."""
        self.files.append(file)
        return len(self.files) - 1

    def lines_of(self, select: str) -> list[tuple[Input, tuple[int, ...]]]:
        """The files and physical lines of the places that a query gives."""
        return lines_at(self.files, self._places(select)[0]) if self.files else []

    def _places(self, select: str) -> list[npt.NDArray[np.int64]]:
        """The columns of places that a query gives; -1 where there is none."""
        with self.connection.lock:
            arrays = self.connection.send(select).fetchnumpy()
        return [np.ma.filled(np.ma.asarray(column, dtype=np.int64), -1) for column in arrays.values()]

    def fill(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> None:
        """Keep rows that were made in Python, every column as text and places as numbers."""
        kinds = ["BIGINT" if column.startswith(AT) else "VARCHAR" for column in columns]
        cells = ", ".join(f"unnest(CAST(? AS {kind}[])) AS {quoted(column)}" for column, kind in zip(columns, kinds, strict=True))
        lists = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in columns]
        self.connection.send(f"CREATE TABLE {name} AS SELECT {cells}", lists)

    def read(self, name: str, path: Path, mapping: Mapping, wanted: Sequence[str], needed: Sequence[str]) -> None:
        """Keep the wanted columns of a CSV or Parquet file as trimmed text, blank where there is none, with the place of each row.

        Names of columns match whatever their case; 12.0 is 12 in a column of numbers that name something (`..._id`). A column that is needed and not there, or a line that cannot be read, ends the load.

        Raises
        ------
        DataError
            Naming the file, and the line or the column.
        """
        refuse_globs(path)
        kept = f"read_{name}"
        file = Input(name, shown(path), "row", path)
        if path.suffix.lower() == ".parquet":
            self._read_parquet(kept, path)
        elif self._read_csv(kept, path, mapping.delimiter, wanted):
            file = Input(name, shown(path), "line", path, mapping.delimiter)
        else:
            return self.fill(name, (*wanted, AT), [])
        types = {column.lower(): (column, kind) for column, kind in self.raw.types(kept).items()}
        for column in needed:
            if column not in types:
                hint = "Export this column, or check that the file is the table it is named after."
                fatal("missing_column", shown(path), "this column is needed and is not there", hint, column=column)
        cells = [f"{_cell(*types[column]) if column in types else 'CAST(NULL AS VARCHAR)'} AS {quoted(column)}" for column in wanted]
        cells.append(f"{self.number(file) * PLACE} + {ROW} AS {AT}")
        self.view(name, f"SELECT {', '.join(cells)} FROM raw_{kept}")
        return None

    def _read_csv(self, name: str, path: Path, delimiter: str, wanted: Sequence[str]) -> bool:
        """Whether the file holds any row: an empty table of another system is no fault."""
        head = head_of(path)
        lines = head.splitlines()
        if len(lines) == 1 and path.stat().st_size == len(head) and set(_names(lines[0], delimiter)) & set(wanted):
            return False
        known = [column for column in _names(lines[0], delimiter, lower=False) if column.lower() in wanted] if lines else []
        header = preflight_csv(path, delimiter, known or wanted)
        read_through(path, delimiter)
        try:
            broken = self.raw.add_csv(name, path, header, delimiter=delimiter, max_field=MAX_LINE_BYTES)
        except duckdb.Error as error:
            if ran_out(error):
                raise
            fatal(
                "not_csv", shown(path), "the text cannot be read as CSV from its first line to its last", "Export it again as CSV (UTF-8)."
            )
        if broken:
            item = Input(name, shown(path), "line", path, delimiter, header, sorted(dict(reversed(broken)).items()))
            line = Lines(item).of_record(item.broken[0][0])
            fatal("broken_line", shown(path), "a line with fewer or more fields than the header", "Export the table again.", line=line)
        return True

    def _read_parquet(self, name: str, path: Path) -> None:
        head_of(path)
        try:
            refuse_parquet(shown(path), path.stat().st_size, *self.raw.parquet_sizes(path))
            self.raw.add_parquet(name, path)
        except duckdb.Error as error:
            if ran_out(error):
                raise
            fatal("not_parquet", shown(path), "the file is not readable as Parquet", "Export it again.")

    def hand_over(self, store: Store, table: str, select: str, needed: Sequence[str]) -> Places | None:
        """Give a query's rows to the store as the raw canonical table; columns that are blank throughout and not needed stay behind.

        Returns
        -------
        Places or None
            Where each row stood, when the query gives that; the store never sees it.
        """
        self.view(f"over_{table}", select)
        filled = self.filled(f"over_{table}")
        kept = [quoted(name) for name, n in filled.items() if not name.startswith(AT) and (n or name in needed)]
        path = self.connection.folder / f"over_{table}.parquet"
        self.connection.send(f"COPY (SELECT {', '.join(kept)} FROM over_{table}) TO {literal(str(path))} (FORMAT parquet)")
        store.raw.add_select(table, "SELECT * FROM read_parquet(?)", [str(path)])
        names = [name for name, n in filled.items() if name == AT or (name.startswith(AT) and n)]
        if AT not in names:
            return None
        columns = dict(zip(names, self._places(f"SELECT {', '.join(map(quoted, names))} FROM over_{table}"), strict=True))
        cells = {name.removeprefix(AT): places for name, places in columns.items() if name != AT}
        return Places(tuple(self.files), columns[AT], cells)

    def places_in(self, name: str) -> list[str]:
        """The columns of a table that say where a row or a cell stood."""
        return [str(row[0]) for row in self.ask(f"DESCRIBE {name}") if str(row[0]).startswith(AT)]

    def filled(self, name: str) -> dict[str, int]:
        """How many cells of each column of a table hold anything."""
        names = [str(row[0]) for row in self.ask(f"DESCRIBE {name}")]
        counts = self.ask(f"SELECT {', '.join(f'count({quoted(column)})' for column in names)} FROM {name}")[0]
        return dict(zip(names, counts, strict=True))


def head_of(path: Path) -> bytes:
    """The first bytes of a file, enough for the header of a table.

    Raises
    ------
    DataError
        When it is no file, is too large, or cannot be read.
    """
    refuse_path(path)
    try:
        refuse_size(path)
        with path.open("rb") as file:
            return file.read(MAX_HEADER_BYTES)
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check what it is, and its permissions.")


def _names(line: bytes, delimiter: str, *, lower: bool = True) -> list[str]:
    """Names in the first line of a CSV, roughly: the preflight reads them properly."""
    text = line.decode("utf-8-sig", errors="replace")
    names = [part.strip().strip('"') for part in text.split(delimiter)]
    return [name.lower() for name in names] if lower else names


def _cell(column: str, kind: str) -> str:
    text = as_text(quoted(column), kind)
    if column.lower().endswith("_id"):  # a column of whole numbers with blanks is often written with a decimal point
        text = f"regexp_replace({text}, '^(\\d+)\\.0+$', '\\1')"
    return f"nullif({text}, '')"


def day_of(column: str) -> str:
    """SQL for the day in a date or a time stamp written as text: the day as it was written, in no other time zone."""
    return f"CASE WHEN regexp_matches({column}, {literal(_WITH_TIME)}) THEN left({column}, 10) ELSE {column} END"


def is_day(text: str) -> bool:
    """Whether a text is a day, or a time of day that `day_of` cuts to one.

    Examples
    --------
    >>> is_day("2024-02-29"), is_day("2024-02-29 09:30"), is_day("2024-02"), is_day("2024-02-30")
    (True, True, False, False)
    """
    try:
        return bool(date.fromisoformat(text[:10])) and (re.match(_WITH_TIME, text) is not None or re.fullmatch(ISO_DATE, text) is not None)
    except ValueError:
        return False


def whole_of(column: str) -> str:
    """SQL for a number written as text: 12.0 is 12; what is no whole number stays as it is, for the checks to name."""
    number = f"TRY_CAST({column} AS DOUBLE)"
    whole = f"isfinite({number}) AND abs({number}) < 1e9 AND {number} = floor({number})"
    return f"CASE WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) ELSE {column} END"


def together(paths: Sequence[Path]) -> tuple[str, str]:
    """What to call several files that make one table, and one fingerprint of them all."""
    names = [shown(path) for path in paths]
    lines = "".join(f"{name} {fingerprint(path)}\n" for name, path in zip(names, paths, strict=True))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more, hashlib.sha256(lines.encode()).hexdigest()
