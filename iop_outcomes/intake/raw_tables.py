"""Takes files, frames and queries into DuckDB, gives their rows as raw tables: as they came, numbered from 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt

from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.dialect import ROW, literal, quoted
from iop_outcomes.intake.files import fingerprint

if TYPE_CHECKING:
    import pandas as pd

SMALL = 20_000  # rows


class RawTables:
    """The tables of a DuckDB whose names begin with `raw_`.

    Parameters
    ----------
    connection : Connection

    Attributes
    ----------
    in_place : dict of str to Path
        The Parquet file of each table that is seen where it lies.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.in_place: dict[str, Path] = {}
        self._types: dict[str, dict[str, str]] = {}
        self._rows: dict[str, int] = {}

    def add_csv(self, table: str, path: Path, header: Sequence[str], *, delimiter: str, max_field: int) -> list[tuple[int, str]]:
        """Parse a CSV once, as text, into the private folder; give the broken records as (number, reason); 1 is the header.

        Lines that are whole are kept, numbered without the broken ones.
        """
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
        options = (
            f"header = true, auto_detect = false, delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
            f"strict_mode = true, null_padding = false, store_rejects = true, max_line_size = {max_field}, "
            # what a name says of a file (.gz, or a folder called year=2024) is no part of its content
            "compression = 'none', hive_partitioning = false"
        )
        target = self.connection.folder / f"raw_{table}.parquet"
        # Parquet numbers its rows when it is read; numbering them here would cost half as much again as reading the file.
        clash = ", ".join(f"{quoted(name)} AS {quoted(name + '_')}" for name in header if name.lower() == "file_row_number")
        select = f"* RENAME ({clash})" if clash else "*"
        self.connection.send(
            f"COPY (SELECT {select} FROM read_csv(?, {options})) TO {literal(str(target))} (FORMAT parquet)", [str(path.absolute())]
        )
        rejects = self.connection.send(
            "SELECT CAST(line AS BIGINT), CAST(error_type AS VARCHAR) FROM reject_errors ORDER BY line, column_idx"
        ).fetchall()
        self.connection.send("DROP TABLE reject_errors")
        self.connection.send("DROP TABLE reject_scans")
        self._view_parquet(table, target)
        return [(int(line), str(reason)) for line, reason in rejects]

    def add_parquet(self, table: str, path: Path) -> None:
        """Look at a Parquet file in place."""
        path = path.resolve()  # the program may change its folder between two questions
        self._view_parquet(table, path)
        self.in_place[table] = path

    def add_copy(self, table: str, path: Path) -> None:
        """Look at a Parquet file that was written into the private folder."""
        self._view_parquet(table, path)

    def _view_parquet(self, table: str, path: Path) -> None:
        """Rows of a Parquet file with their places in it."""
        options = "file_row_number = true, hive_partitioning = false"
        self._view_raw(
            table, f"SELECT * EXCLUDE (file_row_number), file_row_number AS {ROW} FROM read_parquet({literal(str(path))}, {options})"
        )

    def parquet_sizes(self, path: Path) -> tuple[int, int, int, int]:
        """What a Parquet file declares: rows, rows of its parts together, bytes when unpacked, columns; no row is read."""
        name = [str(path.resolve())]
        rows = self.connection.send("SELECT sum(num_rows) FROM parquet_file_metadata(?)", name).fetchall()[0][0]
        columns = "count(DISTINCT split_part(path_in_schema, ', ', 1)) AS columns"  # a nested one is one
        parts = f"SELECT row_group_id, any_value(row_group_num_rows) AS n, sum(total_uncompressed_size) AS size, {columns}"
        grouped = f"{parts} FROM parquet_metadata(?) GROUP BY row_group_id"
        sums = self.connection.send(f"SELECT sum(n), sum(size), max(columns) FROM ({grouped}) AS parts", name).fetchall()[0]
        of_parts, unpacked, most = (int(value or 0) for value in sums)
        return int(rows or 0), of_parts, unpacked, most

    def damaged(self) -> Path | None:
        """The first Parquet file seen in place that cannot be read from its first value to its last."""
        for table, path in self.in_place.items():
            try:
                self.connection.send(f"SELECT max(hash(seen)) FROM raw_{table} AS seen").fetchall()
            except duckdb.Error:
                return path
        return None

    def add_frame(self, table: str, frame: pd.DataFrame) -> None:
        """Copy a data frame, so that later changes to it change nothing here."""
        with self._frame_as("incoming", frame):
            self.connection.send(f"CREATE TABLE raw_{table} AS SELECT *, row_number() OVER () - 1 AS {ROW} FROM incoming")
        self._describe(table)

    def fingerprint(self, table: str) -> str:
        """SHA-256 of the rows of a raw table as CSV, so that it is the same whatever library the rows came from."""
        target = self.connection.folder / f"rows_{table}.csv"
        options = "FORMAT csv, HEADER, NULLSTR '\\N'"
        self.connection.send(f"COPY (SELECT * EXCLUDE ({ROW}) FROM raw_{table}) TO {literal(str(target))} ({options})")
        try:
            return fingerprint(target)
        finally:
            target.unlink()

    def takes(self, frame: pd.DataFrame) -> bool:
        """Whether the engine knows the types of a data frame."""
        try:
            with self._frame_as("incoming", frame):
                self.connection.send("SELECT count(COLUMNS(*)) FROM incoming").fetchall()
        except duckdb.Error:
            return False
        return True

    @contextmanager
    def _frame_as(self, name: str, frame: pd.DataFrame) -> Iterator[None]:
        """A data frame as a table of this name, for a while."""
        with self.connection.lock:
            self.connection.duckdb.register(name, frame)
            try:
                yield
            finally:
                self.connection.duckdb.unregister(name)

    def add_select(self, table: str, select: str, values: Sequence[object] = ()) -> None:
        """Keep what a query over files gives, every column as text: how adapters of other layouts hand a table over."""
        self.connection.send(f"CREATE TABLE raw_{table} AS SELECT *, row_number() OVER () - 1 AS {ROW} FROM ({select}) AS adapted", values)
        self._describe(table)

    def spread(self, table: str, selects: Sequence[tuple[str, str]]) -> None:
        """Make several rows of each raw row: for each (columns, condition), those rows that meet it; in the order of the rows."""
        self._rename(table, f"whole_{table}")
        parts = [
            f"SELECT {columns}, {ROW} * {len(selects)} + {place} AS {ROW} FROM whole_{table} WHERE {condition}"
            for place, (columns, condition) in enumerate(selects)
        ]
        self._view_raw(table, " UNION ALL ".join(parts))

    def narrow(self, table: str, cells: str, condition: str) -> npt.NDArray[np.int64]:
        """Keep the rows of a raw table that meet a condition, with other columns; give where each stood, counted from 0."""
        self._rename(table, f"given_{table}")
        where = f" WHERE {condition}" if condition else ""
        if not condition:
            self._view_raw(table, f"SELECT {cells}, {ROW} FROM given_{table}")
        else:
            numbered = f"row_number() OVER (ORDER BY {ROW}) - 1 AS {ROW}"
            self.connection.send(f"CREATE TABLE raw_{table} AS SELECT {cells}, {numbered} FROM given_{table}{where}")
            self._describe(table)
        rows = self.connection.send(f"SELECT {ROW} FROM given_{table}{where} ORDER BY 1").fetchnumpy()
        return np.asarray(rows[ROW], dtype=np.int64)

    def rows_where(self, table: str, condition: str) -> list[int]:
        """The rows of a raw table that meet a condition, counted from 0."""
        return [int(row[0]) for row in self.connection.send(f"SELECT {ROW} FROM raw_{table} WHERE {condition} ORDER BY 1").fetchall()]

    def _rename(self, table: str, name: str) -> None:
        """Call a raw table otherwise, so that another can take its place."""
        kind = "VIEW" if self.connection.one(f"SELECT count(*) FROM duckdb_views() WHERE view_name = 'raw_{table}'") else "TABLE"
        self.connection.send(f"ALTER {kind} raw_{table} RENAME TO {name}")

    def join_parts(self, table: str, parts: Sequence[str]) -> list[int]:
        """Make one raw table of others with the same columns, their rows numbered on; give how many rows each has."""
        rows = [self.rows(part) for part in parts]
        starts = [sum(rows[:number]) for number in range(len(rows))]
        selects = [f"SELECT * REPLACE ({ROW} + {start} AS {ROW}) FROM raw_{part}" for part, start in zip(parts, starts, strict=True)]
        self._view_raw(table, " UNION ALL BY NAME ".join(selects))
        for part in parts:
            del self._types[part]
        return rows

    def _view_raw(self, table: str, select: str) -> None:
        self.connection.send(f"CREATE VIEW raw_{table} AS {select}")
        self._describe(table)

    def _describe(self, table: str) -> None:
        self._rows.pop(table, None)
        described = self.connection.send(f"DESCRIBE raw_{table}").fetchall()
        self._types[table] = {str(row[0]): str(row[1]) for row in described if row[0] != ROW}

    @property
    def names(self) -> tuple[str, ...]:
        """The raw tables that there are, in the order in which they came."""
        return tuple(self._types)

    def columns(self, table: str) -> tuple[str, ...]:
        """Names of a raw table's columns, as they came."""
        return tuple(self._types[table])

    def types(self, table: str) -> dict[str, str]:
        """The type in which each column of a raw table came."""
        return self._types[table]

    def type_of(self, table: str, column: str) -> str:
        """The type in which a column of a raw table came."""
        return self._types[table][column]

    def rows(self, table: str) -> int:
        """Rows of a raw table."""
        if table not in self._rows:
            self._rows[table] = int(self.connection.one(f"SELECT count(*) FROM raw_{table}"))
        return self._rows[table]

    def is_small(self, table: str) -> bool:
        """Whether a raw table has so few rows that to plan a question about them costs more than to answer it."""
        return self.rows(table) <= SMALL
