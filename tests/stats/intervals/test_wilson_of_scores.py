"""Takes a mean of scores from 0 to 1, gives Wilson limits of the episodes that it is worth."""

import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from iop_outcomes.stats.intervals.wilson_of_scores import WilsonOfScores
from tests.stats.intervals.drafted import limits


def test_worth_as_many_episodes_as_its_variance_says():
    """A variance half the binomial one makes 80 episodes worth 160."""
    found = limits(WilsonOfScores(), 0.7, 80, 0.7 * 0.3 / 160)
    assert (found.low, found.high) == pytest.approx(proportion_confint(0.7 * 160, 160, method="wilson"), rel=1e-12)


def test_all_alike_is_worth_the_episodes_there_are():
    """Everybody improved: no variance, and still an interval."""
    found = limits(WilsonOfScores(), 1.0, 25, 0.0)
    assert (found.low, found.high) == pytest.approx(proportion_confint(25, 25, method="wilson"), rel=1e-12)
    assert not math.isnan(found.se)
