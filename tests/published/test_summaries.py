"""Takes what papers print of one group, gives its mean and SD: from an error, an interval or scores; contradictions refused."""

import math

import numpy as np
import pytest
import scipy.stats

import iop_outcomes as iop
from iop_outcomes.errors import UsageError
from iop_outcomes.published.summaries import scores_of, summary_of

SCORES = [12.0, 15.0, 9.0, 20.0, 14.0]


@pytest.mark.parametrize("form", ["sd", "se", "ci"])
def test_one_group_in_three_ways(form):
    """Scipy's own error and t interval of the scores lead back to their SD."""
    mean, sd, se = np.mean(SCORES), np.std(SCORES, ddof=1), scipy.stats.sem(SCORES)
    ci = scipy.stats.t.interval(0.95, 4, mean, se)
    found = iop.effects.summary(mean=mean, n=5, **{form: {"sd": sd, "se": se, "ci": ci}[form]})
    assert (found.mean, found.sd, found.n) == pytest.approx((mean, sd, 5))
    assert bool(found.assumption) is (form != "sd")


def test_scores_are_their_mean_and_sd():
    """A summary stays itself."""
    found = summary_of("pre", SCORES)
    assert (found.mean, found.sd) == pytest.approx((np.mean(SCORES), np.std(SCORES, ddof=1)))
    assert summary_of("pre", found) is found


@pytest.mark.parametrize(
    ("scores", "words"), [([1.0, math.nan, 3.0], "pre: 1 of 3 scores are missing"), ([1.0], "needs two"), ([], "needs two")]
)
def test_scores_that_are_too_few_or_missing(scores, words):
    """Counted, not shown."""
    with pytest.raises(UsageError, match=words):
        scores_of("pre", scores)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"n": 9}, "give a mean"),
        ({"mean": 5, "n": 9}, "needs its sd, or its se or ci"),
        ({"mean": 5, "ci": (6, 9), "n": 9}, "lies outside its interval"),
        ({"mean": 5, "sd": 2, "median": 4, "n": 9}, "not both"),
        ({"median": 4, "q1": 2, "n": 9}, "both quartiles"),
        ({"median": 4, "q1": 5, "q3": 9, "n": 9}, "must not fall"),
        ({"mean": 5, "se": 1}, "n"),
    ],
)
def test_what_gives_no_mean_and_sd(given, words):
    """Each says what is lacking."""
    with pytest.raises(UsageError, match=words):
        iop.effects.summary(**given)
