"""Takes a table of counts with its patients and a column, gives each level's episodes as a table of its own, and each beside all the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from iop_outcomes.counts import Counts, Level
from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.patients import Patients, Places, places_of, stretch_of
from iop_outcomes.stats.draft import Ints


@dataclass(frozen=True, eq=False)
class Group:
    """Some episodes, counted by themselves, and the patients behind them; the cells of both are the same."""

    counts: Counts
    people: Patients

    def without(self, columns: Collection[str]) -> Group:
        """Sum over some columns."""
        if not columns:
            return self
        kept = self.counts.keep([name for name in self.counts.columns if name not in columns])
        return Group(kept.as_counted(), self.people.renumbered(kept.origin, len(kept)))

    def where(self, keep: np.ndarray) -> Group:
        """The episodes of the cells for which `keep` is true."""
        kept = self.counts.where(keep)
        people = self.people.within(keep)
        return Group(kept.as_counted(), Patients(people.alone[keep], kept.origin[people.cell], people.start, people.n))


@dataclass(frozen=True, eq=False)
class Divided:
    """Episodes by the levels of a column: the cells of one level come after those of another, the blank level last.

    So every level is a stretch of the table, and all levels together cost as much as the table, however many they are.

    Parameters
    ----------
    together : Group
        All of them.
    bounds : int64 array, shape (levels + 1,)
        Where the cells of each level begin, and the number of cells.
    names : tuple of str
        Of the levels.
    unread : collection of str
        Columns that a measure does not read: they are summed over where levels are put together.
    """

    together: Group
    bounds: Ints
    names: tuple[str, ...]
    unread: Collection[str]

    @classmethod
    def by(cls, group: Group, column: str, classes: Callable[[Level], Level] | None, unread: Collection[str]) -> Divided:
        """Divide by a column, or by classes of its levels."""
        counts, people = group.counts, group.people
        if classes is not None:
            recoded = counts.recode(column, classes)
            counts, people = recoded.as_counted(), people.renumbered(recoded.origin, len(recoded))
        codes = counts.codes_of(column)
        order = np.argsort(codes, kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        counts = Counts(counts.axes, counts.codes[order], counts.n[order], np.arange(len(order), dtype=np.int64))
        sizes = np.bincount(codes, minlength=len(counts.levels(column)))
        present = np.flatnonzero(sizes)
        names = [counts.levels(column)[code] for code in present]
        bounds = np.concatenate(([0], np.cumsum(sizes[present]))).astype(np.int64)
        people = people.renumbered(place, len(place))
        return cls(Group(counts, people), bounds, tuple(MISSING_LEVEL if name is None else str(name) for name in names), unread)

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """The episodes of each level by themselves."""
        counts, people = self.together.counts, self.together.people.slices(self.bounds)
        ends = zip(self.bounds[:-1].tolist(), self.bounds[1:].tolist(), strict=True)
        tables = [
            Counts(counts.axes, counts.codes[start:end], counts.n[start:end], np.arange(end - start, dtype=np.int64)) for start, end in ends
        ]
        return {name: Group(table, each) for name, table, each in zip(self.names, tables, people, strict=True)}

    @property
    def tables(self) -> Mapping[str, Counts]:
        """The episodes of each level by themselves, without their patients."""
        return {name: group.counts for name, group in self.groups.items()}

    def stretch(self, level: str) -> tuple[int, int]:
        """Where the cells of a level begin and end."""
        place = self.names.index(level)
        return int(self.bounds[place]), int(self.bounds[place + 1])

    @cached_property
    def _known(self) -> tuple[Group, Counts, Ints]:
        """The episodes that have a level, the same summed over what a measure does not read, and where each cell went."""
        end = int(self.bounds[-2] if self.names[-1:] == (MISSING_LEVEL,) else self.bounds[-1])
        counts, people = self.together.counts, self.together.people
        if end < len(counts):
            known = self.together.where(np.arange(len(counts)) < end)
            counts, people = known.counts, known.people
        merged = counts.keep([name for name in counts.columns if name not in self.unread])
        return Group(counts, people), merged, merged.origin

    @cached_property
    def _alone(self) -> Ints:
        """Episodes of patients without another, in each cell of the summed table."""
        known, merged, place = self._known
        alone = np.zeros(len(merged), dtype=np.int64)
        np.add.at(alone, place, known.people.alone)
        return alone

    @cached_property
    def _entries(self) -> tuple[Places, Ints, Places]:
        """The entries of patients in the order of their levels, where each level's begin, and the summed cell of every entry."""
        known, _, place = self._known
        cell = known.people.cell
        stretch = stretch_of(cell, self.bounds)
        order = places_of(np.argsort(stretch, kind="stable"), len(cell))
        return order, np.searchsorted(stretch[order], np.arange(len(self.bounds))), places_of(place, len(place))[cell]

    def beside_others(self, level: str) -> Beside:
        """A level and all the other levels together, in one table: first the cells of the level, then those of the others, summed."""
        known, merged, place = self._known
        start, end = self.stretch(level)
        n, alone = merged.n.copy(), self._alone.copy()
        n[place[start:end]] -= known.counts.n[start:end]
        alone[place[start:end]] -= known.people.alone[start:end]
        cells, size = end - start, end - start + len(n)
        here = n > 0
        origin = np.full(size, -1, dtype=np.int64)
        origin[cells:][here] = np.arange(int(here.sum()))
        outside = Counts(merged.axes, merged.codes[here], n[here], origin)
        alone = np.concatenate((known.people.alone[start:end], alone))
        people = Patients.all_different(alone)
        if len(known.people.n):
            order, begins, summed = self._entries
            first = self.names.index(level)
            mine = order[begins[first] : begins[first + 1]]
            cell = summed + cells
            cell[mine] = known.people.cell[mine] - start
            people = Patients(alone, cell, known.people.start, known.people.n)
            there = np.zeros(len(people.n), dtype=bool)
            there[known.people.place[mine]] = True
            people = replace(people, on_both_sides=people.of_combinations(np.flatnonzero(there)))
        return Beside(cells, outside, people, np.concatenate((known.counts.n[start:end], n)))

    def two(self, level: str, versus: str) -> tuple[Patients, tuple[int, int]]:
        """The patients behind two levels, as cells of one table: those of the first level, then those of the other; and how many of each."""
        known, _, _ = self._known
        (start, end), (begin, stop) = self.stretch(level), self.stretch(versus)
        sizes = end - start, stop - begin
        place = np.full(len(known.counts), -1, dtype=np.int64)
        place[start:end], place[begin:stop] = np.arange(sizes[0]), np.arange(sizes[1]) + sizes[0]
        here = place >= 0
        people = known.people.within(here)
        alone = np.zeros(sum(sizes), dtype=np.int64)
        alone[place[here]] = people.alone[here]
        return Patients(alone, place[people.cell], people.start, people.n), sizes


@dataclass(frozen=True, eq=False)
class Beside:
    """A level and the others in one table.

    Parameters
    ----------
    cells : int
        How many of the table's cells are the level's; they come first.
    others : Counts
        The others, whose influences belong to the whole table.
    people : Patients
        Behind the whole table.
    n : int64 array
        Episodes in each of its cells.
    """

    cells: int
    others: Counts
    people: Patients
    n: Ints
