"""Takes the cells of one grouping column and the totals let through so far, gives which further totals leave every guarded set open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from iop_outcomes.release.guards import SAMPLES, ZERO, Across, Floats, Guarded, Ints, Mask

_NOTHING = 1e-10  # a squared size that is 0 but for rounding
_LOOKED_AT = 16  # levels at a time, in search of one that leaves a total of everyone open


@dataclass(frozen=True, eq=False)
class Shown:
    """Totals of different levels that are let through together, in order: where, which direction each adds, and what stays unknown there."""

    places: Ints  # (totals,)
    directions: Floats  # (totals, cells)
    unknown: Floats  # (totals, cells, samples)
    of_sets: Floats  # (totals, sets, samples), the same over each guarded set

    def part(self, chosen: slice | Ints) -> Shown:
        """Some of them."""
        return Shown(self.places[chosen], self.directions[chosen], self.unknown[chosen], self.of_sets[chosen])

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, eq=False)
class _Linked:
    """What changes in the witnesses when totals of everyone are known too, and those of the totals that the levels leave open."""

    unknown: dict[int, Floats]
    open_totals: Floats


def orthonormal(rows: Floats, vectors: Floats) -> Floats:
    """What vectors add to the span of orthonormal rows, as orthonormal rows."""
    new = np.zeros((0, rows.shape[1]))
    left = _less(vectors, rows)
    sizes = np.linalg.norm(vectors, axis=1)
    for rest, size in zip(left, sizes, strict=True):
        if np.linalg.norm(rest) > ZERO * max(1.0, size):
            beyond = _less(rest, new)
            if (length := np.linalg.norm(beyond)) > ZERO * max(1.0, size):
                new = np.vstack([new, beyond / length])
    return new


def _less(vectors: Floats, rows: Floats) -> Floats:
    """What is left of vectors beyond the span of orthonormal rows."""
    for _ in range(2):  # one pass of Gram-Schmidt loses digits
        vectors = vectors - (vectors @ rows.T) @ rows
    return vectors


class Levels:
    """What a reader can work out of the levels of one column.

    A reader knows, of each level, the span of the totals let through there (and which cells hold nobody, and that every way of dividing
    has the same total), and beside it some totals over all levels. A set is worked out exactly when its total is 0 in whatever changes the
    cells and none of what is known. Such changes are a linear space, and a random member of it is 0 over no other set; so
    a few random members stand for all that is not known. In each level alone they are what is left of random numbers beyond the known span.
    That the totals of everyone do not change either is then seen to in a few levels, the witnesses, which take up what the others leave.

    Parameters
    ----------
    n : int array, shape (levels, cells)
        Episodes of each cell.
    sets : float array, shape (sets, cells)
        Every set that is printed or told apart by what is printed, as rows of 0 and 1.
    divisions : sequence of int array
        Sets that no episode is in two of, and that may be combined.
    alike : float array, shape (vectors, cells)
        Differences that are 0 at every level: two ways of dividing the same episodes.
    threshold : int
        Counts from 1 to one below it are small.
    small : bool array, shape (levels + 1, sets)
        Which sets of each level, and of everyone last, may not be printed.
    """

    def __init__(self, n: Ints, sets: Floats, divisions: Sequence[Ints], alike: Floats, threshold: int, small: Mask) -> None:
        self._here = (n > 0).astype(np.float64)
        cells = n.shape[1]
        self._known = np.zeros((len(n), min(16, cells) or 1, cells))
        self._rank = np.zeros(len(n), dtype=np.int64)
        random = np.random.default_rng(11)  # any numbers will do
        self._unknown = random.standard_normal((len(n), cells, SAMPLES)) * self._here[:, :, np.newaxis]
        self._sets = sets
        self._of_sets = self._totals(self._unknown)
        sizes = np.rint(np.vstack([n, n.sum(axis=0)]) @ sets.T).astype(np.int64)
        *self._guards, self._everyone = [Guarded(*row, divisions, threshold) for row in zip(sizes, small, strict=True)]
        self._across = Across(sizes[:-1], threshold) if len(n) > 1 else None
        self._guarded = bool(len(self._everyone) or (self._across is not None and len(self._across)) or any(map(len, self._guards)))
        self._links = np.zeros((0, cells))
        self._tried: tuple[Floats, Floats] | None = None
        self._witnesses: list[int] = []
        for vector in alike:
            everywhere = np.arange(len(n))
            rest = self._rest(everywhere, np.tile(vector, (len(n), 1)))
            sizes = np.linalg.norm(rest, axis=1)
            new = sizes > ZERO
            self._learn(self._shown(everywhere[new], rest[new] / sizes[new, np.newaxis]))

    # -- totals of levels -------------------------------------------------------------------------------------------

    def offer(self, places: Ints, vectors: Floats, allowed: Callable[[Shown], bool]) -> Sequence[bool]:
        """Let through what may be, of totals of different levels in the order given.

        Parameters
        ----------
        places : int array, shape (totals,)
            The level of each.
        vectors : float array, shape (totals, cells)
            Rows of 0 and 1.
        allowed : callable
            Whether totals that leave everything guarded here open may be shown for other reasons.
        """
        rest = self._rest(places, vectors)
        sizes = np.linalg.norm(rest, axis=1)
        new = np.flatnonzero(sizes > ZERO)
        seen = sizes <= ZERO  # what can be worked out may be shown
        shown = self._shown(places[new], rest[new] / sizes[new, np.newaxis])
        scales = np.abs(shown.unknown).max(axis=(1, 2), initial=1.0)
        guards = [self._guards[place] for place in shown.places.tolist()]
        alone = np.flatnonzero([guard.hold(shown.of_sets[i], scales[i]) for i, guard in enumerate(guards)])
        left, new = shown.part(alone), new[alone]
        while len(left):
            several = self._most(left, allowed)
            self._accept(left.part(slice(several)))
            seen[new[:several]] = True
            left, new = left.part(slice(several + 1, None)), new[several + 1 :]
        return seen.tolist()

    def _most(self, shown: Shown, allowed: Callable[[Shown], bool]) -> int:
        """How many of the first may be shown together: what several give back, more of them give back too."""
        low, high = 0, len(shown) + 1
        middle = len(shown)
        while high - low > 1:
            part = shown.part(slice(middle))
            if self._open_totals(part, self._links) is not None and allowed(part):
                low = middle
            else:
                high = middle
            middle = (low + high) // 2
        return low

    def _accept(self, shown: Shown) -> None:
        if not len(shown):
            return
        open_totals = self._open_totals(shown, self._links)
        self._learn(shown)
        self._links = self._links if open_totals is None else open_totals
        self._tried = None

    def _shown(self, places: Ints, directions: Floats) -> Shown:
        unknown = self._unknown[places]
        along = np.einsum("md,mdk->mk", directions, unknown)
        unknown = unknown - directions[:, :, np.newaxis] * along[:, np.newaxis, :]
        return Shown(places, directions, unknown, self._totals(unknown))

    def _totals(self, unknown: Floats) -> Floats:
        """The unknown of each guarded set, for each of some levels."""
        flat = self._sets @ unknown.transpose(1, 0, 2).reshape(unknown.shape[1], -1)
        return np.ascontiguousarray(flat.reshape(len(self._sets), len(unknown), SAMPLES).transpose(1, 0, 2))

    def _learn(self, shown: Shown) -> None:
        places = shown.places
        if not len(places):
            return
        if self._rank[places].max() >= self._known.shape[1]:
            self._known = np.concatenate([self._known, np.zeros_like(self._known)], axis=1)
        self._known[places, self._rank[places]] = shown.directions
        self._rank[places] += 1
        self._unknown[places] = shown.unknown
        self._of_sets[places] = shown.of_sets

    def _rest(self, places: Ints, vectors: Floats) -> Floats:
        """What vectors add to what is known of their levels."""
        most = int(self._rank[places].max(initial=0))
        if 2 * len(places) > len(self._known):  # without a copy of what is known
            rest = np.zeros((len(self._known), vectors.shape[1]))
            rest[places] = vectors * self._here[places]
            return _beyond(self._known[:, :most], rest)[places]
        return _beyond(self._known[places, :most], vectors * self._here[places])

    # -- totals of everyone ------------------------------------------------------------------------------------------

    def holds_with(self, totals: Floats) -> bool:
        """Whether everything guarded stays open when these totals of everyone are known too."""
        links = np.vstack([self._links, orthonormal(self._links, totals)])
        open_totals = self._open_totals(self._none, links)
        self._tried = None if open_totals is None else (totals, open_totals)
        return open_totals is not None

    def link(self, totals: Floats) -> None:
        """Take these totals of everyone as known too."""
        if not len(totals):
            return
        if self._tried is None or not np.array_equal(self._tried[0], totals):
            self.holds_with(totals)
        self._links = np.vstack([self._links, orthonormal(self._links, totals)]) if self._tried is None else self._tried[1]

    @property
    def _none(self) -> Shown:
        sets, cells = self._sets.shape
        return Shown(np.empty(0, dtype=np.int64), np.zeros((0, cells)), np.zeros((0, cells, SAMPLES)), np.zeros((0, sets, SAMPLES)))

    def everyone_known(self, shown: Shown | None = None) -> Floats:
        """Totals of everyone that follow from the levels alone, as orthonormal rows; `shown` would be let through besides."""
        here = self._here.any(axis=0)
        open_to = np.diag(self._here.sum(axis=0)) - np.einsum("lrd,lre->de", self._known, self._known, optimize=True)
        if shown is not None:
            open_to -= shown.directions.T @ shown.directions
        sizes, vectors = np.linalg.eigh(open_to + np.diag(np.where(here, 0.0, 1.0)))
        return np.ascontiguousarray(vectors[:, sizes <= _NOTHING * max(1.0, sizes[-1])].T)

    def _open_totals(self, shown: Shown, links: Floats) -> Floats | None:
        """Totals of everyone that are known but left open by the levels; `None` where a guarded set is given back."""
        linked = self._linked(shown, links) if len(links) else _Linked({}, links)
        if not self._guarded:
            return linked.open_totals
        of_sets = self._of_sets.copy()
        of_sets[shown.places] = shown.of_sets
        for level, unknown in linked.unknown.items():
            of_sets[level] = self._sets @ unknown
        scale = max((float(np.abs(unknown).max()) for unknown in linked.unknown.values()), default=1.0)
        scale = max(1.0, scale)
        is_open = (
            all(self._guards[level].hold(of_sets[level], scale) for level in linked.unknown)
            and self._everyone.hold(of_sets.sum(axis=0), scale)
            and (self._across is None or self._across.hold(of_sets, tuple(linked.unknown), scale))
        )
        return linked.open_totals if is_open else None

    def _linked(self, shown: Shown, links: Floats) -> _Linked:
        added = dict(zip(shown.places.tolist(), shown.directions, strict=True))
        place_of = {place: i for i, place in enumerate(added)}
        change = links @ (self._unknown.sum(axis=0) + (shown.unknown - self._unknown[shown.places]).sum(axis=0))
        takes = {level: self._open_to(level, links, added) for level in self._witnesses}
        while True:
            weight = sum((take @ take.T for take in takes.values()), np.zeros((len(links), len(links))))
            sizes, vectors = np.linalg.eigh(weight)
            vectors = vectors[:, sizes > _NOTHING]
            inside = vectors.T @ change
            left = change - vectors @ inside
            if np.abs(left).max() <= ZERO * max(1.0, float(np.abs(change).max())):
                break
            level = self._witness(left[:, 0] @ links / np.linalg.norm(left[:, 0]), added, takes)
            if level is None:
                break
            takes[level] = self._open_to(level, links, added)
        shares = vectors @ (inside / sizes[sizes > _NOTHING][:, np.newaxis])
        self._witnesses = [level for level, take in takes.items() if np.abs(take).max() > ZERO]
        before = {level: shown.unknown[place_of[level]] if level in added else self._unknown[level] for level in self._witnesses}
        return _Linked({level: unknown - takes[level].T @ shares for level, unknown in before.items()}, vectors.T @ links)

    def _open_to(self, level: int, links: Floats, added: dict[int, Floats]) -> Floats:
        """What totals of everyone add to what is known of a level."""
        rest = _less(links * self._here[level], self._known[level, : self._rank[level]])
        if level in added:
            rest = rest - np.outer(rest @ added[level], added[level])
        return rest

    def _witness(self, total: Floats, added: dict[int, Floats], takes: dict[int, Floats]) -> int | None:
        """A level that leaves a total of everyone open, most of all the levels looked at together."""
        order = np.argsort(self._rank - self._here.sum(axis=1), kind="stable")  # those of which least is known come first
        order = order[~np.isin(order, list(takes))]
        for start in range(0, len(order), _LOOKED_AT):
            places = order[start : start + _LOOKED_AT]
            rest = self._rest(places, np.tile(total, (len(places), 1)))
            for i, place in enumerate(places.tolist()):
                if place in added:
                    rest[i] -= (rest[i] @ added[place]) * added[place]
            sizes = np.linalg.norm(rest, axis=1)
            if sizes.max() > ZERO:
                return int(places[sizes.argmax()])
        return None


def _beyond(known: Floats, vectors: Floats) -> Floats:
    """What each vector adds to the span of its own orthonormal rows."""
    for _ in range(2):  # one pass of Gram-Schmidt loses digits
        inside = np.matmul(known, vectors[:, :, np.newaxis])
        vectors = vectors - np.matmul(inside.transpose(0, 2, 1), known)[:, 0]
    return vectors
