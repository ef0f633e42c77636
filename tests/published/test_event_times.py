"""Takes people one by one with their days and ends, gives the curves and the test of lifelines, and no number where nothing was seen."""

import math

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test

from iop_outcomes.errors import UsageError
from iop_outcomes.published.event_times import event_times

DAYS, ENDED = [3, 5, 5, 8, 12, 14, 20, 21, 30, 33], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1]
GROUP = ["a", "b", "a", "b", "a", "b", "a", "b", "a", "b"]


def test_curve_and_median_are_those_of_lifelines():
    """Shares on every day of an event, and Greenwood's error."""
    found, curve = event_times(days=DAYS, ended=ENDED), KaplanMeierFitter().fit(DAYS, ENDED)
    for day in (3, 8, 21):
        assert found[f"event_free_{day}"] == pytest.approx(float(curve.predict(day)), rel=1e-12)
    assert found["median"] == curve.median_survival_time_
    steps = [(10, 1), (9, 1), (7, 1)]  # at risk and ended, up to day 8
    greenwood = found["event_free_8"] * math.sqrt(sum(d / (r * (r - d)) for r, d in steps))
    assert found["event_free_8.se"] == pytest.approx(greenwood, rel=1e-12)


def test_the_test_between_groups_is_that_of_lifelines():
    """Chi squared and p; the ratio of observed over expected of the first group and the second."""
    found = event_times(days=DAYS, ended=ENDED, group=GROUP)
    sides = [np.array(GROUP) == name for name in "ab"]
    test = logrank_test(*(np.array(DAYS)[side] for side in sides), *(np.array(ENDED)[side] for side in sides))
    assert (found["chi_squared"], found["p"]) == pytest.approx((test.test_statistic, test.p_value), rel=1e-9)
    assert found["observed_a"] + found["observed_b"] == found["expected_a"] + found["expected_b"] == pytest.approx(sum(ENDED))


def test_incidences_of_two_causes_sum_to_what_is_not_free():
    """Against Aalen and Johansen of lifelines on days without ties."""
    days, causes = [1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 2, 1]
    found = event_times(days=days, ended=causes)
    fitted = AalenJohansenFitter(calculate_variance=False).fit(days, causes, event_of_interest=1).cumulative_density_
    assert found["incidence_1_4"] == pytest.approx(float(fitted.loc[4].iloc[0]), rel=1e-12)
    assert found["incidence_1_5"] + found["incidence_2_5"] == pytest.approx(1 - found["event_free_5"], rel=1e-12)


@pytest.mark.parametrize(("ended", "tested"), [([1, 1, 0, 0], True), ([0, 0, 1, 1], False), ([0, 0, 0, 0], False)])
def test_a_group_without_an_event_has_no_ratio(ended, tested):
    """NaN: neither infinity, nor 0, nor a warning; and no test where nobody of the other group was there at any event."""
    found = event_times(days=[1, 2, 3, 4], ended=ended, group=["a", "a", "b", "b"])
    assert math.isnan(found["hazard_ratio"])
    assert math.isnan(found["chi_squared"]) is not tested
    assert math.isnan(found["chi_squared_from_expected"]) is not tested


def test_columns_of_different_length():
    """With how many each has."""
    with pytest.raises(UsageError, match="days has 2 people, ended 1 and group 2"):
        event_times(days=[1, 2], ended=[1])
