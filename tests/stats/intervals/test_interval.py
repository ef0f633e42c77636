"""Takes drafts and variances, gives proof that each rule gives the textbook interval, or says why there is none."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key, flags
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.drafts import mean_days, quantile_days
from iop_outcomes.stats.duration import Distribution, order_statistic_interval
from iop_outcomes.stats.intervals import Errors, NoInterval, Normal, OrderStatistics, StudentT, Wilson, finish, t_quantile
from iop_outcomes.stats.limits import variance_independent
from iop_outcomes.stats.proportion import wilson

HERE = np.array([True])
LEVELS = [0.8, 0.9, 0.95, 0.99]


def people(n, k=None):
    """A population of n, of whom k were counted."""
    parts = {"hit": k, "miss": n - k} if k is not None else {"stay": n}
    return Population("family", parts, frozenset(parts), None if k is None else frozenset({"hit"}))


def table(days):
    """Days as a table of counts."""
    return Counts.from_cells(("los_days",), {(int(day),): int(n) for day, n in zip(*np.unique(days, return_counts=True), strict=True)})


def mean_interval(days, conf_level=0.95):
    """Draft, variance and interval of the mean of a list of days."""
    counts = table(days)
    draft = mean_days("los_mean", counts, "los_days", people(len(days)))
    return finish(draft, Errors(variance_independent(draft.influence, counts.n)), conf_level=conf_level)


# -- Student's t -------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 300), min_size=2, max_size=50).filter(lambda days: len(set(days)) > 1), st.sampled_from(LEVELS))
def test_interval_of_a_mean_equals_scipy(days, conf_level):
    """Standard error and limits of a mean without repeats are the textbook ones."""
    found = mean_interval(days, conf_level)
    se = np.std(days, ddof=1) / math.sqrt(len(days))
    assert found.se == pytest.approx(se, rel=1e-12)
    expected = scipy.stats.t.interval(conf_level, len(days) - 1, loc=np.mean(days), scale=se)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert found.method == "Student t"


@pytest.mark.parametrize("conf_level", LEVELS)
@pytest.mark.parametrize("df", [1, 2, 9, 49, 1999])
def test_t_quantile_equals_scipy(df, conf_level):
    """The two-sided quantile of Student's t is the one of scipy."""
    assert t_quantile(df, conf_level) == pytest.approx(scipy.stats.t.ppf(0.5 + conf_level / 2, df), rel=1e-12)


def test_one_stay_has_no_interval():
    """From one episode nothing is known of the spread."""
    found = mean_interval([9])
    assert all(math.isnan(value) for value in (found.se, found.low, found.high))


def test_stays_all_alike_have_no_interval():
    """A standard deviation of 0 would claim certainty: no error and no limits instead."""
    found = mean_interval([9, 9, 9])
    assert all(math.isnan(value) for value in (found.se, found.low, found.high))


def test_intervals_of_means_cover():
    """Simulated stays: the 95 % interval holds the true mean 94 to 96 % of the time."""
    rng = np.random.default_rng(7)
    days = np.clip(np.rint(rng.normal(40, 12, size=(4000, 30))), 0, None).astype(int)
    truth = np.clip(np.rint(np.random.default_rng(8).normal(40, 12, size=2_000_000)), 0, None).mean()
    inside = [(found := mean_interval(row)).low <= truth <= found.high for row in days]
    assert 0.94 <= np.mean(inside) <= 0.96


# -- the other rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "n"), [(0, 12), (3, 12), (12, 12), (1, 1)])
@pytest.mark.parametrize("conf_level", LEVELS)
def test_interval_of_a_share_is_wilson(k, n, conf_level):
    """A share has Wilson's limits at the level asked, and the root of its variance as error."""
    draft = Draft(Key("rate"), k / n, np.zeros(1), HERE, people(n, k), Wilson(n))
    found = finish(draft, Errors(0.04), conf_level=conf_level)
    assert (found.low, found.high) == wilson(k, n, conf_level=conf_level)
    assert found.se == 0.2
    assert found.method == "Wilson score"


def test_interval_of_a_median_is_from_order_statistics():
    """A quantile has the order-statistic limits and no standard error: it needs none."""
    counts = table(range(1, 21))
    draft = quantile_days("los_median", counts, "los_days", 0.5, people(20))
    found = finish(draft, Errors(variance_independent(draft.influence, counts.n)))
    assert (found.low, found.high) == order_statistic_interval(draft.interval.distribution, 0.5) == (6, 15)
    assert math.isnan(found.se)
    assert found.flags == flags()


def test_too_few_stays_leave_an_interval_open():
    """Five stays: no limit for the median on either side, and the flag says so."""
    counts = table([1, 2, 3, 4, 5])
    draft = quantile_days("los_median", counts, "los_days", 0.5, people(5))
    found = finish(draft, Errors(0.0))
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.flags == flags(Flag.INTERVAL_OPEN)


def test_normal_interval():
    """The plain normal interval: 1.96 errors to each side."""
    found = finish(Draft(Key("d"), 0.5, np.zeros(1), HERE, people(50), Normal(0.01)), Errors(0.01))
    assert (found.low, found.high) == pytest.approx(scipy.stats.norm.interval(0.95, 0.5, 0.1), rel=1e-12)
    assert found.se == pytest.approx(0.1)


NOBODY = OrderStatistics(Distribution(np.zeros(0, dtype=int), np.zeros(0, dtype=int)), 0.5)


@pytest.mark.parametrize("interval", [Wilson(0), StudentT(0), NOBODY, Normal(math.nan), NoInterval()], ids=lambda one: type(one).__name__)
def test_no_value_no_interval(interval):
    """An estimate that is not a number has no error and no limits, of every kind, and still names its method."""
    found = finish(Draft(Key("x"), math.nan, np.zeros(1), HERE, people(0, 0), interval), Errors(0.0))
    assert all(math.isnan(value) for value in (found.se, found.low, found.high))
    assert found.method


def test_no_rule_no_interval():
    """A draft may say that it has no interval."""
    found = finish(Draft(Key("x"), 1.0, np.zeros(1), HERE, people(3), NoInterval()), Errors(1.0))
    assert all(math.isnan(value) for value in (found.se, found.low, found.high))


@given(st.lists(st.tuples(st.floats(-10, 10), st.integers(1, 1000)), min_size=1, max_size=20))
def test_variance_is_the_weighted_sum_of_squares(cells):
    """The variance over independent episodes: each cell's square, as often as it has episodes."""
    influence, n = np.array([c[0] for c in cells]), np.array([c[1] for c in cells])
    assert variance_independent(influence, n) == pytest.approx(math.fsum(i * i for i, k in cells for _ in range(k)), rel=1e-9, abs=1e-300)
