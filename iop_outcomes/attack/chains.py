"""Takes a sum and the least and most that it can be, gives the few facts that say so: printed numbers first, then what holds in every report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iop_outcomes.attack.bounds import Bounds
from iop_outcomes.attack.facts import Fact, Terms, Variable, is_sum

_TOLERANCE = 1e-7
_SHORT_OF_ONE = 0.01  # a count above 2.01 is at least 3
_MOST = 40  # facts that are left out one by one, to see whether the rest still says it


@dataclass(frozen=True, slots=True)
class Chain:
    """The facts that bound a sum.

    Parameters
    ----------
    facts : tuple of Fact
        Printed ones first. That counts are not negative is no fact of its own.
    whole : bool
        Whether it is also needed that other counts are whole numbers.
    """

    facts: tuple[Fact, ...]
    whole: bool


def chain(facts: Sequence[Fact], terms: Terms, interval: Bounds) -> Chain:
    """Look for the few facts that bound a sum.

    Each end of the interval follows from some multiple of each fact, added up; of all such multiples those are taken whose sum is
    least, which leaves most of the facts out.

    Parameters
    ----------
    facts : sequence of Fact
    terms : dict of Variable to Fraction
        The sum.
    interval : Bounds
        What it can be.

    Returns
    -------
    Chain
    """
    ends = [(1, interval.low), (-1, interval.high)]
    weighed = [_multiples(facts, terms, sign, sign * end - 1 + _SHORT_OF_ONE) for sign, end in ends if end is not None]
    used = {id(fact) for each in weighed for fact in each or ()}
    needed = [fact for fact in facts if id(fact) in used]
    missing = any(each is None for each in weighed)
    if not missing and len(needed) <= _MOST:
        needed = _without_spare(needed, terms, interval)
    return Chain(tuple(sorted(needed, key=lambda fact: not fact.printed)), missing)


def _without_spare(needed: list[Fact], terms: Terms, interval: Bounds) -> list[Fact]:
    """Leave out every fact that the others do not need."""
    ends = [(sign, sign * end - 1 + _SHORT_OF_ONE) for sign, end in ((1, interval.low), (-1, interval.high)) if end is not None]
    for fact in sorted(needed, key=lambda each: each.printed):
        fewer = [other for other in needed if other is not fact]
        if all(_multiples(fewer, terms, sign, least) is not None for sign, least in ends):
            needed = fewer
    return needed


def _multiples(facts: Sequence[Fact], terms: Terms, sign: int, least: float) -> list[Fact] | None:
    """The facts whose multiples show that a sum, times a sign, is not below a value; None where none do."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    sides = [(fact, side) for fact in facts for side in (1, -1) if (fact.low if side > 0 else fact.high) is not None]
    if not sides:  # that counts are not negative is all that is known
        return [] if least <= 0 and not any(sign * factor < 0 or is_sum(variable) for variable, factor in terms.items()) else None
    variables = list(dict.fromkeys([*terms, *(variable for fact in facts for variable in fact.terms)]))
    places = {variable: number for number, variable in enumerate(variables)}
    scales = [max(map(abs, map(float, fact.terms.values())), default=1.0) for fact, _ in sides]
    matrix = csr_array(_cells(sides, places, scales), shape=(len(places), len(sides)))
    values = np.array([side * float((fact.low if side > 0 else fact.high) or 0) for fact, side in sides]) / np.array(scales)
    wanted = np.zeros(len(places))
    for variable, factor in terms.items():
        wanted[places[variable]] = sign * float(factor)
    free = np.array([is_sum(variable) for variable in variables], dtype=bool)
    solution = linprog(
        np.ones(len(sides)),
        A_ub=_stacked(matrix[~free], -values),
        b_ub=np.append(wanted[~free], -least),
        A_eq=matrix[free] if free.any() else None,
        b_eq=wanted[free] if free.any() else None,
        method="highs",
    )
    if solution.status != 0:
        return None
    return list({id(fact): fact for (fact, _), weight in zip(sides, solution.x, strict=True) if weight > _TOLERANCE}.values())


def _stacked(matrix: Any, last: Any) -> Any:
    from scipy.sparse import csr_array, vstack

    return vstack([matrix, csr_array(last[np.newaxis])], format="csr")


def _cells(sides: Iterable[tuple[Fact, int]], places: dict[Variable, int], scales: Sequence[float]) -> Any:
    """Factors of a matrix with a row for each variable and a column for each side of a fact."""
    values, rows, columns = [], [], []
    for number, ((fact, side), scale) in enumerate(zip(sides, scales, strict=True)):
        for variable, factor in fact.terms.items():
            values.append(side * float(factor) / scale)
            rows.append(places[variable])
            columns.append(number)
    return np.array(values), (np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32))
