"""Takes points that were read off a printed curve and the numbers at risk under it, gives them as a falling curve in days, or says what is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.published.inputs import choice, needed_people
from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.reconstruct import falling

DAYS_OF = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
KINDS = ("falling", "rising")
MOST_RISE = 0.05  # clicks err by less
_BEFORE_START = 0.02  # of the axis: as far left of 0 a click may land
_FIRST_SHARE = 0.05  # a curve begins at 1, and clicks err

Pairs = Sequence[Sequence[float]] | Mapping[str, Sequence[float]] | Any


@dataclass(frozen=True, eq=False)
class CurvePoints:
    """Points of a curve that falls from 1, and its numbers at risk.

    Attributes
    ----------
    times, share : float arrays, shape (points,)
        In days; each time once.
    risk_times : float array, shape (rows,)
    at_risk : int64 array, shape (rows,)
    most_moved : float
        The farthest that a point was moved so that the curve never rises.
    """

    times: Floats
    share: Floats
    risk_times: Floats
    at_risk: Ints
    most_moved: float


def curve_points(points: Pairs, at_risk: Pairs, *, kind: str, percent: bool, unit: str) -> CurvePoints:
    """Check and mend what was read; `iop_outcomes.reconstruct_curve` says what the arguments are."""
    choice("kind", kind, KINDS)
    factor = DAYS_OF[choice("unit", unit, DAYS_OF)]
    clicks = np.asarray(_pairs("points", points, ("time", "share")), dtype=np.float64)
    table = _pairs("at_risk", at_risk, ("time", "n"))
    times, share = _from_start(clicks[:, 0]), clicks[:, 1] / (100 if percent else 1)
    _check_shares(share, percent=percent)
    share = share if kind == "falling" else 1 - share
    order = np.lexsort((-share, times))  # at a step from its top to its foot
    times, share = times[order], share[order]
    _refuse_rise(times, share, kind)
    risk_times, numbers = _risk_table(table, float(times.max()))
    if share[0] < 1 - _FIRST_SHARE and times[0] == 0 and (times == 0).sum() == 1:
        raise UsageError(
            f"points: the curve stands at {share[0]:.3g} at time 0, where nobody can have had the event; begin with the point (0, {_start(kind)})"
        )
    fallen = falling(share)
    most = float(np.abs(fallen - share).max())
    kept = (times > 0) | (fallen < 1 - _FIRST_SHARE)  # a click at the start that errs is no event
    days, curve = _each_time_once(np.concatenate(([0.0], times[kept])), np.concatenate(([1.0], fallen[kept])))
    return CurvePoints(days * factor, curve, risk_times * factor, numbers, most)


def _start(kind: str) -> str:
    return "1" if kind == "falling" else "0"


def _pairs(name: str, given: Any, columns: tuple[str, str]) -> list[tuple[float, float]]:
    """Two numbers for each row, from pairs or from a table with these columns."""
    if hasattr(given, "columns") or isinstance(given, Mapping):
        there = [str(each) for each in getattr(given, "columns", given)]
        if not set(columns) <= set(there):
            raise UsageError(f"{name}: needs the columns {columns[0]} and {columns[1]}, and has {', '.join(there) or 'none'}")
        rows: Iterable[Any] = zip(*(list(given[column]) for column in columns), strict=True)
    else:
        rows = given
    pairs = []
    for place, row in enumerate(rows, start=1):
        try:
            time, value = (float(each) for each in row)
        except (TypeError, ValueError):
            raise UsageError(f"{name}, row {place}: is not two numbers, {columns[0]} and {columns[1]}") from None
        if not (math.isfinite(time) and math.isfinite(value)):
            raise UsageError(
                f"{name}, row {place}: {columns[0]} or {columns[1]} is missing or not finite; leave the row out, or fill it in"
            )
        pairs.append((time, value))
    if not pairs:
        raise UsageError(f"{name}: holds no row; give {columns[0]} and {columns[1]} of each, as read off the figure")
    return pairs


def _from_start(times: Floats) -> Floats:
    """Times from 0 on; a click just left of the axis is one at 0."""
    last = float(times.max())
    if last <= 0:
        raise UsageError(f"points: the last one is at time {last:g}; the curve must go beyond 0")
    if times.min() < -_BEFORE_START * last:
        raise UsageError(f"points: one is at time {times.min():g}, before the curve begins; was the axis set right when it was read?")
    return np.maximum(times, 0.0)


def _check_shares(share: Floats, *, percent: bool) -> None:
    if not percent and share.max() > 1 + MOST_RISE:
        raise UsageError(f"points: {share.max():g} is no share between 0 and 1; where the axis is in percent, say percent=True (--percent)")
    if share.min() < -MOST_RISE or share.max() > 1 + MOST_RISE:
        wrong = share.min() if share.min() < -MOST_RISE else share.max()
        raise UsageError(f"points: {wrong:g} is no share between 0 and 1; was the axis set right when it was read?")
    if percent and 0 < share.max() <= 0.01:
        raise UsageError(f"points: the highest is {share.max() * 100:g} percent; these look like shares between 0 and 1: leave percent out")
    np.clip(share, 0.0, 1.0, out=share)


def _refuse_rise(times: Floats, share: Floats, kind: str) -> None:
    """Refuse a curve that rises by more than clicks err."""
    lowest = np.minimum.accumulate(share)
    rise = share - lowest
    worst = int(np.argmax(rise))
    if rise[worst] <= MOST_RISE:
        return
    before = int(np.argmin(share[: worst + 1]))
    values = (share[before], share[worst]) if kind == "falling" else (1 - share[before], 1 - share[worst])
    moves, other = ("rises", "rising") if kind == "falling" else ("falls", "falling")
    raise UsageError(
        f"points: the curve {moves} from {values[0]:.3g} at time {times[before]:g} to {values[1]:.3g} at time {times[worst]:g}, more than reading "
        f'errors do. If it shows the share {"with" if other == "rising" else "free of"} the event, say kind="{other}"; if two curves cross '
        "there, read one alone"
    )


def _risk_table(table: Sequence[tuple[float, float]], last: float) -> tuple[Floats, Ints]:
    times, numbers = [time for time, _ in table], list[int]()
    if times != sorted(set(times)):
        raise UsageError("at_risk: the times must increase, each once; sort them as they stand under the figure")
    if times[0] != 0:
        raise UsageError(
            f"at_risk: the first time is {times[0]:g}; give the number at time 0 first, which is how many people the curve is of"
        )
    if times[-1] > last:
        raise UsageError(
            f"at_risk: time {times[-1]:g} lies after the last point of the curve, {last:g}: read the curve up to there, or leave the row out"
        )
    for time, value in table:
        number = needed_people(f"at_risk at time {time:g}", value, least=0)
        if numbers and number > numbers[-1]:
            raise UsageError(
                f"at_risk: {number} at time {time:g} are more than the {numbers[-1]} before: nobody comes back under a curve. Was a row read from another group?"
            )
        numbers.append(number)
    if not numbers[0]:
        raise UsageError("at_risk: nobody is at risk at time 0")
    return np.asarray(times, dtype=np.float64), np.asarray(numbers, dtype=np.int64)


def _each_time_once(times: Floats, share: Floats) -> tuple[Floats, Floats]:
    """At a step, which is often read at its top and at its foot, the foot: the share just after that time."""
    last = np.concatenate((times[1:] != times[:-1], [True]))
    return times[last], share[last]
