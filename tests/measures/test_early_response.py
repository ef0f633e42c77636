"""Takes scores of the first weeks, gives early response by both of its criteria."""

import numpy as np

import iop_outcomes as iop
from tests.measures.courses import numbers, program


def test_early_response_by_both_criteria():
    """A fifth lower at week 2 alone; half lower at any of the first four weeks; from the lowest score nobody can fall."""
    rows = [[20, np.nan, 16, np.nan, np.nan], [20, 10, 17, 18, 18], [20, 20, 20, 20, 11], [0, 0, 0, 0, 0], [20] + [np.nan] * 4]
    with program(rows, [40] * 5) as data:
        found = numbers(iop.early_response(data, scale="phq9"))
    improved, responded = found["early_improvement", None], found["early_response", None]
    assert (improved.k, improved.n, improved.n_missing, improved.excluded) == (1, 3, 1, 1)
    assert (responded.k, responded.n, responded.n_missing) == (1, 3, 1)
