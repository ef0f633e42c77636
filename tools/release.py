"""Takes a checkout, gives dist/: a wheel, an sdist and release notes, each installed and tried in an empty environment (make release). Nothing is uploaded.

What is tried is what somebody gets who installs the file: its dependencies come from the index that pip is set up for, the newest that the metadata
allow, and the command runs in a folder that holds nothing else. The notes are the sections of CHANGELOG.md that no earlier version has.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
RELEASED = re.compile(r"^\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)")  # how the heading of a version that is out begins, as in 0.2.0 (2027-01-15)


def notes_of(changes: str, version: str) -> str:
    """The sections of a CHANGELOG that belong to a version: its own, and what stands above any version that is out."""
    sections = re.split(r"(?m)^(?=## )", changes)[1:]
    headings = [section.removeprefix("## ").splitlines()[0] for section in sections]
    if not any(heading.split()[0] == version for heading in headings):
        raise SystemExit(f"error: CHANGELOG.md has no section ## {version}. Write one, as in: ## {version} (unreleased)")
    earlier = [heading.split()[0] != version and RELEASED.match(heading) is not None for heading in headings]
    kept = earlier.index(True) if True in earlier else len(sections)
    return "".join(sections[:kept]).rstrip() + "\n"


def build() -> list[Path]:
    """The wheel and the sdist, made new."""
    shutil.rmtree(DIST, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(DIST)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return sorted(DIST.glob("*.whl")) + sorted(DIST.glob("*.tar.gz"))


def try_in_an_empty_environment(file: Path) -> None:
    """Install a file where nothing else is, ask for help, and make a report of a program that it writes itself."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
        subprocess.run(
            [str(place / "venv/bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(file)], check=True
        )
        work = place / "work"
        work.mkdir()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        for words in (
            "--help",
            "synth --output program --n 300",
            "report program --by track --output reports",
            "verify reports --input program",
        ):
            command = [str(place / "venv/bin/iop-outcomes"), *words.split()]
            done = subprocess.run(command, cwd=work, env=clean, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"error: {file.name}: iop-outcomes {words} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        made = sorted(path.name for path in (work / "reports").iterdir())
    print(f"{file.name}: installs by itself; --help, synth, report and verify run; the report is {', '.join(made)}")


def main() -> None:
    """Notes first, which cost nothing; then build, try, and say what is there."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    notes = notes_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    files = build()
    for file in files:
        try_in_an_empty_environment(file)
    (DIST / "release_notes.md").write_text(f"# iop_outcomes {version}\n\n{notes}", encoding="utf-8")
    for file in files:
        print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(ROOT)}  {file.stat().st_size // 1024} kB")
    print(f"dist/release_notes.md  {len(notes.splitlines())} lines. Read them, date the section of CHANGELOG.md, tag, and upload by hand.")


if __name__ == "__main__":
    main()
