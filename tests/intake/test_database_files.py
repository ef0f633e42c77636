"""Takes databases that are files, gives their tables and copies of them; nothing but the file is reached, and no byte of it changes."""

import sqlite3
from contextlib import closing

import duckdb
import pandas as pd
import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_files import from_duckdb, from_sqlite, kind_of, open_duckdb, open_sqlite, tables_of
from iop_outcomes.intake.database_tables import Database, DatabaseTable

MADE = "CREATE TABLE people (id INTEGER, note TEXT); INSERT INTO people VALUES (1, 'a'), (2, NULL); CREATE VIEW some_people AS SELECT id FROM people"


@pytest.fixture(scope="module", params=["sqlite", "duckdb"])
def database(request, tmp_path_factory):
    """A file of each kind with a table and a view."""
    file = tmp_path_factory.mktemp("db") / "people.db"
    if request.param == "sqlite":
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(MADE)
    else:
        with duckdb.connect(file) as connection:
            connection.execute(f"{MADE}; CREATE SCHEMA other; CREATE TABLE other.visits (x HUGEINT)")
    before = file.read_bytes()
    yield request.param, file
    assert file.read_bytes() == before and [path.name for path in file.parent.iterdir() if path.name.startswith("people")] == ["people.db"]


def copied(kind, source, file, folder):
    """What a copy holds."""
    path = {"sqlite": from_sqlite, "duckdb": from_duckdb}[kind](source, file, folder, CellText(".", ""))
    frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    return sorted(frame.id)


def source(*table, query=""):
    """A table of the file, or a query."""
    return DatabaseTable(Database("people.db"), table, query, "people.db#people")


def test_its_kind_and_its_tables(database):
    """A view is none; a schema of its own has its own."""
    kind, file = database
    assert kind_of(file) == kind
    assert tables_of(file) == ["people"]
    if kind == "duckdb":
        assert tables_of(file, "other") == ["visits"]


def test_a_copy_of_a_table_or_of_what_a_query_gives(database, tmp_path):
    """By its name, with its schema, and by a view in a query."""
    kind, file = database
    for asked in (source("people"), source("main", "people"), source(query="SELECT id FROM some_people")):
        assert copied(kind, asked, file, tmp_path) == [1, 2]


def test_what_is_not_there(database, tmp_path):
    """A table, a schema, and a view in the place of a table: those that are there are named."""
    kind, file = database
    for table in (("gone",), ("elsewhere", "people"), ("some_people",)):
        with pytest.raises(DataError, match=r"people.db#people: no_such_table: .*Its tables: people"):
            copied(kind, source(*table), file, tmp_path)


def test_nothing_is_written_and_no_other_file_is_read(database, tmp_path):
    """By whatever statement."""
    kind, file = database
    (tmp_path / "secret.csv").write_text("a\n1\n")
    statements = ["INSERT INTO people VALUES (3, 'c')", "DROP TABLE people", f"ATTACH '{tmp_path / 'new.db'}' AS new"]
    if kind == "sqlite":
        for statement in statements:
            with pytest.raises(DataError, match="query_failed"), open_sqlite(file) as connection:
                connection.execute(statement)
    else:
        with open_duckdb(file, ()) as connection:
            for statement in (*statements, f"SELECT * FROM '{tmp_path / 'secret.csv'}'", "SET enable_external_access = true"):
                with pytest.raises(duckdb.Error):
                    connection.execute(statement)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv"]


def test_a_query_that_fails_is_not_repeated(database, tmp_path):
    """Nor is what the database says of it."""
    kind, file = database
    with pytest.raises(DataError, match="query_failed") as error:
        copied(kind, source(query="SELECT id FROM secret"), file, tmp_path)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"id,track\n1,a\n", b"SQLite", b"\0" * 8 + b"DUC"])
def test_what_is_no_database(tmp_path, content):
    """By its first bytes alone."""
    file = tmp_path / "people.db"
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"people\.db: not_database: the file is no database of DuckDB or SQLite"):
        kind_of(file)
    with pytest.raises(DataError, match="unreadable"):
        kind_of(tmp_path)


@pytest.mark.parametrize("head", [b"SQLite format 3\0", b"\0" * 8 + b"DUCK"])
def test_a_damaged_database(tmp_path, head):
    """Its first bytes say what it is, and the rest is nothing of the kind."""
    file = tmp_path / "people.db"
    file.write_bytes(head + b"\x07" * 5_000)
    with pytest.raises(DataError, match=r"people\.db: not_database"):
        tables_of(file)
