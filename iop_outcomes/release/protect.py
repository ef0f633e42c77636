"""Takes how many episodes each part of each level holds and what would be printed, gives what may be seen."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from iop_outcomes.keys import ALL
from iop_outcomes.release.algebra import ZERO, Floats, Ints, less, orthonormal, squares
from iop_outcomes.release.everyone import Addition, Inside
from iop_outcomes.release.guards import Mask, are_small
from iop_outcomes.release.levels import Levels, Shown

Parts = frozenset[str]
Name = Hashable  # of a level: a word, or the levels of two columns
Printed = tuple[Name, Parts]  # a level, and a set of its parts whose total would be printed
LevelCounts = Mapping[Name, Mapping[str, int]]  # of each level, and of each of its parts


def is_safe(n: int, threshold: int) -> bool:
    """Whether a count may be printed: none at all, or at least the threshold."""
    return n == 0 or n >= threshold


@dataclass(frozen=True, eq=False)
class Tabulation:
    """The numbers printed by one column, or by two.

    Parameters
    ----------
    counts : dict of level to dict of part to int
        "All" alone, or "All" and the levels that sum to it; with `sums`, every level that is printed or that a sum is made of.
    printed : sequence of (level, set of parts)
        What would be printed, the most wanted first.
    ways : sequence of sets of parts
        Ways of dividing the same episodes: in each, every episode is in exactly one part. One way, all parts, by default.
        A reader knows that every way has the same total.
    bases : set of sets of parts
        Those whose episodes are a group, as all of a level are.
    ways_of_everyone : sequence of sets of parts
        Ways of dividing the same episodes that are known of everyone, or of sums, alone; no level holds any episode of their parts.
    sums : dict of level to sequence of levels
        The levels that are sums of others, everyone first, each with the levels it is made of, which are no sums: of two columns
        crossed, everyone and each margin, made of pairs. By default "All" is the sum of all others.
    known : sequence of (sum, set of parts)
        Totals of sums that another table of the page may print, and that are taken as known here.
    guarded : collection of (level, set of parts)
        Totals that may not be seen whatever they hold, as an earlier output and they would give a small difference back.
    given : set of (level, set of parts)
        Those printed that readers have already, from an earlier output: they are taken first, of every table.
    """

    counts: LevelCounts
    printed: Sequence[Printed]
    ways: Sequence[Parts] = ()
    bases: Collection[Parts] = frozenset()
    ways_of_everyone: Sequence[Parts] = ()
    sums: Mapping[Name, Sequence[Name]] = field(default_factory=dict)
    known: Sequence[Printed] = ()
    guarded: Collection[Printed] = frozenset()
    given: AbstractSet[Printed] = frozenset()

    @cached_property
    def everyone(self) -> Name:
        """The name of everyone."""
        return next(iter(self.sums), ALL)

    @cached_property
    def levels(self) -> list[Name]:
        """The levels that are no sums; everyone alone where there is no other."""
        return [level for level in self.counts if level != self.everyone and level not in self.sums] or [self.everyone]

    @cached_property
    def members(self) -> Mapping[Name, Sequence[Name]]:
        """The levels that each sum is made of, everyone first."""
        return {self.everyone: self.levels} | {name: members for name, members in self.sums.items() if name != self.everyone}

    @cached_property
    def divisions(self) -> Sequence[Parts]:
        """The ways, or the one way there is."""
        return self.ways or (frozenset(self.counts[self.everyone]),)


def protect(tables: Sequence[Tabulation], threshold: int, smallest: int = 0) -> tuple[frozenset[Printed], ...]:
    """Decide which printed totals may be seen, where tables by different columns stand on one page.

    "All" is the sum of the other levels, and each printed number is the total of a set of parts of a level; of two columns crossed,
    the levels are pairs, and everyone and every margin are sums of them. Totals are
    taken in the order given, the most wanted first, and one is let through when it is no count from 1 to `threshold` - 1
    and, together with those already let through, gives no such count back by adding and subtracting. Guarded are: parts
    that no printed total tells apart, alone and combined, and every printed set, alone and combined over levels.

    A part of one name holds the same episodes in every table. "All" is the same in all of them: a total of everyone is let
    through in each or in none, and what the levels of one column give away of everyone is known under the others.

    Parameters
    ----------
    tables : sequence of Tabulation
        One for each column, the most wanted first.
    threshold : int
        11 withholds 1 to 10; 0 withholds nothing.
    smallest : int
        No group of fewer episodes is seen, and of a level of fewer no count but 0.

    Returns
    -------
    tuple of frozenset of (level, set of parts)
        Those that may be seen of each table.

    Notes
    -----
    The attack that is excluded is solving the equations that printed totals make, with counts that are not negative: the
    reader is taken to know which cells hold nobody, and beyond those, not being negative fixes no cell that the equations
    leave open. Bounds (a hidden count between 3 and 8) are the subject of `audit`, which is taken of a page afterwards.

    References
    ----------
    Complementary suppression: Hundepool A et al. (2012), Statistical Disclosure Control, chapter 4,
    doi:10.1002/9781118348239.

    Examples
    --------
    >>> yes, no = frozenset({"yes"}), frozenset({"no"})
    >>> counts = {"All": {"yes": 43, "no": 40}, "a": {"yes": 23, "no": 35}, "b": {"yes": 20, "no": 5}}
    >>> (seen,) = protect([Tabulation(counts, [(level, s) for s in (yes | no, yes) for level in counts])], 11)
    >>> sorted(level for level, s in seen if s == yes | no)
    ['All', 'a', 'b']
    >>> sorted(level for level, s in seen if s == yes)  # 20 in "b", or 43 and 23, would give the 5 of "b" back
    ['All']
    """
    if max(threshold, smallest) <= 1:
        return tuple(frozenset(table.printed) for table in tables)
    page = _Page(tables, threshold, smallest)
    for place, table in enumerate(tables):
        if table.given:
            page.decide(place, [each for each in table.printed if each in table.given])
    return tuple(page.decide(place, table.printed) for place, table in enumerate(tables))


@dataclass(frozen=True, eq=False)
class _Column:
    """What a reader can work out of one table.

    Parameters
    ----------
    levels : Levels
    inside : int array
        Which of the cells of the page.
    of_everyone : Inside
        What the totals of everyone that are known say of its cells alone.
    sums, rows : dict of level to int
        Where each sum stands among the sums, and each level and sum among both.
    printed : dict of set of parts to int
    vectors : float array, shape (sets, cells)
        What would be printed.
    unsafe : bool array, shape (levels + sums, sets)
        Which of it may not be.
    """

    levels: Levels
    inside: Ints
    of_everyone: Inside
    sums: Mapping[Name, int]
    rows: Mapping[Name, int]
    printed: Mapping[Parts, int]
    vectors: Floats
    unsafe: Mask


class _Page:
    """What a reader can work out of several columns, which share the totals of everyone.

    Parts that no printed set and no way of dividing tells apart make one cell.
    """

    def __init__(self, tables: Sequence[Tabulation], threshold: int, smallest: int) -> None:
        self._tables = tables
        self._threshold, self._smallest = threshold, smallest
        self._cell_of = cells_of(tables)
        self._cells = max(self._cell_of.values(), default=-1) + 1
        self._columns: dict[int, _Column] = {}
        self._everyone = np.zeros((0, self._cells))  # totals of everyone that are known, as orthonormal rows
        self._decided: dict[Parts, bool] = {}
        if len(tables) > 1 or tables[0].ways_of_everyone:  # else every level says so
            self._everyone = self._same_totals([(table, table.everyone) for table in tables])

    def decide(self, place: int, totals: Sequence[Printed]) -> frozenset[Printed]:
        """Take totals of one table, all that are wanted more being decided."""
        table = self._tables[place]
        column = self._columns[place] if place in self._columns else self._begin(place)
        levels, sums, rows = column.levels, column.sums, column.rows
        printed, vectors, unsafe = column.printed, column.vectors, column.unsafe
        seen: set[Printed] = set()
        for run in _runs(table, totals):
            places, sets = np.array([rows[level] for level, _ in run]), np.array([printed[parts] for _, parts in run])
            safe = np.flatnonzero(~unsafe[places, sets])
            level, parts = run[0]
            if level == table.everyone:
                seen.update(run if self._let_everyone(parts, possible=len(safe) > 0) else ())
                continue
            if level in sums:
                seen.update(run if len(safe) and levels.let(vectors[sets], sums[level]) else ())
                continue
            if len(safe):
                allowed = levels.offer(places[safe], vectors[sets[safe]], lambda shown: self._others_hold(place, shown))
                seen.update(run[i] for i, may in zip(safe.tolist(), allowed, strict=True) if may)
                if len(self._columns) > 1:
                    self._tell_others(place)
        if place + 1 < len(self._tables):
            self._tell_others(place)
        return frozenset(seen)

    def _begin(self, place: int) -> _Column:
        """A table of which nothing is shown, with what is known of everyone."""
        table = self._tables[place]
        n, members, inside = self._counts(table)
        levels = self._column(table, n, members, inside)
        sums = {name: row for row, name in enumerate(table.members)}
        rows = {level: row for row, level in enumerate(table.levels)} | {name: len(n) + row for name, row in sums.items()}
        printed = {parts: i for i, parts in enumerate(dict.fromkeys(parts for _, parts in table.printed))}
        vectors = self._vectors(printed)[:, inside]
        unsafe = self._small(table, n, members, vectors, tuple(printed))
        column = _Column(levels, inside, Inside(inside, self._cells), sums, rows, printed, vectors, unsafe)
        self._columns[place] = column
        column.of_everyone.learn(column.of_everyone.added(self._everyone))
        levels.link(column.of_everyone.known)
        self._link_sums(table, levels, inside, sums)
        return column

    def _link_sums(self, table: Tabulation, column: Levels, inside: Ints, sums: Mapping[Name, int]) -> None:
        """What is known of sums before any total of the table is: that ways of dividing them are alike, and what other tables may print."""
        if table.ways_of_everyone:
            for name, row in list(sums.items())[1:]:
                column.link(self._same_totals([(table, name)])[:, inside], row)
        for name, parts in table.known:
            if name in sums and is_safe(sum(table.counts[name][part] for part in parts), self._threshold):
                column.let(self._vectors([parts])[:, inside], sums[name])

    # -- the shape of a page -------------------------------------------------------------------------------------------

    def _counts(self, table: Tabulation) -> tuple[Ints, Mask, Ints]:
        """Episodes of each level and cell of a table, then those of sums whom no level holds; of which of these rows each sum is made; which cells of the page."""
        levels = {level: row for row, level in enumerate(table.levels)}
        n = np.array([self._row(table, level) for level in levels], dtype=np.int64)
        members = np.zeros((len(table.members), len(n)), dtype=np.bool_)
        for row, several in zip(members, table.members.values(), strict=True):
            row[[levels[level] for level in several]] = True
        for place, name in reversed(list(enumerate(table.members))):
            rest = self._row(table, name) - n[members[place]].sum(axis=0)
            if rest.any():
                n = np.vstack([n, rest])
                members = np.column_stack([members, np.isin(np.arange(len(members)), [0, place])])
        inside = self._inside(table)
        return n[:, inside], members, inside

    def _row(self, table: Tabulation, level: Name) -> Ints:
        row = np.zeros(self._cells, dtype=np.int64)
        for part, several in table.counts[level].items():
            row[self._cell_of[part]] += several
        return row

    def _inside(self, table: Tabulation) -> Ints:
        return np.array(sorted({self._cell_of[part] for part in table.counts[table.everyone]}), dtype=np.int64)

    def _column(self, table: Tabulation, n: Ints, members: Mask, inside: Ints) -> Levels:
        printed = tuple(dict.fromkeys(parts for _, parts in table.printed))
        divisions = told_apart(table.divisions, printed)
        rows = {parts: i for i, parts in enumerate(dict.fromkeys((*printed, *(part for division in divisions for part in division))))}
        sets = self._vectors(rows)[:, inside]
        alike = self._vectors(table.divisions[:1])[:, inside] - self._vectors(table.divisions[1:])[:, inside]
        places = [np.array([rows[part] for part in division], dtype=np.int64) for division in divisions]
        return Levels(n, members, sets, places, alike, self._threshold, self._small(table, n, members, sets, tuple(rows)))

    def _small(self, table: Tabulation, n: Ints, members: Mask, sets: Floats, parts: Sequence[Parts]) -> Mask:
        """Which sets of each level, and of each sum after them, may not be printed: of a small group, none but those that hold nobody."""
        every = np.vstack([n, members.astype(np.int64) @ n])
        sizes = every @ sets.T
        groups = np.array([each in table.bases or each in table.divisions for each in parts], dtype=bool)
        whole = every @ self._vectors(table.divisions[:1])[0, self._inside(table)]
        in_small = are_small(whole, self._smallest)[:, np.newaxis]
        thresholds = np.where(groups | in_small, max(self._threshold, self._smallest), self._threshold)
        small: Mask = are_small(sizes, thresholds)
        if table.guarded:
            names = [*table.levels, *[None] * (len(n) - len(table.levels)), *table.members]
            small |= np.array([[(name, each) in table.guarded for each in parts] for name in names], dtype=bool).reshape(small.shape)
        return small

    def _vectors(self, several: Collection[Parts]) -> Floats:
        """Sets of parts as rows of 0 and 1."""
        out = np.zeros((len(several), self._cells))
        for row, parts in zip(out, several, strict=True):
            row[[self._cell_of[part] for part in parts]] = 1.0
        return out

    def _same_totals(self, sums: Sequence[tuple[Tabulation, Name]]) -> Floats:
        """Differences between ways of dividing the same episodes: those of one sum, or of everyone over all tables."""
        ways: dict[int, list[Parts]] = {}
        for table, name in sums:
            for way in (*table.divisions, *table.ways_of_everyone):
                ways.setdefault(sum(table.counts[name][part] for part in way), []).append(way)
        differences = [self._vectors(several[:1]) - self._vectors(several[1:]) for several in ways.values()]
        return orthonormal(np.zeros((0, self._cells)), np.vstack(differences))

    # -- totals of everyone ----------------------------------------------------------------------------------------------

    def _let_everyone(self, parts: Parts, *, possible: bool) -> bool:
        """Let a total of everyone through, under every column or none."""
        if parts not in self._decided:
            new = self._new(self._vectors([parts]))
            self._decided[parts] = possible and self._may_know(added := self._added(new))
            if self._decided[parts]:
                self._know(new, added)
        return self._decided[parts]

    def _may_know(self, added: Mapping[int, Addition], but: int | None = None) -> bool:
        """Whether everything guarded under all columns, or all but one, stays open when more totals of everyone are known."""
        return all(self._columns[place].levels.holds_with(more.inside) for place, more in added.items() if place != but)

    def _know(self, totals: Floats, added: Mapping[int, Addition]) -> None:
        if not len(totals):
            return
        self._everyone = np.vstack([self._everyone, orthonormal(self._everyone, totals)])
        for place, more in added.items():
            self._columns[place].levels.link(more.inside)
            self._columns[place].of_everyone.learn(more)

    def _new(self, totals: Floats) -> Floats:
        """Those of some totals of everyone that do not follow from what is known."""
        return totals[squares(less(totals, self._everyone)) > ZERO**2 * np.maximum(1.0, squares(totals))]

    def _added(self, new: Floats) -> dict[int, Addition]:
        """What more totals of everyone, which do not follow from what is known, add to those known of the cells of each column."""
        return {place: column.of_everyone.added(new) for place, column in self._columns.items()} if len(new) else {}

    # -- what the levels of one column give away under the others -------------------------------------------------------------

    def _others_hold(self, place: int, shown: Shown) -> bool:
        if len(self._columns) == 1:
            return True
        column = self._columns[place]
        known = self._spread(column.levels.everyone_known(shown), column.inside)
        return self._may_know(self._added(self._new(known)), but=place)

    def _tell_others(self, place: int) -> None:
        column = self._columns[place]
        new = self._new(self._spread(column.levels.everyone_known(), column.inside))
        self._know(new, self._added(new))

    def _spread(self, vectors: Floats, inside: Ints) -> Floats:
        out = np.zeros((len(vectors), self._cells))
        out[:, inside] = vectors
        return out


def _runs(table: Tabulation, totals: Sequence[Printed]) -> Iterator[list[Printed]]:
    """Printed totals in order, those of different levels that follow one another together; each of a sum by itself."""
    sums = table.members
    run: dict[Name, Printed] = {}
    for item in totals:
        if run and (item[0] in sums or item[0] in run or not sums.keys().isdisjoint(run)):
            yield list(run.values())
            run = {}
        run[item[0]] = item
    if run:
        yield list(run.values())


def cells_of(tables: Sequence[Tabulation], besides: Iterable[Parts] = ()) -> dict[str, int]:
    """The cell of each part: parts in the same sets, ways and tables, and those given besides, share one."""
    sets: dict[Parts, None] = dict.fromkeys(besides)
    for table in tables:
        sets |= dict.fromkeys(
            (*(parts for _, parts in table.printed), *table.divisions, *table.ways_of_everyone, frozenset(table.counts[table.everyone]))
        )
    names = dict.fromkeys(part for table in tables for part in table.counts[table.everyone])
    marks: dict[str, list[int]] = {name: [] for name in names}
    for i, parts in enumerate(sets):
        for part in parts & names.keys():
            marks[part].append(i)
    places: dict[tuple[int, ...], int] = {}
    return {name: places.setdefault(tuple(mark), len(places)) for name, mark in marks.items()}


def told_apart(ways: Sequence[Parts], sets: Sequence[Parts]) -> list[list[Parts]]:
    """Of each way of dividing, the parts that every printed set holds together or not at all."""
    holding: dict[
        str, list[int]
    ] = {}  # the sets that hold each part: asking each set for each part again takes longer than all that follows
    for number, parts in enumerate(sets):
        for part in parts:
            holding.setdefault(part, []).append(number)
    groups = []
    for way in ways:
        together: dict[tuple[int, ...], list[str]] = {}
        for part in sorted(way):
            together.setdefault(tuple(holding.get(part, ())), []).append(part)
        groups.append([frozenset(parts) for parts in together.values()])
    return groups
