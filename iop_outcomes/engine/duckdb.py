"""Takes checked tables in DuckDB, gives counts: the default engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iop_outcomes.columns import Facts, Request
from iop_outcomes.counts import Counts
from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.derive import Tables, derive, refuse_twice
from iop_outcomes.engine.dialect import CELL_SIZE, ROW, numbers_held_twice, quoted
from iop_outcomes.engine.narrow import Narrow
from iop_outcomes.engine.packing import combinations, packed
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd

MOST_ENTRIES = 4_000_000  # cells of patients' episodes that are kept: 40 MB
Key = tuple[Request, ...]  # requests without one that stands twice


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
        self._narrow = Narrow(connection, as_counts=tables.as_counts)
        self._tallies: dict[Key, Counts] = {}
        self._combinations: dict[Key, Patients] = {}

    def facts(self) -> Facts:
        """What the data can answer."""
        with self.connection.lock:
            if self._facts is None:
                self._facts = self._gathered()
            return self._facts

    def _gathered(self) -> Facts:
        tables, scales, events = self._tables, frozenset(self._tables.scales), frozenset[tuple[str, str | None]]()
        safety_items = frozenset[str]()
        if "scores" in tables.filled:
            counted = self.connection.send("SELECT scale, count(safety_item) FROM scores GROUP BY scale").fetchall()
            scales |= {scale for scale, _ in counted}
            safety_items = frozenset(scale for scale, answers in counted if answers)
        if "events" in tables.filled:
            rows = self.connection.send("SELECT event, kind, count(*) FROM events GROUP BY event, kind").fetchall()
            events = frozenset((event, kind) for event, kind, _ in rows)
        columns = tuple(name for name in tables.episodes if name not in tables.lacking)
        given, filled, lacking = frozenset(tables.given), frozenset(tables.filled), frozenset(tables.lacking)
        return Facts(columns, scales, events, self._repeated(), given, filled, safety_items, lacking)

    def _repeated(self) -> int | None:
        """Keep where the episodes of patients with several stand, and count those patients; `None` when no patients are named."""
        if "patient_id" not in self._tables.episodes:
            return None
        source = (
            f"(SELECT {ROW}, patient_id, unnest(range({CELL_SIZE})) FROM episodes WHERE patient_id IS NOT NULL)"
            if self._tables.as_counts
            else "episodes"
        )
        select = f"SELECT {ROW}, patient_id FROM {source} AS each_episode WHERE hash(patient_id) IN ({numbers_held_twice('patient_id', f'{source} AS each_episode')})"
        self.connection.send(f"CREATE TEMPORARY TABLE alike AS {select}")
        several = "SELECT patient_id, CAST(row_number() OVER () AS INTEGER) AS patient, count(*) AS times FROM alike GROUP BY patient_id HAVING count(*) > 1"
        select = f"SELECT alike.{ROW}, several.patient, several.times FROM alike JOIN ({several}) AS several USING (patient_id)"
        self.connection.send(f"CREATE TEMPORARY TABLE repeated AS {select}")
        self.connection.send("DROP TABLE alike")
        return int(self.connection.one("SELECT count(DISTINCT patient) FROM repeated"))

    def refuses(self, requests: Sequence[Request]) -> str:  # noqa: ARG002 - rows answer everything
        """Nothing."""
        return ""

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        """Count the episodes in each combination; blanks are levels, and the cells sum to the rows."""
        keys = [tuple(dict.fromkeys(requests)) for requests in sets]
        for key in keys:
            refuse_twice(key)
        with self.connection.lock:
            new = sorted({key for key in keys if key not in self._tallies}, key=lambda key: (-len(key), keys.index(key)))
            to_scan: list[Key] = []
            for key in new:
                if not any(set(key) < set(wider) for wider in (*self._tallies, *to_scan)):
                    to_scan.append(key)
            derivations = {key: derive(key, self._tables) for key in to_scan}
            self._narrow.prepare(list(derivations.values()))
            for key, derivation in derivations.items():
                self._tallies[key] = self._narrow.count(derivation)
            for key in new:
                if key not in self._tallies:
                    self._tallies[key] = self._summed(key)
            return [self._tallies[key] for key in keys]

    def _summed(self, key: Key) -> Counts:
        """The sum over the smallest table that was counted already and holds more columns: no scan is needed."""
        wider = [counts for requests, counts in self._tallies.items() if set(key) < set(requests)]
        return min(wider, key=len).keep([name for request in key for name in request.keys]).as_counted()

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
            if not (repeated := self.facts().repeated):
                return Patients.all_different(counts.n)
            if key not in self._combinations:
                derivation = derive(key, self._tables)
                source, columns = self._narrow.returning(derivation)
                cells = packed(
                    counts, [self._narrow.numbers(value, axis) for value, axis in zip(derivation.values, counts.axes, strict=True)]
                )
                self._keep(key, combinations(self.connection, counts, cells, source, columns, patients=repeated))
            return self._combinations[key]

    def _keep(self, key: Key, people: Patients) -> None:
        """Keep what was counted last for whoever asks again; of millions of patients, all the tables of a page would fill the memory."""
        while self._combinations and sum(len(kept.cell) for kept in self._combinations.values()) + len(people.cell) > MOST_ENTRIES:
            del self._combinations[next(iter(self._combinations))]
        self._combinations[key] = people

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """One row per episode with the columns asked: for models of repeated scores, and for the table of episodes, alone.

        Raises
        ------
        NotAssessableError
            When the data came as counts, in which no episode has a row of its own.
        """
        if self._tables.as_counts:
            raise NotAssessableError("The data came as counts, and no episode has a row of its own. Load the rows for a table of episodes.")
        derivation = derive(tuple(dict.fromkeys(requests)), self._tables)
        named = zip(derivation.values, derivation.names, strict=True)
        columns = ", ".join(f"{value.written} AS {quoted(name)}" for value, name in named)
        with self.connection.lock:
            return self.connection.send(f"SELECT {columns} FROM {self._narrow.joined(derivation)} ORDER BY episodes.episode_id").df()

    def close(self) -> None:
        """Close the connection and remove its private folder."""
        self.connection.close()
