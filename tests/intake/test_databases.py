"""One program in DuckDB, SQLite and through SQLAlchemy: the identical tables as CSV; nothing is written, installed or shown that is nobody's business."""

import builtins
import sqlite3
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_DONE, EXIT_PARTIAL, EXIT_USAGE, DataError
from iop_outcomes.intake import database_files
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.propose import MOST_TABLES, Folder, propose
from iop_outcomes.intake.start import Interview
from tests.adapters import prepared, program
from tests.intake import sites

SYNTHETIC = {"data": {"class": "synthetic"}}
SECRET = "Zq7secret"


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The program as CSV."""
    return prepared.csv_cells(tmp_path_factory.mktemp("csv"))


def in_duckdb(path, *, typed=True, schema="main", rename=None):
    """The 30-episode program as tables of a file of DuckDB."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for table, columns in prepared.typed().items():
            kinds = {name: _kind(values) if typed else "VARCHAR" for name, values in columns.items()}
            name = (rename or {}).get(table, table)
            connection.execute(f'CREATE TABLE "{schema}"."{name}" ({", ".join(f"{column} {kind}" for column, kind in kinds.items())})')
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f'INSERT INTO "{schema}"."{name}" VALUES ({marks})', list(map(list, zip(*columns.values(), strict=True)))
            )
    return path


def in_sqlite(path, *, typed=True, wal=False):
    """The same as tables of a file of SQLite."""
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
    for table, columns in prepared.typed().items():
        kinds = [("INTEGER" if typed and _kind(values) == "INTEGER" else "TEXT") for values in columns.values()]
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in zip(columns, kinds, strict=True))})")
        rows = [[value.isoformat() if isinstance(value, date) else value for value in row] for row in zip(*columns.values(), strict=True)]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
    connection.commit()
    connection.close()
    return path


def _kind(values):
    first = next((value for value in values if value is not None), "")
    return "DATE" if isinstance(first, date) else "INTEGER" if isinstance(first, int) else "VARCHAR"


def of(**tables):
    """The mapping of the program, with the lines of [tables]."""
    return {**program.MAPPING, "tables": tables}


def cells_of(source, mapping):
    """Every cell of a source with another mapping than that of the program."""
    with iop.load(source, mapping=mapping) as data:
        return prepared.cells(data)


def site(path, rows=None):
    """Sites' 24 episodes as a table called admissions, and a view of it."""
    rows = rows or sites.episodes()
    names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
    connection = sqlite3.connect(path) if path.suffix == ".sqlite" else duckdb.connect(str(path))
    connection.execute(f"CREATE TABLE admissions ({', '.join(f'{name} VARCHAR' for name in rows[0])})")
    connection.executemany(f"INSERT INTO admissions ({names}) VALUES ({marks})", rows[1:])
    connection.execute("CREATE VIEW seen AS SELECT * FROM admissions")
    connection.commit()
    connection.close()
    return path


# -- the same program --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [in_duckdb, in_sqlite])
@pytest.mark.parametrize("typed", [True, False])
def test_a_folder_with_a_database_loads_to_the_identical_tables(make, typed, expected, tmp_path):
    """Tables called like ours, typed or as text; the file itself may be given, and is not touched by a byte."""
    path = make(tmp_path / "program.db", typed=typed)
    before = path.read_bytes()
    assert prepared.cells_of(tmp_path) == expected
    assert prepared.cells_of(path) == expected
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["program.db"]


def test_what_sqlite_keeps_beside_the_file_is_read_and_left_alone(expected, tmp_path):
    """A file that keeps its last rows beside it, closed or open in another program."""
    path = in_sqlite(tmp_path / "program.sqlite", wal=True)
    assert prepared.cells_of(path) == expected
    assert [each.name for each in tmp_path.iterdir()] == ["program.sqlite"]
    open_elsewhere = sqlite3.connect(path)
    open_elsewhere.execute("DELETE FROM episodes WHERE episode_id = '1001'")
    open_elsewhere.execute("DELETE FROM scores WHERE episode_id = '1001'")
    open_elsewhere.execute("DELETE FROM events WHERE episode_id = '1001'")
    open_elsewhere.commit()
    with iop.load(path, mapping=program.MAPPING, on_error="exclude") as data:
        assert data.episodes == 29
    open_elsewhere.close()


def test_a_schema_and_other_names(expected, tmp_path):
    """`[databases]` names a file, `[tables]` its schema and tables; a name behind # does the same."""
    names = {"episodes": "Adm 2024", "scores": "surveys", "events": "after"}
    in_duckdb(tmp_path / "program.duckdb", schema="mart", rename=names)
    lines = {table: f"warehouse.mart.{name}" for table, name in names.items()}
    declared = {"databases": {"warehouse": {"file": "program.duckdb"}}}
    for given in ({**of(**lines), **declared}, of(**{table: f"program.duckdb#mart.{name}" for table, name in names.items()})):
        assert cells_of(tmp_path, given) == expected


@pytest.mark.parametrize("make", [in_duckdb, in_sqlite])
def test_queries_in_files_of_their_own(make, expected, tmp_path):
    """`sql: path` is sent to the only database, `name sql: path` to the one that is named."""
    make(tmp_path / "program.db")
    for table in ("episodes", "scores", "events"):
        text = f"-- what the program has; all of it\nSELECT * FROM {table} WHERE episode_id <> 'it''s; DROP TABLE x' /* note */;\n"
        (tmp_path / f"{table}.sql").write_text(text, encoding="utf-8")
    tables = {"episodes": "sql: episodes.sql", "scores": "here sql: scores.sql", "events": "sql:events.sql"}
    assert cells_of(tmp_path, {**of(**tables), "databases": {"here": {"file": "program.db"}}}) == expected


@pytest.mark.parametrize("scheme", ["sqlite:///", "duckdb:///", "sqlite+pysqlite:///"])
def test_a_url_from_the_environment(scheme, expected, tmp_path, monkeypatch):
    """The variable holds the URL; the third goes through a cursor of SQLAlchemy."""
    if "+" in scheme:
        pytest.importorskip("sqlalchemy", reason="other databases are read by SQLAlchemy, which the extra databases brings")
    path = (in_duckdb if scheme.startswith("duckdb") else in_sqlite)(tmp_path / "program.db")
    monkeypatch.setenv("PROGRAM_URL", f"{scheme}{path}")
    given = {**of(**{table: f"x.main.{table}" for table in prepared.typed()}), "databases": {"x": {"url_env": "PROGRAM_URL"}}}
    assert cells_of(tmp_path, given) == expected


def test_types_are_those_of_the_cells(tmp_path):
    """Decimals, huge numbers, moments, UUIDs and lists of DuckDB are what they would be as text."""
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE episodes AS SELECT uuid() AS episode_id, 'mood'::ENUM('mood') AS track, 'completed' AS discharge_reason, "
            "CAST(20 AS HUGEINT) AS planned_days, CAST(15 AS DECIMAL(9, 2)) AS phq9_admit, TIMESTAMP '2024-01-01 10:00:00' AS admit_date, "
            "DATE '2024-01-31' AS discharge_date, [1, 2] AS listed FROM range(15)"
        )
    with iop.load(tmp_path, mapping=SYNTHETIC) as data:
        row = data.engine.connection.duckdb.execute("SELECT DISTINCT track, planned_days, phq9_admit, los_days FROM episodes").fetchall()
    assert row == [("mood", 20, 15, 30)]


def test_types_of_sqlite(tmp_path):
    """A column may hold anything: 15.0 is 15, text keeps its zeros, bytes are an error of their row."""
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute("CREATE TABLE episodes (episode_id, track, discharge_reason, los_days)")
    rows = [("007", "mood", "completed", 15.0), (7, "mood", "completed", "15"), ("8", "", "completed", 15), ("9", None, "completed", 15)]
    connection.executemany("INSERT INTO episodes VALUES (?, ?, ?, ?)", [*rows, ("10", b"\xff\x00", "completed", 15)])
    connection.execute("INSERT INTO episodes SELECT '11', CAST(x'ff41' AS TEXT), 'completed', 15")
    connection.commit()
    connection.close()
    with pytest.raises(DataError, match=r"a\.sqlite#episodes:5: track: control_character: .+ \(rows 5, 6\)"):
        iop.load(tmp_path, mapping=SYNTHETIC)
    with iop.load(tmp_path, mapping=SYNTHETIC, on_error="exclude") as data:
        assert sorted(cell[0] for cell, _ in data.count([Column("episode_id")])) == ["007", "7", "8", "9"]
        assert {cell[0]: n for cell, n in data.count([Column("los_days")])} == {15: 4}


def test_a_finding_names_database_table_and_row(tmp_path):
    """Rows are counted from 1; a value is not shown."""
    site(tmp_path / "a.sqlite", sites.planted(sites.episodes(), 4, "discharge_reason", SECRET))
    with pytest.raises(DataError, match=r"x\.admissions:4: discharge_reason: unknown_code") as caught:
        iop.load(tmp_path, mapping={**SYNTHETIC, "databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "x.admissions"}})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["a.duckdb", "a.sqlite"])
def test_map_and_check_of_other_names(name, tmp_path):
    """Where no table is called episodes, the message names the tables and the line to write; the line works."""
    site(tmp_path / name)
    with pytest.raises(DataError) as caught:
        iop.load(tmp_path, mapping=SYNTHETIC)
    shown = str(caught.value)
    assert "which_table" in shown and f'[tables] episodes = "{name}#<table>"' in shown and "The tables are: admissions" in shown
    with iop.load(tmp_path, mapping={**SYNTHETIC, "tables": {"episodes": f"{name}#admissions"}}) as data:
        assert data.episodes == 24


def test_map_proposes_the_tables_of_a_database(tmp_path):
    """Each table is one that it may be; the line that it writes is read."""
    rows = [["Enc ID", *sites.episodes()[0][1:]], *sites.episodes()[1:]]
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute(f"CREATE TABLE admissions ({', '.join(chr(34) + name + chr(34) for name in rows[0])})")
    connection.executemany(f"INSERT INTO admissions VALUES ({', '.join('?' * len(rows[0]))})", rows[1:])
    connection.execute("CREATE TABLE lookup (code, words)")
    connection.execute("INSERT INTO lookup VALUES (1, 'a')")
    connection.commit()
    connection.close()
    text = propose(tmp_path).text
    assert 'episodes = "a.sqlite#admissions"' in text and "files that are not read: a.sqlite#lookup" in text
    done = "\n".join(line.removeprefix("# to finish: ") for line in text.splitlines())
    (tmp_path / "mapping.toml").write_text(done, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.episodes == 24


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_map_and_start_offer_the_tables_of_a_database_by_its_url(scheme, tmp_path, monkeypatch):
    """Two lines of a mapping name it; its tables are offered beside the files of the folder, and what is proposed loads."""
    folder = tmp_path / "here"
    folder.mkdir()
    site(tmp_path / f"there.{scheme}")
    monkeypatch.setenv("WAREHOUSE_URL", f"{scheme}:///{tmp_path}/there.{scheme}")
    (folder / "scores.csv").write_text(sites.text(sites.scores()), encoding="utf-8")
    given = {"databases": {"warehouse": {"url_env": "WAREHOUSE_URL"}}}
    proposal = propose(folder, given=given)
    assert tomllib.loads(proposal.text)["tables"] == {"episodes": "warehouse.admissions"} and not proposal.open
    assert str(tmp_path) not in proposal.text and "WAREHOUSE_URL" in proposal.short
    (folder / "mapping.toml").write_text(proposal.short, encoding="utf-8")
    with iop.load(folder) as data:
        assert data.episodes == 24 and data.engine.connection.send("SELECT count(*) FROM scores").fetchall()[0][0] == 48
    with Folder(folder) as files:
        interview = Interview(files, given)
        assert 'episodes are "warehouse.admissions"' in interview.next.question.words
        interview.put(interview.next, "no")
        assert "warehouse.admissions" in interview.next.question.allowed


def test_rows_of_tables_that_are_not_chosen_stay_in_the_database(tmp_path, monkeypatch):
    """Of a server only the names of tables and columns are asked for, until it is known which table is which."""
    tables = {("mart", "admissions"): sites.episodes()[0], ("mart", "lookup"): ["code", "words"], ("mart", "Roe, Jane 555-123-4567"): ["a"]}
    opened = []

    def open_one(scratch, raw, location, _mapping):
        opened.append(location.name)
        scratch.raw.add_select(raw, "SELECT * FROM read_csv(?, all_varchar = true)", [str(tmp_path / "rows.csv")])

    (tmp_path / "rows.csv").write_text(sites.text(sites.episodes()), encoding="utf-8")
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr("iop_outcomes.intake.propose.columns_in", lambda *_: tables)
    monkeypatch.setattr("iop_outcomes.intake.proposal_files.open_location", open_one)
    text = propose(tmp_path / "empty", given={"databases": {"w": {"url_env": "X"}}}).text
    assert opened == ["w.mart.admissions"]
    assert 'episodes = "w.mart.admissions"' in text and "files that are not read: w.mart.lookup" in text and "Roe" not in text


@pytest.mark.parametrize("case", ["no list", "too many", "no variable"])
def test_a_database_whose_tables_cannot_be_offered(case, tmp_path, monkeypatch):
    """It is said, with what to write; a variable that is not set is an error with its name."""
    (tmp_path / "episodes.csv").write_text(sites.text(sites.episodes()), encoding="utf-8")
    given = {"databases": {"w": {"url_env": "NOT_SET_ANYWHERE"}}}
    if case == "no variable":
        with pytest.raises(DataError, match="no_database_url: the variable NOT_SET_ANYWHERE of the environment is not set"):
            propose(tmp_path, given=given)
        return

    def none(*_):
        fatal("query_failed", "w", "the database did not carry out the query", "Try it.")

    many = {("s", f"t{i}"): ["a"] for i in range(MOST_TABLES + 1)}
    monkeypatch.setattr("iop_outcomes.intake.propose.columns_in", none if case == "no list" else lambda *_: many)
    text = propose(tmp_path, given=given).text
    assert ("w (it does not list its tables: name them under [tables])" if case == "no list" else "w (more than 500 tables") in text


def test_the_command_line_reads_a_database(tmp_path, capsys):
    """`check` on a folder with a mapping that names one."""
    site(tmp_path / "a.sqlite")
    text = '[data]\nclass = "synthetic"\n[databases.x]\nfile = "a.sqlite"\n[tables]\nepisodes = "x.admissions"\n'
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    assert run(["check", str(tmp_path)]) == EXIT_DONE
    assert "24 in = 24 used" in capsys.readouterr().out


# -- nothing is installed, written or reached ----------------------------------------------------------------------------


def test_no_extension_is_installed_or_loaded(tmp_path, monkeypatch):
    """With a home of its own that is watched, and a query that would load one: refused, and the home stays empty."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    data = tmp_path / "data"
    data.mkdir()
    site(data / "a.duckdb")
    for text in ("SELECT * FROM read_csv('https://example.org/a.csv')", "SELECT * FROM sqlite_scan('a', 'b')", "SELECT ST_Point(1, 2)"):
        (data / "q.sql").write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="query_failed"):
            iop.load(data, mapping={**SYNTHETIC, "databases": {"x": {"file": "a.duckdb"}}, "tables": {"episodes": "sql: q.sql"}})
    with database_files.open_duckdb(data / "a.duckdb", ()) as connection:
        for statement in (
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET autoload_known_extensions = true",
            "ATTACH 'b.duckdb'",
            "DELETE FROM admissions",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert list(home.rglob("*")) == []


def test_the_staging_connection_loads_none_either(tmp_path):
    """What a program is staged in neither installs nor loads an extension by itself."""
    with iop.load(sites.write(tmp_path / "data"), mapping=SYNTHETIC) as data:
        settings = "SELECT name, value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions', 'autoload_known_extensions')"
        assert dict(data.engine.connection.duckdb.execute(settings).fetchall()) == {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }


@pytest.mark.parametrize("name", ["a.duckdb", "a.sqlite"])
def test_files_of_the_machine_cannot_be_read_through_a_database(name, tmp_path):
    """A view or a query that names another file is refused."""
    site(tmp_path / name)
    (tmp_path / "other.csv").write_text(f"a\n{SECRET}\n")
    (tmp_path / "q.sql").write_text(f"SELECT * FROM read_csv('{tmp_path}/other.csv')", encoding="utf-8")
    given = {**SYNTHETIC, "databases": {"x": {"file": name}}}
    with pytest.raises(DataError) as caught:
        iop.load(tmp_path, mapping={**given, "tables": {"episodes": "sql: q.sql"}})
    assert SECRET not in str(caught.value) and "query_failed" in str(caught.value)
    with pytest.raises(DataError, match=r"no_such_table: .+a view is read by a query\. Its tables: admissions"):
        iop.load(tmp_path, mapping={**given, "tables": {"episodes": "x.seen"}})
    (tmp_path / "q.sql").write_text("SELECT * FROM seen", encoding="utf-8")
    with iop.load(tmp_path, mapping={**given, "tables": {"episodes": "sql: q.sql"}}) as data:
        assert data.episodes == 24


# -- queries -------------------------------------------------------------------------------------------------------------

WRITES = [
    "DROP TABLE admissions",
    "DELETE FROM admissions",
    "SELECT 1; DELETE FROM admissions",
    "SELECT 1;; DELETE FROM admissions",
    "WITH gone AS (DELETE FROM admissions RETURNING *) SELECT * FROM gone",
    "SELECT * INTO copied FROM admissions",
    "SELECT * FROM admissions FOR UPDATE",
    "INSERT INTO admissions SELECT * FROM admissions",
    "/* SELECT */ UPDATE admissions SET track = 'x'",
    "-- SELECT\nTRUNCATE admissions",
    "ATTACH 'other.db' AS other",
    "PRAGMA writable_schema = 1",
    "COPY admissions TO 'out.csv'",
    "CALL something()",
    "EXPLAIN ANALYZE DELETE FROM admissions",
    "SELECT /*! 1; DROP TABLE admissions */",
    "SELECT 'a\\'; DROP TABLE admissions; --'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT load_extension('evil.so')",
    "SELECT set_config('default_transaction_read_only', 'off', false)",
    "VACUUM",
    "",
    "-- nothing",
    "SELECT 'open",
    'SELECT "open',
    "SELECT /* open",
    "SELECT $$open",
]


@pytest.mark.parametrize("text", WRITES)
def test_statements_that_write_are_refused_before_they_are_sent(text, tmp_path, monkeypatch):
    """No database is opened, and the text of the query is not shown."""
    site(tmp_path / "a.sqlite")
    (tmp_path / "q.sql").write_text(text, encoding="utf-8")
    monkeypatch.setattr(database_files, "open_sqlite", lambda *_: pytest.fail("opened"))
    if text == "SELECT $$open":
        monkeypatch.undo()  # no statement of SQLite, which says so
    with pytest.raises(DataError, match=r"q\.sql\)?: (query_writes|not_a_query|query_failed)|query_failed"):
        iop.load(tmp_path, mapping={**SYNTHETIC, "databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "sql: q.sql"}})


# -- hostile files and mappings --------------------------------------------------------------------------------------------


def _garbled(path):
    site(path.with_suffix(".sqlite")).rename(path)
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xa5" * (len(content) - 100))


def _half(path):
    path.write_bytes(path.read_bytes()[:9_000])


HOSTILE = {
    "random bytes": (lambda path: path.write_bytes(bytes(range(256)) * 50), "not_database"),
    "nothing": (lambda path: path.write_bytes(b""), "not_database"),
    "a text": (lambda path: path.write_text("episode_id,track\n"), "not_database"),
    "the first bytes of SQLite alone": (
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(100)),
        "not_database|query_failed|which_table",
    ),
    "the first bytes of DuckDB alone": (lambda path: path.write_bytes(bytes(8) + b"DUCK" + bytes(5000)), "not_database"),
    "a file that is garbled": (_garbled, "not_database|query_failed"),
    "half a file of DuckDB": (lambda path: _half(site(path.with_suffix(".duckdb")).rename(path)), "not_database|query_failed"),
    "no tables": (lambda path: sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.commit(), "which_table"),
    "a table without rows": (
        lambda path: sqlite3.connect(path).execute("CREATE TABLE episodes (episode_id, track)").connection.commit(),
        "no_rows",
    ),
    "a table of a program of its own": (
        lambda path: sqlite3.connect(path).execute("CREATE VIRTUAL TABLE episodes USING fts5(a)").connection.commit(),
        "which_table",
    ),
    "a view called episodes": (
        lambda path: sqlite3.connect(path).execute("CREATE VIEW episodes AS SELECT 1").connection.commit(),
        "which_table",
    ),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_files(name, tmp_path, capsys):
    """Exit code 2, one clear line, and the file as it was."""
    make, says = HOSTILE[name]
    path = tmp_path / "data.db"
    make(path)
    before = path.read_bytes()
    assert run(["check", str(path)]) == EXIT_USAGE
    out = capsys.readouterr()
    shown = out.out + out.err
    assert any(word in shown for word in says.split("|")), shown
    assert "Traceback" not in shown and len(shown) < 1_500
    assert path.read_bytes() == before


MAPPINGS = {
    "a URL in the mapping": ({"databases": {"x": {"url": f"postgresql://a:{SECRET}@h/d"}}}, "url: a URL holds a password"),
    "neither": ({"databases": {"x": {}}}, "needs either file or url_env"),
    "both": ({"databases": {"x": {"file": "a", "url_env": "B"}}}, "needs either file or url_env"),
    "a variable that is none": ({"databases": {"x": {"url_env": f"postgresql://{SECRET}"}}}, "must be the name of a variable"),
    "a name with a dot": ({"databases": {"x.y": {"file": "a"}}}, "letters, digits and _"),
    "an unknown key": ({"databases": {"x": {"path": "a"}}}, "path"),
    "a variable that is not set": (
        {"databases": {"x": {"url_env": "NOT_SET_AT_ALL"}}, "tables": {"episodes": "x.a"}},
        "NOT_SET_AT_ALL of the environment is not set",
    ),
    "a variable without a URL": ({"databases": {"x": {"url_env": "WRONG_URL"}}, "tables": {"episodes": "x.a"}}, "does not hold a URL"),
    "a scheme that is unknown": (
        {"databases": {"x": {"url_env": "ODD_URL"}}, "tables": {"episodes": "x.a"}},
        "no_database_url|library_missing",
    ),
    "a server that is not there": (
        {"databases": {"x": {"url_env": "PG_URL"}}, "tables": {"episodes": "x.a"}},
        "query_failed|library_missing",
    ),
    "a database that is not declared": (
        {"databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "y sql: q.sql"}},
        'no database is called "y"',
    ),
    "a query without a database": ({"tables": {"episodes": "sql: q.sql"}}, "needs one database"),
    "a query that is not there": ({"databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "sql: none.sql"}}, "no_such_file"),
    "a query that is a folder": ({"databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "sql: ."}}, "not_a_file"),
    "a file that is not there": ({"databases": {"x": {"file": "none.sqlite"}}, "tables": {"episodes": "x.a"}}, "unreadable"),
    "a table that is not there": ({"databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "x.none"}}, "no_such_table"),
    "too many parts": ({"databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "x.a.b.c.d"}}, "no_such_table"),
    "quotation marks in a table": (
        {"databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": 'x.a"; DROP TABLE admissions; --'}},
        "no_such_table",
    ),
}


@pytest.mark.parametrize("name", list(MAPPINGS))
def test_mappings_that_are_refused(name, tmp_path, monkeypatch):
    """Names of variables and tables are shown; what a variable holds never is."""
    monkeypatch.setenv("WRONG_URL", SECRET)
    monkeypatch.setenv("ODD_URL", f"odd+driver://reader:{SECRET}@host/name")
    monkeypatch.setenv("PG_URL", f"postgresql://reader:{SECRET}@127.0.0.1:9/name?connect_timeout=1")
    site(tmp_path / "a.sqlite")
    (tmp_path / "q.sql").write_text("SELECT * FROM admissions", encoding="utf-8")
    given, says = MAPPINGS[name]
    with pytest.raises(DataError) as caught:
        iop.load(tmp_path, mapping={**SYNTHETIC, **given})
    shown = str(caught.value)
    assert any(word in shown for word in says.split("|")), shown
    assert SECRET not in shown


def test_two_columns_of_one_name(tmp_path):
    """Nobody could say which is meant."""
    site(tmp_path / "a.sqlite")
    (tmp_path / "q.sql").write_text("SELECT *, track AS Track FROM admissions", encoding="utf-8")
    with pytest.raises(DataError, match=r"x \(q\.sql\): duplicate_header"):
        iop.load(tmp_path, mapping={**SYNTHETIC, "databases": {"x": {"file": "a.sqlite"}}, "tables": {"episodes": "sql: q.sql"}})


@pytest.mark.parametrize(("library", "variable"), [("adbc_driver_postgresql", "postgresql://h/d"), ("sqlalchemy", "mysql://h/d")])
def test_without_the_library_the_message_says_what_to_install(library, variable, tmp_path, monkeypatch, capsys):
    """The extra is named; the exit code is 3."""
    real = builtins.__import__

    def imports(name, *arguments, **options):
        if name.split(".")[0] == library:
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setenv("X_URL", variable)
    text = '[databases.x]\nurl_env = "X_URL"\n[tables]\nepisodes = "x.a"\n'
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(builtins, "__import__", imports)
    assert run(["check", str(tmp_path)]) == EXIT_PARTIAL
    assert 'pip install "iop-outcomes[databases]"' in capsys.readouterr().out


def test_what_a_driver_raises_is_not_repeated(tmp_path, monkeypatch):
    """Not every driver keeps to the errors of its kind, and their words may hold the URL."""
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="other databases are read by SQLAlchemy, which the extra databases brings")

    class Engine:
        def connect(self):
            raise TypeError(f"reader:{SECRET}@host")

        def dispose(self):
            pass

    monkeypatch.setenv("X_URL", "odd://host/name")
    monkeypatch.setattr(sqlalchemy, "create_engine", lambda _: Engine())
    with pytest.raises(DataError, match=r"x\.a: query_failed") as caught:
        iop.load(tmp_path, mapping={"databases": {"x": {"url_env": "X_URL"}}, "tables": {"episodes": "x.a"}})
    assert SECRET not in str(caught.value)


def test_values_of_other_databases(tmp_path):
    """Decimals, moments and blanks from a cursor, written as they would be in a CSV."""
    from iop_outcomes.intake.cell_text import CellText

    row = [Decimal("12.50"), Decimal("1E+3"), datetime(2024, 3, 31, 9), None, memoryview(b"a"), True, float("nan"), Path("a")]
    assert CellText(".", "").row(row) == ["12.50", "1000", "2024-03-31", "", "\x1a", "1", "", "a"]
