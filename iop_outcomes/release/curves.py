"""Takes the curve of a group and which of its days are printed, gives the curve that may be drawn: from counts rounded to sixes.

Each exact curve is a list of its people: of 100 episodes, 94 of 100 steps are one person. So what is drawn under a policy that
withholds counts is computed anew from how many had left in each way by each day, each of these rounded to the middle of its six
("midpoint 6": 1 to 6 are 3, 7 to 12 are 9; of those who left otherwise 1 to 12 are none), as OpenSAFELY does (https://docs.opensafely.org/outputs/sdc/): no step is then of one
person, and the curve stays within half of its own interval.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.columns import MAX_DAYS
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.protect import is_safe
from iop_outcomes.release.released import SUPPRESSED, Count, ReleasedCurve
from iop_outcomes.stats.curves import Curve

SIX = 6
FEWEST_DRAWN = 40  # of fewer episodes rounding moves the curve by more than its interval allows: their table says enough


def midpoint(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts rounded to the middle of their six; 0 stays 0.

    Parameters
    ----------
    counts : int64 array
        Of any shape.

    Returns
    -------
    int64 array
        Of the same shape.

    Examples
    --------
    >>> midpoint(np.array([0, 1, 6, 7, 12, 13]))
    array([ 0,  3,  3,  9,  9, 15])
    """
    return np.where(counts > 0, -(-counts // SIX) * SIX - SIX // 2, 0)


def drawn_exits(curve: Curve) -> NDArray[np.int64]:
    """How many left in each way by each day, as curves are drawn from them.

    The steps of a curve grow by those whose follow-up ended, and by how much, among how many, so that whoever reads the drawing knows
    the six that they and other ends are in. One of 1 to 6 would be known to be small; 7 or more of whom the page bounds the most would be
    too. So they are none until they are 13, as the event is drawn from 13 on: there is then nothing small to be known.

    Parameters
    ----------
    curve : Curve

    Returns
    -------
    int64 array, shape (ways, days)
        The event first, the end of follow-up last.
    """
    exits = midpoint(curve.exits)
    exits[1:][exits[1:] < 2 * SIX] = 0
    return exits


def release_curve(curve: Curve, policy: Policy, printed: Mapping[int, bool] | None = None) -> ReleasedCurve:
    """What may be drawn of a curve, and of the table under it.

    Parameters
    ----------
    curve : Curve
    policy : Policy
    printed : dict of int to bool, optional
        For each day of which the curve's share is asked, whether it is shown: a stretch that ends or begins with a day whose
        share is withheld is not drawn, because it would show the share.

    Returns
    -------
    ReleasedCurve
        As far as enough are followed. Under a policy that withholds counts, from rounded counts, and only where none had the event, or
        a six of which each number may be shown; NaN on the days between that are not drawn, and no day at all under 40 episodes.
    """
    at_risk = tuple(policy.rounded(n) if is_safe(n, policy.threshold) else SUPPRESSED for n in curve.at_risk.tolist())
    enough = (curve.followed >= max(policy.fewest, 1)) & ~np.isnan(curve.incidence)
    if not policy.threshold:
        return _drawn(curve, curve.incidence, _as_far(enough), at_risk)
    exits = drawn_exits(curve)
    before = np.concatenate(([0], exits.sum(axis=0)[:-1]))
    left = int(curve.exits.shape[1] and curve.followed[0]) - before
    drawn = _as_far(enough & (left[curve.days] >= policy.fewest))
    return _drawn(curve, _incidence(exits, left)[curve.days], _may_be_drawn(curve, drawn, policy, printed or {}), at_risk)


def _as_far(enough: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Days up to the first that does not hold."""
    return np.logical_and.accumulate(enough)


def _incidence(exits: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share with the event by each day (Aalen-Johansen), from how many have left in each way; the event first, follow-up's end last."""
    new = np.diff(exits, axis=1, prepend=0)
    there = np.maximum(left, 1)
    hazard, gone = np.minimum(new[0] / there, 1.0), np.minimum(new[:-1].sum(axis=0) / there, 1.0)
    staying = np.concatenate(([1.0], staying_share(exits, left)[:-1]))
    shares: NDArray[np.float64] = np.cumsum(staying * np.minimum(hazard, gone))
    return np.minimum(shares, 1.0)


def staying_share(exits: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share free of every end from each day on, from how many have left in each way; follow-up's end last."""
    new = np.diff(exits, axis=1, prepend=0)
    shares: NDArray[np.float64] = np.cumprod(1 - np.minimum(new[:-1].sum(axis=0) / np.maximum(left, 1), 1.0))
    return shares


def _may_be_drawn(curve: Curve, drawn: NDArray[np.bool_], policy: Policy, printed: Mapping[int, bool]) -> NDArray[np.bool_]:
    """Days that show neither a small count nor a share that is withheld."""
    if curve.followed[0] < FEWEST_DRAWN:
        return np.zeros(len(curve.days), dtype=bool)
    events = midpoint(curve.exits[0][curve.days])
    last = int(events[drawn].max(initial=0))
    # The least that the six may hold must be shown. A line at 0 that stops would say by when there was someone, and how few.
    shown: NDArray[np.bool_] = (events - SIX // 2 + 1 >= policy.threshold) | (last == 0)
    shown &= drawn & away_from_withheld(curve.days, printed)
    return beside_another(shown)


def beside_another(days: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Days with another beside them: a day alone is no line."""
    alike: NDArray[np.bool_] = np.concatenate(([False], days[:-1]))[: len(days)] | np.concatenate((days[1:], [False]))[: len(days)]
    return days & alike


def away_from_withheld(days: NDArray[np.int64], printed: Mapping[int, bool]) -> NDArray[np.bool_]:
    """Days that lie in no stretch between printed days which ends or begins with one whose share is withheld."""
    away = np.ones(len(days), dtype=bool)
    for day, is_shown in printed.items():
        if not is_shown:
            earlier, later = max((d for d in printed if d < day), default=-1), min((d for d in printed if d > day), default=MAX_DAYS + 1)
            away &= ~((days > earlier) & (days < later))
    return away


def _drawn(curve: Curve, incidence: NDArray[np.float64], drawn: NDArray[np.bool_], at_risk: tuple[Count, ...]) -> ReleasedCurve:
    where = np.flatnonzero(drawn)
    part = slice(int(where[0]), int(where[-1]) + 1) if len(where) else slice(0, 0)
    shares = np.where(drawn, incidence, np.nan)[part]
    return ReleasedCurve(tuple(curve.days[part].tolist()), tuple(shares.tolist()), tuple(curve.ticks.tolist()), at_risk)
