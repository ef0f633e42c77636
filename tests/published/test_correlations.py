"""Takes test statistics, gives the correlations behind them."""

import math

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop


def test_correlation_from_a_test():
    """t, F and p give the correlation that has them; the interval covers as Fisher's."""
    whole = iop.effects.correlation(r=0.42, n=50)["correlation"]
    for given in ({"t": whole.statistic}, {"f": whole.statistic**2}, {"p": whole.p}):
        assert iop.effects.correlation(n=50, **given)["correlation"].value == pytest.approx(0.42, rel=1e-9)
    assert (whole.low, whole.high) == pytest.approx(np.tanh(np.arctanh(0.42) + np.array([-1, 1]) * scipy.stats.norm.ppf(0.975) / 47**0.5))
    assert math.isnan(iop.effects.correlation(r=0.9, n=3)["correlation"].low)
