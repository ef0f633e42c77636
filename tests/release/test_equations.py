"""Takes tables written by hand, gives their unknown counts and what is known of them: the true page meets every equation."""

import numpy as np
import pytest

from iop_outcomes.release.equations import Equations, PageFacts, Ratio, Remainder, RoundedValue, Total
from iop_outcomes.release.programs import PossiblePages
from iop_outcomes.release.protect import Tabulation

YES, NO, EARLY, LATE = (frozenset({part}) for part in ("yes", "no", "early", "late"))
BY_TRACK = {"a": {"yes": 7, "no": 2, "early": 3, "late": 6}, "b": {"yes": 2, "no": 4, "early": 2, "late": 4}}
BY_SITE = {"north": {"yes": 5, "no": 5}, "south": {"yes": 4, "no": 1}}


def summed(levels):
    """The levels with everyone first."""
    first = next(iter(levels.values()))
    return {"All": {part: sum(each[part] for each in levels.values()) for part in first}, **levels}


def page(printed=(), **known):
    """Two tables: by track in two ways of dividing, by site in one of them."""
    track = Tabulation(summed(BY_TRACK), [("All", YES), ("All", EARLY)], (YES | NO, EARLY | LATE))
    site = Tabulation(summed(BY_SITE), [("All", YES)])
    return Equations([track, site], PageFacts(**known), printed)


def limits(equations, total):
    """The least and the most that a total can be."""
    terms = equations.terms(total)
    direction = np.zeros(equations.size)
    direction[list(terms)] = list(terms.values())
    both = [PossiblePages(equations).least(sign * direction) for sign in (1, -1)]
    return tuple(float("inf") if each is None else round(float(direction @ each), 6) for each in both)


def test_counts_are_sums_of_the_table():
    """A total is that of its parts, a remainder what is left of a total without another."""
    equations = page()
    whole, part = Total(0, "a", YES | NO), Total(0, "a", EARLY)
    assert (equations.count(whole), equations.count(Remainder(whole, part))) == (9, 6)
    assert equations.terms(Remainder(whole, whole)) == {}


def test_everyone_is_the_same_under_every_column():
    """Under the first table that has the parts; those of a level stay with their table."""
    equations = page()
    assert equations.key(Total(1, "All", YES)) == Total(0, "All", YES)
    assert equations.key(Total(1, "north", YES)) == Total(1, "north", YES)
    assert equations.terms(Total(1, "All", YES)) == equations.terms(Total(0, "All", YES))


def test_what_follows_over_two_ways_and_two_columns():
    """Everyone by track and one track give the other; early and late are as many as yes and no; a site is none of both."""
    equations = page([Total(0, "All", YES | NO), Total(0, "a", EARLY), Total(0, "a", LATE)])
    assert limits(equations, Total(0, "b", YES | NO)) == (6, 6)
    assert limits(equations, Total(0, "a", YES)) == (0, 9)
    assert limits(equations, Total(1, "north", YES | NO)) == (0, 15)
    sites = page([Total(0, "All", YES | NO), Total(1, "north", YES | NO)])
    assert limits(sites, Total(1, "south", YES)) == (0, 5)


def test_parts_known_to_be_among_others_bound_them():
    """Whoever is early is a yes: at least 3 of "a"."""
    printed = [Total(0, "a", YES | NO), Total(0, "a", EARLY)]
    assert limits(page(printed), Total(0, "a", YES)) == (0, 9)
    assert limits(page(printed, inclusions=[(EARLY, YES)]), Total(0, "a", YES)) == (3, 9)


def test_a_page_that_says_fewer_than_eleven_says_at_least_one():
    """Of everyone: 1 to 10."""
    equations = page(few=frozenset({"early"}), threshold=11)
    assert limits(equations, Total(0, "All", EARLY)) == (1, 10)


@pytest.mark.parametrize(("low", "high", "bounds"), [(0.745, 0.755, (6.705, 6.795)), (0.0, 0.05, (0, 0.45))])
def test_a_rounded_share_bounds_its_numerator(low, high, bounds):
    """The share of 9 between two limits, as it is before it is rounded."""
    ratio = Ratio(Total(0, "a", YES | NO), YES, low, high)
    equations = page([Total(0, "a", YES | NO)], ratios={RoundedValue(0, ("a", ""), "share"): ratio})
    assert limits(equations, Total(0, "a", YES)) == pytest.approx(bounds, abs=1e-4)
