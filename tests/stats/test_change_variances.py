"""Takes moments of pairs, gives proof of each sampling variance of a standardised change: against the spread of drawn values."""

import math

import numpy as np
import pytest

from iop_outcomes.stats import change_variances as of
from iop_outcomes.stats.pairs import PairMoments

N, DRAWS = 60, 6_000


@pytest.fixture(scope="module")
def drawn():
    """Moments of many samples of normal pairs: SDs 6 and 4, correlation 0.6, a change of 5."""
    rng = np.random.default_rng(7)
    covariance = [[36, 0.6 * 24], [0.6 * 24, 16]]
    samples = rng.multivariate_normal([20, 15], covariance, (DRAWS, N), method="cholesky")
    pre, post = samples[..., 0], samples[..., 1]
    change = pre - post
    r = ((pre - pre.mean(axis=1)[:, None]) * (post - post.mean(axis=1)[:, None])).sum(axis=1)
    r /= (N - 1) * pre.std(axis=1, ddof=1) * post.std(axis=1, ddof=1)
    columns = (pre.mean(axis=1), post.mean(axis=1), pre.std(axis=1, ddof=1), post.std(axis=1, ddof=1), r)
    columns += (change.mean(axis=1), change.std(axis=1, ddof=1))
    return [PairMoments(N, *map(float, row)) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("divisor", "variance"),
    [
        (lambda m: m.sd_pre, of.pre_variance),
        (lambda m: m.sd_change, of.change_variance),
        (of.average_sd, of.average_variance),
        (of.pooled_sd, of.pooled_variance),
        (of.repeated_sd, of.repeated_variance),
    ],
    ids=["before", "of changes", "mean of both", "pooled", "repeated"],
)
def test_the_variance_is_that_of_the_values_drawn(drawn, divisor, variance):
    """Within 7 percent, of which 4 come from the number of draws; without correction, so J is 1."""
    values = [m.mean_change / divisor(m) for m in drawn]
    said = [variance(m, value, 1.0) for m, value in zip(drawn, values, strict=True)]
    assert np.mean(said) == pytest.approx(np.var(values), rel=0.07)


def test_what_has_no_slope_has_no_divisor():
    """An SD of 0 on either side, and scores in step."""
    flat = PairMoments(5, 10, 8, 0.0, 2.0, math.nan, 2, 2.0)
    assert of.average_sd(flat) == 0
    assert of.repeated_sd(PairMoments(5, 10, 8, 2.0, 2.0, 1.0, 2, 0.0)) == 0


def test_formulas_of_equal_sds_part_only_by_the_correction():
    """With J = 1 the first two are one formula, of changes too; a corrected value is taken back to the plain one first."""
    plain = [of.equal_sd_variance(kind, value=0.5, r=0.4, n=30) for kind in ("LS", "LS2")]
    assert plain[0] == plain[1]
    j = 0.97
    assert of.equal_sd_variance("LS2", value=0.5 * j, r=0.4, n=30, factor=j) == pytest.approx(j**2 * plain[0], rel=1e-12)
    assert of.equal_change_variance("LS", value=0.5, n=30) == pytest.approx(of.equal_sd_variance("LS", value=0.5, r=0.5, n=30), rel=1e-12)
