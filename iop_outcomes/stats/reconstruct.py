"""Takes points of a printed survival curve and the numbers at risk under it, gives who ended when and how.

Guyot's algorithm: between two printed numbers at risk, people leave by the event where the curve falls, and by the end of follow-up evenly
over the time, so many of them that the next printed number is met.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints

_FEW = 100  # of more people each fall looks alike, whoever has left
_CLICK = 0.005  # how far a click errs, as a share of the height


@dataclass(frozen=True, eq=False)
class ReconstructedEnds:
    """Who ended when.

    Attributes
    ----------
    times : float array, shape (points,)
        Of the points, increasing.
    events, censored : int64 arrays, shape (points,)
        People who had the event at each point, and whose follow-up ended between it and the next one.
    at_risk : int64 array, shape (rows,)
        People at risk at each time of the table, as reconstructed.
    """

    times: Floats
    events: Ints
    censored: Ints
    at_risk: Ints


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where the walk over the points stands: people left, the curve that they give, and how far it lay from the points (sum of squares)."""

    left: int
    curve: float
    misfit: float = 0.0


def falling(values: Floats) -> Floats:
    """The falling curve nearest to some values: neighbours that rise are taken together at their mean (pool adjacent violators).

    Parameters
    ----------
    values : float array, shape (points,)

    References
    ----------
    Barlow RE et al. (1972), Statistical Inference under Order Restrictions, section 1.2.

    Examples
    --------
    >>> falling(np.array([1.0, 0.8, 0.9, 0.5]))
    array([1.  , 0.85, 0.85, 0.5 ])
    """
    blocks: list[tuple[float, int]] = []
    for value in values.tolist():
        mean, size = value, 1
        while blocks and blocks[-1][0] < mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    return np.repeat([mean for mean, _ in blocks], [size for _, size in blocks])


def reconstruct(times: Floats, share: Floats, risk_times: Floats, at_risk: Ints, events: int | None = None) -> ReconstructedEnds:
    """Give the events and ends of follow-up that a falling curve and its numbers at risk stand for.

    Parameters
    ----------
    times, share : float arrays, shape (points,)
        Points of the curve, each time once, increasing, the first (0, 1); the share never rises.
    risk_times : float array, shape (rows,)
        Times of the table, increasing, the first 0, none after the last point.
    at_risk : int64 array, shape (rows,)
        People not gone before each, never rising.
    events : int, optional
        Events in all, where the paper prints them: they settle how many left after the last number at risk.

    References
    ----------
    Guyot P et al. (2012), doi:10.1186/1471-2288-12-9.

    Examples
    --------
    >>> found = reconstruct(np.array([0.0, 5.0, 8.0]), np.array([1.0, 0.75, 0.375]), np.array([0.0, 6.0]), np.array([4, 2]))
    >>> found.events, found.censored
    (array([0, 1, 1]), array([1, 0, 1]))
    """
    n = len(times)
    ended, left_early = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    starts = np.searchsorted(times, risk_times, side="left")
    walk, still_there = _Walk(int(at_risk[0]), 1.0), [int(at_risk[0])]
    for row in range(len(risk_times) - 1):
        points, span = np.arange(starts[row], starts[row + 1]), (float(risk_times[row]), float(risk_times[row + 1]))
        if len(points):
            walk = _meet(times, share, points, span, walk, int(at_risk[row + 1]), ended, left_early)
        else:  # nobody read the curve there: it is flat, and whoever is gone was followed no longer
            gone = max(walk.left - int(at_risk[row + 1]), 0)
            left_early[starts[row] - 1] += gone
            walk = _Walk(walk.left - gone, walk.curve)
        still_there.append(walk.left)
    _after_the_table(times, share, starts[-1], risk_times, walk, events, ended, left_early)
    return ReconstructedEnds(times, ended, left_early, np.asarray(still_there, dtype=np.int64))


def _meet(
    times: Floats, share: Floats, points: Ints, span: tuple[float, float], walk: _Walk, target: int, ended: Ints, left_early: Ints
) -> _Walk:
    """Fill one interval so that the next printed number at risk is met as nearly as it can be."""
    best, censored, tried = _fill(times, share, points, span, walk, 0), 0, {0}
    filled = best
    while filled[2].left != target:
        censored = min(max(censored + filled[2].left - target, 0), walk.left)
        if censored in tried:  # it would go round for ever: rounding to whole people leaves one more or one less
            break
        tried.add(censored)
        filled = _fill(times, share, points, span, walk, censored)
        if abs(filled[2].left - target) < abs(best[2].left - target):
            best = filled
    ended[points], left_early[points] = best[0], best[1]
    return best[2]


def _fill(times: Floats, share: Floats, points: Ints, span: tuple[float, float], walk: _Walk, censored: int) -> tuple[Ints, Ints, _Walk]:
    """Walk over the points of an interval with so many ends of follow-up, spread evenly over its time."""
    at = span[0] + (np.arange(censored) + 0.5) / max(censored, 1) * (span[1] - span[0])
    place = np.clip(np.searchsorted(times[points], at, side="right") - 1, 0, len(points) - 1)
    gone = np.bincount(place, minlength=len(points)).astype(np.int64)
    events, left, curve, misfit = np.zeros(len(points), dtype=np.int64), walk.left, walk.curve, 0.0
    for i, point in enumerate(points):
        if left > 0 and curve > 0:
            fall = min(max(round(left * (1 - float(share[point]) / curve)), 0), left)
            events[i] = fall
            curve *= 1 - fall / left
            left -= fall
        misfit += (curve - float(share[point])) ** 2
        gone[i] = min(gone[i], left)
        left -= int(gone[i])
    return events, gone, _Walk(left, curve, misfit)


def _after_the_table(
    times: Floats,
    share: Floats,
    start: np.int64,
    risk_times: Floats,
    walk: _Walk,
    events: int | None,
    ended: Ints,
    left_early: Ints,
) -> None:
    """Fill what lies after the last printed number: people leave as fast as before, or as the number of events asks; the rest at the end."""
    points = np.arange(int(start), len(times))
    if not len(points):
        left_early[-1] += walk.left
        return
    span = (float(risk_times[-1]), float(times[-1]))
    before = float(risk_times[-1] - risk_times[0])
    pace = left_early.sum() / before if before > 0 else 0.0
    at_pace = min(round(pace * (span[1] - span[0])), walk.left)
    if events is not None:
        censored = _for_events(times, share, points, span, walk, events - int(ended.sum()))
    else:
        censored = _for_the_curve(times, share, points, span, walk, at_pace)
    fell, gone, after = _fill(times, share, points, span, walk, censored)
    gone[-1] += after.left  # those who are left were followed to the end of the curve
    ended[points], left_early[points] = fell, gone


def _for_the_curve(times: Floats, share: Floats, points: Ints, span: tuple[float, float], walk: _Walk, at_pace: int) -> int:
    """How many ends of follow-up fit the curve: where few are left, the size of a fall tells how many; else the pace so far decides."""
    if walk.left > _FEW:
        return at_pace
    misfit = [_fill(times, share, points, span, walk, each)[2].misfit for each in range(walk.left + 1)]
    good = min(misfit) + len(points) * _CLICK**2
    return min((each for each, far in enumerate(misfit) if far <= good), key=lambda each: abs(each - at_pace))


def _for_events(times: Floats, share: Floats, points: Ints, span: tuple[float, float], walk: _Walk, wanted: int) -> int:
    """How many ends of follow-up leave so many events: the more people leave, the fewer events a fall of the curve stands for."""
    low, high = 0, walk.left
    while low < high:
        middle = (low + high) // 2
        if int(_fill(times, share, points, span, walk, middle)[0].sum()) > wanted:
            low = middle + 1
        else:
            high = middle
    around = [each for each in (low - 1, low) if each >= 0]
    return min(around, key=lambda each: abs(int(_fill(times, share, points, span, walk, each)[0].sum()) - wanted))
