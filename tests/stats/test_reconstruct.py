"""Takes curves of people who are known, gives back who ended when; and the falling curve that is nearest to what rises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from iop_outcomes.stats.lifetable import at_risk_at, life_table
from iop_outcomes.stats.reconstruct import falling, reconstruct


@given(st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=12))
def test_the_nearest_falling_curve_is_scipys(values):
    """Isotonic regression, decreasing."""
    assert falling(np.array(values)) == pytest.approx(isotonic_regression(values, increasing=False).x, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_whoever_ended_comes_back_where_the_table_has_every_day(seed):
    """60 people, numbers at risk on each day: events and losses day by day are those that there were."""
    rng = np.random.default_rng(seed)
    days, ended = rng.integers(1, 30, 60), rng.integers(0, 2, 60)
    table = life_table(days, ended, np.ones(60, dtype=int))
    times = np.concatenate(([0], table.days)).astype(float)
    share = np.concatenate(([1.0], table.survival))
    found = reconstruct(times, share, times, at_risk_at(table, times).at_risk)
    assert found.events.tolist() == [0, *table.ended]
    assert found.at_risk.tolist() == at_risk_at(table, times).at_risk.tolist()
    assert found.events.sum() + found.censored.sum() == 60


def test_the_number_of_events_settles_who_left_after_the_table():
    """Without a number at risk but the first, the curve alone would take 10 people for all who ended."""
    times, share = np.array([0.0, 10, 20]), np.array([1.0, 0.9, 0.8])
    found = reconstruct(times, share, np.array([0.0]), np.array([100]), events=20)
    assert found.events.tolist() == [0, 10, 10]
    assert found.events.sum() + found.censored.sum() == 100
