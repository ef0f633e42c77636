"""Takes nothing, gives a small program in the engine, loaded once: what tests of its parts share."""

import pytest

from tests.engine.test_duckdb import loaded, program


@pytest.fixture(scope="session")
def data():
    """One program for the tests that only look."""
    with loaded(program()) as found:
        yield found
