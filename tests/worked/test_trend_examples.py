"""Takes control charts worked out in print, gives the same centre, limits and points outside; and the known traps of charts."""

import numpy as np
import pytest

from iop_outcomes.stats.trend import ControlLimits, outside_limits, p_prime_limits, seven_on_one_side, signals

# Montgomery, Introduction to Statistical Quality Control: cans of orange juice, faulty ones in 30 samples of 50 (R package qcc, orangejuice).
JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# The same book (2005), pages 232-235: viscosity of 20 batches of paint (qcc, viscosity).
PAINT = [34.05, 34.4, 33.59, 35.96, 34.7, 33.51, 33.79, 34.04, 34.52, 33.75]
PAINT += [33.27, 33.71, 34.03, 34.58, 34.02, 33.97, 34.05, 34.04, 33.73, 34.05]


def places(sides):
    """Which points are marked, counted from 1 as in print."""
    return (np.flatnonzero(sides) + 1).tolist()


def plain(found):
    """The limits of a plain p chart, whose sigma_z is 1."""
    return ControlLimits(found.centre, found.sigma / found.sigma_z, 1.0)


def test_orange_juice():
    """Average .2313, limits of the plain p chart .0524 and .4102, samples 15 and 23 outside, as printed."""
    found = p_prime_limits(JUICE, [50] * 30)
    chart = plain(found)
    assert found.centre == pytest.approx(0.2313, abs=1e-4)
    assert (chart.low[0], chart.high[0]) == pytest.approx((0.0524, 0.4102), abs=1e-4)
    assert places(outside_limits(np.array(JUICE) / 50, chart)) == [15, 23]


def test_orange_juice_with_its_own_spread():
    """The p' limits of the same samples are those of an individuals chart of the shares, as the bases are equal."""
    found = p_prime_limits(JUICE, [50] * 30)
    shares = np.array(JUICE) / 50
    half = 3 * np.abs(np.diff(shares)).mean() / 1.128
    assert found.high[0] == pytest.approx(shares.mean() + half, abs=1e-12)
    assert found.sigma_z > 1  # samples differ by more than chance, which the plain chart takes for signals


def test_paint():
    """Individuals chart: mean 34.088, limits 32.565 and 35.611, batch 4 alone outside, as printed; through the p' door.

    An individuals chart is a p' chart of equal bases, so viscosities are told as hundredths of 100 in every batch.
    """
    n = 10_000
    k = [round(value * 100) for value in PAINT]
    found = p_prime_limits(k, [n] * 20)
    assert found.centre * 100 == pytest.approx(34.088, abs=1e-9)
    assert (found.low[0] * 100, found.high[0] * 100) == pytest.approx((32.565044, 35.610956), abs=1e-5)
    assert places(outside_limits(np.array(k) / n, found)) == [4]


def test_a_missing_month_never_makes_a_signal():
    """Trap Q1: seven points below the average with a month missing among them are no run of seven."""
    shares = [0.4, 0.4, 0.4, np.nan, 0.4, 0.4, 0.4, 0.4]
    assert places(seven_on_one_side(shares, 0.5)) == []
    assert places(seven_on_one_side([s for s in shares if s == s], 0.5)) == [1, 2, 3, 4, 5, 6, 7]  # what dropping it would say


def test_mirrored_data_give_mirrored_signals():
    """Trap Q2: sound cans signal where faulty ones do, the other way."""
    faulty, n = np.array(JUICE), np.array([50] * 30)
    one, other = (signals(k / n, plain(p_prime_limits(k, n))) for k in (faulty, n - faulty))
    assert {name for name, sides in one.items() if sides.any()} >= {"outside_limits"}
    for name in one:
        assert one[name].tolist() == (-other[name]).tolist()


def test_limits_are_cut_and_an_empty_month_is_a_gap():
    """Trap Q6: small months have limits inside 0 to 1, and a month with nobody has neither limits nor signals."""
    k, n = [3, 0, 4, 1, 0, 5, 2], [4, 0, 5, 5, 3, 5, 4]
    found = p_prime_limits(k, n)
    known = np.array(n) > 0
    assert (found.low[known] >= 0).all() and (found.high[known] <= 1).all()
    assert np.isnan(found.low[1]) and np.isnan(found.high[1])
    with np.errstate(invalid="ignore"):
        shares = np.array(k) / np.maximum(n, 1)
    assert not any(sides[1] for sides in signals(np.where(known, shares, np.nan), found).values())
