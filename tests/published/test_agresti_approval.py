"""Takes approval of a prime minister in two surveys of the same people, gives the figures of Agresti, Categorical Data Analysis (PR05)."""

import pytest

import iop_outcomes as iop


def test_approval_in_two_surveys():
    """PR05: 59 % and 55 %, the difference with its limits, McNemar's 17.36."""
    two = iop.effects.paired_proportions(yes_yes=794, yes_no=150, no_yes=86, no_no=570)
    assert (two["share_first"].value, two["share_second"].value) == pytest.approx((0.59, 0.55), abs=0.006)
    rd = two["risk_difference"]
    assert (rd.value, rd.low, rd.high) == pytest.approx((-0.04, -0.058716117, -0.021283883), abs=5e-9)
    assert rd.statistic == pytest.approx(17.355932, abs=5e-7)
