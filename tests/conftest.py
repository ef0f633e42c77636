"""Takes nothing, gives what many tests share: the synthetic program, loaded once for each worker."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

import iop_outcomes as iop

hypothesis.settings.register_profile("no test of timing", deadline=None)
hypothesis.settings.load_profile("no test of timing")

ROOT = Path(__file__).resolve().parent.parent
SYNTHETIC = ROOT / "data" / "synthetic"


@pytest.fixture(scope="session", autouse=True)
def _in_the_root(tmp_path_factory):
    """Examples in docstrings name data/synthetic, so tests run from the root whatever folder they were started in."""
    import os

    before = Path.cwd()
    os.chdir(ROOT)
    yield
    os.chdir(before)


@pytest.fixture(scope="session")
def synthetic():
    """The synthetic program of the repository."""
    with iop.load(SYNTHETIC) as data:
        yield data
