"""Takes the pairs of two groups, gives the interval of a number they make together: its own variance, widened where patients repeat."""

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from iop_outcomes.keys import Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.between_pairs import BetweenPairs, ancova, d_change
from iop_outcomes.stats.draft import Draft, Population, Side
from iop_outcomes.stats.intervals import StudentT
from iop_outcomes.stats.intervals.of_two_groups import OfTwoGroups, Together
from iop_outcomes.stats.limits import Errors
from iop_outcomes.stats.pairs import Pairs
from tests.stats.test_clustered import people_of

ONE = ([18, 20, 15, 11, 23, 17], [10, 14, 9, 10, 12, 16])
OTHER = ([17, 12, 20, 9, 14], [15, 11, 19, 10, 12])


def sides(find, first=ONE, second=OTHER):
    """Both groups as drafts over one table, each pair a cell of its own."""
    n, n_first = len(first[0]) + len(second[0]), len(first[0])
    out = []
    for start, cells in ((0, first), (n_first, second)):
        size = len(cells[0])
        pairs = Pairs.from_cells(*cells, [1] * size, better="lower")
        here = np.zeros(n, dtype=bool)
        here[start : start + size] = True
        order = {(pre, post): i for i, (pre, post) in enumerate(zip(pairs.pre.tolist(), pairs.post.tolist(), strict=True))}
        place = np.array([order[pre, post] for pre, post in zip(*cells, strict=True)], dtype=np.int64)
        kind = OfTwoGroups(pairs, place, find, "a method")
        who = Population("x", {"in": size}, frozenset({"in"}))
        out.append(Side(Draft(Key("d"), math.nan, np.zeros(n), here, who, kind), Errors(math.nan)))
    return out


def alone(n):
    """Everyone came once."""
    return people_of(np.arange(n))


@pytest.mark.parametrize("find", [d_change, ancova])
def test_where_nobody_repeats_it_is_the_variance_of_the_formula(find):
    """Normal or t on its own degrees of freedom; p is the level at which the limits touch 0."""
    one, other = sides(find)
    truth = find(one.draft.interval.pairs, other.draft.interval.pairs)
    found = Together().difference(one, other, alone(11), 0.95)
    law = norm() if math.isinf(truth.df) else t(truth.df)
    se = math.sqrt(truth.variance)
    assert found.value == truth.value
    assert (found.limits.low, found.limits.high) == pytest.approx((truth.value - law.ppf(0.975) * se, truth.value + law.ppf(0.975) * se))
    assert found.p == pytest.approx(2 * law.sf(abs(truth.value) / se))
    assert found.limits.method == "a method"
    touching = Together().limits(one, other, alone(11), 1 - found.p)
    assert min(abs(touching.low), abs(touching.high)) == pytest.approx(0, abs=1e-9)


def test_where_patients_repeat_it_is_widened_by_their_sums():
    """The variance times that of the sums by patient over that of the pairs, t on effective patients less one."""
    one, other = sides(d_change)
    patient = [0, 0, 1, 2, 3, 4, 4, 5, 6, 7, 1]
    truth = d_change(one.draft.interval.pairs, other.draft.interval.pairs)
    by_pair = np.concatenate([each[side.draft.interval.place] for side, each in zip((one, other), truth.influences, strict=True)])
    by_patient = np.bincount(patient, weights=by_pair)
    variance = truth.variance * (by_patient**2).sum() / (by_pair**2).sum()
    sizes = np.bincount(patient)
    df = sizes.sum() ** 2 / (sizes**2).sum() - 1
    found = Together().difference(one, other, people_of(np.array(patient)), 0.95)
    assert found.limits.high - found.value == pytest.approx(t(df).ppf(0.975) * math.sqrt(variance))
    assert found.limits.method == "a method, by patient"


def test_what_has_no_variance_has_no_limits():
    """A number of nobody, or one whose variance is 0."""
    for value, variance in ((math.nan, math.nan), (0.5, 0.0)):
        one, other = sides(lambda *_, value=value, variance=variance: BetweenPairs(value, variance, (np.zeros(6), np.zeros(5))))
        found = Together().difference(one, other, alone(11), 0.95)
        assert math.isnan(found.value) and math.isnan(found.p) and math.isnan(found.limits.low)


def test_a_group_alone_has_none_and_another_kind_is_refused():
    """The number is of two; an interval of one group cannot take part."""
    one, other = sides(d_change)
    assert math.isnan(one.draft.interval.limits(one.draft, one.errors, 0.95).low)
    mean = Draft(Key("m"), 1.0, np.zeros(11), other.draft.among, other.draft.population, StudentT(5))
    with pytest.raises(TypeError, match="of the kind StudentT is of one group"):
        Together().difference(Side(mean, other.errors), one, alone(11), 0.95)
    with pytest.raises(TypeError, match="both groups need their pairs"):
        Together().difference(one, Side(mean, other.errors), alone(11), 0.95)
    assert isinstance(alone(11), Patients)
