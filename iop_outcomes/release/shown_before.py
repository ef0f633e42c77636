"""Takes outputs made before and the results of a page, gives the totals of the same data that readers have already.

Of the same data, what an earlier output showed is as good as printed on the page: two outputs, each of which withholds another of three
totals, give back what both of them protect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from iop_outcomes.keys import ALL, Place
from iop_outcomes.release.ledger import Measured, Output, Way, Who, inputs_of, way_of, whose
from iop_outcomes.release.protect import Parts
from iop_outcomes.results import Inclusion, Results

CountedTotal = tuple[int, Place, str, Parts]  # of the results with a number: a place, a way of dividing, and parts of it


@dataclass(frozen=True, eq=False)
class ShownTable:
    """What earlier outputs counted of one measure by one column, or by two, in the data of the page.

    Parameters
    ----------
    measured : (measure, definition)
    column : (group, group_2)
    places : tuple of Place
        Everyone first.
    families : dict of way of dividing to dict of Place to dict of part to int
    totals : tuple of (Place, way of dividing, set of parts)
        Those that were shown.
    inclusions : tuple of Inclusion
    """

    measured: Measured
    column: tuple[str, str]
    places: tuple[Place, ...]
    families: Mapping[str, Mapping[Place, Mapping[str, int]]]
    totals: tuple[tuple[Place, str, Parts], ...]
    inclusions: tuple[Inclusion, ...] = ()


@dataclass(frozen=True, eq=False)
class ShownBefore:
    """What readers have already.

    Parameters
    ----------
    again : tuple of (number, Place, way of dividing, set of parts)
        Totals of the page itself.
    tables : tuple of ShownTable
        Others of the same data.
    """

    again: tuple[CountedTotal, ...] = ()
    tables: tuple[ShownTable, ...] = ()


NOTHING_BEFORE = ShownBefore()


def shown_before(results: Sequence[Results], outputs: Sequence[Output]) -> ShownBefore:
    """Gather what earlier outputs showed of the data of the page.

    Parameters
    ----------
    results : sequence of Results
        Those of the page.
    outputs : sequence of Output

    Returns
    -------
    ShownBefore
    """
    if not outputs:
        return NOTHING_BEFORE
    same = outputs_of_same_files(results, outputs)
    conditions = list(results[0].provenance.conditions)
    tables = [table for output in same if output.facts.get("where") == conditions for table in tables_of(output)]
    return ShownBefore(tuple(dict.fromkeys(_again(results, same))), tuple(tables))


def outputs_of_same_files(results: Sequence[Results], outputs: Sequence[Output]) -> list[Output]:
    """The outputs of the same files, read in the same way as far as both were counted."""
    inputs = inputs_of(results)
    counts = {
        (way_of(each, people.family), whose(each, place)): people.parts
        for each in results
        for (place, _), people in each.placed_populations.items()
    }
    return [
        output
        for output in outputs
        if output.facts.get("inputs") == inputs and all(output.counts.get(cell, parts) == parts for cell, parts in counts.items())
    ]


def _again(results: Sequence[Results], outputs: Sequence[Output]) -> Iterator[CountedTotal]:
    """Totals of the page that an output showed of the very same episodes, by whatever column."""
    shown: dict[tuple[Measured, str, tuple[str, ...]], list[tuple[Mapping[str, int], frozenset[Parts]]]] = {}
    for output in outputs:
        for (way, who), totals in output.shown.items():
            key = (way.measure, way.definition), way.family, who.conditions
            shown.setdefault(key, []).append((output.counts[way, who], totals))
    for number, each in enumerate(results):
        first = each.estimates[0]
        for (place, _), people in each.placed_populations.items():
            key = (first.measure, first.definition), people.family, whose(each, place).conditions
            for before, totals in shown.get(key, ()):
                for parts in totals:
                    if all(part in people.parts and people.parts[part] == before.get(part, 0) for part in parts):
                        yield number, place, people.family, parts


@dataclass
class _Gathered:
    """The cells of one measure by one column of an output."""

    families: dict[str, dict[Place, Mapping[str, int]]] = field(default_factory=dict)
    totals: list[tuple[Place, str, Parts]] = field(default_factory=list)


def tables_of(output: Output) -> Iterator[ShownTable]:
    """What an output counted and showed, by measure and column."""
    gathered: dict[tuple[Measured, tuple[str, str], bool], _Gathered] = {}
    chosen = output.facts["where"]
    for (way, who), parts in output.counts.items():
        table = gathered.setdefault(((way.measure, way.definition), (way.group, way.group_2), way.classed), _Gathered())
        place = place_of(way, who, chosen)
        table.families.setdefault(way.family, {})[place] = parts
        table.totals += [(place, way.family, each) for each in sorted(output.shown.get((way, who), ()), key=sorted)]
    for (measured, column, _), table in gathered.items():
        places = dict.fromkeys(place for family in table.families.values() for place in family)
        yield ShownTable(
            measured,
            column,
            tuple(sorted(places, key=lambda place: not place.is_everyone)),
            table.families,
            tuple(table.totals),
            output.inclusions.get(measured, ()),
        )


def place_of(way: Way, who: Who, chosen: Sequence[str]) -> Place:
    """The group that some episodes are by the columns of a way of dividing; `chosen` are the conditions of the output."""
    return Place(*(_level(column, who, chosen) for column in (way.group, way.group_2)))


def _level(column: str, who: Who, chosen: Sequence[str]) -> str:
    """The level of a column that some episodes have; everyone's where they have any."""
    if not column:
        return ""
    named = [condition for condition in who.conditions if condition.startswith(f"{column} ")]
    named = [condition for condition in named if condition not in chosen] or ([] if who.is_everyone else named)
    return named[0].removeprefix(f"{column} ") if named else ALL
