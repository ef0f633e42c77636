"""Takes commands whose streams, signals, memory or disk fail, gives proof that each ends with its code and words, and leaves no raw row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from iop_outcomes.cli.streams import what_ran_out
from iop_outcomes.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_OUTPUT, EXIT_USAGE
from iop_outcomes.memory import NO_DISK, NO_MEMORY

ROOT = Path(__file__).resolve().parents[2]
DATA = str(ROOT / "data" / "synthetic")
IOP = [sys.executable, "-m", "iop_outcomes"]
PRINTING = [
    ["summary", DATA],
    ["check", DATA],
    ["map", DATA],
    ["measures"],
    ["--help"],
]
WRITING = [["report", DATA, "-o"], ["synth", "--n", "60", "-o"], ["notebook", "copy", "01_program_quality", "-o"]]


def ran(words, tmp_path, *, shell="", **options):
    """A command in a process of its own, its private folders in a folder of its own; `shell` is what stands around it, as in "{} 2>&-"."""
    private = tmp_path / "private"
    private.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(private), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    around = ["sh", "-c", shell.replace("{}", 'exec "$0" "$@"')] if shell else []
    done = subprocess.run([*around, *IOP, *words], check=False, timeout=600, text=True, env=environment, cwd=tmp_path, **options)
    assert list(private.iterdir()) == []
    return done


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [*PRINTING, *WRITING], ids=" ".join)
def test_standard_output_that_is_full(words, tmp_path):
    """Exit code 4, one line that says so, no traceback; what was written into files stands."""
    given = [*words, str(tmp_path / "out")] if words in WRITING else words
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = ran(given, tmp_path, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == EXIT_OUTPUT
    assert done.stderr.startswith("error: standard output cannot be written (No space left on device)") and done.stderr.count("\n") == 1
    if words in WRITING:
        assert list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("words", [["summary", DATA], ["measures"]], ids=" ".join)
def test_standard_output_that_is_closed_or_left(words, tmp_path):
    """Closed before the command began, or by a reader who has seen enough: exit code 4, and no traceback."""
    closed = ran(words, tmp_path, shell="{} >&-", stderr=subprocess.PIPE)
    assert closed.returncode == EXIT_OUTPUT and closed.stderr.startswith("error: standard output cannot be written")
    reader, writer = os.pipe()
    os.close(reader)
    left = ran(words, tmp_path, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (left.returncode, left.stderr) == (EXIT_OUTPUT, "")


@pytest.mark.parametrize(
    ("words", "code"),
    [(["summary", DATA], EXIT_DONE), (["nonsense"], EXIT_USAGE), (["summary", "x"], EXIT_USAGE)],
)
def test_standard_error_that_cannot_be_written_changes_no_code(words, code, tmp_path):
    """Closed or full: its words are lost, and what goes to standard output is the same."""
    usual = ran(words, tmp_path, capture_output=True)
    assert usual.returncode == code
    for shell in ("{} 2>&-", "{} 2>/dev/full"):
        lost = ran(words, tmp_path, shell=shell, stdout=subprocess.PIPE)
        assert (lost.returncode, lost.stdout) == (usual.returncode, usual.stdout)


def _large(folder, rows=200_000):
    """A program that takes a few seconds."""
    folder.mkdir()
    (folder / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    with (folder / "episodes.csv").open("w", encoding="utf-8") as file:
        file.write("episode_id,track,discharge_reason,los_days,patient_id\n")
        file.writelines(f"e{i:06},t{i % 5},completed,{i % 90},p{i // 3}\n" for i in range(rows))
    return folder


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_removes_the_private_folder(name, tmp_path):
    """Sent while raw rows lie on the disk: exit code 130, nothing of them is left, nor half a report."""
    private, out = tmp_path / "private", tmp_path / "out"
    private.mkdir()
    command = [*IOP, "report", str(_large(tmp_path / "data")), "-o", str(out)]
    run = subprocess.Popen(
        command,
        env={**os.environ, "TMPDIR": str(private), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # a suite under nohup ignores it, and so would its children
    )
    while run.poll() is None and not any(path.stat().st_size > 1_000 for path in private.rglob("*.parquet")):
        time.sleep(0.005)
    run.send_signal(getattr(signal, name))
    _, words = run.communicate(timeout=600)
    assert run.returncode == EXIT_INTERRUPTED and "Traceback" not in words and "internal" not in words
    assert list(private.iterdir()) == [] and not out.exists()


def test_what_a_killed_run_leaves_the_next_one_removes(tmp_path):
    """SIGKILL cannot be answered: its private folder goes with the next run, at once."""
    private = tmp_path / "private"
    private.mkdir()
    command = [*IOP, "report", str(_large(tmp_path / "data")), "-o", str(tmp_path / "out")]
    run = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(private), "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    while run.poll() is None and not any(private.rglob("*.parquet")):
        time.sleep(0.005)
    run.kill()
    run.wait()
    assert list(private.iterdir())
    assert ran(["summary", DATA], tmp_path, stdout=subprocess.DEVNULL).returncode == EXIT_DONE


def test_a_hang_up_that_is_ignored_stays_ignored(tmp_path):
    """As nohup has it."""
    command = ["sh", "-c", 'trap "" HUP; exec "$0" "$@"', *IOP, "summary", str(_large(tmp_path / "data", 50_000))]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    time.sleep(1)
    run.send_signal(signal.SIGHUP)
    run.communicate(timeout=600)
    assert run.returncode == EXIT_DONE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limits of processes")
@pytest.mark.parametrize(
    ("words", "kilobytes"),
    [(["report", DATA, "-o", "out"], 400_000), (["summary", DATA], 700_000), (["report", DATA, "-o", "out"], 1_000_000)],
    ids=str,
)
def test_too_little_memory_is_refused_before_a_row_is_read(words, kilobytes, tmp_path):
    """The libraries end a process that may not map what they ask for, or spin: it is refused with words and exit code 2 before."""
    done = ran(words, tmp_path, shell=f"ulimit -v {kilobytes}; {{}}", capture_output=True)
    assert (done.returncode, done.stdout) == (EXIT_USAGE, "")
    assert done.stderr.startswith(f"error: memory: this process may map {kilobytes >> 10} MiB") and done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_limit_that_leaves_little_beside_the_libraries_is_kept(tmp_path):
    """Of what the process may map, the store takes half of what is left, and a program that needs more is written to disk."""
    from iop_outcomes import memory

    kilobytes = (memory._libraries() >> 10) + 400_000
    words = ["summary", str(_large(tmp_path / "data")), "--json"]
    usual = ran(words, tmp_path, capture_output=True)
    done = ran(words, tmp_path, shell=f"ulimit -v {kilobytes}; {{}}", capture_output=True)
    assert (done.returncode, done.stderr, done.stdout) == (usual.returncode, "", usual.stdout) and done.returncode == EXIT_DONE


@pytest.mark.parametrize(
    "words", [["report", "{data}", "-o", "{out}"], ["summary", "{data}"], ["check", "{data}"]], ids=lambda words: words[0]
)
def test_a_full_disk_ends_with_4(words, tmp_path):
    """No file may grow beyond a few kilobytes: words and exit code 4, nothing half written."""
    data = _large(tmp_path / "data", 50_000)
    given = [word.format(data=data, out=tmp_path / "out") for word in words]
    done = ran(given, tmp_path, shell="ulimit -f 40; {}", capture_output=True)
    assert (done.returncode, done.stdout) == (EXIT_OUTPUT, "")
    assert NO_DISK in done.stderr and not (tmp_path / "out").exists()


def test_what_ran_out_is_told_from_other_errors():
    """Memory and disk, as Python, numpy and DuckDB say it; nothing else."""
    import duckdb

    assert what_ran_out(MemoryError()) == (NO_MEMORY, EXIT_USAGE) == what_ran_out(duckdb.OutOfMemoryException("x"))
    assert what_ran_out(ImportError("numpy: failed to map segment from shared object")) == (NO_MEMORY, EXIT_USAGE)
    assert what_ran_out(OSError(28, "No space left on device")) == (NO_DISK, EXIT_OUTPUT)
    assert what_ran_out(duckdb.IOException("Could not write file: No space left on device")) == (NO_DISK, EXIT_OUTPUT)
    assert what_ran_out(duckdb.OutOfMemoryException("failed to offload data block: max_temp_directory_size")) == (NO_DISK, EXIT_OUTPUT)
    assert what_ran_out(OSError(13, "Permission denied")) is None and what_ran_out(ImportError("no such module")) is None
    assert what_ran_out(duckdb.BinderException("no such column")) is None


def test_no_socket_is_opened_during_a_report(tmp_path):
    """With sockets that raise, data are loaded, and the report is made and written."""
    code = (
        "import socket, sys\ndef refuse(*_, **__):\n    raise AssertionError('a socket')\nsocket.socket = socket.create_connection = refuse\n"
        f"from iop_outcomes.cli import run\nsys.exit(run(['report', {DATA!r}, '-o', sys.argv[1]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (EXIT_DONE, "")


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/usr/bin/setpriv").exists(), reason="needs another user")
@pytest.mark.parametrize("what", ["data", "out"])
def test_another_user_gets_words(what):
    """Data that may not be read end with 2, an output folder that may not be written with 4: one line, by the file or the folder."""
    import shutil

    place = Path(tempfile.mkdtemp())  # not below pytest's own folder, which every run closes to others again
    private = place / "private"
    private.mkdir()
    shutil.copytree(DATA, place / "data")
    (place / "out").mkdir()
    place.chmod(0o755)
    private.chmod(0o777)
    if what == "data":
        (place / "data" / "episodes.csv").chmod(0o600)
        (place / "out").chmod(0o777)
    command = ["setpriv", "--reuid", "nobody", "--clear-groups", *IOP, "report", str(place / "data"), "-o", str(place / "out")]
    probe = subprocess.run(
        [*command[:4], sys.executable, "-c", "import iop_outcomes"],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if probe.returncode:
        pytest.skip("the other user cannot read this checkout")
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "TMPDIR": str(private), "HOME": str(private), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == (EXIT_USAGE if what == "data" else EXIT_OUTPUT), done.stderr
    assert "Permission denied" in done.stderr and done.stderr.count("\n") == 1
    assert list((place / "out").iterdir()) == []
    shutil.rmtree(place)
