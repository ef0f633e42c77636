"""Takes checked tables in DuckDB, gives counts: the default engine."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.columns import Facts, Request, scales_beside
from iop_outcomes.counts import Counts, Level, is_blank
from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.derive import Derivation, Tables, derive
from iop_outcomes.engine.dialect import NUMBER_TYPE, quoted
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd


class DuckEngine:
    """DuckDB behind the functions of `Engine`.

    Parameters
    ----------
    connection : Connection
        Of the DuckDB that holds the tables; closing the engine closes it.
    tables : Tables
        What was made there.
    """

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self.connection, self._tables = connection, tables
        self._facts: Facts | None = None
        self._picks: set[str] = set()
        self._tallies: dict[tuple[Request, ...], Counts] = {}
        self._combinations: dict[tuple[Request, ...], Patients] = {}

    def facts(self) -> Facts:
        """What the data can answer."""
        with self.connection.lock:
            if self._facts is None:
                self._facts = self._gathered()
            return self._facts

    def _gathered(self) -> Facts:
        tables, scales, events = self._tables, scales_beside(self._tables.episodes), frozenset[tuple[str, str | None]]()
        if "scores" in tables.filled:
            scales |= {scale for scale, _ in self.connection.send("SELECT scale, count(*) FROM scores GROUP BY scale").fetchall()}
        if "events" in tables.filled:
            rows = self.connection.send("SELECT event, kind, count(*) FROM events GROUP BY event, kind").fetchall()
            events = frozenset((event, kind) for event, kind, _ in rows)
        return Facts(tables.episodes, scales, events, self._repeated(), frozenset(tables.given), frozenset(tables.filled))

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        """Count the episodes in each combination; blanks are levels, and the cells sum to the rows."""
        keys = [tuple(dict.fromkeys(requests)) for requests in sets]
        with self.connection.lock:
            for key in keys:
                if key not in self._tallies:
                    summed = self._summed(key)
                    self._tallies[key] = self._counted(key) if summed is None else summed
            return [self._tallies[key] for key in keys]

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
        rows = self.connection.send(f"SELECT {keys}{',' if keys else ''} count(*) AS n {derivation.source}{group}").fetchall()
        columns = [[_level(value) for value in column] for column in zip(*rows, strict=True)] or [[]] * (len(derivation.names) + 1)
        return Counts.from_columns(derivation.names, columns[:-1], [row[-1] for row in rows])

    def _derive(self, requests: Sequence[Request]) -> Derivation:
        derivation = derive(requests, self._tables)
        with self.connection.lock:
            for pick in derivation.picks:
                if pick.name not in self._picks:
                    self.connection.send(f"CREATE TEMPORARY TABLE {pick.name} AS {pick.select}")
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
        with self.connection.lock:
            counts = self.tally([key])[0]
            if not self.facts().repeated:
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
        arrays = self.connection.send(
            f"SELECT number, n, unnest(cells) AS place FROM ({numbered}) AS numbered ORDER BY number, place"
        ).fetchnumpy()
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
        self.connection.send(f"CREATE OR REPLACE TEMPORARY TABLE cell AS SELECT {', '.join(columns)}", [*lists, list(range(len(counts)))])

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """One row per episode with the columns asked, for models of repeated scores alone."""
        derivation = self._derive(tuple(dict.fromkeys(requests)))
        names = zip(derivation.expressions, derivation.names, strict=True)
        columns = ", ".join(f"{expression} AS {quoted(name)}" for expression, name in names)
        with self.connection.lock:
            return self.connection.send(f"SELECT {columns} {derivation.source} ORDER BY episodes.episode_id").df()

    def _repeated(self) -> int | None:
        """Keep the episodes of patients with several, and count those patients; `None` when no patients are named."""
        if "patient_id" not in self._tables.episodes:
            return None
        several = (
            "SELECT patient_id, row_number() OVER () AS iop_outcomes_patient FROM episodes WHERE patient_id IS NOT NULL GROUP BY patient_id"
        )
        select = f"SELECT episodes.*, iop_outcomes_patient FROM episodes JOIN ({several} HAVING count(*) > 1) AS several USING (patient_id)"
        self.connection.send(f"CREATE TEMPORARY TABLE repeated AS {select}")  # their episodes, read from the files once
        return int(self.connection.one("SELECT count(DISTINCT iop_outcomes_patient) FROM repeated"))

    def close(self) -> None:
        """Close the connection and remove its private folder."""
        self.connection.close()


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
