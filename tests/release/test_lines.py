"""Takes a curve and what was released of its days, gives the lines of a figure: exact, of rounded counts, or none."""

from types import SimpleNamespace

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.release import POLICIES, SUPPRESSED, release_curve
from iop_outcomes.release.lines import printed_band, release_lines
from iop_outcomes.stats.curves import Ends

DAYS = np.array([0, 10, 20, 30])


def day(time, value, low, high):
    """What is printed of a day."""
    return SimpleNamespace(time=float(time), value=value, low=low, high=high, shown=value is not SUPPRESSED)


def curve_of(cells):
    """The curve of episodes given as (day, way): n."""
    ends = Ends(Counts.from_cells(("day", "outcome"), cells), "day", "outcome", ("event", "death"))
    return ends.curve(np.arange(0, 31, 10), np.array([0, 30]))


LARGE = {(5, "event"): 40, (15, "event"): 30, (25, "end"): 30, (30, "end"): 100}


def test_a_band_holds_the_limits_that_are_printed():
    """On the day of which limits are printed, whichever share they are of."""
    low, high = printed_band(DAYS, np.array([0.0, 0.2, 0.3, 0.4]), [day(10, 0.2, 0.15, 0.26), day(30, 0.4, 0.34, 0.47)])
    assert (low[1], high[1], low[3], high[3]) == pytest.approx((0.15, 0.26, 0.34, 0.47))
    assert low[1] < low[2] < low[3] and high[1] < high[2] < high[3]
    left = [day(10, 0.8, 0.74, 0.85), day(30, 0.6, 0.53, 0.66)]
    mirrored = printed_band(DAYS, np.array([0.0, 0.2, 0.3, 0.4]), left, left=True)
    assert mirrored[0] == pytest.approx(low, nan_ok=True) and mirrored[1] == pytest.approx(high, nan_ok=True)


def test_where_no_limits_are_printed_there_is_no_band():
    """Nothing printed, or everything withheld; and at 0 where no day with a printed 0 follows."""
    gone = np.array([0.0, 0.0, 0.3, np.nan])
    for printed in ([], [day(20, SUPPRESSED, SUPPRESSED, SUPPRESSED)]):
        low, high = printed_band(DAYS, gone, printed)
        assert np.isnan(low).all() and np.isnan(high).all()
    low, high = printed_band(DAYS, gone, [day(10, 0.0, 0.0, 0.02)])
    assert low[:2].tolist() == [0, 0] and high[:2].tolist() == [0.02, 0.02]
    assert np.isnan([low[3], high[3]]).all()


def test_where_nothing_is_withheld_the_lines_are_exact():
    """The share with the event, and that free of ends, on every day on which anything ended."""
    curve = curve_of(LARGE)
    lines = SimpleNamespace(days=DAYS[:3], shares=np.array([0.0, 0.2, 0.5]), low=np.array([0, 0.1, 0.4]), high=np.array([0, 0.3, 0.6]))
    unknown = SimpleNamespace(**{**vars(lines), "shares": np.array([1.0, 0.8, np.nan])})
    exact = SimpleNamespace(lines=lambda: (lines, unknown), **{name: getattr(curve, name) for name in ("exits", "followed")})
    one, other = release_lines(exact, None, POLICIES["internal"], [day(30, 0.3, 0.2, 0.4)], [])
    assert (one.days, one.shares, one.high) == ((0, 10, 20), (0.0, 0.2, 0.5), (0.0, 0.3, 0.6))
    assert other.days == (0, 10)  # as far as the share is known


def test_of_few_the_lines_are_of_counts_rounded_to_sixes():
    """40 had the event by day 10: 39 of 200, and 161 of 200 left; both lines say the same where nobody died."""
    curve = curve_of(LARGE)
    policy = POLICIES["cms11"]
    drawn = release_curve(curve, policy, {30: True})
    one, other = release_lines(curve, drawn, policy, [day(30, 0.35, 0.29, 0.42)], [day(30, 0.65, 0.58, 0.71)])
    assert one.days == other.days == (10, 20, 30)  # day 0, of nobody so far, would say by when there was someone
    assert one.shares == pytest.approx((39 / 200, 69 / 200, 69 / 200))
    assert np.array(one.shares) + np.array(other.shares) == pytest.approx(np.ones(3))


def test_a_group_of_which_nothing_is_known_has_no_lines():
    """Every asked day is past the follow-up."""
    curve = curve_of(LARGE)
    drawn = release_curve(curve, POLICIES["cms11"])
    nothing = [day(90, float("nan"), float("nan"), float("nan"))]
    assert release_lines(curve, drawn, POLICIES["cms11"], nothing, nothing) is None
