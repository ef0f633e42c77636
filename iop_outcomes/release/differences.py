"""Takes the results of a page and an earlier output, gives the totals of the page that may not be shown because of it.

What changed since is a table of its own: the differences of all cells. Of every total that the earlier output showed, showing it again
shows its difference; so the differences are protected as counts are, and a total goes whose difference is small, or gives a small one back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from iop_outcomes.keys import Key, Place
from iop_outcomes.release.consequences import consequences
from iop_outcomes.release.ledger import Cell, Output, Way, Who, way_of, whose
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.protect import Parts, Printed, protect
from iop_outcomes.results import Results
from iop_outcomes.stats.draft import Population

Total = tuple[int, Place, str, Parts]  # of the results with a number: a place, a way of dividing, and parts of it


def guarded_by(
    results: Sequence[Results], page: Tabulations, earlier: Sequence[Output], threshold: int, *, crossed: bool
) -> list[set[Printed]]:
    """For each table of a page, the totals that one of several earlier outputs forbids.

    Parameters
    ----------
    results : sequence of Results
        Those of the page.
    page : Tabulations
        The same as tables.
    earlier : sequence of Output
        Those made before.
    threshold : int
        Differences of 1 to one below it, up or down, are small.
    crossed : bool
        Whether anything is printed of the pairs of two columns.

    Returns
    -------
    list of set of (level, set of parts)
    """
    guarded: list[set[Printed]] = [set() for _ in page.tables] if earlier else []
    for output in earlier:
        for number, place, family, parts in _few_since(results, output, threshold):
            guarded[page.column(number)].add((place, page.cells(number, family, parts)))
        again = list(_shown_again(results, output))
        if not any(_has_changed(results[number], place, family, parts, output) for number, place, family, parts in again):
            continue  # nothing changed in anything that was shown
        changed = [_changed(each, output) for each in results]
        differences = Tabulations(changed, crossed=crossed)
        known: list[set[Printed]] = [set() for _ in differences.tables]
        for number, place, family, parts in again:
            known[differences.column(number)].add((place, differences.cells(number, family, parts)))
        tables = [
            replace(table, printed=[each for each in table.printed if each in printed])
            for table, printed in zip(differences.tables, known, strict=True)
        ]
        seen = protect(tables, threshold)
        for number, place, family, parts in again:
            cells = differences.cells(number, family, parts)
            if cells and (place, cells) not in seen[differences.column(number)]:
                guarded[page.column(number)].add((place, page.cells(number, family, parts)))
    return guarded


def _few_since(results: Sequence[Results], output: Output, threshold: int) -> list[Total]:
    """Totals that the earlier output tells, shown or not, and that changed by few."""
    changed: dict[tuple[Cell, Parts], list[Total]] = {}
    for number, each in enumerate(results):
        for (place, _), people in each.placed_populations.items():
            cell = output.counterpart(way_of(each, people.family), whose(each, place))
            if cell is None:
                continue
            before = output.counts[cell]
            for parts in {people.base, people.hits or frozenset(), people.missing, people.excluded_parts, frozenset(people.parts)}:
                difference = sum(people.parts[part] - before.get(part, 0) for part in parts)
                if 0 < abs(difference) < threshold and parts <= before.keys():
                    changed.setdefault((cell, parts), []).append((number, place, people.family, parts))
    return [total for key in sorted(consequences(output, changed), key=str) for total in changed[key]]


def _shown_again(results: Sequence[Results], output: Output) -> Iterator[Total]:
    """Totals of the page that the earlier output showed of the same episodes."""
    for number, each in enumerate(results):
        for (place, _), people in each.placed_populations.items():
            before = output.counterpart(way_of(each, people.family), whose(each, place))
            if before is not None:
                for parts in output.totals(before):
                    if parts <= people.parts.keys():
                        yield number, place, people.family, parts


def _has_changed(results: Results, place: Place, family: str, parts: Parts, output: Output) -> bool:
    """Whether any of the parts of a total has changed."""
    before = _before(output, way_of(results, family), whose(results, place))
    people = next(people for (there, _), people in results.placed_populations.items() if there == place and people.family == family)
    return any(people.parts[part] != before.get(part, 0) for part in parts)


def _changed(results: Results, output: Output) -> Results:
    """The same results with what changed in place of every count."""
    return replace(
        results,
        populations=_changes(results, output),
        within={level: replace(part, populations=_changes(part, output)) for level, part in results.within.items()},
    )


def _changes(part: Results, output: Output) -> dict[tuple[str, Key], Population]:
    names: dict[str, dict[str, None]] = {}
    for people in part.populations.values():
        way = way_of(part, people.family)
        every = names.setdefault(people.family, dict.fromkeys(people.parts))
        every |= dict.fromkeys(name for place in part.levels for name in _before(output, way, whose(part, Place(place, part.level_2))))
    changes = {}
    for (level, key), people in part.populations.items():
        way = way_of(part, people.family)
        before = _before(output, way, whose(part, Place(level, part.level_2)))
        changes[level, key] = replace(
            people, parts={name: people.parts.get(name, 0) - before.get(name, 0) for name in names[people.family]}
        )
    return changes


def _before(output: Output, way: Way, who: Who) -> Mapping[str, int]:
    """How many episodes an earlier output counted of some, in each part; no part where it had none of them."""
    there = output.counterpart(way, who)
    return {} if there is None else output.counts[there]
