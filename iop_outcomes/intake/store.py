"""Takes raw tables and how they are read, gives their rows checked, and typed, to an engine: where data are staged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from iop_outcomes.columns import BASELINES, CARRIED, KINDS, WINDOWS, RowKind
from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.derive import Tables
from iop_outcomes.engine.dialect import CELL_SIZE, NUMBER_TYPE, ROW, literal, quoted
from iop_outcomes.intake.casts import MANY_CODES, Cast, Recipe
from iop_outcomes.intake.placing import (
    ADMISSIONS,
    IN_CARE,
    LAST_DAY,
    NEEDED,
    Placed,
    admissions_select,
    last_day,
    placed_select,
    unplaced_select,
)
from iop_outcomes.intake.raw_tables import RawTables
from iop_outcomes.intake.rules import Fault, Rule

MASK_BITS = 60  # rules per whole-number mask in the fault scan
PARENT = ("episode_known", "episode_row", "episode_los_days", "episode_follow_up_days", "episode_admit_date", "episode_died", LAST_DAY)


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
    raw : RawTables
        Its tables as they came.
    copies : dict of str to tuple of int
        For each table, the rows that repeat an earlier row cell for cell and are left out; 0 is the first row of data.
    """

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        self.connection = Connection(threads=threads, memory_limit=memory_limit)
        self.raw = RawTables(self.connection)
        self._parents = ""  # how the table of parents is made, and whether it was
        self._parents_made = False
        self._excluded: set[str] = set()
        self._lookups: set[str] = set()  # tables of codes
        self._labelled: dict[tuple[str, str], int] = {}  # tables and columns whose labels are kept, with their places there
        self._used: dict[str, int] = {}
        self.copies: dict[str, tuple[int, ...]] = {}

    # -- checking ------------------------------------------------------------------------------------------------

    def check_with(self, recipe: Recipe) -> None:
        """Lay a table out for the checks: `x` in its declared type and `x__text` as it stood, with derived columns."""
        layer = self._cast(recipe.table, recipe.casts)
        names = {cast.name for cast in recipe.casts}
        # For what is asked of one column: no join. Kept where it is small, as a view is planned anew in every question.
        what = "TABLE" if self.raw.is_small(recipe.table) else "VIEW"
        self.connection.send(f"CREATE OR REPLACE {what} own_{recipe.table} AS {layer}")
        layer = f"SELECT * FROM own_{recipe.table}"
        kind = KINDS[recipe.table]
        if recipe.by_patient:
            self.connection.send(f"CREATE OR REPLACE TABLE placed_{kind.name} AS {placed_select(kind, f'own_{kind.name}')}")
            judged = "placed.episode_id IS NOT NULL OR own.patient_id IS NULL OR own.date IS NULL"  # the others are counted, and left out
            joined = f"({layer}) AS own LEFT JOIN placed_{kind.name} AS placed USING ({ROW}) WHERE {judged}"
            layer = f"SELECT own.*, placed.episode_id, placed.day FROM {joined}"
        if kind.parent:
            self._make_parents()
            layer = f"SELECT own.*, {', '.join(f'parent.{name}' for name in PARENT)} FROM ({layer}) AS own LEFT JOIN parents AS parent USING (episode_id)"
        for derived in recipe.derived:
            cell = f"{derived.sql} AS {quoted(derived.name)}"
            layer = f"SELECT {f'* REPLACE ({cell})' if derived.name in names else f'*, {cell}'} FROM ({layer}) AS layer"
            names.add(derived.name)
        self.connection.send(f"CREATE OR REPLACE VIEW checked_{recipe.table} AS {layer}")
        if kind.counted:
            self._parents = _parents(names)
            if self._parents_made:  # rows were left out since
                self._parents_made = False
                self._make_parents()
            if set(NEEDED) <= names:
                discharged = "(admit_date + los_days)" if "los_days" in names else "CAST(NULL AS DATE)"
                select = admissions_select(f"checked_{kind.name}", discharged, f"(admit_date + {last_day(names)})")
                self.connection.send(f"CREATE OR REPLACE VIEW {ADMISSIONS} AS {select}")

    def _cast(self, table: str, casts: Sequence[Cast]) -> str:
        """A select of `x__text` and of `x` in its declared type: a layer for each step of reading, which a further step then names."""
        types = self.raw.types(table)
        steps = {quoted(cast.name + "__text"): cast.steps(types[cast.source], self._lookup(table, cast)) for cast in casts}
        at_once = {cast.name: typed for cast in casts if (typed := cast.typed_at_once(types[cast.source]))}
        cells = [f"{reading[0](quoted(cast.source))} AS {text}" for cast, (text, reading) in zip(casts, steps.items(), strict=True)]
        cells += [f"{typed} AS {quoted(name)}" for name, typed in at_once.items()]
        layer = f"SELECT {', '.join([*cells, ROW])} FROM raw_{table}"
        if table in self.copies:
            layer += f" WHERE {ROW} NOT IN (SELECT position FROM copies_{table})"
        for place in range(1, max(map(len, steps.values()), default=0)):
            cells = [f"{reading[place](text)} AS {text}" for text, reading in steps.items() if place < len(reading)]
            layer = f"SELECT * REPLACE ({', '.join(cells)}) FROM ({layer}) AS layer"
        later = [cast for cast in casts if cast.name not in at_once]
        cells = [f"{cast.typed(quoted(cast.name + '__text'), types[cast.source])} AS {quoted(cast.name)}" for cast in later]
        return f"SELECT {', '.join(['*', *cells])} FROM ({layer}) AS layer"

    def _lookup(self, table: str, cast: Cast) -> str:
        """The table in which the codes of a column are looked up, made when it is first needed; "" where they are few."""
        if len(cast.codes) <= MANY_CODES:
            return ""
        name = quoted(f"codes_{table}_{cast.name}")
        if name not in self._lookups:
            columns = "unnest(CAST(? AS VARCHAR[])) AS site, unnest(CAST(? AS VARCHAR[])) AS word"
            self.connection.send(f"CREATE TABLE {name} AS SELECT {columns}", [list(cast.codes), list(cast.codes.values())])
            self._lookups.add(name)
        return name

    def _make_parents(self) -> None:
        """Keep what other rows read of their episodes, once: they are looked up in every question about those rows."""
        if not self._parents_made:
            self.connection.send(self._parents)
            self._parents_made = True

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
            self._forget_labels()
            self.copies[table] = positions
            self.check_with(recipe)

    def faults(self, rules: Sequence[Rule]) -> list[Fault]:
        """Rows that break each rule, one scan for each table; positions only."""
        faults: list[Fault] = []
        for table in dict.fromkeys(rule.table for rule in rules):
            of_table = [rule for rule in rules if rule.table == table]
            faults += self._faults_of(table, of_table)
        return faults

    def keep_labels(self, recipes: Mapping[str, Recipe], columns: Sequence[tuple[str, str]]) -> None:
        """Keep the different labels of columns of tables, for every question about them: a file has a handful in a million rows.

        Those of columns that are kept already are not looked for again. Of one column each: with the whole table in every question, many
        columns take their square to plan.
        """
        labels = []
        for table, name in columns:
            if (table, name) not in self._labelled:
                place = self._labelled[table, name] = len(self._labelled)
                (cast,) = (cast for cast in recipes[table].casts if cast.name == name)
                text = quoted(f"{name}__text")
                labels.append(f"SELECT {place} AS place, {text} AS label FROM ({self._cast(table, [cast])}) AS read GROUP BY {text}")
        if labels:
            made = "INSERT INTO labels" if len(labels) < len(self._labelled) else "CREATE TABLE labels AS"
            self.connection.send(f"{made} {' UNION ALL '.join(labels)}")

    def _forget_labels(self) -> None:
        """Give back the room of the labels; whoever asks again has them looked for again."""
        if self._labelled:
            self.connection.send("DROP TABLE labels")
            self._labelled = {}

    def questions_of_labels(self, recipe: Recipe, names: Sequence[str], aggregates: Sequence[str]) -> list[list[bool]]:
        """Answers about the different labels of columns of a table: for each aggregate of `label`, an answer for each column.

        A blank is one of the labels, and tested for where they are looked for it would be in every row.
        """
        columns = [(recipe.table, name) for name in names]
        self.keep_labels({recipe.table: recipe}, columns)
        if not columns:
            return [[] for _ in aggregates]
        places = [self._labelled[column] for column in columns]
        answers = f"SELECT place, {', '.join(aggregates)} FROM labels WHERE place IN ({', '.join(map(str, places))}) GROUP BY place"
        answer = {place: given for place, *given in self.connection.send(answers).fetchall()}
        return [[place in answer and bool(answer[place][number]) for place in places] for number in range(len(aggregates))]

    def columns_that(self, texts: Mapping[str, Mapping[str, str]], condition: str) -> frozenset[tuple[str, str]]:
        """Tables and columns of which any text meets a condition on `label`: for each table laid out, the SQL of the texts of its columns."""
        selects = [
            f"SELECT {literal(table)} AS part, unnest([{', '.join(map(literal, of_table))}]) AS name, unnest([{', '.join(of_table.values())}]) AS label FROM own_{table}"
            for table, of_table in texts.items()
        ]
        if not selects:
            return frozenset()
        # Grouped, not DISTINCT: through that the condition would be put to every row.
        different = f"SELECT part, name, label FROM ({' UNION ALL '.join(selects)}) AS texts GROUP BY part, name, label"
        rows = self.connection.send(f"SELECT DISTINCT part, name FROM ({different}) AS labels WHERE {condition}").fetchall()
        return frozenset((str(table), str(name)) for table, name in rows)

    def labels_that(self, recipes: Mapping[str, Recipe], columns: Sequence[tuple[str, str]], condition: str) -> frozenset[tuple[str, str]]:
        """Those of some columns of tables of which any label meets a condition on `label`.

        One condition for all of them: one that is a pattern costs more to make ready than to ask.
        """
        self.keep_labels(recipes, columns)
        column = {self._labelled[each]: each for each in columns}
        question = f"SELECT DISTINCT place FROM labels WHERE place IN ({', '.join(map(str, column))}) AND ({condition})"
        return frozenset(column[place] for (place,) in self.connection.send(question).fetchall())

    def words_among(self, recipe: Recipe, name: str, known: Sequence[str]) -> list[str]:
        """Which words of this package a column holds; no other word of a row leaves."""
        cast = next(cast for cast in recipe.casts if cast.name == name)
        text = quoted(name + "__text")
        inside = f"{text} IN ({', '.join(map(literal, known))})"
        different = f"SELECT DISTINCT {text} AS word FROM ({self._cast(recipe.table, [cast])}) AS read WHERE {inside}"
        return [str(row[0]) for row in self.connection.send(f"SELECT word FROM ({different}) AS words ORDER BY word").fetchall()]

    def _faults_of(self, table: str, rules: Sequence[Rule]) -> list[Fault]:
        uses = Counter(piece for rule in rules for piece in rule.shared)
        once = {piece: f"{ROW}_{place}" for place, piece in enumerate(piece for piece, n in uses.items() if n > 1)}
        chunks = [rules[i : i + MASK_BITS] for i in range(0, len(rules), MASK_BITS)]
        masks = [
            " + ".join(f"CASE WHEN {_with_names(rule, once)} THEN {1 << bit} ELSE 0 END" for bit, rule in enumerate(chunk))
            for chunk in chunks
        ]
        columns = ", ".join(f"{mask} AS mask{i}" for i, mask in enumerate(masks))
        broken = " OR ".join(f"mask{i} <> 0" for i in range(len(masks)))
        pieces = "".join(f", {piece} AS {name}" for piece, name in once.items())
        scan = f"SELECT {ROW}, {columns} FROM (SELECT *{pieces} FROM checked_{table}) AS faulty"
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
                hit = np.unique(rows[(mask >> bit) & 1 == 1])  # a row may belong to several episodes
                if len(hit):
                    faults.append(Fault(rule, tuple(hit.tolist())))
        return faults

    def placed(self, recipe: Recipe) -> Placed:
        """What became of rows by patient and date."""
        kind = KINDS[recipe.table]
        several = ", ".join(f"count(*) FILTER (claims > 1 AND {way})" for way in ("in_care", "NOT in_care"))
        counts = f"SELECT count(DISTINCT {ROW}), {several} FROM placed_{kind.name}"
        total, in_care, nearest = map(int, self.connection.send(counts).fetchall()[0])
        unplaced: dict[str, list[int]] = {}
        for row, why in self.connection.send(f"{unplaced_select(kind)} ORDER BY {ROW}").fetchall():
            unplaced.setdefault(str(why), []).append(int(row))
        return Placed(total, in_care, nearest, {why: tuple(rows) for why, rows in unplaced.items()})

    # -- handing over --------------------------------------------------------------------------------------------

    def prepare(self, recipes: Mapping[str, Recipe], excluded: Mapping[str, Sequence[int]], *, orphans: bool = True) -> Tables:
        """Make the typed tables that an engine reads: Parquet is seen in place, everything else is cast once and kept.

        Where no episode is excluded, and no row is an orphan that is not, how many rows are used is known without counting them.
        """
        self._forget_labels()
        columns: dict[str, tuple[str, ...]] = {}
        scales = {scale: steps for recipe in recipes.values() for scale, steps in recipe.steps.items()}
        for table, kind in KINDS.items():  # episodes first, which the others belong to
            recipe = recipes.get(table)
            select = self._without(table, recipe, excluded.get(table, ())) if recipe else ""
            if kind.beside:
                if select:
                    self.connection.send(f"CREATE VIEW {_listed(kind)} AS {select}")
                select = _with_those_beside(kind, recipes[kind.parent].names, listed=bool(select))
            if not select:
                continue
            subscores = recipe.subscores if recipe else ()
            beside = kind.beside and not recipe  # every one stands beside a row that is kept, and is read there
            what = "VIEW" if (table in self.raw.in_place and not subscores) or beside else "TABLE"
            self.connection.send(f"CREATE {what} {table} AS {select}")
            columns[table] = (
                tuple(name for name in recipe.names if name != CELL_SIZE and not (kind.beside and name in kind.key))
                if recipe
                else tuple(field.name for field in kind.fields if field.name not in kind.key)
            )
            for part in subscores:  # no rows of the file: they count in no flow
                cells = f"{literal(part.scale)} AS scale, {part.sql} AS score, CAST(NULL AS INTEGER) AS safety_item"
                made = f"SELECT * REPLACE ({cells}) FROM {table} WHERE scale = {literal(part.form)}"
                self.connection.send(f"INSERT INTO {table} SELECT * FROM ({made}) AS made WHERE score IS NOT NULL")
            if (
                recipe
                and not recipe.by_patient
                and not recipe.as_counts
                and kind.placing != "care"
                and (not kind.parent or not (orphans or excluded.get(kind.parent)))
            ):
                self._used[table] = self.raw.rows(table) - len(self.copies.get(table, ())) - len(excluded.get(table, ()))
        counted = next((recipe for recipe in recipes.values() if recipe.as_counts), None)
        return Tables(
            columns,
            words=frozenset(str(row[0]) for row in self.connection.send("DESCRIBE episodes").fetchall() if row[1] == "VARCHAR"),
            given=frozenset(recipes),
            filled=frozenset(table for table in columns if self._any(table)),
            steps={f"{scale}_{moment}": steps for scale, steps in scales.items() for moment in (*WINDOWS, *BASELINES, CARRIED)},
            scales=frozenset(scale for recipe in recipes.values() for scale in recipe.scales),
            as_counts=counted is not None,
            lacking=frozenset(counted.lacking) if counted else frozenset(),
            unended=frozenset(event for recipe in recipes.values() for event in _unended(recipe)),
        )

    def _any(self, table: str) -> bool:
        """Whether a table holds any row; the search ends with the first."""
        if self._used.get(table):
            return True
        return bool(self.connection.one(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS any_row"))

    def _without(self, table: str, recipe: Recipe, rows: Sequence[int]) -> str:
        """The typed rows less the excluded ones, and less those of excluded episodes."""
        columns = ", ".join(recipe.kept(name) for name in recipe.names)
        if len(rows):
            self._excluded.add(table)
            self.connection.send(f"CREATE TABLE excluded_{table} AS SELECT unnest(CAST(? AS BIGINT[])) AS position", [list(rows)])
        tests = [*self._used_where(table), *([f"{CELL_SIZE} > 0"] if recipe.as_counts else [])]
        place = f"episode_row AS {ROW}" if KINDS[table].parent else ROW
        return f"SELECT {columns}, {place} FROM checked_{table}{' WHERE ' if tests else ''}{' AND '.join(tests)}"

    def _used_where(self, table: str, care: str = IN_CARE) -> list[str]:
        """What is true of the rows of a table that are used: they have an episode, on a day in care, and neither they nor it are excluded."""
        parent = KINDS[table].parent
        tests = ["episode_row IS NOT NULL"] if parent else []
        excluded = {parent: "episode_row", table: ROW}
        tests += [f"{place} NOT IN (SELECT position FROM excluded_{name})" for name, place in excluded.items() if name in self._excluded]
        return [*tests, care] if KINDS[table].placing == "care" else tests

    def lock(self) -> None:
        """After loading: nothing further can be read from outside, and no setting changed."""
        paths = ", ".join(literal(str(path)) for path in self.raw.in_place.values())
        self.connection.send(f"SET allowed_paths = [{paths}]")
        self.connection.send(f"SET allowed_directories = [{literal(str(self.connection.folder))}]")
        self.connection.send("SET enable_external_access = false")
        self.connection.send("SET lock_configuration = true")

    def kept(self, recipe: Recipe) -> int:
        """Rows of a table that are used, those that stand beside an episode not counted; one that belongs to several episodes once."""
        table = recipe.table
        if recipe.as_counts:
            return int(self.connection.one(f"SELECT coalesce(sum({CELL_SIZE}), 0) FROM {table}"))
        if recipe.by_patient:
            return int(
                self.connection.one(f"SELECT count(DISTINCT {ROW}) FROM checked_{table} WHERE {' AND '.join(self._used_where(table))}")
            )
        if table in self._used:
            return self._used[table]
        return int(self.connection.one(f"SELECT count(*) FROM {_listed(KINDS[table])}"))

    def episodes_in_cells(self, recipe: Recipe) -> int:
        """Episodes in all the cells of a table of counts that say how many."""
        return int(self.connection.one(f"SELECT coalesce(sum({CELL_SIZE}), 0) FROM checked_{recipe.table} WHERE {CELL_SIZE} > 0"))

    def outside_care(self, recipe: Recipe) -> int:
        """Rows of a table that could be used and lie on no day in care of the episode that they name."""
        if KINDS[recipe.table].placing != "care":
            return 0
        tests = " AND ".join(self._used_where(recipe.table, f"NOT ({IN_CARE})"))
        return int(self.connection.one(f"SELECT count(*) FROM checked_{recipe.table} WHERE {tests}"))

    def close(self) -> None:
        """Close the connection and remove the private folder."""
        self.connection.close()


def _with_names(rule: Rule, names: Mapping[str, str]) -> str:
    """The predicate of a rule, with the names of what was asked already in its place."""
    predicate = rule.predicate
    for piece in rule.shared:
        predicate = predicate.replace(piece, names.get(piece, piece))
    return predicate


def _listed(kind: RowKind) -> str:
    """The rows that came in a table of their own."""
    return f"listed_{kind.name}" if kind.beside else kind.name


TYPES = {
    "integer": "INTEGER",
    "flag": "INTEGER",
    "number": NUMBER_TYPE,
    "date": "DATE",
}  # of a column that nothing was cast to; others are text


def _unended(recipe: Recipe) -> list[str]:
    """Events beside the episodes that were seen where their day is given, as no column says whether they were."""
    given = {cast.name for cast in recipe.casts}
    made = [cell.name.removesuffix("_observed") for cell in recipe.derived if cell.name.endswith("_observed") and cell.name not in given]
    return made if KINDS[recipe.table].counted else []


def _with_those_beside(kind: RowKind, columns: Sequence[str], *, listed: bool) -> str:
    """Rows of the table and those that stand beside their parent, on both clocks; nothing where there are neither."""
    contents = [field for field in kind.fields if field.name not in kind.key]  # what names a row is for copies alone
    names = [field.name for field in contents]
    parts = []
    if listed:
        computed = {"day": f"{kind.beside}_day", "days_after_discharge": f"{kind.beside}_days_after_discharge"}
        parts.append(f"SELECT {', '.join(f'{computed.get(name, name)} AS {name}' for name in names)}, {ROW} FROM {_listed(kind)}")
    blank = {field.name: f"CAST(NULL AS {TYPES.get(field.kind, 'VARCHAR')})" for field in contents}
    for name in columns:
        word = name.removesuffix("_observed")
        if name.endswith("_observed") and f"{word}_day" in columns:
            day = quoted(f"{word}_day")
            given = {name: name for name in ("episode_id",) if name in columns}  # a cell of counts has none
            given |= {kind.beside: literal(word), "day": day, "days_after_discharge": f"{day} - los_days"}
            cells = ", ".join(f"{value} AS {column}" for column, value in (blank | given).items())
            parts.append(f"SELECT {cells}, {ROW} FROM {kind.parent} WHERE {quoted(name)} = 1")
    cells = ", ".join(f"{value} AS {name}" for name, value in blank.items())
    return " UNION ALL ".join(parts) or f"SELECT {cells}, CAST(NULL AS BIGINT) AS {ROW} WHERE FALSE"


def _parents(names: Collection[str]) -> str:
    """What a score or an event may read of its episode, one row for each id; an id that is there twice says nothing of its days."""
    cells = [
        f"CASE WHEN count(*) = 1 THEN any_value({name}) END" if name in names else "CAST(NULL AS INTEGER)"
        for name in ("los_days", "follow_up_days")
    ]
    admitted = "CASE WHEN count(*) = 1 THEN any_value(admit_date) END" if "admit_date" in names else "CAST(NULL AS DATE)"
    died = "bool_or(discharge_reason = 'died' AND los_days >= 0)" if {"discharge_reason", "los_days"} <= set(names) else "FALSE"
    select = (
        f"SELECT episode_id, count(*) AS times, TRUE AS episode_known, min({ROW}) AS episode_row, {cells[0]} AS episode_los_days, {cells[1]} AS episode_follow_up_days, "
        f"{admitted} AS episode_admit_date, coalesce({died}, FALSE) AS episode_died, CASE WHEN count(*) = 1 THEN any_value({last_day(names)}) END AS {LAST_DAY}"
    )
    return f"CREATE OR REPLACE TABLE parents AS {select} FROM checked_episodes WHERE episode_id IS NOT NULL GROUP BY episode_id"
