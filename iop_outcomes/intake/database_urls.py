"""Takes a database whose URL only the environment holds, gives a copy of one of its tables; no message holds the URL, or what a driver says.

PostgreSQL is read through ADBC, by columns, in a transaction that is read-only; any other database through SQLAlchemy and its own driver.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

import duckdb

from iop_outcomes.engine.dialect import literal
from iop_outcomes.errors import DataError
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_tables import Database, DatabaseTable, batches_of, kept_column, refuse_names, refuse_query, written
from iop_outcomes.intake.findings import fatal

_OF_DRIVERS = (OSError, ValueError, TypeError, LookupError, RuntimeError, ImportError)  # what drivers raise beside errors of their own
_EXTRA = 'Install the extra "databases" (pip install "iop-outcomes[databases]"), or export the tables as CSV or Parquet.'


def url_of(database: Database) -> str:
    """The URL of a database, from the environment.

    Raises
    ------
    DataError
        When the variable is not set, or holds no URL; what it holds is not shown.
    """
    url = os.environ.get(database.url_env, "").strip()
    if "://" not in url:
        what = "does not hold a URL" if url else "is not set"
        hint = f"Set it where this runs, as in: export {database.url_env}=postgresql://reader@host/name"
        fatal("no_database_url", database.name, f"the variable {database.url_env} of the environment {what}", hint)
    return url


def from_postgres(source: DatabaseTable, url: str, folder: Path, cells: CellText) -> Path:
    """Copy a table of PostgreSQL through ADBC, by columns, in a transaction that is read-only; NUMERIC arrives as text.

    Raises
    ------
    DataError
        When a library is missing, or the server does not give the rows.
    """
    try:
        import adbc_driver_postgresql.dbapi as driver

        import_module("pyarrow")  # which the driver needs, and has no types to check
    except ImportError:
        fatal("library_missing", source.name, "reading PostgreSQL needs the libraries adbc-driver-postgresql and pyarrow", _EXTRA)
    target = folder / "table.parquet"
    mark = "&" if "?" in url else "?"
    try:
        with driver.connect(f"{url}{mark}options={quote('-c default_transaction_read_only=on')}") as server, server.cursor() as cursor:
            cursor.execute(source.select())
            reader = cursor.fetch_record_batch()
            refuse_names(source, list(reader.schema.names))
            with closing(duckdb.connect(":memory:")) as connection:
                connection.register("incoming", reader)
                described = connection.execute("DESCRIBE incoming").fetchall()
                columns = ", ".join(kept_column(str(row[0]), str(row[1])) for row in described)
                connection.execute(f"COPY (SELECT {columns} FROM incoming) TO {literal(str(target))} (FORMAT parquet)")
    except DataError:
        raise
    except (driver.Error, duckdb.Error, *_OF_DRIVERS):
        refuse_query(source)
    del cells  # types are kept
    return target


def from_others(source: DatabaseTable, url: str, folder: Path, cells: CellText) -> Path:
    """Copy a table of any other database through SQLAlchemy, whose cursors give rows in batches.

    Raises
    ------
    DataError
        As `from_postgres`.
    """
    try:
        import sqlalchemy
    except ImportError:
        fatal("library_missing", source.name, "reading this database needs the library SQLAlchemy, and the driver of the database", _EXTRA)
    try:
        engine = sqlalchemy.create_engine(url)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError):
        what = f"the URL in {source.database.url_env} is not understood, or the driver that it names is not installed"
        fatal("no_database_url", source.name, what, "See SQLAlchemy's list of dialects, and install the driver.")
    try:
        with engine.connect().execution_options(stream_results=True) as connection:
            mark = engine.dialect.identifier_preparer.initial_quote
            rows = connection.exec_driver_sql(source.select(mark if mark in ('"', "`") else '"'))
            return written(source, folder, list(rows.keys()), batches_of(rows), cells)
    except DataError:
        raise
    except (sqlalchemy.exc.SQLAlchemyError, *_OF_DRIVERS):
        refuse_query(source)
    finally:
        with suppress(sqlalchemy.exc.SQLAlchemyError):
            engine.dispose()
