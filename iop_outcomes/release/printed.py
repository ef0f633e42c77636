"""Takes results that are shown together, gives the counts behind them and every total they would print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iop_outcomes.keys import ALL, Key, Place
from iop_outcomes.release.protect import Group, Parts, Printed
from iop_outcomes.results import Results
from iop_outcomes.stats.draft import Population

Counts = Mapping[Place, int]


class Page:
    """Results shown together, as one set of cells that a reader could solve for.

    With two columns the cells are those of the pairs of their levels; everyone, and everyone of one level, are sums of pairs.
    Parts that hold the same episodes stand in several families under one name, and are one cell here: a part whose name
    and counts are those of an earlier family is that part.

    Parameters
    ----------
    results : sequence of Results
        Of the same data and the same levels.
    """

    def __init__(self, results: Sequence[Results]) -> None:
        self._populations = [result.placed_populations for result in results]
        self._places = results[0].places
        self._cells: dict[str, Counts] = {}
        self._names: dict[tuple[int, str, str], str] = {}
        ways: dict[Parts, None] = {}
        for number, populations in enumerate(self._populations):
            for family in dict.fromkeys(people.family for people in populations.values()):
                way = self._add(number, family, populations)
                levels = {place.level for (place, _), people in populations.items() if people.family == family}
                if len(levels) > 1 or len(results[number].levels) == 1:
                    ways[way] = None  # who is tested over all groups is said of everyone alone, and follows from what levels show
        self.ways = tuple(ways)
        self.counts: dict[Group, dict[str, int]] = {place: {cell: n[place] for cell, n in self._cells.items()} for place in self._places}
        groups = [place for place in self._places if not place.is_sum]
        self.sums: dict[Group, list[Place]] = {
            place: [group for group in groups if place.includes(group)] for place in self._places if groups and place.is_sum
        }

    @property
    def everyone(self) -> Place:
        """The place of everyone."""
        return self._places[0]

    def _add(self, number: int, family: str, populations: Mapping[tuple[Place, Key], Population]) -> Parts:
        by_place = {place: people.parts for (place, _), people in populations.items() if people.family == family}
        divided = not self.everyone.level_2 or any(place.level != ALL for place in by_place)
        for part in by_place[self.everyone]:
            counts: Counts = {place: by_place[place][part] if place in by_place else 0 for place in self._places}
            cell = self._cells.get(part, counts)
            if not divided and all(cell[place] == counts[place] for place in by_place):
                counts = cell  # said of everyone alone, and the same episodes as a part that each level has
            name = next(
                name for name in (part, f"{family}: {part}", f"{family}, {number}: {part}") if self._cells.get(name, counts) == counts
            )
            self._cells[name] = counts
            self._names[number, family, part] = name
        return frozenset(self._names[number, family, part] for part in by_place[self.everyone])

    def cells(self, number: int, family: str, parts: Parts | None) -> Parts:
        """Name the cells of some parts of a family of the results with a number."""
        return frozenset(self._names[number, family, part] for part in parts or ())

    def printed(self) -> list[Printed]:
        """List the totals that would be printed, the most wanted first.

        Denominators and numerators come first, then how many episodes there are in all, then what is missing or excluded,
        then single parts of it;
        then the order of the results and their estimands, everyone before a level, a margin of two columns before a pair, and a
        large level before a small one.
        """
        wanted = sorted((item for number in range(len(self._populations)) for item in self._wanted(number)), key=lambda item: item[0])
        return list(dict.fromkeys((place, parts) for _, place, parts in wanted if parts))

    def _wanted(self, number: int) -> Iterator[tuple[int, Place, Parts]]:
        populations = self._populations[number]
        for key in [key for place, key in populations if place == self.everyone]:
            everyone = populations[self.everyone, key]
            sizes = {place: sum(populations[place, key].parts.values()) for place in self._places if (place, key) in populations}
            places = sorted(sizes, key=lambda place: (place != self.everyone, not place.is_sum, -sizes[place], place))
            for rank, parts in _ranked(everyone):
                yield from ((rank, place, self.cells(number, everyone.family, parts)) for place in places)
            for part in everyone.parts:
                if part not in everyone.base:
                    yield 3, self.everyone, self.cells(number, everyone.family, frozenset({part}))
            yield 1, self.everyone, self.cells(number, everyone.family, frozenset(everyone.parts))


def _ranked(people: Population) -> Iterator[tuple[int, Parts]]:
    """Sets printed at every level, with how much they are wanted."""
    yield 0, people.base
    if people.hits is not None:
        yield 0, people.hits
    yield 2, people.missing
    yield 2, people.excluded_parts
