"""Takes values on the scale they were pooled on, gives them as shown: scipy's functions, and Freeman and Tukey's turned back."""

import math

import numpy as np
import pytest
from scipy.special import expit

import iop_outcomes as iop
from iop_outcomes.published.scales_of_effects import SCALES, double_arcsine


@pytest.mark.parametrize("value", [-40.0, -3.2, 0.0, 0.4, 1.5])
def test_logarithms_logits_and_correlations(value):
    """As they are turned back elsewhere, far from 0 too."""
    assert SCALES["log"].shown(value) == pytest.approx(np.exp(value))
    assert SCALES["logit"].shown(value) == pytest.approx(expit(value))
    assert SCALES["correlation"].shown(value) == pytest.approx(np.tanh(value))
    assert SCALES["linear"].shown(value) == value
    assert SCALES["share"].shown(value) == min(max(value, 0), 1)


def test_limits_beyond_the_ends_of_an_arcsine_are_the_ends():
    """Shares lie between 0 and 1."""
    shown = SCALES["arcsine"].shown
    assert [shown(value) for value in (-0.1, 0.0, math.pi / 2, 2.0)] == [0, 0, 1, 1]
    assert shown(math.asin(math.sqrt(0.3))) == pytest.approx(0.3)


@pytest.mark.parametrize("n", [5, 40, 1000])
def test_the_double_arcsine_comes_back(n):
    """Every share of n, through Freeman and Tukey's transformation and Miller's inverse; ends cut off."""
    scale = double_arcsine(n)
    for k in (0, 1, n // 2, n - 1, n):
        value = (math.asin(math.sqrt(k / (n + 1))) + math.asin(math.sqrt((k + 1) / (n + 1)))) / 2
        assert scale.shown(value) == pytest.approx(k / n, abs=1e-9)
    assert (scale.shown(-1.0), scale.shown(3.0)) == pytest.approx((0, 1), abs=1e-9)


def test_no_effect_is_where_each_scale_says():
    """1 of a ratio, 0 of a difference, nowhere of a share."""
    assert {name: scale.neutral for name, scale in SCALES.items() if not math.isnan(scale.neutral)} == {
        "linear": 0,
        "log": 1,
        "correlation": 0,
    }
    assert SCALES["log"].shown(0.0) == SCALES["log"].neutral


@pytest.mark.parametrize("conf_level", [0.95, 0.999])
def test_two_ratios_far_apart_have_limits_that_a_number_holds(conf_level):
    """Student's t of one degree of freedom at 99.9 % is 637: the ratio of its limit is larger than any float, and is the largest one."""
    pooled = iop.pool_studies({"ratio": [0.0, 2.0], "se": [0.1, 0.1]}, value="ratio", se="se", scale="log", conf_level=conf_level)
    shown = pooled.shown
    assert shown["value"] == pytest.approx(math.e)
    assert shown["low"] < 1e-5 < 1e5 < shown["high"] < math.inf
    assert f"({conf_level * 100:g}% interval" in pooled.sentence()
