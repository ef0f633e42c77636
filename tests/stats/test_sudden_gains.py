"""Takes scores of successive occasions, gives proof that sudden gains are those of the three criteria, tested one episode at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from iop_outcomes.stats.sudden_gains import sudden_gains

NONE = np.nan


def slow(row, points):
    """One episode: whether any two successive scores can be looked at, whether one of them is a sudden gain, and whether one was lost again."""
    assessable = gained = lost = False
    for k in range(len(row) - 1):
        before = [score for score in row[max(k - 2, 0) : k + 1] if not np.isnan(score)]
        after = [score for score in row[k + 1 : k + 4] if not np.isnan(score)]
        if np.isnan(row[k]) or np.isnan(row[k + 1]) or len(before) < 2 or len(after) < 2:
            continue
        assessable, gain = True, row[k] - row[k + 1]
        if gain < points or gain <= 0 or gain < 0.25 * row[k]:
            continue
        spread = sum((score - np.mean(side)) ** 2 for side in (before, after) for score in side)
        df = len(before) + len(after) - 2
        error = np.sqrt(spread / df * (1 / len(before) + 1 / len(after)))
        if np.mean(before) - np.mean(after) > stats.t.ppf(0.975, df) * error + 1e-9:
            gained = True
            lost |= any(score >= row[k + 1] + gain / 2 for score in row[k + 2 :])
    return assessable, gained, lost


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(st.integers(0, 27), st.none()), min_size=7, max_size=7), min_size=1, max_size=8), st.integers(1, 8))
def test_the_same_as_one_episode_at_a_time(rows, points):
    """Any scores with any gaps."""
    scores = np.array([[NONE if score is None else float(score) for score in row] for row in rows])
    found = sudden_gains(scores, 0.0, lambda gain: gain >= points)
    expected = np.array([slow(row, points) for row in scores])
    assert found.assessable.tolist() == expected[:, 0].tolist()
    assert found.gained.tolist() == expected[:, 1].tolist()
    assert found.reversed_.tolist() == expected[:, 2].tolist()


@pytest.mark.parametrize(
    ("row", "gained"),
    [
        ([20, 21, 20, 11, 10, 11, 10], True),
        ([20, 21, 20, 14, 14, 15, 14], True),
        ([20, 21, 20, 15, 15, 15, 15], False),  # five points
        ([27, 27, 27, 21, 21, 21, 21], False),  # less than a quarter
        ([24, 8, 20, 11, 10, 11, 20], False),  # the three before are no clear level
        ([20, 18, 16, 14, 12, 10, 8], False),
        ([NONE, 20, 20, 10, NONE, 10, 10], True),
    ],
)
def test_each_criterion(row, gained):
    """Six points or more, a quarter of the score before, and a clear difference of three from three."""
    assert sudden_gains(np.array([row], dtype=float), 0.0, lambda gain: gain >= 6).gained.tolist() == [gained]


def test_a_gain_that_is_half_lost():
    """Before the end of care."""
    rows = np.array([[20, 20, 20, 10, 10, 11, 15], [20, 20, 20, 10, 10, 11, 14]], dtype=float)
    assert sudden_gains(rows, 0.0, lambda gain: gain >= 6).reversed_.tolist() == [True, False]
