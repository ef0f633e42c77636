"""Takes the results of a page, gives the tables that it prints: counts by group, totals in the order they are wanted, parts that are one."""

from dataclasses import replace

import pytest

from iop_outcomes.evaluate import evaluate
from iop_outcomes.keys import Place
from iop_outcomes.measures import find
from iop_outcomes.release.equations import Remainder
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.results import Inclusion, Portion
from tests.spec.tables import loaded

ROWS = [
    ("a", "x", "completed", 20),
    ("a", "y", "dropped_out", 13),
    ("b", "x", "completed", 30),
    ("b", "y", "died", 3),
    ("b", "y", "active", 4),
]
TEXT = "\n".join(
    ["track site discharge_reason los_days", *(f"{t} {s} {r} {'.' if r == 'active' else 9}" for t, s, r, n in ROWS for _ in range(n))]
)


@pytest.fixture(scope="module")
def results():
    """Completion by track, by site and by both, and the reasons by track."""
    with loaded(TEXT) as data:
        asked = [("completion", "track"), ("completion", "site"), ("discharge_reasons", "track"), ("completion", ("track", "site"))]
        return [evaluate(find(name), data, by=by) for name, by in asked]


def test_one_table_for_each_column(results):
    """Both measures by track share one; everyone is the sum of the levels, and of 70 each is counted in one part of a way."""
    page = Tabulations(results[:3])
    assert [page.column(number) for number in range(3)] == [0, 1, 0]
    for table, sizes in zip(page.tables, ({"a": 33, "b": 37}, {"x": 50, "y": 20}), strict=True):
        for way in table.divisions:
            each = {place: sum(table.counts[place][part] for part in way) for place in table.counts}
            assert each == {Place("All"): 70} | {Place(level): n for level, n in sizes.items()}


def test_parts_that_hold_the_same_episodes_are_one(results):
    """Who died is one cell, in completion by track and by site; completed is another."""
    page = Tabulations(results[:3])
    names = [next(iter(page.cells(number, people.family, frozenset({"died"}))))
             for number, each in enumerate(results[:2]) for people in [each.populations["All", each.estimates[0].key]]]  # fmt: skip
    assert len(set(names)) == 1
    family = results[0].populations["All", results[0].estimates[0].key].family
    assert page.cells(0, family, frozenset({"completed"})).isdisjoint(names)
    assert page.cells(0, family, None) == frozenset()


def test_what_is_wanted_most_comes_first(results):
    """Everyone before a level and the larger level before the smaller; a denominator before what was excluded."""
    (table,) = Tabulations(results[:1]).tables
    people = results[0].populations["All", results[0].estimates[0].key]
    places = [place.level for place, parts in table.printed if parts == people.base]
    assert places == ["All", "b", "a"]
    order = [parts for place, parts in table.printed if place.level == "All"]
    assert order.index(people.base) < order.index(people.excluded_parts)
    assert len(table.printed) == len(set(table.printed))


def test_of_two_columns_everyone_and_margins_are_sums_of_pairs(results):
    """Four groups, one of which nobody is in; where pairs may not be shown, none would be printed."""
    for crossed in (True, False):
        (table,) = Tabulations(results[3:], crossed=crossed).tables
        assert {place for place in table.sums if place.level == "a"} == {Place("a", "All")}
        assert table.sums[Place("a", "All")] == [Place("a", "x"), Place("a", "y")]
        assert any(place.is_crossed for place, _ in table.printed) is crossed
        for name, members in table.sums.items():
            assert table.counts[name] == {part: sum(table.counts[each][part] for each in members) for part in table.counts[name]}


def test_portions_of_several_ways_may_lie_together_in_one(results):
    """Who completed and who is still in care, of all who are not dead; of one that the page does not count nothing is said."""
    completion = results[0]
    family = completion.populations["All", completion.estimates[0].key].family
    completed, active = (Portion(family, frozenset({name})) for name in ("completed", "active"))
    other, absent = Portion(family, frozenset({"completed", "not_completed", "active"})), Portion("no such way", frozenset({"a"}))
    for besides, names in (((active,), {"completed", "active"}), ((absent,), None)):
        told = replace(completion, definition=replace(completion.definition, inclusions=(Inclusion(completed, other, besides=besides),)))
        inner = [{name.rpartition(": ")[2] for name in inside} for inside, _ in Tabulations([told]).known.inclusions]
        assert inner == ([] if names is None else [names])


def test_every_total_and_what_is_left_of_it_is_guarded(results):
    """The denominator and those excluded of each group, and of no group that the page has not."""
    page = Tabulations(results[:1])
    people = results[0].populations["All", results[0].estimates[0].key]
    totals = {(each.name.level, each.parts) for each in page.guarded if not isinstance(each, Remainder)}
    assert {("a", people.base), ("b", people.excluded_parts), ("All", people.hits)} <= totals
    assert {level for level, _ in totals} == {"All", "a", "b"}


def test_parts_that_two_totals_tell_apart_are_guarded_though_no_number_is_of_them():
    """Of those who ended, a score at discharge is known of 7 whose admission score is not: recorded at discharge less paired says so."""
    rows = [f"{score} {end}" for score, end, n in (("9", "4", 30), (".", "4", 7), ("9", ".", 20), (".", ".", 12)) for _ in range(n)]
    text = "\n".join(["phq9_admit phq9_discharge track discharge_reason los_days", *(f"{each} a completed 9" for each in rows)])
    with loaded(text) as data:
        page = Tabulations([evaluate(find("recorded"), data, by="track")])
    totals = [each for each in page.guarded if not isinstance(each, Remainder)]
    lacking = [
        each for each in totals if each.name.level == "a" and len(each.parts) == 1 and "no_admission_score" in next(iter(each.parts))
    ]
    of_scales = [sum(page.tables[0].counts[each.name][part] for part in each.parts) for each in lacking]
    assert of_scales == [7, 0]  # nobody has a GAD-7
