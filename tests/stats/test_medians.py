"""Takes curves, gives the day on which each comes down to a share: R's medians, a search over the days, and the median follow-up of lifelines."""

import math

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from iop_outcomes.stats.lifetable import life_table
from iop_outcomes.stats.medians import crossing_day, median_follow_up


def test_a_curve_that_rests_on_the_share_crosses_midway():
    """R's quantile.survfit: between the day that reaches 0.5 and the day that leaves it; NaN where it stays above."""
    days = np.array([5, 9, 20])
    assert crossing_day(days, np.array([0.8, 0.5, 0.4])) == 14.5
    assert crossing_day(days, np.array([0.8, 0.5, 0.5])) == 9
    assert crossing_day(days, np.array([0.8, 0.49, 0.4])) == 9
    assert math.isnan(crossing_day(days, np.array([0.9, 0.8, 0.7])))


def test_a_share_that_misses_a_half_by_rounding_is_a_half():
    """(1 - 1/3) (1 - 1/4) is 0.5 but for the last digit."""
    assert crossing_day(np.array([1, 2, 3]), np.array([2 / 3, (1 - 1 / 3) * (1 - 1 / 4), 0.1])) == 2.5


@pytest.mark.parametrize("gone", [0.0, 1.0, -0.2])
def test_no_share_at_the_ends(gone):
    """Nobody and everybody have no day."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        crossing_day(np.array([1]), np.array([0.5]), gone)


def test_follow_up_is_the_curve_with_ends_and_losses_turned_round():
    """Lifelines on the people one by one; nobody loses on the day of an event, so that the order within a day does not matter."""
    rng = np.random.default_rng(9)
    ended = rng.integers(0, 2, 75)
    days = 2 * rng.integers(0, 200, 75) + ended
    reverse = KaplanMeierFitter().fit(days, event_observed=1 - ended)
    assert median_follow_up(life_table(days, ended, np.ones(75, dtype=int))) == reverse.median_survival_time_


def test_nobody_lost_has_no_median_follow_up():
    """Everybody had the event."""
    assert math.isnan(median_follow_up(life_table([5, 9], [1, 1], [3, 3])))
