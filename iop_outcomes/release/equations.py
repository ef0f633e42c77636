"""Takes the totals printed of a page and what everybody knows of its parts, gives the equations of its unknown counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from iop_outcomes.keys import Key, Place
from iop_outcomes.release.algebra import Floats, Mask
from iop_outcomes.release.protect import Name, Parts, Tabulation, cells_of

Terms = Mapping[int, float]  # unknown counts, by their numbers, with their factors


class Total(NamedTuple):
    """A total that a page would print: of which of its tables, of which level or sum, of which parts."""

    table: int
    name: Name
    parts: Parts


class Remainder(NamedTuple):
    """What is left of a total without a part of it that another total counts."""

    whole: Total
    part: Total


class RoundedValue(NamedTuple):
    """A rounded share or mean that a page prints, whose counts it may withhold: of which of its results, of which group, which number."""

    number: int
    place: Place
    key: Key


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a value is: a sum or a count over a denominator, between two limits.

    Parameters
    ----------
    base : Total
        The denominator.
    top : set of parts, or str
        The numerator of a share; of a mean, what its sum is called, which several means may share.
    low, high : float
        Between which the value is before it is rounded.
    others : tuple of Total
        More denominators that are added to the first, each with its own part of the numerator.
    """

    base: Total
    top: Parts | str
    low: float
    high: float
    others: tuple[Total, ...] = ()


Item = Total | RoundedValue


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page shares beside its tables.

    Parameters
    ----------
    inclusions : sequence of (set of parts, set of parts)
        Parts that hold no episode which is not in the others.
    levels : sequence of dict of level to part
        For each table, the part of everyone that all episodes of a level are: by a column, each level is one.
    same : sequence of (table, sum, table, level)
        Sums of the levels of one table that are a level of another.
    ratios : dict of RoundedValue to Ratio
        Rounded values that are printed.
    few : frozenset of str
        Parts of everyone of which the page says that they hold fewer than the threshold, and not nobody.
    threshold : int
    limits : callable
        From a count, the least and the most that a reader takes it for who sees it printed: itself, unless counts are rounded.
    smallest : int
        A group that is printed is known to hold as many episodes or none.
    """

    inclusions: Sequence[tuple[Parts, Parts]] = ()
    levels: Sequence[Mapping[Name, str]] = ()
    same: Sequence[tuple[int, Name, int, Name]] = ()
    ratios: Mapping[RoundedValue, Ratio] = field(default_factory=dict)
    few: Parts = frozenset()
    threshold: int = 0
    limits: Callable[[int], tuple[int, int]] = lambda n: (n, n)
    smallest: int = 0


class Equations:
    """The unknown counts of a page, and what is known of them.

    Unknown are the episodes of every cell of every level, whom no level holds included, of everyone, and in all of each level. Parts that
    nothing known tells apart make one cell. None is negative.

    Parameters
    ----------
    tables : sequence of Tabulation
    known : PageFacts
    printed : iterable of Total
        Totals that are printed; of everyone, those of any table.
    """

    def __init__(self, tables: Sequence[Tabulation], known: PageFacts, printed: Iterable[Total]) -> None:
        self._tables, self._known = tables, known
        sides = [side for pair in known.inclusions for side in pair]
        self._cell_of = cells_of(tables, sides)
        self._cells_of: dict[Parts, list[int]] = {}
        self._level_parts = {part: place for place, each in enumerate(known.levels) for part in each.values()}
        self._rows = [self._levels_of(table) for table in tables]
        self._has_row = [frozenset(rows) for rows in self._rows]
        self._parts_of_levels = [frozenset(part for way in table.divisions for part in way) for table in tables]
        self._parts_of_rows = [
            inside.union(part for part, other in self._level_parts.items() if other == place)
            for place, inside in enumerate(self._parts_of_levels)
        ]
        self._numbers: dict[tuple[object, ...], int] = {}
        self._equal: list[dict[int, float]] = []
        self._least: list[dict[int, float]] = []  # sums that are not negative
        for place in range(len(tables)):
            self._add_table(place)
        self._add_everyone()
        for inclusion in known.inclusions:
            self._add_inclusion(*inclusion)
        for place, name, other, level in known.same:
            self._add_same(place, name, other, level)
        self._printed: dict[Total, tuple[dict[int, float], float, float]] = {}
        self._values = {value: self._limits_of(ratio) for value, ratio in known.ratios.items()}
        self._add_sums()
        for total in printed:
            self._printed[self.key(total)] = self.terms(total), *self._printed_limits(total)

    # -- counts as sums of unknowns ------------------------------------------------------------------------------------

    def key(self, total: Total) -> Total:
        """The same total, that of everyone under the first table that has its parts."""
        if total.name != self._tables[total.table].everyone:
            return total
        first = next(i for i, table in enumerate(self._tables) if total.parts <= table.counts[table.everyone].keys())
        return Total(first, self._tables[first].everyone, total.parts)

    def count(self, total: Total | Remainder) -> int:
        """How many episodes it truly is."""
        if isinstance(total, Remainder):
            return self.count(total.whole) - self.count(total.part)
        counts = self._tables[total.table].counts[total.name]
        return sum(counts[part] for part in total.parts)

    def _printed_limits(self, total: Total) -> tuple[float, float]:
        """What a total can be as it is printed."""
        count, table = self.count(total), self._tables[total.table]
        low, high = self._known.limits(count)
        is_group = total.parts in table.bases or total.parts in table.divisions
        return float(max(low, self._known.smallest) if count and is_group else low), float(high)

    def terms(self, total: Total | Remainder) -> dict[int, float]:
        """A total as a sum of unknowns."""
        if isinstance(total, Remainder):
            return _together(self.terms(total.whole), {number: -factor for number, factor in self.terms(total.part).items()})
        place, name, parts = total
        cells = self._cells(parts)
        if name == self._tables[place].everyone:
            return {self._number("everyone", cell): 1.0 for cell in cells}
        return {self._number(place, row, cell): 1.0 for row in self._rows_of(place, name) for cell in cells}

    def _cells(self, parts: Parts) -> list[int]:
        if parts not in self._cells_of:
            self._cells_of[parts] = sorted({self._cell_of[part] for part in parts})
        return self._cells_of[parts]

    def _number(self, *names: object) -> int:
        return self._numbers.setdefault(names, len(self._numbers))

    def _rows_of(self, place: int, name: Name) -> list[Name]:
        """The levels that a level or a sum is made of, and whom none of them holds."""
        members = self._tables[place].members.get(name)
        return [name] if members is None else [*members, *([("rest", name)] if ("rest", name) in self._has_row[place] else [])]

    @staticmethod
    def _levels_of(table: Tabulation) -> list[Name]:
        """Levels, and for every sum that holds more than they do the rest of it.

        Parts that are said of everyone alone, as who is tested over all groups, are in no level and make no rest: a reader adds the levels up.
        """
        counted = {part for way in table.divisions for part in way}
        rest: list[Name] = []
        for name, members in table.members.items():
            if any(table.counts[name][part] != sum(table.counts[level][part] for level in members) for part in counted):
                rest.append(("rest", name))
        return [*table.levels, *rest]

    # -- what is known of them ----------------------------------------------------------------------------------------------

    def _add_table(self, place: int) -> None:
        table = self._tables[place]
        for row in self._rows[place]:
            whole = self._number(place, row)
            for way in table.divisions:
                self._add_equal({whole: -1.0}, {self._number(place, row, cell): 1.0 for cell in self._cells(way)})
        for cell in self._cells(self._parts_of_levels[place]):
            rows = {self._number(place, row, cell): 1.0 for row in self._everyones_rows(place)}
            self._add_equal({self._number("everyone", cell): -1.0}, rows)

    def _everyones_rows(self, place: int) -> list[Name]:
        return self._rows_of(place, self._tables[place].everyone)

    def _add_everyone(self) -> None:
        """Every way of dividing everyone has the same total, which is that of the levels of every table."""
        for place, table in enumerate(self._tables):
            counts = table.counts[table.everyone]
            for way in (*table.divisions, *table.ways_of_everyone):
                size = sum(counts[part] for part in way)
                cells = self._cells(way)
                self._add_equal({self._number("all", size): -1.0}, {self._number("everyone", cell): 1.0 for cell in cells})
            for level, part in self._known.levels[place].items() if self._known.levels else ():
                self._add_equal({self._number("everyone", part): -1.0}, {self._number(place, level): 1.0})

    def _add_inclusion(self, parts: Parts, others: Parts) -> None:
        """Of everyone, and of every level of a table that knows both."""
        here, there = self._of_everyone(parts), self._of_everyone(others)
        if here is not None and there is not None:
            self._add_least(here, there)
        for place in range(len(self._tables)):
            for row in self._rows[place]:
                here, there = self._of_row(place, row, parts), self._of_row(place, row, others)
                if here is not None and there is not None:
                    self._add_least(here, there)

    def _of_everyone(self, parts: Parts) -> dict[int, float] | None:
        if not parts <= self._cell_of.keys() | self._level_parts.keys():
            return None
        return {self._number("everyone", self._cell_of.get(part, part)): 1.0 for part in sorted(parts)}

    def _of_row(self, place: int, row: Name, parts: Parts) -> dict[int, float] | None:
        """Parts of a level as a sum of unknowns; `None` where its table does not know them."""
        inside, here = self._parts_of_levels[place], self._known.levels[place] if self._known.levels else {}
        if not parts <= self._parts_of_rows[place] or (row not in here and not parts.isdisjoint(self._level_parts)):
            return None
        whole = {self._number(place, row): 1.0} if here.get(row) in parts else {}
        return whole | {self._number(place, row, self._cell_of[part]): 1.0 for part in sorted(parts & inside)}

    def _add_same(self, place: int, name: Name, other: int, level: Name) -> None:
        both = frozenset(self._tables[place].counts[name].keys() & self._tables[other].counts[level].keys())
        for cell in self._cells(both):
            rows = {self._number(place, row, cell): 1.0 for row in self._rows_of(place, name)}
            self._add_equal({self._number(other, level, cell): -1.0}, rows)
        self._add_equal({self._number(other, level): -1.0}, {self._number(place, row): 1.0 for row in self._rows_of(place, name)})

    def _limits_of(self, ratio: Ratio) -> list[dict[int, float]]:
        """Two sums that are not negative: the numerator less the least share of the denominator, and the most share less the numerator."""
        bases = (ratio.base, *ratio.others)
        base, top = _together(*map(self.terms, bases)), _together(*(self._top(each, ratio.top) for each in bases))
        return [
            _together(top, {number: -ratio.low * factor for number, factor in base.items()}),
            _together(
                {number: -factor for number, factor in top.items()}, {number: ratio.high * factor for number, factor in base.items()}
            ),
        ]

    def _top(self, base: Total, top: Parts | str) -> dict[int, float]:
        """The numerator over one denominator: a count, or a sum of values."""
        if not isinstance(top, str):
            return self.terms(base._replace(parts=top))
        everyone = base.name == self._tables[base.table].everyone
        return {self._number("sum", top, *(() if everyone else (base.table, base.name))): 1.0}

    def _add_sums(self) -> None:
        """The sum of everyone's values is that of the levels', where all of these are printed."""
        sums = dict.fromkeys(names for names in self._numbers if names[0] == "sum")
        for _, total in [names for names in sums if len(names) == 2]:
            for place in range(len(self._tables)):
                rows = [("sum", total, place, row) for row in self._everyones_rows(place)]
                if len(rows) > 1 and any(row in sums for row in rows):
                    self._add_equal({self._number("sum", total): -1.0}, {self._number(*row): 1.0 for row in rows})

    def _add_equal(self, *sums: Mapping[int, float]) -> None:
        self._equal.append(_together(*sums))

    def _add_least(self, here: Mapping[int, float], there: Mapping[int, float]) -> None:
        row = _together({number: -factor for number, factor in here.items()}, there)
        if row:
            self._least.append(row)

    # -- what programs are made of ------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many unknowns there are."""
        return len(self._numbers)

    @cached_property
    def equal(self) -> list[dict[int, float]]:
        """Sums of unknowns that are 0."""
        return _different(self._equal)

    @cached_property
    def at_least(self) -> list[dict[int, float]]:
        """Sums of unknowns that are not negative."""
        return _different(self._least)

    @property
    def printed(self) -> Mapping[Total, tuple[Mapping[int, float], float, float]]:
        """The totals that are printed as sums of unknowns, and the least and the most that they can be."""
        return self._printed

    @property
    def values(self) -> Mapping[RoundedValue, Sequence[Mapping[int, float]]]:
        """Of each value that is printed, the sums that are not negative."""
        return self._values

    @cached_property
    def whole(self) -> Mask:
        """Which unknowns are counts: the others are sums of values."""
        return np.array([names[0] != "sum" for names in self._numbers], dtype=np.bool_)

    def limits(self) -> tuple[Floats, Floats]:
        """The least and the most that each unknown can be by itself."""
        few = {("everyone", self._cell_of[part]) for part in self._known.few}
        least, most = np.zeros(self.size), np.full(self.size, np.inf)
        for names, number in self._numbers.items():
            if names in few:
                least[number], most[number] = 1.0, self._known.threshold - 1.0
            elif names[0] == "sum":  # of values, which may be anything
                least[number] = -np.inf
        return least, most


def _different(rows: Iterable[dict[int, float]]) -> list[dict[int, float]]:
    """Each row once."""
    return list({frozenset(row.items()): row for row in rows}.values())


def _together(*sums: Mapping[int, float]) -> dict[int, float]:
    """The sum of sums, what cancels left out."""
    total: dict[int, float] = {}
    for each in sums:
        for number, factor in each.items():
            total[number] = total.get(number, 0.0) + factor
    return {number: factor for number, factor in total.items() if factor}
