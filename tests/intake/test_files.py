"""Takes paths of every kind, gives what stands there without opening it, names without folders, and the lines of records."""

import csv
import gzip
import os
from pathlib import Path

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake import files


@pytest.fixture
def kinds(tmp_path):
    """A path of each kind."""
    (tmp_path / "a.csv").write_text("x\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "lost").symlink_to(tmp_path / "gone")
    (tmp_path / "link").symlink_to(tmp_path / "a.csv")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    return tmp_path


def test_what_stands_at_a_path(kinds):
    """Links are followed; nothing is opened, so that a pipe keeps nobody waiting."""
    named = {
        "a.csv": "file",
        "link": "file",
        "pipe": "other",
        "lost": "nothing",
        "none": "nothing",
        "a.csv/x": "nothing",
        "a\0b": "nothing",
    }
    assert {name: files.kind_at(kinds / name) for name in named} == named
    assert files.kind_at(kinds) == "folder"
    with pytest.raises(DataError, match="circle: unreadable: the path cannot be followed"):
        files.kind_at(kinds / "circle")


def test_paths_that_are_refused_in_words(kinds):
    """Each says what it is and what to do, and names no folder."""
    refused = [
        (files.refuse_path, "none", "none: no_such_file: there is no such file or folder. Check the path"),
        (files.refuse_path, "pipe", "pipe: not_a_file: this is a pipe or a device, not a file"),
        (files.refuse_path, "a\udcff", "name_not_utf8"),
        (files.refuse_what_is_no_file, "", "not_a_file: this is a folder, not a file"),
        (files.refuse_what_is_no_file, "lost", "lost: not_a_file: a link that leads nowhere"),
        (files.refuse_what_is_no_file, "none", "none: no_such_file"),
        *((files.refuse_globs, name, r"glob_in_path: the path holds one of \* \? \[") for name in ("a*.csv", "?", "a[1]/x.csv")),
    ]
    for refuse, name, words in refused:
        with pytest.raises(DataError, match=words) as error:
            refuse(kinds / name)
        assert str(kinds.parent) not in str(error.value)
    for refuse in (files.refuse_path, files.refuse_what_is_no_file, files.refuse_globs, files.refuse_size):
        refuse(kinds / "link")


def test_a_file_that_is_too_large(kinds, monkeypatch):
    """By one byte; its size is read from its entry."""
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 1)
    with pytest.raises(DataError, match=r"file_too_large.*Export fewer columns or years"):
        files.refuse_size(kinds / "a.csv")


def test_names_are_shown_on_one_line():
    """Without a folder, without what cannot be printed, and no longer than a line."""
    assert files.shown(Path("private/a\nb\u202ec.csv")) == "a?b?c.csv"
    assert files.shown(Path("x" * 80)) == "x" * 80
    assert files.shown(Path("x" * 81)) == "x" * 77 + "..."


def test_packed_by_name_and_by_content(tmp_path):
    """A plain text that is called so is not."""
    (tmp_path / "a.csv.GZ").write_bytes(gzip.compress(b"x\n"))
    (tmp_path / "b.csv.gz").write_text("x\n")
    (tmp_path / "c.csv").write_bytes(gzip.compress(b"x\n"))
    assert [files.is_packed(tmp_path / name) for name in ("a.csv.GZ", "b.csv.gz", "c.csv", "none.gz")] == [True, False, False, False]


TEXTS = {
    "nothing": b"",
    "header": b"a,b",
    "plain": b"a,b\n1,2\n3,4\n",
    "no end": b"a,b\r\n1,2\r\n3,4",
    "blank lines": b"a,b\n\n1,2\n\n\n3,4\n",
    "quoted ends": b'a,b\n"x\ny",2\n3,"4\r\n\r\n5"\n6,7\n',
    "old ends": b"a,b\r1,2\r3,4\r",
    "blank first": b"\na,b\n1,2\n",
    "marked": b'\xef\xbb\xbfa,b\n"1",2\n',
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_lines_on_which_records_start(tmp_path, monkeypatch, name, size):
    """As one finds by reading on until the marks of quotation are closed, whatever size a block has."""
    monkeypatch.setattr(files, "BLOCK_BYTES", size)
    path = tmp_path / "a.csv"
    path.write_bytes(TEXTS[name])
    lines, blank = files.record_lines(path, ",")
    physical = TEXTS[name].decode("utf-8-sig").splitlines(keepends=True)
    starts, waiting = [], ""
    for number, line in enumerate(physical, 1):
        if not waiting:
            starts.append(number)
        waiting = waiting + line if (waiting + line).count('"') % 2 else ""
    assert list(lines) == starts
    assert [physical[lines[place - 1] - 1].strip() for place in blank] == [""] * len(blank)
    assert len(blank) == sum(not physical[start - 1].strip() for start in starts)


def test_a_quotation_mark_that_is_never_closed_ends_the_list(tmp_path, monkeypatch):
    """Where it opens; and the limit of fields is again what it was."""
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 10)
    path, before = tmp_path / "a.csv", csv.field_size_limit()
    path.write_text('a,b\n1,2\n"3,4\n' + "5,6\n" * 9)
    assert list(files.record_lines(path, ",")[0]) == [1, 2, 3]
    assert files.longer_lines(path, ",", 2) == []
    assert csv.field_size_limit() == before


def test_records_with_blank_fields_beyond_the_header(tmp_path):
    """And nothing else there; a record of two lines is named by the first."""
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,2\n3,4,\n"x\ny",5,,\n6,7,8\n9,0,,,\n')
    assert files.longer_lines(path, ",", 2) == [3, 4, 7]


def test_endings_stems_and_fingerprints(tmp_path):
    """A name is its stem and its ending; a fingerprint is of the bytes alone."""
    for name in ("a.csv", "a.b.csv", "a", ".csv", "A.CSV.GZ", "a.tar.xz", "x.gz"):
        assert (files.stem(Path(name)) + files.ending(Path(name))).lower() == name.lower()
    (tmp_path / "a").write_bytes(b"abc")
    assert (
        files.fingerprint(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )  # FIPS 180-2, example B.1
