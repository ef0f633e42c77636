"""Takes stays in days, gives proof that quantiles, means and their limits are those of slower and published versions."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from iop_outcomes.counts import Counts
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.drafts import mean_days, quantile_days
from iop_outcomes.stats.duration import Distribution, distribution, order_statistic_interval, order_statistic_ranks, quantile_type2

DAYS = st.lists(st.integers(0, 60), min_size=1, max_size=60)
SHARES = st.sampled_from([0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9, 0.95])
NOBODY = Population("stays", {}, frozenset())


def spread(days):
    """Days as values and counts."""
    values, n = np.unique(np.array(days, dtype=np.int64), return_counts=True)
    return Distribution(values, n)


def table(days):
    """Days as a table of counts."""
    return Counts.from_cells(("los_days",), {(int(day),): int(n) for day, n in zip(*np.unique(days, return_counts=True), strict=True)})


# -- quantiles ---------------------------------------------------------------------------------------------------


@given(DAYS, SHARES)
def test_quantile_equals_numpy(days, below):
    """Type 2 is what numpy calls the averaged inverted distribution function."""
    assert quantile_type2(spread(days), below) == pytest.approx(np.quantile(days, below, method="averaged_inverted_cdf"), abs=1e-9)


@given(DAYS, SHARES)
def test_quantile_equals_exact_fractions(days, below):
    """With exact fractions: the middle of the two neighbours when the share falls between them, else the value that reaches it."""
    ordered, place = sorted(days), Fraction(str(below)) * len(days)
    between = place.denominator == 1
    expected = (ordered[int(place) - 1] + ordered[int(place)]) / 2 if between else ordered[math.ceil(place) - 1]
    assert quantile_type2(spread(days), below) == expected


@given(DAYS)
def test_median_equals_the_one_everybody_knows(days):
    """The median of type 2 is the ordinary median."""
    assert quantile_type2(spread(days), 0.5) == statistics.median(days)


def test_a_share_that_misses_a_whole_number_by_rounding_still_takes_the_middle():
    """0.07 x 100 and 0.29 x 100 are not whole in binary; the midpoint rule holds all the same."""
    assert 0.07 * 100 > 7
    assert 0.29 * 100 < 29
    assert quantile_type2(spread(range(100)), 0.07) == 6.5
    assert quantile_type2(spread(range(100)), 0.29) == 28.5


def test_quantiles_of_a_large_table():
    """Ten million stays in two values: the median lies exactly between them."""
    assert quantile_type2(Distribution(np.array([10, 21]), np.array([5_000_000, 5_000_000])), 0.5) == 15.5


def test_quantile_of_nobody_is_not_a_number():
    """No stays, no median."""
    assert math.isnan(quantile_type2(Distribution(np.array([], dtype=int), np.array([], dtype=int)), 0.5))


def test_quantile_ends():
    """Below nobody is the smallest, below everybody the largest."""
    assert quantile_type2(spread([3, 5, 9]), 0.0) == 3
    assert quantile_type2(spread([3, 5, 9]), 1.0) == 9


# -- order statistics --------------------------------------------------------------------------------------------


def slow_ranks(n, below, conf_level):
    """Largest lower and smallest upper rank whose tails each hold at most half of what the level leaves."""
    tail = (1 - conf_level) / 2
    low = [r for r in range(1, n + 1) if binom.cdf(r - 1, n, below) <= tail + 1e-15]
    high = [r for r in range(1, n + 1) if binom.sf(r - 1, n, below) <= tail + 1e-15]
    return (max(low) if low else None), (min(high) if high else None)


@pytest.mark.parametrize("conf_level", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("below", [0.25, 0.5, 0.75])
def test_ranks_equal_a_slow_search(below, conf_level):
    """The ranks of the limits are those of a search with scipy's binomial distribution."""
    for n in [*range(1, 60), 100, 500, 2000]:
        assert order_statistic_ranks(n, below, conf_level=conf_level) == slow_ranks(n, below, conf_level)


def ranks_of_quantiles(n, below, conf_level):
    """The same ranks from scipy's binomial quantiles, which need no loop over the ranks; an infinite level apart."""
    tail = (1 - conf_level) / 2
    low = int(binom.ppf(tail, n, below))
    low += binom.cdf(low, n, below) <= tail  # the quantile is the first that reaches the tail, and a rank may reach it exactly
    high = int(binom.ppf(1 - tail, n, below)) + 1
    return (low or None), (high if high <= n else None)


@pytest.mark.parametrize("conf_level", [0.5, 0.95, 0.9999])
def test_ranks_of_many_equal_binomial_quantiles(conf_level):
    """Every number up to 3,000, and a sample up to ten millions: the ranks are quantiles of the binomial distribution."""
    sizes = np.random.default_rng(5).integers(3_000, 10_000_000, 40).tolist()
    for below in (0.03, 0.25, 0.5):
        for n in [*range(1, 3_001, 7), *range(2_980, 3_001), *sizes]:
            assert order_statistic_ranks(n, below, conf_level=conf_level) == ranks_of_quantiles(n, below, conf_level)


def test_ranks_at_the_ends_of_confidence():
    """Certainty has no limits among few, and no confidence the middle ranks; the search ends at both."""
    assert order_statistic_ranks(40, 0.5, conf_level=1.0) == (None, None)
    assert order_statistic_ranks(41, 0.5, conf_level=0.0) == slow_ranks(41, 0.5, 0.0)


@pytest.mark.parametrize("conf_level", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("below", [0.25, 0.5, 0.75])
def test_exact_coverage_is_at_least_the_level(below, conf_level):
    """For distinct values the chance that the quantile lies between the two ranks is at least the level, and not needlessly more."""
    for n in [*range(20, 60), 100, 500]:
        low, high = order_statistic_ranks(n, below, conf_level=conf_level)
        if low is None or high is None:
            continue
        assert binom.cdf(high - 1, n, below) - binom.cdf(low - 1, n, below) >= conf_level
        assert binom.cdf(low, n, below) > (1 - conf_level) / 2
        assert binom.sf(high - 2, n, below) > (1 - conf_level) / 2


def test_ranks_of_few_people():
    """Five people allow no 95 % limit for a median, six do: the smallest and the largest; nobody allows none."""
    assert order_statistic_ranks(5, 0.5) == (None, None)
    assert order_statistic_ranks(6, 0.5) == (1, 6)
    assert order_statistic_ranks(0, 0.5) == (None, None)
    assert order_statistic_ranks(10, 0.25) == (None, 6)


@given(DAYS, SHARES)
def test_limits_are_the_values_at_their_ranks(days, below):
    """The limits are observed days, counted up to the ranks, on either side of the quantile."""
    ranks = order_statistic_ranks(len(days), below)
    limits = order_statistic_interval(spread(days), below)
    for rank, limit in zip(ranks, limits, strict=True):
        assert math.isnan(limit) if rank is None else limit == sorted(days)[rank - 1]
    value = quantile_type2(spread(days), below)
    assert not limits[0] > value
    assert not limits[1] < value


def test_order_statistics_cover_for_whole_days():
    """Simulated stays in whole days, many ties: each 95 % interval holds the true quartile at least 95 % of the time."""
    rng = np.random.default_rng(7)
    days, weight = np.arange(10), np.array([1, 2, 4, 6, 5, 4, 3, 2, 2, 1]) / 30
    cumulative = weight.cumsum()
    for below in (0.25, 0.5, 0.75):
        truth = days[np.searchsorted(cumulative, below - 1e-12)]
        hits = 0
        for _ in range(1500):
            low, high = order_statistic_interval(spread(rng.choice(days, 40, p=weight)), below)
            hits += low <= truth <= high
        assert hits / 1500 >= 0.95


# -- drafts ------------------------------------------------------------------------------------------------------


@given(DAYS)
def test_mean_equals_python(days):
    """The mean of the table is the mean of the list, exactly rounded."""
    assert mean_days("los_mean", table(days), "los_days", NOBODY).value == sum(days) / len(days)


@given(DAYS)
def test_distribution_sorts_and_counts(days):
    """Values in increasing order, no value twice, as many as came in."""
    found = distribution(table(days), "los_days")
    assert [day for day, n in zip(found.values, found.n, strict=True) for _ in range(n)] == sorted(days)


@given(DAYS)
def test_influences_of_the_mean_sum_to_nothing(days):
    """Weighted by the episodes, influences sum to 0: adding everyone again changes no mean."""
    draft, counts = mean_days("los_mean", table(days), "los_days", NOBODY), table(days)
    assert float(draft.influence @ counts.n) == pytest.approx(0, abs=1e-9)


def more(sizes, day):
    """A large table with one more episode at a day."""
    return Counts.from_cells(("los_days",), {(d,): n + (d == day) for d, n in sizes.items()})


def test_influence_of_the_mean_is_what_one_more_episode_adds():
    """In a large table the change of the mean by one more stay is its influence."""
    sizes = {5: 300_000, 20: 500_000, 90: 200_000}
    start = mean_days("los_mean", more(sizes, None), "los_days", NOBODY)
    for cell, day in enumerate(sizes):
        change = mean_days("los_mean", more(sizes, day), "los_days", NOBODY).value - start.value
        assert change == pytest.approx(start.influence[cell], rel=1e-4)


def test_influence_of_a_quantile_is_that_of_the_share_at_or_below_it():
    """One more stay moves the share at or below the quantile by its influence."""
    sizes = {5: 300_000, 20: 500_000, 90: 200_000}
    start = quantile_days("los_median", more(sizes, None), "los_days", 0.5, NOBODY)
    assert start.value == 20
    for cell, day in enumerate(sizes):
        share = sum(n for each, n in sizes.items() if each <= 20) / 1_000_000
        change = (800_000 + (day <= 20)) / 1_000_001 - share
        assert start.influence[cell] == pytest.approx(change, rel=1e-4)


def test_impossible_statistics_are_flagged():
    """Nobody, one stay, and stays that are all alike: a row with a flag."""
    assert mean_days("los_mean", table([]), "los_days", NOBODY).interval.flag == "no_episodes"
    assert math.isnan(mean_days("los_mean", table([]), "los_days", NOBODY).value)
    assert quantile_days("los_median", table([]), "los_days", 0.5, NOBODY).interval.flag == "no_episodes"
    assert mean_days("los_mean", table([9]), "los_days", NOBODY).interval.flag == "one_episode"
    assert mean_days("los_mean", table([9, 9, 9]), "los_days", NOBODY).interval.flag == "sd_zero"
    assert mean_days("los_mean", table([9, 9, 8]), "los_days", NOBODY).interval.flag == ""
