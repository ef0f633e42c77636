"""Takes the day and the way that people ended, gives every number of a curve: person by person, at its edges, and with its flags."""

import math
from collections import Counter

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population
from tests.stats.test_survival import slow_event_free, slow_incidence

WAYS = ("end", "event", "death")


def ends_of(people):
    """Ends of people written as (day, cause)."""
    cells = Counter((day, WAYS[cause]) for day, cause in people)
    return Ends(Counts.from_cells(("day", "outcome"), cells), "day", "outcome", WAYS[1:])


def who(people):
    """All of them."""
    return Population("followed", {"followed": len(people)}, frozenset({"followed"}))


def drawn(seed, n=40):
    """People with many ties."""
    random = np.random.default_rng(seed)
    return [(int(random.integers(0, 12)), int(random.integers(0, 3))) for _ in range(n)]


@pytest.mark.parametrize("seed", range(4))
def test_shares_on_each_day_are_those_of_a_loop_over_people(seed):
    """With the event and free of every end; NaN past the last follow-up, with its flag."""
    people, days = drawn(seed), list(range(14))
    ends = ends_of(people)
    with_event = ends.at("with", ends.incidence(days), [who(people)] * 14)
    free = ends.at("free", ends.event_free(days), [who(people)] * 14, left=True)
    for day, one, other in zip(days, with_event, free, strict=True):
        assert one.value == pytest.approx(float(slow_incidence(people, day, 1)), abs=1e-12, nan_ok=True)
        assert other.value == pytest.approx(float(slow_event_free(people, day)), abs=1e-12, nan_ok=True)
        assert (one.interval.flag == Flag.PAST_FOLLOW_UP) == math.isnan(one.value)


@pytest.mark.parametrize("seed", range(3))
def test_the_table_under_a_curve_and_who_left_in_which_way(seed):
    """At risk before a tick; events and losses up to and including it; every way on every day."""
    people = drawn(seed)
    curve = ends_of(people).curve(np.arange(0, 12, 3), np.array([0, 6, 20]))
    for place, tick in enumerate((0, 6, 20)):
        assert curve.at_risk[place] == sum(day >= tick for day, _ in people)
        assert curve.events[place] == sum(day <= tick and cause == 1 for day, cause in people)
        assert curve.censored[place] == sum(day <= tick and cause == 0 for day, cause in people)
    for row, cause in enumerate((1, 2, 0)):
        assert curve.exits[row].tolist() == [sum(day <= d and c == cause for day, c in people) for d in range(10)]


def test_restricted_mean_is_the_area_under_the_share_left():
    """Day by day, for the share stays between two days; 0 days have none, and past the follow-up there is none."""
    people = drawn(5)
    ends = ends_of(people)
    area = sum(float(slow_event_free(people, day)) for day in range(9))
    assert ends.restricted_mean("mean", 9.0, who(people)).value == pytest.approx(area, abs=1e-9)
    assert ends.restricted_mean("mean", 0.0, who(people)).value == 0
    past = ends_of([(3, 0), (2, 1)]).restricted_mean("mean", 9.0, who(people[:2]))
    assert (math.isnan(past.value), past.interval.flag) == (True, Flag.PAST_FOLLOW_UP)


@pytest.mark.parametrize(
    ("people", "value", "flag"),
    [
        ([(5, 1)] * 11 + [(9, 1)] * 11, 7, Flag.NONE),  # midway where the curve stands at one half
        ([(5, 1)] * 12 + [(9, 0)] * 10, 5, Flag.NONE),
        ([(5, 1)] * 3 + [(9, 0)] * 19, None, Flag.NOT_REACHED),
        ([(2, 0)] * 12 + [(5, 1)] * 10, None, Flag.TOO_FEW_FOLLOWED),  # ten at risk that day, and twelve lost before
        ([(5, 1)] * 10, None, Flag.TOO_FEW_FOLLOWED),
        ([(day, 2) for day in range(1, 12)], 6, Flag.NONE),  # eleven in all, and nobody lost
    ],
)
def test_a_median_needs_eleven(people, value, flag):
    """At risk that day, or in all where nobody's follow-up ended before it."""
    draft = ends_of(people).median("median", who(people))
    assert draft.interval.flag == flag
    assert math.isnan(draft.value) if value is None else draft.value == value


def test_of_nobody_every_number_is_none():
    """Flags instead of values, and a curve without a share."""
    counts = Counts.from_cells(("day", "outcome"), {(5, "event"): 1})
    ends = Ends(counts.where(np.zeros(1, dtype=bool)), "day", "outcome", WAYS[1:])
    nobody = Population("followed", {"followed": 0}, frozenset({"followed"}))
    drafts = [
        ends.median("median", nobody),
        ends.restricted_mean("mean", 30.0, nobody),
        *ends.at("with", ends.incidence([30]), [nobody]),
    ]
    assert [(math.isnan(draft.value), draft.interval.flag) for draft in drafts] == [(True, Flag.NO_EPISODES)] * 3
    assert np.isnan(ends.curve(np.array([0, 30]), np.array([0])).incidence).all()
    assert ends.follow_up("follow_up", nobody).interval.flag == Flag.NOT_REACHED
