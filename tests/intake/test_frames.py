"""One program of 30 episodes as frames of pandas, polars and Arrow and as Parquet: the identical tables, and frames are left alone."""

import builtins
import sys
from datetime import date

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.errors import DataError, UsageError
from tests.adapters import prepared, program


def _each(make):
    return {table: make(columns) for table, columns in prepared.typed().items()}


def _categories(columns):
    """Polars with text as categories."""
    frame = pl.DataFrame(columns)
    texts = [name for name, kind in frame.schema.items() if kind == pl.String and not name.endswith("_id")]
    return frame.with_columns(pl.col(texts).cast(pl.Categorical))


def _dictionaries(columns):
    """Arrow with text as dictionaries."""
    table = pa.table(columns)
    for place, name in enumerate(table.column_names):
        if pa.types.is_string(table.schema.field(name).type):
            table = table.set_column(place, name, table[name].dictionary_encode())
    return table


KINDS = {
    "pandas": lambda: _each(pd.DataFrame),
    "pandas, nullable": lambda: _each(lambda columns: pd.DataFrame(columns).convert_dtypes()),
    "pandas on arrow": lambda: _each(lambda columns: pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)),
    "polars": lambda: _each(pl.DataFrame),
    "polars, all text": lambda: {table: pl.DataFrame(rows, infer_schema_length=None) for table, rows in program.tables().items()},
    "polars, categories": lambda: _each(_categories),
    "arrow": lambda: _each(pa.table),
    "arrow, dictionaries": lambda: _each(_dictionaries),
    "arrow, in pieces": lambda: _each(lambda columns: pa.concat_tables([pa.table(columns).slice(0, 7), pa.table(columns).slice(7)])),
    "arrow, a record batch": lambda: _each(pa.RecordBatch.from_pydict),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The program as CSV."""
    return prepared.csv_cells(tmp_path_factory.mktemp("csv"))


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_frame_loads_to_the_identical_tables(kind, expected):
    """Every cell of episodes, scores and events is the one of the CSV."""
    assert prepared.cells_of(KINDS[kind]()) == expected


@pytest.mark.parametrize("typed", [True, False])
def test_parquet_loads_to_the_identical_tables(typed, expected, tmp_path):
    """With dates and whole numbers, or as text."""
    for table, rows in program.tables().items():
        made = pa.table(prepared.typed()[table]) if typed else pa.Table.from_pylist(rows)
        pa.parquet.write_table(made, tmp_path / f"{table}.parquet")
    assert prepared.cells_of(tmp_path) == expected


def test_the_program_has_what_makes_types_hard(expected):
    """Blank dates, blank numbers and blank text stand in it, so that the tests above are about something."""
    columns, rows = expected["episodes"]
    assert len(rows) == 30
    assert all(any(row[columns.index(name)] is None for row in rows) for name in ("discharge_date", "los_days", "discharge_reason", "sex"))


def _pandas(frames):
    frames["episodes"].loc[:, "discharge_reason"] = "completed"
    frames["episodes"].drop(index=range(20), inplace=True)


def _polars(frames):
    frames["episodes"][0, "discharge_reason"] = "dropped_out"
    frames["episodes"].replace_column(2, pl.Series("track", ["other"] * 30))
    frames["episodes"].insert_column(0, pl.Series("late", [1] * 30))


@pytest.mark.parametrize(("kind", "change"), [("pandas", _pandas), ("polars", _polars)])
def test_later_changes_to_a_frame_change_nothing(kind, change, expected):
    """Frames are copied at load: what is done to them afterwards is not seen."""
    frames = KINDS[kind]()
    with prepared.loaded(frames) as data:
        change(frames)
        frames.clear()
        assert prepared.cells(data) == expected


def test_later_changes_to_the_memory_of_an_arrow_table_change_nothing():
    """Arrow over memory that is overwritten after the load: the stays are those of the load."""
    import numpy as np

    memory = np.array([10, 20, 30], dtype=np.int64)
    table = pa.table(
        {"episode_id": ["a", "b", "c"], "track": ["t"] * 3, "discharge_reason": ["completed"] * 3, "los_days": pa.array(memory)}
    )
    with iop.load(table, mapping={"data": {"class": "synthetic"}}) as data:
        memory[:] = 0
        assert table["los_days"].to_pylist() == [0, 0, 0]
        assert [cell[0] for cell, _ in data.count([Column("los_days")])] == [10, 20, 30]


def test_a_frame_is_not_changed_by_the_load():
    """What is handed in stays as it was."""
    frames, again = KINDS["polars"](), KINDS["polars"]()
    with prepared.loaded(frames):
        assert all(frames[table].equals(again[table]) for table in again)


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table, pd.DataFrame])
def test_the_fingerprint_follows_the_contents(make):
    """The same rows give the same fingerprint, another cell another one."""

    def fingerprint(reason):
        columns = {"episode_id": ["a", "b"], "track": ["t", "t"], "discharge_reason": ["completed", reason], "los_days": [3, 4]}
        with iop.load(make(columns), mapping={"data": {"class": "synthetic"}}) as data:
            return data.provenance.sources[0].sha256

    assert fingerprint("other") == fingerprint("other") != fingerprint("died")


@pytest.mark.parametrize("given", [pl.Series([1]), pa.chunked_array([[1]]), pd.Series([1]), [{"episode_id": "a"}]])
def test_what_is_no_frame_is_refused(given):
    """The message says what was given and what is allowed."""
    with pytest.raises(UsageError, match=rf"episodes is of type {type(given).__name__}\. .*pandas, polars, Arrow or DuckDB"):
        iop.load({"episodes": given})


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table])
def test_a_frame_without_rows_or_with_a_name_twice_is_refused(make):
    """As for pandas: no rows; names that differ in case alone."""
    with pytest.raises(DataError, match="no_rows"):
        iop.load(make({"episode_id": []}))
    with pytest.raises(DataError, match="duplicate_header"):
        iop.load(make({"track": ["a"], "Track": ["b"]}))


def test_polars_needs_no_pyarrow(monkeypatch):
    """Frames of polars are read without it: ids, dates and blanks as with it."""
    frame = pl.DataFrame(
        {"episode_id": ["a", "b"], "track": ["x", None], "discharge_reason": ["completed", None], "admit_date": [date(2024, 1, 1)] * 2}
    ).with_columns(discharge_date=pl.Series([date(2024, 2, 1), None]))
    mapping = {"data": {"class": "synthetic"}}
    with iop.load(frame, mapping=mapping) as data:
        expected = (data.provenance.sources, data.engine.connection.duckdb.execute("SELECT * FROM episodes ORDER BY ALL").fetchall())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with iop.load(frame, mapping=mapping) as data:
        assert (
            data.provenance.sources,
            data.engine.connection.duckdb.execute("SELECT * FROM episodes ORDER BY ALL").fetchall(),
        ) == expected


def test_no_frame_library_is_imported_for_a_frame_of_another(monkeypatch):
    """A frame of pandas needs neither polars nor pyarrow."""
    real = builtins.__import__

    def imports(name, *arguments, **options):
        if name.split(".")[0] == "polars":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", imports)
    with prepared.loaded(KINDS["pandas"]()) as data:
        assert data.episodes == 30


@pytest.mark.parametrize("table", ["episodes", "scores", "events"])
def test_a_frame_without_columns_is_refused_in_words(table):
    """As a list of nothing makes one; a table of events may have no rows, but says what it would hold."""
    frames = _each(pd.DataFrame)
    for empty in (pd.DataFrame([]), pd.DataFrame([{}])):
        with pytest.raises(DataError, match=rf"{table} \(data frame\): no_rows: it has no columns"):
            iop.load({**frames, table: empty})
