"""Takes the totals of a page that are to be printed, gives those that may be once a reader has bounded every withheld count: the cheapest are withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from iop_outcomes.release.algebra import Floats
from iop_outcomes.release.equations import (
    Change,
    Equations,
    ImpossibleError,
    Item,
    PageFacts,
    Remainder,
    RoundedValue,
    Terms,
    Total,
    UnsolvedError,
)
from iop_outcomes.release.policy import Extent
from iop_outcomes.release.protect import Printed, Tabulation, is_safe

_TOLERANCE = 1e-6
_ROUNDS = 6  # of directions at first: each possible page rules out many counts at once
_LEAST_WORTH = 0.2  # numbers that a total counts for which none needs: it is printed, too
_CHEAP = 0.4  # two totals that no number needs: nothing cheaper is looked for
_MOST_WORK = 400_000  # unknowns times programs: a page of six tracks takes a fifth of it

_Count = frozenset[tuple[int, float]]
_Waiting = dict[_Count, Terms]  # counts that may have to be small


class Need(NamedTuple):
    """A number of a page: what it is not shown without, and how much it is wanted."""

    items: frozenset[Item]
    worth: float


@dataclass(frozen=True, slots=True)
class Audited:
    """What may be shown of a page.

    Parameters
    ----------
    seen : tuple of frozenset of (level, set of parts)
        The totals that may be printed of each table.
    hidden : frozenset of RoundedValue
        The rounded values that may not.
    extent : {"whole", "part", "none"}
        Whether every withheld small count was bounded, or the page was too large for that or a program could not be solved.
    """

    seen: tuple[frozenset[Printed], ...]
    hidden: AbstractSet[RoundedValue] = frozenset()
    extent: Extent = "none"


def audited(
    tables: Sequence[Tabulation],
    known: PageFacts,
    seen: Sequence[frozenset[Printed]],
    guarded: Sequence[Total | Remainder],
    needs: Sequence[Need],
    threshold: int,
) -> Audited:
    """Withdraw printed totals until no withheld small count must be small.

    A reader who knows every printed total, that no count is negative, and which parts are among which others, can tell the least and
    the most that a withheld count can be. Where both are from 1 to `threshold` - 1, one of the totals is withdrawn on which the one
    or the other rests: those without which readers lose least. Where a count cannot be bounded, every total is withdrawn that holds any of
    its episodes, and the page counts as audited in part.

    Parameters
    ----------
    tables : sequence of Tabulation
        The page.
    known : PageFacts
        What is known of its parts.
    seen : sequence of frozenset of (level, set of parts)
        For each table, the totals that are to be printed.
    guarded : sequence of Total or Remainder
        Counts, printed or not, that nobody should learn where they are small.
    needs : sequence of Need
        For each number of the page, the totals and values that it needs.
    threshold : int
        Counts from 1 to one below it are small.

    Returns
    -------
    Audited

    Notes
    -----
    Bounds of linear programs, rounded to whole counts, as in Fischetti M and Salazar JJ (2000), Journal of the American Statistical
    Association 95:916-928, doi:10.1080/01621459.2000.10474282. The dual solution says on which totals a bound rests.
    """
    page = _Showing(tables, known, seen, needs)
    extent = page.open_all(guarded, threshold)
    return Audited(page.left, known.ratios.keys() - page.values, extent)


class _Showing:
    """What is printed, and what each total of it is worth."""

    def __init__(self, tables: Sequence[Tabulation], known: PageFacts, seen: Sequence[frozenset[Printed]], needs: Sequence[Need]) -> None:
        self._seen = [set(each) for each in seen]
        self._tables, self._few = tables, known.few
        printed = [
            Total(place, *item)
            for place, (table, each) in enumerate(zip(tables, seen, strict=True))
            for item in table.printed
            if item in each
        ]
        self._equations = Equations(tables, known, printed)
        self._printed = dict.fromkeys(self._equations.key(total) for total in printed)
        self.values = dict.fromkeys(known.ratios)
        self._shown = [need for each in needs if (need := self._of_printed(each)).items <= self._printed.keys() | self.values.keys()]

    def _of_printed(self, need: Need) -> Need:
        return need._replace(items=frozenset(self._equations.key(item) if isinstance(item, Total) else item for item in need.items))

    @property
    def left(self) -> tuple[frozenset[Printed], ...]:
        """What is printed of each table."""
        return tuple(map(frozenset, self._seen))

    def open_all(self, guarded: Sequence[Total | Remainder], threshold: int) -> Extent:
        """Withdraw what is needed for every small count to be open, and say how many were looked at."""
        waiting = self._small(guarded, threshold)
        if not waiting:
            return "whole"
        most = _MOST_WORK // self._equations.size
        if most < 2 * _ROUNDS:
            return "none"
        extent: Extent = "whole"
        self._rule_out_many(waiting, threshold)
        for key, terms in list(waiting.items()):
            if key not in waiting:
                continue
            if self._equations.solved >= most:
                return "part"
            try:
                self._open(terms, threshold, waiting)
            except UnsolvedError:
                self._withdraw_all(terms)
                extent = "part"
        return extent

    def _open(self, terms: Terms, threshold: int, waiting: _Waiting) -> None:
        """Withdraw the totals that must change for a count to be none, or not to be small: those that cost least."""
        worth = self._worth()
        best: Change | None = None
        impossible = 0
        for least, most in ((0.0, 0.0), (float(threshold), np.inf)):
            try:
                way = self._equations.changed(terms, worth=worth, least=least, most=most)
            except ImpossibleError:
                impossible += 1
            except UnsolvedError:
                pass  # the other may do
            else:
                best = way if best is None or _cost(way, worth) < _cost(best, worth) else best
            if best is not None and _cost(best, worth) <= _CHEAP:
                break
        if best is None:
            if impossible < 2:
                raise UnsolvedError
            # Where it can be small, the page says itself that it is: nothing that is printed could change that. Anything else is an error.
            self._equations.changed(terms, worth=worth, least=1.0, most=threshold - 1.0)
            return
        for item in best.items:
            self._withdraw(item)
        self._rule_out(waiting, best.counts, threshold)

    def _withdraw_all(self, terms: Terms) -> None:
        """Withdraw every total that holds any episodes of a count that could not be bounded."""
        for total in [each for each in self._printed if self._equations.terms(each).keys() & terms.keys()]:
            self._withdraw(total)

    def _small(self, guarded: Sequence[Total | Remainder], threshold: int) -> _Waiting:
        """Small counts that are not printed, each once."""
        small: _Waiting = {}
        for total in guarded:
            if not is_safe(self._equations.count(total), threshold) and not (isinstance(total, Total) and self._is_known(total)):
                terms = self._equations.terms(total)
                small.setdefault(frozenset(terms.items()), terms)
        return small

    def _is_known(self, total: Total) -> bool:
        """Whether the page prints it, or says that it is small."""
        declared = total.parts <= self._few and total.name == self._tables[total.table].everyone
        return declared or self._equations.key(total) in self._printed

    def _rule_out_many(self, waiting: _Waiting, threshold: int) -> None:
        """Try pages with few and with many of all that waits."""
        random = np.random.default_rng(11)  # any numbers will do
        for sign in (1.0, -1.0) * _ROUNDS:
            direction: dict[int, float] = {}
            for terms in waiting.values():
                weight = sign * random.random()
                for number, factor in terms.items():
                    direction[number] = direction.get(number, 0.0) + weight * factor
            try:
                counts = self._equations.least(direction)
            except UnsolvedError:
                return  # every count is looked at by itself
            if counts is not None:
                self._rule_out(waiting, counts, threshold)

    @staticmethod
    def _rule_out(waiting: _Waiting, counts: Floats, threshold: int) -> None:
        """Drop the counts that are not small on a possible page."""
        for key, terms in list(waiting.items()):
            value = sum(factor * counts[number] for number, factor in terms.items())
            if value <= _TOLERANCE or value >= threshold - _TOLERANCE:
                del waiting[key]

    def _worth(self) -> Mapping[Item, float]:
        """What would go with each."""
        worth: dict[Item, float] = dict.fromkeys([*self._printed, *self.values], _LEAST_WORTH)
        for need in self._shown:
            for item in need.items:
                worth[item] += need.worth
        return worth

    def _withdraw(self, item: Item) -> None:
        self._equations.withdraw(item)
        self._shown = [need for need in self._shown if item not in need.items]
        if isinstance(item, RoundedValue):
            del self.values[item]
            return
        del self._printed[item]
        everyone = item.name == self._tables[item.table].everyone
        for place, table in enumerate(self._tables):
            if everyone:
                self._seen[place].discard((table.everyone, item.parts))
            elif place == item.table:
                self._seen[place].discard((item.name, item.parts))


def _cost(way: Change, worth: Mapping[Item, float]) -> float:
    return sum(worth[item] for item in way.items)
