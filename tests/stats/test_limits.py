"""Takes what intervals are made of, gives proof of each piece: quantiles, variances, names, and what is flagged."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.keys import Flag
from iop_outcomes.stats.limits import NO_LIMITS, Clustered, Errors, few, open_sides, symmetric, t_quantile, variance_independent


@pytest.mark.parametrize("df", [1, 3.7, 40])
def test_students_quantile_is_scipys(df):
    """Two-sided; the degrees of freedom need not be whole."""
    assert t_quantile(df, 0.9) == pytest.approx(scipy.stats.t.ppf(0.95, df), rel=1e-10)


def test_a_cell_of_n_is_n_cells_of_one():
    """The variance of a share by its influences is p (1 - p) / n, however the episodes are counted."""
    shared = variance_independent(np.array([0.7, -0.3]) / 10, np.array([3, 7]))
    single = variance_independent(np.repeat([0.7, -0.3], [3, 7]) / 10, np.ones(10, dtype=int))
    assert shared == pytest.approx(single, rel=1e-12) == pytest.approx(0.3 * 0.7 / 10, rel=1e-12)


def test_repeated_patients_take_the_place_of_episodes():
    """Their variance, and Student's t of one fewer than they are."""
    plain, repeated = Errors(0.04), Errors(0.04, Clustered(11.0, 0.09))
    assert (plain.variance, repeated.variance) == (0.04, 0.09)
    assert math.isnan(plain.effective)
    assert plain.quantile(0.95) == pytest.approx(scipy.stats.norm.ppf(0.975), rel=1e-10)
    assert repeated.quantile(0.95) == pytest.approx(scipy.stats.t.ppf(0.975, 10), rel=1e-10)


def test_a_method_that_is_there_keeps_its_name():
    """Flags are added to those that it has."""
    named = symmetric(2.0, 0.5, 2.0, "own").named("other", frozenset({Flag.FEW_PATIENTS}))
    assert (named.low, named.high, named.method, named.flags) == (1.0, 3.0, "own", {Flag.FEW_PATIENTS})
    assert NO_LIMITS.named("other").method == "other"
    assert NO_LIMITS.none
    assert not named.none


def test_what_is_flagged():
    """A side without a limit, and fewer than ten effective patients; ten are enough."""
    assert open_sides(math.nan, 3.0) == open_sides(1.0, math.nan) == {Flag.INTERVAL_OPEN}
    assert not open_sides(1.0, 3.0)
    assert few(9.99) == {Flag.FEW_PATIENTS}
    assert not few(10.0)
