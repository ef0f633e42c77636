"""Tables of another layout as data frames and in databases: the same episodes, scores and events as from files."""

import json
import sqlite3

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import LAYOUTS
from iop_outcomes.errors import DataError, UsageError
from tests.adapters import fhir, omop, program, redcap, teds, tuva


def rows_of(source, mapping, **options):
    """Every cell of the prepared tables."""
    with iop.load(source, mapping=mapping, **options) as data:
        connection = data.engine.connection.duckdb
        return {table: sorted(map(str, connection.execute(f"SELECT * FROM {table}").fetchall())) for table in program.tables()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The 30-episode program as OMOP tables in CSV files."""
    return omop.write(tmp_path_factory.mktemp("omop"))


@pytest.fixture(scope="module")
def expected(folder):
    """What they load to."""
    return rows_of(folder, omop.MAPPING)


def omop_frames(folder):
    """Each table as pandas reads it: numbers as numbers, with blanks in columns of identifiers, and dates as moments."""
    frames = {}
    for file in folder.glob("*.csv"):
        dates = [name for name in pd.read_csv(file, nrows=0).columns if name.endswith("_date")]
        frames[file.stem] = pd.read_csv(file, parse_dates=dates, dtype={"care_site_id": str})
    return frames


def test_omop_from_frames(folder, expected):
    """As pandas reads the files."""
    assert rows_of(omop_frames(folder), omop.MAPPING) == expected


def in_duckdb(folder, path, schema="main"):
    """The tables in a file of DuckDB, named in capitals as in the CDM's own scripts."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for file in folder.glob("*.csv"):
            connection.execute(f"CREATE TABLE {schema}.{file.stem.upper()} AS SELECT * FROM read_csv('{file}', all_varchar = true)")
    return path


def in_sqlite(folder, path):
    """The tables in a file of SQLite."""
    connection = sqlite3.connect(path)
    for file in folder.glob("*.csv"):
        pd.read_csv(file, dtype=str).to_sql(file.stem, connection, index=False)
    connection.close()
    return path


@pytest.mark.parametrize("write", [in_duckdb, in_sqlite])
def test_omop_from_a_database_that_is_a_file(folder, expected, tmp_path, write):
    """Which is only read."""
    file = write(folder, tmp_path / "cdm.db")
    before = file.read_bytes()
    assert rows_of(file, omop.MAPPING) == expected
    assert rows_of(str(file), {key: value for key, value in omop.MAPPING.items() if key != "layout"}, layout="omop") == expected
    assert file.read_bytes() == before


def in_a_schema(mapping, file, database="warehouse.cdm"):
    """A mapping that names a database and its schema."""
    return {**mapping, "databases": {"warehouse": {"file": str(file)}}, "adapter": {**mapping["adapter"], "database": database}}


def test_omop_from_a_schema_that_the_mapping_names(folder, expected, tmp_path):
    """And no other."""
    file = in_duckdb(folder, tmp_path / "store.duckdb", "cdm")
    assert rows_of(tmp_path, in_a_schema(omop.MAPPING, file)) == expected
    with pytest.raises(DataError, match="it holds no table of OMOP"):
        iop.load(tmp_path, mapping=in_a_schema(omop.MAPPING, file, "warehouse"))
    with pytest.raises(DataError, match=r'none is called "warehous" under \[databases\]'):
        iop.load(tmp_path, mapping=in_a_schema(omop.MAPPING, file, "warehous.cdm"))


def test_a_fault_is_named_where_it_stands(folder, tmp_path):
    """By the table of the database, and the row."""
    file = in_sqlite(folder, tmp_path / "cdm.db")
    connection = sqlite3.connect(file)
    connection.execute("UPDATE visit_occurrence SET visit_start_date = 'soon' WHERE rowid = 3")
    connection.commit()
    connection.close()
    with pytest.raises(DataError, match=r"visit_occurrence.*row"):
        iop.load(file, mapping=omop.MAPPING)


def test_redcap_from_a_frame(tmp_path):
    """As pandas reads the raw export, in which codes beside blanks are 1.0."""
    export = redcap.write(tmp_path)
    file = next(export.glob("*.csv")) if export.is_dir() else export
    frame = pd.read_csv(file)
    assert any(kind == "float64" for kind in frame.dtypes.map(str))
    assert rows_of(frame, redcap.MAPPING) == rows_of(export, redcap.MAPPING)


def test_teds_from_a_frame(tmp_path):
    """The codes of one year."""
    frame = teds.draw("2019", 40)
    mapping = {"data": {"layout": "teds_d"}}
    with iop.load(frame, mapping=mapping) as here, iop.load(teds.write(frame, tmp_path / "tedsd_puf_2019.csv"), mapping=mapping) as there:
        rows = [each.engine.connection.duckdb.execute("SELECT * FROM episodes ORDER BY ALL").fetchall() for each in (here, there)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 40


def fhir_frames(form):
    """Each type of resource as a frame: a column of whole resources, as text or nested, or a column for each member."""
    kinds = {}
    for name, some in fhir.resources().items():
        kinds.setdefault(name.split(".")[0], []).extend(some)
    if form == "members":
        return {kind: pd.DataFrame(some) for kind, some in kinds.items()}
    if form == "members in Arrow":
        return {kind: pa.Table.from_pandas(pd.DataFrame(some)) for kind, some in kinds.items()}
    if form == "members in polars":
        return {kind: pl.DataFrame(some, infer_schema_length=None) for kind, some in kinds.items()}
    if form == "nested":
        return {kind: pd.DataFrame({"resource": some}) for kind, some in kinds.items()}
    texts = {kind: [json.dumps(one, indent=2 if form == "indented" else None) for one in some] for kind, some in kinds.items()}
    make = {"text in polars": pl.DataFrame, "text in Arrow": pa.table}.get(form, pd.DataFrame)
    return {kind: make({"resource": some}) for kind, some in texts.items()}


@pytest.mark.parametrize(
    "form",
    ["text", "indented", "nested", "members", "members in Arrow", "members in polars", "text in polars", "text in Arrow"],
)
def test_fhir_from_frames(form, tmp_path):
    """The same tables as from the files of a bulk export."""
    assert rows_of(fhir_frames(form), fhir.MAPPING) == rows_of(fhir.write(tmp_path / "fhir"), fhir.MAPPING)


def nested(depth):
    """A list in a list, so deep."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ({"id": object()}, "not_json"),
        ({"id": "a", "type": nested(100_000)}, "nested_too_deeply"),
        ({"resource": "Zq7 secret {"}, "not_json"),
        ({"resource": 3}, "not_json"),
        ({"resource": None}, "not_json"),
        ({"id": None}, "no_id"),
    ],
)
def test_rows_that_are_no_resource(cell, rule):
    """Refused by name, row and remedy; nothing of them is repeated."""
    frames = fhir_frames("text")
    frames["Patient"] = pd.DataFrame({name: [value] for name, value in cell.items()})
    with pytest.raises(DataError) as caught:
        iop.load(frames, mapping=fhir.MAPPING)
    assert [finding.rule for finding in caught.value.findings] == [rule]
    assert "Patient" in str(caught.value) and "Zq7" not in str(caught.value)


@pytest.mark.parametrize("name", ["encounter", "events"])
def test_a_layout_of_one_file_from_frames(name, tmp_path):
    """The Tuva Project's encounters beside a program's own episodes, by the name of the table that they become."""
    folder = tmp_path / "tuva"
    folder.mkdir()
    tuva.write_episodes(folder)
    rows = tuva.encounters()
    tuva.write_csv(folder / "encounter.csv", tuva.ENCOUNTER, rows)
    episodes, visits = (pd.read_csv(folder / f"{each}.csv", dtype=str) for each in ("episodes", "encounter"))
    mapping = {**tuva.MAPPING, "data": {**tuva.MAPPING["data"], "layout": "tuva_encounters"}}
    if name == "encounter":
        with pytest.raises(UsageError, match='"encounter"'):
            iop.load({"episodes": episodes, name: visits}, mapping=mapping)
        return
    frames = {"episodes": episodes, name: visits}
    with iop.load(frames, mapping=mapping) as here, iop.load(folder, mapping=mapping) as there:
        both = [
            each.engine.connection.send("SELECT episode_id, event, day, planned FROM events ORDER BY ALL").fetchall()
            for each in (here, there)
        ]
    assert both[0] == both[1] and both[0]


def test_frames_that_no_layout_has(folder):
    """Each is refused with what is allowed."""
    frame = pd.DataFrame({"id": ["1"]})
    with pytest.raises(UsageError, match='no table of layout fhir is called "Episode"'):
        iop.load({"Episode": frame}, mapping={"data": {"class": "synthetic", "layout": "fhir"}})
    with pytest.raises(UsageError, match='no table of layout omop is called "visits"'):
        iop.load({"visits": frame}, mapping=omop.MAPPING)
    with pytest.raises(UsageError, match="visit_occurrence is no data frame"):
        iop.load({"visit_occurrence": [1, 2]}, mapping=omop.MAPPING)
    assert set(LAYOUTS) == {"omop", "fhir", "redcap", "teds_d"}
