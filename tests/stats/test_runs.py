"""Takes values over time, gives proof of the rules of a run chart: against the published limits, a slow version, and chance."""

from itertools import combinations, groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from iop_outcomes.stats.runs import fewest_expected, longest_expected, run_chart

VALUES = st.lists(st.one_of(st.none(), st.integers(0, 8).map(lambda i: i / 8)), max_size=30)
# Useful values, longest run and fewest crossings: as the author of the rules prints them (Anhøj J, the R package qicharts2, vignette, appendix 2).
PUBLISHED = [(10, 6, 2), (11, 6, 2), (12, 7, 3), (14, 7, 4), (22, 7, 7), (23, 8, 7), (30, 8, 10), (40, 8, 14), (46, 9, 17), (60, 9, 23)]


@pytest.mark.parametrize(("useful", "longest", "fewest"), PUBLISHED)
def test_limits_are_the_published_ones(useful, longest, fewest):
    """As printed there."""
    assert (longest_expected(useful), fewest_expected(useful)) == (longest, fewest)


def test_the_fewest_crossings_are_the_fifth_percentile_of_a_binomial():
    """Whole numbers give the quantile that scipy gives, for every number of points that a chart may have."""
    assert [fewest_expected(useful) for useful in range(2, 120)] == [
        int(stats.binom.ppf(0.05, useful - 1, 0.5)) for useful in range(2, 120)
    ]


@settings(max_examples=60)
@given(VALUES)
def test_as_counted_by_hand(values):
    """A slow version: drop what is not known or on the median, write the sides as letters, and count."""
    runs = run_chart(values)
    known = [value for value in values if value is not None]
    if not known:
        assert (runs.useful, runs.longest, runs.crossings) == (0, 0, 0) and np.isnan(runs.median) and not runs.is_judged
        return
    middle = sorted(known)[(len(known) - 1) // 2 : len(known) // 2 + 1]
    median = sum(middle) / len(middle)
    off = [place for place, value in enumerate(values) if value is not None and value != median]
    lengths = [(side, len(list(group))) for side, group in groupby(values[place] > median for place in off)]
    assert (runs.median, runs.useful, runs.crossings) == (median, len(off), max(len(lengths) - 1, 0))
    assert runs.longest == max((length for _, length in lengths), default=0)
    expected = [0] * len(values)
    rest = iter(off)
    for side, length in lengths:
        for _ in range(length):
            expected[next(rest)] = (1 if side else -1) if len(off) >= 10 and length > round(np.log2(len(off)) + 3) else 0
    assert runs.sides.tolist() == expected


def test_each_rule_fires_and_just_fails_to():
    """Sixteen values: a run of 8 is longer than 7; 3 crossings are fewer than 4; eight values off the median are too few for either."""
    low, high = 0.2, 0.8
    run_of_8 = [high, low, high, low, *[high] * 7, *[low] * 5]
    assert run_chart(run_of_8).longest == 7 and not run_chart(run_of_8).has_long_run
    run_of_8 = [low, high, *[low] * 7, *[high] * 8, low]
    assert run_chart(run_of_8).longest == 8 and run_chart(run_of_8).has_long_run
    three = [*[low] * 4, *[high] * 4, *[low] * 4, *[high] * 4]
    assert (run_chart(three).crossings, run_chart(three).has_few_crossings) == (3, True)
    four = [*[low] * 4, *[high] * 4, *[low] * 3, *[high] * 4, low]
    assert (run_chart(four).crossings, run_chart(four).has_few_crossings) == (4, False)
    eight = [*[low] * 4, 0.5, *[high] * 4]
    assert run_chart(eight).crossings == 1 and not run_chart(eight).has_few_crossings


def test_chance_alone_in_charts_of_ten():
    """Exactly: of the 252 ways in which five of ten values lie above the median, two cross it once; no other gives a signal."""
    signals = 0
    for above in combinations(range(10), 5):
        runs = run_chart([float(place in above) for place in range(10)])
        signals += runs.has_long_run or runs.has_few_crossings
    assert signals == 2  # 0.8 %


@pytest.mark.parametrize("points", [11, 20])
def test_chance_alone_by_simulation(points):
    """Shares of 40 episodes of one program that never changes: a signal in at most one chart of twenty."""
    rng = np.random.default_rng(14)
    charts = [run_chart(row / 40) for row in rng.binomial(40, 0.55, size=(1500, points))]
    assert np.mean([chart.has_long_run or chart.has_few_crossings for chart in charts]) < 0.05


def test_a_lasting_change_shows():
    """Half of the points before a change of three standard deviations: most charts of 20 tell of it."""
    rng = np.random.default_rng(15)
    values = rng.normal(size=(300, 20)) + np.repeat([0.0, 3.0], 10)
    assert np.mean([run_chart(row).has_few_crossings or run_chart(row).has_long_run for row in values]) > 0.9
