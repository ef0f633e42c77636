"""Takes how many episodes each part of each level holds and what would be printed, gives what may be seen."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import ALL

Parts = frozenset[str]
Group = Hashable  # how a level is named: a word, or the levels of two columns
Printed = tuple[Group, Parts]  # a level, and a set of its parts whose total would be printed
Cells = Mapping[Group, Mapping[str, int]]
Sums = Mapping[Group, Sequence[Group]]
Floats = NDArray[np.float64]
Key = TypeVar("Key")

_ALL_COMBINED = 12  # up to so many small cells every combination is guarded; beyond it, single ones and pairs
_ZERO = 1e-7
_NEAR = 1e-6
_FEW = 8


def is_safe(n: int, threshold: int) -> bool:
    """Whether a count may be printed: none at all, or at least the threshold."""
    return n == 0 or n >= threshold


def protect(
    counts: Cells, printed: Sequence[Printed], threshold: int, ways: Sequence[Parts] = (), sums: Sums | None = None
) -> frozenset[Printed]:
    """Decide which printed totals may be seen.

    Some levels are sums of others, and each printed number is the total of a set of parts of a level. Totals are
    taken in the order given, the most wanted first, and one is let through when it is no count from 1 to `threshold` - 1
    and, together with those already let through, gives no such count back by adding and subtracting. Guarded are: parts
    that no printed total tells apart, alone and combined, and every printed set, alone and combined over levels.

    Parameters
    ----------
    counts : dict of level to dict of part to int
        Every level that is printed, and every one that a sum is made of; everyone first.
    printed : sequence of (level, set of parts)
        What would be printed, the most wanted first.
    threshold : int
        11 withholds 1 to 10; 0 withholds nothing.
    ways : sequence of sets of parts
        Ways of dividing the same episodes: in each, every episode is in exactly one part. One way, all parts, by default.
        A reader knows that every way has the same total.
    sums : dict of level to sequence of levels, optional
        The levels that are sums, each with the levels it is made of, which are no sums themselves: of two columns crossed, everyone
        and every margin, made of pairs. By default "All" is the sum of the others.

    Returns
    -------
    frozenset of (level, set of parts)
        Those that may be seen.

    Notes
    -----
    The attack that is excluded is solving the equations that printed totals make, with counts that are not negative: the
    reader is taken to know which cells hold nobody, and beyond those, not being negative fixes no cell that the equations
    leave open. Bounds (a hidden count between 3 and 8), and what follows from counts being whole, are the subject of the
    later audit.

    References
    ----------
    Complementary suppression: Hundepool A et al. (2012), Statistical Disclosure Control, chapter 4,
    doi:10.1002/9781118348239.

    Examples
    --------
    >>> yes, no = frozenset({"yes"}), frozenset({"no"})
    >>> counts = {"All": {"yes": 43, "no": 40}, "a": {"yes": 23, "no": 35}, "b": {"yes": 20, "no": 5}}
    >>> seen = protect(counts, [(level, s) for s in (yes | no, yes) for level in counts], 11)
    >>> sorted(level for level, s in seen if s == yes | no)
    ['All', 'a', 'b']
    >>> sorted(level for level, s in seen if s == yes)  # 20 in "b", or 43 and 23, would give the 5 of "b" back
    ['All']
    """
    if threshold <= 1:
        return frozenset(printed)
    members = _members(counts, sums)
    ways = ways or (frozenset(next(iter(counts.values()))),)
    reader = _Reader(counts, members)
    for level in reader.levels:
        for way in ways[1:]:
            reader.learn(reader.new_direction(reader.vector(level, ways[0]) - reader.vector(level, way)))
    reader.guard(_guarded(counts, members, printed, threshold, ways))
    seen: set[Printed] = set()
    for level, parts in printed:
        if is_safe(sum(counts[level][part] for part in parts), threshold):
            direction = reader.new_direction(reader.vector(level, parts))
            if not reader.would_see(direction):
                seen.add((level, parts))
                reader.learn(direction)
    return frozenset(seen)


def _members(counts: Cells, sums: Sums | None) -> dict[Group, Sequence[Group]]:
    """The levels that each level is made of: a level that is no sum of itself."""
    others = [level for level in counts if level != ALL]
    made: Sums = ({ALL: others} if others and ALL in counts else {}) if sums is None else sums
    return {level: made.get(level, (level,)) for level in counts}


class _Reader:
    """What a reader can compute: the vectors over the (level, part) cells that hold anybody, spanned by what was let through."""

    def __init__(self, counts: Cells, members: Mapping[Group, Sequence[Group]]) -> None:
        self._members = members
        self.levels = [level for level in counts if tuple(members[level]) == (level,)]
        cells = [(level, part) for level in self.levels for part, n in counts[level].items() if n]
        self._place = {cell: i for i, cell in enumerate(cells)}
        self._known = np.zeros((0, len(cells)))
        self._guarded: list[list[int]] = []  # the cells of each total that must not be computable
        self._listed = self._start = np.zeros(0, dtype=np.int64)  # the same, one after the other, and where each begins
        self._unknown = np.zeros(0)  # squared length of what is not known of each
        self._apart = False  # whether one is no sum of the cells here: then nobody can tell what gives it back, and nothing more is seen

    def vector(self, level: Group, parts: Parts) -> Floats:
        """A total of some parts of a level as a vector over the cells."""
        return self._vector(self._cells(self._members[level], parts))

    def _cells(self, members: Sequence[Group], parts: Parts) -> list[int]:
        """Where the cells of some parts of several levels that are no sums stand."""
        return [self._place[member, part] for member in members for part in parts if (member, part) in self._place]

    def _vector(self, cells: Sequence[int]) -> Floats:
        out = np.zeros(len(self._place))
        out[list(cells)] = 1.0
        return out

    def new_direction(self, vector: Floats) -> Floats | None:
        """Give what a total adds to what can be computed, as a unit vector; `None` when nothing."""
        rest = self._rest(vector, self._known)
        size = float(np.linalg.norm(rest))
        return rest / size if size > _ZERO else None

    def guard(self, totals: Iterable[tuple[Sequence[Group], Parts]]) -> None:
        """Set what must not be computable."""
        guarded = [self._cells(members, parts) for members, parts in totals]
        self._guarded = [cells for cells in guarded if cells]
        self._apart = len(self._guarded) < len(guarded)
        self._unknown = np.array([float(len(cells)) for cells in self._guarded])
        self._listed = np.array([cell for cells in self._guarded for cell in cells], dtype=np.int64)
        self._start = np.cumsum([0, *(len(cells) for cells in self._guarded[:-1])])
        for direction in self._known:
            self._unknown = self._unknown - self._share(direction)

    def would_see(self, direction: Floats | None) -> bool:
        """Whether one more direction gives a guarded total back."""
        if direction is None or self._apart:
            return self._apart and direction is not None
        left = self._unknown - self._share(direction)
        near = np.flatnonzero(left <= _NEAR)
        near = near[np.argsort(left[near], kind="stable")]
        known = np.vstack([self._known, direction])
        for few in (near[:_FEW], near[_FEW:]):  # squares lose digits, so that those that are near are computed; mostly the nearest decide
            totals = np.array([self._vector(self._guarded[place]) for place in few])
            if len(few) and (np.linalg.norm(self._rest(totals, known), axis=1) <= _ZERO).any():
                return True
        return False

    def learn(self, direction: Floats | None) -> None:
        """Add a direction to what can be computed."""
        if direction is not None:
            self._unknown = self._unknown - self._share(direction)
            self._known = np.vstack([self._known, direction])

    def _share(self, direction: Floats) -> Floats:
        """The squared length that a direction takes of each guarded total; directions stand at right angles, so that these add up."""
        return np.square(np.add.reduceat(direction[self._listed], self._start)) if self._guarded else np.zeros(0)

    @staticmethod
    def _rest(vectors: Floats, known: Floats) -> Floats:
        """What is left of vectors without the directions that are known."""
        for _ in range(2):  # one pass of Gram-Schmidt loses digits
            vectors = vectors - vectors @ known.T @ known
        return vectors


def _guarded(
    counts: Cells, members: Mapping[Group, Sequence[Group]], printed: Sequence[Printed], threshold: int, ways: Sequence[Parts]
) -> Iterator[tuple[tuple[Group, ...], Parts]]:
    """Give the sets of cells that hold 1 to threshold - 1 episodes and must not be computable: levels together, and parts of them."""
    sets = tuple(dict.fromkeys(parts for _, parts in printed))
    divisions = [_atoms(way, sets) for way in ways]
    guarded: dict[tuple[tuple[Group, ...], Parts], None] = {}
    for level, cells in counts.items():
        for division in divisions:
            for atoms in _combined({atom: sum(cells[part] for part in atom) for atom in division}, threshold):
                guarded[tuple(members[level]), frozenset().union(*atoms)] = None
    for parts in dict.fromkeys((*sets, *(atom for division in divisions for atom in division))):
        totals = {level: sum(cells[part] for part in parts) for level, cells in counts.items()}
        for levels in _combined({level: n for level, n in totals.items() if tuple(members[level]) == (level,)}, threshold):
            guarded[levels, parts] = None
        for level, total in totals.items():  # a sum that is small itself
            if not is_safe(total, threshold):
                guarded[tuple(members[level]), parts] = None
    yield from guarded


def _atoms(way: Parts, sets: Sequence[Parts]) -> list[Parts]:
    """Group the parts that every printed set holds together or not at all."""
    together: dict[tuple[bool, ...], list[str]] = {}
    for part in sorted(way):
        together.setdefault(tuple(part in parts for parts in sets), []).append(part)
    return [frozenset(parts) for parts in together.values()]


def _combined(sizes: Mapping[Key, int], threshold: int) -> Iterator[tuple[Key, ...]]:
    """Combine small cells into those that are still small together."""
    small = [key for key, n in sizes.items() if not is_safe(n, threshold)]
    most = len(small) if len(small) <= _ALL_COMBINED else 2
    for size in range(1, most + 1):
        for keys in combinations(small, size):
            if not is_safe(sum(sizes[key] for key in keys), threshold):
                yield keys
