"""Takes folders and mappings, gives where each table stands, or which of several was not said."""

import os
import sqlite3
from contextlib import closing

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from iop_outcomes.intake.locations import Location, file_called, find_mapping, find_tables, named_location
from iop_outcomes.intake.mapping import Mapping
from tests.intake import books


def folder_of(folder, *names):
    """A folder with files of these names; one that ends in / is a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).mkdir() if name.endswith("/") else (folder / name).write_text("x\n")
    return folder


def found(path, **mapping):
    """The name of the file of each table."""
    return {table: location.name for table, location in find_tables(path, Mapping(name="mapping", **mapping)).items()}


def test_files_called_like_tables(tmp_path):
    """Whatever their ending and the case of their names; anything else is nobody's business."""
    folder_of(tmp_path, "Episodes.CSV", "scores.parquet", "events.csv.gz", "notes.csv", "mapping.toml")
    assert found(tmp_path) == {"episodes": "Episodes.CSV", "scores": "scores.parquet", "events": "events.csv.gz"}


def test_the_file_itself(tmp_path):
    """Episodes, whatever it is called; contacts, where it is called so or the mapping says so."""
    folder_of(tmp_path, "export.csv", "contacts.csv", "scores.csv")
    assert found(tmp_path / "export.csv") == {"episodes": "export.csv"}
    assert found(tmp_path / "contacts.csv") == {"contacts": "contacts.csv"}


def test_paths_of_the_mapping_win(tmp_path):
    """Seen from its own folder; one that is not there is said."""
    folder_of(tmp_path, "data/episodes.csv", "data/scores.csv", "else/mine.csv")
    options = {"folder": tmp_path / "else", "tables": {"episodes": "mine.csv"}}
    assert found(tmp_path / "data", **options) == {"episodes": "mine.csv", "scores": "scores.csv"}
    with pytest.raises(DataError, match=r"gone.csv: no_such_file: \[tables\] events names a file that is not there"):
        found(tmp_path / "data", tables={"events": "gone.csv"})


def test_a_folder_of_parts(tmp_path):
    """Where it holds any; a file of that name goes first."""
    folder_of(tmp_path, "episodes/part-1.csv", "scores/read me.txt", "events/a.csv", "events.csv")
    assert found(tmp_path) == {"episodes": "episodes", "events": "events.csv"}
    assert file_called(tmp_path, "scores") is None


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), r"no_episodes_table: no table of episodes in this folder\. Name the file episodes.csv or episodes.parquet"),
        (("scores.csv",), r'no_episodes_table: .*as in episodes = "scores.csv"'),
        (("Visits.tsv",), r'as in episodes = "Visits.tsv"'),
        (("episodes.csv", "episodes.parquet"), "table_twice: episodes.csv and episodes.parquet both stand in the folder"),
        (("episodes.csv", "contacts.csv"), "episodes_twice: a table of episodes and a table of contacts are both there"),
    ],
)
def test_what_cannot_be_told(tmp_path, names, words):
    """With the line to write where one text alone is there."""
    with pytest.raises(DataError, match=words):
        found(folder_of(tmp_path, *names))


def test_contacts_that_the_mapping_speaks_of(tmp_path):
    """Nobody would build episodes from anything else."""
    with pytest.raises(DataError, match=r"no_contacts_table: mapping \[contacts\] speaks of contacts, and there is no table of them"):
        found(folder_of(tmp_path, "episodes.csv"), contacts=object())


def test_the_mapping_beside_the_data(tmp_path):
    """Of a folder and of a file in it."""
    folder_of(tmp_path, "a/mapping.toml", "a/episodes.csv", "b/episodes.csv")
    assert find_mapping(tmp_path / "a") == find_mapping(tmp_path / "a" / "episodes.csv") == tmp_path / "a" / "mapping.toml"
    assert find_mapping(tmp_path / "b") is find_mapping(tmp_path / "gone" / "x.csv") is None


@pytest.mark.parametrize("what", ["a folder", "a pipe", "a link to nothing"])
def test_what_is_called_mapping_and_is_no_file_is_refused(tmp_path, what):
    """It was passed over, and the data read as if nothing were declared of them."""
    (tmp_path / "episodes.csv").write_text("episode_id,track,discharge_reason,los_days\nE1,mood,completed,3\n")
    place = tmp_path / "mapping.toml"
    {"a folder": place.mkdir, "a pipe": lambda: os.mkfifo(place), "a link to nothing": lambda: place.symlink_to("gone")}[what]()
    with pytest.raises(DataError, match=r"mapping\.toml: mapping cannot be read"):
        iop.load(tmp_path)


def test_sheets_of_a_workbook(tmp_path):
    """Called like tables, or the only one; a workbook alone in a folder needs no name."""
    (tmp_path / "one").mkdir()
    sheets = {name: [["a"], [1]] for name in ("Episodes", "scores", "Other")}
    books.write(tmp_path / "one" / "book.xlsx", sheets)
    assert found(tmp_path / "one") == {"episodes": "book.xlsx#Episodes", "scores": "book.xlsx#scores"}
    named = {"episodes": "book.xlsx#Episodes", "events": "book.xlsx#Other"}
    assert found(tmp_path / "one", tables=named) == named
    with pytest.raises(DataError, match=r"no_such_sheet: .*The sheets are: Episodes, scores, Other"):
        found(tmp_path / "one", tables=named | {"events": "book.xlsx#Gone"})
    with pytest.raises(DataError, match="which_sheet: none of its sheets is called events"):
        found(tmp_path / "one", tables=named | {"events": "book.xlsx"})


def test_tables_of_a_database(tmp_path):
    """Called like ours in a file alone; by name, with their schema, or by a query in a file."""
    file = tmp_path / "data.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE Episodes (a); CREATE TABLE other (a)")
    assert found(file) == found(tmp_path) == {"episodes": "data.sqlite#Episodes"}
    (tmp_path / "visits.sql").write_text("SELECT a FROM other")
    mapping = Mapping(name="mapping", databases={"house": {"file": "data.sqlite"}})
    assert named_location(tmp_path, "events", "house.main.other", mapping).source.table == ("main", "other")
    for line in ("sql: visits.sql", "house sql: visits.sql"):
        assert named_location(tmp_path, "events", line, mapping).name == "house (visits.sql)"
    for line, words in (("hause sql: visits.sql", 'no database is called "hause"'), ("house.a.b.c.d", "no_such_table: .*names no table")):
        with pytest.raises(DataError, match=words):
            named_location(tmp_path, "events", line, mapping)
    assert named_location(tmp_path, "events", "a#b.csv", mapping) == Location(tmp_path / "a#b.csv")
