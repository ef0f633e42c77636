"""Takes one group before and after, as scores or as printed, gives its effect sizes: one value whatever is printed, and scipy's t test."""

import math

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop

PRE, POST = [18.0, 21, 15, 12, 24, 17, 20, 14], [11.0, 15, 14, 9, 13, 16, 12, 10]
CHANGE = np.subtract(PRE, POST)
MOMENTS = dict(mean_pre=np.mean(PRE), sd_pre=np.std(PRE, ddof=1), mean_post=np.mean(POST), sd_post=np.std(POST, ddof=1), n=8)
TEST = scipy.stats.ttest_rel(PRE, POST)
find = iop.effects.pre_post


@pytest.mark.parametrize(
    "more",
    [
        {"r": np.corrcoef(PRE, POST)[0, 1]},
        {"sd_change": CHANGE.std(ddof=1)},
        {"se_change": scipy.stats.sem(CHANGE)},
        {"ci_change": scipy.stats.t.interval(0.95, 7, CHANGE.mean(), scipy.stats.sem(CHANGE))},
        {"t": TEST.statistic},
        {"f": TEST.statistic**2},
        {"p": TEST.pvalue},
    ],
    ids=lambda more: next(iter(more)),
)
def test_the_spread_of_changes_from_whatever_is_printed(more):
    """d_z, d_rm and the test are those of the scores."""
    found, scores = find(**MOMENTS, **more), find(pre=PRE, post=POST)
    for name in scores.names:
        assert found[name].value == pytest.approx(scores[name].value, rel=1e-6), name
    assert (scores["mean_change"].statistic, scores["mean_change"].p) == pytest.approx((TEST.statistic, TEST.pvalue), rel=1e-9)
    assert scores["d_z"].value == pytest.approx(CHANGE.mean() / CHANGE.std(ddof=1))


def test_without_a_correlation_nothing_is_assumed_silently():
    """One row for each that might be; those that depend on none come once."""
    found = find(**MOMENTS)
    assert [row.r for row in found.rows if row.estimand == "d_z"] == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    assert all("assumed" in row.assumption for row in found.rows if row.estimand == "d_z")
    same = find(**MOMENTS, r=0.5)
    assert {row.estimand: row.value for row in found.at(r=0.5).rows} == pytest.approx({row.estimand: row.value for row in same.rows})


def test_a_scale_on_which_higher_is_better_turns_the_sign():
    """Positive is an improvement either way."""
    up = find(pre=POST, post=PRE, better="higher")
    assert up["mean_change"].value == pytest.approx(CHANGE.mean())
    assert find(pre=POST, post=PRE)["mean_change"].value == pytest.approx(-CHANGE.mean())


def test_exact_limits_of_d_z_are_those_of_the_noncentral_t():
    """Scipy's tails at both."""
    row = find(pre=PRE, post=POST, interval="noncentral_t")["d_z"]
    assert scipy.stats.nct.sf(TEST.statistic, 7, row.low * math.sqrt(8)) == pytest.approx(0.025, abs=1e-6)
    assert scipy.stats.nct.cdf(TEST.statistic, 7, row.high * math.sqrt(8)) == pytest.approx(0.025, abs=1e-6)


def test_d_z_carries_the_paired_test():
    """Scipy's t and p; also where the test is all that is printed."""
    for row in (find(pre=PRE, post=POST)["d_z"], find(t=TEST.statistic, n=8)["d_z"]):
        assert (row.statistic, row.df, row.p) == pytest.approx((TEST.statistic, 7, TEST.pvalue))
