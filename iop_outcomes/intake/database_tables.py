"""Takes what a mapping says of a database, gives the table or the query that is meant, and the words in which a database is refused."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from iop_outcomes.engine.dialect import quoted
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.preflight import MAX_COLUMNS

BATCH = 10_000  # rows that are fetched at a time
_PLAIN = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "VARCHAR", "DATE",
)  # fmt: skip
_PLAIN_KINDS = ("DECIMAL", "TIMESTAMP")  # types whose names go on


@dataclass(frozen=True)
class Database:
    """A database that a mapping names.

    Parameters
    ----------
    name : str
        What the mapping, and messages, call it.
    file : Path or None
        Where it is, when it is a file of DuckDB or SQLite.
    url_env : str
        The variable of the environment that holds its URL, when it is none.
    """

    name: str
    file: Path | None = None
    url_env: str = ""


@dataclass(frozen=True)
class DatabaseTable:
    """What is read of a database.

    Parameters
    ----------
    database : Database
        Which one.
    table : tuple of str
        The table, with its schema before it or not.
    query : str
        A statement that only reads, in the place of a table.
    name : str
        What messages call it.
    """

    database: Database
    table: tuple[str, ...]
    query: str
    name: str

    def select(self, mark: str = '"') -> str:
        """The statement that is sent."""
        if self.query:
            return self.query
        return f"SELECT * FROM {'.'.join(mark + part.replace(mark, mark * 2) + mark for part in self.table)}"


def refuse_table(source: DatabaseTable, names: Sequence[str] = ()) -> NoReturn:
    """Refuse a table that is not there.

    Raises
    ------
    DataError
        Naming the tables that are.
    """
    listed = f" Its tables: {', '.join(names[:20])}." if names else ""
    fatal(
        "no_such_table",
        source.name,
        "the database has no such table",
        f"Correct [tables] in mapping.toml; a view is read by a query.{listed}",
    )


def refuse_query(source: DatabaseTable) -> NoReturn:
    """Say that a database did not do what it was sent; what its driver says is not repeated, as it may hold values and where the database is.

    Raises
    ------
    DataError
        Always.
    """
    what = "the database did not carry out the query" if source.query else "the database did not give the table"
    fatal("query_failed", source.name, what, "Try it with the database's own client, as the same user, and check names and rights.")


def refuse_names(source: DatabaseTable, names: Sequence[str]) -> None:
    """Refuse columns that cannot be told apart or shown.

    Raises
    ------
    DataError
        When a name stands twice, is blank or cannot be printed, or there are too many.
    """
    if len({name.lower() for name in names}) < len(names):
        fatal("duplicate_header", source.name, "a column name stands twice", "Give one of them another name, with AS.")
    if not names or any(not name.strip() or not name.isprintable() for name in names):
        fatal("blank_header", source.name, "a column has no name that can be shown", "Give it one, with AS.")
    if len(names) > MAX_COLUMNS:
        fatal("too_many_columns", source.name, f"more than {MAX_COLUMNS:,} columns", "Select the columns that are needed.")


def written(source: DatabaseTable, folder: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], cells: CellText) -> Path:
    """Write rows as CSV into a folder.

    Raises
    ------
    DataError
        As `refuse_names`.
    """
    refuse_names(source, names)
    target = folder / "table.csv"
    with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(map(cells.row, rows))
    return target


def batches_of(cursor: Any) -> Iterator[Sequence[Any]]:
    """The rows of a cursor, fetched some thousands at a time."""
    while rows := cursor.fetchmany(BATCH):
        yield from rows


def kept_column(name: str, kind: str) -> str:
    """A column as Parquet keeps it without loss; types that it has not are text."""
    column = quoted(name)
    return column if kind in _PLAIN or kind.startswith(_PLAIN_KINDS) else f"CAST({column} AS VARCHAR) AS {column}"
