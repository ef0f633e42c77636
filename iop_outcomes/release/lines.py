"""Takes a curve and what was released beside it, gives the lines and bands that a figure may draw.

Where nothing is withheld the lines are exact. Elsewhere the share with the event is the released curve, from counts rounded to sixes,
and the share free of every end is of the same rounded counts. The band says no more than the printed limits do: between the days of
which limits are printed, their distance from the share is carried over on the scale log(-log(1 - share)), growing as 1 over the square root
of the share that has ended, which is how the error of a share grows with few ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from iop_outcomes.release.curves import SIX, away_from_withheld, beside_another, drawn_exits, midpoint, staying_share
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.released import ReleasedCurve, ReleasedEstimate, ReleasedLine, Withheld
from iop_outcomes.stats.curves import Curve, CurveLine
from iop_outcomes.stats.draft import Floats, Ints, Mask


def release_lines(
    curve: Curve, drawn: ReleasedCurve, policy: Policy, with_event: Sequence[ReleasedEstimate], free: Sequence[ReleasedEstimate]
) -> tuple[ReleasedLine, ReleasedLine] | None:
    """The lines of a group.

    Parameters
    ----------
    curve : Curve
        Exact.
    drawn : ReleasedCurve
        What may be drawn of it.
    policy : Policy
    with_event, free : sequence of ReleasedEstimate
        What is printed of both shares on each day that is asked.

    Returns
    -------
    pair of ReleasedLine or None
        None where the data cannot tell the share on any day asked.
    """
    if not any(_is_number(each.value) or not each.shown for each in with_event):
        return None
    if not policy.threshold and curve.lines is not None:
        one, other = curve.lines()
        return _exact(one), _exact(other)
    days, shares = np.array(drawn.days, dtype=np.int64), np.array(drawn.incidence, dtype=np.float64)
    may = _free_may_be_drawn(curve, days, policy) & away_from_withheld(days, {int(each.time or 0): each.shown for each in free})
    left = np.where(beside_another(may & ~np.isnan(shares)), _free_shares(curve)[days], np.nan)
    low, high = printed_band(days, shares, with_event)
    gone_low, gone_high = printed_band(days, 1 - left, free, left=True)
    return _line(days, shares, low, high), _line(days, left, 1 - gone_high, 1 - gone_low)


def _exact(line: CurveLine) -> ReleasedLine:
    """As far as the share is known."""
    known = int(np.logical_and.accumulate(~np.isnan(line.shares)).sum())
    return _line(line.days[:known], line.shares[:known], line.low[:known], line.high[:known])


def _line(days: Ints, shares: Floats, low: Floats, high: Floats) -> ReleasedLine:
    return ReleasedLine(tuple(days.tolist()), tuple(shares.tolist()), tuple(low.tolist()), tuple(high.tolist()))


def _free_shares(curve: Curve) -> Floats:
    """Free of every end from each day on, of rounded counts."""
    exits = drawn_exits(curve)
    gone = np.concatenate(([0], exits.sum(axis=0)[:-1]))
    return staying_share(exits, int(curve.followed[0]) - gone)


def _free_may_be_drawn(curve: Curve, days: Ints, policy: Policy) -> Mask:
    """Days on which the ends beside the event are none so far and later, or a six of which each number may be shown: the two lines differ by them."""
    others = midpoint(curve.exits[1:-1].sum(axis=0))[days]
    last = int(others.max(initial=0))
    return np.asarray((others - SIX // 2 + 1 >= policy.threshold) | (last == 0), dtype=bool)


def printed_band(days: Ints, gone: Floats, printed: Sequence[ReleasedEstimate], *, left: bool = False) -> tuple[Floats, Floats]:
    """Limits of the share that has ended on each day, from those that are printed.

    Parameters
    ----------
    days : int64 array, shape (days,)
    gone : float array, shape (days,)
        The share that has ended; NaN on days that are not drawn.
    printed : sequence of ReleasedEstimate
        With the limits of some days.
    left : bool
        Whether what is printed is the share left, 1 minus the share that has ended.

    Returns
    -------
    pair of float arrays, shape (days,)
        NaN where no limits are printed, and at a share of 0 or 1 that none are printed of.
    """
    low, high = np.full(len(days), np.nan), np.full(len(days), np.nan)
    times, widths = _widths([_ended(each, left=left) for each in printed])
    inside = (gone > 0) & (gone < 1)
    if len(times):
        here = gone[inside]
        below, above = (np.interp(days[inside], times, widths[:, side]) / np.sqrt(here) for side in (0, 1))
        middle = np.log(-np.log1p(-here))
        low[inside], high[inside] = (-np.expm1(-np.exp(middle + step)) for step in (-below, above))
    for each in printed:  # where nobody, or everybody, has ended, the limits that are printed of the day hold for the days beside it
        value, least, most, day = _ended(each, left=left)
        alike = (gone == value) & ((days <= day) if value == 0 else (days >= day))
        if value in (0.0, 1.0):
            low[alike & np.isnan(low)], high[alike & np.isnan(high)] = least, most
    return low, high


def _ended(estimate: ReleasedEstimate, *, left: bool) -> tuple[float, float, float, float]:
    """The share that has ended with its limits, and the day; NaN where withheld."""
    value, low, high = (math.nan if isinstance(each, Withheld) else each for each in (estimate.value, estimate.low, estimate.high))
    ended = (1 - value, 1 - high, 1 - low) if left else (value, low, high)
    return (*ended, float(estimate.time or 0))


def _widths(printed: Sequence[tuple[float, float, float, float]]) -> tuple[Floats, Floats]:
    """Days of which limits are printed, and how far they lie from the share on that scale, times the square root of the share."""
    rows = [row for row in sorted(printed, key=lambda row: row[3]) if all(0 < each < 1 for each in row[:3])]
    if not rows:
        return np.empty(0), np.empty((0, 2))
    values, low, high, days = np.array(rows).T
    middle, least, most = (np.log(-np.log1p(-each)) for each in (values, low, high))
    return days, np.stack(((middle - least), (most - middle)), axis=1) * np.sqrt(values)[:, np.newaxis]


def _is_number(value: object) -> bool:
    return isinstance(value, float) and not math.isnan(value)
