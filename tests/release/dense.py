"""Takes what `protect` takes of one table, gives the same decision by the slow, obvious way: one vector over all cells for each total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import ALL

Parts = frozenset[str]
Printed = tuple[str, Parts]  # a level, and a set of its parts whose total would be printed
Floats = NDArray[np.float64]
Key = TypeVar("Key")

_ALL_COMBINED = 12  # up to so many small cells every combination is guarded; beyond it, single ones and pairs
_ZERO = 1e-7


def is_safe(n: int, threshold: int) -> bool:
    """Whether a count may be printed: none at all, or at least the threshold."""
    return n == 0 or n >= threshold


def protect(
    counts: Mapping[str, Mapping[str, int]],
    printed: Sequence[Printed],
    threshold: int,
    ways: Sequence[Parts] = (),
    sums: Mapping[str, Sequence[str]] | None = None,
) -> frozenset[Printed]:
    """Decide which printed totals may be seen.

    "All" is the sum of the other levels, and each printed number is the total of a set of parts of a level. Totals are
    taken in the order given, the most wanted first, and one is let through when it is no count from 1 to `threshold` - 1
    and, together with those already let through, gives no such count back by adding and subtracting. Guarded are: parts
    that no printed total tells apart, alone and combined, and every printed set, alone and combined over levels.

    Parameters
    ----------
    counts : dict of level to dict of part to int
        "All" alone, or "All" and the levels that sum to it.
    printed : sequence of (level, set of parts)
        What would be printed, the most wanted first.
    threshold : int
        11 withholds 1 to 10; 0 withholds nothing.
    ways : sequence of sets of parts
        Ways of dividing the same episodes: in each, every episode is in exactly one part. One way, all parts, by default.
        A reader knows that every way has the same total.
    sums : dict of level to sequence of levels, optional
        The levels that are sums, each with those it is made of; by default "All" is the sum of the others.

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
    ways = ways or (frozenset(counts[ALL]),)
    sums = {ALL: [level for level in counts if level != ALL] or [ALL]} if sums is None else sums
    reader = _Reader(counts, sums)
    for level in reader.levels:
        for way in ways[1:]:
            reader.learn(reader.new_direction(reader.vector(level, ways[0]) - reader.vector(level, way)))
    reader.guard([reader.vector(*target) for target in _guarded(counts, printed, threshold, ways, sums)])
    seen: set[Printed] = set()
    for level, parts in printed:
        if is_safe(sum(counts[level][part] for part in parts), threshold):
            direction = reader.new_direction(reader.vector(level, parts))
            if not reader.would_see(direction):
                seen.add((level, parts))
                reader.learn(direction)
    return frozenset(seen)


class _Reader:
    """What a reader can compute: the vectors over the (level, part) cells that hold anybody, spanned by what was let through."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]], sums: Mapping[str, Sequence[str]]) -> None:
        self.levels, self._sums = list(sums[ALL]), sums
        cells = [(level, part) for level in self.levels for part, n in counts[level].items() if n]
        self._place = {cell: i for i, cell in enumerate(cells)}
        self._known = np.zeros((0, len(cells)))
        self._unknown = np.zeros((0, len(cells)))  # guarded totals, less what is known of them

    def vector(self, level: str, parts: Parts) -> Floats:
        """A total of some parts of a level as a vector over the cells."""
        out = np.zeros(len(self._place))
        members = self._sums[level] if level in self._sums else level.split(_AND)
        out[[self._place[cell] for cell in ((member, part) for member in members for part in parts) if cell in self._place]] = 1.0
        return out

    def new_direction(self, vector: Floats) -> Floats | None:
        """Give what a total adds to what can be computed, as a unit vector; `None` when nothing."""
        rest = vector
        for _ in range(2):  # one pass of Gram-Schmidt loses digits
            rest = rest - self._known.T @ (self._known @ rest)
        size = float(np.linalg.norm(rest))
        return rest / size if size > _ZERO else None

    def guard(self, vectors: Sequence[Floats]) -> None:
        """Set what must not be computable."""
        if vectors:
            targets = np.array(vectors)
            self._unknown = targets - targets @ self._known.T @ self._known

    def would_see(self, direction: Floats | None) -> bool:
        """Whether one more direction gives a guarded total back."""
        return direction is not None and bool((np.linalg.norm(self._without(direction), axis=1) <= _ZERO).any())

    def learn(self, direction: Floats | None) -> None:
        """Add a direction to what can be computed."""
        if direction is not None:
            self._unknown = self._without(direction)
            self._known = np.vstack([self._known, direction])

    def _without(self, direction: Floats) -> Floats:
        return self._unknown - np.outer(self._unknown @ direction, direction)


_AND = "\x1f"  # joins the names of levels that are combined


def _guarded(
    counts: Mapping[str, Mapping[str, int]],
    printed: Sequence[Printed],
    threshold: int,
    ways: Sequence[Parts],
    sums: Mapping[str, Sequence[str]],
) -> Iterator[Printed]:
    """Give the sets of cells that hold 1 to threshold - 1 episodes and must not be computable."""
    sets = tuple(dict.fromkeys(parts for _, parts in printed))
    divisions = [_atoms(way, sets) for way in ways]
    guarded: dict[Printed, None] = {}
    for level, cells in counts.items():
        for division in divisions:
            for atoms in _combined({atom: sum(cells[part] for part in atom) for atom in division}, threshold):
                guarded[level, frozenset().union(*atoms)] = None
    for parts in dict.fromkeys((*sets, *(atom for division in divisions for atom in division))):
        totals = {level: sum(cells[part] for part in parts) for level, cells in counts.items()}
        for levels in _combined({level: n for level, n in totals.items() if level not in sums}, threshold):
            guarded[_AND.join(levels), parts] = None
        for level in sums:
            if not is_safe(totals[level], threshold):
                guarded[level, parts] = None
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
