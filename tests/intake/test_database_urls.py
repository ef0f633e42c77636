"""One program in PostgreSQL: the identical tables as CSV. The server is Debian's, started here: no network, a socket in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
import tomllib
from datetime import date
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.errors import DataError
from iop_outcomes.intake.propose import propose
from tests.adapters import omop, prepared, program

SYNTHETIC = {"data": {"class": "synthetic"}}
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _server():
    """The folder of the server's programs; the tests are skipped, in words, where they cannot be run, and fail where they must be."""
    pytest.importorskip("adbc_driver_postgresql", reason="PostgreSQL is read by adbc-driver-postgresql, which the extra databases brings")
    stop = pytest.fail if os.environ.get("IOP_REQUIRE_POSTGRESQL") == "1" else pytest.skip
    folders = [Path(initdb).parent for initdb in sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    if not folders or shutil.which("setpriv") is None:
        stop("PostgreSQL is not installed as Debian installs it, or there is no setpriv to start it with")
    who = subprocess.run([*AS_POSTGRES, "true"], capture_output=True, check=False)
    if who.returncode:
        stop("the server runs as the user postgres, which only root can start")
    return folders[-1]


@pytest.fixture(scope="module")
def url():
    """A server with the 30-episode program in a schema of its own, for as long as the tests of this file run."""
    programs = _server()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a path of a socket may not be long
    shutil.chown(folder, "postgres", "postgres")
    run = {"check": True, "cwd": folder, "timeout": 600, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        subprocess.run([*AS_POSTGRES, programs / "initdb", "-D", folder / "data", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"], **run)
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run(
            [*AS_POSTGRES, programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"], **run
        )
        try:
            address = f"postgresql://postgres@/postgres?host={folder}"
            _fill(address)
            yield address
        finally:
            subprocess.run([*AS_POSTGRES, programs / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(address):
    import adbc_driver_postgresql.dbapi as driver

    with driver.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "mart 2"')
        for table, columns in prepared.typed().items():
            kinds = {name: "NUMERIC(9, 2)" if name == "score" else _kind(values) for name, values in columns.items()}
            cursor.execute(f'CREATE TABLE "mart 2".{table} ({", ".join(f"{name} {kind}" for name, kind in kinds.items())})')
            rows = ", ".join(f"({', '.join(map(_literal, row))})" for row in zip(*columns.values(), strict=True))
            cursor.execute(f'INSERT INTO "mart 2".{table} VALUES {rows}')
        cursor.execute("CREATE TABLE written (n INTEGER)")
        cursor.execute("CREATE FUNCTION write_one() RETURNS INTEGER AS 'INSERT INTO written VALUES (1) RETURNING n' LANGUAGE sql")


def _kind(values):
    first = next((value for value in values if value is not None), "")
    return "DATE" if isinstance(first, date) else "INTEGER" if isinstance(first, int) else "TEXT"


def _literal(value):
    return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"


def declared(monkeypatch, url, **tables):
    """A mapping that names the server by a variable."""
    monkeypatch.setenv("PROGRAM_URL", url)
    return {"databases": {"warehouse": {"url_env": "PROGRAM_URL"}}, "tables": tables}


def test_the_tables_are_identical(url, monkeypatch, tmp_path):
    """Every cell of episodes, scores and events is the one of the CSV; NUMERIC is the number that it is."""
    expected = prepared.csv_cells(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    given = {**program.MAPPING, **declared(monkeypatch, url, **{table: f"warehouse.mart 2.{table}" for table in prepared.typed()})}
    with iop.load(empty, mapping=given) as data:
        assert prepared.cells(data) == expected
        assert data.provenance.sources[0].name == "warehouse.mart 2.episodes"


def test_a_query_from_a_file(url, monkeypatch, tmp_path):
    """Decimals, moments with a zone and arrays are what they would be as text."""
    text = (
        "SELECT 'e' || n AS episode_id, 'mood' AS track, 'completed' AS discharge_reason, 15.00 AS phq9_admit, ARRAY[1, 2] AS listed, "
        "TIMESTAMP '2024-01-01 10:00' AS admit_date, TIMESTAMPTZ '2024-01-31 10:00+00' AS discharge_date FROM generate_series(1, 15) AS n"
    )
    (tmp_path / "q.sql").write_text(text, encoding="utf-8")
    with iop.load(tmp_path, mapping={**SYNTHETIC, **declared(monkeypatch, url, episodes="sql: q.sql")}) as data:
        assert {cell[0]: n for cell, n in data.count([Column("los_days")])} == {30: 15}
        assert {cell[0]: n for cell, n in data.count([Column("phq9_admit")])} == {15: 15}


def test_the_server_refuses_what_writes(url, monkeypatch, tmp_path):
    """A function that writes looks like one that reads; the transaction is read-only, and nothing is written."""
    import adbc_driver_postgresql.dbapi as driver

    (tmp_path / "q.sql").write_text("SELECT write_one() AS episode_id", encoding="utf-8")
    with pytest.raises(DataError, match=r"warehouse \(q\.sql\): query_failed"):
        iop.load(tmp_path, mapping={**SYNTHETIC, **declared(monkeypatch, url, episodes="sql: q.sql")})
    with driver.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM written")
        assert cursor.fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("table", "change"),
    [("warehouse.none", ""), ('warehouse.written"; DROP TABLE written; --', ""), ("warehouse.written", "nobody-Zq7secret")],
)
def test_what_the_server_says_is_not_repeated(table, change, url, monkeypatch, tmp_path):
    """A table that is not there, quotation marks in its name, a user that is not there: one line without the URL or a value."""
    address = url.replace("//postgres@", f"//{change}@") if change else url
    with pytest.raises(DataError, match="query_failed") as caught:
        iop.load(tmp_path, mapping={**SYNTHETIC, **declared(monkeypatch, address, episodes=table)})
    assert "Zq7secret" not in str(caught.value) and "host=" not in str(caught.value)


def test_a_table_without_rows(url, monkeypatch, tmp_path):
    """It is named."""
    with pytest.raises(DataError, match=r"warehouse\.written: no_rows"):
        iop.load(tmp_path, mapping={**SYNTHETIC, **declared(monkeypatch, url, episodes="warehouse.written")})


def test_omop_tables_of_a_schema(url, tmp_path, monkeypatch):
    """The tables of a CDM in PostgreSQL are those of its files."""
    import adbc_driver_postgresql.dbapi as driver

    folder = omop.write(tmp_path / "files")
    with driver.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA cdm")
        for file in folder.glob("*.csv"):
            header, *lines = file.read_text(encoding="utf-8").splitlines()
            names = header.split(",")
            cursor.execute(f"CREATE TABLE cdm.{file.stem} ({', '.join(f'{name} TEXT' for name in names)})")
            for line in lines:
                cells = ", ".join("NULL" if cell == "" else f"'{cell}'" for cell in line.split(","))
                cursor.execute(f"INSERT INTO cdm.{file.stem} VALUES ({cells})")
    monkeypatch.setenv("CDM_URL", url)
    databases = {"warehouse": {"url_env": "CDM_URL"}}
    mapping = {**omop.MAPPING, "databases": databases, "adapter": {**omop.MAPPING["adapter"], "database": "warehouse.cdm"}}
    with iop.load(tmp_path, mapping=mapping) as here, iop.load(folder, mapping=omop.MAPPING) as there:
        rows = [sorted(map(str, each.engine.connection.duckdb.execute("SELECT * FROM scores").fetchall())) for each in (here, there)]
    assert rows[0] == rows[1]
    assert rows[0]


def test_map_offers_the_tables_of_every_schema(url, tmp_path, monkeypatch):
    """Tables and views of the server, not those about itself; what is proposed is what was loaded above by hand."""
    import adbc_driver_postgresql.dbapi as driver

    with driver.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA mart")
        cursor.execute("CREATE VIEW mart.lookup AS SELECT 1 AS code, 'a' AS words")
    try:
        given = {**declared(monkeypatch, url), "data": program.MAPPING["data"]}
        empty = tmp_path / "empty"
        empty.mkdir()
        proposal = propose(empty, given=given)
        tables = {table: f"warehouse.mart 2.{table}" for table in ("episodes", "scores", "events")}
        assert tomllib.loads(proposal.text)["tables"] == tables
        assert "warehouse.mart.lookup" in proposal.text and "warehouse.public.written" in proposal.text
        assert not {"pg_catalog", "information_schema"} & set(proposal.text.replace(".", " ").split())
        with iop.load(empty, mapping={**program.MAPPING, **given, "tables": tables}) as data:
            assert prepared.cells(data) == prepared.csv_cells(tmp_path)
    finally:
        with driver.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA mart CASCADE")
