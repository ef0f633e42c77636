"""Takes every engine, gives proof that it is one: the same functions with the same arguments, and no other way to the rows."""

import inspect

import pytest

from iop_outcomes.engine import Engine
from iop_outcomes.engine.counted import CountsEngine
from iop_outcomes.engine.duckdb import DuckEngine
from iop_outcomes.engine.narrowed import Narrowed
from tests.engine.plain import PlainEngine

FUNCTIONS = [name for name in vars(Engine) if not name.startswith("_")]


@pytest.mark.parametrize("engine", [DuckEngine, Narrowed, CountsEngine, PlainEngine])
def test_an_engine_has_every_function_as_it_is_declared(engine):
    """Under the names by which it is called, so that one may stand in the place of another."""
    for name in FUNCTIONS:
        given, declared = (list(inspect.signature(getattr(kind, name)).parameters) for kind in (engine, Engine))
        assert given == declared, name


@pytest.mark.parametrize("engine", [Narrowed, CountsEngine])
def test_an_engine_that_holds_no_rows_has_no_function_of_its_own(engine):
    """What would be a way round counts would be one more function."""
    assert sorted(name for name in vars(engine) if not name.startswith("_") and callable(getattr(engine, name))) == sorted(FUNCTIONS)
