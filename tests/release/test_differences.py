"""Takes a page and an output made before, gives the totals of the page that would tell of the few who came or went since."""

from functools import cache

import pytest

from iop_outcomes.evaluate import evaluate
from iop_outcomes.keys import Place
from iop_outcomes.measures import find
from iop_outcomes.release.differences import guarded_by
from iop_outcomes.release.ledger import Output, way_of, whose
from iop_outcomes.release.printed import Tabulations
from tests.spec.tables import loaded

BEFORE = {("a", "completed"): 30, ("a", "dropped_out"): 20, ("b", "completed"): 40, ("b", "dropped_out"): 20}


@cache
def results(completed):
    """Completion by track of the program before, with so many who completed in "a"."""
    cells = BEFORE | {("a", "completed"): completed}
    rows = [f"{track} {reason} 9" for (track, reason), n in cells.items() for _ in range(n)]
    with loaded("\n".join(["track discharge_reason los_days", *rows])) as data:
        return evaluate(find("completion"), data, by="track")


def output(of):
    """An output that showed every total of some results."""
    counts, shown = {}, {}
    for (place, _), people in of.placed_populations.items():
        cell = way_of(of, people.family), whose(of, place)
        counts[cell] = dict(people.parts)
        shown.setdefault(cell, set()).update({people.base, people.hits, frozenset(people.parts)})
    return Output(counts, {cell: frozenset(several) for cell, several in shown.items()}, {"where": []})


def guarded(completed, threshold=11):
    """The groups and totals that may not be shown again once so many completed in "a"."""
    now = results(completed)
    page = Tabulations([now])
    (found,) = guarded_by([now], page, [output(results(30))], threshold, crossed=False)
    people = now.populations["All", now.estimates[0].key]
    words = {page.cells(0, people.family, parts): word for word, parts in (("base", people.base), ("completed", people.hits))}
    return {(place.level, words[parts]) for place, parts in found if isinstance(place, Place) and parts in words}


@pytest.mark.parametrize("change", [0, 15])
def test_nothing_is_guarded_where_nothing_or_enough_changed(change):
    """The same again is no news, and fifteen more in one cell tell of no few."""
    assert guarded(30 + change) == set()


@pytest.mark.parametrize("change", [3, -3])
def test_few_who_came_or_went_are_guarded(change):
    """Three more, or three fewer, who completed in "a": its total, and everyone's, may not stand beside the earlier ones."""
    found = guarded(30 + change)
    assert {("a", "completed"), ("a", "base"), ("All", "completed"), ("All", "base")} <= found
    assert not any(level == "b" for level, _ in found)


def test_without_an_earlier_output_there_is_nothing_to_guard():
    """And where nothing is small, nothing is guarded whatever changed."""
    now = results(30)
    assert guarded_by([now], Tabulations([now]), [], 11, crossed=False) == []
    assert guarded(33, threshold=0) == set()
