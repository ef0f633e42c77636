"""Takes what requests derive of each episode, keeps it as a narrow table of whole numbers, gives the counts of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from iop_outcomes.counts import Axis, Counts, Ints, Level
from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.derive import CONSTANT, NEVER, NOTHING, TEXT, Derivation, Pick, Value, picked
from iop_outcomes.engine.dialect import CELL_SIZE, ROW, literal

IN_MEMORY = 2_000_000  # episodes
FEW_WORDS = 32  # so many are looked for one by one, once for each word of a file; among more, by their hash
Source = tuple[str, list[str]]  # where to read from, and the names there of the columns that were asked


class Narrow:
    """What was derived of each episode, for the tables of a page together: a scan of whole numbers instead of one of the files.

    Text is kept as the places of its words among the words of its column, sorted. A single table is counted where the rows are:
    keeping what is read once would cost more than it saves.

    Parameters
    ----------
    connection : Connection
        Of the DuckDB that holds the episodes.
    as_counts : bool
        Whether a row stands for as many episodes as its column `CELL_SIZE` says, and not for one.
    """

    def __init__(self, connection: Connection, *, as_counts: bool = False) -> None:
        self._connection = connection
        self._beside = (CELL_SIZE,) if as_counts else ()
        self._total = f"CAST(sum({CELL_SIZE}) AS BIGINT)" if as_counts else "count(*)"  # SQL of how many episodes some rows are
        self._picks: dict[Pick, str] = {}  # the helper table that holds each
        self._words: dict[
            str, dict[str | None, int]
        ] = {}  # of each text, by its SQL: its words, sorted, the blank, and how many episodes hold each
        self._kept: list[dict[Value, str]] = []  # for each narrow table, its columns
        self._repeated: set[int] = set()

    def prepare(self, derivations: Sequence[Derivation]) -> None:
        """Keep what several tables need, where it is not kept yet."""
        lacking = [derivation for derivation in derivations if self._place(derivation) is None]
        if len(lacking) < 2:
            return
        values = dict.fromkeys(value for derivation in lacking for value in derivation.values if value not in CONSTANT)
        whole = Derivation((), tuple(values), tuple(dict.fromkeys(pick for derivation in lacking for pick in derivation.picks)))
        columns = {value: f"c{place}" for place, value in enumerate(values)}
        self._keep(f"narrow_{len(self._kept)}", self._select(whole, list(columns.values())))
        self._kept.append(columns)

    def _keep(self, name: str, select: str) -> None:
        """Keep what a query gives: in memory, or beyond so many episodes in the private folder, where it takes a fifth of the room.

        Its rows know their places, so that they may stand in any order: to keep it, DuckDB would hold 250 MB of ten million of them back.
        """
        if self._connection.one("SELECT count(*) FROM episodes") <= IN_MEMORY:
            self._connection.send(f"CREATE TEMPORARY TABLE {name} AS {select}")
            return
        file = literal(str(self._connection.folder / f"{name}.parquet"))
        self._connection.send(f"COPY ({select}) TO {file} (FORMAT parquet, COMPRESSION lz4_raw, PRESERVE_ORDER false)")
        self._connection.send(f"CREATE TEMPORARY VIEW {name} AS SELECT * FROM read_parquet({file})")

    def count(self, derivation: Derivation) -> Counts:
        """One GROUP BY."""
        if len(derivation.values) == 1 and derivation.values[0].kind == TEXT:  # counted when its words were
            words = self._words_of(derivation.values[0])
            return Counts.from_columns(derivation.names, [list(words)], words.values())
        source, columns = self._source(derivation)
        keys = [column for value, column in zip(derivation.values, columns, strict=True) if value not in CONSTANT]
        group = f" GROUP BY {', '.join(keys)}" if keys else " HAVING count(*) > 0"
        arrays = self._connection.send(f"SELECT {', '.join([*keys, f'{self._total} AS n'])} FROM {source}{group}").fetchnumpy()
        n = np.asarray(arrays["n"], dtype=np.int64)
        same = {NOTHING: np.ma.MaskedArray(np.zeros(len(n), dtype=np.int64), mask=True), NEVER: np.zeros(len(n), dtype=np.int64)}
        axes, codes = [], np.empty((len(n), len(columns)), dtype=np.int64)
        for place, (name, value, column) in enumerate(zip(derivation.names, derivation.values, columns, strict=True)):
            numbers, codes[:, place], blank = _codes(np.ma.asarray(same[value] if value in same else arrays[column]))
            axes.append(Axis(name, (*self._levels(value, numbers), *([None] if blank else []))))
        return Counts.from_codes(axes, codes, n)

    def returning(self, derivation: Derivation) -> Source:
        """The episodes of patients with several, with `patient` and `times`, how many episodes that patient has."""
        place = self._place(derivation)
        if place is None:
            columns = _names(derivation)
            select = self._select(derivation, columns, f"repeated JOIN episodes USING ({ROW})", ("repeated.patient", "repeated.times"))
            return f"({select}) AS derived", columns
        if place not in self._repeated:
            select = f"SELECT kept.*, patient, times FROM narrow_{place} AS kept JOIN repeated USING ({ROW})"
            self._keep(f"repeated_{place}", select)
            self._repeated.add(place)
        return f"repeated_{place}", self._columns(place, derivation)

    def numbers(self, value: Value, axis: Axis) -> list[int]:
        """The whole numbers that the levels of an axis are kept as, without the blank; ascending, as the levels are."""
        levels = [level for level in axis.levels if level is not None]
        if value.kind == TEXT:
            places = {word: place for place, word in enumerate(self._words_of(value))}
            return [places[str(level)] for level in levels]
        return value.numbers(levels)

    def joined(self, derivation: Derivation, base: str = "episodes") -> str:
        """Episodes with the helper tables that values need, which are made where they are not there yet."""
        self._pick(derivation.picks)
        tables = dict.fromkeys(self._picks[pick] for pick in derivation.picks)
        return base + "".join(f" LEFT JOIN {table} ON {table}.{ROW} = episodes.{ROW}" for table in tables)

    def _pick(self, picks: Iterable[Pick]) -> None:
        """Make the helper tables that are not there yet, one for all that read the same rows."""
        together: dict[str, list[Pick]] = {}
        for pick in picks:
            if pick not in self._picks:
                together.setdefault(pick.source, []).append(pick)
        for alike in together.values():
            table = f"picked_{len(set(self._picks.values()))}"
            self._connection.send(f"CREATE TEMPORARY TABLE {table} AS {picked(alike)}")
            self._picks |= dict.fromkeys(alike, table)

    def _place(self, derivation: Derivation) -> int | None:
        """The narrow table that holds all of it."""
        return next((place for place, columns in enumerate(self._kept) if columns.keys() >= set(derivation.values) - CONSTANT), None)

    def _columns(self, place: int, derivation: Derivation) -> list[str]:
        return [self._kept[place].get(value, value.sql) for value in derivation.values]

    def _source(self, derivation: Derivation) -> Source:
        place = self._place(derivation)
        if place is not None:
            return f"narrow_{place}", self._columns(place, derivation)
        columns = _names(derivation)
        return f"({self._select(derivation, columns)}) AS derived", columns

    def _select(self, derivation: Derivation, columns: Sequence[str], base: str = "episodes", more: Sequence[str] = ()) -> str:
        """The query that derives values of each episode, under these names."""
        cells = [
            f"{self._number(value)} AS {column}" for value, column in zip(derivation.values, columns, strict=True) if value not in CONSTANT
        ]
        more = (*more, *(f"episodes.{column}" for column in self._beside))
        return f"SELECT {', '.join([*cells, *more, f'CAST(episodes.{ROW} AS UINTEGER) AS {ROW}'])} FROM {self.joined(derivation, base)}"

    def _number(self, value: Value) -> str:
        """SQL for a value as a whole number."""
        if value.kind != TEXT:
            return f"CAST({value.sql} AS {value.kind})"
        words = self._words_of(value)
        place = list(self._words).index(value.sql)
        if len(words) > FEW_WORDS:
            return f"enum_code(CAST({value.sql} AS word_{place}))"
        return f"CAST(list_position(getvariable('words_{place}'), {value.sql}) - 1 AS USMALLINT)"

    def _words_of(self, value: Value) -> dict[str | None, int]:
        """The words of a text, sorted, the blank last, and how many episodes hold each; counted once."""
        if value.sql not in self._words:
            place = len(self._words)
            words = f"SELECT {value.sql} AS word, {self._total} AS n FROM episodes GROUP BY 1"
            self._connection.send(f"CREATE TEMPORARY TABLE words_{place} AS {words}")
            rows = self._connection.send(f"SELECT word, sum(n) FROM words_{place} GROUP BY word ORDER BY word NULLS LAST").fetchall()
            self._words[value.sql] = {word: int(n) for word, n in rows}
            known = f"FROM words_{place} WHERE word IS NOT NULL"
            if len(rows) > FEW_WORDS:
                self._connection.send(f"CREATE TYPE word_{place} AS ENUM (SELECT word {known} ORDER BY word)")
            else:
                listed = f"SELECT coalesce(list(word ORDER BY word), CAST([] AS VARCHAR[])) {known}"
                self._connection.send(f"SET VARIABLE words_{place} = ({listed})")
        return self._words[value.sql]

    def _levels(self, value: Value, numbers: Sequence[int]) -> list[Level]:
        if value.kind == TEXT:
            words = list(self._words_of(value))
            return [words[number] for number in numbers]
        return value.levels(numbers)


def _names(derivation: Derivation) -> list[str]:
    """Names of values in a query of its own; what is constant stands for itself."""
    return [value.sql if value in CONSTANT else f"c{place}" for place, value in enumerate(derivation.values)]


def _codes(column: np.ma.MaskedArray[Any, np.dtype[np.generic]]) -> tuple[list[int], Ints, bool]:
    """The numbers of a column that came, ascending; the place of each row among them, blanks last; and whether there is any blank."""
    blank = np.ma.getmaskarray(column)
    values = np.ma.getdata(column).astype(np.int64)
    numbers = np.unique(values[~blank])
    codes = np.searchsorted(numbers, values)
    codes[blank] = len(numbers)
    return numbers.tolist(), codes, bool(blank.any())
