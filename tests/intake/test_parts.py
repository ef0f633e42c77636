"""Takes folders of part files, gives the parts in order, or says what stands among them that is none."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.parts import fingerprint_of_parts, parts_of, refuse_other_header


def folder_of(folder, *names):
    """A folder with such files."""
    for name in names:
        (folder / name).write_text("a,b\n")
    return folder


def test_parts_are_in_the_order_of_their_names_and_marks_are_passed_over(tmp_path):
    """What Spark writes beside them; packed and plain text are one kind."""
    folder_of(tmp_path, "part-1.csv", "part-0.csv.gz", "_SUCCESS", ".part-0.csv.crc")
    assert [part.name for part in parts_of(tmp_path)] == ["part-0.csv.gz", "part-1.csv"]


def test_a_folder_without_parts_is_no_table(tmp_path):
    """Nothing is refused: it may be a program's own folder."""
    assert parts_of(folder_of(tmp_path, "readme.txt")) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder_of(folder, "a.csv", "readme.txt"), r"readme\.txt: not_a_part"),
        (lambda folder: folder_of(folder, "a.csv", "b.parquet"), r"parts of several kinds \(\.csv, \.parquet\)"),
        (lambda folder: (folder_of(folder, "a.csv") / "year=2024").mkdir(), "a folder among the parts"),
        (lambda folder: (folder_of(folder, "a.csv") / "b.csv").symlink_to(folder / "a.csv"), "a link among the parts"),
    ],
    ids=["a text", "two kinds", "a folder", "a link"],
)
def test_what_stands_among_parts_and_is_none(tmp_path, make, words):
    """By its name."""
    make(tmp_path)
    with pytest.raises(DataError, match=words):
        parts_of(tmp_path)


@pytest.mark.parametrize(("names", "column"), [(["a", "c"], 2), (["a"], 2), (["a", "b", "c"], 3), (["b", "a"], 1)])
def test_a_part_with_another_header_is_named_with_the_first_column_that_differs(tmp_path, names, column):
    """One column more or fewer, too."""
    first, part = tmp_path / "a.csv", tmp_path / "b.csv"
    refuse_other_header(tmp_path, first, ["a", "b"], part, ["a", "b"])
    with pytest.raises(DataError, match=rf"b\.csv:1: parts_differ: column {column} is not that of"):
        refuse_other_header(tmp_path, first, ["a", "b"], part, names)


def test_a_fingerprint_is_of_names_and_contents(tmp_path):
    """Either of them changes it."""
    folder_of(tmp_path, "a.csv", "b.csv")
    before = fingerprint_of_parts(parts_of(tmp_path))
    assert before == fingerprint_of_parts(parts_of(tmp_path))
    (tmp_path / "b.csv").rename(tmp_path / "c.csv")
    renamed = fingerprint_of_parts(parts_of(tmp_path))
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    assert len({before, renamed, fingerprint_of_parts(parts_of(tmp_path))}) == 3
