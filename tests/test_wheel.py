"""Takes the built wheel, gives a working command outside the checkout: scales, templates and notebooks travel inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the checkout with the locked build tools."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return next(folder.glob("*.whl"))


def test_it_carries_what_is_not_code(wheel):
    """Scales, page template, style, notebooks with the program they read, and the marker for types are inside; tests are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "iop_outcomes/scales/phq9.toml",
        "iop_outcomes/published/registry/rogers_php.toml",
        "iop_outcomes/reporting/templates/report.html.j2",
        "iop_outcomes/reporting/templates/report.css",
        "iop_outcomes/notebooks/01_program_quality.ipynb",
        "iop_outcomes/data/synthetic/episodes.csv",
        "iop_outcomes/data/synthetic/mapping.toml",
        "iop_outcomes/notebooks/page.html.j2",
        "iop_outcomes/notebooks/running.py",
        "iop_outcomes/py.typed",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "data/", "benchmarks/"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_runs_outside_the_checkout(wheel, tmp_path):
    """Installed into an empty environment beside the locked packages, the command writes a program and its report."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    # The packages it depends on are those of the lock, which this environment already holds; the checkout itself is left out.
    site = next((venv / "lib").glob("python*/site-packages"))
    shared = tmp_path / "shared"
    shared.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "iop_outcomes" not in entry.name and entry.suffix != ".pth":
            (shared / entry.name).symlink_to(entry)
    (site / "shared.pth").write_text(str(shared), encoding="utf-8")

    # The page templates of nbconvert lie in the environment's own data folder, which a link to its packages does not bring.
    environment = {**os.environ, "JUPYTER_PATH": str(Path(sysconfig.get_paths()["data"]) / "share" / "jupyter")}

    def run(*arguments: str) -> str:
        command = [str(venv / "bin" / "iop-outcomes"), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("synth", "--output", "program", "--n", "200")
    assert run("report", "program", "--output", "out").splitlines()[0] == "out/program_quality.html"
    assert "05_data_quality" in run("notebook", "list")
    run("notebook", "copy", "05_data_quality", "--output", "mine")
    run("notebook", "run", "mine/05_data_quality.ipynb", "--output", "again")
    run("notebook", "run", "01_program_quality", "-p", "source=program", "--output", "again")
    assert (tmp_path / "again" / "program_quality.html").read_bytes() == (tmp_path / "out" / "program_quality.html").read_bytes()
    where = subprocess.run(
        [str(python), "-c", "import iop_outcomes; print(iop_outcomes.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert str(venv) in where.stdout
