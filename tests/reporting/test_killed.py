"""A run killed at any moment leaves whole files: the earlier ones or the new ones, and a folder that the next run can write."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import iop_outcomes as iop
from iop_outcomes.reporting import files
from iop_outcomes.reporting.files import LOCK, STAGING, STALE_SECONDS, write_files

MEGABYTE = 1 << 20
OLD = {name: letter * MEGABYTE for name, letter in (("page.html", b"a"), ("numbers.csv", b"b"), ("source.json", b"c"))}
NEW = {name: content.upper() for name, content in OLD.items()}
MOMENTS = random.Random(20).sample(range(1, 400), 6)  # milliseconds after the first write has begun
WRITER = f"""
import sys
from iop_outcomes.reporting.files import write_files
old = {{name: letter * {MEGABYTE} for name, letter in (("page.html", b"a"), ("numbers.csv", b"b"), ("source.json", b"c"))}}
new = {{name: content.upper() for name, content in old.items()}}
print("ready", flush=True)
while True:
    write_files(sys.argv[1], new)
    write_files(sys.argv[1], old)
"""
# Kills itself before the step of the number given: every call by which a run touches the disk is such a step.
STEPS = f"""
import os, pathlib, shutil, signal, sys, tempfile
from iop_outcomes.reporting import files
left = int(sys.argv[2])
def counted(call):
    def step(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return step
for module, name in ((os, "open"), (os, "fsync"), (os, "mkdir"), (os, "link"), (os, "replace"), (os, "unlink"), (os, "rename"),
                     (tempfile, "mkdtemp"), (pathlib.Path, "open"), (shutil, "rmtree")):
    setattr(module, name, counted(getattr(module, name)))
files.write_files(sys.argv[1], {{name: letter * {MEGABYTE} for name, letter in (("page.html", b"A"), ("numbers.csv", b"B"), ("source.json", b"C"))}})
print("done")
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with an earlier report and a file of somebody else's."""
    target = tmp_path / "reports"
    write_files(target, OLD)
    (target / "notes.txt").write_bytes(b"mine")
    return target


def _assert_whole(folder):
    """Each file is the earlier or the new one; a mixture has the lock beside it; the next run writes and leaves nothing behind."""
    found = {name: (folder / name).read_bytes() for name in OLD}
    assert all(found[name] in (OLD[name], NEW[name]) for name in OLD)
    assert found in (OLD, NEW) or (folder / LOCK).exists()
    assert (folder / "notes.txt").read_bytes() == b"mine"
    write_files(folder, NEW)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*NEW, "notes.txt"])
    assert {name: (folder / name).read_bytes() for name in NEW} == NEW
    return found


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_random_moment_of_writing(folder, moment):
    """SIGKILL while reports of three megabytes are written one over the other: no file is half."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "ready\n"
    time.sleep(moment / 1000)
    writer.kill()
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    _assert_whole(folder)


def test_killed_before_each_step_of_writing(folder):
    """SIGKILL before the first, the second, ... call that touches the disk: the set is the old or the new one, mixed only under its lock."""
    seen = []
    for step in range(60):
        for name, content in OLD.items():
            (folder / name).write_bytes(content)
        done = subprocess.run([sys.executable, "-c", STEPS, str(folder), str(step)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        seen.append(_assert_whole(folder))
    else:
        pytest.fail("the run never ended")
    assert len(seen) > 10
    assert OLD in seen and NEW in seen
    before_the_first_replacement = next(i for i, found in enumerate(seen) if found != OLD)
    assert before_the_first_replacement > len(seen) // 2, "nearly every moment is before the first file takes its name"


def test_a_report_killed_on_its_way(tmp_path):
    """The command itself, killed in the middle and near the end of the time it takes: the earlier report is intact, or the new one is complete."""
    command = [sys.executable, "-m", "iop_outcomes", "report", "data/synthetic", "-o"]
    target, reference = tmp_path / "reports", tmp_path / "reference"
    began = time.monotonic()
    assert subprocess.run([*command, str(reference)], capture_output=True, check=False).returncode == 0
    took = time.monotonic() - began
    new = {path.name: path.read_bytes() for path in reference.iterdir()}
    old = dict.fromkeys(new, b"an earlier report")
    write_files(target, old)
    for share in (0.5, 0.95):
        run = subprocess.Popen([*command, str(target)], stdout=subprocess.DEVNULL)
        time.sleep(took * share)
        run.kill()
        run.wait()
        found = {name: (target / name).read_bytes() for name in new}
        assert all(found[name] in (old[name], new[name]) for name in new)
        assert found in (old, new) or (target / LOCK).exists()


# -- the lock --------------------------------------------------------------------------------------------------------------


def _mark(**changes):
    import socket

    return json.dumps({"machine": socket.gethostname(), "process": os.getpid(), "run": "another", **changes}).encode()


def _gone():
    """The number of a process that ran and runs no longer."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


HELD = {
    "by a process that runs": lambda: _mark(),
    "by a process of another user": lambda: _mark(process=1),
    "by another machine": lambda: _mark(machine="elsewhere", process=_gone()),
    "by a run that has not yet said who it is": lambda: b"",
    "by what is no mark": lambda: b"[1, 2]",
    "by a process whose number is none": lambda: _mark(process=-1),
}


@pytest.mark.parametrize("who", HELD)
def test_a_lock_that_is_held_stops_a_second_run(folder, who):
    """Nothing is written, the lock stays, and the words name what to do."""
    mark = HELD[who]()
    (folder / LOCK).write_bytes(mark)
    with pytest.raises(iop.OutputError, match=r"another run is writing into this folder.*remove \.iop-outcomes\.lock"):
        write_files(folder, NEW)
    assert (folder / LOCK).read_bytes() == mark
    assert {name: (folder / name).read_bytes() for name in OLD} == OLD


@pytest.mark.parametrize("who", HELD)
def test_no_lock_is_held_for_ever(folder, who):
    """Older than a quarter of an hour it counts as left behind, whoever made it."""
    (folder / LOCK).write_bytes(HELD[who]())
    long_ago = time.time() - STALE_SECONDS - 1
    os.utime(folder / LOCK, (long_ago, long_ago))
    assert _assert_whole(folder) == OLD


def test_a_lock_of_a_process_that_is_gone_is_taken_over(folder):
    """At once, without waiting; what its run left half made is removed, and nothing else that begins like it."""
    (folder / LOCK).write_bytes(_mark(process=_gone()))
    (folder / f"{STAGING}left").mkdir()
    (folder / f"{STAGING}left" / "page.html").write_bytes(b"half a pa")
    (folder / f"{STAGING}file").write_bytes(b"a file, not a folder of ours")
    write_files(folder, NEW)
    assert not (folder / f"{STAGING}left").exists()
    assert (folder / f"{STAGING}file").exists()
    assert not (folder / LOCK).exists()


def test_a_lock_made_anew_meanwhile_is_given_back(folder, monkeypatch):
    """Two runs find the same lock left behind: the slower one puts back what the quicker one has made since, and stops."""
    (folder / LOCK).write_bytes(_mark(process=_gone()))
    quicker = _mark(run="quicker")
    judge = files._maker_is_gone

    def meanwhile(mark):
        (folder / LOCK).write_bytes(quicker)
        return judge(mark)

    monkeypatch.setattr(files, "_maker_is_gone", meanwhile)
    with pytest.raises(iop.OutputError, match="another run"):
        write_files(folder, NEW)
    assert (folder / LOCK).read_bytes() == quicker
    assert sorted(path.name for path in folder.iterdir()) == sorted([*OLD, LOCK, "notes.txt"])


def test_of_many_runs_at_once_each_writes_whole_or_not_at_all(folder):
    """Eight processes write at the same moment: at least one succeeds, the others say why, and the files are of one run."""
    code = (
        "import sys\nfrom iop_outcomes import OutputError\nfrom iop_outcomes.reporting.files import write_files\n"
        f"content = sys.argv[2].encode() * {MEGABYTE}\nsys.stdin.readline()\n"
        'try:\n    write_files(sys.argv[1], {"page.html": content, "numbers.csv": content, "source.json": content})\n'
        'except OutputError as error:\n    sys.exit(4 if "another run" in str(error) else 1)\n'
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(folder), letter], stdin=subprocess.PIPE, text=True) for letter in "stuvwxyz"]
    for run in runs:
        run.stdin.write("go\n")
        run.stdin.close()
    codes = [run.wait() for run in runs]
    assert 0 in codes and set(codes) <= {0, 4}
    found = {(folder / name).read_bytes() for name in OLD}
    assert len(found) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted([*OLD, "notes.txt"])
