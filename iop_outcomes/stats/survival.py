"""Takes a life table, gives event-free shares, incidences and mean days, with what each further episode would add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.lifetable import LifeTable, ratio


@dataclass(frozen=True, eq=False)
class Pointwise:
    """Estimates at several times, with what one more episode in each cell would add to each.

    Parameters
    ----------
    times : float array, shape (times,)
        Days.
    values : float array, shape (times,)
        Estimates; NaN past the last follow-up.
    influence : float array, shape (times, cells)
        dT/dn of each cell given; the row is 0 where the value is NaN, so that sums stay finite.
    n : int64 array, shape (cells,)
        Episodes in each cell.
    """

    times: Floats
    values: Floats
    influence: Floats
    n: Ints

    @property
    def se(self) -> Floats:
        """Infinitesimal-jackknife error for independent episodes, sqrt(sum n IF^2); NaN with the value; shape (times,)."""
        return np.where(np.isnan(self.values), np.nan, np.sqrt((self.influence**2 * self.n).sum(axis=1)))


def event_free_at(table: LifeTable, times: ArrayLike) -> Pointwise:
    """Give the share still free of every cause just after each time (Kaplan-Meier), with its influences.

    Parameters
    ----------
    table : LifeTable
    times : float array, shape (times,), or float
        Days.

    Returns
    -------
    Pointwise
        NaN past the last follow-up, unless nobody was left (then 0 from there on). The error for independent episodes
        equals Greenwood's; summed by patient, the influences give R's ``survfit(cluster=)``.

    References
    ----------
    Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452. Reid (1981), influence functions for censored data,
    doi:10.1214/aos/1176345334.

    Examples
    --------
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> found = event_free_at(life_table([5, 8, 12, 12], [1, 1, 0, 1], [1, 1, 1, 1]), [8, 12, 13])
    >>> found.values, found.se.round(4)
    (array([0.5 , 0.25,  nan]), array([0.25  , 0.2165,    nan]))
    """
    wanted, last = _at(table, times)
    values = np.concatenate(([1.0], table.survival))[last + 1]
    steps = _before(np.cumsum(table.greenwood_step))
    reached = np.minimum(table.cell_day, last[:, None]) + 1
    gone = table.cell_day <= last[:, None]
    influence = values[:, None] * (steps[reached] - gone * table.cell_leaves)
    return _pointwise(table, wanted, values, influence)


def incidence_at(table: LifeTable, times: ArrayLike, cause: int) -> Pointwise:
    """Give the share ended by one cause up to and including each time (Aalen-Johansen), with its influences.

    Parameters
    ----------
    table : LifeTable
    times : float array, shape (times,), or float
        Days.
    cause : int
        The cause, from 1.

    Returns
    -------
    Pointwise
        NaN past the last follow-up, unless nobody was left. `se` is the infinitesimal-jackknife error, which is the
        ``std.err`` of R's survival package for a competing-risk survfit and, algebraically, the multinomial
        delta-method one of statsmodels. Aalen's (cmprsk) differs from it in small samples.

    Raises
    ------
    ValueError
        When there is no such cause.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5:141-150. Therneau, Crowson and Atkinson (2024),
    Multi-state models and competing risks, vignette of R package survival.

    Examples
    --------
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> found = incidence_at(life_table([3, 5, 5, 8, 10], [1, 2, 1, 0, 1], [1, 1, 1, 1, 1]), [5, 12], cause=1)
    >>> found.values.round(3), found.se.round(3)
    (array([0.4, 0.8]), array([0.219, 0.179]))
    """
    if not 1 <= cause <= len(table.events):
        raise ValueError(f"cause {cause} does not exist: causes are 1 to {len(table.events)}")
    wanted, last = _at(table, times)
    curve = table.incidence[cause - 1]
    values = _before(curve)[last + 1]
    risk = ratio(table.survival_before, table.at_risk)
    steps = _before(np.cumsum(table.greenwood_step))
    drawn = _before(np.cumsum(table.greenwood_step * curve + risk * ratio(table.events[cause - 1], table.at_risk)))
    direct = (table.cell_cause == cause) * risk[table.cell_day]
    reached = np.minimum(table.cell_day, last[:, None]) + 1
    gone = table.cell_day <= last[:, None]
    later = values[:, None] - curve[table.cell_day]
    influence = values[:, None] * steps[reached] - drawn[reached] + gone * (direct - table.cell_leaves * later)
    return _pointwise(table, wanted, values, influence)


def restricted_mean(table: LifeTable, until: ArrayLike) -> Pointwise:
    """Give the mean event-free days within the first `until` days: the area under the event-free curve.

    Parameters
    ----------
    table : LifeTable
    until : float array, shape (times,), or float
        Days, 0 or more; where groups are compared, a time to which all were followed.

    Returns
    -------
    Pointwise
        Days. NaN where `until` lies past the last follow-up: the curve is never carried on flat. The error for
        independent episodes equals the Greenwood-type one.

    Raises
    ------
    ValueError
        When a time is negative.

    References
    ----------
    Royston and Parmar (2013), doi:10.1186/1471-2288-13-152.

    Examples
    --------
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> restricted_mean(life_table([30, 60, 60, 90], [1, 1, 0, 0], [1, 1, 1, 1]), [60, 90, 91]).values
    array([52.5, 67.5,  nan])
    """
    wanted, _ = _at(table, until)
    area, tail = _areas(table, wanted)
    steps = np.cumsum(table.greenwood_step * tail, axis=1)
    influence = steps[:, table.cell_day] - tail[:, table.cell_day] * table.cell_leaves
    return _pointwise(table, wanted, area, influence)


def _at(table: LifeTable, times: ArrayLike) -> tuple[Floats, Ints]:
    """Give the times as an array, and the position of the last day not after each (-1 before the first)."""
    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not (wanted >= 0).all():
        raise ValueError("a time must be a number of days, 0 or more")
    return wanted, np.searchsorted(table.days, wanted, side="right") - 1


def _before(steps: Floats) -> Floats:
    """Put a 0 in front, so that position -1 + 1 reads "before the first day"."""
    return np.concatenate(([0.0], steps))


def _pointwise(table: LifeTable, times: Floats, values: Floats, influence: Floats) -> Pointwise:
    known = table.known(times)
    return Pointwise(times, np.where(known, values, np.nan), np.where(known[:, None], influence, 0.0), table.n)


def _areas(table: LifeTable, until: Floats) -> tuple[Floats, Floats]:
    """Area under the event-free curve from 0 to each time, shape (times,), and from each day on, shape (times, days)."""
    edges = np.minimum(np.concatenate((table.days, [np.inf])), until[:, None])
    pieces = np.diff(edges, axis=1) * table.survival
    tail = np.cumsum(pieces[:, ::-1], axis=1)[:, ::-1]
    return edges[:, 0] + pieces.sum(axis=1), tail
