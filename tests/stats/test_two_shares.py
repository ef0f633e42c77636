"""Takes two shares, gives Miettinen and Nurminen's limits by a search, and the number needed to treat at its edges."""

import math

import pytest
import scipy.stats
from scipy.optimize import brentq, minimize_scalar

import iop_outcomes as iop


def test_miettinen_nurminen_against_a_search():
    """The shares most likely at a difference found by search, the limits by bisection: the closed cubic gives the same."""
    k1, n1, k2, n2 = 7, 34, 1, 34

    def z2(difference):
        def minus_log(q):
            p = q + difference
            terms = ((k1, p), (n1 - k1, 1 - p), (k2, q), (n2 - k2, 1 - q))
            return -sum(k * math.log(max(share, 1e-300)) for k, share in terms if k)

        q = minimize_scalar(minus_log, bounds=(max(0, -difference), min(1, 1 - difference)), method="bounded", options={"xatol": 1e-12}).x
        p = q + difference
        variance = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
        return (k1 / n1 - k2 / n2 - difference) ** 2 / variance - scipy.stats.norm.ppf(0.975) ** 2

    seen = k1 / n1 - k2 / n2
    expected = brentq(z2, -0.5, seen - 1e-6), brentq(z2, seen + 1e-6, 0.9)
    rd = iop.effects.proportions(events_1=k1, n_1=n1, events_2=k2, n_2=n2, interval="miettinen_nurminen")["risk_difference"]
    assert (rd.low, rd.high) == pytest.approx(expected, abs=1e-6)


def test_number_needed_to_treat():
    """The inverse of the difference and of its limits; no limits where it may be 0, nothing where the shares are equal."""
    clear = iop.effects.proportions(events_1=60, n_1=100, events_2=40, n_2=100)
    rd, nnt = clear["risk_difference"], clear["number_needed_to_treat"]
    assert (nnt.value, nnt.low, nnt.high) == pytest.approx((5, 1 / rd.high, 1 / rd.low))
    unclear = iop.effects.proportions(events_1=50, n_1=100, events_2=45, n_2=100)["number_needed_to_treat"]
    assert unclear.value == pytest.approx(20) and math.isnan(unclear.low) and "holds 0" in unclear.assumption
    equal = iop.effects.proportions(events_1=5, n_1=10, events_2=10, n_2=20)["number_needed_to_treat"]
    assert math.isnan(equal.value) and "equal" in equal.assumption
