"""Takes counts of days and causes in several groups, gives the log-rank test of hazards and Gray's test of incidences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iop_outcomes.patients import Patients, Places, places_of
from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.lifetable import check_cells, ratio, staying
from iop_outcomes.stats.special import chdtrc


@dataclass(frozen=True, eq=False)
class GroupTest:
    """A test that several groups share one curve.

    Parameters
    ----------
    score : float array, shape (groups,)
        Observed minus expected in each group; sums to 0.
    covariance : float array, shape (groups, groups)
        Covariance of the scores when the groups are alike.
    observed, expected : float arrays, shape (groups,)
        Events, and events if the groups were alike (Gray: on its own scale of risk).
    """

    score: Floats
    covariance: Floats
    observed: Floats
    expected: Floats

    @cached_property
    def _referred(self) -> tuple[float, int, float]:
        """Worked out when it is asked for: where patients repeat it is not."""
        return chi_square(self.score, self.covariance)

    @property
    def chi2(self) -> float:
        """The score' covariance^- score; NaN when no two groups can be compared."""
        return self._referred[0]

    @property
    def df(self) -> int:
        """Rank of the covariance: groups that can be compared, minus 1."""
        return self._referred[1]

    @property
    def p(self) -> float:
        """Upper tail of the chi-square distribution; NaN with `chi2`."""
        return self._referred[2]


@dataclass(frozen=True, eq=False)
class _Days:
    """Distinct days against groups: at risk, events of interest, all ends but follow-up; shape (days, groups) each."""

    at_risk: Ints
    events: Ints
    ended: Ints
    where: Ints


def chi_square(score: Floats, covariance: Floats) -> tuple[float, int, float]:
    """Give the chi-square of scores that sum to 0, its degrees of freedom and its p.

    Parameters
    ----------
    score : float array, shape (groups,)
    covariance : float array, shape (groups, groups)
        Singular, since the scores sum to 0; its pseudo-inverse does not depend on which group is left out.

    Returns
    -------
    chi2 : float
    df : int
    p : float
        NaN, 0, NaN when the covariance is 0.

    Examples
    --------
    >>> chi2, df, p = chi_square(np.array([-2.0, 2.0]), np.array([[1.0, -1.0], [-1.0, 1.0]]))
    >>> round(chi2, 6), df, round(p, 4)
    (4.0, 1, 0.0455)
    """
    roots, directions = np.linalg.eigh(covariance)
    used = roots > 1e-12 * max(roots.max(initial=0.0), 1e-300)
    df = int(used.sum())
    if df == 0:
        return float("nan"), 0, float("nan")
    chi2 = float(((score @ directions[:, used]) ** 2 / roots[used]).sum())
    return chi2, df, float(chdtrc(df, chi2))


def log_rank(group: ArrayLike, day: ArrayLike, cause: ArrayLike, n: ArrayLike, *, outcome: int | None = None) -> GroupTest:
    """Compare hazards between groups: the log-rank test with the hypergeometric variance.

    Parameters
    ----------
    group : int64 array, shape (cells,)
        Position of each cell's group, from 0. A position without episodes takes no part.
    day, cause, n : int64 arrays, shape (cells,)
        As for `lifetable.life_table`.
    outcome : int, optional
        The cause that counts as the event, others then count as the end of follow-up: a test of the cause-specific hazard,
        not of the incidence. Default any cause.

    Returns
    -------
    GroupTest
        For episodes that are independent; with repeated patients take `log_rank_scores`.

    Raises
    ------
    ValueError
        When the cells are not whole numbers of 0 or more of one length.

    References
    ----------
    Mantel (1966), Cancer Chemotherapy Reports 50:163-170. Peto and Peto (1972), doi:10.2307/2344317.

    Examples
    --------
    >>> found = log_rank([0, 0, 0, 1, 1, 1], [6, 7, 10, 1, 2, 3], [1, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1])
    >>> found.observed, round(found.chi2, 4), found.df, round(found.p, 4)
    (array([2., 3.]), 5.0517, 1, 0.0246)
    """
    days = _count(*_check(group, day, cause, n), outcome)
    total, happened = days.at_risk.sum(axis=1), days.events.sum(axis=1)
    share = ratio(days.at_risk, total[:, None])
    observed = days.events.sum(axis=0).astype(np.float64)
    expected = (happened[:, None] * share).sum(axis=0)
    spread = happened * ratio(total - happened, total - 1)
    covariance = np.diag((spread[:, None] * share).sum(axis=0)) - np.einsum("dg,dh->gh", spread[:, None] * share, share)
    return GroupTest(observed - expected, covariance, observed, expected)


@dataclass(frozen=True, eq=False)
class ScoreParts:
    """The influences of a log-rank test as two parts, which take little room however many groups there are.

    An episode adds `alone` to the score of its group, and a row of `common` to the scores of all groups.

    Parameters
    ----------
    group : int64 array, shape (cells,)
        Position of each cell's group.
    alone : float array, shape (cells,)
    kind : int64 array, shape (cells,)
        Row of `common`: cells of one day that end alike share it.
    common : float array, shape (kinds, groups)
    """

    group: Ints
    alone: Floats
    kind: Ints
    common: Floats
    _referred: dict[Patients, tuple[float, int]] = field(default_factory=dict, repr=False)

    @property
    def influence(self) -> Floats:
        """Both parts together; shape (groups, cells)."""
        member = np.arange(self.common.shape[1])[:, None] == self.group
        return np.asarray(member * self.alone + self.common[self.kind].T, dtype=np.float64)

    def spread(self, place: Ints) -> ScoreParts:
        """The same for the cells of a larger table, each with its place here, or -1 where it takes no part."""
        here = place >= 0
        nothing = len(self.common)
        group, alone, kind = (
            np.where(here, each[place], rest) if len(each) else np.full(len(place), rest)
            for each, rest in ((self.group, 0), (self.alone, 0.0), (self.kind, nothing))
        )
        return ScoreParts(group, alone, kind, np.vstack((self.common, np.zeros((1, self.common.shape[1])))))

    def chi_square(self, score: Floats, people: Patients) -> tuple[float, int]:
        """The robust chi-square of the scores and its degrees of freedom; worked out once for the statistic and its p."""
        if people not in self._referred:
            self._referred[people] = chi_square(score, self.covariance(people))[:2]
        return self._referred[people]

    def covariance(self, people: Patients) -> Floats:
        """Sum over patients of the products of their summed influences; shape (groups, groups).

        The product of a sum with itself is the sum over pairs of a patient's episodes, and pairs of cells of the same kind or group
        are added before they meet `common`: so the cost grows with the pairs, not with the groups times the groups.
        """
        groups, kinds = self.common.shape[1], len(self.common)
        both, cross = np.zeros((groups, groups)), np.zeros((groups, kinds))
        of_kinds = _PairCounts(kinds * kinds)
        for one, other, n in _pairs(people):
            np.add.at(both, (self.group[one], self.group[other]), n * self.alone[one] * self.alone[other])
            np.add.at(cross, (self.group[one], self.kind[other]), n * self.alone[one])
            of_kinds.add(self.kind[one] * kinds + self.kind[other], n)
        codes, weights = of_kinds.added()
        mixed = np.einsum("gk,kh->gh", cross, self.common)
        return np.asarray(both + mixed + mixed.T + self._common_products(codes // kinds, codes % kinds, weights), dtype=np.float64)

    def _common_products(self, one: Ints, other: Ints, weights: Floats) -> Floats:
        """The sum of weight x common of one x common of the other; `one` sorted."""
        gathered = np.zeros_like(self.common)
        for start in range(0, len(one), _AT_ONCE):
            piece = slice(start, start + _AT_ONCE)
            begins = np.flatnonzero(np.diff(one[piece], prepend=-1))
            gathered[one[piece][begins]] += np.add.reduceat(weights[piece, None] * self.common[other[piece]], begins)
        return np.asarray(np.einsum("kg,kh->gh", self.common, gathered), dtype=np.float64)


_AT_ONCE = 20_000
_PIECE = 200_000  # pairs that are added up at once: those of millions of patients would fill the memory
_DENSE = 4_000_000  # codes that have a place each, in 32 MB


class _PairCounts:
    """How many patients have each pair of kinds of cells: added up piece by piece, as whole numbers, so exactly."""

    def __init__(self, codes: int) -> None:
        self._dense: Ints | None = np.zeros(codes, dtype=np.int64) if codes <= _DENSE else None
        self._codes, self._weights = np.zeros(0, dtype=np.int64), np.zeros(0)

    def add(self, codes: Ints, n: Ints) -> None:
        """Add patients of these pairs."""
        if self._dense is not None:
            np.add.at(self._dense, codes, n)
            return
        self._codes, where = np.unique(np.concatenate((self._codes, codes)), return_inverse=True)
        self._weights = np.bincount(where, weights=np.concatenate((self._weights, n))).astype(np.float64)

    def added(self) -> tuple[Ints, Floats]:
        """The pairs that there are, ascending, and their patients."""
        if self._dense is None:
            return self._codes, self._weights
        codes = np.flatnonzero(self._dense)
        return codes, self._dense[codes].astype(np.float64)


def _pairs(people: Patients) -> Iterator[tuple[Places, Places, Ints]]:
    """Every ordered pair of episodes of one patient, an episode with itself included: cells of both, and how many patients."""
    here = np.flatnonzero(people.alone)
    yield here, here, people.alone[here]
    place, cell = people.place, people.cell
    first, lag = places_of(np.arange(len(cell)), len(cell)), 0
    while len(first):
        for ahead, behind in ((0, lag), (lag, 0))[: 2 if lag else 1]:
            for start in range(0, len(first), _PIECE):
                piece = first[start : start + _PIECE]
                yield cell[piece + ahead], cell[piece + behind], people.n[place[piece]]
        lag += 1
        first = first[: int(np.searchsorted(first, len(cell) - lag))]
        first = first[place[first + lag] == place[first]]


def log_rank_scores(group: ArrayLike, day: ArrayLike, cause: ArrayLike, n: ArrayLike, *, outcome: int | None = None) -> ScoreParts:
    """Give what each episode contributes to the log-rank scores when the groups are alike, for robust covariances.

    Its influences summed over episodes give `log_rank(...).score`. The sum over patients of the products of each patient's sums is
    the covariance that `chi_square` takes: R's ``coxph(ties="breslow", cluster=)$rscore``.

    Parameters
    ----------
    group, day, cause, n, outcome
        As for `log_rank`.

    Returns
    -------
    ScoreParts

    References
    ----------
    Lin and Wei (1989), doi:10.1080/01621459.1989.10478874.

    Examples
    --------
    >>> parts = log_rank_scores([0, 0, 0, 1, 1, 1], [6, 7, 10, 1, 2, 3], [1, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1])
    >>> parts.influence[1].round(2)
    array([0.23, 0.23, 0.23, 0.42, 0.4 , 0.36])
    """
    group_, day_, cause_, n_ = _check(group, day, cause, n)
    days = _count(group_, day_, cause_, n_, outcome)
    total = days.at_risk.sum(axis=1)
    share = ratio(days.at_risk, total[:, None])
    hazard = ratio(days.events.sum(axis=1), total)
    event = (cause_ > 0 if outcome is None else cause_ == outcome).astype(np.int64)
    waited = np.cumsum(share * hazard[:, None], axis=0)
    common = np.stack((waited, waited - share), axis=1).reshape(2 * len(waited), -1)
    return ScoreParts(group_, event - np.cumsum(hazard)[days.where], 2 * days.where + event, common)


def gray(group: ArrayLike, day: ArrayLike, cause: ArrayLike, n: ArrayLike, *, outcome: int) -> GroupTest:
    """Compare cumulative incidences of one cause between groups: Gray's test (rho = 0).

    Parameters
    ----------
    group, day, cause, n
        As for `log_rank`.
    outcome : int
        The cause whose incidence is compared; every other is a competing event.

    Returns
    -------
    GroupTest
        As R's ``cmprsk::cuminc``. For episodes that are independent.

    Raises
    ------
    ValueError
        When the cells are not whole numbers of 0 or more of one length.

    References
    ----------
    Gray (1988), doi:10.1214/aos/1176350951.

    Examples
    --------
    >>> day, cause = [7, 7, 7, 14, 14, 21, 21, 30, 30, 30], [1, 2, 0, 1, 2, 1, 0, 2, 1, 0]
    >>> found = gray([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], day, cause, [1] * 10, outcome=1)
    >>> round(found.chi2, 6), found.df, round(found.p, 6)
    (2.730912, 1, 0.098423)
    """
    days = _count(*_check(group, day, cause, n), outcome)
    at_risk, happened = days.at_risk.astype(np.float64), days.events.sum(axis=1)
    after = staying(at_risk, days.ended)
    before = _shift(after, 1.0)
    incidence = _shift(np.cumsum(before * ratio(days.events, at_risk), axis=0), 0.0)
    risk = ratio(at_risk * (1.0 - incidence), before)
    expected = happened @ ratio(risk, risk.sum(axis=1)[:, None])
    observed = days.events.sum(axis=0).astype(np.float64)
    covariance = _gray_covariance(days, after, before)
    return GroupTest(observed - expected, covariance, observed, expected)


def _gray_covariance(days: _Days, after: Floats, before: Floats) -> Floats:
    """Gray's estimate: one martingale term for the cause of interest, one for the others, corrected for ties."""
    at_risk, happened = days.at_risk.astype(np.float64), days.events.sum(axis=1).astype(np.float64)
    rival = (days.ended - days.events).astype(np.float64)
    weight = ratio(at_risk, before)
    total = weight.sum(axis=1)
    pooled = np.cumsum(ratio(happened, total))
    left = 1.0 - pooled
    jump = ratio(ratio(happened, total), 1.0 - np.concatenate(([0.0], pooled[:-1]))[: len(pooled)])
    over = ratio(left[:, None], after)
    scale = np.where(at_risk > 0, total[:, None] * before, 0.0)
    size = ratio(before**2 * happened[:, None], at_risk * scale) * _ties(happened[:, None], scale)
    rival_size = ratio(before**2 * rival, at_risk**2) * _ties(rival, at_risk) * over**2
    share = ratio(weight, total[:, None])
    steps = jump[:, None] * weight
    ahead = steps[::-1].cumsum(axis=0)[::-1] - steps
    interest = _weighted_products(weight, share, jump, ahead, 1.0 - over, size, today=1.0)
    return interest + _weighted_products(weight, share, jump, ahead, np.ones_like(over), rival_size, today=0.0)


def _weighted_products(weight: Floats, share: Floats, jump: Floats, ahead: Floats, later: Floats, size: Floats, *, today: float) -> Floats:
    """The sum over days d and groups k of size x (what an end in k on day d adds to the score of g) x (the same of h).

    It adds, with W = weight, q = share and j = jump, all of a day: `today` x W_g (1{g = k} - q_k) of that day, and `later` x the sum
    over the days after it of j W_g (1{g = k} - q_k); `ahead` is the sum of j W_g. Multiplied out, the products over k are of days
    with days: days x days x groups steps, where days x groups x groups x groups would be needed one by one.
    """
    in_group = today * weight + later * ahead
    stepped = jump[:, None] * share
    before = _shift(np.cumsum(size * in_group * later, axis=0), 0.0)
    crossed = np.einsum("dg,dh->gh", today * size * in_group * share + stepped * before, weight)
    so_far = _shift(np.cumsum(size * later**2, axis=0), 0.0)
    same = today**2 * size * share**2 + stepped**2 * so_far
    out = np.diag((size * in_group**2).sum(axis=0)) - crossed - crossed.T
    out += np.einsum("dg,dh->gh", same.sum(axis=1)[:, None] * weight, weight)
    earlier = today * size * later * share + stepped * so_far
    for start in range(0, len(jump), _DAYS_AT_ONCE):
        piece = slice(start, start + _DAYS_AT_ONCE)
        products = np.triu(np.einsum("ek,fk->ef", earlier[piece], stepped), start + 1)
        part = np.einsum("eg,eh->gh", weight[piece], np.einsum("ef,fh->eh", products, weight))
        out += part + part.T
    return np.asarray(out, dtype=np.float64)


_DAYS_AT_ONCE = 500


def _ties(events: Floats, at_risk: Floats) -> Floats:
    """1 - (d - 1) / (r - 1) where more than one event falls on a day, else 1."""
    return np.where(events > 1, 1.0 - ratio(events - 1.0, at_risk - 1.0), 1.0)


def _shift(steps: Floats, first: float) -> Floats:
    """Read a right-continuous curve just before each day; shape (days, groups)."""
    return np.concatenate((np.full((1, steps.shape[1]), first), steps))[: len(steps)]


def _check(group: ArrayLike, day: ArrayLike, cause: ArrayLike, n: ArrayLike) -> tuple[Ints, Ints, Ints, Ints]:
    day_, cause_, n_ = check_cells(day, cause, n)
    group_, _, _ = check_cells(group, cause_, n_)
    return group_, day_, cause_, n_


def _count(group: Ints, day: Ints, cause: Ints, n: Ints, outcome: int | None) -> _Days:
    days, where = np.unique(day, return_inverse=True)
    groups = int(group.max(initial=-1)) + 1

    def per_day(which: NDArray[np.bool_]) -> Ints:
        counted = np.zeros((len(days), groups), dtype=np.int64)
        np.add.at(counted, (where[which], group[which]), n[which])
        return counted

    everyone = per_day(np.ones(len(n), dtype=bool))
    ended = per_day(cause > 0)
    events = ended if outcome is None else per_day(cause == outcome)
    return _Days(np.cumsum(everyone[::-1], axis=0)[::-1], events, ended, where)
