"""Takes SDs, reliabilities and norms, gives thresholds and cut-offs as published, and how often chance meets a rule, as drawn."""

import math

import numpy as np
import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.thresholds import check_rule, cutoffs, false_positive_rate, reliable_change_index, s_diff


def test_the_couples_of_1991():
    """Jacobson and Truax, doi:10.1037/0022-006X.59.1.12: SD 7.5 and reliability 0.80 give S_diff 4.74; cut-offs 55, 45 and 50."""
    assert round(s_diff(7.5, 0.80), 2) == 4.74
    found = cutoffs(40, 7.5, 60, 7.5, better="higher")
    assert (found.a, found.b, found.c) == (55, 45, 50)


def test_a_scale_turned_round_has_its_cut_offs_turned_round():
    """And c weighs each mean by the other's SD: nearer to the narrower group."""
    high, low = cutoffs(40, 10, 60, 5, better="higher"), cutoffs(-40, 10, -60, 5, better="lower")
    assert (low.a, low.b, low.c) == (-high.a, -high.b, -high.c)
    assert (high.c - 40) / 10 == pytest.approx((60 - high.c) / 5)
    assert math.isnan(cutoffs(40, 0, 60, 0, better="higher").c)


@pytest.mark.parametrize(("threshold", "op", "step"), [(6, ">=", 1), (6, ">", 1), (5.5, ">=", 1), (0.3, ">=", 0.1), (0.3, ">", 0.1)])
def test_chance_meets_the_rule_as_often_as_it_does_when_drawn(threshold, op, step):
    """A million changes of people without true change, rounded to the step of the scale."""
    spread = s_diff(5.5 * step, 0.84)
    steps = np.rint(np.random.default_rng(4).normal(0, spread / step, 1_000_000))
    wanted = threshold / step
    met = (steps > wanted + 1e-6) if op == ">" else (steps > wanted - 1e-6)
    assert false_positive_rate(threshold, op, 5.5 * step, 0.84, step=step) == pytest.approx(met.mean(), abs=0.001)


def test_a_perfect_scale_is_never_met_by_chance():
    """Reliability 1: no error of measurement, and every change is reliable."""
    assert false_positive_rate(1, ">=", 5, 1.0) == 0
    assert reliable_change_index(5, 1.0) == 0


@pytest.mark.parametrize(("sd", "reliability"), [(-1, 0.8), (5, 1.1), (5, -0.1), (math.nan, 0.8)])
def test_figures_that_cannot_be(sd, reliability):
    """Said with what was given."""
    with pytest.raises(ValueError, match=f"SD {sd} is negative or reliability {reliability}"):
        s_diff(sd, reliability)


def test_rules_that_are_none():
    """Another operator, and a threshold of 0, which everybody would meet."""
    with pytest.raises(UsageError, match="Allowed: >, >="):
        check_rule(6, "=>")
    with pytest.raises(ValueError, match="not above 0"):
        check_rule(0, ">=")
