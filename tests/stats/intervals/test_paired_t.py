"""Takes a mean change, gives scipy's one-sample t interval and test; none without spread."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.stats.intervals.paired_t import PairedT
from tests.stats.intervals.drafted import limits


def test_limits_and_test_are_scipys():
    """Statistic, degrees of freedom, two-sided p and limits."""
    changes = np.random.default_rng(1).normal(2, 5, 37)
    found = limits(PairedT(37.0), float(changes.mean()), 37, float(np.square(changes - changes.mean()).sum()) / 37**2)
    test = scipy.stats.ttest_1samp(changes, 0)
    assert (found.statistic, found.df, found.p) == pytest.approx((test.statistic, test.df, test.pvalue), rel=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(test.confidence_interval()), rel=1e-12)


def test_by_patient_on_the_effective_patients():
    """T over the error by patient, one degree of freedom less than effective patients."""
    found = limits(PairedT(60.0), 3.0, 60, 0.5, clustered=(15.0, 1.2))
    se = math.sqrt(1.2 * 15 / 14)
    assert (found.statistic, found.df, found.p) == pytest.approx((3 / se, 14, 2 * scipy.stats.t(14).sf(3 / se)), rel=1e-12)


def test_no_test_without_spread():
    """Everybody changed alike: an interval of no width would claim certainty."""
    found = limits(PairedT(20.0), 3.0, 20, 0.0)
    assert math.isnan(found.p) and math.isnan(found.low)
