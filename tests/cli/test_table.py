"""Takes a command line about the way out, gives the file and its codebook, and nothing where a file cannot be written."""

import errno
import os

import pandas as pd
import pytest

from iop_outcomes.cli import run
from iop_outcomes.intake import writing
from iop_outcomes.reporting import files
from tests.intake.test_writing import ENDINGS
from tests.table.programs import tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small program as files."""
    target = tmp_path_factory.mktemp("program")
    for name, frame in tables(50).items():
        frame.to_csv(target / f"{name}.csv", index=False)
    (target / "mapping.toml").write_text('[data]\nclass = "synthetic"\ncutoff = "2025-06-30"\n', encoding="utf-8")
    return target


def left(folder):
    """Everything in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_command_writes_both_files_and_prints_their_paths(folder, ending, tmp_path, capsys):
    """Nothing else on standard output."""
    target = tmp_path / "new" / f"Table 1{ending}"
    assert run(["table", str(folder), "--output", str(target)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(target), str(target.with_name("Table 1_codebook.csv"))]
    assert left(target.parent) == sorted([target.name, "Table 1_codebook.csv"])


def test_the_command_narrows(folder, tmp_path):
    """As the other commands do."""
    target = tmp_path / "t.csv"
    assert run(["table", str(folder), "--where", "track=psychosis", "--output", str(target)]) == 0
    assert set(pd.read_csv(target).track) == {"psychosis"}


@pytest.mark.parametrize("name", ["t.doc", "t", "t.csv.gz", "t.zsav", ".csv"])
def test_another_ending_is_refused_before_anything_is_read(name, tmp_path, capsys):
    """The words name those that can be written."""
    assert run(["table", str(tmp_path / "nowhere"), "--output", str(tmp_path / name)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert ".csv, .dta, .parquet, .sav or .xlsx" in captured.err
    assert left(tmp_path) == []


def test_without_output_the_command_says_so(folder, capsys):
    """A file must be named."""
    assert run(["table", str(folder)]) == 2
    assert "--output" in capsys.readouterr().err


@pytest.mark.parametrize(("ending", "library"), [(".xlsx", "openpyxl"), (".sav", "pyreadstat"), (".dta", "pyreadstat")])
def test_a_missing_library_is_named(folder, ending, library, tmp_path, capsys, monkeypatch):
    """Exit code 3, and what to install."""
    monkeypatch.setattr(writing, "find_spec", lambda name: None if name == library else object())
    assert run(["table", str(folder), "--output", str(tmp_path / f"t{ending}")]) == 3
    assert "iop-outcomes[formats]" in capsys.readouterr().err
    assert left(tmp_path) == []


@pytest.mark.parametrize("taken", ["t.csv", "t_codebook.csv"])
def test_what_stands_there_stays_and_nothing_comes_beside_it(folder, taken, tmp_path, capsys):
    """Neither file is written when one of the names is taken."""
    (tmp_path / taken).write_bytes(b"mine")
    assert run(["table", str(folder), "--output", str(tmp_path / "t.csv")]) == 4
    assert "stands there already" in capsys.readouterr().err
    assert left(tmp_path) == [taken]
    assert (tmp_path / taken).read_bytes() == b"mine"


def test_a_folder_of_that_name_is_not_written_over(folder, tmp_path, capsys):
    """Nor is anything put into it."""
    (tmp_path / "t.csv").mkdir()
    assert run(["table", str(folder), "--output", str(tmp_path / "t.csv")]) == 4
    assert capsys.readouterr().out == ""
    assert left(tmp_path) == ["t.csv"]
    assert left(tmp_path / "t.csv") == []


@pytest.mark.parametrize("name", ["file/t.csv", "\udc80.csv"])
def test_a_place_that_cannot_be_written_is_named(folder, name, tmp_path, capsys):
    """A file where a folder should be, a name that is no text."""
    (tmp_path / "file").write_bytes(b"")
    assert run(["table", str(folder), "--output", f"{tmp_path}/{name}"]) == 4
    assert "--output" in capsys.readouterr().err
    assert left(tmp_path) == ["file"]


@pytest.mark.parametrize("after", range(2))
def test_a_full_disk_leaves_neither_file(folder, after, tmp_path, capsys, monkeypatch):
    """Whichever of the two it meets, as they are staged."""
    real, done = os.fsync, []

    def full(handle):
        done.append(handle)
        if len(done) > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    assert run(["table", str(folder), "--output", str(tmp_path / "t.csv")]) == 4
    assert "No space left on device" in capsys.readouterr().err
    assert left(tmp_path) == []


def test_a_second_name_that_cannot_be_given_takes_the_first_file_back(folder, tmp_path, monkeypatch):
    """Both or none, also where the system has no links."""
    real, done = files._place, []

    def second_fails(*arguments):
        done.append(arguments)
        if len(done) == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(*arguments)

    monkeypatch.setattr(files, "_place", second_fails)
    assert run(["table", str(folder), "--output", str(tmp_path / "t.csv")]) == 4
    assert left(tmp_path) == []


@pytest.mark.parametrize("ending", [".parquet", ".sav", ".dta"])
def test_a_full_disk_of_temporary_files_is_an_error_of_output(folder, ending, tmp_path, capsys, monkeypatch):
    """Libraries that write by path write into a private folder first."""

    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "TemporaryDirectory", full)
    assert run(["table", str(folder), "--output", str(tmp_path / f"t{ending}")]) == 4
    assert "No space left on device" in capsys.readouterr().err
    assert left(tmp_path) == []


def test_faulty_rows_are_refused_or_left_out(folder, tmp_path):
    """Exit code 2, and with --on-error exclude 1."""
    episodes = pd.read_csv(folder / "episodes.csv")
    episodes.loc[0, "planned_days"] = -4
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    episodes.to_csv(tmp_path / "episodes.csv", index=False)
    target = tmp_path / "t.csv"
    assert run(["table", str(tmp_path), "--output", str(target)]) == 2
    assert not target.exists()
    assert run(["table", str(tmp_path), "--on-error", "exclude", "--output", str(target)]) == 1
    assert len(pd.read_csv(target)) == 49
