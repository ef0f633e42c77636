"""Takes files, frames and queries as raw tables, gives their rows in order, whatever is joined, spread or left out on the way."""

import hashlib
from contextlib import closing

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from iop_outcomes.engine.dialect import ROW
from iop_outcomes.intake.raw_tables import SMALL
from iop_outcomes.intake.store import Store

FRAME = pd.DataFrame({"a": ["x", None, "z"], "b": [1, 2, 3]})


@pytest.fixture
def store():
    """A store."""
    with closing(Store()) as made:
        yield made


def rows(store, table="episodes"):
    """The rows of a raw table, in their order."""
    columns = ", ".join(f'"{name}"' for name in store.raw.columns(table))
    return store.connection.send(f"SELECT {columns}, {ROW} FROM raw_{table} ORDER BY {ROW}").fetchall()


def csv(store, folder, text, header, table="episodes", delimiter=","):
    """A CSV as a raw table, and its broken records."""
    path = folder / f"{table}.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return store.raw.add_csv(table, path, header, delimiter=delimiter, max_field=1 << 20)


def test_a_csv_is_text_and_broken_records_are_numbered(store, tmp_path):
    """The header is 1; rows that are whole are numbered without them."""
    broken = csv(store, tmp_path, 'a,b\n01,"x\ny"\n2\n3,4,5\n , z \n', ["a", "b"])
    assert [record for record, _ in broken] == [3, 4]
    assert rows(store) == [("01", "x\ny", 0), (" ", " z ", 1)]
    assert store.raw.type_of("episodes", "a") == "VARCHAR"


def test_a_column_called_like_the_number_of_a_row(store, tmp_path):
    """Parquet's own number is another."""
    csv(store, tmp_path, "file_row_number;a\n7;x\n", ["file_row_number", "a"], delimiter=";")
    assert rows(store) == [("7", "x", 0)]


def test_frames_are_copied(store):
    """Later changes to one change nothing here; its rows have a fingerprint, the same from another door."""
    frame = FRAME.copy()
    store.raw.add_frame("episodes", frame)
    frame.loc[0, "a"] = "changed"
    assert rows(store) == [("x", 1, 0), (None, 2, 1), ("z", 3, 2)]
    store.raw.add_select("other", "SELECT * FROM (VALUES ('x', 1), (NULL, 2), ('z', 3)) AS t(a, b)")
    assert store.raw.fingerprint("episodes") == store.raw.fingerprint("other") == hashlib.sha256(b"a,b\nx,1\n\\N,2\nz,3\n").hexdigest()
    assert store.raw.takes(FRAME) and not store.raw.takes(pd.DataFrame({"a": pd.period_range("2024", periods=1, freq="D")}))


def test_parquet_is_seen_in_place(store, tmp_path):
    """Its sizes are what it declares; one that is damaged behind its header is found."""
    path = tmp_path / "e.parquet"
    pa.parquet.write_table(
        pa.table({"a": list(range(1_000)), "s": [{"x": 1, "y": "é"}] * 1_000}), path, row_group_size=300, compression="none"
    )
    assert store.raw.parquet_sizes(path)[:2] == (1_000, 1_000) and store.raw.parquet_sizes(path)[3] == 2
    store.raw.add_parquet("episodes", path)
    assert store.raw.rows("episodes") == 1_000 and store.raw.is_small("episodes") and SMALL >= 1_000
    assert store.raw.damaged() is None
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    with closing(Store()) as other:
        other.raw.add_parquet("episodes", path)
        assert other.raw.damaged() == path.resolve()


def test_parts_are_joined_by_name_with_their_rows_numbered_on(store):
    """Whatever order their columns are in; a part without rows is none."""
    for part, select in enumerate(("SELECT 1 AS a, 2 AS b", "SELECT 0 AS a, 0 AS b WHERE FALSE", "SELECT 4 AS b, 3 AS a")):
        store.raw.add_select(f"part{part}", select)
    assert store.raw.join_parts("episodes", ["part0", "part1", "part2"]) == [1, 0, 1]
    assert rows(store) == [(1, 2, 0), (3, 4, 1)]


def test_rows_that_meet_a_condition(store):
    """Kept with other columns, and where each stood; spread into several rows in the order of the rows they come from."""
    store.raw.add_frame("episodes", FRAME)
    assert store.raw.rows_where("episodes", "b > 1") == [1, 2]
    store.raw.add_frame("scores", FRAME)
    assert store.raw.narrow("episodes", "b AS c", "b <> 2").tolist() == [0, 2]
    assert rows(store) == [(1, 0), (3, 1)]
    assert store.raw.narrow("scores", "a", "").tolist() == [0, 1, 2]
    store.raw.spread("scores", [("a", "a IS NOT NULL"), ("a || '!' AS a", "a = 'z'")])
    assert rows(store, "scores") == [("x", 0), ("z", 4), ("z!", 5)]


def test_nothing_is_left_behind():
    """Closing it removes its private folder, and it answers no more."""
    store = Store()
    store.raw.add_frame("episodes", FRAME)
    folder = store.connection.folder
    assert folder.is_dir()
    store.close()
    assert not folder.exists()
    with pytest.raises(duckdb.ConnectionException):
        rows(store)
