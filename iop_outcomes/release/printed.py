"""Takes the results of one page, gives the counts behind them and every total they would print: one table for each column, or for two crossed."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, MISSING_LEVEL, Key, Place
from iop_outcomes.release.audit import Need
from iop_outcomes.release.coarsening import says_no_number
from iop_outcomes.release.equations import Item, PageFacts, Ratio, Remainder, RoundedValue, Total
from iop_outcomes.release.protect import LevelCounts, Name, Parts, Printed, Tabulation, told_apart
from iop_outcomes.release.shown_before import NOTHING_BEFORE, ShownBefore, ShownTable
from iop_outcomes.results import Estimate, Inclusion, Portion, Results
from iop_outcomes.stats.draft import Population
from iop_outcomes.units import UNITS

Counts = Mapping[Place, int]
Columns = tuple[tuple[str, str], tuple[Place, ...]]  # a grouping column, or two, and the groups by them, everyone first
Populations = Mapping[tuple[Place, Key], Population]


_EXACT = 1e-9  # of a value that is not rounded
_HAD = 1_000.0  # how much a total is worth that readers have already: withholding it again changes nothing
_SHOWN, _BESIDE = 3.0, 1.0  # how much a number is wanted that a measure draws and compares, and one beside it


class _Class(NamedTuple):
    """A class of the levels of a column."""

    name: str
    group: str
    group_2: str


@dataclass(eq=False)
class _Part:
    """A part of a way of dividing, and how many episodes it holds in the levels of each column it was counted by."""

    family: str
    part: str
    number: int
    counts: dict[Columns, Counts] = field(default_factory=dict)
    name: str = ""

    def fits(self, column: Columns, counts: Counts) -> bool:
        """Whether it can hold these episodes."""
        everyone = counts[column[1][0]]
        return self.counts.get(column, counts) == counts and all(each[places[0]] == everyone for (_, places), each in self.counts.items())

    def is_alike(self, other: _Part) -> bool:
        """Whether it holds the same episodes, wherever both were counted."""
        both = self.counts.keys() & other.counts.keys()
        return bool(both) and all(self.counts[column] == other.counts[column] for column in both)


class Tabulations:
    """Results shown together, as sets of cells that a reader could solve for: one for each column they are grouped by.

    Of two columns the cells are those of the pairs of their levels; everyone, and everyone of one level, are sums of pairs.
    Parts that hold the same episodes are one cell. In several results they are the same part of one measure, by whatever column; in
    different ways of dividing, those whose name and counts are the same wherever both were counted.

    Parameters
    ----------
    results : sequence of Results
        Of the same data; those by one column of the same levels.
    crossed : bool
        Whether anything is printed of the pairs of two columns.
    before : ShownBefore
        What readers have already.
    """

    def __init__(self, results: Sequence[Results], *, crossed: bool = True, before: ShownBefore = NOTHING_BEFORE) -> None:
        self._results, self._crossed = results, crossed
        self._populations: list[Populations] = [each.placed_populations for each in results]
        self._column: list[Columns] = [((str(each.group), each.group_2), each.places) for each in results]
        self._again, self._before = before.again, self._placed(before.tables)
        self._column += [(each.column, each.places) for each in self._before]
        self._measured = [_measured(each) for each in results] + [each.measured for each in self._before]
        self._inclusions = [each.definition.inclusions for each in results] + [each.inclusions for each in self._before]
        self._columns = list(dict.fromkeys(self._column))
        self._parts: dict[tuple[int, str, str], _Part] = {}
        self._cells: dict[tuple[int, str, Parts], Parts] = {}
        self._names: dict[tuple[int, str], list[str]] = {}
        self._ways: dict[Columns, dict[tuple[int, str], None]] = {column: {} for column in self._columns}
        self._of_everyone: dict[Columns, dict[tuple[int, str], None]] = {column: {} for column in self._columns}
        for number, populations in enumerate(self._populations):
            for family in dict.fromkeys(each.family for people in populations.values() for each in _with_at_risk(people)):
                self._add(number, family, _by_place(populations, family))
        for number, table in enumerate(self._before, start=len(results)):
            for family, by_place in table.families.items():
                self._add(number, family, by_place)
        self._name()

    def _placed(self, tables: Sequence[ShownTable]) -> list[ShownTable]:
        """Tables that readers have already, in so far as they are of the same groups as those of the page by the same column."""
        places = {(column, frozenset(several)): several for column, several in self._column}
        sizes = {
            sum(people.parts.values())
            for populations in self._populations
            for (place, _), people in populations.items()
            if place.is_everyone
        }
        placed = []
        for table in tables:
            of_column = places.setdefault((table.column, frozenset(table.places)), table.places)
            size = {sum(each[place].values()) for each in table.families.values() for place in each if place.is_everyone}
            if size <= sizes or not self._results:
                placed.append(replace(table, places=of_column))
        return placed

    @cached_property
    def tables(self) -> tuple[Tabulation, ...]:
        """The numbers printed by each column, in the order of the results."""
        given = self._given()
        return tuple(
            Tabulation(
                self._counts(column),
                list(dict.fromkeys([*given[column], *self._printed(column)])),
                self._divisions(column, self._ways),
                self._bases(column),
                self._divisions(column, self._of_everyone),
                _sums(column[1]) | self._classes(column),
                self._of_classes(column),
                given=frozenset(given[column]),
            )
            for column in self._columns
        )

    def _given(self) -> dict[Columns, dict[Printed, None]]:
        """The totals that readers have already, by column."""
        given: dict[Columns, dict[Printed, None]] = {column: {} for column in self._columns}
        for number, place, family, parts in self._again:
            given[self._column[number]][place, self.cells(number, family, parts)] = None
        for number, table in enumerate(self._before, start=len(self._results)):
            for place, family, parts in table.totals:
                given[self._column[number]][place, self.cells(number, family, parts)] = None
        return given

    @property
    def results(self) -> Sequence[Results]:
        """What stands on the page."""
        return self._results

    @property
    def before(self) -> Sequence[ShownTable]:
        """What readers have already of the same data; numbered after the results."""
        return self._before

    @property
    def known(self) -> PageFacts:
        """What everybody knows of its parts: which hold episodes of which others, and what levels and classes are; no value is printed."""
        of_columns = [self._levels_as_parts(column) for column in self._columns]
        columns = {column[0][0]: each for column, each in zip(self._columns, of_columns, strict=True) if each}
        inclusions = dict.fromkeys(
            (inner, outer)
            for number, several in enumerate(self._inclusions)
            for inclusion in several
            if (inner := self._inner(number, inclusion, columns)) and (outer := self._side(number, inclusion.outer, columns)) is not None
        )
        counted = self._counted_parts(of_columns)
        true = [(inner, outer) for inner, outer in inclusions if all(_is_true(inner, outer, counts) for counts in counted)]
        return PageFacts(true, of_columns, list(self._same_classes()))

    def _counted_parts(self, of_columns: Sequence[Mapping[Name, str]]) -> list[Mapping[str, int]]:
        """The parts of every group of every column, its levels among them."""
        counted: list[Mapping[str, int]] = []
        for column, levels in zip(self._columns, of_columns, strict=True):
            counts = self._counts(column)
            way = next(iter(self._divisions(column, self._ways)), frozenset())
            sizes = {place: sum(counts[place][part] for part in way) for place in column[1]}
            everyone = column[1][0]
            of_levels = {level: (name, sizes[level]) for level, name in levels.items() if isinstance(level, Place)}
            for place in column[1]:
                of_level = {name: size if place in (level, everyone) else 0 for level, (name, size) in of_levels.items()}
                counted.append({**counts[place], **of_level})
        return counted

    def _levels_as_parts(self, column: Columns) -> Mapping[Name, str]:
        """Each level of a single column as a part of everyone; classes of levels are none."""
        (group, group_2), places = column
        if group_2 or any(self._results[number].class_of for number in self._numbers(column)):
            return {}
        return {place: f"by {group}: {place.level}" for place in places if not place.is_sum}

    def _inner(self, number: int, inclusion: Inclusion, columns: Mapping[str, Mapping[Name, str]]) -> Parts | None:
        """What lies in the outer portion; `None` where the page does not count all of it."""
        sides = [self._side(number, side, columns) for side in (inclusion.inner, *inclusion.besides)]
        return None if None in sides else frozenset().union(*(side for side in sides if side))

    def _side(self, number: int, side: Portion, columns: Mapping[str, Mapping[Name, str]]) -> Parts | None:
        """A portion by the names of its cells; `None` where the page does not count it."""
        if side.kind == "column":
            levels = columns.get(side.way)
            if levels is None:
                return None
            return frozenset(name for place, name in levels.items() if isinstance(place, Place) and place.level in side.parts)
        numbers = range(len(self._column)) if side.kind == "elsewhere" else (number,)
        having = next((each for each in numbers if (each, side.way) in self._names), None)
        if having is None:
            return None
        return frozenset(entry.name for part in side.parts if (entry := self._parts.get((having, side.way, part))) is not None)

    def _same_classes(self) -> Iterator[tuple[int, Name, int, Name]]:
        """Classes of the levels of one column that are levels of another table."""
        for place, column in enumerate(self._columns):
            for number in self._classed(column):
                other = self._columns.index(self._column[number])
                for level in self._column[number][1]:
                    name = _Class(level.level, *self._column[number][0])
                    if name in self._classes(column):
                        yield place, name, other, level

    def few(self, parts: Parts, threshold: int) -> Parts:
        """Those of some parts of everyone that truly hold few, by the names of their cells."""
        return frozenset(
            entry.name
            for (number, _, part), entry in self._parts.items()
            if part in parts and 0 < entry.counts[self._column[number]][self._column[number][1][0]] < threshold
        )

    def ratios(self, seen: Sequence[frozenset[Printed]], threshold: int) -> dict[RoundedValue, Ratio]:
        """Rounded values that are shown, in so far as they say more than the counts that are."""
        return {
            RoundedValue(number, estimate.place, estimate.key): ratio
            for number, each in enumerate(self._results)
            for estimate in each
            if not estimate.contrast and not estimate.adjustment and (ratio := self._ratio(number, estimate, seen, threshold)) is not None
        }

    def means(self, seen: Sequence[frozenset[Printed]]) -> dict[RoundedValue, Ratio]:
        """Means that are shown of exact counts and sums, as a page writes them, and what differences from them say of all other groups.

        Shares are of counts as they are printed, and say no more.
        """
        means = {
            RoundedValue(number, estimate.place, estimate.key): ratio
            for number, each in enumerate(self._results)
            for estimate in each
            if not estimate.contrast and (ratio := self._mean(number, estimate, seen)) is not None
        }
        differences = {
            RoundedValue(number, estimate.place, estimate.key): ratio
            for number, each in enumerate(self._results)
            for estimate in each
            if estimate.contrast == MINUS_OTHERS and (ratio := self._mean_of_others(number, estimate, means)) is not None
        }
        return means | differences

    def _mean_of_others(self, number: int, estimate: Estimate, means: Mapping[RoundedValue, Ratio]) -> Ratio | None:
        """The mean of all other groups, from that of a group and its difference."""
        key, place = estimate.key.number, estimate.place
        mean = means.get(RoundedValue(number, place, key))
        if mean is None or math.isnan(estimate.value) or RoundedValue(number, Place(str(ALL), place.level_2), key) not in means:
            return None
        half = (mean.high - mean.low) / 2
        value = UNITS[estimate.unit].written(estimate.value)
        none = (ALL, MISSING_LEVEL, place.level)
        first, *others = (
            Total(mean.base.table, where, self.cells(number, people.family, people.base))
            for (where, each), people in self._populations[number].items()
            if each == key and where.level_2 == place.level_2 and where.level not in none
        )
        return Ratio(first, mean.top, mean.low - value - half, mean.high - value + half, tuple(others))

    def _mean(self, number: int, estimate: Estimate, seen: Sequence[frozenset[Printed]]) -> Ratio | None:
        people, definition = (
            self._populations[number][estimate.place, estimate.key],
            self._results[number].definition.estimand(estimate.estimand),
        )
        table, base = self.column(number), self.cells(number, people.family, people.base)
        if people.hits is not None or not definition.total or math.isnan(estimate.value) or (estimate.place, base) not in seen[table]:
            return None
        unit = UNITS[estimate.unit]
        value, half = (
            unit.written(estimate.value),
            0.5 * 10.0 ** -min(unit.digits, unit.digits if definition.digits is None else definition.digits),
        )
        name = f"{estimate.measure} {estimate.definition} {definition.total}"
        return Ratio(Total(table, estimate.place, base), name, value - half, value + half)

    def _ratio(self, number: int, estimate: Estimate, seen: Sequence[frozenset[Printed]], threshold: int) -> Ratio | None:
        people, place = self._populations[number][estimate.place, estimate.key], estimate.place
        table, definition = self.column(number), self._results[number].definition.estimand(estimate.estimand)
        base = self.cells(number, people.family, people.base)
        top = self.cells(number, people.family, people.hits) if people.hits is not None else definition.total
        of_one_sum = people.hits is None and any(
            each.total == definition.total and each.digits is not None for each in self._results[number].definition.estimands
        )
        if (definition.digits is None and not of_one_sum) or not base or not top or math.isnan(estimate.value):
            return None
        shown = [not parts or (place, parts) in seen[table] for parts in (base, top) if not isinstance(parts, str)]
        alone = says_no_number(definition, people, threshold)  # it stays where its counts are withdrawn
        if not alone and (not all(shown) or people.hits is not None):
            return None
        half = _EXACT if definition.digits is None else 0.5 * 10.0**-definition.digits
        name = top if not isinstance(top, str) else f"{estimate.measure} {estimate.definition} {top}"
        return Ratio(Total(table, place, base), name, estimate.value - half, estimate.value + half)

    @property
    def guarded(self) -> list[Total | Remainder]:
        """Counts that nobody should learn where they are small: every total that could be printed, and what is left of one without another."""
        totals: dict[Total | Remainder, None] = {}
        for number, populations in enumerate(self._populations):
            table = self.column(number)
            inclusions = self._results[number].definition.inclusions
            portions = {side for each in inclusions for side in (each.inner, each.outer) if side.kind == "measure"}
            for (place, _), people in ((where, each) for where, both in populations.items() for each in _with_at_risk(both)):
                sets = [people.base, people.hits, people.missing, people.excluded_parts, frozenset(people.parts)]
                sets += [people.base - parts for parts in people.rests_on]
                sets += [people.revealed]
                sets += [frozenset({part}) for part in people.parts if part not in people.base]
                sets += [side.parts & people.parts.keys() - people.base for side in portions if side.way == people.family]
                totals |= dict.fromkeys(Total(table, place, self.cells(number, people.family, parts)) for parts in sets if parts)
            totals |= dict.fromkeys(self._remainders(number, table))
        totals |= dict.fromkeys(self._told_apart())
        return list(totals)

    def _told_apart(self) -> Iterator[Total]:
        """Parts that printed totals tell apart, though no number is of them: two of these give them by subtraction."""
        for place, (column, table) in enumerate(zip(self._columns, self.tables, strict=True)):
            printed = tuple(dict.fromkeys(parts for _, parts in table.printed))
            cells = dict.fromkeys(cell for way in told_apart(table.divisions, printed) for cell in way)
            yield from (Total(place, level, cell) for cell in cells for level in column[1])

    def _remainders(self, number: int, table: int) -> Iterator[Remainder]:
        """Of the results with a number, those in one printed total that are not in another."""
        for each in self._results[number].definition.inclusions:
            inner, outer = (self._side(number, side, {}) for side in (each.inner, each.outer))
            if each.guarded and inner and outer:
                for place in self._column[number][1]:
                    yield Remainder(Total(table, place, outer), Total(table, place, inner))

    def needs(self, ratios: Collection[RoundedValue], threshold: int) -> list[Need]:
        """For each number, the totals and the rounded values without which it is not shown; numbers that a measure shows are wanted most."""
        needs: list[Need] = []
        rounding = {value.number for value in ratios}
        for number, each in enumerate(self._results):
            column, definitions = self.column(number), {item.name: item for item in each.definition.estimands}
            for estimate in (every for every in each if not every.adjustment):  # what is adjusted is wanted as the number itself is
                items: list[Item] = []
                counted = self._counted(number, estimate)
                if not says_no_number(definitions[estimate.estimand], counted[0][1], threshold):
                    items += [Total(column, place, self.cells(number, people.family, parts)) for place, people, parts in counted if parts]
                if number in rounding:
                    key = estimate.key
                    rounded = [(place, key.number) for place, _, _ in counted] + [(estimate.place, key)]
                    items += [value for place, of_it in rounded if (value := RoundedValue(number, place, of_it)) in ratios]
                needs.append(Need(frozenset(items), _SHOWN if estimate.estimand in each.definition.shown else _BESIDE))
        given = self._given()
        needs += [Need(frozenset([Total(place, *item)]), _HAD) for place, column in enumerate(self._columns) for item in given[column]]
        return needs

    def _counted(self, number: int, estimate: Estimate) -> list[tuple[Place, Population, Parts]]:
        """What a number rests on: its own counts, and where it is a difference those of everyone, and of no group, or of another level."""
        populations, place, key = self._populations[number], estimate.place, estimate.key
        sides = [(place, populations[place, key])]
        against = {MINUS_OTHERS: ALL, MINUS_LEVEL: estimate.versus}.get(estimate.contrast) if estimate.contrast else None
        other = None if against is None else Place(str(against), place.level_2)
        if other is not None and (other, key.number) in populations:
            sides.append((other, populations[other, key.number]))
        no_group = Place(MISSING_LEVEL, place.level_2)
        if estimate.contrast == MINUS_OTHERS and (no_group, key.number) in populations:
            sides.append((no_group, populations[no_group, key.number]))
        return [(where, each, parts) for where, people in sides for each in people.with_complement for parts in each.rests_on]

    def column(self, number: int) -> int:
        """Which of the tables the results with a number stand in."""
        return self._columns.index(self._column[number])

    def cells(self, number: int, family: str, parts: Parts | None) -> Parts:
        """Name the cells of some parts of a family of the results with a number."""
        key = number, family, parts or frozenset()
        if key not in self._cells:
            self._cells[key] = frozenset(self._parts[number, family, part].name for part in key[2])
        return self._cells[key]

    # -- which parts hold the same episodes ------------------------------------------------------------------------------

    def _add(self, number: int, family: str, by_place: Mapping[Place, Mapping[str, int]]) -> None:
        column = self._column[number]
        for part in next(iter(by_place.values())):
            counts = {place: by_place[place][part] if place in by_place else 0 for place in column[1]}
            if column[1][0] not in by_place:  # said within some levels of a second column, not of everyone
                counts[column[1][0]] = sum(counts.values())
            fitting = (
                self._parts[earlier, family, part]
                for earlier in range(number)
                if (earlier, family, part) in self._parts and self._measured[earlier] == self._measured[number]
            )
            entry = next((each for each in fitting if each.fits(column, counts)), None) or _Part(family, part, number)
            entry.counts[column] = counts
            self._parts[number, family, part] = entry
        in_levels = any(not place.is_sum for place in by_place) or len(column[1]) == 1
        (self._ways if in_levels else self._of_everyone)[column][number, family] = (
            None  # who is tested over all groups is said of everyone alone
        )

    def _name(self) -> None:
        """Give parts that hold the same episodes one name."""
        by_part: dict[str, list[_Part]] = {}
        for entry in dict.fromkeys(self._parts.values()):
            others = by_part.setdefault(entry.part, [])
            other = next((each for each in others if each.is_alike(entry)), None)
            if other is None:
                name = f"{entry.family}, {entry.number}: {entry.part}" if others else entry.part
                other = _Part(entry.family, entry.part, entry.number, dict(entry.counts), name)
                others.append(other)
            other.counts |= entry.counts
            entry.name = other.name
        for (number, family, _), entry in self._parts.items():
            self._names.setdefault((number, family), []).append(entry.name)

    # -- the numbers of a column -------------------------------------------------------------------------------------

    def _numbers(self, column: Columns) -> list[int]:
        return [number for number, each in enumerate(self._column[: len(self._results)]) if each == column]

    def _counts(self, column: Columns) -> LevelCounts:
        here = {entry.name: entry.counts[column] for (number, _, _), entry in self._parts.items() if self._column[number] == column}
        levels = {place: {name: counts[place] for name, counts in here.items()} for place in column[1]}
        sums = {
            name: {part: sum(levels[place][part] for place in members) for part in here} for name, members in self._classes(column).items()
        }
        return levels | sums

    # -- classes of a column's levels, which other results are grouped by ------------------------------------------------

    def _classed(self, column: Columns) -> list[int]:
        """The results by classes of the levels of a column."""
        places = {place.level for place in column[1] if not place.is_sum}
        return [
            number
            for number, each in enumerate(self._results)
            if each.class_of and self._column[number][0] == column[0] and places and places - {MISSING_LEVEL} <= each.class_of.keys()
        ]

    def _classes(self, column: Columns) -> dict[Name, Sequence[Place]]:
        """Each class with the levels that it is the sum of."""
        sums: dict[Name, Sequence[Place]] = {}
        for number in self._classed(column):
            class_of = self._results[number].class_of
            for name in dict.fromkeys(class_of.values()):
                members = [place for place in column[1] if class_of.get(place.level) == name]
                if members:
                    sums[_Class(name, *self._column[number][0])] = members
        return sums

    def _of_classes(self, column: Columns) -> tuple[Printed, ...]:
        """What would be printed of the classes, of parts that are counted by the levels too."""
        here = {entry.name for (number, _, _), entry in self._parts.items() if self._column[number] == column}
        classes = {other: self._printed(other) for other in dict.fromkeys(self._column[number] for number in self._classed(column))}
        return tuple(
            (_Class(place.level, *other[0]), parts)
            for other, printed in classes.items()
            for place, parts in printed
            if isinstance(place, Place) and not place.is_sum and place.level != MISSING_LEVEL and parts <= here
        )

    def _divisions(self, column: Columns, ways: Mapping[Columns, Mapping[tuple[int, str], None]]) -> tuple[Parts, ...]:
        return tuple(dict.fromkeys(frozenset(self._names[way]) for way in ways[column]))

    def _bases(self, column: Columns) -> frozenset[Parts]:
        return frozenset(
            self.cells(number, people.family, people.base)
            for number in self._numbers(column)
            for people in self._populations[number].values()
        )

    def _printed(self, column: Columns) -> list[Printed]:
        """List the totals that would be printed, the most wanted first.

        Denominators and numerators come first, those of the numbers that a measure shows before those beside them; then how many
        episodes there are in all, then what is missing or excluded, then single parts of it;
        then the order of the results and their estimands, everyone before a level, a margin of two columns before a pair, and a large
        level before a small one.
        """
        ordered: dict[tuple[tuple[Place, int], ...], tuple[Place, ...]] = {}  # groups of the same sizes are put in order once
        every = (item for number in self._numbers(column) for item in self._wanted(number, ordered))
        wanted = dict.fromkeys((places, parts) for _, places, parts in sorted(every, key=lambda item: item[0]) if parts)
        return list(dict.fromkeys((place, parts) for places, parts in wanted for place in places))

    def _wanted(
        self, number: int, ordered: dict[tuple[tuple[Place, int], ...], tuple[Place, ...]]
    ) -> Iterator[tuple[int, tuple[Place, ...], Parts]]:
        """How much some parts are wanted, and of which groups, in order."""
        populations, places = self._populations[number], self._column[number][1]
        everyones: dict[Key, Population] = {}
        for (place, key), people in populations.items():
            if place.level == ALL:
                everyones.setdefault(key, people)
        possible = [place for place in places if self._crossed or not place.is_crossed]
        for key, everyone in everyones.items():
            sizes = tuple((place, populations[place, key].whole) for place in possible if (place, key) in populations)
            if sizes not in ordered:
                by_size = sorted(sizes, key=lambda item: (not item[0].is_everyone, item[0].is_crossed, -item[1], item[0]))
                ordered[sizes] = tuple(place for place, _ in by_size)
            beside = key.estimand not in self._results[number].definition.shown
            for rank, family, parts in _ranked(everyone, beside=beside):
                yield rank, ordered[sizes], self.cells(number, family, parts)
            for part in everyone.parts:
                if part not in everyone.base:
                    yield 4, places[:1], self.cells(number, everyone.family, frozenset({part}))
            yield 2, places[:1], self.cells(number, everyone.family, frozenset(everyone.parts))


def _sums(places: Sequence[Place]) -> dict[Name, Sequence[Place]]:
    """Everyone, and of two columns each margin, with the groups that it is the sum of: everyone alone is their own."""
    groups = [place for place in places if not place.is_sum] or places
    return {place: [group for group in groups if place.includes(group)] for place in places if place.is_sum}


def _measured(results: Results) -> tuple[str, str]:
    first = results.estimates[0]
    return first.measure, first.definition


def _by_place(populations: Populations, family: str) -> dict[Place, Mapping[str, int]]:
    """How many episodes each part of a way of dividing holds, of each group."""
    return {place: each.parts for (place, _), people in populations.items() for each in _with_at_risk(people) if each.family == family}


def _is_true(inner: Parts, outer: Parts, counts: Mapping[str, int]) -> bool:
    """Whether the counts of a group do not refute that some parts are among others, as those of a scale with unusual cut-offs may."""
    if not inner | outer <= counts.keys():
        return True
    return sum(counts[part] for part in inner) <= sum(counts[part] for part in outer)


def _with_at_risk(people: Population) -> tuple[Population, ...]:
    return (people,) if people.at_risk is None else (people, people.at_risk)


def _ranked(people: Population, *, beside: bool) -> Iterator[tuple[int, str, Parts]]:
    """Sets printed at every level, with how much they are wanted and the way of dividing that they are of."""
    yield int(beside), people.family, people.base
    if people.hits is not None:
        yield int(beside), people.family, people.hits
    yield int(beside), people.family, people.revealed
    if people.at_risk is not None and people.at_risk.hits is not None:
        yield 3, people.at_risk.family, people.at_risk.hits
    yield 3, people.family, people.missing
    yield 3, people.family, people.excluded_parts
