"""Takes an earlier output and totals of a page, gives those that the output shows or that follow from what it shows, by adding and subtracting."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from iop_outcomes.release.algebra import Floats
from iop_outcomes.release.equations import Equations, PageFacts, Total
from iop_outcomes.release.ledger import Cell, Output
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.protect import Parts
from iop_outcomes.release.shown_before import ShownBefore, place_of, tables_of

_CLOSE = 1e-6


def consequences(output: Output, totals: Collection[tuple[Cell, Parts]]) -> set[tuple[Cell, Parts]]:
    """Say which totals follow from an output.

    Parameters
    ----------
    output : Output
    totals : collection of (cell, set of parts)
        Of cells of the output.

    Returns
    -------
    set of (cell, set of parts)
    """
    if not totals:
        return set()
    page = Tabulations((), before=ShownBefore((), tuple(tables_of(output))))
    tables = page.tables
    printed = [Total(place, *item) for place, table in enumerate(tables) for item in table.given]
    places = {(cell, parts): total for cell, parts in totals if (total := _total(page, output, cell, parts)) is not None}
    equations = Equations(tables, PageFacts(), [*printed, *places.values()])
    rows: list[Mapping[int, float]] = [*equations.equal, *map(equations.terms, printed)]
    rows += [{unknown: 1.0} for total in printed if not equations.count(total) for unknown in equations.terms(total)]
    basis = _basis(_matrix(rows, equations.size))
    vectors = _matrix([equations.terms(total) for total in places.values()], equations.size)
    left = np.linalg.norm(vectors - (vectors @ basis) @ basis.T, axis=1)
    return {key for key, rest in zip(places, left.tolist(), strict=True) if rest < _CLOSE}


def _total(page: Tabulations, output: Output, cell: Cell, parts: Parts) -> Total | None:
    """Where a total of an output stands in its tables."""
    way, who = cell
    place, measured, column = place_of(way, who, output.facts["where"]), (way.measure, way.definition), (way.group, way.group_2)
    for number, table in enumerate(page.before):
        is_there = (table.measured, table.column) == (measured, column) and place in table.places
        if is_there and parts <= table.families.get(way.family, {}).get(place, {}).keys():
            return Total(page.column(number), place, page.cells(number, way.family, parts))
    return None


def _matrix(rows: Sequence[Mapping[int, float]], columns: int) -> Floats:
    matrix = np.zeros((len(rows), columns))
    for row, terms in zip(matrix, rows, strict=True):
        row[list(terms)] = list(terms.values())
    return matrix


def _basis(rows: Floats) -> Floats:
    """Orthonormal columns that span some rows."""
    from scipy.linalg import qr

    inside, ends, _ = qr(rows.T, mode="economic", pivoting=True)
    several = int((np.abs(np.diag(ends)) > _CLOSE).sum())
    basis: Floats = inside[:, :several]
    return basis
