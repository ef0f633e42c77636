"""Takes notebooks that fail, cannot be run, or are stopped, gives one sentence, and no file and no kernel left."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from iop_outcomes.cli import run
from tests.cli.test_notebook import ROOT


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
        _, said = process.communicate(timeout=600)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
