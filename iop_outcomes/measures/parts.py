"""Takes counts and what sets some episodes apart, gives every episode in one part: populations, and shares of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iop_outcomes.columns import NOT_KNOWN, STATUS
from iop_outcomes.counts import Counts, Level
from iop_outcomes.results import Inclusion, Portion
from iop_outcomes.stats.draft import Draft, Mask, Population
from iop_outcomes.stats.drafts import share

PART = "part"
NOT_ENDED: Mapping[str, str] = {  # who stands outside every population of ended episodes, and the words of a report
    "not_started": "never started",
    "active": "still in care",
    NOT_KNOWN: "not known whether discharged",
}


def portion(way: str, *parts: str, elsewhere: bool = False) -> Portion:
    """Some parts of a way of dividing, of the measure's or of one that has the same name in other measures."""
    return Portion(way, frozenset(parts), "elsewhere" if elsewhere else "measure")


def nobody(empty: Portion) -> Inclusion:
    """Declare that a portion never holds an episode, whatever the data: a reader of the definitions knows it.

    Examples
    --------
    >>> len(nobody(portion("recovery", "no_discharge_score")).outer.parts)
    0
    """
    return Inclusion(empty, replace(empty, parts=frozenset()))


def levels(column: str, *names: str) -> Portion:
    """Some levels of a grouping column."""
    return Portion(column, frozenset(names), "column")


def same(one: Portion, other: Portion) -> tuple[Inclusion, Inclusion]:
    """Declare that two portions hold the same episodes.

    Examples
    --------
    >>> [(str(each.inner), str(each.outer)) for each in same(portion("stays", "long"), portion("weeks", "2", "3"))]
    [('stays: long', 'weeks: 2, 3'), ('weeks: 2, 3', 'stays: long')]
    """
    return Inclusion(one, other), Inclusion(other, one)


def not_ended(counts: Counts, *names: str) -> dict[str, Mask]:
    """Cells of those who have not ended, by reason; all of `NOT_ENDED` unless some are named, such as "died" too."""
    return {name: counts.is_in(STATUS, [name]) for name in names or NOT_ENDED}


PARTS_OF_FINDINGS: Mapping[str, str] = {"reason_missing": "missing_reason"}  # the parts whose episodes a finding about the data counts


@dataclass(frozen=True, eq=False)
class Parts:
    """Every episode of a table in exactly one part.

    Parameters
    ----------
    table : Counts
        The column `part` alone.
    sizes : dict of str to int
        Episodes in each part, in a fixed order, empty ones included.
    """

    table: Counts
    sizes: Mapping[str, int]

    def population(self, family: str, *, base: Sequence[str], hits: Sequence[str] | None = None, missing: Sequence[str] = ()) -> Population:
        """Whom a number speaks of: the parts of its denominator, of its numerator, and those whose value is missing."""
        return Population(family, self.sizes, frozenset(base), None if hits is None else frozenset(hits), frozenset(missing))

    def share(
        self,
        estimand: str,
        family: str,
        *,
        base: Sequence[str],
        hits: Sequence[str],
        missing: Sequence[str] = (),
        time: float | None = None,
    ) -> Draft:
        """Draft of the share of the base that is in the hits."""
        return share(estimand, self.table, PART, self.population(family, base=base, hits=hits, missing=missing), time=time)


def parts_of(counts: Counts, cases: Mapping[str, Mask], rest: str, *, order: Sequence[str]) -> Parts:
    """Put every episode in the first case whose cells hold it, and in `rest` when none does.

    Parameters
    ----------
    counts : Counts
        Every episode.
    cases : dict of str to bool array, shape (cells,)
        The first that holds decides.
    rest : str
        The part of all others.
    order : sequence of str
        The order in which a flow names the parts; one without a case is empty.

    Examples
    --------
    >>> counts = Counts.from_cells((STATUS, "known"), {("completed", 1): 5, ("completed", 0): 2, ("active", 0): 3})
    >>> blank = counts.is_in("known", [0])
    >>> parts_of(counts, {**not_ended(counts, "active"), "blank": blank}, "known", order=("known", "blank", "active")).sizes
    {'known': 5, 'blank': 2, 'active': 3}
    """
    choice = np.full(len(counts), order.index(rest), dtype=np.int64)
    for name, cells in reversed(tuple(cases.items())):  # the first that holds is written last
        choice[cells] = order.index(name)
    return _parts(counts.classify(PART, order, choice), order)


def parts_by(counts: Counts, column: str, part_of: Callable[[Level], str], *, order: Sequence[str]) -> Parts:
    """Put every episode in a part by a column."""
    return _parts(counts.recode(column, part_of, name=PART).keep([PART]), order)


def _parts(table: Counts, order: Sequence[str]) -> Parts:
    sizes = {str(cell[0]): n for cell, n in table}
    return Parts(table, {name: sizes.get(name, 0) for name in order})
