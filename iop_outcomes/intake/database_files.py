"""Takes a database that is a file, of DuckDB or of SQLite, gives a copy of one of its tables; the file is opened read-only, and untouched.

A file of DuckDB is attached to an engine of its own, from which nothing but the file can be reached and into which no extension is installed or
loaded. A file of SQLite is opened by a connection that is allowed to read and nothing else. Views are read by queries alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from iop_outcomes.engine.connection import ran_out
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import DataError
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_tables import DatabaseTable, batches_of, kept_column, refuse_names, refuse_query, refuse_table, written
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.statistical import UNREADABLE

_SQLITE, _DUCKDB = b"SQLite format 3\0", b"DUCK"
_DAMAGED = ("malformed", "not a database", "disk I/O", "file is encrypted", "unsupported file format")
_WRITE_AHEAD = 2  # in the header of a file of SQLite that keeps what was written last beside it
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def kind_of(file: Path) -> str:
    """Which database a file is, by its first bytes: sqlite or duckdb.

    Raises
    ------
    DataError
        When it is neither.
    """
    try:
        with file.open("rb") as opened:
            head = opened.read(32)
    except OSError as error:
        fatal("unreadable", shown(file), f"the file cannot be read ({error.strerror})", "Check its path and its permissions.")
    if head.startswith(_SQLITE):
        return "sqlite"
    if head[8:12] != _DUCKDB:
        fatal("not_database", shown(file), "the file is no database of DuckDB or SQLite", "Export its tables as CSV (UTF-8) or Parquet.")
    return "duckdb"


def tables_of(file: Path, schema: str = "main") -> list[str]:
    """Names of the tables in a schema of a database that is a file; SQLite has the main one alone.

    Raises
    ------
    DataError
        When it is none.
    """
    if kind_of(file) == "sqlite":
        with open_sqlite(file) as connection:
            return [str(row[0]) for row in connection.execute(_SQLITE_TABLES)]
    with open_duckdb(file, ()) as connection:
        return [name for place, name in connection.execute(_DUCKDB_TABLES).fetchall() if place == schema]


# -- DuckDB ------------------------------------------------------------------------------------------------------------

_DUCKDB_TABLES = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'given' AND NOT internal"


@contextmanager
def open_duckdb(file: Path, folders: Sequence[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine of its own that knows the file, read-only, and can reach nothing else but some folders."""
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    with closing(duckdb.connect(":memory:", config=settings)) as connection:
        try:
            connection.execute("SET enable_progress_bar = false")
            connection.execute(f"ATTACH {literal(str(file.resolve()))} AS given (READ_ONLY, TYPE duckdb)")
            connection.execute("USE given")
            if folders:
                connection.execute(f"SET allowed_directories = [{', '.join(literal(str(folder)) for folder in folders)}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            if ran_out(error):
                raise
            hint = "Close the program that has it open, or check where the file comes from."
            fatal("not_database", shown(file), "the database cannot be opened: it is open elsewhere, damaged, or of a later DuckDB", hint)
        yield connection


def from_duckdb(source: DatabaseTable, file: Path, folder: Path, cells: CellText) -> Path:
    """Copy a table of a file of DuckDB, or what a query gives, as Parquet.

    Raises
    ------
    DataError
        When it cannot be opened, or has no such table.
    """
    del cells  # types are kept
    target, select = folder / "table.parquet", source.query
    with open_duckdb(file, [folder]) as connection:
        if source.table:
            schema, name = ("main", *source.table)[-2:]
            tables = connection.execute(_DUCKDB_TABLES).fetchall()
            if (schema, name) not in tables:
                refuse_table(source, [table for _, table in tables])
            select = f"SELECT * FROM given.{quoted(schema)}.{quoted(name)}"
        try:
            described = connection.execute(f"DESCRIBE {select}").fetchall()
            refuse_names(source, [str(row[0]) for row in described])
            columns = ", ".join(kept_column(str(row[0]), str(row[1])) for row in described)
            connection.execute(f"COPY (SELECT {columns} FROM ({select}) AS given_rows) TO {literal(str(target))} (FORMAT parquet)")
        except (duckdb.Error, UnicodeError) as error:
            if isinstance(error, duckdb.Error) and ran_out(error):
                raise
            refuse_query(source)
    return target


# -- SQLite ------------------------------------------------------------------------------------------------------------

_SQLITE_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)


@contextmanager
def open_sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read, and leaves nothing beside the file."""
    with file.open("rb") as opened:
        beside = opened.read(20)[18:19] == bytes([_WRITE_AHEAD])
    wal = file.with_name(f"{file.name}-wal")
    mode = "immutable=1" if beside and not wal.exists() else "mode=ro"  # else SQLite itself would put a file beside it
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file.resolve()))}?{mode}", uri=True)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", errors="replace").replace("\ufffd", UNREADABLE)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
            yield connection
    except DataError:
        raise
    except (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError) as error:
        if not any(words in str(error) for words in _DAMAGED):
            hint = "Close the program that has it open; check names and rights."
            fatal("query_failed", shown(file), "the database is locked, or did not carry out the query", hint)
        fatal("not_database", shown(file), "the database is damaged", "Export its tables as CSV (UTF-8).")


def from_sqlite(source: DatabaseTable, file: Path, folder: Path, cells: CellText) -> Path:
    """Copy a table of a file of SQLite, or what a query gives, as CSV.

    Raises
    ------
    DataError
        When it cannot be opened, or has no such table.
    """
    with open_sqlite(file) as connection:
        table = source.table[-1:] if source.table[:-1] in ((), ("main",)) else source.table
        if source.table:
            tables = [str(row[0]) for row in connection.execute(_SQLITE_TABLES)]
            if len(table) != 1 or table[0] not in tables:
                refuse_table(source, tables)
        cursor = connection.execute(source.select())
        return written(source, folder, [str(column[0]) for column in cursor.description or ()], batches_of(cursor), cells)
