"""Takes a reported effect size and a table's figures, gives the definitions that it can be: computed here, rounded and cut, and those it is not."""

import math

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

TABLE = {"mean_pre": "16.3", "sd_pre": "4.6", "mean_post": "9.1", "sd_post": "5.1"}
VALUES = {
    "d_pre_sd": 7.2 / 4.6,
    "d_post_sd": 7.2 / 5.1,
    "d_av": 7.2 / 4.85,
    "mean_change": 7.2,
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_its_own_definition(name):
    """Printed with three decimals; the others are named with what they would be."""
    found = iop.identify_effect_size(f"{VALUES[name]:.3f}", **TABLE)
    assert name in found.matches
    tried = {each.definition: each.value for each in found.candidates}
    assert {other: tried[other] for other in VALUES} == pytest.approx(VALUES, rel=1e-12)
    assert found.sentence().startswith(f"{VALUES[name]:.3f}".rstrip("0")[:4])


def test_a_value_that_was_cut_off_is_told_from_one_that_was_rounded():
    """Exact figures: 2 / 3 as 0.67 and as 0.66."""
    figures = {"mean_pre": "12.0000", "sd_pre": "3.0000", "mean_post": "10.0000", "sd_post": "3.5000"}
    kinds = {
        text: next(each.match for each in iop.identify_effect_size(text, **figures).candidates if each.definition == "d_pre_sd")
        for text in ("0.67", "0.66", "0.65")
    }
    assert kinds == {"0.67": "to rounding", "0.66": "cut off, not rounded", "0.65": "no"}


def test_the_sign_does_not_matter_and_what_could_not_be_tried_is_said():
    """Papers print changes with either sign; without n and r some definitions have no value."""
    found = iop.identify_effect_size("-1.57", **TABLE)
    assert "d_pre_sd" in found.matches
    assert {"d_z", "g_pre_sd"} <= {name for name, _ in found.lacking}


def test_at_which_correlation_it_would_be_the_change_over_the_sd_of_changes():
    """The SD of the changes at that r gives the value back."""
    note = next(note for note in iop.identify_effect_size("1.2", **TABLE).notes if "d_z" in note)
    r = float(note.split("were ")[1].rstrip("."))
    assert 7.2 / math.sqrt(4.6**2 + 5.1**2 - 2 * r * 4.6 * 5.1) == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize(
    ("reported", "figures", "words"),
    [
        ("abc", TABLE, "is not a number as a table prints it"),
        (object(), TABLE, "reported: a value of the kind object is not a number"),
        (0.5, {"mean_pre": object()}, "mean_pre: a value of the kind object is not a number"),
        ("1.5", {}, "give what the table prints"),
        (None, TABLE, "reported is missing"),
    ],
)
def test_what_cannot_be_identified(reported, figures, words):
    """With what to give."""
    with pytest.raises(UsageError, match=words):
        iop.identify_effect_size(reported, **figures)
