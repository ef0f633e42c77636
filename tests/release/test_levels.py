"""Takes the levels of a column with their sums, gives which totals may be seen: each rule by the smallest table that needs it."""

import pytest

from iop_outcomes.release.protect import Tabulation, protect

YES, NO, BOTH = frozenset({"yes"}), frozenset({"no"}), frozenset({"yes", "no"})


def seen(counts, printed, threshold=11, **more):
    """What may be seen of one table, as (level, parts) with the parts written in one word."""
    words = {YES: "yes", NO: "no", BOTH: "both"}
    (may,) = protect([Tabulation(counts, printed, **more)], threshold)
    return {(level, words[parts]) for level, parts in may}


def level(yes, no):
    """Episodes of a level."""
    return {"yes": yes, "no": no}


def test_what_follows_from_what_is_shown_is_shown():
    """Both and yes give no: it costs nothing to print it."""
    counts = {"All": level(40, 30)}
    assert seen(counts, [("All", BOTH), ("All", YES), ("All", NO)]) == {("All", "both"), ("All", "yes"), ("All", "no")}


def test_a_level_that_everyone_and_the_others_would_give_back():
    """All and one of two levels give the other: the level that comes last in the order is the one that goes."""
    counts = {"All": level(43, 40), "a": level(23, 30), "b": level(20, 10)}
    assert seen(counts, [("All", NO), ("a", NO), ("b", NO)]) == {("All", "no")}
    assert seen(counts, [("a", NO), ("All", NO), ("b", NO)]) == {("a", "no")}


def test_large_levels_and_their_sum_are_all_shown():
    """Nothing is small, so nothing is withheld, whatever follows from whatever."""
    counts = {"All": level(60, 60), "a": level(20, 20), "b": level(20, 20), "c": level(20, 20)}
    printed = [(name, parts) for parts in (BOTH, YES, NO) for name in counts]
    assert len(seen(counts, printed)) == len(printed)


def test_two_small_levels_hide_one_another():
    """8 and 9 are withheld, 17 together may be known, so that everyone and the third level stay."""
    counts = {"All": level(57, 50), "a": level(40, 20), "b": level(8, 15), "c": level(9, 15)}
    assert seen(counts, [("All", YES), ("a", YES), ("b", YES), ("c", YES)]) == {("All", "yes"), ("a", "yes")}


def test_a_level_that_holds_nobody_hides_nobody():
    """Beside 8 and none, everyone and the third level would give the 8."""
    counts = {"All": level(48, 50), "a": level(40, 20), "b": level(8, 15), "c": level(0, 15)}
    assert seen(counts, [("All", YES), ("a", YES), ("c", YES)]) == {("All", "yes"), ("c", "yes")}


@pytest.mark.parametrize(("pair", "shown"), [(5, False), (15, True)])
def test_margins_of_two_columns_are_sums_of_pairs(pair, shown):
    """Everyone of "a" and one of its two pairs give the other pair back."""
    pairs = {("a", "x"): level(30, 30), ("a", "y"): level(pair, 30), ("b", "x"): level(30, 30), ("b", "y"): level(30, 30)}

    def total(chosen):
        return {part: sum(pairs[each][part] for each in chosen) for part in ("yes", "no")}

    sums = {"everyone": list(pairs), "of a": list(pairs)[:2], "of b": list(pairs)[2:]}
    counts = {name: total(members) for name, members in sums.items()} | pairs
    may = seen(counts, [("of a", YES), (("a", "x"), YES)], sums=sums)
    assert ((("a", "x"), "yes") in may) is shown
