"""Takes nothing, gives what many tests share: the synthetic program, loaded once for each worker."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

import iop_outcomes as iop

# Without deadlines, which would be tests of timing; `make test` draws fewer examples than `make test-all`.
hypothesis.settings.register_profile("test", deadline=None, max_examples=30)
hypothesis.settings.register_profile("test-all", deadline=None)


def pytest_configure(config):
    """Choose how many examples a property is tried on; those that name a number of their own keep it."""
    hypothesis.settings.load_profile("test" if config.getoption("markexpr") == "not long" else "test-all")


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
