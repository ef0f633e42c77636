"""Takes facts and sums, gives the least and most that each sum can be: linear programs, and whole-number ones where that narrows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.attack.facts import Fact, Terms, is_sum
from iop_outcomes.attack.solving import SolverLimits

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]

_TOLERANCE = 1e-6
_WHOLE_SECONDS = 3.0  # of one whole-number program; its bound holds when it is stopped too, it is only wider
_START = 12  # random directions first: each point that is possible rules out many sums at once
_LARGE = 1e7  # stands for no limit where a program needs a point


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and most that a sum of counts can be.

    Parameters
    ----------
    low, high : int or None
        None where there is no limit.
    """

    low: int | None
    high: int | None

    @property
    def value(self) -> int | None:
        """The one value there is."""
        return self.low if self.low == self.high else None

    def is_inside(self, least: int, most: int) -> bool:
        """Whether every value it can have lies between two others."""
        return self.low is not None and self.high is not None and least <= self.low and self.high <= most

    def __str__(self) -> str:
        if self.value is not None:
            return str(self.value)
        return f"{'any' if self.low is None else self.low} to {'any' if self.high is None else self.high}"


class LinearProgram:
    """The facts that are left when everything known is put in, as one linear program.

    Parameters
    ----------
    facts : sequence of Fact
    limits : SolverLimits
        Variables with one value are known.
    """

    def __init__(self, facts: Sequence[Fact], limits: SolverLimits) -> None:
        self._limits = limits
        open_ones = [variable for variable in limits.low if limits.value(variable) is None]
        self._places = {variable: number for number, variable in enumerate(open_ones)}
        self._least = np.array([_float(limits.low[variable], -np.inf) for variable in open_ones])
        self._most = np.array([_float(limits.high[variable], np.inf) for variable in open_ones])
        self._whole = np.array([not is_sum(variable) for variable in open_ones], dtype=np.int64)
        self._rows, self._row_least, self._row_most = self._matrix(facts)

    def _matrix(self, facts: Iterable[Fact]) -> tuple[csr_array, Floats, Floats]:
        from scipy.sparse import csr_array

        values, columns, starts, least, most = [], [], [0], [], []
        for fact in facts:
            row, known = self.row(fact.terms)
            if not row:
                continue
            scale = max(abs(value) for value in row.values())
            values += [value / scale for value in row.values()]
            columns += list(row)
            starts.append(len(values))
            least.append((_float(fact.low, -np.inf) - known) / scale)
            most.append((_float(fact.high, np.inf) - known) / scale)
        shape = len(least), len(self._places)
        return (
            csr_array((np.array(values), np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int32)), shape=shape),
            np.array(least),
            np.array(most),
        )

    def row(self, terms: Terms) -> tuple[dict[int, float], float]:
        """A sum as factors of the open variables, by their numbers, and what the known ones add."""
        row, known = {}, Fraction()
        for variable, factor in terms.items():
            value = self._limits.value(variable)
            if value is None:
                row[self._places[variable]] = float(factor)
            else:
                known += factor * value
        return row, float(known)

    def solve(self, direction: Mapping[int, float], *, whole: bool = False) -> tuple[float, Floats | None]:
        """The least of a sum, and a point at which it is reached; minus infinity where there is none."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        costs = np.zeros(len(self._places))
        for number, factor in direction.items():
            costs[number] = factor
        constraint: Any = LinearConstraint(self._rows, self._row_least, self._row_most)
        solution = milp(
            costs,
            integrality=self._whole if whole else None,
            bounds=Bounds(self._least, self._most),
            constraints=constraint if len(self._row_least) else None,
            options={"time_limit": _WHOLE_SECONDS} if whole else {},
        )
        if whole:
            bound = solution.mip_dual_bound
            return -math.inf if bound is None else float(bound), solution.x
        return (float(solution.fun), solution.x) if solution.status == 0 else (-math.inf, None)

    def point(self, generator: np.random.Generator) -> Floats | None:
        """A possible point, at the end of a random direction."""
        lowest, highest = self._least, self._most
        self._least, self._most = np.maximum(lowest, -_LARGE), np.minimum(highest, _LARGE)
        try:
            costs = generator.normal(size=len(self._places)) * generator.integers(0, 2, len(self._places))
            return self.solve(dict(enumerate(costs.tolist())))[1]
        finally:
            self._least, self._most = lowest, highest


def intervals(program: LinearProgram, limits: SolverLimits, sums: Sequence[Terms], least: int, most: int) -> list[Bounds]:
    """The least and most of each sum, as closely as is needed to tell whether it lies between two values.

    Parameters
    ----------
    program : LinearProgram
    limits : SolverLimits
    sums : sequence of Terms
    least, most : int
        A sum that can be outside of them is not looked at any closer.

    Returns
    -------
    list of Bounds
        One for each sum.
    """
    rows = [program.row(terms) for terms in sums]
    results = [_from_limits(limits, terms) for terms in sums]
    waiting = {
        number
        for number, (row, _) in enumerate(rows)
        if row and results[number].value is None and _may_be_inside(results[number], least, most)
    }
    generator = np.random.default_rng(0)
    for _ in range(_START if waiting else 0):
        _rule_out(waiting, rows, program.point(generator), least, most)
    for number in sorted(waiting):
        if number in waiting:
            results[number] = _narrowed(program, waiting, rows, number, results[number], least, most)
    return results


def _narrowed(
    program: LinearProgram,
    waiting: set[int],
    rows: Sequence[tuple[dict[int, float], float]],
    number: int,
    known: Bounds,
    least: int,
    most: int,
) -> Bounds:
    """One sum, by a linear program for each end, and by a whole-number one where it may lie between the two values."""
    row, constant = rows[number]
    away = {place: -factor for place, factor in row.items()}
    low, point = program.solve(row)
    _rule_out(waiting, rows, point, least, most)
    known = _both(known, Bounds(_up(low + constant), None))
    if number not in waiting:
        return known
    high, point = program.solve(away)
    _rule_out(waiting, rows, point, least, most)
    known = _both(known, Bounds(None, _down(constant - high)))
    if number not in waiting or not _may_be_inside(known, least, most) or known.value is not None:
        return known
    low, high = program.solve(row, whole=True)[0], program.solve(away, whole=True)[0]
    return _both(known, Bounds(_up(low + constant), _down(constant - high)))


def _from_limits(limits: SolverLimits, terms: Terms) -> Bounds:
    low, high = limits.of_sum(terms)
    return Bounds(None if low is None else math.ceil(low), None if high is None else math.floor(high))


def _may_be_inside(known: Bounds, least: int, most: int) -> bool:
    """Whether limits that are not the closest leave it open that a sum lies between two values."""
    return (known.high is None or known.high >= least) and (known.low is None or known.low <= most)


def _rule_out(waiting: set[int], rows: Sequence[tuple[dict[int, float], float]], point: Floats | None, least: int, most: int) -> None:
    """Sums that are below the one value or above the other at a possible point need no further look."""
    if point is None:
        return
    for number in list(waiting):
        row, constant = rows[number]
        value = constant + sum(factor * point[place] for place, factor in row.items())
        if value <= least - 1 + _TOLERANCE or value >= most + 1 - _TOLERANCE:
            waiting.discard(number)


def _both(one: Bounds, other: Bounds) -> Bounds:
    lows = [each.low for each in (one, other) if each.low is not None]
    highs = [each.high for each in (one, other) if each.high is not None]
    return Bounds(max(lows, default=None), min(highs, default=None))


def _up(value: float) -> int | None:
    return None if math.isinf(value) else math.ceil(value - _TOLERANCE * max(1, abs(value)))


def _down(value: float) -> int | None:
    return None if math.isinf(value) else math.floor(value + _TOLERANCE * max(1, abs(value)))


def _float(value: Fraction | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
