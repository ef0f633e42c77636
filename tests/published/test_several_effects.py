"""Takes studies that give several effects each, gives errors by study: as statsmodels' clustered errors count them, and what is refused."""

import math

import pytest

import iop_outcomes as iop
from iop_outcomes.published.several_effects import RHOS, coefficient, robust

TABLE = {"study": list("aabbccdd"), "g": [0.1, 0.2, 0.5, 0.6, 0.3, 0.2, 0.9, 0.7], "v": [0.02, 0.02, 0.03, 0.04, 0.02, 0.03, 0.05, 0.05]}
POOLED = iop.pool_studies(TABLE, value="g", variance="v", study="study")


def test_a_coefficient_has_its_interval_and_test():
    """Normal where degrees of freedom are infinite; without an error neither."""
    found = coefficient("mean", 0.5, 0.25, math.inf, 0.95)
    assert (found.low, found.high, found.statistic, found.p) == pytest.approx((0.0100090, 0.9899910, 2.0, 0.0455003), abs=1e-6)
    assert math.isnan(coefficient("mean", 0.5, 0.0, math.inf, 0.95).statistic)


def test_independent_weights_keep_the_mean():
    """Only its error is another; no correlation was assumed."""
    found = robust(POOLED, "study", "independent", None)
    assert found.mean.value == pytest.approx(POOLED.value)
    assert (found.clusters, found.k, found.sensitivity) == (4, 8, ())
    assert found.sentence().startswith(f"Pooled {POOLED.value:.3g} (")


def test_correlated_weights_say_what_was_assumed_and_how_much_it_moves():
    """.8 where none is given; at every correlation tried the value is that of asking for it."""
    found = robust(POOLED, "study", "correlated", None)
    assert "rho 0.8 assumed" in found.notes[0]
    assert [row[0] for row in found.sensitivity] == list(RHOS["correlated"])
    for rho, value, se, tau2, _ in found.sensitivity:
        asked = robust(POOLED, "study", "correlated", rho)
        assert (asked.mean.value, asked.mean.se, asked.tau2) == pytest.approx((value, se, tau2))
        assert "assumed" not in asked.notes[0]


def test_one_effect_each_is_no_repeat():
    """The robust mean of independent studies is theirs."""
    table = {name: values[::2] for name, values in TABLE.items()}
    alone = iop.pool_studies(table, value="g", variance="v", study="study")
    assert robust(alone, "study", "independent", None).mean.value == pytest.approx(alone.value)


def test_under_four_degrees_of_freedom_p_is_not_to_be_trusted():
    """Four studies leave fewer than four."""
    found = robust(POOLED, "study", "independent", None)
    assert found.mean.df < 4
    assert "Under 4 degrees of freedom the p is not to be trusted." in found.sentence()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("study", "equal", None), "Allowed: correlated, hierarchical, independent"),
        (("study", "independent", 0.5), 'weights="independent" has none'),
        (("study", "correlated", 1.5), "rho = 1.5 must lie between 0 and 1"),
        ((None, "correlated", None), "cluster is missing: name the study of each effect"),
        ((["a"] * 8, "correlated", None), "all effect sizes are of one study"),
        ((["a"] * 7, "correlated", None), "7 values for 8 studies"),
    ],
)
def test_what_cannot_be(given, words):
    """Each argument by its name."""
    with pytest.raises(iop.UsageError, match=words):
        robust(POOLED, *given)
