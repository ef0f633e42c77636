"""Takes two arms before and after, gives proof that each difference of changes has the variance of drawn trials, or none without spread."""

import math

import numpy as np
import pytest

from iop_outcomes.stats.pre_post_control import Arm, d_ppc1, d_ppc2, d_ppc3, d_ppc_post

DRAWS, N = 3_000, (40, 30)


@pytest.fixture(scope="module")
def trials():
    """Arms of 40 and 30 normal pairs whose SDs are alike (5) and correlate 0.6; changes of 4 and 1."""
    rng = np.random.default_rng(3)
    arms = []
    for n, gain in zip(N, (4, 1), strict=True):
        scores = rng.multivariate_normal([20, 20 + gain], [[25, 15], [15, 25]], (DRAWS, n), method="cholesky")
        means, sds = scores.mean(axis=1), scores.std(axis=1, ddof=1)
        r = ((scores - means[:, None]).prod(axis=2).sum(axis=1)) / ((n - 1) * sds.prod(axis=1))
        arms.append([Arm(m[0], m[1], s[0], n, c, s[1]) for m, s, c in zip(means, sds, r, strict=True)])
    return list(zip(*arms, strict=True))


@pytest.mark.parametrize("find", [d_ppc1, d_ppc2, d_ppc3, d_ppc_post])
def test_values_are_without_bias_and_as_wide_as_drawn(trials, find):
    """3 points of 5 are 0.6 under every divisor; the variance is right within 12 percent."""
    found = [find(*trial) for trial in trials]
    values = [each.value for each in found]
    assert np.mean(values) == pytest.approx(0.6, abs=4 * np.std(values) / math.sqrt(DRAWS))
    assert np.mean([each.variance for each in found]) == pytest.approx(np.var(values), rel=0.12)


@pytest.mark.parametrize("find", [d_ppc2, d_ppc3, d_ppc_post])
def test_arms_that_change_places_change_the_sign(find):
    """And nothing else."""
    one, other = Arm(30, 38, 15, 20, 0.5, 12), Arm(23, 20, 13, 25, 0.4, 14)
    there, back = find(one, other), find(other, one)
    assert there.value == pytest.approx(-back.value, rel=1e-12)
    assert there.variance == pytest.approx(back.variance, rel=1e-12)


@pytest.mark.parametrize("find", [d_ppc2, d_ppc3, d_ppc_post])
def test_two_people_or_no_spread_give_none(find):
    """NaN and no division by 0."""
    assert math.isnan(find(Arm(30, 38, 15, 1, 0.5, 12), Arm(23, 20, 13, 1, 0.4, 14)).value)
    assert math.isnan(find(Arm(30, 38, 0, 9, 0.5, 0), Arm(23, 20, 0, 9, 0.4, 0)).variance)
