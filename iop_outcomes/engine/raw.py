"""Takes files and frames into DuckDB as raw text, gives their rows checked: the doors of the default engine."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Any
from weakref import finalize

import duckdb
import numpy as np

from iop_outcomes.engine.recipe import Recipe, literal, quoted
from iop_outcomes.engine.rules import Fault, Rule

if TYPE_CHECKING:
    import pandas as pd

MASK_BITS = 60  # rules per whole-number mask in the fault scan
ROW = "iop_outcomes_row"  # a name no file has: a column of a site may well be called row_
PARENT = ("episode_known", "episode_los_days", "episode_follow_up_days", "episode_died")
FOLDER = "iop-outcomes-"
FORGOTTEN_SECONDS = 24 * 3600  # a private folder this old, whose process is gone, was left by one that was killed


class RawTables:
    """One DuckDB connection with its lock and its private folder, and the raw tables that came in.

    Parameters
    ----------
    threads : int, optional
        Worker threads; DuckDB's own choice by default.
    memory_limit : str, optional
        Such as "4GB"; beyond it DuckDB spills into the private folder.

    Attributes
    ----------
    statements : list of str
        Every statement sent, without values, in order.
    copies : dict of str to tuple of int
        For each table, the rows that repeat an earlier row cell for cell and are left out; 0 is the first row of data.
    """

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        remove_forgotten_folders()
        self._folder = mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")
        # Goes with close(), with this object or with the process, whichever is first; a notebook that never closes is not scolded.
        self._remove_folder = finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._lock = threading.RLock()  # held until a result is fetched: the next statement would replace it
        self._connection = duckdb.connect(":memory:")
        self._raw: dict[str, dict[str, str]] = {}
        self._in_place: dict[str, Path] = {}
        self.statements: list[str] = []
        self.copies: dict[str, tuple[int, ...]] = {}
        self._send(f"SET temp_directory = {literal(self._folder)}")
        self._send("SET python_enable_replacements = false")
        self._send("SET enable_progress_bar = false")  # where nobody runs a file, as in notebooks, it would draw one on standard output
        self._send("SET preserve_insertion_order = true")
        if threads is not None:
            self._send(f"SET threads = {int(threads)}")
        if memory_limit is not None:
            self._send(f"SET memory_limit = {literal(memory_limit)}")

    # -- doors ---------------------------------------------------------------------------------------------------

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
        target = Path(self._folder) / f"raw_{table}.parquet"
        # Parquet numbers its rows when it is read; numbering them here would cost half as much again as reading the file.
        clash = ", ".join(f"{quoted(name)} AS {quoted(name + '_')}" for name in header if name.lower() == "file_row_number")
        select = f"* RENAME ({clash})" if clash else "*"
        self._send(f"COPY (SELECT {select} FROM read_csv(?, {options})) TO {literal(str(target))} (FORMAT parquet)", [str(path.absolute())])
        rejects = self._send(
            "SELECT CAST(line AS BIGINT), CAST(error_type AS VARCHAR) FROM reject_errors ORDER BY line, column_idx"
        ).fetchall()
        self._send("DROP TABLE reject_errors")
        self._send("DROP TABLE reject_scans")
        self._view_parquet(table, target)
        return [(int(line), str(reason)) for line, reason in rejects]

    def add_parquet(self, table: str, path: Path) -> None:
        """Look at a Parquet file in place."""
        path = path.resolve()  # the program may change its folder between two questions
        self._view_parquet(table, path)
        self._in_place[table] = path

    def _view_parquet(self, table: str, path: Path) -> None:
        """Rows of a Parquet file with their places in it."""
        options = "file_row_number = true, hive_partitioning = false"
        self._view_raw(
            table, f"SELECT * EXCLUDE (file_row_number), file_row_number AS {ROW} FROM read_parquet({literal(str(path))}, {options})"
        )

    def parquet_sizes(self, path: Path) -> tuple[int, int, int, int]:
        """What a Parquet file declares: rows, rows of its parts together, bytes when unpacked, columns; no row is read."""
        name = [str(path.resolve())]
        rows = self._send("SELECT sum(num_rows) FROM parquet_file_metadata(?)", name).fetchall()[0][0]
        columns = "count(DISTINCT split_part(path_in_schema, ', ', 1)) AS columns"  # a nested one is one
        parts = f"SELECT row_group_id, any_value(row_group_num_rows) AS n, sum(total_uncompressed_size) AS size, {columns}"
        grouped = f"{parts} FROM parquet_metadata(?) GROUP BY row_group_id"
        sums = self._send(f"SELECT sum(n), sum(size), max(columns) FROM ({grouped}) AS parts", name).fetchall()[0]
        of_parts, unpacked, most = (int(value or 0) for value in sums)
        return int(rows or 0), of_parts, unpacked, most

    def damaged(self) -> Path | None:
        """The first Parquet file seen in place that cannot be read from its first value to its last."""
        for table, path in self._in_place.items():
            try:
                self._send(f"SELECT max(hash(seen)) FROM raw_{table} AS seen").fetchall()
            except duckdb.Error:
                return path
        return None

    def add_frame(self, table: str, frame: pd.DataFrame) -> None:
        """Copy a data frame, so that later changes to it change nothing here."""
        with self._frame_as("incoming", frame):
            self._execute(f"CREATE TABLE raw_{table} AS SELECT *, row_number() OVER () - 1 AS {ROW} FROM incoming")
        self._describe(table)

    def takes(self, frame: pd.DataFrame) -> bool:
        """Whether the engine knows the types of a data frame."""
        try:
            with self._frame_as("incoming", frame):
                self._execute("SELECT count(COLUMNS(*)) FROM incoming").fetchall()
        except duckdb.Error:
            return False
        return True

    @contextmanager
    def _frame_as(self, name: str, frame: pd.DataFrame) -> Iterator[None]:
        """A data frame as a table of this name, for a while."""
        with self._lock:
            self._connection.register(name, frame)
            try:
                yield
            finally:
                self._connection.unregister(name)

    def add_select(self, table: str, select: str, values: Sequence[object] = ()) -> None:
        """Keep what a query over files gives, every column as text: how adapters of other layouts hand a table over."""
        self._send(f"CREATE TABLE raw_{table} AS SELECT *, row_number() OVER () - 1 AS {ROW} FROM ({select}) AS adapted", values)
        self._describe(table)

    def _view_raw(self, table: str, select: str) -> None:
        self._send(f"CREATE VIEW raw_{table} AS {select}")
        self._describe(table)

    def _describe(self, table: str) -> None:
        described = self._send(f"DESCRIBE raw_{table}").fetchall()
        self._raw[table] = {str(row[0]): str(row[1]) for row in described if row[0] != ROW}

    def raw_columns(self, table: str) -> tuple[str, ...]:
        """Names of a raw table's columns, as they came."""
        return tuple(self._raw[table])

    def raw_rows(self, table: str) -> int:
        """Rows of a raw table."""
        return int(self._one(f"SELECT count(*) FROM raw_{table}"))

    # -- checking ------------------------------------------------------------------------------------------------

    def check_with(self, recipe: Recipe) -> None:
        """Lay a table out for the checks: `x` in its declared type and `x__text` as it stood, with derived columns."""
        types = self._raw[recipe.table]
        cells = [f"{cast.text(types[cast.source])} AS {quoted(cast.name + '__text')}" for cast in recipe.casts]
        cells += [f"{cast.typed(types[cast.source])} AS {quoted(cast.name)}" for cast in recipe.casts]
        layer = f"SELECT {', '.join([*cells, ROW])} FROM raw_{recipe.table}"
        if recipe.table in self.copies:
            layer += f" WHERE {ROW} NOT IN (SELECT position FROM copies_{recipe.table})"
        names = {cast.name for cast in recipe.casts}
        self._send(f"CREATE OR REPLACE VIEW own_{recipe.table} AS {layer}")  # for what is asked of one column: no join
        if recipe.table in ("scores", "events"):
            layer = f"SELECT own.*, {', '.join(f'parent.{name}' for name in PARENT)} FROM ({layer}) AS own LEFT JOIN parents AS parent USING (episode_id)"
        for derived in recipe.derived:
            cell = f"{derived.sql} AS {quoted(derived.name)}"
            layer = f"SELECT {f'* REPLACE ({cell})' if derived.name in names else f'*, {cell}'} FROM ({layer}) AS layer"
            names.add(derived.name)
        self._send(f"CREATE OR REPLACE VIEW checked_{recipe.table} AS {layer}")
        if recipe.table == "episodes":
            self._send(_parents(names))

    def leave_out_copies(self, recipe: Recipe, key: Sequence[str]) -> None:
        """Keep one of the rows that are alike in every cell that is read; rows without a whole key are never taken for copies."""
        table, view = recipe.table, f"own_{recipe.table}"
        columns = ", ".join(map(quoted, key))
        several = f"SELECT {columns} FROM {view} GROUP BY {columns} HAVING count(*) > 1"  # a blank joins nothing
        cells = ", ".join(quoted(cast.name + "__text") for cast in recipe.casts)
        place = f"row_number() OVER (PARTITION BY {cells} ORDER BY {ROW})"
        numbered = f"SELECT {ROW} AS position, {place} AS place FROM {view} JOIN ({several}) AS several USING ({columns})"
        self._send(f"CREATE TABLE copies_{table} AS SELECT position FROM ({numbered}) AS numbered WHERE place > 1")
        positions = tuple(int(row[0]) for row in self._send(f"SELECT position FROM copies_{table} ORDER BY position").fetchall())
        if positions:
            self.copies[table] = positions
            self.check_with(recipe)

    def faults(self, rules: Sequence[Rule]) -> list[Fault]:
        """Rows that break each rule, one scan for each table; positions only."""
        faults: list[Fault] = []
        for table in dict.fromkeys(rule.table for rule in rules):
            of_table = [rule for rule in rules if rule.table == table]
            faults += self._faults_of(table, of_table)
        return faults

    def alike(self, table: str, labels: Mapping[str, tuple[str, str]]) -> list[str]:
        """Columns in which two labels become one when they are written plainly; for each, the SQL of a label and of its plain form."""
        if not labels:
            return []
        parts = [
            f"(SELECT count(*) > count(DISTINCT plain) FROM (SELECT DISTINCT {label} AS label, {plain} AS plain FROM "
            f"(SELECT DISTINCT {label} FROM own_{table}) AS written WHERE {label} IS NOT NULL) AS plainly)"
            for label, plain in labels.values()
        ]
        answers = self._send(" UNION ALL ".join(f"SELECT {place} AS place, {part} AS alike" for place, part in enumerate(parts))).fetchall()
        names = list(labels)
        return [names[place] for place, alike in sorted(answers) if alike]

    def _faults_of(self, table: str, rules: Sequence[Rule]) -> list[Fault]:
        chunks = [rules[i : i + MASK_BITS] for i in range(0, len(rules), MASK_BITS)]
        masks = [" + ".join(f"CASE WHEN {rule.predicate} THEN {1 << bit} ELSE 0 END" for bit, rule in enumerate(chunk)) for chunk in chunks]
        columns = ", ".join(f"{mask} AS mask{i}" for i, mask in enumerate(masks))
        broken = " OR ".join(f"mask{i} <> 0" for i in range(len(masks)))
        scan = f"SELECT {ROW}, {columns} FROM checked_{table} AS faulty"
        with self._lock:
            self._send("SET disabled_optimizers = 'filter_pushdown'")  # it would judge every row by every rule twice over
            try:
                arrays = self._send(f"SELECT * FROM ({scan}) AS scan WHERE {broken} ORDER BY {ROW}").fetchnumpy()
            finally:
                self._send("RESET disabled_optimizers")
        rows = np.asarray(arrays[ROW], dtype=np.int64)
        faults = []
        for i, chunk in enumerate(chunks):
            mask = np.asarray(arrays[f"mask{i}"], dtype=np.int64)
            for bit, rule in enumerate(chunk):
                hit = rows[(mask >> bit) & 1 == 1]
                if len(hit):
                    faults.append(Fault(rule, tuple(hit.tolist())))
        return faults

    # -- plumbing ------------------------------------------------------------------------------------------------

    def _one(self, statement: str) -> Any:
        with self._lock:
            row = self._send(statement).fetchone()
        return row[0] if row else 0

    def _send(self, statement: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        with self._lock:
            return self._execute(statement, values)

    def _execute(self, statement: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        self.statements.append(statement)
        return self._connection.execute(statement, list(values)) if values else self._connection.execute(statement)

    def close(self) -> None:
        """Close the connection and remove the private folder."""
        with self._lock:
            self._connection.close()
        self._remove_folder()


def remove_forgotten_folders() -> None:
    """Remove private folders that a killed process left behind: they hold raw rows."""
    for folder in Path(gettempdir()).glob(f"{FOLDER}*"):
        number = folder.name.removeprefix(FOLDER).partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            try:
                old = time.time() - folder.stat().st_mtime > FORGOTTEN_SECONDS
            except OSError:
                continue  # another run removed it
            if old:
                shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether a process of this number is there; one that is another person's is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _parents(names: Collection[str]) -> str:
    """A view of what a score or an event may read of its episode, one row for each id; an id that stands twice says nothing."""
    cells = [
        f"CASE WHEN count(*) = 1 THEN any_value({name}) END" if name in names else "CAST(NULL AS INTEGER)"
        for name in ("los_days", "follow_up_days")
    ]
    died = "bool_or(discharge_reason = 'died' AND los_days >= 0)" if {"discharge_reason", "los_days"} <= set(names) else "FALSE"
    select = (
        f"SELECT episode_id, TRUE AS episode_known, {cells[0]} AS episode_los_days, {cells[1]} AS episode_follow_up_days, "
        f"coalesce({died}, FALSE) AS episode_died"
    )
    return f"CREATE OR REPLACE VIEW parents AS {select} FROM checked_episodes WHERE episode_id IS NOT NULL GROUP BY episode_id"
