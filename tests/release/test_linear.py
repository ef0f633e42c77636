"""Takes linear programs drawn at random, gives proof that a search that goes on from the last one ends where one from the beginning does."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from iop_outcomes.release import linear
from iop_outcomes.release.linear import BoundedProgram, ImpossibleError, anew, search


def drawn(random, rows=12, columns=9):
    """A program of whole factors that some point fulfils."""
    matrix = random.integers(-2, 3, (rows, columns)) * (random.random((rows, columns)) < 0.5)
    inside = random.integers(0, 6, columns)
    low, high = matrix @ inside - random.integers(0, 3, rows), matrix @ inside + random.integers(0, 3, rows)
    starts = np.cumsum([0, *(matrix != 0).sum(axis=1)])
    columns_of, factors = np.nonzero(matrix)[1], matrix[matrix != 0].astype(float)
    return BoundedProgram(starts, columns_of, factors, low.astype(float), high.astype(float), np.zeros(columns), np.full(columns, 9.0))


def least_cost(program, costs, solve):
    """The least cost, or that nothing is possible."""
    try:
        unknowns = solve(program, costs)
    except ImpossibleError:
        return "impossible"
    matrix = np.zeros((len(program.low), len(costs)))
    matrix[np.repeat(np.arange(len(program.low)), np.diff(program.starts)), program.columns] = program.factors
    sums = matrix @ unknowns
    assert (sums >= program.low - 1e-6).all() and (sums <= program.high + 1e-6).all()
    assert (unknowns >= program.least - 1e-6).all() and (unknowns <= program.most + 1e-6).all()
    return pytest.approx(costs @ unknowns, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_a_search_that_goes_on_ends_where_a_new_one_does(seed):
    """After changes of costs, of limits of sums and of unknowns; some make it impossible for a while."""
    random = np.random.default_rng(seed)
    program, on = drawn(random), search()
    assert on is not anew  # the door of HiGHS is where it was: reports of many groups rest on its speed
    for _ in range(12):
        costs = random.integers(-3, 4, len(program.least)).astype(float)
        row, column = random.integers(len(program.low)), random.integers(len(program.least))
        before = program.low[row], program.most[column]
        program.low[row], program.most[column] = random.integers(-4, 8), random.integers(0, 9)
        program.high[row] = max(program.high[row], program.low[row])
        assert least_cost(program, costs, on) == least_cost(program, costs, anew)
        program.low[row], program.most[column] = before


def test_the_solver_is_the_one_that_scipy_takes_later():
    """It comes without the rest of `scipy.optimize`, in a process that has not imported that; two of it could not be loaded beside one another."""
    code = (
        "import sys; from iop_outcomes.release.linear import anew, search; on = search(); assert on is not anew; "
        "print('scipy.optimize' in sys.modules); from scipy.optimize._highspy import _core; print(_core is on._core)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "True"]


def test_without_a_least_there_is_none():
    """A cost that can fall for ever."""
    program = BoundedProgram(np.array([0, 1]), np.array([0]), np.ones(1), np.zeros(1), np.full(1, np.inf), np.zeros(1), np.full(1, np.inf))
    assert anew(program, np.array([-1.0])) is None
    assert program.solve(np.array([-1.0])) is None
    assert program.solve(np.array([1.0])).tolist() == [0.0]


@pytest.mark.parametrize("seed", range(4))
def test_whole_numbers_are_those_of_another_door(seed, monkeypatch):
    """HiGHS asked directly and by scipy: of equal cost, and whole where that is asked; halves cost less."""
    random, here = np.random.default_rng(seed), linear._core()
    program, costs = drawn(random), random.integers(-3, 4, 9).astype(float)
    whole = random.random(9) < 0.7
    by_door = program.solve_whole(costs, whole)
    assert np.abs(by_door[whole] - np.rint(by_door[whole])).max() < 1e-6
    monkeypatch.setattr(linear, "_core", lambda: None)
    assert least_cost(program, costs, lambda program, costs: program.solve_whole(costs, whole)) == pytest.approx(costs @ by_door, abs=1e-6)
    assert costs @ anew(program, costs) <= costs @ by_door + 1e-6
    program.low[0], program.high[0] = 1e6, 1e6
    for core in (None, here):
        monkeypatch.setattr(linear, "_core", lambda core=core: core)
        with pytest.raises(ImpossibleError):
            program.solve_whole(costs, whole)
