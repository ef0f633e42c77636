"""Takes pairs, gives the change at an admission score: the prediction of statsmodels, refusals outside of the scores, and who is too few."""

import math

import numpy as np
import pytest
import statsmodels.api as sm

from iop_outcomes.keys import Flag
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.severity import severity_adjusted_change

PRE, POST, N = [18, 20, 15, 9, 12], [10, 14, 9, 8, 13], [2, 3, 4, 2, 1]


def test_it_is_the_prediction_of_a_regression_with_robust_errors():
    """HC1 of least squares on the rows."""
    effect = severity_adjusted_change(Pairs.from_cells(PRE, POST, N, better="lower"), 16)
    pre, post = np.repeat(PRE, N), np.repeat(POST, N)
    fit = sm.OLS(pre - post, sm.add_constant(pre.astype(float))).fit(cov_type="HC1")
    said = fit.get_prediction([[1.0, 16.0]])
    assert (effect.value, math.sqrt(effect.variance)) == pytest.approx((said.predicted_mean[0], said.se_mean[0]), rel=1e-9)


@pytest.mark.parametrize(("at", "flag"), [(9, Flag.NONE), (20, Flag.NONE), (8.9, Flag.NO_OVERLAP), (20.1, Flag.NO_OVERLAP)])
def test_no_group_is_asked_about_scores_that_nobody_had(at, flag):
    """The ends themselves were had; a cell of nobody is no end."""
    effect = severity_adjusted_change(Pairs.from_cells([*PRE, 27], [*POST, 3], [*N, 0], better="lower"), at)
    assert effect.flag is flag
    assert math.isnan(effect.value) is bool(flag)


@pytest.mark.parametrize(
    ("n", "flag"), [([0, 0], Flag.NO_PAIRS), ([1, 0], Flag.ONE_PAIR), ([1, 1], Flag.TWO_PAIRS), ([5, 0], Flag.SD_ZERO)]
)
def test_a_line_needs_three_pairs_and_two_scores(n, flag):
    """Otherwise the reason."""
    assert severity_adjusted_change(Pairs.from_cells([10, 12], [8, 9], n, better="lower"), 10).flag is flag
