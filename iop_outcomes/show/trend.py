"""Takes a released share by calendar period, gives its `Trend`: every period with its limits or runs, its signals and why it is not judged."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iop_outcomes.errors import ReleaseError
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show.chart_rows import coordinate
from iop_outcomes.show.words import has_value
from iop_outcomes.stats.periods import Period, calendar
from iop_outcomes.stats.runs import RunChart, run_chart
from iop_outcomes.stats.trend import ControlLimits, p_prime_limits, signals

Caveat = Literal["withheld", "immature", "incomplete", "gap", "rounded"]

# A count rounded to a multiple of b is off by b / sqrt(12) as a rule, and a share of n by about 1.1 times that / n; chance moves a share of a
# half by 0.5 / sqrt(n). From 4 b^2 episodes on (100, where b is 5), rounding adds less than a tenth to the variance.
ROUNDED_APART = 4
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
    caveats : tuple of {"withheld", "immature", "incomplete", "gap", "rounded"}
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


@dataclass(frozen=True, eq=False)
class Trend:
    """A released share over time: a control chart, or, where there are no limits, a run chart.

    Parameters
    ----------
    released : Released
        What it is drawn from.
    estimand : str
        Which share.
    points : tuple of TrendPoint
        Every period of the calendar from the first to the last, in order.
    centre : float
        Share over every period that is judged, or the median of their shares in a run chart; NaN when there is none.
    sigma_z : float
        Spread between periods relative to chance alone (1); NaN when it cannot be had.
    flag : str
        Empty, or why there are no limits: no_periods (the groups are no periods), few_points, or one of `p_prime_limits`.
    runs : RunChart or None
        What runs about the median say, where there are no limits.
    changes : tuple of DatedChange
        What the program declares to have begun to do differently, in the order of time.
    """

    released: Released
    estimand: str
    points: tuple[TrendPoint, ...]
    centre: float
    sigma_z: float
    flag: str
    runs: RunChart | None = None
    changes: tuple[DatedChange, ...] = ()

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

    @property
    def has_signal(self) -> bool:
        """Whether any rule, of the limits or of the runs, gives a signal."""
        runs = self.runs
        return any(point.sides for point in self.points) or (runs is not None and (runs.has_long_run or runs.has_few_crossings))

    def changes_in(self, period: Period) -> tuple[DatedChange, ...]:
        """The declared changes that a period holds."""
        return tuple(change for change in self.changes if change.is_within(period))

    def place_of(self, change: DatedChange) -> float:
        """Where a change stands among the points, which are at 0, 1 and so on, a period reaching half a step to both sides; NaN outside."""
        for place, point in enumerate(self.points):
            period = point.period
            if change.is_within(period):
                days = (period.next.first_day - period.first_day).days
                day = (change.first - period.first_day).days
                return coordinate(place - 0.5 + (day + (change.last - change.first).days / 2) / days)
        return math.nan


def trend_of(
    released: Released,
    estimand: str,
    *,
    immature: Collection[Period] = (),
    incomplete: Collection[Period] = (),
    changes: Collection[DatedChange] = (),
) -> Trend:
    """Follow a share over time, from what was released by a column of calendar periods.

    From 12 periods that can be judged on it is a control chart: limits, and four rules. With fewer, or where the data allow no limits, it
    is a run chart: the median, and two rules. Nor are periods judged of so few episodes that a policy's rounding moves their share. A period that is immature or incomplete is shown, but is neither part of what the limits or
    the median rest on nor able to be a signal; with a period that is withheld or empty it breaks every run of a control chart.

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
    changes : collection of DatedChange
        What the program declares to have begun to do differently, in the order of time.

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
        return Trend(released, estimand, (), math.nan, math.nan, "no_periods", changes=tuple(changes))
    by_level = {level: released.estimate(estimand, level) for level in levels}
    estimates = [by_level.get(str(period)) for period in periods]
    caveats = [
        _caveats(estimate, released.policy.base, immature=period in immature, incomplete=period in incomplete)
        for period, estimate in zip(periods, estimates, strict=True)
    ]
    judged = [None if unjudged else estimate for estimate, unjudged in zip(estimates, caveats, strict=True)]
    shares = [coordinate(e.value) if e else math.nan for e in judged]
    limits = p_prime_limits([_count(e and e.k) for e in judged], [_count(e and e.n) for e in judged])
    flag = limits.flag or ("few_points" if sum(e is not None for e in judged) < FEWEST_POINTS else "")
    runs = run_chart(shares) if flag else None
    if runs is not None:
        limits = ControlLimits(coordinate(runs.median), np.full(len(periods), math.nan), limits.sigma_z, flag)
    sides = {"long_run": runs.sides} if runs is not None else signals(shares, limits)
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
    return Trend(released, estimand, points, limits.centre, limits.sigma_z, flag, runs, tuple(changes))


def _caveats(estimate: ReleasedEstimate | None, base: int, *, immature: bool, incomplete: bool) -> tuple[Caveat, ...]:
    caveats: list[Caveat] = []
    if estimate is not None and not estimate.shown:
        caveats.append("withheld")
    elif estimate is None or not has_value(estimate):
        caveats.append("gap")
    elif base and (math.isnan(n := _count(estimate.n)) or n < ROUNDED_APART * base**2):
        caveats.append("rounded")
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
