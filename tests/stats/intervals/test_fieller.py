"""Takes two means of the same people, gives limits of their ratio: every ratio that a paired t test would not refuse."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.keys import Flag, flags
from iop_outcomes.stats.intervals.fieller import ErrorsOfRatio, Fieller
from tests.stats.intervals.drafted import drafted


def found(top, bottom):
    """The interval of mean(top) / mean(bottom), from n values of each."""
    n = len(top)
    influences = tuple((values - values.mean()) / n for values in (top, bottom))
    parts = tuple(float((one * other).sum()) for one, other in ((influences[0],) * 2, influences, (influences[1],) * 2))
    kind = Fieller(float(top.mean()), float(bottom.mean()), influences, float(n), n / (n - 1))
    value = top.mean() / bottom.mean()
    of_ratio = (influences[0] - value * influences[1]) / bottom.mean()
    errors = ErrorsOfRatio(float(np.square(of_ratio).sum()), covariance=parts)
    return kind.finish(drafted(value, n, kind), errors, 0.95)


@pytest.mark.parametrize("seed", range(4))
def test_at_its_limits_the_paired_test_gives_a_twentieth(seed):
    """At a limit x, the t test that top - x bottom has mean 0 has p = 0.05."""
    rng = np.random.default_rng(seed)
    bottom = rng.normal(5, 2, 40)
    top = 0.6 * bottom + rng.normal(1, 1.5, 40)
    limits = found(top, bottom)
    assert limits.low < top.mean() / bottom.mean() < limits.high
    for end in (limits.low, limits.high):
        assert scipy.stats.ttest_1samp(top - end * bottom, 0).pvalue == pytest.approx(0.05, rel=1e-9)


def test_open_where_the_denominator_may_be_nothing():
    """No ratio is too large where the denominator is not clearly above 0; the flag says that a side is open."""
    rng = np.random.default_rng(3)
    bottom = rng.normal(0.2, 2, 30)
    top = rng.normal(4, 1, 30)
    limits = found(top, bottom - bottom.mean() + 0.2)
    assert math.isnan(limits.high)
    assert limits.flags == flags(Flag.INTERVAL_OPEN)
    assert scipy.stats.ttest_1samp(top - limits.low * (bottom - bottom.mean() + 0.2), 0).pvalue == pytest.approx(0.05, rel=1e-9)
