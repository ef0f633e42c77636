"""Takes a life table, gives the median and other quantiles of days with their intervals, and the median follow-up."""

from __future__ import annotations

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.lifetable import LifeTable, staying
from iop_outcomes.stats.survival import greenwood_at
from iop_outcomes.stats.transform import Transform, transformed_interval

EQUAL = 1e-12  # how near a share must lie to the one asked for to count as equal to it


def quantile_day(table: LifeTable, gone: float = 0.5) -> float:
    """Give the day by which a share of the episodes has ended by any cause; the median by default.

    The first day on which the event-free share is at most 1 - `gone`; when it equals it (within 1e-12), the midpoint
    between that day and the next on which it falls (R's rule), or that day when it falls no further.

    Parameters
    ----------
    table : LifeTable
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
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> quantile_day(life_table([10, 20, 30, 40], [1, 1, 1, 1], [1, 1, 1, 1]))
    25.0
    """
    return crossing_day(table.days, table.survival, gone)


def quantile_interval(
    table: LifeTable, quantile: float, *, gone: float = 0.5, transform: Transform = "log_log", se: Floats | None = None
) -> tuple[float, float]:
    """Give the interval of `quantile_day`: the days on which the limits of the curve come down as far.

    Parameters
    ----------
    table : LifeTable
    quantile : float
        Positive quantile of the standard normal or t distribution.
    gone : float
        As for `quantile_day`.
    transform : {"log_log", "log", "plain", "logit", "arcsine"}
        Of the pointwise limits.
    se : float array, shape (days,), optional
        Errors of the event-free share on each day of the table; default Greenwood's.

    Returns
    -------
    low, high : float
        Days; NaN for a limit that is not reached.

    References
    ----------
    Brookmeyer and Crowley (1982), doi:10.2307/2530286.

    Examples
    --------
    >>> from iop_outcomes.stats.lifetable import life_table
    >>> table = life_table([5, 8, 12, 12, 20, 25, 30, 33, 40, 45], [1, 1, 0, 1, 1, 0, 1, 0, 1, 0], [1] * 10)
    >>> quantile_day(table), quantile_interval(table, 1.959964)
    (30.0, (5.0, nan))
    """
    error = greenwood_at(table, table.days) if se is None else se
    low, high = transformed_interval(table.survival, error, quantile, transform)
    return crossing_day(table.days, low, gone), crossing_day(table.days, high, gone)


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
        Days, by the midpoint rule of `quantile_day`.

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
    """Give the day on which a falling curve comes down to 1 - gone, by the midpoint rule of `quantile_day`.

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
