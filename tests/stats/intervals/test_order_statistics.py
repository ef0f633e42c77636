"""Takes whole-number values, gives limits of a quantile by ranks: the smallest ranks that the binomial allows, sought one by one."""

import math

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.keys import Flag
from iop_outcomes.stats.duration import Distribution
from iop_outcomes.stats.intervals.order_statistics import OrderStatistics
from tests.stats.intervals.drafted import limits


def by_search(values, share, conf_level=0.95):
    """Largest rank l with P(fewer than l below) <= a / 2, smallest rank u with P(u or more below) <= a / 2."""
    n, tail = len(values), (1 - conf_level) / 2
    below = scipy.stats.binom(n, share)
    low = [rank for rank in range(1, n + 1) if below.cdf(rank - 1) <= tail]
    high = [rank for rank in range(1, n + 1) if below.sf(rank - 1) <= tail]
    ordered = sorted(values)
    return ordered[max(low) - 1] if low else math.nan, ordered[min(high) - 1] if high else math.nan


@pytest.mark.parametrize(("n", "share"), [(60, 0.5), (200, 0.25), (41, 0.75)])
def test_limits_are_values_at_ranks(n, share):
    """Ties and all."""
    days = np.random.default_rng(n).integers(1, 60, n)
    values, counts = np.unique(days, return_counts=True)
    found = limits(OrderStatistics(Distribution(values, counts), share), float(np.median(days)), n, 0.0)
    assert (found.low, found.high) == by_search(days.tolist(), share)
    assert math.isnan(found.se)


def test_open_where_so_few_have_no_limit():
    """Of five values the median has none, and the flag says so."""
    found = limits(OrderStatistics(Distribution(np.arange(5), np.ones(5, dtype=int)), 0.5), 2.0, 5, 0.0)
    assert math.isnan(found.low) and math.isnan(found.high)
    assert Flag.INTERVAL_OPEN in found.flags
