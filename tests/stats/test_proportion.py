"""Takes shares and differences of shares, gives proof that their values and intervals are the published ones and cover."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from iop_outcomes.counts import Counts
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.drafts import share
from iop_outcomes.stats.limits import variance_independent
from iop_outcomes.stats.proportion import newcombe, normal_quantile, wilson

LEVELS = [0.8, 0.9, 0.95, 0.99]
SIZES = [1, 2, 3, 5, 11, 12, 40, 100, 1000, 10**6]


# -- Wilson ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("conf_level", LEVELS)
@pytest.mark.parametrize("n", SIZES)
def test_wilson_equals_statsmodels(n, conf_level):
    """Wilson's limits, none of n and all of n included, are those of statsmodels to 1e-12."""
    for k in sorted({0, 1, n // 10, n // 3, n // 2, n - 1, n} & set(range(n + 1))):
        expected = proportion_confint(k, n, alpha=1 - conf_level, method="wilson")
        assert wilson(k, n, conf_level=conf_level) == pytest.approx(expected, abs=1e-12)


def test_wilson_of_none_and_of_nobody():
    """Trap P1: 0 of 12 is [0, .2425], not [0, 0]; 0 of 0 is not a number, whatever other methods make of it."""
    assert wilson(0, 12)[0] == 0.0
    assert wilson(0, 12)[1] == pytest.approx(0.2425, abs=5e-5)
    assert wilson(12, 12)[1] == 1.0
    assert all(math.isnan(limit) for limit in wilson(0, 0))


@given(st.integers(1, 10**7), st.floats(0, 1), st.sampled_from(LEVELS))
def test_wilson_holds_its_share_and_is_symmetric(n, part, conf_level):
    """The share lies inside its limits, the limits inside 0 to 1, and failures have the mirrored interval."""
    k = round(part * n)
    low, high = wilson(k, n, conf_level=conf_level)
    assert 0 <= low <= k / n <= high <= 1
    assert wilson(n - k, n, conf_level=conf_level) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_a_higher_level_is_wider(n, part):
    """The 99 % interval holds the 95 % interval, which holds the 90 % one."""
    low, high = zip(*(wilson(round(part * n), n, conf_level=level) for level in (0.99, 0.95, 0.90)), strict=True)
    assert list(low) == sorted(low)
    assert list(high) == sorted(high, reverse=True)


@given(st.integers(2, 1000), st.floats(0.01, 0.99))
def test_wilson_inverts_the_score_test(n, part):
    """At a limit the score test is exactly at its critical value: that is what the interval means."""
    k = min(max(round(part * n), 1), n - 1)
    for limit in wilson(k, n):
        z = abs(k / n - limit) / math.sqrt(limit * (1 - limit) / n)
        assert z == pytest.approx(normal_quantile(0.95), rel=1e-7)


def test_normal_quantile_equals_scipy():
    """The two-sided quantile is the one of scipy."""
    for level in LEVELS:
        assert normal_quantile(level) == pytest.approx(norm.ppf(0.5 + level / 2), rel=1e-14)


@pytest.mark.parametrize("n", [20, 50, 100])
def test_wilson_covers(n):
    """Over shares from 5 to 95 % the exact coverage of the 95 % interval is 94.5 to 96 % on average and never below 90 %."""
    limits = np.array([wilson(k, n) for k in range(n + 1)])
    shares = np.linspace(0.05, 0.95, 901)
    inside = (limits[:, :1] <= shares) & (shares <= limits[:, 1:])
    coverage = (binom.pmf(np.arange(n + 1)[:, None], n, shares) * inside).sum(axis=0)
    assert 0.945 <= coverage.mean() <= 0.96
    assert coverage.min() >= 0.90


# -- Newcombe ----------------------------------------------------------------------------------------------------


def test_newcombe_gives_the_published_example():
    """Newcombe 1998, method 10: 56 of 70 against 48 of 80 is .0524 to .3339."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("conf_level", LEVELS)
def test_newcombe_equals_statsmodels(conf_level):
    """The limits of the difference are those of statsmodels to 1e-12, none and all included."""
    for n1, n2 in ((1, 1), (5, 12), (11, 200), (70, 80), (3000, 40)):
        for k1 in sorted({0, 1, n1 // 2, n1}):
            for k2 in sorted({0, n2 // 3, n2}):
                expected = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff", alpha=1 - conf_level)
                assert newcombe(k1, n1, k2, n2, conf_level=conf_level) == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 500), st.integers(1, 500), st.floats(0, 1), st.floats(0, 1))
def test_newcombe_holds_its_difference_and_turns_with_it(n1, n2, part1, part2):
    """The difference lies inside, the limits inside -1 to 1, and the other way round the interval is mirrored."""
    k1, k2 = round(part1 * n1), round(part2 * n2)
    low, high = newcombe(k1, n1, k2, n2)
    assert -1 <= low <= k1 / n1 - k2 / n2 + 1e-12
    assert k1 / n1 - k2 / n2 - 1e-12 <= high <= 1
    assert newcombe(k2, n2, k1, n1) == pytest.approx((-high, -low), abs=1e-12)


@pytest.mark.parametrize("counts", [(0, 0, 3, 4), (3, 4, 0, 0), (0, 0, 0, 0)])
def test_newcombe_of_an_empty_group_is_not_a_number(counts):
    """A difference from nobody has no interval."""
    assert all(math.isnan(limit) for limit in newcombe(*counts))


@pytest.mark.parametrize(("n1", "n2"), [(20, 30), (50, 50)])
def test_newcombe_covers(n1, n2):
    """Over a grid of pairs of shares the exact coverage is 94 to 97.5 % on average and never below 90 %."""
    limits = np.array([[newcombe(k1, n1, k2, n2) for k2 in range(n2 + 1)] for k1 in range(n1 + 1)])
    found = []
    for p1 in np.linspace(0.1, 0.9, 9):
        for p2 in np.linspace(0.1, 0.9, 9):
            inside = (limits[..., 0] <= p1 - p2 + 1e-12) & (p1 - p2 - 1e-12 <= limits[..., 1])
            found.append(binom.pmf(np.arange(n1 + 1), n1, p1) @ inside @ binom.pmf(np.arange(n2 + 1), n2, p2))
    assert 0.94 <= np.mean(found) <= 0.975
    assert min(found) >= 0.90


# -- drafts ------------------------------------------------------------------------------------------------------

PARTS = ("hit", "miss", "lost", "out")


def draft_of(hit, miss, lost=0, out=0):
    """The draft of a share over a table with these numbers, and the table."""
    cells = {(part,): n for part, n in zip(PARTS, (hit, miss, lost, out), strict=True) if n}
    counts = Counts.from_cells(("part",), cells)
    parts = {cell[0]: n for cell, n in counts}
    sizes = {part: parts.get(part, 0) for part in PARTS}
    who = Population("family", sizes, frozenset(("hit", "miss")), frozenset(("hit",)), frozenset(("lost",)))
    return share("rate", counts, "part", who), counts


def test_share_counts_who_it_speaks_of():
    """Value, numerator, denominator, missing and excluded come from the parts."""
    draft, _ = draft_of(3, 1, 2, 5)
    assert draft.value == 0.75
    assert (draft.population.n, draft.population.k, draft.population.n_missing) == (4, 3, 2)
    assert draft.population.excluded == {"out": 5}


def test_share_of_nobody_is_flagged():
    """An empty denominator is a row with a flag, not a zero and not an error."""
    draft, _ = draft_of(0, 0, 2, 1)
    assert math.isnan(draft.value)
    assert draft.interval.flag == "no_episodes"
    assert not draft.influence.any()


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 50), st.integers(0, 50))
def test_variance_from_influences_is_the_textbook_one(hit, miss, lost, out):
    """Without repeated patients the sum of squared influences is p(1 - p) / n, to the last digits."""
    if hit + miss == 0:
        return
    draft, counts = draft_of(hit, miss, lost, out)
    p, n = hit / (hit + miss), hit + miss
    assert variance_independent(draft.influence, counts.n) == pytest.approx(p * (1 - p) / n, rel=1e-12, abs=1e-18)


def test_influence_is_what_one_more_episode_adds():
    """In a large table the change of the value by one more episode of each kind is its influence."""
    size = 10**5
    start, counts = draft_of(3 * size, 2 * size, size, size)
    for cell, (levels, _) in enumerate(counts):
        more = [number * size + (levels[0] == part) for part, number in zip(PARTS, (3, 2, 1, 1), strict=True)]
        change = draft_of(*more)[0].value - start.value
        assert change == pytest.approx(start.influence[cell], rel=1e-4, abs=1e-15)
