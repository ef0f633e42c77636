"""Takes small CSV files of clicks, gives two columns of numbers, or the line as an editor numbers it that is none."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.published.curve_files import POINTS, read_columns


def read(folder, text):
    """A file with this text."""
    (folder / "curve.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_columns(folder / "curve.csv", POINTS)


@pytest.mark.parametrize(
    "text",
    [
        "time,share\n0,1\n5.5,0.9\n",
        "\ufeffTime,SHARE,note\r\n0,1,\r\n5.5,0.9,x\r\n",
        "share;time\n1;0\n0,9;5,5\n",
        "\ntime,share\n\n0,1\n\n5.5,0.9\n\n",
    ],
    ids=["plain", "mark, capitals, a column more", "decimal commas", "blank lines"],
)
def test_one_curve_however_it_was_saved(tmp_path, text):
    """The order of columns does not matter either."""
    assert read(tmp_path, text) == {"time": [0.0, 5.5], "share": [1.0, 0.9]}


@pytest.mark.parametrize(("text", "line"), [("time,share\n0,1\n5,x\n", 3), ("time,share\n\n0,1\n\n5\n", 5), ("\n\ntime,share\n0,one\n", 4)])
def test_a_line_that_is_no_number_is_named_as_an_editor_names_it(tmp_path, text, line):
    """Blank lines before it count."""
    with pytest.raises(DataError, match=rf"curve\.csv, line {line}: share is no number"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "words"), [("", "is empty"), ("\n \n", "is empty"), ("day,share\n1,1\n", "no column time;"), (b"\xff\xfe\x00", "UTF-8")]
)
def test_what_is_no_such_file(tmp_path, text, words):
    """With what the first line must say."""
    with pytest.raises(DataError, match=words):
        read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    """Its path as it was given."""
    with pytest.raises(DataError, match=r"nothing\.csv: there is no such file"):
        read_columns(tmp_path / "nothing.csv", POINTS)
