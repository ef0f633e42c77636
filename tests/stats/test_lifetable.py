"""Takes people written out one by one, gives proof of the table behind every curve: who is at risk when, at its first day, its last, and with nobody."""

import numpy as np
import pytest

from iop_outcomes.stats.lifetable import at_risk_at, life_table
from iop_outcomes.stats.medians import median_follow_up
from iop_outcomes.stats.survival import event_free_at, incidence_at, restricted_mean
from tests.stats.test_survival import NAN, table_of
from tests.stats.textbook import greenwood_at, quantile_day, restricted_mean_greenwood

S7_DAY, S7_CAUSE = [30, 30, 60, 60, 90], [1, 0, 1, 0, 0]


def test_events_on_the_last_day_precede_its_censoring():
    """S2: 97 people end follow-up on day 365, one has each event that day: both events count, at risk 99."""
    table = life_table([100, 365, 365, 365], [1, 1, 2, 0], [1, 1, 1, 97])
    assert table.at_risk.tolist() == [100, 99]
    assert incidence_at(table, 365, cause=1).values[0] == pytest.approx(0.02, abs=1e-15)
    assert incidence_at(table, 365, cause=2).values[0] == pytest.approx(0.01, abs=1e-15)
    assert event_free_at(table, 365).values[0] == pytest.approx(0.97, abs=1e-15)


def test_day_zero_and_any_grid():
    """S3: an event on day 0 counts, and the value at a day does not depend on which other days are asked for."""
    assert incidence_at(table_of([0, 1, 2, 3], [1, 2, 1, 0]), [0, 1, 2, 3], cause=1).values.tolist() == [0.25, 0.25, 0.5, 0.5]
    table = table_of([1, 2, 3, 4, 5, 6], [0, 1, 1, 2, 2, 0])
    assert incidence_at(table, [0, 2, 4, 6], cause=2).values[-1] == incidence_at(table, 6, cause=2).values[0] == pytest.approx(0.4)


def test_nothing_is_known_past_the_last_follow_up():
    """S7: past the last follow-up the curve, incidence, errors and area are NaN; at it they are given."""
    table = table_of(S7_DAY, S7_CAUSE)
    for found in (event_free_at(table, [90, 91, 365]), incidence_at(table, [90, 91, 365], 1), restricted_mean(table, [90, 91, 365])):
        assert np.isnan(found.values).tolist() == np.isnan(found.se).tolist() == [False, True, True]
        assert (found.influence[1:] == 0).all()
    assert event_free_at(table, 90).values[0] == pytest.approx(0.533333, abs=5e-7)
    assert np.isnan(greenwood_at(table, 91)).all()
    assert np.isnan(restricted_mean_greenwood(table, 91)).all()


def test_nobody_left_is_known_for_ever():
    """S7: when the last episode ends by an event everything is known from there on: share 0, incidence constant, area too."""
    table = table_of([2, 4], [1, 2])
    assert event_free_at(table, [4, 400]).values.tolist() == [0, 0]
    assert incidence_at(table, [4, 400], 1).values.tolist() == [0.5, 0.5]
    assert restricted_mean(table, [4, 400]).values.tolist() == [3, 3]
    assert np.isnan(greenwood_at(table, 400)).all()


def test_at_risk_table():
    """S8: at risk is everyone not yet gone before the day: 5, 5, 3, 1; events and censored are counted through the day."""
    found = at_risk_at(table_of(S7_DAY, S7_CAUSE), [0, 30, 60, 90, 91])
    assert found.at_risk.tolist() == [5, 5, 3, 1, 0]
    assert found.events.tolist() == [[0, 1, 2, 2, 2]]
    assert found.censored.tolist() == [0, 1, 2, 3, 3]


@pytest.mark.parametrize(
    ("day", "cause", "n", "says"),
    [
        ([-3, 5], [1, 0], [1, 1], "day holds a negative"),
        ([3.5, 5], [1, 0], [1, 1], "day must be"),
        ([NAN, 5], [1, 0], [1, 1], "day must be"),
        (["3", "5"], [1, 0], [1, 1], "day must be"),
        ([3, 5], [1, -1], [1, 1], "cause holds a negative"),
        ([3, 5], [1, 0], [1, -1], "n holds a negative"),
        ([3, 5], [True, False], [1, 1], "cause must be"),
        ([3, 5], [1, 0], [1], "differ in length"),
        ([3, 5], [1, 4], [1, 1], "cause 4 occurs"),
    ],
)
def test_impossible_cells_are_refused(day, cause, n, says):
    """S9: negative, fractional, missing, worded or unequal columns are errors that name the column."""
    with pytest.raises(ValueError, match=says):
        life_table(day, cause, n, causes=2)


def test_nobody_at_all():
    """No cells: everything NaN, nothing at risk, no exception."""
    table = life_table([], [], [], causes=1)
    assert np.isnan([event_free_at(table, 0).values[0], incidence_at(table, 5, 1).values[0], restricted_mean(table, 5).values[0]]).all()
    assert np.isnan([quantile_day(table), median_follow_up(table)]).all()
    assert at_risk_at(table, [0, 5]).at_risk.tolist() == [0, 0]
