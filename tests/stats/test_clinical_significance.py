"""Takes pairs one by one, gives the category of each by the words of Jacobson and Truax, at every boundary and in both directions."""

from itertools import product

import numpy as np
import pytest

from iop_outcomes.stats.clinical_significance import five_categories


def category(pre, post, reliable, cutoff):
    """By words, for a scale on which lower is better: a change counts when larger than reliable, a score on the cut-off is a case."""
    if pre - post > reliable:
        return "recovered" if pre >= cutoff > post else "improved"
    if post - pre > reliable:
        return "harmed" if post >= cutoff > pre else "deteriorated"
    return "unchanged"


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_every_pair_of_scores_is_in_the_category_that_the_words_say(better):
    """Scores 0 to 20, a reliable change of 5 and a cut-off on 10; a scale turned round gives the same."""
    pairs = np.array(list(product(range(21), repeat=2)), dtype=float)
    sign, cutoff = (1, 10) if better == "lower" else (-1, -10)
    five = five_categories(sign * pairs[:, 0], sign * pairs[:, 1], reliable=5, cutoff=cutoff, better=better)
    for place, (pre, post) in enumerate(pairs):
        there = [name for name in ("recovered", "improved", "unchanged", "deteriorated", "harmed") if getattr(five, name)[place]]
        assert there == [category(pre, post, 5, 10)]


def test_a_decimal_change_of_exactly_the_threshold_is_not_reliable():
    """0.3 - 0.2 is a hair more than 0.1 in floating point."""
    five = five_categories(np.array([0.3, 0.4]), np.array([0.2, 0.2]), reliable=0.1, cutoff=9.0, better="lower", step=0.1)
    assert five.unchanged.tolist() == [True, False]


def test_a_pair_that_lacks_a_score_is_in_none():
    """Neither unchanged nor anything else."""
    five = five_categories(np.array([np.nan, 12.0]), np.array([3.0, np.nan]), reliable=5, cutoff=10, better="lower")
    assert not any(getattr(five, name).any() for name in ("recovered", "improved", "unchanged", "deteriorated", "harmed"))
