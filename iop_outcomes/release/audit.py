"""Takes the totals of a page that are to be printed, gives those that may be once a reader has bounded every withheld count: the cheapest are withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from iop_outcomes.release.algebra import Floats
from iop_outcomes.release.equations import Equations, Item, PageFacts, Remainder, RoundedValue, Terms, Total
from iop_outcomes.release.linear import ImpossibleError, UnsolvedError
from iop_outcomes.release.policy import Extent
from iop_outcomes.release.programs import Change, Changes, PossiblePages
from iop_outcomes.release.protect import Printed, Tabulation, is_safe

_TOLERANCE = 1e-6
_ROUNDS = 6  # of directions at first: each possible page rules out many counts at once
_LEAST_WORTH = 0.2  # numbers that a total counts for which none needs: it is printed, too
_TIE = 1e-3  # far less than any number is worth: which of several totals of one cost goes depends on their order, hardly on the solver
_GOLDEN = (5**0.5 - 1) / 2  # fractions of its multiples are all different, as are sums of few of them
_CHEAP = 2 * (_LEAST_WORTH + _TIE)  # two totals that no number needs: nothing cheaper is looked for
_MOST_WORK = 400_000  # unknowns times programs: a page of six tracks takes a fifth of it
_OF_ROUNDED = 5  # times as much where small counts are printed rounded, so that each of them is asked about too

_Count = frozenset[tuple[int, float]]
Range = tuple[float, float]
Ways = tuple[tuple[Range, ...], ...]


@dataclass(frozen=True, slots=True)
class _Small:
    """A small count: as a sum of unknowns, the ways in which nobody learns it, and the ranges in which it is known to be possible.

    A way is one or several ranges in each of which the count must be possible. Most may be none or not small. One of which the page itself
    says that it is small may be another small number; where counts are rounded, it must be possible at both ends of what rounding leaves.
    """

    terms: Terms
    ways: Ways
    alone: Range = (0.0, np.inf)  # what it may be by how it is printed itself
    met: dict[Range, bool] = field(default_factory=dict)  # each with whether whole counts are likely to be in it too

    def is_open(self, value: float, *, whole: bool = True) -> bool:
        """Whether nobody learns it, now that it may also be this, as a whole number or not."""
        for each in (each for way in self.ways for each in way):
            if each[0] - _TOLERANCE <= value <= each[1] + _TOLERANCE:
                self.met[each] = self.met.get(each, False) or whole or min(value - each[0], each[1] - value) >= 1.0
        return self.doubted is not None

    @property
    def doubted(self) -> Sequence[Range] | None:
        """Of the way that is met, the ranges that perhaps fractions of episodes alone are in; none where no way is met."""
        least, most = self.alone
        met = [
            [each for each in way if not self.met[each] and each[1] != least and each[0] != most]
            for way in self.ways
            if self.met.keys() >= set(way)
        ]
        return min(met, key=len, default=None)


_Waiting = dict[_Count, _Small]  # counts that may have to be what they are


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
    ways: Callable[[int], Ways] | None = None,
) -> Audited:
    """Withdraw printed totals until no withheld small count must be small.

    A reader who knows every printed total, that no count is negative, and which parts are among which others, can tell the least and
    the most that a withheld count can be. Where both are from 1 to `threshold` - 1, one of the totals is withdrawn on which the one
    or the other rests: those without which readers lose least; one of which the page itself says that it is small must not be known. Where a count cannot be bounded, every total is withdrawn that holds any of
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
    ways : callable, optional
        Where small counts are printed rounded: from one of them, the ways in which it stays open. Else it may be none, or not small.

    Returns
    -------
    Audited

    Notes
    -----
    Bounds of linear programs, rounded to whole counts, as in Fischetti M and Salazar JJ (2000), Journal of the American Statistical
    Association 95:916-928, doi:10.1080/01621459.2000.10474282. The dual solution says on which totals a bound rests.
    """
    page = _Showing(tables, known, seen, needs, ways)
    extent = page.open_all(guarded, threshold)
    return Audited(page.left, known.ratios.keys() - page.values, extent)


class _Showing:
    """What is printed, and what each total of it is worth."""

    def __init__(
        self,
        tables: Sequence[Tabulation],
        known: PageFacts,
        seen: Sequence[frozenset[Printed]],
        needs: Sequence[Need],
        ways: Callable[[int], Ways] | None = None,
    ) -> None:
        self._seen, self._ways = [set(each) for each in seen], ways
        self._tables, self._few, self._most = tables, known.few, known.threshold - 1.0
        printed = [
            Total(place, *item)
            for place, (table, each) in enumerate(zip(tables, seen, strict=True))
            for item in table.printed
            if item in each
        ]
        self._equations = Equations(tables, known, printed)
        self._printed = dict.fromkeys(self._equations.printed)
        self.values = dict.fromkeys(known.ratios)
        self._needs = needs
        self._programs = 0
        self._withdrawn: list[Item] = []

    @property
    def left(self) -> tuple[frozenset[Printed], ...]:
        """What is printed of each table."""
        return tuple(map(frozenset, self._seen))

    def open_all(self, guarded: Sequence[Total | Remainder], threshold: int) -> Extent:
        """Withdraw what is needed for every small count to be open, and say how many were looked at."""
        small = self._small(guarded, threshold)
        waiting = dict(small)
        if not waiting:
            return "whole"
        most = _MOST_WORK * (1 if self._ways is None else _OF_ROUNDED) // self._equations.size
        if most < 2 * _ROUNDS:
            return "none"
        pages = PossiblePages(self._equations)
        self._rule_out_many(pages, waiting)
        doubts = {key: each for key, each in small.items() if key in waiting or each.doubted}
        if not doubts:
            return "whole"
        extent: Extent = "whole"
        keys = list(doubts)
        changes = Changes(self._equations, [each.terms for each in doubts.values()], pages)
        worth = _Worth(self._needs, changes, self._equations)
        for question, key in enumerate(keys):
            if key not in waiting:
                continue
            if self._programs >= most:
                return "part"
            try:
                self._open(question, waiting[key], waiting, changes, worth)
            except UnsolvedError:
                for item in self._holding(waiting[key].terms):
                    self._withdraw(item, changes, worth)
                extent = "part"
        self._open_in_whole_numbers(doubts, pages, changes, worth)
        return extent

    def _open_in_whole_numbers(self, doubts: _Waiting, pages: PossiblePages, changes: Changes, worth: _Worth) -> None:
        """Withdraw what must change where a count is open to a reader of fractions alone: 1.95 says that it may be 2, whole numbers may not.

        Looked for are pages of whole counts, where the count ends at a fraction within one of the end of a range that it must reach.
        """
        for item in self._withdrawn:
            pages.withdraw(item)
        for question, small in enumerate(doubts.values()):
            for low, high in small.doubted or ():
                if small.met[low, high] or not self._ends_at_fraction(pages, small.terms, low, high):
                    continue
                self._programs += 1
                try:
                    change = changes.least(question, worth.of_items, low=low, high=high, whole=True)
                except UnsolvedError:
                    continue
                for item in change.items:
                    self._withdraw(item, changes, worth)
                    pages.withdraw(item)
                self._rule_out(dict(doubts), change.counts)

    def _ends_at_fraction(self, pages: PossiblePages, terms: Terms, low: float, high: float) -> bool:
        """Whether what a count can be, taken with fractions, ends between the end of a range that it must reach and one further."""
        sign = 1.0 if np.isinf(low) else -1.0  # how little it must be, or how much
        direction = np.zeros(self._equations.size)
        direction[list(terms)] = [sign * factor for factor in terms.values()]
        self._programs += 1
        try:
            counts = pages.least(direction)
        except UnsolvedError:
            return False
        if counts is None:
            return False
        end = _value(terms, counts)
        return abs(end - round(end)) > _TOLERANCE and abs(end - (high if sign > 0 else low)) < 1.0

    def _open(self, question: int, small: _Small, waiting: _Waiting, changes: Changes, worth: _Worth) -> None:
        """Withdraw the totals that must change for a count to be possible in one of its ways: those that cost least."""
        best: list[Change] | None = None
        cost, impossible = np.inf, 0
        least_changes: dict[Range, Change | None] = {}
        for way in small.ways:
            try:
                of_way = [self._change(question, each, changes, worth, least_changes) for each in way if each not in small.met]
            except ImpossibleError:
                impossible += 1
            except UnsolvedError:
                pass  # another may do
            else:
                of_this = worth.together(dict.fromkeys(item for change in of_way for item in change.items))
                best, cost = (of_way, of_this) if best is None or of_this < cost else (best, cost)
            if best is not None and cost <= _CHEAP:
                break
        if best is None:
            if impossible < len(small.ways):
                raise UnsolvedError
            # Where it can be small, what is known of every page says that it is: nothing that is printed could change that. Else it is an error.
            changes.least(question, worth.of_items, low=1.0, high=self._most)
            return
        for item in dict.fromkeys(item for change in best for item in change.items):
            self._withdraw(item, changes, worth)
        for change in best:
            self._rule_out(waiting, change.counts, small)

    def _change(self, question: int, within: Range, changes: Changes, worth: _Worth, least_changes: dict[Range, Change | None]) -> Change:
        """The least change for a count to lie in a range, looked for once."""
        if within not in least_changes:
            self._programs += 1
            least_changes[within] = None
            least_changes[within] = changes.least(question, worth.of_items, low=within[0], high=within[1])
        change = least_changes[within]
        if change is None:
            raise ImpossibleError
        return change

    def _holding(self, terms: Terms) -> list[Item]:
        """Every total that is printed and holds any episodes of a count."""
        return [each for each in self._printed if self._equations.terms(each).keys() & terms.keys()]

    def _small(self, guarded: Sequence[Total | Remainder], threshold: int) -> _Waiting:
        """Small counts that are not printed, each once; where they are rounded, those that are printed too."""
        small: _Waiting = {}
        for total in guarded:
            count = self._equations.count(total)
            is_printed = isinstance(total, Total) and self._equations.key(total) in self._printed
            if is_safe(count, threshold) or (is_printed and self._ways is None):
                continue
            terms = self._equations.terms(total)
            ways: Ways = (((0.0, 0.0),), ((float(threshold), np.inf),))
            if self._ways is not None:
                ways = self._ways(count)
            elif isinstance(total, Total) and self._is_declared(total):
                ways = tuple((each,) for each in ((1.0, count - 1.0), (count + 1.0, threshold - 1.0)) if each[0] <= each[1])
            alone = self._equations.printed[self._equations.key(total)][1:] if isinstance(total, Total) and is_printed else (0.0, np.inf)
            each = _Small(terms, ways, alone)
            if self._ways is None or not each.is_open(count):
                small.setdefault(frozenset(terms.items()), each)
        return small

    def _is_declared(self, total: Total) -> bool:
        """Whether the page itself says that it is small, as of rows with a fault."""
        return total.parts <= self._few and total.name == self._tables[total.table].everyone

    def _rule_out_many(self, pages: PossiblePages, waiting: _Waiting) -> None:
        """Try pages with few and with many of all that waits."""
        random = np.random.default_rng(11)  # any numbers will do
        for sign in (1.0, -1.0) * _ROUNDS:
            direction = np.zeros(self._equations.size)
            for each in waiting.values():
                weight = sign * random.random()
                for number, factor in each.terms.items():
                    direction[number] += weight * factor
            self._programs += 1
            try:
                counts = pages.least(direction)
            except UnsolvedError:
                return  # every count is looked at by itself
            pages.program.change_costs_alone()  # from this page to the next, and to those that are looked at later
            if counts is not None:
                self._rule_out(waiting, counts)

    def _rule_out(self, waiting: _Waiting, counts: Floats, target: _Small | None = None) -> None:
        """Drop the counts that a possible page leaves open, with those before; one that was asked to be at the end of a range is whole there by chance."""
        people = counts[: self._equations.size][self._equations.whole]
        whole = _are_whole(people)
        for key, each in list(waiting.items()):
            value = _value(each.terms, counts)
            if each.is_open(value, whole=whole or (each is not target and _are_whole(value))):
                del waiting[key]

    def _withdraw(self, item: Item, changes: Changes, worth: _Worth) -> None:
        changes.withdraw(item)
        worth.withdraw(item)
        self._withdrawn.append(item)
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


def _are_whole(values: Floats | float) -> bool:
    return bool(np.all(np.abs(values - np.rint(values)) <= _TOLERANCE))


def _value(terms: Terms, counts: Floats) -> float:
    return float(sum(factor * counts[number] for number, factor in terms.items()))


class _Worth:
    """What would go with each total or value that is printed."""

    def __init__(self, needs: Sequence[Need], changes: Changes, equations: Equations) -> None:
        self._place_of = changes.place_of
        shown = [
            (places, need.worth)
            for need in needs
            if None not in (places := [self._place_of.get(equations.key(item) if isinstance(item, Total) else item) for item in need.items])
        ]
        self._several = len(self._place_of)
        self._items = np.array([place for places, _ in shown for place in places], dtype=np.int64)
        self._needs = np.repeat(np.arange(len(shown)), [len(places) for places, _ in shown])
        self._worth = np.array([worth for _, worth in shown])
        self._are_shown = np.ones(len(shown), dtype=np.bool_)
        self._least = _LEAST_WORTH + _TIE * (np.arange(1, self._several + 1) * _GOLDEN % 1.0)
        self.of_items = self._summed()

    def together(self, items: Iterable[Item]) -> float:
        """What some of them are worth together."""
        return float(sum(self.of_items[self._place_of[item]] for item in items))

    def withdraw(self, item: Item) -> None:
        """Every number that needs it goes."""
        self._are_shown[self._needs[self._items == self._place_of[item]]] = False
        self.of_items = self._summed()

    def _summed(self) -> Floats:
        weights = (self._worth * self._are_shown)[self._needs]
        return np.asarray(self._least + np.bincount(self._items, weights=weights, minlength=self._several), dtype=np.float64)
