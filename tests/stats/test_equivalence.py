"""Takes differences with limits, gives two one-sided tests and MOVER limits: statsmodels' tests, Newcombe's limits, and their edges."""

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from iop_outcomes.stats.equivalence import KnownValue, difference_of, from_limits, two_one_sided


def test_two_one_sided_tests_are_those_of_statsmodels():
    """Of the mean of 15 values against bounds that are not symmetric, by Student's t."""
    values = np.random.default_rng(5).normal(0.3, 1.2, 15)
    p, lower, upper = DescrStatsW(values).ttost_mean(-1.0, 0.8)
    error = values.std(ddof=1) / math.sqrt(15)
    ours = two_one_sided(values.mean(), (error, error), (-1.0, 0.8), df=14)
    assert (ours.lower_p, ours.upper_p, ours.p) == pytest.approx((lower[1], upper[1], p), rel=1e-9)
    assert ours.p_beyond == pytest.approx(1 - p, rel=1e-9)


def test_shares_with_wilson_limits_differ_as_newcombe_says():
    """56 of 70 less 48 of 80, one of his own examples, by statsmodels."""
    one, other = (KnownValue(k / n, *proportion_confint(k, n, method="wilson")) for k, n in ((56, 70), (48, 80)))
    found = difference_of(one, other)
    assert (found.low, found.high) == pytest.approx(confint_proportions_2indep(56, 70, 48, 80, method="newcomb"), rel=1e-9)


def test_a_number_without_error_only_moves_the_limits():
    """A difference from something given."""
    found = difference_of(KnownValue(0.5, 0.4, 0.65), KnownValue(0.3))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.1, 0.35))


@pytest.mark.parametrize("conf_level", [0.8, 0.9, 0.95])
def test_a_limit_on_the_margin_is_a_p_of_half_of_what_the_interval_leaves(conf_level):
    """The interval at 1 - 2 a lies within the margin exactly when p is below a."""
    for low, high, beyond in ((-0.05, 0.1, False), (-0.05, 0.0999, False), (-0.05, 0.1001, True), (-0.1001, 0.05, True)):
        p = from_limits(KnownValue(0.01, low, high), 0.1, conf_level).p
        assert (p > (1 - conf_level) / 2 + 1e-12) is beyond
