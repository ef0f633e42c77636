"""Takes printed figures and a margin, gives two one-sided tests: scipy's on scores, Fisher's z, and a verdict that is never "no difference"."""

import math

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

RNG = np.random.default_rng(8)
ONE, OTHER = RNG.normal(10, 3, 30), RNG.normal(10.4, 3, 30)


def test_one_mean_is_scipys():
    """Two one-sided t tests of the scores themselves."""
    found = iop.effects.equivalence(mean=ONE.mean(), mu=10, sd=ONE.std(ddof=1), n=30, margin=1)
    lower = scipy.stats.ttest_1samp(ONE, 9, alternative="greater").pvalue
    upper = scipy.stats.ttest_1samp(ONE, 11, alternative="less").pvalue
    assert (found.lower_p, found.upper_p, found.p) == pytest.approx((lower, upper, max(lower, upper)), rel=1e-9)


def test_two_means_of_the_same_people_are_their_differences():
    """Of which the SD follows from r."""
    r = np.corrcoef(ONE, OTHER)[0, 1]
    moments = dict(mean_1=ONE.mean(), sd_1=ONE.std(ddof=1), mean_2=OTHER.mean(), sd_2=OTHER.std(ddof=1), n=30, r=r)
    found, gap = iop.effects.equivalence(**moments, margin=2), ONE - OTHER
    assert (found.value, found.se, found.df) == pytest.approx((gap.mean(), scipy.stats.sem(gap), 29), rel=1e-9)
    assert (found.low_90, found.high_90) == pytest.approx(scipy.stats.t.interval(0.9, 29, gap.mean(), found.se), rel=1e-9)
    in_sd = iop.effects.equivalence(**moments, margin_in_sd=0.5)
    assert in_sd.high_bound == pytest.approx(0.5 * gap.std(ddof=1))


def test_a_correlation_is_tested_on_fishers_scale():
    """Bounds and value through atanh; limits come back as correlations."""
    found = iop.effects.equivalence(r=0.1, n=103, margin=0.3)
    assert found.lower_p == pytest.approx(scipy.stats.norm.sf((math.atanh(0.1) + math.atanh(0.3)) * 10), rel=1e-9)
    assert found.high_95 == pytest.approx(math.tanh(math.atanh(0.1) + 1.959964 / 10), rel=1e-6)


@pytest.mark.parametrize(("value", "verdict"), [(0.0, "equivalent"), (0.45, "inconclusive"), (0.9, "different by more than the margin")])
def test_three_verdicts(value, verdict):
    """A value within the margin whose interval is not is inconclusive; the sentence begins with the verdict."""
    found = iop.effects.equivalence(value=value, se=0.1, margin=0.5)
    assert found.verdict == verdict
    assert repr(found).startswith(f"{verdict}: ")
    assert (verdict == "equivalent") is (found.low_90 > -0.5 and found.high_90 < 0.5)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": 0.1, "se": 0.1}, "has no default"),
        ({"value": 0.1, "se": 0.1, "margin": 1, "margin_in_sd": 1}, "has no default"),
        ({"value": 0.1, "margin": 1}, "se is missing"),
        ({"value": 0.1, "se": 0.1, "margin_in_sd": 1}, "needs an SD"),
        ({"mean_1": 5, "sd_1": 2, "mean_2": 4, "sd_2": 2, "n": 9, "margin": 1}, "without r"),
        ({"r": 1.0, "n": 9, "margin": 0.3}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_tested(given, words):
    """With what is lacking."""
    with pytest.raises(UsageError, match=words):
        iop.effects.equivalence(**given)
