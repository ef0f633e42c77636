"""Takes a life table, gives the day on which a curve has come down to a share, such as the median, and the median follow-up."""

from __future__ import annotations

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.lifetable import LifeTable, staying

EQUAL = 1e-12  # how near a share must lie to the one asked for to count as equal to it


def followed_share(table: LifeTable) -> Floats:
    """Give the share still followed just after each day of the table (reverse Kaplan-Meier); shape (days,).

    Events come first on a day, so whoever has one that day is no longer at risk of the end of follow-up, and event-free
    share x share followed = share not yet gone, exactly. R's ``Surv(day, status == 0)`` turns that order round, and differs
    where both fall on one day.

    Parameters
    ----------
    table : LifeTable

    References
    ----------
    Schemper and Smith (1996), doi:10.1016/0197-2456(96)00075-X.

    Examples
    --------
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> followed_share(life_table([30, 60, 60, 90, 90], [1, 0, 1, 0, 0], [1, 1, 1, 1, 1])).round(3)
    array([1.   , 0.667, 0.   ])
    """
    left = table.at_risk - table.ended
    return staying(left, table.censored)


def median_follow_up(table: LifeTable) -> float:
    """Give the median day to which episodes were followed (reverse Kaplan-Meier, `followed_share`); NaN when not reached.

    Parameters
    ----------
    table : LifeTable

    Returns
    -------
    float
        Days, by the midpoint rule of `crossing_day`.

    References
    ----------
    Schemper and Smith (1996), doi:10.1016/0197-2456(96)00075-X.

    Examples
    --------
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> median_follow_up(life_table([30, 60, 60, 90, 90], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]))
    75.0
    """
    return crossing_day(table.days, followed_share(table), 0.5)


def crossing_day(days: Ints, curve: Floats, gone: float = 0.5) -> float:
    """Give the day on which a falling curve comes down to 1 - gone; of an event-free share, the day by which a share is gone.

    The first day on which the curve is at most 1 - `gone`; when it equals it (within 1e-12), the midpoint between that day and
    the next on which it falls (R's rule), or that day when it falls no further.

    Parameters
    ----------
    days : int64 array, shape (days,)
        Increasing.
    curve : float array, shape (days,)
        Its value just after each day; NaN where it is not known.
    gone : float
        Between 0 and 1.

    Returns
    -------
    float
        Days; NaN when the curve does not come down so far.

    Raises
    ------
    ValueError
        When `gone` is not between 0 and 1.

    Examples
    --------
    >>> crossing_day(np.array([5, 9, 20]), np.array([0.8, 0.5, 0.4]))
    14.5
    """
    if not 0 < gone < 1:
        raise ValueError("gone must lie between 0 and 1")
    reached = np.flatnonzero(curve <= 1 - gone + EQUAL)
    if not len(reached):
        return float("nan")
    further = np.flatnonzero(curve < 1 - gone - EQUAL)
    first = reached[0]
    if len(further) and further[0] > first:
        return float(days[first] + days[further[0]]) / 2
    return float(days[first])
