"""Takes a difference and how well it is known, gives its limits and two one-sided tests: Newcombe's example, and tests written out."""

import math

import pytest
import scipy.stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from iop_outcomes.stats.equivalence import KnownValue, difference_of, from_limits, two_one_sided


def test_two_shares_have_newcombes_limits():
    """56 of 70 and 48 of 80 (Newcombe 1998, example a)."""
    sides = [KnownValue(k / n, *proportion_confint(k, n, method="wilson")) for k, n in ((56, 70), (48, 80))]
    found = difference_of(*sides)
    assert (found.low, found.high) == pytest.approx(confint_proportions_2indep(56, 70, 48, 80, method="newcomb"), rel=1e-9)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_a_value_without_limits_is_taken_as_it_is():
    """The limits of the other stand around the difference."""
    found = difference_of(KnownValue(0.5, 0.4, 0.6), KnownValue(0.3))
    assert (found.low, found.high) == pytest.approx((0.1, 0.3))
    assert not KnownValue(0.3).has_limits


@pytest.mark.parametrize("df", [math.inf, 12.0])
def test_both_one_sided_tests(df):
    """The larger of two tails, normal or Student's."""
    found = two_one_sided(0.12, (0.09, 0.1), (-0.2, 0.2), df=df)
    tail = scipy.stats.norm if math.isinf(df) else scipy.stats.t(df)
    assert found.lower_p == pytest.approx(tail.sf((0.12 + 0.2) / 0.09), rel=1e-9)
    assert found.upper_p == pytest.approx(tail.cdf((0.12 - 0.2) / 0.1), rel=1e-9)
    assert found.p == max(found.lower_p, found.upper_p) and found.p_beyond == min(1 - found.lower_p, 1 - found.upper_p)


def test_an_interval_within_the_margin_is_a_small_p():
    """At 90 % limits that touch the margin p is a twentieth, within it less, beyond it more."""
    touching, within, beyond = (from_limits(KnownValue(0.0, -reach, reach), 0.1, 0.90).p for reach in (0.1, 0.08, 0.12))
    assert touching == pytest.approx(0.05, rel=1e-9)
    assert within < 0.05 < beyond
