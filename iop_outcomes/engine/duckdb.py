"""Takes files and frames into DuckDB, gives counts: the default engine, one connection and one lock per data set."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from weakref import finalize

import duckdb
import numpy as np
from numpy.typing import NDArray

from iop_outcomes.columns import Request
from iop_outcomes.counts import Counts, Floats, Level, is_blank
from iop_outcomes.engine import Fault, Rule
from iop_outcomes.engine.derive import Derivation, derive
from iop_outcomes.engine.recipe import Recipe, literal, quoted

if TYPE_CHECKING:
    import pandas as pd

MASK_BITS = 60  # rules per whole-number mask in the fault scan
SCALE_BITS = 46  # influences leave as whole numbers of 2**-46 of the largest, so that sums are exact in any order
ROW = "iop_outcomes_row"  # a name no file has: a column of a site may well be called row_
PARENT = ("episode_known", "episode_los_days", "episode_follow_up_days")
EVENT_COLUMNS = ("episode_id", "event", "day", "days_after_discharge", "planned", "kind")


class DuckEngine:
    """DuckDB behind the five functions of `Engine`, and the doors through which raw tables come in.

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
    """

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        self._folder = mkdtemp(prefix="iop-outcomes-")
        # Goes with close(), with this object or with the process, whichever is first; a notebook that never closes is not scolded.
        self._remove_folder = finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._lock = threading.RLock()  # held until a result is fetched: the next statement would replace it
        self._connection = duckdb.connect(":memory:")
        self._raw: dict[str, dict[str, str]] = {}
        self._in_place: dict[str, Path] = {}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._filled: set[str] = set()  # prepared tables that hold any row
        self._picks: set[str] = set()
        self._tallies: dict[tuple[Request, ...], Counts] = {}
        self.statements: list[str] = []
        self._send(f"SET temp_directory = {literal(self._folder)}")
        self._send("SET python_enable_replacements = false")
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
            f"strict_mode = true, null_padding = false, store_rejects = true, max_line_size = {max_field}"
        )
        target = Path(self._folder) / f"raw_{table}.parquet"
        select = f"SELECT *, row_number() OVER () - 1 AS {ROW} FROM read_csv(?, {options})"
        self._send(f"COPY ({select}) TO {literal(str(target))} (FORMAT parquet)", [str(path)])
        rejects = self._send(
            "SELECT CAST(line AS BIGINT), CAST(error_type AS VARCHAR) FROM reject_errors ORDER BY line, column_idx"
        ).fetchall()
        self._send("DROP TABLE reject_errors")
        self._send("DROP TABLE reject_scans")
        self._view_raw(table, f"SELECT * FROM read_parquet({literal(str(target))})")
        return [(int(line), str(reason)) for line, reason in rejects]

    def add_parquet(self, table: str, path: Path) -> None:
        """Look at a Parquet file in place."""
        path = path.resolve()  # the program may change its folder between two questions
        self._view_raw(table, f"SELECT *, file_row_number AS {ROW} FROM read_parquet({literal(str(path))}, file_row_number = true)")
        self._raw[table].pop("file_row_number", None)
        self._in_place[table] = path

    def add_frame(self, table: str, frame: pd.DataFrame) -> None:
        """Copy a data frame, so that later changes to it change nothing here."""
        with self._lock:
            self._connection.register("incoming", frame)
            self._execute(f"CREATE TABLE raw_{table} AS SELECT *, row_number() OVER () - 1 AS {ROW} FROM incoming")
            self._connection.unregister("incoming")
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
        names = {cast.name for cast in recipe.casts}
        if recipe.table != "episodes":
            layer = f"SELECT own.*, {', '.join(f'parent.{name}' for name in PARENT)} FROM ({layer}) AS own LEFT JOIN parents AS parent USING (episode_id)"
        for derived in recipe.derived:
            cell = f"{derived.sql} AS {quoted(derived.name)}"
            layer = f"SELECT {f'* REPLACE ({cell})' if derived.name in names else f'*, {cell}'} FROM ({layer}) AS layer"
            names.add(derived.name)
        self._send(f"CREATE OR REPLACE VIEW checked_{recipe.table} AS {layer}")
        if recipe.table == "episodes":
            self._send(_parents(names))

    def faults(self, rules: Sequence[Rule]) -> list[Fault]:
        """Rows that break each rule, one scan for each table; positions only."""
        found: list[Fault] = []
        for table in dict.fromkeys(rule.table for rule in rules):
            of_table = [rule for rule in rules if rule.table == table]
            found += self._faults_of(table, of_table)
        return found

    def _faults_of(self, table: str, rules: Sequence[Rule]) -> list[Fault]:
        chunks = [rules[i : i + MASK_BITS] for i in range(0, len(rules), MASK_BITS)]
        masks = [" + ".join(f"CASE WHEN {rule.predicate} THEN {1 << bit} ELSE 0 END" for bit, rule in enumerate(chunk)) for chunk in chunks]
        columns = ", ".join(f"{mask} AS mask{i}" for i, mask in enumerate(masks))
        broken = " OR ".join(f"mask{i} <> 0" for i in range(len(masks)))
        scan = f"SELECT {ROW}, {columns} FROM checked_{table} AS faulty"
        found = self._send(f"SELECT * FROM ({scan}) AS scan WHERE {broken} ORDER BY {ROW}").fetchnumpy()
        rows = np.asarray(found[ROW], dtype=np.int64)
        faults = []
        for i, chunk in enumerate(chunks):
            mask = np.asarray(found[f"mask{i}"], dtype=np.int64)
            for bit, rule in enumerate(chunk):
                hit = rows[(mask >> bit) & 1 == 1]
                if len(hit):
                    faults.append(Fault(rule, tuple(hit.tolist())))
        return faults

    # -- requests ------------------------------------------------------------------------------------------------

    def prepare(self, recipes: Mapping[str, Recipe], excluded: Mapping[str, Sequence[int]]) -> None:
        """Make the typed tables: Parquet is seen in place, everything else is cast once and kept."""
        for table in ("episodes", "scores", "events"):
            recipe = recipes.get(table)
            select = self._without(table, recipe, excluded.get(table, ())) if recipe else ""
            if table == "events":
                if select:
                    self._send(f"CREATE VIEW listed_events AS {select}")
                select = self._all_events(bool(select), recipes["episodes"].names)
            if not select:
                continue
            kind = "VIEW" if table in self._in_place else "TABLE"
            self._send(f"CREATE {kind} {table} AS {select}")
            self._columns[table] = recipe.names if recipe else EVENT_COLUMNS
            if self._one(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS any_row"):
                self._filled.add(table)

    def _without(self, table: str, recipe: Recipe, rows: Sequence[int]) -> str:
        """The typed rows less the excluded ones, and less those of excluded episodes."""
        columns = ", ".join(quoted(name) for name in recipe.names)
        tests = []
        if len(rows):
            self._send(f"CREATE TABLE excluded_{table} AS SELECT unnest(CAST(? AS BIGINT[])) AS position", [list(rows)])
            tests.append(f"{ROW} NOT IN (SELECT position FROM excluded_{table})")
        if table != "episodes":
            tests.append("episode_id IN (SELECT episode_id FROM episodes)")
        return f"SELECT {columns} FROM checked_{table}{' WHERE ' if tests else ''}{' AND '.join(tests)}"

    def _all_events(self, listed: bool, columns: Sequence[str]) -> str:  # noqa: FBT001 - private, one caller
        """Events of the table and those that stand beside the episode, on both clocks."""
        own = "episode_id, event, event_day AS day, event_days_after_discharge AS days_after_discharge, planned, kind"
        parts = [f"SELECT {own} FROM listed_events"] if listed else []
        for name in columns:
            event = name.removesuffix("_observed")
            if name.endswith("_observed") and f"{event}_day" in columns:
                day = quoted(f"{event}_day")
                values = ("episode_id", literal(event), day, f"{day} - los_days", "CAST(NULL AS INTEGER)", "CAST(NULL AS VARCHAR)")
                cells = ", ".join(f"{value} AS {column}" for value, column in zip(values, EVENT_COLUMNS, strict=True))
                parts.append(f"SELECT {cells} FROM episodes WHERE {quoted(name)} = 1")
        if parts:
            return " UNION ALL ".join(parts)
        empty = ("VARCHAR", "VARCHAR", "INTEGER", "INTEGER", "INTEGER", "VARCHAR")
        cells = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in zip(EVENT_COLUMNS, empty, strict=True))
        return f"SELECT {cells} WHERE FALSE"

    def lock(self) -> None:
        """After loading: nothing further can be read from outside, and no setting changed."""
        paths = ", ".join(literal(str(path)) for path in self._in_place.values())
        self._send(f"SET allowed_paths = [{paths}]")
        self._send(f"SET allowed_directories = [{literal(self._folder)}]")
        self._send("SET enable_external_access = false")
        self._send("SET lock_configuration = true")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the prepared episodes."""
        return self._columns["episodes"]

    def tally(self, requests: Sequence[Request]) -> Counts:
        """Count the episodes in each combination; blanks are levels, and the cells sum to the rows."""
        key = tuple(dict.fromkeys(requests))
        with self._lock:
            if key not in self._tallies:
                summed = self._summed(key)
                self._tallies[key] = self._counted(key) if summed is None else summed
            return self._tallies[key]

    def _summed(self, key: tuple[Request, ...]) -> Counts | None:
        """The sum over a table that was counted already and holds more columns, if there is one: no scan is needed."""
        wider = [counts for requests, counts in self._tallies.items() if set(key) < set(requests)]
        if not wider:
            return None
        return min(wider, key=len).keep([name for request in key for name in request.keys]).as_counted()

    def _counted(self, key: tuple[Request, ...]) -> Counts:
        """One GROUP BY."""
        derivation = self._derive(key)
        keys = ", ".join(f"{expression} AS k{i}" for i, expression in enumerate(derivation.expressions))
        by = ", ".join(str(place) for place in range(1, len(derivation.names) + 1))  # by place: a covariate may be called k0
        group = f" GROUP BY {by}" if by else " HAVING count(*) > 0"
        rows = self._send(f"SELECT {keys}{',' if keys else ''} count(*) AS n {derivation.source}{group}").fetchall()
        columns = [[_level(value) for value in column] for column in zip(*rows, strict=True)] or [[]] * (len(derivation.names) + 1)
        return Counts.from_columns(derivation.names, columns[:-1], [row[-1] for row in rows])

    def _derive(self, requests: Sequence[Request]) -> Derivation:
        derivation = derive(requests, self.columns, tables=self._filled)
        with self._lock:
            for pick in derivation.picks:
                if pick.name not in self._picks:
                    self._send(f"CREATE TEMPORARY TABLE {pick.name} AS {pick.select}")
                    self._picks.add(pick.name)
        return derivation

    def cluster_sums(self, requests: Sequence[Request], influences: Floats) -> Floats:
        """Sums over patients of products of their summed influences.

        Parameters
        ----------
        requests : sequence
            Those of the tally whose cells the influences belong to.
        influences : float array, shape (cells, K)
            One column for each estimate, rows in the order of `tally(requests)`.

        Returns
        -------
        float array, shape (K, K)
            The diagonal holds variances for repeated patients; a blank patient is a patient of their own.

        Notes
        -----
        Influences travel as whole numbers, so that the sums are exact and the order of rows cannot matter.
        """
        largest = np.abs(influences).max(axis=0, initial=0.0)
        scales = 2.0**SCALE_BITS / np.where(largest > 0, largest, 1.0)  # one for each estimate: days may stand beside shares
        whole = np.rint(influences * scales).astype(np.int64)
        found = self._products(tuple(dict.fromkeys(requests)), whole)
        out = np.zeros((len(scales), len(scales)))
        for (i, j), value in found.items():
            out[i, j] = out[j, i] = value / scales[i] / scales[j]
        return out

    def _products(self, requests: tuple[Request, ...], whole: NDArray[np.int64]) -> dict[tuple[int, int], int]:
        """Exact sums of products for each pair of columns; only they leave the engine."""
        width = whole.shape[1]
        derivation = self._derive(requests)
        same = " AND ".join(f"{expression} IS NOT DISTINCT FROM cell.k{i}" for i, expression in enumerate(derivation.expressions))
        person = "episodes.patient_id" if "patient_id" in self.columns else "NULL"
        own = f"coalesce('p' || {person}, 'e' || episodes.episode_id)"
        sums = ", ".join(f"sum(CAST(cell.i{j} AS DECIMAL(38,0))) AS s{j}" for j in range(width))
        by_person = f"SELECT {own} AS person, {sums} {derivation.source} JOIN cell ON {same or 'TRUE'} GROUP BY 1"
        pairs = [(i, j) for i in range(width) for j in range(i, width)]
        products = ", ".join(f"CAST(sum(s{i} * s{j}) AS VARCHAR)" for i, j in pairs)
        with self._lock:
            self._fill_influences(self.tally(requests), whole)
            found = self._send(f"SELECT {products} FROM ({by_person}) AS by_person").fetchone()
        return {pair: int(value) for pair, value in zip(pairs, found or (), strict=True)}

    def _fill_influences(self, counts: Counts, whole: NDArray[np.int64]) -> None:
        lists: list[list[Level]] = [[axis.levels[code] for code in counts.codes[:, i]] for i, axis in enumerate(counts.axes)]
        words = [any(isinstance(level, str) for level in axis.levels) for axis in counts.axes]
        columns = [f"unnest(CAST(? AS {'VARCHAR' if word else 'INTEGER'}[])) AS k{i}" for i, word in enumerate(words)]
        columns += [f"unnest(CAST(? AS BIGINT[])) AS i{j}" for j in range(whole.shape[1])]
        self._send(f"CREATE OR REPLACE TEMPORARY TABLE cell AS SELECT {', '.join(columns)}", [*lists, *whole.T.tolist()])

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """One row per episode with the columns asked, for models of repeated scores alone."""
        derivation = self._derive(tuple(dict.fromkeys(requests)))
        names = zip(derivation.expressions, derivation.names, strict=True)
        columns = ", ".join(f"{expression} AS {quoted(name)}" for expression, name in names)
        with self._lock:
            return self._send(f"SELECT {columns} {derivation.source} ORDER BY episodes.episode_id").df()

    def kept(self, table: str) -> int:
        """Rows of a table that are used, events that stand beside an episode not counted."""
        return int(self._one(f"SELECT count(*) FROM {'listed_events' if table == 'events' else table}"))

    def has_scale(self, scale: str) -> bool:
        """Whether the data bring any score of a scale, beside the episode or in the table of scores."""
        if {f"{scale}_admit", f"{scale}_discharge"} & set(self.columns):
            return True
        return "scores" in self._columns and bool(self._one(f"SELECT count(*) FROM scores WHERE scale = {literal(scale)}"))

    def has_events(self, event: str) -> bool:
        """Whether the data bring any event of a name."""
        return bool(self._one(f"SELECT count(*) FROM events WHERE event = {literal(event)}"))

    def has_follow_up(self, event: str) -> bool:
        """Whether the end of follow-up is known for any episode, of itself or by an event beside it."""
        ends = [quoted(name) for name in ("follow_up_days", f"{event}_day") if name in self.columns]
        return bool(ends) and bool(self._one(f"SELECT count(*) FROM episodes WHERE coalesce({', '.join(ends)}) IS NOT NULL"))

    @cached_property
    def repeated_patients(self) -> int | None:
        """Patients with more than one episode; `None` when the data name no patients."""
        if "patient_id" not in self.columns:
            return None
        repeated = "SELECT patient_id FROM episodes WHERE patient_id IS NOT NULL GROUP BY patient_id HAVING count(*) > 1"
        return int(self._one(f"SELECT count(*) FROM ({repeated}) AS repeated"))

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


def _level(value: object) -> Level:
    """A key as Python's own text or whole number, and one spelling of the blank."""
    if value is None or type(value) in (str, int):  # all that DuckDB sends; the rest is for keys of another making
        return value  # type: ignore[return-value]  # the test above is too exact for the checker to follow
    if is_blank(value):
        return None
    return value if isinstance(value, str) else int(value)  # type: ignore[call-overload]  # keys are text or whole numbers


def _parents(names: Collection[str]) -> str:
    """A view of what a score or an event may read of its episode, one row for each id; an id that stands twice says nothing."""
    cells = [
        f"CASE WHEN count(*) = 1 THEN any_value({name}) END" if name in names else "CAST(NULL AS INTEGER)"
        for name in ("los_days", "follow_up_days")
    ]
    select = f"SELECT episode_id, TRUE AS episode_known, {cells[0]} AS episode_los_days, {cells[1]} AS episode_follow_up_days"
    return f"CREATE OR REPLACE VIEW parents AS {select} FROM checked_episodes WHERE episode_id IS NOT NULL GROUP BY episode_id"
