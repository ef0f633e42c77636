"""Takes what was released of one page, gives the small counts that a reader gets back by solving every printed count together.

Independent of release: its own cells, its own equations, rational arithmetic modulo a prime. It knows how measures divide episodes
(which every report prints), that each way of dividing has the same total, that a part of one measure is the same by whatever column, that
nobody is in a cell of 0, and that who is still in care, never started, or died is so in every measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from iop_outcomes.release import Released
from iop_outcomes.results import Results

ALL, PRIME = "All", 2_147_483_647
SAME_EVERYWHERE = ("active", "not_started", "status_not_known")  # parts of discharge status


class Solver:
    """Equations over cells, each cell one part of one way of dividing, in one level of one column."""

    def __init__(self, everything: Sequence[Results], released: Sequence[Released], *, knows_zeros: bool = True) -> None:
        self.cells: dict[tuple, int] = {}
        self.targets: dict[tuple, int] = {}
        self.equations: list[dict[int, int]] = []
        self.truth: dict[int, int] = {}
        self.families: dict[tuple, tuple] = {}
        for place, results in enumerate(everything):
            self._structure(place, results, knows_zeros)
        self._same_totals()
        for place, (results, shown) in enumerate(zip(everything, released, strict=True)):
            self._printed(place, results, shown)

    def cell(self, column: tuple, level: str, which: tuple, part: str) -> int:
        """The number of a cell."""
        return self.cells.setdefault((column, level, *which, part), len(self.cells))

    def _total(self, place: int, results: Results, level: str, family: str, parts: Iterable[str]) -> dict[int, int]:
        """The cells of some parts of a level; everyone is the sum of the levels where the way of dividing is known in each."""
        column, which = self._key(place, results, family)
        levels = self.families[column, which][0] if level == ALL else (level,)
        row: dict[int, int] = {}
        for at in levels:
            for part in parts:
                row[self.cell(column, at, which, part)] = 1
        return row

    def _key(self, place: int, results: Results, family: str) -> tuple[tuple, tuple]:
        first = results.estimates[0]
        return (str(results.group), results.levels), (first.measure, first.definition, family)

    def _structure(self, place: int, results: Results, knows_zeros: bool) -> None:
        for family in dict.fromkeys(people.family for people in results.populations.values()):
            by_level = {level: people.parts for (level, _), people in results.populations.items() if people.family == family}
            column, which = self._key(place, results, family)
            levels = tuple(level for level in by_level if level != ALL) or (ALL,)
            if (column, which) in self.families:
                continue
            self.families[column, which] = (levels, tuple(by_level[ALL]))
            for level in levels:
                for part, n in by_level[level].items():
                    number = self.cell(column, level, which, part)
                    self.truth[number] = n
                    if n == 0 and knows_zeros:
                        self.equations.append({number: 1})

    def _same_totals(self) -> None:
        everyone: dict[tuple, dict] = {}
        for (column, which), (levels, parts) in self.families.items():
            complete = levels != (ALL,) or column[1] == (ALL,)
            for level in levels:
                if complete:
                    self._link(("total", column, level), {self.cell(column, level, which, part): 1 for part in parts}, everyone)
                for part in parts:
                    if part in SAME_EVERYWHERE and complete:
                        self._link(("part", column, level, part), {self.cell(column, level, which, part): 1}, everyone)
            self._link(("everyone",), {self.cell(column, level, which, part): 1 for level in levels for part in parts}, everyone)
            for part in parts:
                self._link(("everyone", which, part), {self.cell(column, level, which, part): 1 for level in levels}, everyone)

    def _link(self, key: tuple, row: dict[int, int], first: dict[tuple, dict]) -> None:
        other = first.setdefault(key, row)
        if other is not row:
            self.equations.append({cell: row.get(cell, 0) - other.get(cell, 0) for cell in {**row, **other}})

    def _printed(self, place: int, results: Results, shown: Released) -> None:
        for estimate in shown:
            people = results.populations[estimate.level, estimate.key]
            sets = {"n": people.base, "k": people.hits, "n_missing": people.missing, "excluded": people.excluded_parts}
            for name, parts in sets.items():
                if parts and isinstance(getattr(estimate, name), int):
                    self.equations.append(self._total(place, results, estimate.level, people.family, parts))
            complement = None if people.hits is None else people.base - people.hits
            for parts in (*sets.values(), complement, *(frozenset({part}) for part in people.parts)):
                if parts and 0 < people.count(parts) < 11:
                    row = self._total(place, results, estimate.level, people.family, parts)
                    self.targets[(results.group, estimate.level, estimate.measure, people.family, tuple(sorted(parts)))] = 1
                    self.targets[(results.group, estimate.level, estimate.measure, people.family, tuple(sorted(parts)))] = row
        keys = [key for level, key in results.populations if level == ALL and not key.contrast]
        for key, flow in zip(keys, shown.flow, strict=True):
            people = results.populations[ALL, key]
            words = results.definition.parts
            if isinstance(flow.rows_in, int):
                self.equations.append(self._total(place, results, ALL, people.family, people.parts))
            for part in people.parts:
                if part not in people.base and isinstance(flow.excluded[words.get(part, part)], int):
                    self.equations.append(self._total(place, results, ALL, people.family, [part]))

    def recovered(self) -> list[tuple]:
        """Small counts that the equations fix."""
        merged, several = self._merged()
        rows = self._distinct(self._row(equation, merged, several) for equation in self.equations)
        targets = list(self.targets)
        aims = np.array([self._row(self.targets[target], merged, several) for target in targets]).reshape(len(targets), several)
        left = _eliminate(rows, aims)
        return [target for target, row in zip(targets, left, strict=True) if not row.any()]

    def _merged(self) -> tuple[dict[int, int | None], int]:
        """Cells that are the same, or hold nobody, by the simplest equations."""
        parent = {number: number for number in self.cells.values()}

        def root(number: int) -> int:
            while parent[number] != number:
                number = parent[number]
            return number

        zero = {cell for equation in self.equations if len(equation) == 1 for cell in equation if self.truth[cell] == 0}
        for equation in self.equations:
            cells = [cell for cell, factor in equation.items() if factor]
            if len(cells) == 2 and sum(equation.values()) == 0:
                parent[root(cells[0])] = root(cells[1])
        gone = {root(cell) for cell in zero}
        places: dict[int, int] = {}
        return {cell: None if root(cell) in gone else places.setdefault(root(cell), len(places)) for cell in self.cells.values()}, len(
            places
        )

    @staticmethod
    def _row(equation: dict[int, int], merged: dict[int, int | None], several: int) -> np.ndarray:
        row = np.zeros(several, dtype=np.int64)
        for cell, factor in equation.items():
            place = merged[cell]
            if place is not None:
                row[place] += factor
        return row

    @staticmethod
    def _distinct(rows: Iterator[np.ndarray]) -> np.ndarray:
        kept = {row.tobytes(): row for row in rows if row.any()}
        return np.array(list(kept.values()))


def _eliminate(rows: np.ndarray, aims: np.ndarray) -> np.ndarray:
    """What is left of some rows beyond the span of others: Gauss, modulo a prime."""
    rows, aims = rows % PRIME, aims % PRIME
    first = 0
    for column in range(rows.shape[1] if len(rows) else 0):
        below = np.flatnonzero(rows[first:, column])
        if not len(below):
            continue
        pivot = first + below[0]
        rows[[first, pivot]] = rows[[pivot, first]]
        rows[first] = rows[first] * pow(int(rows[first, column]), -1, PRIME) % PRIME
        others = first + 1 + np.flatnonzero(rows[first + 1 :, column])
        rows[others] = (rows[others] - rows[others, column][:, np.newaxis] * rows[first] % PRIME) % PRIME
        hit = np.flatnonzero(aims[:, column])
        aims[hit] = (aims[hit] - aims[hit, column][:, np.newaxis] * rows[first] % PRIME) % PRIME
        first += 1
        if first == len(rows):
            break
    return aims
