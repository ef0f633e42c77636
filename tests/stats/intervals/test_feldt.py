"""Takes an alpha with its items and forms, gives Feldt's limits: Feldt's own 1965 formula by scipy's F, and what is refused."""

import math

import pytest
import scipy.stats

from iop_outcomes.stats.intervals.feldt import Feldt
from tests.stats.intervals.drafted import limits


@pytest.mark.parametrize(("alpha", "items", "n"), [(0.8, 9, 41), (0.55, 7, 200), (-0.2, 4, 12)])
def test_limits_are_those_of_f(alpha, items, n):
    """1 - (1 - alpha) times the quantiles of F on n - 1 and (n - 1)(items - 1)."""
    found = limits(Feldt(items), alpha, n, 0.01)
    upper, lower = scipy.stats.f(n - 1, (n - 1) * (items - 1)).ppf([0.975, 0.025])
    assert (found.low, found.high) == pytest.approx((1 - (1 - alpha) * upper, 1 - (1 - alpha) * lower), rel=1e-12)
    assert (found.se, found.method) == (0.1, "Feldt F")


def test_none_of_one_form_nor_at_one():
    """Items that agree to the last point tell nothing of how alpha varies."""
    for alpha, n in ((0.8, 1), (1.0, 30)):
        assert math.isnan(limits(Feldt(9), alpha, n, 0.0).low)
