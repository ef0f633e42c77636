"""Takes days and ways of leaving, gives who had the event by each day and who is free of every end: counted person by person."""

from collections import Counter

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.measures.curve_people import had_event, inclusions_of_curve, people_free, people_with_event, stretches
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population

TIMES = (0, 7, 30)


class Followed:
    """A curve of everyone."""

    def people(self, family, inside, *, hits):
        """All of the curve, divided."""
        return Population(family, inside, frozenset(inside), frozenset(hits))


def drawn(seed):
    """People as (day, way), some on the very days that are asked."""
    random = np.random.default_rng(seed)
    return [(int(random.choice([0, 1, 6, 7, 8, 29, 30, 31, 60])), str(random.choice(["event", "death", "end"]))) for _ in range(80)]


def ends_of(people):
    """The same as counts."""
    return Ends(Counts.from_cells(("day", "outcome"), Counter(people)), "day", "outcome", ("event", "death"))


def test_stretches_meet_and_begin_with_day_0():
    """After the one day, up to the other; of no days there are none."""
    assert stretches((7, 30), "event") == {"event 0 to 7": (-1, 7), "event 8 to 30": (7, 30)}
    assert stretches((), "event") == {}


@pytest.mark.parametrize("seed", range(3))
def test_who_had_the_event_by_each_day(seed):
    """An event of the day asked is one by then; a death is none."""
    people = drawn(seed)
    for time, found in zip(TIMES, people_with_event(Followed(), ends_of(people), TIMES), strict=True):
        assert (found.k, found.n) == (sum(way == "event" and day <= time for day, way in people), 80)


@pytest.mark.parametrize("seed", range(3))
def test_who_is_free_and_who_is_followed(seed):
    """Free: neither ended by the day nor lost before it, for a follow-up covers its last day. At risk: nobody gone before it."""
    people = drawn(seed)
    for time, found in zip(TIMES, people_free(Followed(), ends_of(people), TIMES), strict=True):
        assert found.k == sum(day > time or (way == "end" and day == time) for day, way in people)
        assert found.at_risk.k == sum(day >= time for day, _ in people)
        assert sum(found.parts.values()) == 80


@pytest.mark.parametrize("seed", range(3))
def test_what_is_declared_of_the_parts_is_true(seed):
    """Whoever had the event by a day has ended by it, and in the stretch between two days in that stretch."""
    people = drawn(seed)
    ends = ends_of(people)
    events, free = people_with_event(Followed(), ends, TIMES), people_free(Followed(), ends, TIMES)
    assert [each.parts for each in had_event(TIMES)] == [each.hits for each in events]
    by_a_day, within = inclusions_of_curve(TIMES)[: len(TIMES)], inclusions_of_curve(TIMES)[len(TIMES) :]
    for inclusion, event, left in zip(by_a_day, events, free, strict=True):
        assert event.count(inclusion.inner.parts) <= left.count(inclusion.outer.parts) == 80 - left.k
        assert inclusion.guarded
    for inclusion, event, left, (low, high) in zip(within, events, free, stretches(TIMES, "").values(), strict=True):
        gone = sum(low <= day < high if way == "end" else low < day <= high for day, way in people)
        assert event.count(inclusion.inner.parts) <= left.count(inclusion.outer.parts) == gone
