"""Takes the totals of a page that are to be printed, gives those that may be once a reader has bounded every withheld count: the cheapest are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from iop_outcomes.release.algebra import Floats
from iop_outcomes.release.equations import Equations, Item, Known, Terms, Total, Value
from iop_outcomes.release.protect import Printed, Tabulation

Needs = Sequence[frozenset[Total]]  # of each number of a page: the totals without which it is not shown

_TOLERANCE = 1e-6
_ROUNDS = 6  # of directions at first: each possible page rules out many counts at once
_LEAST_WORTH = 0.2  # numbers that a total counts for which none needs: it is printed, too

_Count = frozenset[tuple[int, float]]
_Waiting = dict[_Count, Terms]  # counts that may have to be small


@dataclass(frozen=True, slots=True)
class Audited:
    """What may be shown of a page.

    Parameters
    ----------
    seen : tuple of frozenset of (level, set of parts)
        The totals that may be printed of each table.
    hidden : frozenset of Value
        The rounded values that may not.
    """

    seen: tuple[frozenset[Printed], ...]
    hidden: AbstractSet[Value] = frozenset()


def audited(
    tables: Sequence[Tabulation], known: Known, seen: Sequence[frozenset[Printed]], guarded: Sequence[Total], needs: Needs, threshold: int
) -> Audited:
    """Withdraw printed totals until no withheld small count must be small.

    A reader who knows every printed total, that no count is negative, and which parts are among which others, can tell the least and
    the most that a withheld count can be. Where both are from 1 to `threshold` - 1, one of the totals is withdrawn on which the one
    or the other rests: that which costs the fewest numbers of the page, the least wanted among them.

    Parameters
    ----------
    tables : sequence of Tabulation
        The page.
    known : Known
        What is known of its parts.
    seen : sequence of frozenset of (level, set of parts)
        For each table, the totals that are to be printed.
    guarded : sequence of Total
        Counts, printed or not, that nobody should learn where they are small.
    needs : sequence of frozenset of Total
        For each number of the page, the totals that it needs.
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
    page = _Page(tables, known, seen, needs)
    page.open_all(guarded, threshold)
    return Audited(page.left, known.ratios.keys() - page.values)


class _Page:
    """What is printed, and what each total of it is worth."""

    def __init__(self, tables: Sequence[Tabulation], known: Known, seen: Sequence[frozenset[Printed]], needs: Needs) -> None:
        self._seen = [set(each) for each in seen]
        self._tables, self._few = tables, known.few
        printed = [
            Total(place, *item)
            for place, (table, each) in enumerate(zip(tables, seen, strict=True))
            for item in table.printed
            if item in each
        ]
        self._equations = Equations(tables, known, printed)
        self._printed = {self._equations.key(total) for total in printed}
        self.values = set(known.ratios)
        self._shown = [need for each in needs if (need := frozenset(map(self._equations.key, each))) <= self._printed]

    @property
    def left(self) -> tuple[frozenset[Printed], ...]:
        """What is printed of each table."""
        return tuple(map(frozenset, self._seen))

    def open_all(self, guarded: Sequence[Total], threshold: int) -> None:
        """Withdraw what is needed for every small count to be open."""
        waiting = self._small(guarded, threshold)
        self._rule_out_many(waiting, threshold)
        for key, terms in list(waiting.items()):
            for end in (self._equations.least(terms), self._equations.least(_negative(terms))) if key in waiting else ():
                self._rule_out(waiting, end.counts, threshold)
            if key in waiting:
                self._open(terms, threshold, waiting)

    def _open(self, terms: Terms, threshold: int, waiting: _Waiting) -> None:
        """Withdraw the totals that must change for a count to be none, or not to be small: those that cost least."""
        worth: dict[Item, float] = {total: several + _LEAST_WORTH for total, several in self._worth(self._printed).items()}
        worth |= dict.fromkeys(self.values, 1.0 + _LEAST_WORTH)
        ways = [self._equations.changed(terms, most=0.0, worth=worth), self._equations.changed(terms, least=float(threshold), worth=worth)]
        ways = [way for way in ways if len(way.counts)]
        if ways:
            best = min(ways, key=lambda way: sum(worth[item] for item in way.items))
            for item in best.items:
                self._withdraw(item)
            self._rule_out(waiting, best.counts, threshold)

    def _small(self, guarded: Sequence[Total], threshold: int) -> _Waiting:
        """Small counts that are not printed, each once."""
        small: _Waiting = {}
        for total in guarded:
            declared = total.parts <= self._few and total.name == self._tables[total.table].everyone
            if not declared and self._equations.key(total) not in self._printed and 0 < self._equations.count(total) < threshold:
                terms = self._equations.terms(total)
                small.setdefault(frozenset(terms.items()), terms)
        return small

    def _rule_out_many(self, waiting: _Waiting, threshold: int) -> None:
        """Try pages with few and with many of all that waits."""
        random = np.random.default_rng(11)  # any numbers will do
        for sign in (1.0, -1.0) * _ROUNDS:
            direction: dict[int, float] = {}
            for terms in waiting.values():
                weight = sign * random.random()
                for number, factor in terms.items():
                    direction[number] = direction.get(number, 0.0) + weight * factor
            self._rule_out(waiting, self._equations.least(direction).counts, threshold)

    @staticmethod
    def _rule_out(waiting: _Waiting, counts: Floats, threshold: int) -> None:
        """Drop the counts that are not small on a possible page."""
        for key, terms in list(waiting.items()) if len(counts) else ():
            value = sum(factor * counts[number] for number, factor in terms.items())
            if value <= _TOLERANCE or value >= threshold - _TOLERANCE:
                del waiting[key]

    def _worth(self, totals: Iterable[Total]) -> Mapping[Total, int]:
        """How many numbers would go with each."""
        worth = dict.fromkeys(totals, 0)
        for need in self._shown:
            for total in need & worth.keys():
                worth[total] += 1
        return worth

    def _withdraw(self, total: Item) -> None:
        self._equations.withdraw(total)
        if isinstance(total, Value):
            self.values.discard(total)
            return
        self._printed.discard(total)
        self._shown = [need for need in self._shown if total not in need]
        everyone = total.name == self._tables[total.table].everyone
        for place, table in enumerate(self._tables):
            if everyone:
                self._seen[place].discard((table.everyone, total.parts))
            elif place == total.table:
                self._seen[place].discard((total.name, total.parts))


def _negative(terms: Terms) -> dict[int, float]:
    return {number: -factor for number, factor in terms.items()}
