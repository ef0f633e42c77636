"""Takes pairs of scores in cells, gives their moments: numpy on the rows, exact sums in fractions, and refusals in words."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.pairs import Pairs

CELLS = st.lists(st.tuples(st.integers(0, 27), st.integers(0, 27), st.integers(0, 9)), min_size=1, max_size=8)


@given(CELLS, st.sampled_from(["lower", "higher"]))
def test_moments_of_cells_are_those_of_the_rows(cells, better):
    """Numpy on one row for each pair; an improvement is positive in either direction."""
    pre, post, n = (list(column) for column in zip(*cells, strict=True))
    m = Pairs.from_cells(pre, post, n, better=better).moments
    rows = np.repeat(np.array([pre, post], dtype=float), n, axis=1)
    assert m.n == rows.shape[1]
    if m.n > 1:
        gain = rows[0] - rows[1] if better == "lower" else rows[1] - rows[0]
        assert (m.mean_pre, m.mean_post, m.mean_change) == pytest.approx((*rows.mean(axis=1), gain.mean()), abs=1e-12)
        assert (m.sd_pre, m.sd_post, m.sd_change) == pytest.approx((*rows.std(axis=1, ddof=1), gain.std(ddof=1)), abs=1e-9)
        if m.sd_pre and m.sd_post:
            assert m.r == pytest.approx(np.corrcoef(rows)[0, 1], abs=1e-9)


def test_a_huge_cell_loses_no_digit():
    """Sums beyond what 64 bits hold: the variance in fractions."""
    n, scores = [4_000_000_000, 3], [0, 3_000_000]
    m = Pairs.from_cells(scores, [0, 0], n, better="lower").moments
    size = sum(n)
    square = Fraction(3 * scores[1] ** 2) - Fraction((3 * scores[1]) ** 2, size)
    assert m.sd_pre == pytest.approx(math.sqrt(square / (size - 1)), rel=1e-14)


def test_changes_of_decimal_scores_are_whole_steps():
    """0.3 - 0.1 is 0.2 and not a hair more; scores need not begin at 0."""
    pairs = Pairs.from_cells([0.3, 1.2], [0.1, 1.2], [1, 1], better="lower", step=0.1)
    assert pairs.change.tolist() == [0.2, 0.0]


def test_scores_of_no_step_are_taken_as_they_are():
    """Of a paper's own people: the moments of numpy."""
    pre, post = [20.5, 12.25, 9.0], [8.0, 12.0, 7.5]
    m = Pairs.from_scores(pre, post, better="lower").moments
    assert (m.sd_pre, m.sd_post, m.r) == pytest.approx((np.std(pre, ddof=1), np.std(post, ddof=1), np.corrcoef(pre, post)[0, 1]))


@pytest.mark.parametrize(
    ("given_cells", "options", "error", "words"),
    [
        (([1], [2], [1]), {"better": "upper"}, UsageError, 'better="upper"'),
        (([1, 2], [2], [1]), {"better": "lower"}, ValueError, "one length"),
        (([1], [2], [-1]), {"better": "lower"}, ValueError, "0 or more"),
        (([math.nan], [2], [1]), {"better": "lower"}, ValueError, "both scores"),
        (([1.25], [2], [1]), {"better": "lower", "step": 0.5}, ValueError, "1 scores are not a whole multiple of the step 0.5"),
        (([1], [2], [1]), {"better": "lower", "step": 0}, ValueError, "not above 0"),
    ],
)
def test_what_are_no_pairs(given_cells, options, error, words):
    """Each in words, without a score."""
    with pytest.raises(error, match=words):
        Pairs.from_cells(*given_cells, **options)
