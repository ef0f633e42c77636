"""Takes medians with quartiles or ranges, gives means and SDs: exact cases by hand, and drawn scores whose mean and SD are known."""

import math

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop
from iop_outcomes.stats.quartiles import METHODS, FiveNumbers, mean_and_sd


def test_wan_and_luo_by_hand():
    """The sums of the papers, written out once more for 100 scores."""
    n, z = 100, scipy.stats.norm.ppf
    ends, quartiles = dict(minimum=2.0, maximum=40.0), dict(q1=10.0, q3=24.0)
    wan = iop.effects.summary(median=15, n=n, **quartiles)
    assert (wan.mean, wan.sd) == pytest.approx(((10 + 15 + 24) / 3, 14 / (2 * z((75 - 0.125) / 100.25))), rel=1e-12)
    wan = iop.effects.summary(median=15, n=n, **ends)
    assert (wan.mean, wan.sd) == pytest.approx(((2 + 30 + 40) / 4, 38 / (2 * z((100 - 0.375) / 100.25))), rel=1e-12)
    wan = iop.effects.summary(median=15, n=n, **ends, **quartiles)
    sd = 38 / (4 * z((100 - 0.375) / 100.25)) + 14 / (4 * z((75 - 0.125) / 100.25))
    assert (wan.mean, wan.sd) == pytest.approx(((2 + 20 + 30 + 48 + 40) / 8, sd), rel=1e-12)
    luo = iop.effects.summary(median=15, n=n, **quartiles, method="luo")
    assert luo.mean == pytest.approx((0.7 + 0.0039) * 17 + (0.3 - 0.0039) * 15, rel=1e-12)
    luo = iop.effects.summary(median=15, n=n, **ends, method="luo")
    weight = 4 / (4 + 100**0.75)
    assert luo.mean == pytest.approx(weight * 21 + (1 - weight) * 15, rel=1e-12)
    luo = iop.effects.summary(median=15, n=n, **ends, **quartiles, method="luo")
    first, second = 2.2 / (2.2 + 100**0.75), 0.7 - 0.72 / 100**0.55
    assert luo.mean == pytest.approx(first * 21 + second * 17 + (1 - first - second) * 15, rel=1e-12)


@pytest.mark.parametrize(
    "distribution",
    [scipy.stats.norm(20, 5), scipy.stats.lognorm(0.6, scale=30), scipy.stats.gamma(2.0, scale=12), scipy.stats.weibull_min(1.4, scale=30)],
)
@pytest.mark.parametrize("ends", [False, True])
def test_mcgrath_gives_back_each_of_its_distributions(distribution, ends):
    """Quantiles of a known distribution: its mean and SD come back, where Wan's are off when it is skewed."""
    n = 60
    given = dict(median=distribution.median(), q1=distribution.ppf(0.25), q3=distribution.ppf(0.75), n=n)
    if ends:
        given |= dict(minimum=distribution.ppf(1 / n), maximum=distribution.ppf(1 - 1 / n))
    summary = iop.effects.summary(**given, method="mcgrath")
    assert (summary.mean, summary.sd) == pytest.approx((distribution.mean(), distribution.std()), rel=1e-3)
    assert "McGrath" in summary.assumption


def test_scores_at_or_below_0_are_taken_as_normal():
    """A logarithm of 0 does not exist."""
    summary = iop.effects.summary(median=0, q1=-5, q3=5, n=40, method="mcgrath")
    assert (summary.mean, summary.sd) == pytest.approx((0, 5 / scipy.stats.norm.ppf(0.75)), abs=1e-4)


def test_error_and_interval():
    """A mean with its standard error or interval: the SD is what made them."""
    for given in ({"se": 1.5}, {"ci": (10 - 1.5 * scipy.stats.t.ppf(0.975, 24), 10 + 1.5 * scipy.stats.t.ppf(0.975, 24))}):
        assert iop.effects.summary(mean=10, n=25, **given).sd == pytest.approx(7.5, rel=1e-9)


def test_a_median_goes_through_to_the_effect_size():
    """And says so there; normal scores give back the d of their mean and SD."""
    z = scipy.stats.norm.ppf(0.75)
    before, after = (iop.effects.summary(median=m, q1=m - 5 * z, q3=m + 5 * z, n=400, method="mcgrath") for m in (18, 12))
    study = iop.effects.pre_post(pre=before, post=after, r=0.5)
    assert study["d_pre_sd"].value == pytest.approx(1.2, rel=1e-4)
    assert "before: mean and SD estimated from the median" in study["d_pre_sd"].assumption
    assert iop.effects.independent_groups(group_1=before, group_2=after)["d_s"].value == pytest.approx(1.2, rel=1e-4)
    with pytest.raises(iop.UsageError, match="n is given as"):
        iop.effects.pre_post(pre=before, post=iop.effects.summary(mean=12, sd=5, n=380), r=0.5)


def test_wan_is_near_for_normal_scores():
    """2,000 drawn samples of 50: Wan's SD is right on average within 1 %."""
    rng = np.random.default_rng(8)
    sds = []
    for _ in range(2000):
        low, q1, middle, q3, high = np.quantile(rng.normal(20, 5, 50), [0, 0.25, 0.5, 0.75, 1])
        sds.append(iop.effects.summary(median=middle, q1=q1, q3=q3, minimum=low, maximum=high, n=50).sd)
    assert math.isclose(np.mean(sds), 5, rel_tol=0.01)


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
