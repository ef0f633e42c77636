"""Takes checked raw tables, gives counts: the default engine, one connection and one lock per data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.columns import WINDOWS, Request
from iop_outcomes.counts import Counts, Level, is_blank
from iop_outcomes.engine.derive import Derivation, Tables, derive
from iop_outcomes.engine.raw import ROW, RawTables
from iop_outcomes.engine.recipe import NUMBER_TYPE, Recipe, Steps, literal, quoted
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd

EVENT_COLUMNS = ("episode_id", "event", "day", "days_after_discharge", "planned", "kind")


class DuckEngine(RawTables):
    """DuckDB behind the functions of `Engine`; parameters and doors are those of `RawTables`."""

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        super().__init__(threads=threads, memory_limit=memory_limit)
        self._columns: dict[str, tuple[str, ...]] = {}
        self._given: set[str] = set()  # tables that came
        self._filled: set[str] = set()  # prepared tables that hold any row
        self._steps: dict[str, Steps] = {}  # of scores that are kept as steps, by their names in a tally
        self._picks: set[str] = set()
        self._tallies: dict[tuple[Request, ...], Counts] = {}
        self._combinations: dict[tuple[Request, ...], Patients] = {}

    def prepare(self, recipes: Mapping[str, Recipe], excluded: Mapping[str, Sequence[int]]) -> None:
        """Make the typed tables: Parquet is seen in place, everything else is cast once and kept."""
        self._given = set(recipes)
        scales = {scale: steps for recipe in recipes.values() for scale, steps in recipe.steps.items()}
        self._steps = {f"{scale}_{moment}": steps for scale, steps in scales.items() for moment in WINDOWS}
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
            if self._any(table):
                self._filled.add(table)

    def _without(self, table: str, recipe: Recipe, rows: Sequence[int]) -> str:
        """The typed rows less the excluded ones, and less those of excluded episodes."""
        columns = ", ".join(recipe.kept(name) for name in recipe.names)
        tests = []
        if len(rows):
            self._send(f"CREATE TABLE excluded_{table} AS SELECT unnest(CAST(? AS BIGINT[])) AS position", [list(rows)])
            tests.append(f"{ROW} NOT IN (SELECT position FROM excluded_{table})")
        if table != "episodes":
            tests.append("episode_id IN (SELECT episode_id FROM episodes)")
        return f"SELECT {columns} FROM checked_{table}{' WHERE ' if tests else ''}{' AND '.join(tests)}"

    def _all_events(self, listed: bool, columns: Sequence[str]) -> str:  # noqa: FBT001 - private, one caller
        """Events of the table and those that stand beside the episode, on both clocks."""
        cells_of_events = "episode_id, event, event_day AS day, event_days_after_discharge AS days_after_discharge, planned, kind"
        parts = [f"SELECT {cells_of_events} FROM listed_events"] if listed else []
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
        derivation = derive(requests, Tables(self.columns, self._given, self._filled), steps=self._steps)
        with self._lock:
            for pick in derivation.picks:
                if pick.name not in self._picks:
                    self._send(f"CREATE TEMPORARY TABLE {pick.name} AS {pick.select}")
                    self._picks.add(pick.name)
        return derivation

    def patients(self, requests: Sequence[Request]) -> Patients:
        """Count the patients behind a tally by the combination of cells that their episodes stand in.

        Parameters
        ----------
        requests : sequence
            Those of the tally; cells are numbered in its order.

        Returns
        -------
        Patients
            A blank patient is a patient of their own.
        """
        key = tuple(dict.fromkeys(requests))
        with self._lock:
            counts = self.tally(key)
            if not self.repeated_patients:
                return Patients.all_different(counts.n)
            if key not in self._combinations:
                self._combinations[key] = self._combined(key, counts)
            return self._combinations[key]

    def _combined(self, key: tuple[Request, ...], counts: Counts) -> Patients:
        """One GROUP BY of the episodes of repeated patients by patient, and one of the patients by what came out."""
        derivation = self._derive(key)
        same = " AND ".join(f"{expression} IS NOT DISTINCT FROM cell.k{i}" for i, expression in enumerate(derivation.expressions))
        self._fill_cells(counts)
        source = derivation.source.replace("FROM episodes", "FROM repeated AS episodes", 1)
        by_patient = (
            f"SELECT list_sort(list(cell.place)) AS cells {source} JOIN cell ON {same or 'TRUE'} GROUP BY episodes.iop_outcomes_patient"
        )
        combinations = f"SELECT cells, count(*) AS n FROM ({by_patient}) AS by_patient GROUP BY cells"
        numbered = f"SELECT row_number() OVER (ORDER BY cells) AS number, n, cells FROM ({combinations}) AS combinations"
        arrays = self._send(f"SELECT number, n, unnest(cells) AS place FROM ({numbered}) AS numbered ORDER BY number, place").fetchnumpy()
        number, n, cell = (np.asarray(arrays[name], dtype=np.int64) for name in ("number", "n", "place"))
        start = np.flatnonzero(np.diff(number, prepend=0))
        alone = counts.n.copy()
        np.subtract.at(alone, cell, n)
        return Patients(alone, cell, start, n[start])

    def _fill_cells(self, counts: Counts) -> None:
        """The cells of a tally as a table, with their places."""
        lists: list[list[Level]] = [[axis.levels[code] for code in counts.codes[:, i]] for i, axis in enumerate(counts.axes)]
        columns = [f"unnest(CAST(? AS {_type(axis.levels)}[])) AS k{i}" for i, axis in enumerate(counts.axes)]
        columns.append("unnest(CAST(? AS INTEGER[])) AS place")
        self._send(f"CREATE OR REPLACE TEMPORARY TABLE cell AS SELECT {', '.join(columns)}", [*lists, list(range(len(counts)))])

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
        return "scores" in self._columns and self._any(f"scores WHERE scale = {literal(scale)}")

    def has_events(self, events: Sequence[str], kinds: Sequence[str] = ()) -> bool:
        """Whether the data bring any event of some names, and of some kinds where those are named."""
        tests = [f"event IN ({', '.join(map(literal, events))})", *([f"kind IN ({', '.join(map(literal, kinds))})"] if kinds else [])]
        return self._any(f"events WHERE {' AND '.join(tests)}")

    def _any(self, rows: str) -> bool:
        """Whether there is any such row; the search ends with the first."""
        return bool(self._one(f"SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT 1) AS any_row"))

    @cached_property
    def repeated_patients(self) -> int | None:
        """Patients with more than one episode; `None` when the data name no patients."""
        if "patient_id" not in self.columns:
            return None
        several = (
            "SELECT patient_id, row_number() OVER () AS iop_outcomes_patient FROM episodes WHERE patient_id IS NOT NULL GROUP BY patient_id"
        )
        select = f"SELECT episodes.*, iop_outcomes_patient FROM episodes JOIN ({several} HAVING count(*) > 1) AS several USING (patient_id)"
        self._send(f"CREATE TEMPORARY TABLE repeated AS {select}")  # their episodes, read from the files once
        return int(self._one("SELECT count(DISTINCT iop_outcomes_patient) FROM repeated"))


def _level(value: object) -> Level:
    """A key as Python's own text, whole number or exact decimal without zeros at its end, and one spelling of the blank."""
    if value is None or type(value) in (str, int):  # most of what DuckDB sends
        return value  # type: ignore[return-value]  # the test above is too exact for the checker to follow
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else value.normalize()
    if is_blank(value):
        return None
    return value if isinstance(value, str) else int(value)  # type: ignore[call-overload]  # keys of another making


def _type(levels: Sequence[Level]) -> str:
    """The type of SQL that holds every level of a column exactly."""
    if any(isinstance(level, str) for level in levels):
        return "VARCHAR"
    return NUMBER_TYPE if any(isinstance(level, Decimal) for level in levels) else "INTEGER"
