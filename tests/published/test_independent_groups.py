"""Takes two groups as scores or as printed, gives their difference: scipy's tests, one effect whatever is printed, and contradictions."""

import math

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

ONE, OTHER = [12.0, 15, 9, 20, 14], [8.0, 11, 13, 5, 9, 10, 7]
MOMENTS = dict(mean_1=np.mean(ONE), sd_1=np.std(ONE, ddof=1), n_1=5, mean_2=np.mean(OTHER), sd_2=np.std(OTHER, ddof=1), n_2=7)
POOLED = math.sqrt((4 * np.var(ONE, ddof=1) + 6 * np.var(OTHER, ddof=1)) / 10)
TEST = scipy.stats.ttest_ind(ONE, OTHER)
find = iop.effects.independent_groups


def test_the_difference_in_points_has_welchs_interval():
    """scipy's, with its degrees of freedom and p."""
    row, welch = find(**MOMENTS)["mean_difference"], scipy.stats.ttest_ind(ONE, OTHER, equal_var=False)
    ci = welch.confidence_interval(0.95)
    assert (row.value, row.low, row.high, row.df, row.p) == pytest.approx(
        (np.mean(ONE) - np.mean(OTHER), ci.low, ci.high, welch.df, welch.pvalue)
    )


@pytest.mark.parametrize(
    "given",
    [
        {"group_1": ONE, "group_2": OTHER},
        {"difference": np.mean(ONE) - np.mean(OTHER), "sd_pooled": POOLED, "n_1": 5, "n_2": 7},
        {"t": TEST.statistic, "n_1": 5, "n_2": 7},
        {"f": TEST.statistic**2, "n_1": 5, "n_2": 7},
        {"p": TEST.pvalue, "n_1": 5, "n_2": 7},
        {"t": TEST.statistic, "n": 12, "n_1": 5},
    ],
    ids=["scores", "difference", "t", "F", "p", "n in all"],
)
def test_one_effect_from_whatever_is_printed(given):
    """D in pooled SDs, and its t test."""
    row = find(**given)["d_s"]
    assert (row.value, row.p) == pytest.approx(((np.mean(ONE) - np.mean(OTHER)) / POOLED, TEST.pvalue), rel=1e-6)


def test_exact_limits_are_those_of_the_noncentral_t():
    """Scipy's distribution at each limit leaves half of the rest."""
    row, root = find(**MOMENTS, interval="noncentral_t")["d_s"], math.sqrt(1 / 5 + 1 / 7)
    assert scipy.stats.nct.sf(TEST.statistic, 10, row.low / root) == pytest.approx(0.025, abs=1e-6)
    assert scipy.stats.nct.cdf(TEST.statistic, 10, row.high / root) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**MOMENTS, "n": 13}, "contradict one another"),
        ({**MOMENTS, "group_1": ONE}, "not both"),
        ({"group_1": ONE, "n_1": 6, "group_2": OTHER}, "n_1 = 6, and group_1 is of 5"),
        ({"sd_pooled": 3, "n_1": 5, "n_2": 7}, "give both means, or their difference"),
    ],
)
def test_figures_that_contradict_one_another(given, words):
    """Which, and what to leave out."""
    with pytest.raises(UsageError, match=words):
        find(**given)
