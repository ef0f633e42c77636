"""Takes the equations of a page, gives linear programs: a page that is possible, and the least change of what is printed for a count to be another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from iop_outcomes.release.algebra import Floats
from iop_outcomes.release.equations import Equations, Item, Terms
from iop_outcomes.release.linear import NO_LIMIT, BoundedProgram, UnsolvedError

_NOTHING = 1e-7
# Columns. A program of more takes seconds to begin from nothing, and a moment from the last possible page. A smaller one begins in hundredths of
# a second: which of several totals of equal worth it withdraws stays what it was, so that a report made before is made again alike.
_LARGE = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """A page on which some of the printed numbers are others, and which these are."""

    counts: Floats
    items: Sequence[Item]


class PossiblePages:
    """The pages on which everything that is printed is as it is.

    Parameters
    ----------
    equations : Equations
    """

    def __init__(self, equations: Equations) -> None:
        values = [row for rows in equations.values.values() for row in rows]
        printed = [row for row, _, _ in equations.printed.values()]
        least, most = _limits_of_printed(equations)
        none, several = np.zeros(len(equations.equal)), np.zeros(len(equations.at_least) + len(values))
        unlimited = np.full(len(several), NO_LIMIT)
        at_least = len(equations.at_least)
        first = len(equations.equal) + at_least
        self._rows: dict[Item, list[int]] = {total: [first + place] for place, total in enumerate(equations.printed)}
        of_values = iter(range(first + len(printed), first + len(printed) + len(values)))
        self._rows |= {value: [next(of_values) for _ in rows] for value, rows in equations.values.items()}
        self.program = _program(
            [*equations.equal, *equations.at_least, *printed, *values],
            np.concatenate([none, several[:at_least], least, several[at_least:]]),
            np.concatenate([none, unlimited[:at_least], most, unlimited[at_least:]]),
            *equations.limits(),
        )

    def withdraw(self, item: Item) -> None:
        """Take a total or a value as not printed any more."""
        rows = self._rows[item]
        self.program.low[rows], self.program.high[rows] = -NO_LIMIT, NO_LIMIT

    def least(self, direction: Floats) -> Floats | None:
        """One at which a sum of unknowns is least; `None` where there is no least.

        Raises
        ------
        UnsolvedError
            When none is known.
        """
        return self.program.solve(direction)


class Changes:
    """How what is printed could be changed for a count to be another.

    What is printed has columns of its own by which it may be changed, and the counts have rows of their own: from one question to the next
    nothing but limits and costs changes.

    Parameters
    ----------
    equations : Equations
    counts : sequence of dict of int to float
        As sums of unknowns; a question is about one of them, by its place.
    pages : PossiblePages, optional
        Of the same equations. The last page that it found is one on which nothing is changed: the first question of a large page begins there.
    """

    def __init__(self, equations: Equations, counts: Sequence[Terms], pages: PossiblePages | None = None) -> None:
        limits = [row for rows_of_value in equations.values.values() for row in rows_of_value]
        fixed = [*equations.equal, *equations.at_least]
        rows = [dict(row) for row in (*(row for row, _, _ in equations.printed.values()), *limits)]
        self.items: list[Item] = [*equations.printed, *equations.values]
        self.place_of = {item: place for place, item in enumerate(self.items)}
        self._first, self._unknowns = len(fixed), equations.size
        several = len(equations.printed)
        of_limits = [several + place for place, rows_of_value in enumerate(equations.values.values()) for _ in rows_of_value]
        self._item_of_row = np.array([*range(several), *of_limits], dtype=np.int64)
        of_column: list[int] = []
        for place, row in enumerate(rows):
            for factor in (1.0, -1.0) if place < several else (1.0,):
                row[self._unknowns + len(of_column)] = factor
                of_column.append(int(self._item_of_row[place]))
        self._item_of_column = np.array(of_column, dtype=np.int64)
        printed_least, printed_most = _limits_of_printed(equations)
        low = [np.zeros(self._first), printed_least, np.zeros(len(limits)), np.full(len(counts), -NO_LIMIT)]
        none, above = np.zeros(len(equations.equal)), np.full(len(equations.at_least), NO_LIMIT)
        high = [none, above, printed_most, np.full(len(limits) + len(counts), NO_LIMIT)]
        least, most = equations.limits()
        self._program = _program(
            [*fixed, *rows, *counts],
            np.concatenate(low),
            np.concatenate(high),
            np.concatenate([least, np.zeros(len(of_column))]),
            np.concatenate([most, np.full(len(of_column), NO_LIMIT)]),
        )
        if pages is not None and self._unknowns + len(of_column) > _LARGE:
            self._program.begin_where_ended(pages.program)
        self._question = self._first + len(rows)
        self._whole = np.concatenate([equations.whole, np.zeros(len(of_column), dtype=np.bool_)])
        self.is_printed = np.ones(len(self.items), dtype=np.bool_)

    def withdraw(self, item: Item) -> None:
        """Take a total or a value as not printed any more."""
        place = self.place_of[item]
        self.is_printed[place] = False
        rows = self._first + np.flatnonzero(self._item_of_row == place)
        self._program.low[rows], self._program.high[rows] = -NO_LIMIT, NO_LIMIT

    def least(self, question: int, worth: Floats, *, low: float = 0.0, high: float = NO_LIMIT, whole: bool = False) -> Change:
        """Change what is printed by as little as it takes for a count to be within limits.

        Parameters
        ----------
        question : int
            Which of the counts.
        worth : float array, shape (items,)
            What changing a printed number by one episode costs.
        low, high : float
            The limits.
        whole : bool
            Whether to look at pages of whole counts alone, which takes longer; the change may then be more than the least.

        Raises
        ------
        ImpossibleError
            When no page is possible, whatever is printed.
        UnsolvedError
            When none is known.
        """
        program, row = self._program, self._question + question
        costs = np.concatenate([np.zeros(self._unknowns), np.where(self.is_printed, worth, 0.0)[self._item_of_column]])
        program.low[row], program.high[row] = low, high
        try:
            counts = self._in_whole_numbers(costs) if whole else program.solve(costs)
        finally:
            program.low[row], program.high[row] = -NO_LIMIT, NO_LIMIT
        if counts is None:
            raise UnsolvedError
        changes = np.bincount(self._item_of_column, weights=counts[self._unknowns :], minlength=len(self.items))
        return Change(counts, [self.items[place] for place in np.flatnonzero(self.is_printed & (changes > _NOTHING)).tolist()])

    def _in_whole_numbers(self, costs: Floats) -> Floats:
        """A page of whole counts: where there is one, one on which nothing is changed, which is found in a fraction of the time."""
        program, most = self._program, self._program.most.copy()
        try:
            program.most[self._unknowns :] = 0.0
            return program.solve_whole(np.zeros(len(costs)), self._whole)
        except UnsolvedError:
            program.most[self._unknowns :] = most[self._unknowns :]
            return program.solve_whole(costs, self._whole)
        finally:
            program.most[:] = most


def _limits_of_printed(equations: Equations) -> tuple[Floats, Floats]:
    limits = [(low, high) for _, low, high in equations.printed.values()]
    return np.array([low for low, _ in limits], dtype=np.float64), np.array([high for _, high in limits], dtype=np.float64)


def _program(rows: Sequence[Mapping[int, float]], low: Floats, high: Floats, least: Floats, most: Floats) -> BoundedProgram:
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    factors = np.array([factor for row in rows for factor in row.values()], dtype=np.float64)
    return BoundedProgram(starts, columns, factors, low, high, least, most)
