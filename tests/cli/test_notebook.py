"""Takes `iop-outcomes notebook` with right and wrong words, gives lists, copies, runs, and one sentence where it cannot."""

from __future__ import annotations

import json
import os
from pathlib import Path

from iop_outcomes.cli import run
from iop_outcomes.notebooks.parameters import defaults

ROOT = Path(__file__).resolve().parent.parent.parent

NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_list_names_every_notebook_with_its_title(capsys):
    """One line each, in order."""
    assert run(["notebook", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == NAMES
    assert lines[0].endswith("Program quality")


def test_a_copy_runs_and_one_that_was_moved_names_the_whole_path(tmp_path, monkeypatch, capsys):
    """Beside its data it runs as it is; carried elsewhere, one line says where it looked and what to do."""
    monkeypatch.chdir(tmp_path)
    assert run(["notebook", "copy", "05_data_quality", "--output", "mine"]) == 0
    assert run(["notebook", "run", "mine/05_data_quality.ipynb", "--output", "out"]) == 0
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    moved = (tmp_path / "mine" / "05_data_quality.ipynb").rename(tmp_path / "a" / "b" / "c" / "05_data_quality.ipynb")
    cells = json.loads(moved.read_text(encoding="utf-8"))["cells"]
    known = defaults([{**cell, "source": "".join(cell["source"])} for cell in cells])["source"]
    capsys.readouterr()
    assert run(["notebook", "run", str(moved), "--output", "out2"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"are not there: {os.path.normpath(moved.parent / known)}. Name yours with -p source=FOLDER" in said


def test_an_unknown_parameter_is_refused_with_the_nearest(tmp_path, capsys):
    """A misspelt name must not run with the notebook's own value."""
    assert run(["notebook", "run", "04_readmission", "-p", "sorce=x", "--output", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert 'has no parameter "sorce". Did you mean "source"?' in said
    assert list(tmp_path.iterdir()) == []
