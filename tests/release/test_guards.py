"""Takes few cells and what stays unknown of them, gives which of them, alone and together, may not be worked out."""

import numpy as np
import pytest

from iop_outcomes.release.guards import Across, Guarded, Sums, are_small, vanish

OPEN = np.array([[1.0, 2.0, 3.0], [2.0, -1.0, 1.0], [-1.0, 4.0, 2.0], [5.0, 1.0, -2.0]])


def test_from_1_to_one_below_the_threshold_is_small():
    """None at all is not; a difference counts by its size."""
    assert are_small(np.array([0, 1, 10, 11, -1, -10, -11]), 11).tolist() == [False, True, True, False, True, True, False]
    assert not are_small(np.array([0, 1, 500]), 0).any()


def test_a_total_vanishes_where_it_is_nothing_in_every_sample():
    """Nothing in the first sample alone is chance."""
    assert vanish(np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 0.0, 0.0]]), 1.0).tolist() == [True, False, False]


def test_combinations_that_are_small_together_are_guarded():
    """Of 4, 5 and 20 episodes only 4 and 5 are small together; where their unknowns cancel, they are given back."""
    sums = Sums([(np.arange(3), np.array([4, 5, 20]))], 11)
    assert len(sums) == 1
    assert sums.hold(OPEN, 1.0)
    assert not sums.hold(np.array([OPEN[0], -OPEN[0], OPEN[2]]), 1.0)
    assert sums.hold(np.array([OPEN[0], OPEN[1], -OPEN[0]]), 1.0)
    assert len(Sums([], 11)) == 0 and Sums([], 11).hold(OPEN, 1.0)


@pytest.mark.parametrize("cells", [3, 14])
def test_a_level_is_given_back_by_one_set_or_by_two(cells):
    """Alone and in pairs, up to twelve small cells and beyond; a set that is not small may be worked out."""
    sizes = np.array([50, *[3] * (cells - 1)])
    guard = Guarded(sizes, are_small(sizes, 11), [np.arange(cells)], 11)
    unknown = np.random.default_rng(1).standard_normal((cells, 3))
    assert len(guard) == cells - 1
    assert guard.hold(unknown, 1.0)
    assert guard.hold(unknown * (np.arange(cells) > 0)[:, np.newaxis], 1.0)
    assert not guard.hold(unknown * (np.arange(cells) != 2)[:, np.newaxis], 1.0)
    unknown[2] = -unknown[1]
    assert not guard.hold(unknown, 1.0)


@pytest.mark.parametrize("levels", [3, 14])
def test_a_set_is_guarded_over_levels(levels):
    """3 here and 3 there are 6 together; 3 here and 50 there are nobody's business."""
    sizes = np.array([[50], *[[3]] * (levels - 1)])
    across = Across(sizes, 11)
    totals = np.random.default_rng(2).standard_normal((levels, 1, 3))
    everywhere = range(levels)
    assert len(across) > 0
    assert across.hold(totals, everywhere, 1.0)
    totals[0] = -totals[1]
    assert across.hold(totals, everywhere, 1.0)
    totals[2] = -totals[1]
    assert not across.hold(totals, everywhere, 1.0)
