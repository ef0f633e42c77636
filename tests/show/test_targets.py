"""Takes shares with their intervals and targets, gives proof of the word for each, at the limits of the interval and beyond."""

import math

import pytest

from iop_outcomes.intake.targets import Target
from iop_outcomes.keys import Contrast, Flag, flags
from iop_outcomes.release import ReleasedEstimate
from iop_outcomes.release.released import SUPPRESSED
from iop_outcomes.show.targets import target_word, target_words


def estimate(**given):
    """A released share of 0.5 with its interval, unless something else is given."""
    blank = {name: math.nan for name in ("se", "p", "p_adjusted", "statistic", "df")}
    words = {
        name: ""
        for name in ("measure", "definition", "group", "level", "group_2", "level_2", "estimand", "versus", "adjustment", "word", "method")
    }
    usual = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 100, "k": 50, "n_missing": 0, "excluded": 0, "unit": "share", "flag": frozenset()}
    return ReleasedEstimate(
        **words | blank | {"time": None, "contrast": Contrast.NONE, "conf_level": 0.95, "n_at_risk": None} | usual | given
    )


def target(value, direction="at_least"):
    """A target of some board."""
    return Target("completion", "completion_strict", value, direction, "Board")


@pytest.mark.parametrize(
    ("value", "direction", "word"),
    [
        (0.39, "at_least", "reached"),
        (0.40, "at_least", "no clear difference"),  # a limit of the interval is in it
        (0.50, "at_least", "no clear difference"),
        (0.60, "at_least", "no clear difference"),
        (0.61, "at_least", "below target"),
        (0.39, "at_most", "above target"),
        (0.40, "at_most", "no clear difference"),
        (0.60, "at_most", "no clear difference"),
        (0.61, "at_most", "reached"),
    ],
)
def test_the_interval_decides(value, direction, word):
    """Reached or missed exactly when the interval leaves the target out."""
    assert target_word(estimate(), target(value, direction)) == word


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"value": SUPPRESSED, "low": SUPPRESSED, "high": SUPPRESSED, "n": SUPPRESSED}, "not shown"),
        ({"low": SUPPRESSED, "high": SUPPRESSED}, "not compared"),
        ({"low": math.nan, "high": math.nan, "n": SUPPRESSED}, "not compared"),
        ({"low": math.nan, "high": math.nan}, "too few"),
        ({"n": 10}, "too few"),
        ({"n": 11}, "below target"),
        ({"flag": flags(Flag.FEW_PATIENTS)}, "too few"),
        ({"value": math.nan, "low": math.nan, "high": math.nan, "n": 0}, ""),
    ],
)
def test_nothing_is_claimed_where_nothing_may_be(given, word):
    """Withheld, without an interval, or of too few: no word that would be a claim."""
    assert target_word(estimate(**given), target(0.9)) == word


def test_a_target_in_words():
    """The direction and a percentage; one under ten keeps no false precision."""
    assert target_words(target(0.08, "at_most")) == "at most 8%"
