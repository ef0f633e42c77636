"""Takes medians with quartiles or ends, gives the mean and SD behind them: scores drawn from known distributions, and the formulas written out."""

import numpy as np
import pytest
import scipy.stats

from iop_outcomes.stats.quartiles import METHODS, FiveNumbers, mean_and_sd


def five_of(values, *, quartiles=True, ends=True):
    """What a paper prints of them."""
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    given = ({"q1": q1, "q3": q3} if quartiles else {}) | ({"low": values.min(), "high": values.max()} if ends else {})
    return FiveNumbers(float(median), len(values), **{name: float(value) for name, value in given.items()})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("quartiles", "ends"), [(True, False), (False, True), (True, True)])
def test_normal_scores_come_back(method, quartiles, ends):
    """Of 400 normal scores, within a fifth of an SD."""
    values = np.random.default_rng(3).normal(15, 5, 400)
    mean, sd = mean_and_sd(five_of(values, quartiles=quartiles, ends=ends), method)
    assert mean == pytest.approx(values.mean(), abs=1.0) and sd == pytest.approx(values.std(ddof=1), abs=1.0)


def test_skewed_scores_need_the_method_that_knows_them():
    """Of lognormal stays McGrath's mean is nearer than Wan's."""
    values = np.random.default_rng(4).lognormal(3, 0.8, 600)
    wan, mcgrath = (mean_and_sd(five_of(values, ends=False), method)[0] for method in ("wan", "mcgrath"))
    assert abs(mcgrath - values.mean()) < abs(wan - values.mean())


def test_wans_sum_of_quartiles():
    """(q1 + m + q3) / 3, and the distance of quartiles over twice the normal quantile."""
    mean, sd = mean_and_sd(FiveNumbers(52, 92, q1=30, q3=70))
    width = 2 * scipy.stats.norm.ppf((0.75 * 92 - 0.125) / (92 + 0.25))
    assert (mean, sd) == pytest.approx(((30 + 52 + 70) / 3, 40 / width), rel=1e-12)
