"""Takes names of calculations and printed figures, gives what follows, or which figure is missing or impossible."""

from decimal import Decimal

import pytest

import iop_outcomes as iop
from iop_outcomes.published.calculations import (
    OpenCorrelationError,
    arguments,
    arguments_of,
    calculated,
    calculation_names,
    quantity,
)
from tests.published.printed_studies import a_figure

PRE_POST = {"n": 40, "mean_pre": Decimal("15.4"), "sd_pre": Decimal("5.0"), "mean_post": Decimal("9.4"), "sd_post": Decimal("6.0")}


def test_every_calculation_says_what_it_takes():
    """Some figure each, none twice."""
    for name in calculation_names():
        taken = arguments_of(name)
        assert taken and len(set(taken)) == len(taken), name


def test_what_follows_is_what_the_public_function_gives():
    """A share, with its parts; percent is a hundred times it."""
    found = calculated("proportion", {"events": 30, "n": 40})
    truth = iop.effects.proportion(events=30, n=40)["proportion"]
    assert quantity(found, "proportion") == truth.value == 0.75
    assert quantity(found, "proportion.low") == truth.low
    assert quantity(found, "percent") == 75
    assert quantity(found, "percent.high") == pytest.approx(100 * truth.high)


def test_a_correlation_that_is_not_printed_stays_open():
    """What depends on it is there once for each that was assumed; what does not is there."""
    found = calculated("pre_post", PRE_POST)
    assert quantity(found, "mean_change") == pytest.approx(6)
    assert quantity(found, "d_pre_sd") == pytest.approx(1.2)
    with pytest.raises(OpenCorrelationError) as raised:
        quantity(found, "d_z")
    assert len(raised.value.values) > 1


def test_hedges_approximation_is_not_the_exact_factor():
    """1 - 3 / (4 df - 1)."""
    found = calculated("independent_groups", {"n_1": 10, "mean_1": 5, "sd_1": 2, "n_2": 10, "mean_2": 3, "sd_2": 2})
    assert quantity(found, "g_s_approximate") == pytest.approx(quantity(found, "d_s") * (1 - 3 / (4 * 18 - 1)))
    assert quantity(found, "g_s_approximate") != pytest.approx(quantity(found, "g_s"), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("proportion", {"n": 40}, "proportion needs events too"),
        ("proportion", {"events": "thirty", "n": 40}, "events"),
        ("pool_proportions", {"events": (1, 2), "n": (5,)}, "."),
        ("cox", {"days": (1, 2), "ended": (1, 0), "group": ("a", "b"), "reference": "c"}, 'reference: "c" is no group. Allowed: a, b'),
    ],
)
def test_what_does_not_follow_from_what_is_given(name, given, words):
    """A figure that is missing, no number, lists of two lengths, a group that is none."""
    with pytest.raises(iop.UsageError, match=words):
        calculated(name, given)


def test_what_a_calculation_does_not_give():
    """Of numbers and of effect sizes; a part that no effect size has."""
    with pytest.raises(iop.UsageError, match='"sd_pre" is not what this calculation gives; it gives: '):
        quantity(calculated("summary", {"n": 9, "mean": 3, "sd": 1}), "sd_pre")
    with pytest.raises(iop.UsageError, match="behind the point stands one of se, variance"):
        quantity(calculated("proportion", {"events": 3, "n": 4}), "proportion.width")


def test_the_direction_is_that_of_the_scale_unless_it_is_given():
    """A z of ranks is for definitions alone."""
    figure = a_figure(calculation="pre_post", given={"n": 40, "z": 3})
    assert arguments(figure) == {"n": 40, "better": "lower"}
    assert arguments(a_figure(calculation="pre_post", scale="ors", given={}))["better"] == "higher"
    assert arguments(a_figure(calculation="pre_post", given={"better": "higher"}))["better"] == "higher"
    assert arguments(a_figure(calculation="pre_post", scale="of their own", given={"n": 3})) == {"n": 3}
