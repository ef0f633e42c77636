"""Takes folders that cannot be written and writes that stop midway, gives proof that files are whole or not there."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.reporting import files
from iop_outcomes.reporting.files import write_files

OLD = {"page.html": b"old page", "numbers.csv": b"old numbers"}
NEW = {"page.html": b"new page", "numbers.csv": b"new numbers"}


def stands(folder):
    """Everything in a folder and below, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def left_over(folder):
    """Temporary folders and files that were not removed."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.fixture
def folder(tmp_path):
    """A folder in which an earlier report stands."""
    target = tmp_path / "reports"
    write_files(target, OLD)
    return target


def failing(call, *, after, error=OSError):
    """A function that works so many times and then raises."""
    done = 0

    def stop(*arguments, **options):
        nonlocal done
        done += 1
        if done > after:
            raise error(errno.ENOSPC, "No space left on device")
        return call(*arguments, **options)

    return stop


def test_files_are_written_and_named_in_the_order_given(tmp_path):
    """The folder is made with those above it; nothing else is left in it."""
    written = write_files(tmp_path / "a" / "b", NEW)
    assert [path.name for path in written] == list(NEW)
    assert stands(tmp_path / "a" / "b") == dict(sorted(NEW.items()))
    assert left_over(tmp_path / "a" / "b") == []


def test_an_earlier_report_is_replaced_and_other_files_stay(folder):
    """Only what is named is touched."""
    (folder / "notes.txt").write_bytes(b"mine")
    write_files(folder, NEW)
    assert stands(folder) == {**NEW, "notes.txt": b"mine"}


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("where", ["fsync", "mkdtemp", "open"])
def test_what_stood_before_is_intact_when_writing_stops_midway(folder, monkeypatch, where, after):
    """Full disk while the new files are written: the old ones are whole, nothing temporary stays, the error says what to do."""
    if where == "fsync":
        monkeypatch.setattr(os, "fsync", failing(os.fsync, after=after))
    elif where == "mkdtemp":
        monkeypatch.setattr(files.tempfile, "mkdtemp", failing(files.tempfile.mkdtemp, after=0))
    else:
        monkeypatch.setattr(Path, "open", failing(Path.open, after=after))
    with pytest.raises(iop.OutputError, match="No space left on device"):
        write_files(folder, NEW)
    monkeypatch.undo()
    assert stands(folder) == OLD
    assert left_over(folder) == []


def test_each_file_is_whole_when_replacing_stops_midway(folder, monkeypatch):
    """The first file is replaced, the second is not: each is the old or the new one, and neither is half."""
    monkeypatch.setattr(os, "replace", failing(os.replace, after=1))
    with pytest.raises(iop.OutputError):
        write_files(folder, NEW)
    monkeypatch.undo()
    found = stands(folder)
    assert all(found[name] in (OLD[name], NEW[name]) for name in NEW)
    assert left_over(folder) == []


def test_nothing_is_replaced_when_the_first_replacement_fails(folder, monkeypatch):
    """The old report stands."""
    monkeypatch.setattr(os, "replace", failing(os.replace, after=0))
    with pytest.raises(iop.OutputError):
        write_files(folder, NEW)
    monkeypatch.undo()
    assert stands(folder) == OLD
    assert left_over(folder) == []


def test_ctrl_c_leaves_nothing_temporary(folder, monkeypatch):
    """An interruption is passed on, after the temporary folder is gone."""

    def interrupt(_handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_files(folder, NEW)
    monkeypatch.undo()
    assert stands(folder) == OLD
    assert left_over(folder) == []


def test_contents_are_flushed_before_they_take_their_names(tmp_path, monkeypatch):
    """Every new file is synced before the first replacement, and the folder after the last."""
    steps = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("sync"), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda *paths: (steps.append("replace"), replace(*paths)))
    write_files(tmp_path, NEW)
    assert steps == ["sync", "sync", "replace", "replace", "sync"]


@pytest.mark.parametrize(
    "name", ["../page.html", "a/b.html", "", "page", ".hidden.html", "/etc/x.html", "Page.html", "a b.html", "page.html\n"]
)
def test_a_name_that_is_no_plain_file_name_is_refused(tmp_path, name):
    """No name leads out of the folder."""
    with pytest.raises(ValueError, match="plain file name"):
        write_files(tmp_path, {name: b""})
    assert list(tmp_path.iterdir()) == []


# -- links, files, folders that cannot be written --------------------------------------------------------------------------


def test_a_link_in_the_place_of_a_file_is_replaced_and_its_target_stays(folder, tmp_path):
    """os.replace puts the file where the link was: what the link pointed at, perhaps elsewhere, is not written."""
    elsewhere = tmp_path / "elsewhere.html"
    elsewhere.write_bytes(b"not ours")
    (folder / "page.html").unlink()
    (folder / "page.html").symlink_to(elsewhere)
    write_files(folder, NEW)
    assert elsewhere.read_bytes() == b"not ours"
    assert not (folder / "page.html").is_symlink()
    assert stands(folder) == NEW


def test_a_folder_that_is_a_link_is_written_through(folder, tmp_path):
    """A linked folder stays a link, and the files stand in the folder it names."""
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    write_files(link, NEW)
    assert link.is_symlink()
    assert stands(folder) == NEW


def test_an_output_that_is_a_file_is_an_error_with_words(tmp_path):
    """The file is left alone."""
    target = tmp_path / "reports"
    target.write_bytes(b"a file")
    with pytest.raises(iop.OutputError, match="reports"):
        write_files(target, NEW)
    assert target.read_bytes() == b"a file"


def test_a_folder_in_the_place_of_a_file_is_an_error_with_words(tmp_path):
    """A folder called page.html cannot be replaced by a file: it and what is in it stay."""
    (tmp_path / "page.html").mkdir()
    (tmp_path / "page.html" / "mine.txt").write_bytes(b"mine")
    with pytest.raises(iop.OutputError):
        write_files(tmp_path, NEW)
    assert (tmp_path / "page.html" / "mine.txt").read_bytes() == b"mine"
    assert left_over(tmp_path) == []


def refuse_folder(monkeypatch, folder):
    """Make a folder unwritable, for root too, to whom permissions mean nothing."""
    make = files.tempfile.mkdtemp

    def refuse(*arguments, **options):
        if options.get("dir") == folder:
            raise PermissionError(errno.EACCES, "Permission denied")
        return make(*arguments, **options)

    folder.chmod(0o500)
    monkeypatch.setattr(files.tempfile, "mkdtemp", refuse)


def test_an_unwritable_folder_is_an_error_with_words(folder, monkeypatch):
    """The message names the folder and what to do."""
    refuse_folder(monkeypatch, folder)
    with pytest.raises(iop.OutputError, match=r"reports: cannot be written \(Permission denied\).*--output"):
        write_files(folder, NEW)
    folder.chmod(0o700)
    assert stands(folder) == OLD


# -- through the command line ------------------------------------------------------------------------------------------


def test_the_command_line_leaves_with_4_when_it_cannot_write(folder, monkeypatch, capsys):
    """Unwritable folder: exit code 4, one line that says so, no traceback, no file."""
    refuse_folder(monkeypatch, folder)
    assert run(["report", "data/synthetic", "--output", str(folder)]) == 4
    folder.chmod(0o700)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert "Permission denied" in said.err
    assert "Traceback" not in said.err
    assert stands(folder) == OLD


# -- one writer at a time ----------------------------------------------------------------------------------------------


def test_a_name_that_is_no_text_is_an_error_with_words(tmp_path):
    """A NUL, or bytes that are no letters: nothing is made."""
    for name in ("a\0b", os.fsdecode(b"\xff")):
        with pytest.raises(iop.OutputError):
            write_files(tmp_path / name, NEW)
    assert list(tmp_path.iterdir()) == []


def test_the_lock_is_there_while_files_are_replaced_and_not_after(folder, monkeypatch):
    """It names this process; a run that fails midway takes it away as well."""
    seen = []
    replace = os.replace

    def look(*paths):
        seen.append(json.loads((folder / files.LOCK).read_bytes())["process"])
        return replace(*paths)

    monkeypatch.setattr(os, "replace", look)
    write_files(folder, NEW)
    assert seen == [os.getpid()] * 2
    monkeypatch.setattr(os, "replace", failing(replace, after=1))
    with pytest.raises(iop.OutputError):
        write_files(folder, OLD)
    assert left_over(folder) == []


def test_a_file_system_without_links_is_locked_as_well(folder, monkeypatch):
    """Where no link can be made, the lock is made by exclusive creation, and stops a second run as well."""

    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_files(folder, NEW)
    assert stands(folder) == NEW
    (folder / files.LOCK).write_bytes(b"")
    with pytest.raises(iop.OutputError, match="another run"):
        write_files(folder, OLD)
    assert stands(folder) == {files.LOCK: b"", **NEW}


def test_a_new_folder_is_on_the_disk_before_its_files(tmp_path, monkeypatch):
    """The entry of each folder that is made is synced in the folder above it."""
    synced = []
    monkeypatch.setattr(files, "_sync_folder", synced.append)
    write_files(tmp_path / "a" / "b", NEW)
    assert synced == [tmp_path / "a", tmp_path, tmp_path / "a" / "b"]
