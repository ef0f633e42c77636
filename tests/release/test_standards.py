"""Takes strata of standardised shares, gives proof that what is shown leaves small counts of strata open."""

import pytest

from iop_outcomes.release.policy import POLICIES
from iop_outcomes.release.standards import may_be_shown, release_left_out
from iop_outcomes.results import Flow
from iop_outcomes.stats.draft import Standardisation
from iop_outcomes.stats.proportion import normal_quantile, wilson_limits
from iop_outcomes.units import UNITS

WRITTEN = UNITS["share"].written


def standard(cells, weights):
    """Of one group."""
    return Standardisation((tuple(cells),), tuple(weights), 0, 500, 0, len(cells), 0)


def printed(cells, weights):
    """A share and its limits as a page has them, written out."""
    value = sum(w * k / n for w, (n, k) in zip(weights, cells, strict=True))
    variance = sum(w**2 * k / n * (1 - k / n) / n for w, (n, k) in zip(weights, cells, strict=True))
    if not 0 < value < 1 or variance <= 0:
        return (WRITTEN(min(max(value, 0.0), 1.0)),)
    return (
        WRITTEN(value),
        *(WRITTEN(end, like=value) for end in wilson_limits(value, value * (1 - value) / variance, normal_quantile(0.95))),
    )


@pytest.mark.parametrize("weight", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("cell", [(3, 1), (8, 4), (10, 0)])
@pytest.mark.parametrize("n", [60, 400])
def test_a_reader_who_knows_all_else_cannot_tell_a_small_count(cell, n, weight):
    """Two strata, a group's own counts known: the counts of the small one that fit, tried one by one; shown only where five or more do."""
    cells, weights = (cell, (n, n // 2)), (weight, 1 - weight)
    whole = [sum(each[i] for each in cells) for i in (0, 1)]
    tried = [((a, b), (whole[0] - a, whole[1] - b)) for a in range(1, 11) for b in range(a + 1) if 0 <= whole[1] - b <= whole[0] - a]
    fits = [small for small, rest in tried if printed((small, rest), weights) == printed(cells, weights)]
    assert cell in fits
    shares = [k / size for size, k in fits]
    many = len({size for size, _ in fits}) >= 5 and max(shares) - min(shares) >= 0.5
    assert may_be_shown(standard(cells, weights), 11) == many
    if weight == 0.3:
        assert not many


def test_large_strata_and_many_small_ones_are_shown():
    """Nothing small, three small ones, or no threshold; two that weigh much are not; a mean, which has no counts, is."""
    assert may_be_shown(standard([(40, 20), (60, 30)], [0.5, 0.5]), 11)
    assert may_be_shown(standard([(4, 1), (5, 2), (6, 3), (60, 30)], [0.25] * 4), 11)
    assert not may_be_shown(standard([(4, 1), (5, 2), (60, 30)], [0.4, 0.3, 0.3]), 11)
    assert may_be_shown(standard([(4, 1), (5, 2), (60, 30)], [0.4, 0.3, 0.3]), 1)
    assert may_be_shown(standard([(4, None), (60, None)], [0.5, 0.5]), 11)
    assert not may_be_shown(standard([(40, 3), (60, 30)], [0.5, 0.5]), 11)  # how many are counted is small too


@pytest.mark.parametrize(
    ("policy", "n", "shown"),
    [("cms11", 13, 20), ("cms11", 20, 20), ("cms11", 7, "not shown"), ("internal", 7, 7), ("round5", 13, 15), ("round5", 3, 5)],
)
def test_episodes_left_out_are_given_as_the_policy_gives_counts(policy, n, shown):
    """Up to the next ten where counts are withheld, to 5 where they are rounded, as they are where nothing is withheld."""
    (flow,) = release_left_out([Flow("x", 500, {"in strata": n})], POLICIES[policy])
    ((_, number),) = flow.excluded.items()
    assert (str(number) if isinstance(shown, str) else number) == shown
    assert isinstance(flow.used, int) == (policy != "cms11")
