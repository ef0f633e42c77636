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
        if not any((folder / name).exists() for folder in (ROOT, ROOT / "tests/golden", ROOT / "iop_outcomes/measures"))
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
