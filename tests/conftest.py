"""Takes nothing, gives what many tests share: the synthetic program, loaded once for each worker."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

import iop_outcomes as iop

# Without deadlines, which would be tests of timing; `make test` draws fewer examples than `make test-all`.
hypothesis.settings.register_profile("test", deadline=None, max_examples=30)
hypothesis.settings.register_profile("test-all", deadline=None)

# Of tests that load data for each of their cases `make test` tries so many cases, spread evenly; `make test-all` tries every one.
MOST_CASES = 12
LOADING = ("tests/adapters/", "tests/attack/", "tests/engine/", "tests/intake/", "tests/oracle/", "tests/table/", "tests/test_simulations")
LOADING += (
    "tests/notebooks/test_any_data",
    "tests/release/test_audit",
    "tests/release/test_curves",
    "tests/reporting/test_killed",
    "tests/test_synthetic",
)


def is_whole(config):
    """Whether the long tests run too, as under `make test-all`."""
    return config.getoption("markexpr") != "not long"


def pytest_configure(config):
    """Choose how many examples a property is tried on; those that name a number of their own keep it."""
    hypothesis.settings.load_profile("test-all" if is_whole(config) else "test")


def pytest_collection_modifyitems(config, items):
    """Leave out cases of tests that load data for each, where they are many."""
    if is_whole(config):
        return
    cases = {}
    for item in items:
        if item.nodeid.startswith(LOADING) and getattr(item, "callspec", None) is not None:
            cases.setdefault((item.path, item.originalname), []).append(item)
    left = {item for each in cases.values() for place, item in enumerate(each) if place % -(-len(each) // MOST_CASES)}
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=list(left))


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
