"""Takes the list of given names, gives proof that it holds names alone, and none that a program would be called by."""

from iop_outcomes.columns import KINDS
from iop_outcomes.intake.given_names import GIVEN_NAMES
from iop_outcomes.scales import load_scales


def test_each_name_once_in_small_letters():
    """Letters alone: a name is matched as one word."""
    assert len(GIVEN_NAMES) == len(set(GIVEN_NAMES)) > 300
    assert all(name.isalpha() and name == name.lower() and len(name) > 1 for name in GIVEN_NAMES)


def test_no_name_is_a_word_of_the_field():
    """A word of a closed list or a scale that began with one would be taken for a person."""
    words = {word for kind in KINDS.values() for field in kind.fields for word in (*field.allowed, field.name)}
    words |= {part for scale in load_scales().values() for part in (scale.name, *scale.label.lower().split())}
    assert not {part for word in words for part in word.split("_")} & set(GIVEN_NAMES)


def test_names_that_are_also_buildings_and_words_are_left_out():
    """As the first line of the list promises."""
    assert not {"grace", "mark", "austin", "jordan", "francis"} & set(GIVEN_NAMES)
    assert {"mary", "maría", "robert", "josé"} <= set(GIVEN_NAMES)
