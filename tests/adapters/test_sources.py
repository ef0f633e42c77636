"""Tables of another layout as data frames and in databases: the same episodes, scores and events as from files."""

import sqlite3

import duckdb
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import LAYOUTS
from iop_outcomes.errors import DataError, UsageError
from tests.adapters import omop, program, redcap, teds


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
        rows = [each.engine.connection.duckdb.execute("SELECT * FROM episodes").fetchall() for each in (here, there)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 40


def test_frames_that_no_layout_has(folder):
    """Each is refused with what is allowed."""
    frame = pd.DataFrame({"id": ["1"]})
    with pytest.raises(UsageError, match='layout "fhir" is read from files'):
        iop.load(frame, mapping={"data": {"class": "synthetic", "layout": "fhir"}})
    with pytest.raises(UsageError, match='no table of layout omop is called "visits"'):
        iop.load({"visits": frame}, mapping=omop.MAPPING)
    with pytest.raises(UsageError, match="visit_occurrence is no data frame"):
        iop.load({"visit_occurrence": [1, 2]}, mapping=omop.MAPPING)
    assert set(LAYOUTS) == {"omop", "fhir", "redcap", "teds_d"}
