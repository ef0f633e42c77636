"""Takes the results of one page, gives the counts behind them and every total they would print, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from iop_outcomes.keys import ALL
from iop_outcomes.release.protect import LevelCounts, Parts, Printed, Tabulation
from iop_outcomes.results import Results
from iop_outcomes.stats.draft import Population

Counts = Mapping[str, int]  # of each level
Columns = tuple[str, tuple[str, ...]]  # a grouping column, and its levels


@dataclass(eq=False)
class _Part:
    """A part of a way of dividing, and how many episodes it holds in the levels of each column it was counted by."""

    family: str
    part: str
    place: int
    counts: dict[Columns, Counts] = field(default_factory=dict)
    name: str = ""

    def fits(self, column: Columns, counts: Counts) -> bool:
        """Whether it can hold these episodes."""
        return self.counts.get(column, counts) == counts and all(each[ALL] == counts[ALL] for each in self.counts.values())

    def is_alike(self, other: _Part) -> bool:
        """Whether it holds the same episodes, wherever both were counted."""
        both = self.counts.keys() & other.counts.keys()
        return bool(both) and all(self.counts[column] == other.counts[column] for column in both)


class Tabulations:
    """Results shown together, as sets of cells that a reader could solve for: one for each column they are grouped by.

    Parts that hold the same episodes are one cell. In several results they are the same part of one measure, by whatever column; in
    different ways of dividing, those whose name and counts are the same wherever both were counted.

    Parameters
    ----------
    results : sequence of Results
        Of the same data; those by one column of the same levels.
    """

    def __init__(self, results: Sequence[Results]) -> None:
        self._results = results
        self._column: list[Columns] = [(str(each.group), each.levels) for each in results]
        self._columns = list(dict.fromkeys(self._column))
        self._parts: dict[tuple[int, str, str], _Part] = {}
        self._cells: dict[tuple[int, str, Parts], Parts] = {}
        self._names: dict[tuple[int, str], list[str]] = {}
        self._ways: dict[Columns, dict[tuple[int, str], None]] = {column: {} for column in self._columns}
        self._of_everyone: dict[Columns, dict[tuple[int, str], None]] = {column: {} for column in self._columns}
        for place, result in enumerate(results):
            for family in dict.fromkeys(people.family for people in result.populations.values()):
                self._add(place, family, result)
        self._name()

    @property
    def tables(self) -> tuple[Tabulation, ...]:
        """The numbers printed by each column, in the order of the results."""
        return tuple(
            Tabulation(
                self._counts(column),
                self._printed(column),
                self._divisions(column, self._ways),
                self._bases(column),
                self._divisions(column, self._of_everyone),
            )
            for column in self._columns
        )

    def column(self, place: int) -> int:
        """Which of the tables the results at a place stand in."""
        return self._columns.index(self._column[place])

    def cells(self, place: int, family: str, parts: Parts | None) -> Parts:
        """Name the cells of some parts of a family of the results at a place."""
        key = place, family, parts or frozenset()
        if key not in self._cells:
            self._cells[key] = frozenset(self._parts[place, family, part].name for part in key[2])
        return self._cells[key]

    # -- which parts hold the same episodes ------------------------------------------------------------------------------

    def _add(self, place: int, family: str, result: Results) -> None:
        by_level = {level: people.parts for (level, _), people in result.populations.items() if people.family == family}
        column = self._column[place]
        first = result.estimates[0]
        for part in by_level[ALL]:
            counts = {level: by_level[level][part] if level in by_level else 0 for level in result.levels}
            fitting = (
                self._parts[earlier, family, part]
                for earlier in range(place)
                if (earlier, family, part) in self._parts and _measured(self._results[earlier]) == (first.measure, first.definition)
            )
            entry = next((each for each in fitting if each.fits(column, counts)), None) or _Part(family, part, place)
            entry.counts[column] = counts
            self._parts[place, family, part] = entry
        in_levels = any(level != ALL for level in by_level) or len(result.levels) == 1
        (self._ways if in_levels else self._of_everyone)[column][place, family] = (
            None  # who is tested over all groups is said of everyone alone
        )

    def _name(self) -> None:
        """Give parts that hold the same episodes one name."""
        by_name: dict[str, _Part] = {}
        for entry in dict.fromkeys(self._parts.values()):
            for name in (entry.part, f"{entry.family}: {entry.part}", f"{entry.family}, {entry.place}: {entry.part}"):
                other = by_name.setdefault(name, _Part(entry.family, entry.part, entry.place, dict(entry.counts)))
                if other.is_alike(entry):
                    other.counts |= entry.counts
                    entry.name = name
                    break
        for (place, family, _), entry in self._parts.items():
            self._names.setdefault((place, family), []).append(entry.name)

    # -- the numbers of a column -------------------------------------------------------------------------------------

    def _places(self, column: Columns) -> list[int]:
        return [place for place, each in enumerate(self._column) if each == column]

    def _counts(self, column: Columns) -> LevelCounts:
        here = {entry.name: entry.counts[column] for (place, _, _), entry in self._parts.items() if self._column[place] == column}
        return {level: {name: counts[level] for name, counts in here.items()} for level in column[1]}

    def _divisions(self, column: Columns, ways: Mapping[Columns, Mapping[tuple[int, str], None]]) -> tuple[Parts, ...]:
        return tuple(dict.fromkeys(frozenset(self._names[way]) for way in ways[column]))

    def _bases(self, column: Columns) -> frozenset[Parts]:
        return frozenset(
            self.cells(place, people.family, people.base)
            for place in self._places(column)
            for people in self._results[place].populations.values()
        )

    def _printed(self, column: Columns) -> list[Printed]:
        """List the totals that would be printed, the most wanted first.

        Denominators and numerators come first, those of the numbers that a measure shows before those beside them; then how many
        episodes there are in all, then what is missing or excluded, then single parts of it;
        then the order of the results and their estimands, everyone before a level, and a large level before a small one.
        """
        wanted = sorted((item for place in self._places(column) for item in self._wanted(place)), key=lambda item: item[0])
        return list(dict.fromkeys((level, parts) for _, level, parts in wanted if parts))

    def _wanted(self, place: int) -> Iterator[tuple[int, str, Parts]]:
        populations = self._results[place].populations
        for key in [key for level, key in populations if level == ALL]:
            everyone = populations[ALL, key]
            here = [level for level in self._results[place].levels if (level, key) in populations]
            sizes = {level: sum(populations[level, key].parts.values()) for level in here}
            levels = sorted(sizes, key=lambda level: (level != ALL, -sizes[level], level))
            beside = key.estimand not in self._results[place].definition.shown
            for rank, parts in _ranked(everyone, beside=beside):
                yield from ((rank, level, self.cells(place, everyone.family, parts)) for level in levels)
            for part in everyone.parts:
                if part not in everyone.base:
                    yield 4, ALL, self.cells(place, everyone.family, frozenset({part}))
            yield 2, ALL, self.cells(place, everyone.family, frozenset(everyone.parts))


def _measured(results: Results) -> tuple[str, str]:
    first = results.estimates[0]
    return first.measure, first.definition


def _ranked(people: Population, *, beside: bool) -> Iterator[tuple[int, Parts]]:
    """Sets printed at every level, with how much they are wanted."""
    yield int(beside), people.base
    if people.hits is not None:
        yield int(beside), people.hits
    yield 3, people.missing
    yield 3, people.excluded_parts
