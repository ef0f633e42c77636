"""Takes groups, numbers and flags, gives who is among whom, which number is which, and flags in one order."""

from itertools import product

from iop_outcomes.keys import ALL, Flag, Key, Place, flags, written

LEVELS = ("All", "a", "b")


def episodes(place):
    """The pairs of levels that a group holds, of two columns with two levels each."""
    first, second = (["a", "b"] if level == "All" else [level] for level in (place.level, place.level_2))
    return set(product(first, second))


def test_a_group_includes_another_when_it_has_all_of_its_episodes():
    """Every two of the nine groups of two columns, as sets."""
    places = [Place(*levels) for levels in product(LEVELS, repeat=2)]
    for one, other in product(places, repeat=2):
        assert one.includes(other) is (episodes(one) >= episodes(other)), (one, other)


def test_sums_pairs_and_everyone():
    """Of two columns, and of one."""
    assert [Place(*levels).is_everyone for levels in (("All", "All"), ("All", ""), ("a", "All"), ("a", ""))] == [True, True, False, False]
    assert [Place(*levels).is_crossed for levels in (("a", "b"), ("a", "All"), ("a", ""))] == [True, False, False]
    assert [Place(*levels).is_sum for levels in (("a", "b"), ("a", "All"), ("a", ""))] == [False, True, False]
    assert ALL == "All"


def test_a_difference_knows_its_number():
    """From the others, from a level, and back; each is another key."""
    key = Key("cumulative_incidence", 90.0)
    keys = {key, key.against_others, key.against("a"), key.against("b"), Key("cumulative_incidence", 30.0)}
    assert len(keys) == 5
    assert key.against_others.number == key.against("a").number == key
    assert key.against("a").against_others == key.against_others
    assert (str(key), str(Key("los_median"))) == ("cumulative_incidence at 90", "los_median")


def test_flags_are_a_set_written_in_the_order_of_the_list():
    """However they came; no flag is none."""
    both = [Flag.FEW_PATIENTS, Flag.NO_PAIRS]
    assert written(flags(*both)) == written(flags(*reversed(both), Flag.NO_PAIRS)) == "no_pairs; few_patients"
    assert written(flags(Flag.NONE)) == ""
