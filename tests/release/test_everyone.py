"""Takes totals over the cells of a page, gives what they say of one column's cells: held against the span, worked out whole."""

import numpy as np
import pytest
from scipy.linalg import null_space

from iop_outcomes.release.everyone import Inside


def inside_of_span(totals, inside):
    """The totals of the cells inside that follow from totals over all cells: combinations that are nothing outside."""
    outside = np.delete(totals, inside, axis=1)
    combinations = null_space(outside.T).T if outside.shape[1] else np.eye(len(totals))
    return combinations @ totals[:, inside]


def same_span(one, other):
    """Whether two sets of rows span the same."""
    rank = np.linalg.matrix_rank
    return rank(one) == rank(other) == rank(np.vstack([one, other]))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_known_inside_is_what_follows(seed):
    """Totals of 0 and 1 over eight cells, learnt a few at a time; five cells are of the column."""
    random = np.random.default_rng(seed)
    inside, totals = np.array([0, 2, 3, 5, 6]), random.integers(0, 2, (9, 8)).astype(float)
    column = Inside(inside, 8)
    for start in range(0, 9, 3):
        column.learn(column.added(totals[start : start + 3]))
        assert same_span(column.known, inside_of_span(totals[: start + 3], inside))
        assert column.known @ column.known.T == pytest.approx(np.eye(len(column.known)), abs=1e-9)


def test_a_total_outside_says_nothing_until_another_cancels_it():
    """Cells 0 and 2 together say nothing of cell 0; cell 2 alone then does. Asking is not learning."""
    column = Inside(np.array([0, 1]), 3)
    both, outside = np.array([[1.0, 0.0, 1.0]]), np.array([[0.0, 0.0, 1.0]])
    column.learn(column.added(both))
    assert len(column.known) == 0
    assert np.abs(column.added(outside).inside) == pytest.approx(np.array([[1.0, 0.0]]))
    assert len(column.known) == 0
