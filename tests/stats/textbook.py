"""Takes a life table, gives the textbook forms that the curves by influence are held to: Greenwood's errors, quantiles by a band."""

import numpy as np

from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.transform import transformed_interval


def greenwood_at(table, times):
    """Greenwood's error of the event-free share; NaN past the last follow-up and where the share is 0."""
    wanted = np.atleast_1d(np.asarray(times, dtype=float))
    place = np.searchsorted(table.days, wanted, side="right")
    share, steps = np.concatenate(([1.0], table.survival)), np.concatenate(([0.0], np.cumsum(table.greenwood_step)))
    return np.where(table.known(wanted) & (share[place] > 0), share[place] * np.sqrt(steps[place]), np.nan)


def restricted_mean_greenwood(table, until):
    """Klein and Moeschberger (2003), equation 4.5.2: the area still to come after each day, squared, times Greenwood's step."""
    wanted = np.atleast_1d(np.asarray(until, dtype=float))
    edges = np.minimum(np.concatenate((table.days, [np.inf])), wanted[:, None])
    ahead = np.cumsum((np.diff(edges, axis=1) * table.survival)[:, ::-1], axis=1)[:, ::-1]
    return np.where(table.known(wanted), np.sqrt((ahead**2 * table.greenwood_step).sum(axis=1)), np.nan)


def quantile_day(table, gone=0.5):
    """The day by which a share of the episodes has ended by any cause."""
    return crossing_day(table.days, table.survival, gone)


def quantile_interval(table, quantile, *, gone=0.5, transform="log_log"):
    """Brookmeyer and Crowley (1982), doi:10.2307/2530286: the days on which the limits of the curve come down as far."""
    low, high = transformed_interval(table.survival, greenwood_at(table, table.days), quantile, transform)
    return crossing_day(table.days, low, gone), crossing_day(table.days, high, gone)
