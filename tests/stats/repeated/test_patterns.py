"""Takes scores with gaps, gives their sums by which occasions were scored: a loop over rows gives the same."""

import numpy as np
import pytest

from iop_outcomes.stats.repeated.patterns import patterns_of

BLANK = np.nan
SCORES = np.array([[20, 10, 5], [16, BLANK, 4], [12, 8, 6], [BLANK, BLANK, BLANK], [11, BLANK, 9]])
N = np.array([1, 2, 3, 4, 1])


def test_each_set_of_occasions_has_the_sums_of_its_rows():
    """Products of scores, of scores and covariates, and of covariates, row by row."""
    known = np.array([[1.0], [2], [3], [4], [5]])
    found = patterns_of(SCORES, N, known)
    assert len(found.n) == 3
    for place, seen in enumerate(found.seen):
        rows = [i for i, row in enumerate(SCORES) if (~np.isnan(row) == seen).all()]
        assert [found.of_cell[i] for i in rows] == [place] * len(rows)
        filled = np.nan_to_num(SCORES)
        with_one = [np.array([1.0, known[i, 0]]) for i in range(5)]
        assert found.n[place] == sum(N[i] for i in rows)
        assert found.scores[place] == pytest.approx(sum(N[i] * np.outer(filled[i], filled[i]) for i in rows))
        assert found.mixed[place] == pytest.approx(sum(N[i] * np.outer(filled[i], with_one[i]) for i in rows))
        assert found.covariates[place] == pytest.approx(sum(N[i] * np.outer(with_one[i], with_one[i]) for i in rows))


def test_who_was_scored():
    """Those without any score are in no total; who was scored on both of two occasions."""
    found = patterns_of(SCORES, N)
    assert (found.total, found.scored.tolist()) == (7, [7, 4, 7])
    assert found.both.tolist() == [[7, 4, 7], [4, 4, 4], [7, 4, 7]]


def test_a_cell_of_several_is_several_cells():
    """The order of cells does not matter either."""
    one, other = patterns_of(SCORES, N), patterns_of(np.repeat(SCORES, N, axis=0)[::-1], np.ones(11))
    for name in ("seen", "n", "scores", "mixed", "covariates"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))
