"""Takes files of other systems, gives a workbench of text tables with the place of each row, and only what is asked for to the store."""

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.scratch import AT, Scratch, day_of, head_of, is_day, together, whole_of
from iop_outcomes.intake.inputs import PLACE, Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store


@pytest.fixture
def scratch():
    """A workbench."""
    with closing(Scratch()) as bench:
        yield bench


def written(folder, text, name="visit.csv"):
    """A file of this text."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def read(bench, file, wanted, needed=()):
    """The rows that are kept of a file."""
    bench.read("visit", file, Mapping(), wanted, needed)
    return bench.ask(f"SELECT * FROM visit ORDER BY {AT}")


def test_wanted_columns_as_trimmed_text_with_their_places(scratch, tmp_path):
    """Whatever the case of a name; blank where there is none; 12.0 is 12 in an id and in no other column."""
    file = written(tmp_path, "Person_ID,x,other\n12.0, 3.0 ,a\n,,\n1.5,b,c\n")
    assert read(scratch, file, ["person_id", "x", "gone"], ["x"]) == [("12", "3.0", None, 0), (None, None, None, 1), ("1.5", "b", None, 2)]
    assert [(item.name, lines) for item, lines in scratch.lines_of(f"SELECT {AT} FROM visit WHERE x IS NOT NULL")] == [
        ("visit.csv", (2, 4))
    ]


def test_parquet_is_read_as_the_same_text(scratch, tmp_path):
    """Its rows are counted from 1."""
    file = tmp_path / "visit.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 12.0 AS Person_ID, DATE '2024-01-02' AS day) TO '{file}' (FORMAT parquet)")
    assert read(scratch, file, ["person_id", "day"], ["day"]) == [("12", "2024-01-02", 0)]
    assert [(item.unit, lines) for item, lines in scratch.lines_of(f"SELECT {AT} FROM visit")] == [("row", (1,))]


def test_a_header_alone_is_an_empty_table(scratch, tmp_path):
    """An empty table of another system is no fault."""
    assert read(scratch, written(tmp_path, "person_id,x"), ["person_id"]) == []
    assert scratch.files == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("person_id,x\n1,2\n", "visit.csv: day: missing_column: this column is needed and is not there"),
        ("day,x\n1,2\n3\n", "visit.csv:3: broken_line: a line with fewer or more fields than the header"),
        ("", "visit.csv: empty_file"),
    ],
)
def test_what_cannot_be_read_ends_the_load(scratch, tmp_path, text, words):
    """Naming the file, and the line or the column."""
    with pytest.raises(DataError, match=words):
        read(scratch, written(tmp_path, text), ["day", "x"], ["day"])


def test_rows_made_in_python(scratch):
    """No row is a table of none; places stay numbers."""
    scratch.fill("made", ("code", AT), [("a", 3), (None, PLACE + 1)])
    scratch.fill("nobody", ("code",), [])
    assert scratch.ask("SELECT * FROM made") == [("a", 3), (None, PLACE + 1)]
    assert scratch.ask("SELECT * FROM nobody") == []
    assert scratch.filled("made") == {"code": 1, AT: 2}
    assert scratch.places_in("made") == [AT]
    assert scratch.lines_of(f"SELECT {AT} FROM made") == []


def test_only_what_is_filled_or_needed_is_handed_over(scratch):
    """The places of rows and cells come back to whoever asked, and never to the store."""
    scratch.number(Input("visit", "visit.csv", "row"))
    columns = ("id", "blank", "wanted", AT, AT + "id")
    scratch.fill("rows", columns, [("b", None, None, 1, None), ("a", None, None, 0, 7)])
    with closing(Store()) as store:
        places = scratch.hand_over(store, "episodes", "SELECT * FROM rows ORDER BY id", ["wanted"])
        assert list(store.raw.columns("episodes")) == ["id", "wanted"]
        assert places.rows.tolist() == [0, 1]
        assert {name: cells.tolist() for name, cells in places.cells.items()} == {"id": [7, -1]}
        assert scratch.hand_over(store, "scores", "SELECT id FROM rows", []) is None


def test_days_and_whole_numbers_in_sql_as_in_python(scratch):
    """`day_of` cuts to a day exactly what `is_day` calls one; a number is whole whatever its point."""
    texts = ["2024-02-29", "2024-02-29 09:30", "2024-02-29T23:30:00-05:00", "2024-02-29T1:00Z", "2024-02-30", "2024-02", "29.02.2024", ""]
    texts += ["2024-02-29 noon", "2024-02-29T09:30:00.123Z"]
    scratch.fill("texts", ("text",), [(text,) for text in texts])
    cut = dict(scratch.ask(f"SELECT text, TRY_CAST({day_of('text')} AS DATE) IS NOT NULL AND length({day_of('text')}) = 10 FROM texts"))
    assert {text: is_day(text) for text in texts} == cut
    numbers = {"12": "12", "12.0": "12", "1e2": "100", "12.5": "12.5", "x": "x", "nan": "nan", "-3.00": "-3", "1e12": "1e12"}
    scratch.fill("numbers", ("text",), [(text,) for text in numbers])
    assert dict(scratch.ask(f"SELECT text, {whole_of('text')} FROM numbers")) == numbers


def test_several_files_have_one_name_and_one_fingerprint(tmp_path):
    """Three are named and the rest counted; another byte or another order is another fingerprint."""
    files = [written(tmp_path, str(n), f"{n}.csv") for n in range(5)]
    assert together(files[:1])[0] == "0.csv"
    assert together(files)[0] == "0.csv, 1.csv, 2.csv and 2 more"
    assert together(files)[1] != together(files[::-1])[1] != together(files[:4])[1]
    before = together(files)[1]
    files[4].write_text("5")
    assert together(files)[1] != before


def test_the_head_of_what_is_no_file(tmp_path):
    """A folder and nothing, each in its words."""
    assert head_of(written(tmp_path, "a,b\n")) == b"a,b\n"
    with pytest.raises(DataError, match="unreadable"):
        head_of(tmp_path)
    with pytest.raises(DataError, match="no_such_file"):
        head_of(Path("nowhere.csv"))
