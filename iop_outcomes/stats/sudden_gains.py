"""Takes scores on successive occasions, gives who had a sudden gain between two of them, and who lost half of it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from iop_outcomes.stats.draft import Floats, Mask
from iop_outcomes.stats.special import stdtrit

BEFORE_AND_AFTER = 3  # occasions on either side
FRACTION = 0.25  # of the score before it
_LEVEL = 0.05
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Gains:
    """Cells by what could be seen of them.

    Parameters
    ----------
    assessable : bool array, shape (cells,)
        With two successive scores, and at least two of the three on either side of them.
    gained : bool array, shape (cells,)
        Of those, with a sudden gain between any two.
    reversed_ : bool array, shape (cells,)
        Of those, with a later score that took back half of the gain, or more, before the end.
    """

    assessable: Mask
    gained: Mask
    reversed_: Mask


def sudden_gains(scores: Floats, low: float, reaches: Callable[[Any], Any]) -> Gains:
    """Look for sudden gains between successive occasions.

    A gain between occasions k and k + 1 is sudden when it reaches so many points; is at least a quarter of the score at k (of its distance from
    the lowest); and the mean of up to three scores before it (k - 2 to k) is higher than that of up to three after (k + 1 to k + 3) by
    Student's t test of two samples, two-sided at 5 %, with as many degrees of freedom as there are scores, less two.

    Parameters
    ----------
    scores : float array, shape (cells, occasions)
        Higher is worse; NaN where there is none.
    low : float
        The lowest score there is.
    reaches : callable
        Whether points (an array) are enough.

    Notes
    -----
    With all six scores the t test has the 4 degrees of freedom, and the critical value of 2.776, of Tang and DeRubeis. Scores without any spread
    on both sides differ as clearly as can be. A gain is reversed when a later score is higher than the one after it by half of the gain.

    References
    ----------
    Tang TZ, DeRubeis RJ (1999), doi:10.1037/0022-006X.67.6.894; Lutz W et al. (2013), doi:10.1080/10503307.2012.693837 (missing scores).

    Examples
    --------
    >>> scores = np.array([[20.0, 21.0, 20.0, 11.0, 10.0, 11.0], [20.0, 18.0, 16.0, 14.0, 12.0, 10.0]])
    >>> sudden_gains(scores, 0.0, lambda points: points >= 6).gained.tolist()
    [True, False]
    """
    cells, occasions = scores.shape
    assessable, gained, taken_back = (np.zeros(cells, dtype=bool) for _ in range(3))
    for place in range(occasions - 1):
        before = scores[:, max(place + 1 - BEFORE_AND_AFTER, 0) : place + 1]
        after = scores[:, place + 1 : place + 1 + BEFORE_AND_AFTER]
        seen = ~np.isnan(before[:, -1]) & ~np.isnan(after[:, 0])
        seen &= ((~np.isnan(before)).sum(axis=1) > 1) & ((~np.isnan(after)).sum(axis=1) > 1)
        gain = np.where(seen, before[:, -1] - after[:, 0], 0.0)
        large = seen & reaches(gain) & (gain >= FRACTION * (np.where(seen, before[:, -1], 0.0) - low) - _ROUNDING) & (gain > 0)
        large[large] = _differ(before[large], after[large])
        later = scores[:, place + 2 :]
        back = np.where(np.isnan(later), -np.inf, later).max(axis=1, initial=-np.inf) >= after[:, 0] + gain / 2 - _ROUNDING
        assessable |= seen
        gained |= large
        taken_back |= large & back
    return Gains(assessable, gained, taken_back)


def _differ(before: Floats, after: Floats) -> Mask:
    """Whether the mean before is higher by the t test of two samples, of rows with two values or more on either side."""
    n, m = ((~np.isnan(side)).sum(axis=1) for side in (before, after))
    difference = np.nanmean(before, axis=1) - np.nanmean(after, axis=1) if len(before) else np.zeros(0)
    squares = sum(
        (np.nansum(np.square(side - np.nanmean(side, axis=1, keepdims=True)), axis=1) for side in (before, after) if len(side)),
        np.zeros(len(n)),
    )
    error = np.sqrt(squares / np.maximum(n + m - 2, 1) * (1 / n + 1 / m))
    critical = np.array([_critical(int(df)) for df in n + m - 2])
    return np.asarray(difference > critical * error + _ROUNDING, dtype=bool)


@cache
def _critical(df: int) -> float:
    return float(stdtrit(df, 1 - _LEVEL / 2))
