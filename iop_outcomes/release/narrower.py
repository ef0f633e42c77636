"""Takes the results of a page of some episodes and the outputs of wider ones, gives the totals that would tell of the other groups there.

Everyone of a page that was narrowed to one track is a group of the whole by track: its totals, beside those that the whole showed, are
protected as if the whole had printed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from iop_outcomes.keys import ALL, Place
from iop_outcomes.release.ledger import Measured, Output
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.protect import Parts, Printed, protect
from iop_outcomes.release.shown_before import ShownBefore, ShownTable, outputs_of_same_files, tables_of
from iop_outcomes.results import Results


class _Everyones(NamedTuple):
    """A total of everyone of the page: of which results, way of dividing and parts."""

    number: int
    family: str
    parts: Parts


def guarded_in_wider(results: Sequence[Results], page: Tabulations, outputs: Sequence[Output], threshold: int) -> list[set[Printed]]:
    """For each table of a page, the totals of everyone that wider outputs of the same files forbid.

    Parameters
    ----------
    results : sequence of Results
        Those of the page.
    page : Tabulations
        The same as tables.
    outputs : sequence of Output
        Those made before.
    threshold : int
        Counts from 1 to one below it are small.

    Returns
    -------
    list of set of (level, set of parts)
    """
    guarded: list[set[Printed]] = [set() for _ in page.tables]
    wider: dict[str, list[ShownTable]] = {}
    for output in outputs_of_same_files(results, outputs):
        more = set(results[0].provenance.conditions).difference(output.facts["where"])
        if len(more) == 1 and len(output.facts["where"]) + 1 == len(results[0].provenance.conditions):
            wider.setdefault(next(iter(more)), []).extend(tables_of(output))
    for condition, tables in wider.items():
        for total in _forbidden(
            list(_everyones(results)), results, condition, Tabulations((), before=ShownBefore((), tuple(tables))), threshold
        ):
            everyone = results[total.number].places[0]
            guarded[page.column(total.number)].add((everyone, page.cells(total.number, total.family, total.parts)))
    return guarded


def _everyones(results: Sequence[Results]) -> Iterator[_Everyones]:
    for number, each in enumerate(results):
        for (place, _), people in each.placed_populations.items():
            if place.is_everyone:
                sets = (people.base, people.hits, people.missing, people.excluded_parts)
                yield from (_Everyones(number, people.family, parts) for parts in sets if parts)


def _forbidden(
    totals: Sequence[_Everyones], results: Sequence[Results], condition: str, whole: Tabulations, threshold: int
) -> Iterator[_Everyones]:
    """Those that may not stand beside what a wider output showed of the groups by the column of a condition."""
    tables = whole.tables
    places: dict[_Everyones, tuple[int, Printed]] = {}
    for total in dict.fromkeys(totals):
        first = results[total.number].estimates[0]
        of_whole = _in_whole(whole, (first.measure, first.definition), total, condition)
        if of_whole is not None:
            places[total] = of_whole
    wanted = [[printed for table, printed in places.values() if table == place] for place in range(len(tables))]
    tables = tuple(replace(table, printed=list(dict.fromkeys([*table.printed, *more]))) for table, more in zip(tables, wanted, strict=True))
    seen = protect(tables, threshold)
    yield from (total for total, (table, printed) in places.items() if printed not in seen[table])


def _in_whole(whole: Tabulations, measured: Measured, total: _Everyones, condition: str) -> tuple[int, Printed] | None:
    """Where a total of everyone stands in the wider output, if it counts it."""
    for number, table in enumerate(whole.before):
        group = next((place for place in table.places if _is_group(table, place, condition)), None)
        if group is None or table.measured != measured:
            continue
        counted = table.families.get(total.family, {}).get(group, {})
        if total.parts <= counted.keys():
            return whole.column(number), (group, whole.cells(number, total.family, total.parts))
    return None


def _is_group(table: ShownTable, place: Place, condition: str) -> bool:
    """Whether a group of a table is what a condition chooses."""
    levels = [f"{column} {level}" for column, level in zip(table.column, place, strict=True) if column and level != ALL]
    return levels == [condition]
