"""Takes the mean of n values, gives Student's limits; of weighted strata Satterthwaite's degrees of freedom, which are Welch's of two."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.keys import Flag
from iop_outcomes.stats.intervals.interval import Stratum
from iop_outcomes.stats.intervals.student_t import StudentT
from iop_outcomes.stats.limits import Errors
from tests.stats.intervals.drafted import drafted, limits


def test_limits_are_scipys():
    """The population variance over n, and n - 1 degrees of freedom."""
    days = np.random.default_rng(2).integers(1, 90, 25)
    found = limits(StudentT(25.0), float(days.mean()), 25, float(days.var()) / 25)
    assert (found.low, found.high) == pytest.approx(scipy.stats.t(24, days.mean(), scipy.stats.sem(days)).interval(0.95), rel=1e-12)


def test_two_strata_have_welchs_degrees_of_freedom():
    """Weights 1 and -1 of two means: Welch's test."""
    rng = np.random.default_rng(4)
    groups = rng.normal(0, 1, 12), rng.normal(0, 4, 30)
    parts = []
    for weight, values in zip((1.0, -1.0), groups, strict=True):
        kind = StudentT(float(len(values)))
        parts.append(Stratum(weight, drafted(float(values.mean()), len(values), kind), Errors(float(values.var()) / len(values))))
    plain = sum(part.errors.variance for part in parts)
    kind = StudentT(42.0).combined(groups[0].mean() - groups[1].mean(), plain, parts)
    welch = scipy.stats.ttest_ind(*groups, equal_var=False)
    assert kind.n - 1 == pytest.approx(welch.df, rel=1e-12)
    assert math.sqrt(kind.variance) == pytest.approx((groups[0].mean() - groups[1].mean()) / welch.statistic, rel=1e-12)


def test_one_episode_tells_nothing_of_its_spread():
    """Neither alone nor as a stratum."""
    assert math.isnan(limits(StudentT(1.0), 5.0, 1, 0.0).low)
    kind = StudentT(1.0)
    assert kind.combined(5.0, 0.0, [Stratum(1.0, drafted(5.0, 1, kind), Errors(0.0))]).flag is Flag.ONE_EPISODE
