"""Takes counts of days and causes of ending, gives the exact life table that every curve is drawn from.

Cells are `day`, `cause` (0 = end of follow-up, 1..C = what happened) and `n`, how many episodes. On one day every event
comes before the end of follow-up, so an event on the last day observed is an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iop_outcomes.stats.draft import Floats, Ints


@dataclass(frozen=True, eq=False)
class LifeTable:
    """The exact counts behind every curve, and the two curves themselves.

    Parameters
    ----------
    days : int64 array, shape (days,)
        Distinct days on which anybody's time ended, increasing; day 0 is a day like any other.
    at_risk : int64 array, shape (days,)
        Episodes not yet gone before that day (R's convention).
    events : int64 array, shape (causes, days)
        Episodes ended by each cause that day; row 0 is cause 1.
    censored : int64 array, shape (days,)
        Episodes whose follow-up ended that day without an event.
    survival : float array, shape (days,)
        Share free of every cause just after that day (Kaplan-Meier).
    incidence : float array, shape (causes, days)
        Share ended by each cause up to and including that day (Aalen-Johansen).
    cell_day, cell_cause, n : int64 arrays, shape (cells,)
        For each cell given: the position of its day in `days`, its cause, its episodes.
    """

    days: Ints
    at_risk: Ints
    events: Ints
    censored: Ints
    survival: Floats
    incidence: Floats
    cell_day: Ints
    cell_cause: Ints
    n: Ints

    @property
    def last_day(self) -> float:
        """Last day on which anybody was followed; -inf without episodes."""
        seen = self.days[self.at_risk > 0]
        return float(seen[-1]) if len(seen) else -np.inf

    @cached_property
    def ended(self) -> Ints:
        """Episodes ended by any cause on each day; shape (days,)."""
        return np.asarray(self.events.sum(axis=0), dtype=np.int64)

    @cached_property
    def survival_before(self) -> Floats:
        """Share event-free just before each day; shape (days,)."""
        return np.concatenate(([1.0], self.survival[:-1]))[: len(self.days)]

    @cached_property
    def greenwood_step(self) -> Floats:
        """D / (r (r - d)) of each day, 0 where nobody is left; shape (days,)."""
        left = (self.at_risk - self.ended).astype(np.float64)
        return ratio(self.ended, self.at_risk * left)

    @cached_property
    def cell_leaves(self) -> Floats:
        """1 / (r - d) on its own day for a cell that ends by an event, else 0; shape (cells,)."""
        per_day = ratio(1.0, self.at_risk - self.ended)
        return per_day[self.cell_day] * (self.cell_cause > 0)

    def known(self, times: Floats) -> NDArray[np.bool_]:
        """Whether the curves are known at each time: within follow-up, or with nobody left free of an event."""
        return (times <= self.last_day) | bool((self.survival[-1:] == 0).any())


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """Divide, giving 0 where the divisor is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    shares: Floats = np.divide(top, bottom, out=np.zeros(bottom.shape), where=bottom != 0)
    return shares


def staying(at_risk: ArrayLike, gone: ArrayLike) -> Floats:
    """Product-limit curve along the first axis: the running product of 1 - gone / at risk."""
    risk = np.asarray(at_risk, dtype=np.float64)
    return np.asarray(np.cumprod(np.where(risk > 0, ratio(risk - np.asarray(gone), risk), 1.0), axis=0), dtype=np.float64)


def check_cells(day: ArrayLike, cause: ArrayLike, n: ArrayLike) -> tuple[Ints, Ints, Ints]:
    """Check that three columns of cells are whole numbers, of one length and none negative; shape (cells,) each.

    Raises
    ------
    ValueError
        When lengths differ, or a column holds anything but whole numbers of 0 or more.
    """
    columns = []
    for name, given in (("day", day), ("cause", cause), ("n", n)):
        column = np.asarray(given)
        if column.ndim != 1 or (column.size and column.dtype.kind not in "iu"):
            raise ValueError(f"{name} must be a one-dimensional array of whole numbers")
        if (column < 0).any():
            raise ValueError(f"{name} holds a negative number in {int((column < 0).sum())} cells")
        columns.append(column.astype(np.int64))
    if not len(columns[0]) == len(columns[1]) == len(columns[2]):
        raise ValueError(f"day, cause and n differ in length: {len(columns[0])}, {len(columns[1])}, {len(columns[2])}")
    return columns[0], columns[1], columns[2]


def life_table(day: ArrayLike, cause: ArrayLike, n: ArrayLike, *, causes: int | None = None) -> LifeTable:
    """Count the cells into a life table, exactly, and draw the Kaplan-Meier and Aalen-Johansen curves.

    Parameters
    ----------
    day, cause, n : int64 arrays, shape (cells,)
        Day the time ended, why (0 = end of follow-up), how many episodes. The same day and cause may stand in several cells.
    causes : int, optional
        How many causes there are; default the highest that occurs.

    Raises
    ------
    ValueError
        When the cells are not whole numbers of 0 or more of one length, or a cause is above `causes`.

    References
    ----------
    Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452. Aalen and Johansen (1978), Scandinavian Journal of
    Statistics 5:141-150.

    Examples
    --------
    >>> table = life_table([3, 5, 5, 8, 10], [1, 2, 1, 0, 1], [1, 1, 1, 1, 1])
    >>> table.at_risk, table.survival.round(4), table.incidence[0].round(4)
    (array([5, 4, 2, 1]), array([0.8, 0.4, 0.4, 0. ]), array([0.2, 0.4, 0.4, 0.8]))
    """
    day_, cause_, n_ = check_cells(day, cause, n)
    highest = int(cause_.max(initial=0))
    number = highest if causes is None else causes
    if highest > number:
        raise ValueError(f"cause {highest} occurs, but there are only {number} causes")
    days, where = np.unique(day_, return_inverse=True)
    counted = np.zeros((number + 1, len(days)), dtype=np.int64)
    np.add.at(counted, (cause_, where), n_)
    at_risk = np.cumsum(counted.sum(axis=0)[::-1])[::-1]
    events = counted[1:]
    survival = staying(at_risk, events.sum(axis=0))
    before = np.concatenate(([1.0], survival[:-1]))[: len(days)]
    incidence = np.cumsum(before * ratio(events, at_risk), axis=1)
    return LifeTable(days, at_risk, events, counted[0], survival, incidence, where.astype(np.int64), cause_, n_)


@dataclass(frozen=True, eq=False)
class AtRisk:
    """What stands under a curve: at each tick, who is still at risk and what has happened so far.

    Parameters
    ----------
    ticks : float array, shape (ticks,)
        Days.
    at_risk : int64 array, shape (ticks,)
        Episodes not yet gone before the tick, those that end on it included (R's convention).
    events : int64 array, shape (causes, ticks)
        Episodes ended by each cause up to and including the tick.
    censored : int64 array, shape (ticks,)
        Episodes whose follow-up ended up to and including the tick.
    """

    ticks: Floats
    at_risk: Ints
    events: Ints
    censored: Ints


def at_risk_at(table: LifeTable, ticks: ArrayLike) -> AtRisk:
    """Give numbers at risk, with events and ends of follow-up so far, at chosen days.

    Parameters
    ----------
    table : LifeTable
    ticks : float array, shape (ticks,)
        Days, in any order.

    Returns
    -------
    AtRisk

    Examples
    --------
    >>> at_risk_at(life_table([30, 30, 60, 60, 90], [1, 0, 1, 0, 0], [1] * 5), [0, 30, 60, 90]).at_risk
    array([5, 5, 3, 1])
    """
    days = np.atleast_1d(np.asarray(ticks, dtype=np.float64))
    before = np.searchsorted(table.days, days, side="left")
    through = np.searchsorted(table.days, days, side="right")
    at_risk = np.concatenate((table.at_risk, [0]))[before]
    happened = np.vstack((table.events, table.censored)).cumsum(axis=1)
    so_far = np.concatenate((np.zeros((len(happened), 1), dtype=np.int64), happened), axis=1)[:, through]
    return AtRisk(days, at_risk, so_far[:-1], so_far[-1])


def zero_events_upper(n: float, conf_level: float = 0.95) -> float:
    """Give the upper limit for a share when none of `n` episodes had the event: the exact two-sided (Clopper-Pearson) one.

    Parameters
    ----------
    n : float
        Episodes whose state is known, or as many effective patients, not always a whole number; with 0 the limit is NaN.
    conf_level : float
        Between 0 and 1.

    Returns
    -------
    float
        1 - ((1 - conf_level) / 2) ** (1 / n).

    Raises
    ------
    ValueError
        When `n` is negative or `conf_level` not between 0 and 1.

    References
    ----------
    Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> round(zero_events_upper(12), 4)
    0.2646
    """
    if n < 0 or not 0 < conf_level < 1:
        raise ValueError("n must be 0 or more and conf_level between 0 and 1")
    return float("nan") if n == 0 else float(-np.expm1(np.log((1 - conf_level) / 2) / n))
