"""Takes points of control charts, gives their limits by hand: shares, counts and single values, at their edges too."""

import math

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.published.control_charts import c_chart, individuals_chart, p_chart


def test_shares_have_binomial_limits():
    """Three sigmas of p (1 - p) / n, cut at 0; the places of the points outside, from 1."""
    events, n = [12, 20, 14, 18, 33], 40
    p = sum(events) / 200
    chart, reach = p_chart(events=events, n=n), 3 * math.sqrt(p * (1 - p) / n)
    assert (chart["centre"], chart["low"], chart["high"]) == pytest.approx((p, p - reach, p + reach), rel=1e-12)
    assert (chart["outside"], chart["outside_1"]) == (1, 5)
    assert p_chart(events=[1, 3], n=20)["low"] == 0


@pytest.mark.parametrize("events", [[2, 2, 2], [2]])
def test_shares_that_are_alike_have_the_limits_of_chance(events):
    """A plain chart knows its spread from the binomial distribution, whether or not the points differ."""
    chart, reach = p_chart(events=events, n=5), 3 * math.sqrt(0.4 * 0.6 / 5)
    assert (chart["low"], chart["high"], chart["outside"]) == pytest.approx((0, min(1, 0.4 + reach), 0))


@pytest.mark.parametrize(("events", "centre"), [([0, 0], 0), ([5, 5], 1)])
def test_nobody_and_everybody(events, centre):
    """No spread, and nothing outside."""
    assert p_chart(events=events, n=5) == {"centre": centre, "low": centre, "high": centre, "outside": 0}


@pytest.mark.parametrize(
    ("events", "n", "words"),
    [([], 5, "there is no point"), ([2, 9], 5, "sample 2: 9 of 5"), ([-1, 2], 5, "sample 1: -1 of 5"), ([0], 0, "n = 0")],
)
def test_samples_that_cannot_be(events, n, words):
    """Said by their place."""
    with pytest.raises(UsageError, match=words):
        p_chart(events=events, n=n)


def test_counts_have_poisson_limits():
    """Mean 8: 8 - 3 sqrt(8) is below 0, and 17 above the limit of 16.49."""
    chart = c_chart(events=[8, 5, 4, 6, 17])
    assert (chart["centre"], chart["low"], chart["high"]) == pytest.approx((8, 0, 8 + 3 * math.sqrt(8)))
    assert (chart["outside"], chart["outside_1"]) == (1, 5)


def test_single_values_have_limits_by_how_they_follow_one_another():
    """Mean moving range 2: sigma 2 / 1.128; the order of time matters, the values alone do not tell it."""
    chart = individuals_chart(values=[10, 12, 10, 12])
    assert (chart["sigma"], chart["high"]) == pytest.approx((2 / 1.128, 11 + 6 / 1.128))
    assert individuals_chart(values=[10, 10, 12, 12])["sigma"] == pytest.approx(chart["sigma"] / 3)


@pytest.mark.parametrize(
    ("call", "words"), [(lambda: individuals_chart(values=[3.0]), "two or more"), (lambda: c_chart(events=[]), "no point")]
)
def test_too_few_points(call, words):
    """With what to give."""
    with pytest.raises(UsageError, match=words):
        call()
