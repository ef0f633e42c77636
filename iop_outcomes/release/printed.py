"""Takes results that are shown together, gives the counts behind them and every total they would print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iop_outcomes.keys import ALL
from iop_outcomes.release.protect import Parts, Printed
from iop_outcomes.results import Results
from iop_outcomes.stats.draft import Population

Counts = Mapping[str, int]  # of each level


class Page:
    """Results shown together, as one set of cells that a reader could solve for.

    Parts that hold the same episodes stand in several families under one name, and are one cell here: a part whose name
    and counts are those of an earlier family is that part.

    Parameters
    ----------
    results : sequence of Results
        Of the same data and the same levels.
    """

    def __init__(self, results: Sequence[Results]) -> None:
        self._results = results
        self._cells: dict[str, Counts] = {}
        self._names: dict[tuple[int, str, str], str] = {}
        ways: dict[Parts, None] = {}
        for place, result in enumerate(results):
            for family in dict.fromkeys(people.family for people in result.populations.values()):
                way = self._add(place, family, result)
                if (
                    any(people.family == family for (level, _), people in result.populations.items() if level != ALL)
                    or len(result.levels) == 1
                ):
                    ways[way] = None  # who is tested over all groups is said of everyone alone, and follows from what levels show
        self.ways = tuple(ways)
        self.counts = {level: {cell: n[level] for cell, n in self._cells.items()} for level in results[0].levels}

    def _add(self, place: int, family: str, result: Results) -> Parts:
        by_level = {level: people.parts for (level, _), people in result.populations.items() if people.family == family}
        for part in by_level[ALL]:
            counts = {level: by_level[level][part] if level in by_level else 0 for level in result.levels}
            name = next(
                name for name in (part, f"{family}: {part}", f"{family}, {place}: {part}") if self._cells.get(name, counts) == counts
            )
            self._cells[name] = counts
            self._names[place, family, part] = name
        return frozenset(self._names[place, family, part] for part in by_level[ALL])

    def cells(self, place: int, family: str, parts: Parts | None) -> Parts:
        """Name the cells of some parts of a family of the results at a place."""
        return frozenset(self._names[place, family, part] for part in parts or ())

    def printed(self) -> list[Printed]:
        """List the totals that would be printed, the most wanted first.

        Denominators and numerators come first, then how many episodes there are in all, then what is missing or excluded,
        then single parts of it;
        then the order of the results and their estimands, everyone before a level, and a large level before a small one.
        """
        wanted = sorted((item for place in range(len(self._results)) for item in self._wanted(place)), key=lambda item: item[0])
        return list(dict.fromkeys((level, parts) for _, level, parts in wanted if parts))

    def _wanted(self, place: int) -> Iterator[tuple[int, str, Parts]]:
        populations = self._results[place].populations
        for key in [key for level, key in populations if level == ALL]:
            everyone = populations[ALL, key]
            here = [level for level in self._results[place].levels if (level, key) in populations]
            sizes = {level: sum(populations[level, key].parts.values()) for level in here}
            levels = sorted(sizes, key=lambda level: (level != ALL, -sizes[level], level))
            for rank, parts in _ranked(everyone):
                yield from ((rank, level, self.cells(place, everyone.family, parts)) for level in levels)
            for part in everyone.parts:
                if part not in everyone.base:
                    yield 3, ALL, self.cells(place, everyone.family, frozenset({part}))
            yield 1, ALL, self.cells(place, everyone.family, frozenset(everyone.parts))


def _ranked(people: Population) -> Iterator[tuple[int, Parts]]:
    """Sets printed at every level, with how much they are wanted."""
    yield 0, people.base
    if people.hits is not None:
        yield 0, people.hits
    yield 2, people.missing
    yield 2, people.excluded_parts
