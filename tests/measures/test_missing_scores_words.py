"""Takes scales of both directions, with and without a profile, gives the words of what missing scores could hide."""

from dataclasses import replace

import pytest

from iop_outcomes.measures import missing_scores_words as words
from iop_outcomes.scales import load_scales

PHQ9 = load_scales()["phq9"]
PROFILE = PHQ9.profiles[0]


def defined(scale=PHQ9, profile=PROFILE, *, room=False):
    """The numbers by name; none twice."""
    each = words.estimands(scale, profile, room=room)
    assert len({item.name for item in each}) == len(each)
    return {item.name: item for item in each}


@pytest.mark.parametrize(("better", "worst", "best"), [("lower", "to 27 ", "to 0 "), ("higher", "to 0 ", "to 27 ")])
def test_the_most_severe_end_is_that_of_the_scale(better, worst, best):
    """The top where lower is better, the bottom where higher is."""
    found = defined(replace(PHQ9, better=better))
    assert worst in found[words.WORST].counted
    assert best in found[words.BEST].counted


def test_without_a_profile_there_is_no_rate():
    """Nine numbers of change, and three rates more with a profile; everything shown is defined in both."""
    change, both = defined(profile=None), defined()
    assert both.keys() - change.keys() == {words.BETTER, words.BETTER_WORST, words.BETTER_BEST}
    assert len(change) == 9
    assert set(words.SHOWN) <= change.keys()


def test_the_rule_stands_in_every_rate_and_its_source_where_it_was_not_seen():
    """Operator and points; a figure that was not seen is named, one that was is not."""
    seen = defined(profile=replace(PROFILE, op=">=", points=6, verified=True))
    unseen = defined(profile=replace(PROFILE, op=">", points=5, verified=False))
    for name in (words.BETTER, words.BETTER_WORST, words.BETTER_BEST):
        assert "improved by >= 6 points" in seen[name].counted and seen[name].unverified == ""
        assert "improved by > 5 points" in unseen[name].counted and "5 points of reliable change on the PHQ-9" in unseen[name].unverified


def test_who_had_no_room_is_left_out_of_the_upper_bound_alone():
    """Only where somebody could not have improved so far."""
    for room in (False, True):
        found = defined(room=room)
        assert ("room" in found[words.BETTER_BEST].counted) is room
        assert "room" not in found[words.BETTER_WORST].counted
