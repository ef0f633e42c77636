"""Takes scores week by week, gives sudden gains among those who can be assessed."""

import numpy as np

import iop_outcomes as iop
from tests.measures.courses import numbers, program


def test_sudden_gains_of_those_who_can_be_assessed():
    """By the points of the scale's profile."""
    rows = [[20, 20, 20, 12, 12, 12], [20, 20, 20, 12, 12, 17], [20, 19, 18, 17, 16, 15], [20, np.nan, 20, np.nan, 12, np.nan]]
    with program(rows, [60] * 4) as data:
        found = numbers(iop.sudden_gains(data, scale="phq9"))
    gained, lost = found["sudden_gain", None], found["sudden_gain_reversed", None]
    assert (gained.k, gained.n, gained.n_missing) == (2, 3, 1)
    assert (lost.k, lost.n) == (1, 2)
