"""Takes a table of a database, or a query from a file, gives its rows as a copy in the private folder; nothing is ever written to a database."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_files import from_duckdb, from_sqlite, kind_of
from iop_outcomes.intake.database_tables import DatabaseTable
from iop_outcomes.intake.database_urls import from_others, from_postgres, url_of

DATABASES = (".duckdb", ".sqlite", ".sqlite3", ".db")


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
    file, url = source.database.file, ""
    if file is None:
        url = url_of(source.database)
        for scheme in ("duckdb:///", "sqlite:///"):
            file = Path(unquote(url.removeprefix(scheme))) if url.startswith(scheme) else file
    if file is not None:
        return (from_sqlite if kind_of(file) == "sqlite" else from_duckdb)(source, file, folder, cells)
    scheme = url.partition(":")[0]
    return (from_postgres if scheme in ("postgresql", "postgres") else from_others)(source, url, folder, cells)
