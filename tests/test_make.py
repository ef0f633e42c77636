"""Takes a machine that lacks something, gives the sentence that `make` says about it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed (Debian: apt-get install make)")


def _make(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Ask make for a new environment, with another interpreter and another place than the checkout's own."""
    venv = folder / "venv"
    command = ["make", "--no-print-directory", f"PYTHON={python}", f"VENV={venv}", str(venv / "bin" / "python")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_missing_venv_module_is_named_with_its_fix(tmp_path):
    """Debian splits venv off; the message says which package brings it, and no environment is left half-made."""
    fake = tmp_path / "python-without-venv"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    done = _make(tmp_path, str(fake))
    assert done.returncode != 0
    assert "lacks its venv module" in done.stdout
    assert "apt-get install python3.11-venv" in done.stdout
    assert not (tmp_path / "venv").exists()


def test_a_missing_python_is_named_with_its_fix(tmp_path):
    """No such interpreter: the message says what to install, or how to name another."""
    done = _make(tmp_path, "python-of-nowhere")
    assert done.returncode != 0
    assert "python-of-nowhere was not found" in done.stdout
    assert "make PYTHON=" in done.stdout


def test_the_locks_hold_hashes_and_no_addresses():
    """Every locked package has its sha256; no line names a place to download from; autograd-gamma's build tools are there."""
    for name in ("core.txt", "dev.txt", "docs.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        packages = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(packages)
        assert all(line.rstrip().endswith("\\") for line in packages)
        for tool in ("setuptools", "wheel", "hatchling"):
            assert any(line.startswith(f"{tool}==") for line in packages), tool


def test_the_citation_has_the_version():
    """That of the package."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_what_contributors_are_sent_to_is_there():
    """Every file and folder that the page names."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"`([\w./]+)`", text) if "/" in name or name.endswith((".md", ".toml", ".cff"))]
    assert len(named) > 10
    missing = [
        name
        for name in named
        if name != "site/"  # made by make docs
        and not any((folder / name).exists() for folder in (ROOT, ROOT / "tests/golden", ROOT / "iop_outcomes/measures"))
    ]
    assert missing == []


def test_release_notes_are_what_no_earlier_version_has():
    """The version's own section and those above it; a version without a section is refused with what to write."""
    from tools.release import notes_of

    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    notes = notes_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    assert f"## {version}" in notes
    later = "## Unreleased\n\nnew\n\n## 9.1.0 (unreleased)\n\nnine\n\n## 9.0.0 (2026-01-02)\n\nout\n"
    assert notes_of(later, "9.1.0") == "## Unreleased\n\nnew\n\n## 9.1.0 (unreleased)\n\nnine\n"
    with pytest.raises(SystemExit, match=r"no section ## 9\.2\.0"):
        notes_of(later, "9.2.0")


@pytest.fixture
def tiers(request):
    """The file that says which test is in which tier."""
    here = str(ROOT / "tests" / "conftest.py")
    return next(plugin for plugin in request.config.pluginmanager.get_plugins() if str(getattr(plugin, "__file__", "")) == here)


def test_the_tiers_leave_nothing_out_and_run_nothing_twice(tiers):
    """`make test` and what `make test-all` adds share no test and are all; `.ci/run` runs both; each list names files that are there."""
    assert not set(tiers.RUNS["test"]) & set(tiers.RUNS["rest"])
    assert {*tiers.RUNS["test"], *tiers.RUNS["rest"]} == set(tiers.RUNS["all"])
    files = [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")]
    assert not [start for start in (*tiers.QUICK, *tiers.REST) if not any(file.startswith(start) for file in files)]
    assert not [start for start in tiers.QUICK if start in tiers.REST]
    done = subprocess.run(["make", "-n", "test", "test-all"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"--tier (\w+)", done.stdout) == ["test", "rest"]
    assert "\nmake test test-all " in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


class _Case:
    def __init__(self, file, *, long=False):
        self.nodeid, self._long = f"{file}::test_it", long

    def get_closest_marker(self, name):
        return self._long if name == "long" else None


@pytest.mark.parametrize(
    ("file", "n", "counts"),
    [
        ("tests/measures/test_completion.py", 30, {"test": 3, "rest": 27}),
        ("tests/browser/test_print.py", 2, {"rest": 2}),
        ("tests/stats/test_change.py", 30, {"quick": 30}),
    ],
)
def test_cases_are_spread_over_the_tiers(tiers, file, n, counts):
    """Three of many cases in `test`, but in `quick` all, and none of a file or a test that takes long."""
    given = [tiers.tier_of(_Case(file), place, n) for place in range(n)]
    assert {tier: given.count(tier) for tier in dict.fromkeys(given)} == counts
    assert tiers.tier_of(_Case(file, long=True), 0, 1) == "rest"
