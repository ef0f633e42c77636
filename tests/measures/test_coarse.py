"""Takes a measure, gives coarser forms of it: fewer numbers or rounded ones, and how far to round so that no number of people follows."""

from itertools import product

import pytest

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.measures import find
from iop_outcomes.measures.coarse import digits_that_hide, in_whole_days, rounded, without

STAYS = find("length_of_stay")


def counts_of(days):
    """Counts of completed episodes that stayed so long, one each."""
    return Counts.from_cells([STATUS, "los_days"], {("completed", day): 1 for day in days})


def test_a_form_without_a_number_repeats_the_others():
    """The drafts and the definitions of those left, what is left out and from which form, and why; it has no coarser form of its own."""
    counts = counts_of(range(9, 40))
    form = without(STAYS, {"los_mean"}, "The mean is left out.")
    assert [item.name for item in form.estimands] == [item.name for item in STAYS.estimands if item.name != "los_mean"]
    assert [draft.value for draft in form.draft(counts)] == [each.value for each in STAYS.draft(counts) if each.key.estimand != "los_mean"]
    assert (form.coarse, form.coarser, form.finer.measure, form.finer.left_out) == ("The mean is left out.", None, STAYS, {"los_mean"})
    assert without(form, {"los_q1"}, "Nor quarters.").coarse == "The mean is left out. Nor quarters."


def test_rounded_numbers_say_to_what():
    """Digits and words of those that are rounded alone; one that is bare has no interval."""
    form = rounded(STAYS, {"los_mean": 0, "los_median": 1}, "Rounded.", bare=("los_mean",))
    of = {item.name: item for item in form.estimands}
    assert (of["los_mean"].digits, of["los_median"].digits, of["los_q1"].digits) == (0, 1, None)
    assert of["los_mean"].counted.endswith(", rounded to 1") and of["los_median"].counted.endswith(", rounded to 0.1")
    assert (of["los_mean"].interval, of["los_median"].interval == "none") == ("none", False)
    assert form.finer.left_out == frozenset()


@pytest.mark.parametrize(("one", "other", "n"), [(15.2, 14.0, 136), (15.2, 6.0, 60), (40.0, 2.0, 60), (9.0, 9.0, 12)])
def test_a_rounded_mean_of_all_fits_several_sizes_of_groups(one, other, n):
    """Every way to split the episodes over the two groups is tried: to the digits allowed, at least four print the same."""
    digits = digits_that_hide([([(one,), (other,)], n)])
    if digits is None:
        assert n < 4 * abs(one - other)  # not even whole numbers would
        return
    means = [round((k * one + (n - k) * other) / n, digits) for k in range(n + 1)]
    middle = means[n // 2]
    assert means.count(middle) >= 4
    if digits == 0:  # a decimal more would be too many
        assert n * 0.1 < 4 * abs(one - other)


def test_one_division_too_far_apart_decides():
    """The strictest of several; no division at all allows one decimal."""
    near, far = ([(15.0,), (14.9,)], 60), ([(40.0,), (2.0,)], 60)
    assert [digits_that_hide(each) for each in ([near], [near, far], [])] == [1, None, 1]


@pytest.mark.parametrize("apart", [1, 60])
def test_whole_days_only_where_they_hide(apart):
    """Two groups of 30 stays a day apart have a form; sixty days apart they have none."""
    levels = {"a": counts_of(range(20, 50)), "b": counts_of(range(20 + apart, 50 + apart))}
    cells = [{key: n for key, n in each} for each in levels.values()]
    summed = {key: sum(each.get(key, 0) for each in cells) for key in {key for each in cells for key in each}}
    division = {"All": Counts.from_cells([STATUS, "los_days"], summed), **levels}
    forms = list(in_whole_days(STAYS, "los_mean", "Whole days.", [division]))
    assert len(forms) == (apart == 1)
    for form, item in product(forms, STAYS.estimands):
        assert next(each.digits for each in form.estimands if each.name == item.name) == 0
