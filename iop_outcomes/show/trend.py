"""Takes a released share by calendar period, gives its `Trend`: every period with its limits, its signals and why it is not judged."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iop_outcomes.errors import ReleaseError
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show.chart_rows import coordinate
from iop_outcomes.show.words import has_value
from iop_outcomes.stats.periods import Period, calendar
from iop_outcomes.stats.trend import ControlLimits, p_prime_limits, signals

Caveat = Literal["withheld", "immature", "incomplete", "gap"]

FEWEST_POINTS = 12  # with fewer, limits move too much with each new point to judge any by them


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period of a trend.

    Parameters
    ----------
    period : Period
        Which.
    estimate : ReleasedEstimate or None
        What was released for it; `None` for a period without episodes.
    caveats : tuple of {"withheld", "immature", "incomplete", "gap"}
        Why it is not judged; empty when it is.
    low, high : float
        Its limits, between 0 and 1; NaN when it has none.
    sides : tuple of (rule, 1 or -1)
        The rules that mark it, in their order, each with its side: 1 up, -1 down.
    """

    period: Period
    estimate: ReleasedEstimate | None
    caveats: tuple[Caveat, ...]
    low: float
    high: float
    sides: tuple[tuple[str, int], ...]

    @property
    def value(self) -> float:
        """The share; NaN when it is withheld or impossible."""
        return coordinate(self.estimate.value) if self.estimate is not None and has_value(self.estimate) else math.nan

    @property
    def n(self) -> float:
        """Episodes it is a share of; NaN when withheld."""
        return _count(None if self.estimate is None else self.estimate.n)

    @property
    def k(self) -> float:
        """How many of them counted; NaN when withheld."""
        return _count(None if self.estimate is None else self.estimate.k)

    @property
    def judged(self) -> bool:
        """Whether it is part of what the limits rest on, and able to be a signal."""
        return not self.caveats


@dataclass(frozen=True, slots=True)
class Trend:
    """A released share over time.

    Parameters
    ----------
    released : Released
        What it is drawn from.
    estimand : str
        Which share.
    points : tuple of TrendPoint
        Every period of the calendar from the first to the last, in order.
    centre : float
        Share over every period that is judged; NaN when there is none.
    sigma_z : float
        Spread between periods relative to chance alone (1); NaN when it cannot be had.
    flag : str
        Empty, or why there are no limits: no_periods (the groups are no periods), few_points, or one of `p_prime_limits`.
    """

    released: Released
    estimand: str
    points: tuple[TrendPoint, ...]
    centre: float
    sigma_z: float
    flag: str

    def __post_init__(self) -> None:
        require_released(self.released, "Trend")

    @property
    def noun(self) -> str:
        """What kind its periods are: month, quarter or year."""
        return self.points[0].period.noun if self.points else "period"

    @property
    def title(self) -> str:
        """Such as "Monthly completion"."""
        title = self.released.definition.title
        return f"{self.points[0].period.adverb.capitalize()} {title.lower()}" if self.points else title

    @property
    def judged(self) -> tuple[TrendPoint, ...]:
        """The points that limits rest on."""
        return tuple(point for point in self.points if point.judged)


def trend_of(
    released: Released,
    estimand: str,
    *,
    immature: Collection[Period] = (),
    incomplete: Collection[Period] = (),
) -> Trend:
    """Follow a share over time, from what was released by a column of calendar periods.

    A period that is immature or incomplete is shown, but is neither part of what the limits rest on nor able to be a signal; with a
    period that is withheld or empty it breaks every run.

    Parameters
    ----------
    released : Released
        Grouped by a column of months ("2024-03"), quarters ("2024-Q1") or years ("2024").
    estimand : str
        A share.
    immature : collection of Period
        Periods that begin before the program had run long enough for long stays to end.
    incomplete : collection of Period
        Periods that end after the data were cut.

    Returns
    -------
    Trend
        Without points, and flagged, when the groups are no calendar periods.

    Raises
    ------
    ReleaseError
        When something else than `Released` is given.
    """
    require_released(released, "trend_of")
    levels = [level for level in released.levels if level not in (ALL, MISSING_LEVEL)]
    periods = calendar(levels)
    if not periods:
        return Trend(released, estimand, (), math.nan, math.nan, "no_periods")
    by_level = {level: released.estimate(estimand, level) for level in levels}
    estimates = [by_level.get(str(period)) for period in periods]
    caveats = [
        _caveats(estimate, immature=period in immature, incomplete=period in incomplete)
        for period, estimate in zip(periods, estimates, strict=True)
    ]
    judged = [None if unjudged else estimate for estimate, unjudged in zip(estimates, caveats, strict=True)]
    limits = p_prime_limits([_count(e and e.k) for e in judged], [_count(e and e.n) for e in judged])
    flag = limits.flag or ("few_points" if sum(e is not None for e in judged) < FEWEST_POINTS else "")
    if flag:
        limits = ControlLimits(limits.centre, np.full(len(periods), math.nan), limits.sigma_z, flag)
    sides = {} if flag else signals([coordinate(e.value) if e else math.nan for e in judged], limits)
    points = tuple(
        TrendPoint(
            period,
            estimate,
            why,
            coordinate(float(limits.low[i])),
            coordinate(float(limits.high[i])),
            tuple((rule, int(side[i])) for rule, side in sides.items() if side[i]),
        )
        for i, (period, estimate, why) in enumerate(zip(periods, estimates, caveats, strict=True))
    )
    return Trend(released, estimand, points, limits.centre, limits.sigma_z, flag)


def _caveats(estimate: ReleasedEstimate | None, *, immature: bool, incomplete: bool) -> tuple[Caveat, ...]:
    caveats: list[Caveat] = []
    if estimate is not None and not estimate.shown:
        caveats.append("withheld")
    elif estimate is None or not has_value(estimate):
        caveats.append("gap")
    if immature:
        caveats.append("immature")
    if incomplete:
        caveats.append("incomplete")
    return tuple(caveats)


def _count(n: object) -> float:
    return float(n) if isinstance(n, int) else math.nan


def require_trend(given: object, what: str) -> Trend:
    """Refuse anything but a `Trend`, which is made from what was released.

    Raises
    ------
    ReleaseError
        When something else is given.
    """
    if not isinstance(given, Trend):
        raise ReleaseError(f"{what} shows a trend of released results only, and was given {type(given).__name__}. Call trend_of() first.")
    return given
