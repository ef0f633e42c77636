"""Takes two sizes, gives two synthetic programs, drawn once."""

from __future__ import annotations

import pytest

from iop_outcomes.synthetic import write_program
from tests.synthetic.drawn import Program


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program as shipped: n = 1200, seed 7."""
    folder = tmp_path_factory.mktemp("synthetic") / "shipped"
    write_program(folder)
    return Program(folder)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A program of 20,000 episodes, large enough to give back its true values."""
    folder = tmp_path_factory.mktemp("synthetic") / "large"
    write_program(folder, n=20_000, seed=11)
    return Program(folder)
