"""Takes clicks on a printed curve, gives a curve in days that falls from 1: units, kinds, errors of reading, and what cannot be."""

import pandas as pd
import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.published.curve_points import curve_points

POINTS, AT_RISK = [(0, 1.0), (2, 0.8), (4, 0.5)], [(0, 50), (2, 38)]


def read(points=POINTS, at_risk=AT_RISK, *, kind="falling", percent=False, unit="days"):
    """What the clicks say."""
    return curve_points(points, at_risk, kind=kind, percent=percent, unit=unit)


@pytest.mark.parametrize(("unit", "days"), [("days", 2), ("weeks", 14), ("months", 60.875), ("years", 730.5)])
def test_times_are_in_days(unit, days):
    """Those of the curve and those of the table under it."""
    found = read(unit=unit)
    assert found.times[1] == days == found.risk_times[1]


def test_a_rising_curve_in_percent_is_the_same_curve():
    """And one given as a table."""
    rising = read([(0, 0), (2, 20), (4, 50)], kind="rising", percent=True)
    table = read(pd.DataFrame(POINTS, columns=["time", "share"]), {"time": [0, 2], "n": [50, 38]})
    for found in (rising, table):
        assert found.share.tolist() == pytest.approx(read().share.tolist())
        assert found.at_risk.tolist() == [50, 38]


def test_at_a_step_the_foot_counts_and_the_start_is_1():
    """Read at its top and at its foot, in any order; a click at the start that errs is no event."""
    found = read([(4, 0.5), (2, 0.6), (2, 0.9), (-0.01, 0.99)])
    assert found.times.tolist() == [0, 2, 4]
    assert found.share.tolist() == [1, 0.6, 0.5]


def test_a_small_rise_is_mended_and_told():
    """By how much the farthest point was moved."""
    found = read([(0, 1), (1, 0.8), (2, 0.82), (4, 0.5)])
    assert (found.share[:-1] >= found.share[1:]).all()
    assert 0 < found.most_moved <= 0.02


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"points": []}, "points: holds no row; give time and share of each"),
        ({"points": [(0, 1), (1,)]}, "points, row 2: is not two numbers, time and share"),
        ({"points": [(0, 1), (1, None)]}, "points, row 2: is not two numbers"),
        ({"points": [(0, 1), (1, float("nan"))]}, "points, row 2: time or share is missing or not finite"),
        ({"points": {"day": [0, 1]}}, "points: needs the columns time and share, and has day"),
        ({"points": [(0, 1)]}, "the last one is at time 0; the curve must go beyond 0"),
        ({"points": [(-2, 1), (10, 0.5)]}, "one is at time -2, before the curve begins"),
        ({"points": [(0, 100), (4, 50)]}, "is no share between 0 and 1; where the axis is in percent, say percent=True"),
        ({"points": [(0, 0.6), (4, 0.5)]}, "the curve stands at 0.6 at time 0"),
        ({"points": [(0, 1), (1, 0.5), (4, 0.9)]}, "rises"),
        ({"at_risk": [(1, 50)]}, "at_risk: the first time is 1; give the number at time 0 first"),
        ({"at_risk": [(0, 50), (2, 60)]}, "60 at time 2 are more than the 50 before"),
        ({"at_risk": [(0, 50), (9, 10)]}, "time 9 lies after the last point of the curve, 4"),
        ({"at_risk": [(0, 50), (2, 30), (1, 20)]}, "the times must increase, each once"),
        ({"at_risk": [(0, 0)]}, "nobody is at risk at time 0"),
        ({"kind": "flat"}, "Allowed: falling, rising"),
        ({"unit": "hours"}, "Allowed: days, months, weeks, years"),
    ],
)
def test_what_cannot_be(given, words):
    """Which row or time, and what to do."""
    with pytest.raises(UsageError, match=words):
        read(**given)
