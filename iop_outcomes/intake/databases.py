"""Takes a table of a database, or a query from a file, gives its rows as a copy in the private folder; nothing is ever written to a database."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import duckdb

from iop_outcomes.engine.dialect import literal
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_files import from_duckdb, from_sqlite, kind_of, tables_of
from iop_outcomes.intake.database_tables import Database, DatabaseTable
from iop_outcomes.intake.database_urls import from_others, from_postgres, url_of

DATABASES = (".duckdb", ".sqlite", ".sqlite3", ".db")
_SYSTEMS = ("information_schema", "pg_catalog", "sys", "mysql", "performance_schema")  # schemas of servers about themselves


def is_database(path: Path) -> bool:
    """Whether the name is that of a database in a file.

    Examples
    --------
    >>> is_database(Path("program.duckdb")), is_database(Path("episodes.csv"))
    (True, False)
    """
    return path.suffix.lower() in DATABASES


def copy_table(source: DatabaseTable, folder: Path, cells: CellText) -> Path:
    """Copy the rows of a table, or of a query, into a folder: as Parquet where the database knows types, else as CSV with commas.

    Parameters
    ----------
    source : DatabaseTable
        What is read.
    folder : Path
        Private, and empty.
    cells : CellText
        How values are written as text.

    Raises
    ------
    DataError
        When the database cannot be reached, or has no such table.
    """
    file, url = _place_of(source.database)
    if file is not None:
        return (from_sqlite if kind_of(file) == "sqlite" else from_duckdb)(source, file, folder, cells)
    scheme = url.partition(":")[0]
    return (from_postgres if scheme in ("postgresql", "postgres") else from_others)(source, url, folder, cells)


def names_in(database: Database, schema: str, folder: Path) -> list[str]:
    """Names of the tables in a schema; of a file, whose main schema has no name that is needed, or of a server's information schema.

    Parameters
    ----------
    database : Database
        Which one.
    schema : str
        The server's own choice when "" would be unclear: it is needed there.
    folder : Path
        Private, for what is copied on the way.

    Raises
    ------
    DataError
        When the database cannot be reached.
    """
    file, _ = _place_of(database)
    if file is not None:
        return tables_of(file, schema or "main")
    rows = _rows_of(
        database, f"SELECT table_name FROM information_schema.tables WHERE table_schema = {literal(schema or 'public')}", folder
    )
    return [str(row[0]) for row in rows]


def columns_in(database: Database, folder: Path) -> dict[tuple[str, ...], list[str]]:
    """The tables of a database, by schema and name, with the names of their columns; of a file, by name, and their columns are seen when they are opened.

    Parameters
    ----------
    database : Database
        Which one.
    folder : Path
        Private, for what is copied on the way.

    Raises
    ------
    DataError
        When the database cannot be reached, or does not tell what tables it has.
    """
    file, _ = _place_of(database)
    if file is not None:
        return {(name,): [] for name in tables_of(file)}
    systems = ", ".join(map(literal, _SYSTEMS))
    rows = _rows_of(
        database,
        "SELECT table_schema, table_name, column_name FROM information_schema.columns "
        f"WHERE lower(table_schema) NOT IN ({systems}) ORDER BY table_schema, table_name, ordinal_position",
        folder,
    )
    tables: dict[tuple[str, ...], list[str]] = {}
    for schema, table, column in rows:
        tables.setdefault((str(schema), str(table)), []).append(str(column))
    return tables


def _rows_of(database: Database, query: str, folder: Path) -> list[tuple[object, ...]]:
    """What a query of a server gives, as text."""
    with tempfile.TemporaryDirectory(dir=folder) as private, closing(duckdb.connect(":memory:")) as connection:
        copy = copy_table(DatabaseTable(database, (), query, database.name), Path(private), CellText(".", ""))
        read = f"read_csv({literal(str(copy))}, header = true, all_varchar = true)" if copy.suffix == ".csv" else literal(str(copy))
        return connection.execute(f"SELECT * FROM {read}").fetchall()


def _place_of(database: Database) -> tuple[Path | None, str]:
    """The file that a database is, by its name or its URL; else its URL."""
    file, url = database.file, ""
    if file is None:
        url = url_of(database)
        for scheme in ("duckdb:///", "sqlite:///"):
            file = Path(unquote(url.removeprefix(scheme))) if url.startswith(scheme) else file
    return file, url
