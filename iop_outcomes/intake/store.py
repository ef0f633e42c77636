"""Takes files and frames into DuckDB as raw text, gives their rows checked and typed to an engine: where data are staged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from iop_outcomes.columns import WINDOWS
from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.derive import Tables
from iop_outcomes.engine.dialect import ROW, literal, quoted
from iop_outcomes.intake.casts import Recipe
from iop_outcomes.intake.rules import Fault, Rule

if TYPE_CHECKING:
    import pandas as pd

MASK_BITS = 60  # rules per whole-number mask in the fault scan
PARENT = ("episode_known", "episode_los_days", "episode_follow_up_days", "episode_died")
EVENT_COLUMNS = ("episode_id", "event", "day", "days_after_discharge", "planned", "kind")


class Store:
    """The local DuckDB in which tables are read, checked and typed; an engine is handed its connection and what it made.

    Parameters
    ----------
    threads, memory_limit
        As `Connection` takes them.

    Attributes
    ----------
    connection : Connection
        Of the one DuckDB.
    copies : dict of str to tuple of int
        For each table, the rows that repeat an earlier row cell for cell and are left out; 0 is the first row of data.
    """

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        self.connection = Connection(threads=threads, memory_limit=memory_limit)
        self._raw: dict[str, dict[str, str]] = {}
        self._in_place: dict[str, Path] = {}
        self.copies: dict[str, tuple[int, ...]] = {}

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
        rows = self.connection.send("SELECT sum(num_rows) FROM parquet_file_metadata(?)", name).fetchall()[0][0]
        columns = "count(DISTINCT split_part(path_in_schema, ', ', 1)) AS columns"  # a nested one is one
        parts = f"SELECT row_group_id, any_value(row_group_num_rows) AS n, sum(total_uncompressed_size) AS size, {columns}"
        grouped = f"{parts} FROM parquet_metadata(?) GROUP BY row_group_id"
        sums = self.connection.send(f"SELECT sum(n), sum(size), max(columns) FROM ({grouped}) AS parts", name).fetchall()[0]
        of_parts, unpacked, most = (int(value or 0) for value in sums)
        return int(rows or 0), of_parts, unpacked, most

    def damaged(self) -> Path | None:
        """The first Parquet file seen in place that cannot be read from its first value to its last."""
        for table, path in self._in_place.items():
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

    def join_parts(self, table: str, parts: Sequence[str]) -> list[int]:
        """Make one raw table of others with the same columns, their rows numbered on; give how many rows each has."""
        rows = [self.raw_rows(part) for part in parts]
        starts = [sum(rows[:number]) for number in range(len(rows))]
        selects = [f"SELECT * REPLACE ({ROW} + {start} AS {ROW}) FROM raw_{part}" for part, start in zip(parts, starts, strict=True)]
        self._view_raw(table, " UNION ALL BY NAME ".join(selects))
        for part in parts:
            del self._raw[part]
        return rows

    def _view_raw(self, table: str, select: str) -> None:
        self.connection.send(f"CREATE VIEW raw_{table} AS {select}")
        self._describe(table)

    def _describe(self, table: str) -> None:
        described = self.connection.send(f"DESCRIBE raw_{table}").fetchall()
        self._raw[table] = {str(row[0]): str(row[1]) for row in described if row[0] != ROW}

    def raw_columns(self, table: str) -> tuple[str, ...]:
        """Names of a raw table's columns, as they came."""
        return tuple(self._raw[table])

    def type_of(self, table: str, column: str) -> str:
        """The type in which a column of a raw table came."""
        return self._raw[table][column]

    def raw_rows(self, table: str) -> int:
        """Rows of a raw table."""
        return int(self.connection.one(f"SELECT count(*) FROM raw_{table}"))

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
        self.connection.send(f"CREATE OR REPLACE VIEW own_{recipe.table} AS {layer}")  # for what is asked of one column: no join
        if recipe.table in ("scores", "events"):
            layer = f"SELECT own.*, {', '.join(f'parent.{name}' for name in PARENT)} FROM ({layer}) AS own LEFT JOIN parents AS parent USING (episode_id)"
        for derived in recipe.derived:
            cell = f"{derived.sql} AS {quoted(derived.name)}"
            layer = f"SELECT {f'* REPLACE ({cell})' if derived.name in names else f'*, {cell}'} FROM ({layer}) AS layer"
            names.add(derived.name)
        self.connection.send(f"CREATE OR REPLACE VIEW checked_{recipe.table} AS {layer}")
        if recipe.table == "episodes":
            self.connection.send(_parents(names))

    def leave_out_copies(self, recipe: Recipe, key: Sequence[str]) -> None:
        """Keep one of the rows that are alike in every cell that is read; rows without a whole key are never taken for copies."""
        table, view = recipe.table, f"own_{recipe.table}"
        columns = ", ".join(map(quoted, key))
        several = f"SELECT {columns} FROM {view} GROUP BY {columns} HAVING count(*) > 1"  # a blank joins nothing
        cells = ", ".join(quoted(cast.name + "__text") for cast in recipe.casts)
        place = f"row_number() OVER (PARTITION BY {cells} ORDER BY {ROW})"
        numbered = f"SELECT {ROW} AS position, {place} AS place FROM {view} JOIN ({several}) AS several USING ({columns})"
        self.connection.send(f"CREATE TABLE copies_{table} AS SELECT position FROM ({numbered}) AS numbered WHERE place > 1")
        positions = tuple(int(row[0]) for row in self.connection.send(f"SELECT position FROM copies_{table} ORDER BY position").fetchall())
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
        answers = self.connection.send(
            " UNION ALL ".join(f"SELECT {place} AS place, {part} AS alike" for place, part in enumerate(parts))
        ).fetchall()
        names = list(labels)
        return [names[place] for place, alike in sorted(answers) if alike]

    def _faults_of(self, table: str, rules: Sequence[Rule]) -> list[Fault]:
        chunks = [rules[i : i + MASK_BITS] for i in range(0, len(rules), MASK_BITS)]
        masks = [" + ".join(f"CASE WHEN {rule.predicate} THEN {1 << bit} ELSE 0 END" for bit, rule in enumerate(chunk)) for chunk in chunks]
        columns = ", ".join(f"{mask} AS mask{i}" for i, mask in enumerate(masks))
        broken = " OR ".join(f"mask{i} <> 0" for i in range(len(masks)))
        scan = f"SELECT {ROW}, {columns} FROM checked_{table} AS faulty"
        with self.connection.lock:
            self.connection.send("SET disabled_optimizers = 'filter_pushdown'")  # it would judge every row by every rule twice over
            try:
                arrays = self.connection.send(f"SELECT * FROM ({scan}) AS scan WHERE {broken} ORDER BY {ROW}").fetchnumpy()
            finally:
                self.connection.send("RESET disabled_optimizers")
        rows = np.asarray(arrays[ROW], dtype=np.int64)
        faults = []
        for i, chunk in enumerate(chunks):
            mask = np.asarray(arrays[f"mask{i}"], dtype=np.int64)
            for bit, rule in enumerate(chunk):
                hit = rows[(mask >> bit) & 1 == 1]
                if len(hit):
                    faults.append(Fault(rule, tuple(hit.tolist())))
        return faults

    # -- handing over --------------------------------------------------------------------------------------------

    def prepare(self, recipes: Mapping[str, Recipe], excluded: Mapping[str, Sequence[int]]) -> Tables:
        """Make the typed tables that an engine reads: Parquet is seen in place, everything else is cast once and kept."""
        columns: dict[str, tuple[str, ...]] = {}
        scales = {scale: steps for recipe in recipes.values() for scale, steps in recipe.steps.items()}
        for table in ("episodes", "scores", "events"):
            recipe = recipes.get(table)
            select = self._without(table, recipe, excluded.get(table, ())) if recipe else ""
            if table == "events":
                if select:
                    self.connection.send(f"CREATE VIEW listed_events AS {select}")
                select = self._all_events(bool(select), recipes["episodes"].names)
            if not select:
                continue
            kind = "VIEW" if table in self._in_place else "TABLE"
            self.connection.send(f"CREATE {kind} {table} AS {select}")
            columns[table] = recipe.names if recipe else EVENT_COLUMNS
        return Tables(
            columns,
            words=frozenset(str(row[0]) for row in self.connection.send("DESCRIBE episodes").fetchall() if row[1] == "VARCHAR"),
            given=frozenset(recipes),
            filled=frozenset(table for table in columns if self._any(table)),
            steps={f"{scale}_{moment}": steps for scale, steps in scales.items() for moment in WINDOWS},
        )

    def _any(self, table: str) -> bool:
        """Whether a table holds any row; the search ends with the first."""
        return bool(self.connection.one(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS any_row"))

    def _without(self, table: str, recipe: Recipe, rows: Sequence[int]) -> str:
        """The typed rows less the excluded ones, and less those of excluded episodes."""
        columns = ", ".join(recipe.kept(name) for name in recipe.names)
        tests = []
        if len(rows):
            self.connection.send(f"CREATE TABLE excluded_{table} AS SELECT unnest(CAST(? AS BIGINT[])) AS position", [list(rows)])
            tests.append(f"{ROW} NOT IN (SELECT position FROM excluded_{table})")
        kept = f"SELECT {columns}, {ROW} FROM checked_{table}{' WHERE ' if tests else ''}{' AND '.join(tests)}"
        if table == "episodes":
            return kept
        return f"SELECT kept.* EXCLUDE ({ROW}), episodes.{ROW} FROM ({kept}) AS kept JOIN episodes USING (episode_id)"

    def _all_events(self, listed: bool, columns: Sequence[str]) -> str:  # noqa: FBT001 - private, one caller
        """Events of the table and those that stand beside the episode, on both clocks."""
        cells_of_events = "episode_id, event, event_day AS day, event_days_after_discharge AS days_after_discharge, planned, kind"
        parts = [f"SELECT {cells_of_events}, {ROW} FROM listed_events"] if listed else []
        for name in columns:
            event = name.removesuffix("_observed")
            if name.endswith("_observed") and f"{event}_day" in columns:
                day = quoted(f"{event}_day")
                values = ("episode_id", literal(event), day, f"{day} - los_days", "CAST(NULL AS INTEGER)", "CAST(NULL AS VARCHAR)")
                cells = ", ".join(f"{value} AS {column}" for value, column in zip(values, EVENT_COLUMNS, strict=True))
                parts.append(f"SELECT {cells}, {ROW} FROM episodes WHERE {quoted(name)} = 1")
        if parts:
            return " UNION ALL ".join(parts)
        empty = ("VARCHAR", "VARCHAR", "INTEGER", "INTEGER", "INTEGER", "VARCHAR")
        cells = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in zip(EVENT_COLUMNS, empty, strict=True))
        return f"SELECT {cells}, CAST(NULL AS BIGINT) AS {ROW} WHERE FALSE"

    def lock(self) -> None:
        """After loading: nothing further can be read from outside, and no setting changed."""
        paths = ", ".join(literal(str(path)) for path in self._in_place.values())
        self.connection.send(f"SET allowed_paths = [{paths}]")
        self.connection.send(f"SET allowed_directories = [{literal(str(self.connection.folder))}]")
        self.connection.send("SET enable_external_access = false")
        self.connection.send("SET lock_configuration = true")

    def kept(self, table: str) -> int:
        """Rows of a table that are used, events that stand beside an episode not counted."""
        return int(self.connection.one(f"SELECT count(*) FROM {'listed_events' if table == 'events' else table}"))

    def close(self) -> None:
        """Close the connection and remove the private folder."""
        self.connection.close()


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
