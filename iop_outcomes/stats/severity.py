"""Takes pairs of scores, gives the mean change to be expected of people who began at one score, whichever group they are in."""

from __future__ import annotations

import math

import numpy as np

from iop_outcomes.keys import Flag
from iop_outcomes.stats.change import Effect
from iop_outcomes.stats.pairs import Pairs


def severity_adjusted_change(pairs: Pairs, admission: float) -> Effect:
    """Mean change at an admission score, from the line of the changes on the admission scores of the same pairs.

    Parameters
    ----------
    pairs : Pairs
        Of one group.
    admission : float
        The score, in points.

    Returns
    -------
    Effect
        The variance lets the scatter about the line differ along it: the influences with n / (n - 2) (HC1). Flagged under 3 pairs, where
        nobody differs at admission, and where the score lies outside those of the pairs, beyond which the line is a guess.

    References
    ----------
    Kenny DA (1975), doi:10.1037/0033-2909.82.3.345 (adjusting change for where people began); MacKinnon JG, White H (1985),
    doi:10.1016/0304-4076(85)90158-7 (HC1).

    Examples
    --------
    >>> round(severity_adjusted_change(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower"), 16).value, 4)
    6.3889
    """
    m = pairs.moments
    flag = [Flag.NO_PAIRS, Flag.ONE_PAIR, Flag.TWO_PAIRS][m.n] if m.n < 3 else Flag.NONE
    if not flag and not m.sd_pre > 0:
        flag = Flag.SD_ZERO
    there = pairs.pre[pairs.n > 0]
    if not flag and not there.min() <= admission <= there.max():
        flag = Flag.NO_OVERLAP
    if flag:
        return Effect("severity_adjusted_change", math.nan, math.nan, m.n, np.zeros(len(pairs.n)), flag)
    away, gained = pairs.pre - m.mean_pre, pairs.change - m.mean_change
    squares = float(pairs.n @ np.square(away))
    slope = float(pairs.n @ (away * gained)) / squares
    influence = (gained - slope * away) * (1 / m.n + (admission - m.mean_pre) * away / squares)
    variance = float(pairs.n @ np.square(influence)) * m.n / (m.n - 2)
    return Effect("severity_adjusted_change", m.mean_change + slope * (admission - m.mean_pre), variance, m.n, influence)
