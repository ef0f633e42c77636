"""Takes a life table, gives the share followed and the day of the median: lifelines with ends and events turned round, and no median."""

import math

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from iop_outcomes.stats.lifetable import life_table
from iop_outcomes.stats.medians import crossing_day, followed_share, median_follow_up


def test_the_share_followed_is_a_reversed_curve():
    """Where no event and end of follow-up fall on one day, it is Kaplan-Meier of the ends of follow-up."""
    rng = np.random.default_rng(11)
    cause = rng.integers(0, 2, 60)
    day = 2 * rng.integers(1, 80, 60) + cause  # events on odd days, ends on even ones
    table = life_table(day, cause, np.ones(60, dtype=np.int64))
    theirs = KaplanMeierFitter().fit(day, 1 - cause).predict(table.days)
    assert followed_share(table) == pytest.approx(theirs.to_numpy(), abs=1e-12)


@pytest.mark.parametrize(("shares", "day"), [([0.8, 0.4, 0.1], 20.0), ([0.8, 0.5, 0.1], 25.0), ([0.9, 0.8, 0.6], math.nan)])
def test_the_day_on_which_half_is_reached(shares, day):
    """The first day under it; the midpoint of the days on which the curve stands at one half; none that is not reached."""
    found = crossing_day(np.array([10, 20, 30]), np.array(shares), 0.5)
    assert found == day or (math.isnan(day) and math.isnan(found))


def test_nobody_lost_has_no_median_follow_up():
    """Everybody had the event."""
    assert math.isnan(median_follow_up(life_table([5, 9], [1, 1], [3, 3])))
