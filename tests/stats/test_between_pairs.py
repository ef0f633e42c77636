"""Takes the pairs of two groups, gives differences between them: least squares of statsmodels, slopes by one more pair, and what has none."""

import math

import numpy as np
import pytest
import statsmodels.api as sm

from iop_outcomes.stats import between_pairs as of
from iop_outcomes.stats.pairs import Pairs

ONE = ([18, 20, 15, 11, 23], [10, 14, 9, 10, 12], [2, 3, 4, 2, 1])
OTHER = ([17, 12, 20, 9], [15, 11, 19, 10], [3, 2, 4, 2])
FOUND = ("d_change", "g_change", "d_end", "g_end", "d_by_sd_before", "d_by_four_sds", "d_by_sd_after")


def pairs_of(cells, better="lower", sign=1):
    """Turned round where higher is better."""
    pre, post, n = cells
    return Pairs.from_cells([sign * x for x in pre], [sign * x for x in post], n, better=better)


def test_ancova_is_least_squares_with_robust_errors():
    """The end score on group and admission score, HC1, rows one by one; positive where the first group ends lower."""
    found = of.ancova(pairs_of(ONE), pairs_of(OTHER))
    rows = [np.repeat(np.array([pre, post], dtype=float), n, axis=1) for pre, post, n in (ONE, OTHER)]
    pre, post = np.concatenate(rows, axis=1)
    group = np.repeat([1.0, 0.0], [sum(ONE[2]), sum(OTHER[2])])
    fit = sm.OLS(-post, sm.add_constant(np.column_stack([group, pre]))).fit(cov_type="HC1")
    assert (found.value, math.sqrt(found.variance), found.df) == pytest.approx((fit.params[1], fit.bse[1], fit.df_resid), rel=1e-9)


@pytest.mark.parametrize("name", FOUND)
def test_influences_are_slopes_at_a_fixed_number_of_pairs(name):
    """A pair moved a little way from one cell to another changes the plain value by the difference of their influences."""
    find = getattr(of, name)
    large = [[np.array(cells[0]), np.array(cells[1]), np.array(cells[2]) * 100_000] for cells in (ONE, OTHER)]
    at = find(*(pairs_of(cells) for cells in large))

    def moved(side, many):
        cells = [[column.copy() for column in each] for each in large]
        cells[side][2][:2] += np.array([many, -many])
        return find(*(pairs_of(each) for each in cells)).value

    for side in (0, 1):
        slope = (moved(side, 100) - moved(side, -100)) / 200
        assert slope == pytest.approx(at.influences[side][0] - at.influences[side][1], rel=1e-4)


@pytest.mark.parametrize("name", [*FOUND, "ancova"])
def test_a_scale_turned_round_and_groups_that_change_places(name):
    """The same number; the sign alone changes."""
    find = getattr(of, name)
    plain = find(pairs_of(ONE), pairs_of(OTHER))
    assert find(pairs_of(ONE, "higher", -1), pairs_of(OTHER, "higher", -1)).value == pytest.approx(plain.value, rel=1e-12)
    assert find(pairs_of(OTHER), pairs_of(ONE)).value == pytest.approx(-plain.value, rel=1e-12)


@pytest.mark.parametrize("name", [*FOUND, "ancova"])
def test_one_pair_or_no_spread_gives_none(name):
    """NaN, with influences of 0 for every cell."""
    flat = ([10, 10], [8, 8], [3, 4])
    for one, other in ((([10], [8], [1]), ([12], [9], [1])), (flat, flat)):
        found = getattr(of, name)(pairs_of(one), pairs_of(other))
        assert math.isnan(found.value)
        assert not np.concatenate(found.influences).any()
