"""Takes the declaration of every measure, gives proof that its numbers are in units of the closed set, and that differences of them are too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iop_outcomes.units import UNITS
from tests.declared import every_measure


def unknown_units(measure):
    """What a declaration names that is no unit."""
    return [unit for unit in (measure.unit, *(estimand.unit for estimand in measure.estimands)) if unit not in UNITS]


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("days", 1.2, "1 day"),
        ("days", -1.0, "−1 day"),
        ("days", 2.0, "2 days"),
        ("share difference", 0.0111, "1 percentage point"),
        ("share difference", -0.02, "−2 percentage points"),
    ],
)
def test_one_is_said_otherwise_than_several(unit, value, words):
    """With a sign before it as well."""
    text = UNITS[unit].text(value)
    assert f"{text}{UNITS[unit].suffix(text)}" == words


@pytest.mark.parametrize("name", every_measure(), ids=str)
def test_every_number_is_in_a_known_unit(name):
    """The measure's own and that of each of its estimands."""
    assert unknown_units(every_measure()[name]) == []


def test_an_unknown_unit_is_found():
    """A misspelt unit does not pass the rule above."""
    measure = every_measure()["completion", "discharged"]
    first, *others = measure.estimands
    assert unknown_units(replace(measure, estimands=(replace(first, unit="shares"), *others))) == ["shares"]


def test_a_difference_is_in_a_known_unit():
    """And a difference of differences is never asked for."""
    differences = {unit.difference for unit in UNITS.values() if unit.difference}
    assert differences <= set(UNITS)
    assert UNITS["share"].difference == "share difference"


@pytest.mark.parametrize(
    ("unit", "value", "like", "words"),
    [
        ("share", 0.062, 0.12, "6%"),
        ("share", 0.062, None, "6.2%"),
        ("share difference", 0.125, None, "13 percentage points"),
        ("share difference", -0.001, None, "0 percentage points"),
        ("days", 40.5, None, "41 days"),
        ("days", 1, None, "1 day"),
        ("days", 1200, None, "1,200 days"),
        ("hours", 1.25, None, "1.3 hours"),
        ("sessions", 1, None, "1 session"),
        ("points", -5.25, None, "\u22125.3 points"),
        ("points", 1, None, "1.0 points"),
        ("SD", 0.8049, None, "0.80 standard deviations"),
        ("ratio", 1.5, None, "1.50"),
        ("number", 40.25, None, "40.3"),
        ("stay code", 34, None, "91\u2013120 days"),
        ("p", 0.0004, None, "<0.001"),
        ("p", 0.0455, None, "0.046"),
        ("chi-squared", 3.841, None, "3.84"),
        ("rank sum", 120.5, None, "120.5"),
    ],
)
def test_a_number_reads_as_its_unit_says(unit, value, like, words):
    """Rounded half up, with its words, one day and not one days."""
    text = UNITS[unit].text(value, like=like)
    assert text + UNITS[unit].suffix(text) == words


def test_every_unit_is_tried_above():
    """A new unit is a row above too."""
    tried = {mark.args[1][place][0] for mark in test_a_number_reads_as_its_unit_says.pytestmark for place in range(len(mark.args[1]))}
    assert tried == set(UNITS)
