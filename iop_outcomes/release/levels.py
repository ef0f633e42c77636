"""Takes the cells of one grouping column, or of two crossed, and the totals let through so far, gives which further totals leave every guarded set open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iop_outcomes.release.algebra import VECTOR_PIECE, ZERO, Floats, Ints, independent, less, null_of, orthonormal, product
from iop_outcomes.release.guards import SAMPLES, Across, Guarded, Mask

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
    """What changes in the witnesses when totals of sums of levels are known too.

    Parameters
    ----------
    witnesses : int array, shape (witnesses,)
        Levels.
    unknown : float array, shape (witnesses, cells, samples)
        What stays unknown of each.
    totals : float array, shape (totals, cells)
        Of the totals of sums that are known, those that the levels leave open, as rows that are orthonormal among those of one sum.
    sums : int array, shape (totals,)
        Of which sum each is.
    takes : float array, shape (totals, witnesses, cells)
        What these totals add to what is known of each witness; nothing where it is no member of their sum.
    guard : Guarded
        What must not be worked out of the witnesses, one after another.
    """

    witnesses: Ints
    unknown: Floats
    totals: Floats
    sums: Ints
    takes: Floats
    guard: Guarded

    @property
    def by_sum(self) -> list[tuple[int, slice | Ints]]:
        """Each sum with where its totals are."""
        several = list(dict.fromkeys(self.sums.tolist()))
        return [(one, slice(None) if len(several) == 1 else np.flatnonzero(self.sums == one)) for one in several]


class Levels:
    """What a reader can work out of the levels of one column.

    A reader knows, of each level, the span of the totals let through there (and which cells hold nobody, and that every way of dividing
    has the same total), and beside it some totals over several levels: over all of them, which are everyone, and where levels are the
    pairs of two columns over those of each margin. A set is worked out exactly when its total is 0 in whatever changes the
    cells and none of what is known. Such changes are a linear space, and a random member of it is 0 over no other set; so
    a few random members stand for all that is not known. In each level alone they are what is left of random numbers beyond the known span.
    That the totals of sums do not change either is then seen to in a few levels, the witnesses, which take up what the others leave.

    Parameters
    ----------
    n : int array, shape (levels, cells)
        Episodes of each cell.
    members : bool array, shape (sums, levels)
        The levels of each sum; the first is that of everyone, which has all of them.
    sets : float array, shape (sets, cells)
        Every set that is printed or told apart by what is printed, as rows of 0 and 1.
    divisions : sequence of int array
        Sets that no episode is in two of, and that may be combined.
    alike : float array, shape (vectors, cells)
        Differences that are 0 at every level: two ways of dividing the same episodes.
    threshold : int
        Counts from 1 to one below it are small.
    small : bool array, shape (levels + sums, sets)
        Which sets of each level, and then of each sum, may not be printed.
    """

    def __init__(self, n: Ints, members: Mask, sets: Floats, divisions: Sequence[Ints], alike: Floats, threshold: int, small: Mask) -> None:
        self._members = members
        self._here: Floats = (n != 0).astype(np.float64)
        cells = n.shape[1]
        self._open_to_any = np.diag(self._here.sum(axis=0))  # sum over levels of the projections on what is not known
        self._known = np.zeros((len(n), min(16, cells) or 1, cells))
        self._rank = np.zeros(len(n), dtype=np.int64)
        random = np.random.default_rng(11)  # any numbers will do
        self._unknown = random.standard_normal((len(n), cells, SAMPLES)) * self._here[:, :, np.newaxis]
        self._sets = sets
        self._of_sets = self._totals(self._unknown)
        sizes = np.rint(np.vstack([n, members.astype(np.int64) @ n]) @ sets.T).astype(np.int64)
        guards = [Guarded(*row, divisions, threshold) for row in zip(sizes, small, strict=True)]
        self._guards, self._of_sums = guards[: len(n)], guards[len(n) :]
        self._across = Across(sizes[: len(n)], threshold) if len(n) > 1 else None
        self._guarded = bool((self._across is not None and len(self._across)) or any(map(len, guards)))
        none = np.zeros(0, dtype=np.int64)
        self._links = _Linked(
            none, np.zeros((0, cells, SAMPLES)), np.zeros((0, cells)), none, np.zeros((0, 0, cells)), Guarded.stacked((), len(sets))
        )
        some: Floats = (members.astype(np.float64) @ self._here > 0).astype(np.float64)
        self._of_sums_alone = random.standard_normal((len(members), cells, SAMPLES)) * some[:, :, np.newaxis]  # beyond the totals of each
        self._tried: tuple[Floats, int, _Linked | None] = (np.zeros((0, cells)), 0, self._links)
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
        alone = np.flatnonzero([guard.hold(of_sets, scale) for guard, of_sets, scale in zip(guards, shown.of_sets, scales, strict=True)])
        left, new = shown.part(alone), new[alone]
        while len(left):
            several, linked = self._most(left, allowed)
            if linked is not None:
                self._learn(left.part(slice(several)))
                self._links = linked
            seen[new[:several]] = True
            left, new = left.part(slice(several + 1, None)), new[several + 1 :]
        return [bool(may) for may in seen]

    def _most(self, shown: Shown, allowed: Callable[[Shown], bool]) -> tuple[int, _Linked | None]:
        """How many of the first may be shown together: what several give back, more of them give back too."""
        low, high = 0, len(shown) + 1
        middle, best = len(shown), None
        while high - low > 1:
            part = shown.part(slice(middle))
            linked = self._open(part, self._links)
            if linked is not None and allowed(part):
                low, best = middle, linked
            else:
                high = middle
            middle = (low + high) // 2
        return low, best

    def _shown(self, places: Ints, directions: Floats) -> Shown:
        unknown = self._unknown[places]
        along = np.einsum("md,mdk->mk", directions, unknown)
        unknown = unknown - directions[:, :, np.newaxis] * along[:, np.newaxis, :]
        return Shown(places, directions, unknown, self._totals(unknown))

    def _totals(self, unknown: Floats) -> Floats:
        """The unknown of each guarded set, for each of some levels."""
        flat = product(self._sets, unknown.transpose(1, 0, 2).reshape(unknown.shape[1], -1))
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
        self._open_to_any -= product(shown.directions.T, shown.directions)

    def _rest(self, places: Ints, vectors: Floats) -> Floats:
        """What vectors add to what is known of their levels."""
        most = int(self._rank[places].max(initial=0))
        if 2 * len(places) > len(self._known):  # without a copy of what is known
            rest = np.zeros((len(self._known), vectors.shape[1]))
            rest[places] = vectors * self._here[places]
            return _beyond(self._known[:, :most], rest)[places]
        return _beyond(self._known[places, :most], vectors * self._here[places])

    # -- totals of sums ----------------------------------------------------------------------------------------------

    def holds_with(self, totals: Floats, several: int = 0) -> bool:
        """Whether everything guarded stays open when these totals of everyone, or of another sum, are known too."""
        linked: _Linked | None = self._links
        if len(totals):
            more = self._more(totals, several)
            linked = self._open(self._none, self._with(more, several)) if self._hold_alone(more, several) else None
        self._tried = totals, several, linked
        return linked is not None

    def link(self, totals: Floats, several: int = 0) -> None:
        """Take these totals of everyone, or of another sum, as known too."""
        if self._tried[0] is not totals or self._tried[1] != several:
            self.holds_with(totals, several)
        linked = self._tried[2]
        if linked is None:  # more is given back than could be guarded: nothing else will be let through
            linked = self._with(self._more(totals, several), several)
        self._of_sums_alone[several] = self._beyond(self._more(totals, several), several)
        self._links = linked

    def _hold_alone(self, more: Floats, several: int) -> bool:
        """Whether more totals of a sum, with those of it that are known, leave open what is guarded of it: most that do not are told by that."""
        unknown = self._beyond(more, several)
        return self._of_sums[several].hold(product(self._sets, unknown), max(1.0, float(np.abs(unknown).max(initial=0.0))))

    def _beyond(self, more: Floats, several: int) -> Floats:
        """What then stays unknown of the sum by itself."""
        alone: Floats = self._of_sums_alone[several]
        rest: Floats = alone - product(more.T, product(more, alone))
        return rest

    def let(self, totals: Floats, several: int) -> bool:
        """Let totals of a sum through where everything guarded stays open."""
        if holds := self.holds_with(totals, several):
            self.link(totals, several)
        return holds

    def _more(self, totals: Floats, several: int) -> Floats:
        """What totals of a sum add to those of it that are known."""
        return orthonormal(self._links.totals[self._links.sums == several], totals)

    def _with(self, more: Floats, several: int) -> _Linked:
        """The links with more totals of a sum."""
        links = self._links
        here = np.flatnonzero(self._members[several, links.witnesses])
        takes = np.zeros((len(more), len(links.witnesses), self._here.shape[1]))
        for take, total in zip(takes, more, strict=True):
            take[here] = self._rest(links.witnesses[here], np.broadcast_to(total, (len(here), len(total))))
        return replace(
            links,
            totals=np.vstack([links.totals, more]),
            sums=np.concatenate([links.sums, np.full(len(more), several, dtype=np.int64)]),
            takes=np.concatenate([links.takes, takes]),
        )

    @property
    def _none(self) -> Shown:
        sets, cells = self._sets.shape
        return Shown(np.empty(0, dtype=np.int64), np.zeros((0, cells)), np.zeros((0, cells, SAMPLES)), np.zeros((0, sets, SAMPLES)))

    def everyone_known(self, shown: Shown | None = None) -> Floats:
        """Totals of everyone that follow from the levels alone; `shown` would be let through besides."""
        open_to = self._open_to_any
        if shown is not None:
            open_to = open_to - product(shown.directions.T, shown.directions)
        known = null_of(open_to) * self._here.any(axis=0)
        return known[known.any(axis=1)]

    def _open(self, shown: Shown, links: _Linked) -> _Linked | None:
        """What changes when totals of levels and of sums are known besides; `None` where a guarded set is given back."""
        linked = self._linked(shown, links) if len(links.totals) else links
        if not self._guarded:
            return linked
        of_witnesses = self._totals(linked.unknown)
        of_sets = self._of_sets.copy()
        of_sets[shown.places], of_sets[linked.witnesses] = shown.of_sets, of_witnesses
        scale = max(1.0, float(np.abs(linked.unknown).max(initial=0.0)))
        is_open = (
            linked.guard.hold(of_witnesses.reshape(-1, SAMPLES), scale)
            and all(guard.hold(self._over(row, of_sets), scale) for row, guard in enumerate(self._of_sums) if len(guard))
            and (self._across is None or self._across.hold(of_sets, linked.witnesses.tolist(), scale))
        )
        return linked if is_open else None

    def _over(self, several: int, of_levels: Floats) -> Floats:
        """What holds of each level, added up over the members of a sum."""
        members = self._members[several]
        summed: Floats = (of_levels if members.all() else of_levels[members]).sum(axis=0)
        return summed

    def _linked(self, shown: Shown, links: _Linked) -> _Linked:
        unknown, added = self._unknown.copy(), np.zeros_like(self._here)
        unknown[shown.places], added[shown.places] = shown.unknown, shown.directions
        change = np.zeros((len(links.totals), SAMPLES))  # what each total of a sum is in the unknown, which it must not change
        for several, rows in links.by_sum:
            change[rows] = links.totals[rows] @ self._over(several, unknown)
        witnesses, takes = links.witnesses, _without(links.takes, added[links.witnesses])
        while True:
            flat = takes.reshape(len(takes), takes[0].size)
            weight = product(flat, flat.T)
            chosen = independent(weight)
            inside = weight[np.ix_(chosen, chosen)]
            shares: Floats = np.linalg.solve(inside, change[chosen]).astype(np.float64, copy=False)
            left = change - weight[:, chosen] @ shares
            if np.abs(left).max() <= ZERO * max(1.0, float(np.abs(change).max())):
                break
            row = int(np.abs(left[:, 0]).argmax())
            mixed = np.zeros(len(change))
            mixed[chosen] = -np.linalg.solve(inside, weight[chosen, row])
            mixed[row] = 1.0
            level = self._witness(mixed, links, added, witnesses)
            if level is None:
                break
            witnesses = np.append(witnesses, level)
            new = self._open_to(level, links.totals, links.sums)[:, np.newaxis]
            takes = np.concatenate([takes, _without(new, added[witnesses[-1:]])], axis=1)
        takes = takes[chosen]
        needed = np.flatnonzero(np.abs(takes).max(axis=(0, 2), initial=0.0) > ZERO)
        if len(needed) < len(witnesses):
            witnesses, takes = witnesses[needed], takes[:, needed]
        _, several, cells = takes.shape
        taken = product(takes.reshape(len(takes), several * cells).T, shares).reshape(several, cells, SAMPLES)
        guard = links.guard
        if not np.array_equal(witnesses, links.witnesses):
            guard = Guarded.stacked([self._guards[level] for level in witnesses.tolist()], len(self._sets))
        return _Linked(witnesses, unknown[witnesses] - taken, links.totals[chosen], links.sums[chosen], takes, guard)

    def _open_to(self, level: int, totals: Floats, sums: Ints | int) -> Floats:
        """What totals of sums add to what is known of a level: nothing where it is no member."""
        here = np.broadcast_to(self._members[sums, level], len(totals))
        known = self._known[level, : self._rank[level]]
        if here.all():
            return less(totals * self._here[level], known)
        out = np.zeros_like(totals)
        out[here] = less(totals[here] * self._here[level], known)
        return out

    def _witness(self, mixed: Floats, links: _Linked, added: Floats, witnesses: Ints) -> int | None:
        """Another level that leaves a combination of totals of sums open, most of all the levels looked at together."""
        order = np.argsort(self._rank - self._here.sum(axis=1), kind="stable")  # those of which least is known come first
        order = order[~np.isin(order, witnesses)]
        totals = np.zeros_like(self._here)
        for several, rows in links.by_sum:
            totals += np.multiply.outer(self._members[several], mixed[rows] @ links.totals[rows])
        for start in range(0, len(order), _LOOKED_AT):
            places = order[start : start + _LOOKED_AT]
            rest = _without(self._rest(places, totals[places])[np.newaxis], added[places])[0]
            sizes = np.linalg.norm(rest, axis=1)
            if sizes.max() > ZERO:
                return int(places[sizes.argmax()])
        return None


def _without(vectors: Floats, directions: Floats) -> Floats:
    """What is left of vectors, several for each of some levels, beyond a direction of each level; nothing goes where that is nothing."""
    if not directions.any():
        return vectors
    rest: Floats = vectors - np.einsum("mwc,wc->mw", vectors, directions)[:, :, np.newaxis] * directions
    return rest


def _beyond(known: Floats, vectors: Floats) -> Floats:
    """What each vector adds to the span of its own orthonormal rows."""
    several = max(1, VECTOR_PIECE // max(1, known.shape[2]))
    for _ in range(2):  # one pass of Gram-Schmidt loses digits
        rest = vectors
        for first in range(0, known.shape[1], several):
            part = known[:, first : first + several]
            inside = np.matmul(part, vectors[:, :, np.newaxis])
            rest = rest - np.matmul(inside.transpose(0, 2, 1), part)[:, 0]
        vectors = rest
    return vectors
