"""Takes tables and columns of databases, gives statements and copies, and the words in which a database is refused."""

from datetime import date

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_tables import (
    BATCH,
    Database,
    DatabaseTable,
    batches_of,
    kept_column,
    refuse_names,
    refuse_query,
    refuse_table,
    written,
)

TABLE = DatabaseTable(Database("warehouse"), ("dbo", 'a"b'), "", "warehouse.dbo")
QUERY = DatabaseTable(Database("warehouse"), (), "SELECT 1", "warehouse (a.sql)")


def test_the_statement_that_is_sent():
    """Each part of a name between marks of its own database, a mark in it twice; a query as it stands."""
    assert TABLE.select() == 'SELECT * FROM "dbo"."a""b"'
    assert TABLE.select("`") == 'SELECT * FROM `dbo`.`a"b`'
    assert QUERY.select("`") == "SELECT 1"


def test_a_table_that_is_not_there():
    """Twenty of those that are there are named, so that the message stays a message."""
    with pytest.raises(DataError, match=r"warehouse.dbo: no_such_table: .*a view is read by a query\.$"):
        refuse_table(TABLE)
    with pytest.raises(DataError, match=r"Its tables: t0, .*t19\.$"):
        refuse_table(TABLE, [f"t{n}" for n in range(30)])


def test_what_a_database_did_not_do():
    """A table was not given, a query not carried out; nothing of either is repeated."""
    for source, words in ((TABLE, "did not give the table"), (QUERY, "did not carry out the query")):
        with pytest.raises(DataError, match=f"query_failed: the database {words}") as error:
            refuse_query(source)
        assert "SELECT" not in str(error.value)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a", "A"], "duplicate_header: a column name stands twice"),
        ([], "blank_header: a column has no name that can be shown"),
        (["a", " "], "blank_header"),
        (["a", "b\n"], "blank_header"),
        ([f"c{n}" for n in range(1_001)], "too_many_columns: more than 1,000 columns"),
    ],
)
def test_columns_that_cannot_be_told_apart_or_shown(names, words):
    """Named with what to do, before a file of them is begun."""
    with pytest.raises(DataError, match=f"^warehouse.dbo: {words}"):
        refuse_names(TABLE, names)
    refuse_names(TABLE, [f"c{n}" for n in range(1_000)])


def test_rows_as_csv(tmp_path):
    """Blanks are blank, days are days, and no row is a header alone."""
    rows = [("a,b", None, 15.0), ('"', date(2024, 1, 2), True)]
    assert written(TABLE, tmp_path, ["x", "y", "z"], rows, CellText(".", "")).read_text() == 'x,y,z\n"a,b",,15\n"""",2024-01-02,1\n'
    assert written(TABLE, tmp_path, ["x"], [], CellText(".", "")).read_text() == "x\n"


def test_rows_come_some_thousands_at_a_time():
    """All of them, in their order, and none is asked for before it is needed."""

    class Cursor:
        left, asked = list(range(BATCH + 1)), 0

        def fetchmany(self, size):
            self.asked += 1
            taken, self.left = self.left[:size], self.left[size:]
            return taken

    cursor = Cursor()
    rows = batches_of(cursor)
    assert next(rows) == 0 and cursor.asked == 1
    assert list(rows) == list(range(1, BATCH + 1)) and cursor.asked == 3


@pytest.mark.parametrize(
    "kind", ["VARCHAR", "DATE", "DECIMAL(9,2)", "TIMESTAMP WITH TIME ZONE", "HUGEINT", "UUID", "INTEGER[]", "STRUCT(a DATE)"]
)
def test_types_that_parquet_keeps(kind):
    """What it would change is written as text."""
    kept = kind in ("VARCHAR", "DATE", "DECIMAL(9,2)", "TIMESTAMP WITH TIME ZONE")
    assert kept_column("a b", kind) == ('"a b"' if kept else 'CAST("a b" AS VARCHAR) AS "a b"')
