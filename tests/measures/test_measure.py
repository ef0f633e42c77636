"""Takes a declared outcome, gives the numbers wanted of it, which it is compared by, and the definition that travels with them."""

from dataclasses import replace

import pytest

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures import find

STAYS = find("length_of_stay")
COUNTS = Counts.from_cells((STATUS, "los_days"), {("completed", 9): 5, ("completed", 20): 3})


def test_drafts_of_the_keys_that_are_wanted():
    """In the order of the measure; none of a key that it has not."""
    keys = [each.key for each in STAYS.draft(COUNTS)]
    assert [each.key for each in STAYS.drafts(COUNTS, keys[2:0:-1])] == keys[1:3]
    assert STAYS.drafts(COUNTS, [Key("mean_change")]) == ()
    assert STAYS.drafts(COUNTS, []) == ()


def test_a_selective_measure_is_told_what_is_wanted():
    """So that numbers that take long are not worked out; what it gives beside is left out all the same."""
    told = []

    def draft(counts, *, only):
        told.append(only)
        return STAYS.draft(counts)

    key = STAYS.draft(COUNTS)[0].key
    found = replace(STAYS, draft=draft, selective=True).drafts(COUNTS, [key])
    assert ([each.key for each in found], told) == ([key], [frozenset({key})])


@pytest.mark.parametrize(("main", "shown", "compared"), [("", (), "los_median"), ("", ("b", "c"), "b"), ("d", ("b", "c"), "d")])
def test_groups_are_compared_by_the_main_number(main, shown, compared):
    """Else by the first that is shown, else by the first there is."""
    assert replace(STAYS, main=main, shown=shown).compared == compared


def test_what_a_coarse_form_merges_stands_among_its_notes():
    """Last; the finest form says nothing of it. The first number is shown where none is named."""
    fine, coarse = replace(STAYS, shown=()).definition, replace(STAYS, coarse="Rounded.").definition
    assert (coarse.notes, coarse.coarse) == ((*STAYS.notes, "Rounded."), "Rounded.")
    assert (fine.notes, fine.coarse, fine.shown) == (STAYS.notes, "", ("los_median",))
