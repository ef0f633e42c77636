"""Takes what rests on ranks, gives its test and limits; none of it where a patient has two pairs."""

import math

import numpy as np
import pytest

from iop_outcomes.patients import Patients
from iop_outcomes.stats.intervals.signed_rank import FisherZ, SignedRank, Walsh
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.ranks import WalshAverages, signed_rank
from tests.stats.intervals.drafted import drafted, limits

PAIRS = Pairs.from_cells([18, 20, 15, 9, 12], [10, 14, 16, 9, 10], [4, 3, 4, 2, 3], better="lower")


@pytest.mark.parametrize(("wanted", "statistic"), [("v", "v"), ("p", "z")])
def test_a_test_stands_in_the_place_of_an_interval(wanted, statistic):
    """The sum of ranks beside itself, the normal deviate beside p."""
    test = signed_rank(PAIRS)
    found = limits(SignedRank(test=test, wanted=wanted), test.v, test.n, math.nan)
    assert (found.statistic, found.p) == (getattr(test, statistic), test.p)
    assert found.none


def test_fishers_z_is_the_delta_method_on_the_other_scale():
    """Atanh of the limits lies as far on either side; none at the ends."""
    found = limits(FisherZ(), 0.4, 20, 0.01)
    up, down = math.atanh(found.high) - math.atanh(0.4), math.atanh(0.4) - math.atanh(found.low)
    assert up == pytest.approx(down) == pytest.approx(1.959964 * 0.1 * math.sqrt(20 / 19) / (1 - 0.16), rel=1e-6)
    for end in (-1.0, 1.0):
        assert limits(FisherZ(), end, 20, 0.01).none


def test_limits_of_the_median_are_walsh_averages():
    """Those of the ranks themselves; a side that too few pairs leave open says so."""
    averages = WalshAverages.of_pairs(PAIRS)
    found = limits(Walsh(averages=averages), averages.median, 16, 0.1)
    assert (found.low, found.high) == averages.limits(0.95)
    few = WalshAverages.of_pairs(Pairs.from_cells([5, 6], [4, 4], [1, 1], better="lower"))
    assert "interval_open" in limits(Walsh(averages=few), few.median, 2, 0.1).flags


def test_a_patient_with_two_pairs_is_refused_by_name():
    """Ranks take every pair for another person's."""
    people = Patients(np.array([0]), np.array([0, 0]), np.array([0]), np.array([1]))
    draft = drafted(0.4, 2, FisherZ())
    found = draft.interval.finish(draft, draft.interval.errors(draft, people, np.array([2])), 0.95)
    assert found.none
    assert "patients_repeat" in found.flags
