"""Takes the equations of small pages, gives possible pages and least changes: each held against every page there is."""

from itertools import product

import numpy as np
import pytest

from iop_outcomes.release import linear, programs
from iop_outcomes.release.equations import Equations, PageFacts, Total
from iop_outcomes.release.linear import ImpossibleError
from iop_outcomes.release.programs import Changes, PossiblePages
from iop_outcomes.release.protect import Tabulation

YES, NO, BOTH = frozenset({"yes"}), frozenset({"no"}), frozenset({"yes", "no"})
COUNTS = {"All": {"yes": 5, "no": 4}, "a": {"yes": 4, "no": 1}, "b": {"yes": 1, "no": 3}}


def equations_of(printed):
    """The equations of a page on which some totals are printed."""
    table = Tabulation(COUNTS, [(level, parts) for parts in (BOTH, YES, NO) for level in COUNTS])
    return Equations([table], PageFacts(), [Total(0, *each) for each in printed])


def every_page(printed):
    """Every page of up to 9 in each cell that prints the same, as the counts of "a" and "b"."""

    def total(page, level, parts):
        rows = {"a": page[:2], "b": page[2:], "All": (page[0] + page[2], page[1] + page[3])}[level]
        return sum(n for n, part in zip(rows, ("yes", "no"), strict=True) if part in parts)

    true = (4, 1, 1, 3)
    return [page for page in product(range(10), repeat=4) if all(total(page, *each) == total(true, *each) for each in printed)]


PRINTED = [[("All", BOTH), ("a", YES)], [("All", YES), ("All", BOTH), ("a", BOTH)], [("All", BOTH), ("a", BOTH), ("All", NO)]]


@pytest.mark.parametrize("printed", PRINTED)
def test_the_least_and_the_most_are_those_of_all_pages(printed):
    """Of each cell, by trying every page."""
    equations, pages = equations_of(printed), np.array(every_page(printed))
    possible = PossiblePages(equations)
    for column, (level, parts) in enumerate(product(("a", "b"), (YES, NO))):
        terms = equations.terms(Total(0, level, parts))
        direction = np.zeros(equations.size)
        direction[list(terms)] = list(terms.values())
        least, most = possible.least(direction), possible.least(-direction)
        assert direction @ least == pytest.approx(pages[:, column].min(), abs=1e-6)
        assert direction @ most == pytest.approx(pages[:, column].max(), abs=1e-6)


def test_what_nothing_bounds_has_no_most():
    """Where no total is printed, a level may hold any number."""
    equations = equations_of([])
    terms = equations.terms(Total(0, "a", YES))
    direction = np.zeros(equations.size)
    direction[list(terms)] = -1.0
    assert PossiblePages(equations).least(direction) is None


def test_the_least_change_for_a_count_to_be_another():
    """Both, All and "b" fix "a" at 5; for it to be 8 one of them must change, and the cheapest does; what is withdrawn costs nothing."""
    printed = [("All", BOTH), ("b", BOTH)]
    equations = equations_of(printed)
    changes = Changes(equations, [equations.terms(Total(0, "a", BOTH))])
    worth = np.array([5.0, 1.0])
    assert changes.least(0, worth).items == []  # nothing need change for it to be what it is
    assert changes.least(0, worth, low=8.0).items == [Total(0, "b", BOTH)]
    assert changes.least(0, worth[::-1], low=8.0).items == [Total(0, "All", BOTH)]
    changes.withdraw(Total(0, "All", BOTH))
    assert changes.least(0, worth, low=8.0).items == []
    with pytest.raises(ImpossibleError):
        changes.least(0, worth, low=-5.0, high=-1.0)


@pytest.mark.parametrize("printed", PRINTED)
@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_a_large_page_begins_at_a_page_that_was_found(printed, direction, monkeypatch):
    """Every question is then answered at the cost it has from nothing, and the first one begins at a basis that is given."""
    monkeypatch.setattr(programs, "_LARGE", 0)
    given, begin = [], linear._Continued.begin_where_ended
    monkeypatch.setattr(linear._Continued, "begin_where_ended", lambda self, smaller: (given.append(smaller), begin(self, smaller)))
    equations = equations_of(printed)
    pages = PossiblePages(equations)
    pages.least(direction * np.arange(equations.size, dtype=float))
    counts = [equations.terms(Total(0, level, parts)) for level, parts in product(("a", "b"), (YES, NO))]
    begun, anew = Changes(equations, counts, pages), Changes(equations, counts)
    worth = np.arange(1.0, len(printed) + 1)
    costs = [
        [sum(worth[each.place_of[item]] for item in each.least(question, worth, low=6.0).items) for question in range(len(counts))]
        for each in (begun, anew)
    ]
    assert costs[0] == costs[1]
    assert len(given) == 1
