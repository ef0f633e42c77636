"""Takes public sets of studies, gives Egger's regression as metafor does, to 1e-8 (tests/oracle/pooling.R)."""

import math

import numpy as np
import pytest
import statsmodels.api as sm

from iop_outcomes.stats.funnel_asymmetry import egger
from tests.oracle.pooling_sets import ESTIMATES
from tests.stats.test_random_effects import ORACLE, pooled, same


@pytest.mark.parametrize("name", ESTIMATES)
def test_egger(name):
    """The classical weighted regression."""
    found, truth = pooled(name).egger(), ORACLE[name]["egger"]
    same({each: getattr(found, each) for each in truth}, truth, truth)


def test_it_is_a_weighted_regression():
    """On the error, by the inverse variance; slope, error, p and the limit with its interval."""
    rng = np.random.default_rng(2)
    error = rng.uniform(0.05, 0.6, 14)
    value = 0.3 + 1.2 * error + rng.normal(0, error)
    found, theirs = egger(value, error), sm.WLS(value, sm.add_constant(error), weights=1 / error**2).fit()
    assert (found.limit, found.slope) == pytest.approx(tuple(theirs.params), rel=1e-9)
    assert (found.se, found.t, found.p, found.df) == pytest.approx((theirs.bse[1], theirs.tvalues[1], theirs.pvalues[1], 12), rel=1e-9)
    assert (found.limit_low, found.limit_high) == pytest.approx(tuple(theirs.conf_int()[0]), rel=1e-9)


def test_two_studies_and_errors_all_alike_have_none():
    """There is nothing to draw a line through."""
    for value, error in (([0.1, 0.2], [0.1, 0.3]), ([0.1, 0.2, 0.5], [0.2, 0.2, 0.2])):
        assert math.isnan(egger(np.array(value), np.array(error)).slope)
