"""Takes the synthetic program to fresh processes that differ in all that must not matter, gives proof that the bytes are the same."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

import iop_outcomes as iop

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["program_quality.csv", "program_quality.html", "program_quality.json", "program_quality_methods.html"]
CODE = """
import os, sys
from unittest.mock import patch
import iop_outcomes as iop
from iop_outcomes.intake.store import Store
threads = int(os.environ["THREADS"])
with patch("iop_outcomes.intake.loading.Store", lambda: Store(threads=threads)), iop.load("data/synthetic") as data:
    iop.report(data, by="track").save(sys.argv[1])
"""
PROCESSES = {
    "plain": {"PYTHONHASHSEED": "0", "TZ": "UTC", "OMP_NUM_THREADS": "1", "THREADS": "1", "LC_ALL": "C"},
    "other": {
        "PYTHONHASHSEED": "1",
        "THREADS": "2",
        "TZ": "Asia/Kathmandu",
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
        "LC_ALL": "C.UTF-8",
    },
    "far": {
        "PYTHONHASHSEED": "random",
        "THREADS": "3",
        "TZ": "America/St_Johns",
        "LC_ALL": "tr_TR.UTF-8",
        "MPLBACKEND": "pdf",
        "COLUMNS": "40",
    },
}


def contents(folder):
    """Names and fingerprints of the files of a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(Path(folder).iterdir())}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The same report from one process for each environment, at the same time."""
    folders = {name: tmp_path_factory.mktemp(name) for name in PROCESSES}
    started = [
        subprocess.Popen([sys.executable, "-c", CODE, str(folders[name])], cwd=ROOT, env={**os.environ, **changed})
        for name, changed in PROCESSES.items()
    ]
    assert [process.wait(600) for process in started] == [0] * len(started)
    return folders


def test_hash_seed_time_zone_and_threads_change_no_byte(reports):
    """Page, numbers and provenance from three processes; no other file, no folder, nothing temporary."""
    found = [contents(folder) for folder in reports.values()]
    assert list(found[0]) == NAMES
    assert found == [found[0]] * len(reports)


def test_saved_twice_the_bytes_are_the_same(reports, tmp_path, usual_report):
    """One report saved twice, into an empty folder and over itself, and the one of another process."""
    usual_report.save(tmp_path)
    usual_report.save(tmp_path)
    assert contents(tmp_path) == contents(reports["plain"])


def test_the_command_line_and_the_function_write_the_same_bytes(reports, tmp_path):
    """`iop-outcomes report` is the same report."""
    command = [sys.executable, "-m", "iop_outcomes", "report", "data/synthetic", "--by", "track", "--output", str(tmp_path / "out")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert ran.returncode == 0, ran.stderr
    assert contents(tmp_path / "out") == contents(reports["plain"])


def test_a_chart_is_drawn_with_the_same_bytes_after_another_style_was_set(synthetic):
    """Settings of matplotlib made by a notebook before do not reach the figures of a report."""
    page = iop.report(synthetic).to_html()
    with mpl.rc_context({"font.size": 22.0, "axes.facecolor": "red", "svg.fonttype": "none", "text.parse_math": True, "axes.grid": True}):
        assert iop.report(synthetic).to_html() == page
