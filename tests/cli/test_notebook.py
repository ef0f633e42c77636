"""Takes `iop-outcomes notebook` with right and wrong words, gives lists, copies, runs, and one sentence where it cannot."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.cli import run
from iop_outcomes.errors import UsageError
from iop_outcomes.notebooks.parameters import defaults, parse, value_of, values_for

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def write(path, *cells, parameters="source = 'data'"):
    """A notebook of a person's own: a cell of parameters, and others."""
    tagged = {
        "cell_type": "code",
        "execution_count": None,
        "id": "p",
        "metadata": {"tags": ["parameters"]},
        "outputs": [],
        "source": parameters,
    }
    others = [
        {"cell_type": "code", "execution_count": None, "id": f"c{place}", "metadata": {}, "outputs": [], "source": cell}
        for place, cell in enumerate(cells)
    ]
    path.write_text(json.dumps({"cells": [tagged, *others], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


# -- list and copy ---------------------------------------------------------------------------------------------------


def test_list_names_every_notebook_with_its_title(capsys):
    """One line each, in order."""
    assert run(["notebook", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == NAMES
    assert lines[0].endswith("Program quality")


def test_copy_overwrites_nothing(tmp_path, capsys):
    """All of them, or those named; where one stands already, nothing is copied and the sentence says what to do."""
    assert run(["notebook", "copy", "04_readmission", "--output", str(tmp_path / "one")]) == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["04_readmission.ipynb"]
    (tmp_path / "one" / "04_readmission.ipynb").write_text("mine", encoding="utf-8")
    assert run(["notebook", "copy", "--output", str(tmp_path / "one")]) == 2
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["04_readmission.ipynb"]
    assert (tmp_path / "one" / "04_readmission.ipynb").read_text(encoding="utf-8") == "mine"
    said = capsys.readouterr().err
    assert "04_readmission.ipynb stands there already" in said and "--output" in said
    assert run(["notebook", "copy", "--output", str(tmp_path / "all")]) == 0
    assert sorted(path.stem for path in (tmp_path / "all").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_the_same_but_for_the_way_to_its_data(name, tmp_path, monkeypatch):
    """One line differs: the data, named as they are seen from the copy, which finds them from any folder."""
    monkeypatch.chdir(tmp_path)
    assert run(["notebook", "copy", name, "--output", "far/away"]) == 0
    old = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8").splitlines()
    new = (tmp_path / "far" / "away" / f"{name}.ipynb").read_text(encoding="utf-8").splitlines()
    ((before, after),) = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert before.strip() == r'"source = \"../data/synthetic\"\n",'
    written = re.fullmatch(r'"source = \\"(.*)\\"\\n",', after.strip())[1]
    assert not written.startswith("/")
    assert (tmp_path / "far" / "away" / written).resolve() == ROOT / "data" / "synthetic"


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


def test_a_person_s_own_notebook_is_copied_as_it_is(tmp_path):
    """Whatever it holds, broken or not: the same bytes."""
    (tmp_path / "mine.ipynb").write_bytes(b"{broken")
    assert run(["notebook", "copy", str(tmp_path / "mine.ipynb"), "--output", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "mine.ipynb").read_bytes() == b"{broken"


@pytest.mark.parametrize("words", [["copy", "04_readmision"], ["run", "04_readmision"]])
def test_an_unknown_notebook_is_refused_with_the_nearest(words, tmp_path, capsys):
    """Exit code 2, and the name that was probably meant."""
    assert run(["notebook", *words, "--output", str(tmp_path)]) == 2
    assert 'Did you mean "04_readmission"?' in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# -- parameters ------------------------------------------------------------------------------------------------------


def test_an_unknown_parameter_is_refused_with_the_nearest(tmp_path, capsys):
    """A misspelt name must not run with the notebook's own value."""
    assert run(["notebook", "run", "04_readmission", "-p", "sorce=x", "--output", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert 'has no parameter "sorce". Did you mean "source"?' in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["by", "=site", " =site"])
def test_a_parameter_without_name_or_value_is_refused(word):
    """The sentence shows the form."""
    with pytest.raises(UsageError, match="-p name=value"):
        parse([word])


def test_a_value_may_hold_an_equals_sign_and_the_last_wins():
    """Only the first "=" parts name and value."""
    assert parse(["a=b=c", "x=1", "x=2"]) == {"a": "b=c", "x": "2"}


@given(st.one_of(st.integers(), st.booleans(), st.none(), st.tuples(st.integers(), st.integers()), st.lists(st.text())))
def test_a_literal_is_read_back(value):
    """What Python writes, a parameter reads, where the notebook's own value is no text."""
    assert value_of(repr(value), 1) == value


@given(st.text())
def test_text_stays_text(text):
    """Where the notebook's own value is text, a value is text or None, whatever it looks like; nothing is ever executed."""
    found = value_of(text, "data")
    assert found is None or isinstance(found, str)
    assert isinstance(value_of("__import__('os').getcwd()", "data"), str)


def test_the_cell_of_parameters_is_read_and_not_executed():
    """Literals by name; a computed value is known by name only."""
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "a = (1, 2)\nb: str = 'x'\nc = open('no such file')\n"}
    plain = {"cell_type": "code", "metadata": {}, "source": "d = 4"}
    assert defaults([plain, cell]) == {"a": (1, 2), "b": "x", "c": None}


def test_own_data_are_seen_from_the_notebook_and_typed_paths_from_here(tmp_path, monkeypatch):
    """The same words mean different folders, by where they were written."""
    folder = tmp_path / "far" / "notebooks"
    folder.mkdir(parents=True)
    (tmp_path / "far" / "data").mkdir()
    (tmp_path / "typed").mkdir()
    monkeypatch.chdir(tmp_path)
    known = {"source": "../data", "output": "x"}
    assert values_for(folder / "a.ipynb", known, {}, "out") == {"source": "far/data", "output": "out"}
    assert values_for(folder / "a.ipynb", known, {"source": "typed", "output": "there"}, "out") == {
        "source": "typed",
        "output": "there",
    }
    with pytest.raises(UsageError, match="-p source="):
        values_for(tmp_path / "a.ipynb", {"source": "nowhere"}, {}, "out")
    with pytest.raises(UsageError, match=f"there are no data at {tmp_path / 'no' / 'where'}"):
        values_for(folder / "a.ipynb", known, {"source": "no/where"}, "out")


# -- runs ------------------------------------------------------------------------------------------------------------


def test_an_error_in_a_cell_is_one_sentence_and_nothing_is_written(tmp_path, capsys):
    """Our own errors in full; of any other only its kind, for it may hold a value of the data; never a traceback."""
    folder = tmp_path / "out"
    path = write(tmp_path / "mine.ipynb", "import iop_outcomes as iop\niop.load(source)")
    (tmp_path / "empty").mkdir()
    assert run(["notebook", "run", str(path), "-p", f"source={tmp_path / 'empty'}", "--output", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "mine stopped in cell 3 (import iop_outcomes as iop): empty:" in said
    path = write(tmp_path / "mine.ipynb", "1", "{}['E00001']", parameters="x = 1")
    assert run(["notebook", "run", str(path), "--output", str(folder)]) == 2
    said += capsys.readouterr().err
    assert "KeyError" in said
    assert "E00001'" not in said.replace("({}['E00001'])", "")
    assert "Traceback" not in said
    assert not folder.exists()


def test_what_cannot_be_run_is_refused_before_it_starts(tmp_path, capsys):
    """No such file, no notebook at all, a name that files here cannot have, the folder of the notebook itself."""
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    write(tmp_path / "My Report.ipynb")
    write(tmp_path / "mine.ipynb")
    for name, output, words in (
        ("none.ipynb", "out", "no such notebook"),
        ("broken.ipynb", "out", "not a notebook that can be read"),
        ("My Report.ipynb", "out", "small letters"),
        ("mine.ipynb", ".", "would overwrite"),
        ("mine.ipynb", "out", "-p source="),
    ):
        assert run(["notebook", "run", str(tmp_path / name), "--output", str(tmp_path / output)]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_the_libraries_the_fix_is_told(tmp_path, monkeypatch, capsys):
    """Exit code 3 where the extra is not installed; list and copy need none of it."""
    real = importlib.util.find_spec
    monkeypatch.setattr("iop_outcomes.notebooks.running.find_spec", lambda name: None if name == "nbclient" else real(name))
    assert run(["notebook", "run", "01_program_quality", "--output", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert "nbclient not installed" in said and "pip install 'iop-outcomes[notebooks]'" in said
    assert list(tmp_path.iterdir()) == []
    absent = "import sys\nfor name in ('nbclient', 'nbformat', 'nbconvert', 'ipykernel', 'jupyter_client'):\n    sys.modules[name] = None\n"
    code = absent + "from iop_outcomes.cli import run\nsys.exit(run(sys.argv[1:]))"
    for words, exit_code in ((["list"], 0), (["copy", "-o", str(tmp_path / "copies")], 0), (["run", "04_readmission"], 3)):
        done = subprocess.run([sys.executable, "-c", code, "notebook", *words], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == exit_code, done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way")
def test_an_interrupt_ends_the_kernel_too(tmp_path):
    """Ctrl-C gives exit code 130 and leaves neither files nor a process behind."""
    path = write(
        tmp_path / "slow.ipynb",
        f"import os, pathlib, time\npathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\ntime.sleep(60)",
        parameters="x = 1",
    )
    command = [sys.executable, "-m", "iop_outcomes", "notebook", "run", str(path), "-o", str(tmp_path / "out")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        pid = tmp_path / "pid"
        while process.poll() is None and not (pid.exists() and pid.read_text()):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
