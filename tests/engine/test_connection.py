"""After loading the engine is closed to the outside, and its private folder goes away in every case."""

import hashlib
import tempfile
import threading

import duckdb
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.errors import DataError
from tests.intake import sites


@pytest.fixture
def private(tmp_path, monkeypatch):
    """Where private folders are made during a test."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _sources(tmp_path):
    data = sites.write(tmp_path / "data")
    head, *rows = sites.episodes()
    return {"files": data, "frame": pd.DataFrame(rows, columns=head)}


OUTSIDE = {
    "a file": "SELECT * FROM read_csv('{csv}')",
    "a file by its name": "SELECT * FROM '{csv}'",
    "text": "SELECT * FROM read_text('{csv}')",
    "a list of files": "SELECT * FROM glob('{folder}/*')",
    "writing": "COPY (SELECT 1) TO '{folder}/out.csv'",
    "another database": "ATTACH '{folder}/other.db'",
    "an extension": "INSTALL httpfs",
    "loading an extension": "LOAD httpfs",
    "the network": "SELECT * FROM read_csv('https://example.org/a.csv')",
    "external access": "SET enable_external_access = true",
    "allowed folders": "SET allowed_directories = ['/']",
    "allowed files": "SET allowed_paths = ['{csv}']",
    "frames of the caller": "SET python_enable_replacements = true",
    "the lock itself": "SET lock_configuration = false",
    "any setting": "SET threads = 1",
}


@pytest.mark.parametrize("source", ["files", "frame"])
def test_nothing_further_can_be_read_or_changed(tmp_path, source):
    """Files, folders, databases, extensions, the network and every setting: each statement is refused by the engine."""
    given = _sources(tmp_path)[source]
    places = {"csv": tmp_path / "data" / "episodes.csv", "folder": tmp_path}
    with iop.load(given, mapping={"data": {"class": "synthetic"}}) as data:
        for name, statement in OUTSIDE.items():
            with pytest.raises(duckdb.Error, match=r"disabled (by|through) configuration|configuration has been locked"):
                data.engine.connection.send(statement.format(**places))
                pytest.fail(name)
        assert data.count([Column("track")]).total == 24
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_frames_of_the_caller_are_out_of_reach():
    """A variable that happens to be called like a table is not read as one."""
    head, *rows = sites.episodes()
    secret_frame = pd.DataFrame(rows, columns=head)
    with iop.load(secret_frame, mapping={"data": {"class": "synthetic"}}) as data:
        with pytest.raises(duckdb.CatalogException):
            data.engine.connection.send("SELECT * FROM secret_frame")
        with pytest.raises(duckdb.CatalogException):
            data.engine.connection.send("SELECT * FROM incoming")


def test_the_private_folder_lives_as_long_as_the_data(tmp_path, private):
    """There while the data are open, gone when they are closed; closing twice is no fault."""
    data = iop.load(sites.write(tmp_path / "data"))
    assert len(list(private.iterdir())) == 1
    data.close()
    assert list(private.iterdir()) == []
    data.close()


def test_the_private_folder_goes_when_the_block_is_left_by_an_error(tmp_path, private):
    """Leaving the context by an exception closes as well."""
    with pytest.raises(ZeroDivisionError), iop.load(sites.write(tmp_path / "data")):
        raise ZeroDivisionError
    assert list(private.iterdir()) == []


FAILING = {
    "missing folder": lambda folder: folder / "nothing",
    "missing column": lambda folder: sites.write(folder, episodes=sites.without(sites.episodes(), "track")),
    "open quote": lambda folder: sites.write(folder, episodes=sites.text(sites.episodes()).replace("e03,", 'e03,"')),
    "bad row": lambda folder: sites.write(folder, episodes=sites.planted(sites.episodes(), 4, "phq9_admit", "99")),
    "identifier": lambda folder: sites.write(folder, episodes=sites.planted(sites.episodes(), 4, "track", "123-45-6789")),
    "bad mapping": lambda folder: sites.write(folder, mapping="[colums]\n"),
    "second table": lambda folder: sites.write(folder, scores="nothing known\n1\n"),
}


@pytest.mark.parametrize("name", FAILING)
def test_the_private_folder_goes_when_loading_fails(tmp_path, private, name):
    """Whatever stops the load, nothing of the data stays behind."""
    with pytest.raises(DataError):
        iop.load(FAILING[name](tmp_path / "data"))
    assert list(private.iterdir()) == []


def test_the_private_folder_goes_when_loading_is_interrupted(tmp_path, private, monkeypatch):
    """An interruption in the middle of the checks closes the store too."""
    from iop_outcomes.intake.store import Store

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "faults", stop)
    with pytest.raises(KeyboardInterrupt):
        iop.load(sites.write(tmp_path / "data"))
    assert list(private.iterdir()) == []


def test_the_source_may_go_after_loading(tmp_path):
    """A CSV is read once: what becomes of the file later changes no number."""
    folder = sites.write(tmp_path / "data")
    with iop.load(folder) as data:
        for path in folder.iterdir():
            path.unlink()
        assert data.count([Column("track"), Column("los_days")]).total == 24
        assert iop.completion(data).to_frame().n.max() > 0


@pytest.mark.parametrize("name", ["episodes[1].csv", "episo*.csv", "episodes?.csv", "episodes[1].parquet"])
def test_paths_that_are_patterns_are_refused(tmp_path, name):
    """A path with * ? [ would open other files than the one that is named."""
    sites.write(tmp_path)
    path = tmp_path / name
    path.write_bytes((tmp_path / "episodes.csv").read_bytes())
    with pytest.raises(DataError, match="glob_in_path"):
        iop.load(path)


def test_names_that_are_not_ascii(tmp_path):
    """Folders and columns in any script are read."""
    rows = sites.episodes()
    rows[0][1] = "Spur – Ωμέγα"
    folder = sites.write(tmp_path / "Ärzte œuvre", episodes=rows, mapping=sites.SYNTHETIC + '[columns.episodes]\ntrack = "Spur – Ωμέγα"\n')
    with iop.load(folder) as data:
        assert data.count([Column("track")]).levels("track") == ("mood", "trauma")


@pytest.mark.parametrize("name", ['a"; drop table raw_episodes; --', "a' or 1=1", "select", "x__text", "row", "__proto__"])
def test_names_of_columns_are_never_statements(tmp_path, name):
    """Hostile names of columns, whether they are read or dropped, change nothing."""
    rows = sites.episodes()
    rows[0][1] = name
    mapping = {"data": {"class": "synthetic"}, "columns": {"episodes": {"track": name}}}
    with iop.load(sites.write(tmp_path / "read", episodes=rows, mapping=None), mapping=mapping) as data:
        assert data.count([Column("track")]).levels("track") == ("mood", "trauma")
    rows = [[*row, name if i == 0 else "x"] for i, row in enumerate(sites.episodes())]
    with iop.load(sites.write(tmp_path / "dropped", episodes=rows)) as data:
        assert data.episodes == 24 and name not in data.facts.columns


def test_hostile_words_of_a_mapping_are_words(tmp_path):
    """Codes and words with quotation marks are compared, not run."""
    rows = sites.planted(sites.episodes(), 2, "track", "x'; drop table episodes; --")
    mapping = {
        "data": {"class": "synthetic"},
        "codes": {"track": {"x'; drop table episodes; --": "o'brien"}},
        "planned_days": {"rule": "by_column", "column": "track", "days": {"o'brien": 7}},
        "missing": {"all": ["'"]},
    }
    with iop.load(sites.write(tmp_path, episodes=rows, mapping=None), mapping=mapping) as data:
        cells = dict(data.count([Column("track"), Column("planned_days")]))
    assert cells["o'brien", 7] == 1


def test_two_loads_at_once_do_not_meet(tmp_path):
    """Data sets loaded in two threads stay apart."""
    folders = [sites.write(tmp_path / str(i), episodes=sites.episodes()[: 10 + i], scores=None, events=None) for i in range(4)]
    counted = {}

    def load(place):
        with iop.load(folders[place]) as data:
            counted[place] = data.count([Column("track")]).total

    threads = [threading.Thread(target=load, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted == {place: 9 + place for place in range(4)}


def test_the_inputs_are_told_by_their_fingerprints(tmp_path):
    """SHA-256 of each file's bytes and its rows, its name without the folder."""
    folder = sites.write(tmp_path)
    with iop.load(folder) as data:
        for source in data.provenance.sources:
            path = folder / source.name
            assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
            assert source.rows == path.read_text().count("\n") - 1


# -- spilling, and names that mean something to the engine -----------------------------------------------------------------

SPILLING = 100_000  # episodes; sorted eight times over they need several times the memory given
SORTED = (
    "SELECT max(place * (hash(id) % 1000)), count(*) FROM (SELECT episode_id || r AS id, "
    "row_number() OVER (ORDER BY hash(patient_id || r), episode_id, r) AS place FROM episodes, range(8) AS copies(r)) AS placed"
)


def _limited(monkeypatch, **settings):
    """Engines with a memory limit, and perhaps without a place to spill."""
    from iop_outcomes.intake import loading
    from iop_outcomes.intake.store import Store

    class Limited(Store):
        def __init__(self):
            super().__init__(threads=1, memory_limit="96MB")
            for name, value in settings.items():
                self.connection.send(f"SET {name} = '{value}'")

    monkeypatch.setattr(loading, "Store", Limited)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder with many episodes."""
    rows = "".join(f"episode-number-{i:07},mood,completed,{i % 900},patient-number-{i // 2:07}\n" for i in range(SPILLING))
    head = "episode_id,track,discharge_reason,los_days,patient_id\n"
    return sites.write(tmp_path_factory.mktemp("many"), episodes=head + rows, scores=None, events=None)


def test_the_locked_engine_spills_into_its_private_folder(many, private, monkeypatch):
    """With too little memory the answer is the same as with enough; where spilling is forbidden there is none, so that it did spill."""
    with iop.load(many) as data:
        expected = data.engine.connection.send(SORTED).fetchall()
    _limited(monkeypatch)
    with iop.load(many) as data:
        assert data.engine.connection.send("SELECT current_setting('temp_directory')").fetchone()[0].startswith(str(private))
        with pytest.raises(duckdb.Error, match="locked"):
            data.engine.connection.send("SET memory_limit = '8GB'")
        assert data.engine.connection.send(SORTED).fetchall() == expected
        assert data.facts.repeated == SPILLING // 2
    assert list(private.iterdir()) == []
    _limited(monkeypatch, max_temp_directory_size="0KB")
    with iop.load(many) as data, pytest.raises(duckdb.OutOfMemoryException):
        data.engine.connection.send(SORTED)


def test_too_little_room_to_load_is_said_as_such(many, private, monkeypatch, capsys):
    """Not a fault of the file, and no traceback: rows that do not fit into memory go to the disk, and the words name its room."""
    from iop_outcomes.cli import run

    _limited(monkeypatch, max_temp_directory_size="0KB", memory_limit="20MB")
    assert run(["summary", str(many)]) == 4
    assert "no room left for temporary files" in capsys.readouterr().err
    assert list(private.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_folder_that_looks_like_a_column_gives_none(tmp_path, kind):
    """What stands in the name of a folder, such as track=other, is no content of the file."""
    folder = sites.write(tmp_path / "track=other" / "site=north", scores=None, events=None)
    if kind == "parquet":
        source = folder / "episodes.csv"
        duckdb.execute(f"COPY (SELECT * FROM read_csv('{source}', hive_partitioning = false)) TO '{folder}/episodes.parquet'")
        source.unlink()
    with iop.load(folder) as data:
        assert data.count([Column("track")]).levels("track") == ("mood", "trauma")
        assert "site" not in data.facts.columns


@pytest.mark.parametrize(
    "name", ["episodes.csv.gz", "episodes.csv.zst", "~episodes.csv", "-", "a b.csv", "a'b.csv", "a;b.csv", "{a,b}.csv"]
)
def test_names_say_nothing_of_the_content(tmp_path, monkeypatch, name):
    """A plain text is read as one whatever its name: no unpacking by the ending, no home folder, no standard input, no statement."""
    folder = sites.write(tmp_path / "data", scores=None, events=None)
    (folder / "episodes.csv").rename(folder / name)
    monkeypatch.chdir(folder)
    with iop.load(name) as data:
        assert data.episodes == 24
