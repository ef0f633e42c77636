"""Takes questions, gives proof that equal ones are one, and that classes give every level a class."""

from dataclasses import fields, replace

import pytest

from iop_outcomes.evaluate.ask import Ask, Classes

YEARS = Classes((("2023-Q4", "2023"), ("2024-Q1", "2024")), "other quarters")


def test_equal_questions_are_one_and_each_field_makes_another():
    """As keys of a dict; whichever field differs."""
    plain = Ask("completion")
    others = dict(measure="relapse", definition="any_use", scale="phq9", column="sex", at=(30,), by="track", classes=YEARS)
    others |= dict(estimands=("a",), times=(30.0,), follows=True)
    assert {field.name for field in fields(Ask)} - set(others) == {"against"}
    asks = {replace(plain, **{name: value}) for name, value in others.items()}
    assert len(asks | {plain, Ask("completion")}) == len(others) + 1
    with pytest.raises(AttributeError):
        plain.by = "track"


def test_every_level_has_a_class():
    """Those that are named, the rest together, and the blank by itself."""
    assert [YEARS(level) for level in ("2023-Q4", "2024-Q1", "2019-Q1", None)] == ["2023", "2024", "other quarters", None]
    assert replace(YEARS, blank="undated")(None) == "undated"
