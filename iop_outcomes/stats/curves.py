"""Takes cells of the day and the way episodes ended, gives the drafts of every number of a curve, and the curve itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.drafts import no_cells, plain
from iop_outcomes.stats.intervals import LogLog, LogLogDays, Simultaneous, Tail
from iop_outcomes.stats.lifetable import LifeTable, at_risk_at, life_table
from iop_outcomes.stats.medians import EQUAL, crossing_day, median_follow_up
from iop_outcomes.stats.survival import Pointwise, event_free_at, incidence_at, restricted_mean
from iop_outcomes.stats.transform import LOG_LOG, Transform

OUTCOME = 1  # cause 1; every further cause competes
FEWEST = 11  # episodes that a median rests on


@dataclass(frozen=True, eq=False)
class CurveLine:
    """A share along the days, with its limits on each of them; NaN where there is none.

    Parameters
    ----------
    days : int64 array, shape (points,)
        Day 0, the days on which anything ended, and the last one: between two of them the share stays.
    shares, low, high : float array, shape (points,)
        The share from each day on, with pointwise limits.
    """

    days: Ints
    shares: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve to draw and the table under it.

    Parameters
    ----------
    days : int64 array, shape (points,)
        Days the curve is given for, in order, the first day 0.
    incidence : float array, shape (points,)
        Share with the outcome up to and including each day (Aalen-Johansen); NaN past the last follow-up.
    followed : int64 array, shape (points,)
        Episodes at risk on each of those days.
    ticks : int64 array, shape (ticks,)
        Days of the table.
    at_risk, events, censored : int64 array, shape (ticks,)
        Still followed and free of every end just before each tick; outcomes and ends of follow-up up to and including it.
    exits : int64 array, shape (ways, last day + 1)
        How many have left in each way up to and including each day from 0 to the last drawn: the outcome first, then what competes,
        the end of follow-up last.
    along : callable, optional
        Gives the drafts of the share with the outcome, and of that free of every end, on every day on which they change.
    lines : callable, optional
        Gives both with their limits: what a figure draws where nothing is withheld.
    """

    days: Ints
    incidence: Floats
    followed: Ints
    ticks: Ints
    at_risk: Ints
    events: Ints
    censored: Ints
    exits: Ints
    along: Callable[[], tuple[list[Draft], list[Draft]]] | None = None
    lines: Callable[[], tuple[CurveLine, CurveLine]] | None = None


@dataclass(frozen=True, eq=False)
class Ends:
    """How and when the episodes of a population ended, ready for every estimate of a curve.

    Parameters
    ----------
    counts : Counts
        The population alone, with a column of days and one of outcomes, neither blank.
    day, outcome : str
        Names of those columns.
    causes : sequence of str
        Levels of the outcome column that are ends: the outcome first, then what competes; any other level is the end of
        follow-up.
    transform : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which limits of shares and of the median are symmetric.
    """

    counts: Counts
    day: str
    outcome: str
    causes: tuple[str, ...]
    transform: Transform = LOG_LOG

    @cached_property
    def table(self) -> LifeTable:
        """The life table, exact."""
        day = self.counts.numbers(self.day, blank=0.0).astype(np.int64)
        place = {name: i for i, name in enumerate(self.causes, start=1)}
        cause = self.counts.each(self.outcome, lambda value: place.get(str(value), 0)).astype(np.int64)
        return life_table(day, cause, self.counts.n, causes=len(self.causes))

    def incidence(self, times: Sequence[float] | Ints) -> Pointwise:
        """Share with the outcome up to and including each time."""
        return _snapped(incidence_at(self.table, times, OUTCOME))

    def event_free(self, times: Sequence[float] | Ints) -> Pointwise:
        """Share free of every end: one minus the sum of all incidences, which is the Kaplan-Meier curve of all ends together."""
        return _snapped(event_free_at(self.table, times))

    @cached_property
    def left(self) -> Floats:
        """Event-free share on every day of the table, without its errors."""
        return _whole(np.where(self.table.known(self.table.days.astype(np.float64)), self.table.survival, np.nan))

    def _daily(self) -> tuple[Floats, Floats]:
        """Error and influence of the event-free share on every day of the table."""
        pointwise = self.event_free(self.table.days)
        return pointwise.se, pointwise.influence

    def at(self, estimand: str, pointwise: Pointwise, populations: Sequence[Population], *, left: bool = False) -> list[Draft]:
        """One draft for each time, with the population that goes with it; `left` when it is the share left."""
        drafts, here = [], self.counts.here()
        for i, time in enumerate(pointwise.times):
            value = float(pointwise.values[i])
            flag = Flag.NONE if not math.isnan(value) else Flag.PAST_FOLLOW_UP if len(self.counts) else Flag.NO_EPISODES
            influence, interval = self.counts.lift(pointwise.influence[i]), self._interval(int(time), left=left, flag=flag)
            drafts.append(Draft(Key(estimand, float(time)), value, influence, here, populations[i], interval))
        return drafts

    def _interval(self, time: int, *, left: bool, flag: Flag) -> LogLog:
        """What limits on a day read; of the share ended, only the outcome counts."""
        table = self.table
        day = table.days[table.cell_day] if len(self.counts) else np.empty(0, dtype=np.int64)
        ended = (table.cell_cause > 0) & (day <= time)
        of_share = ended if left else ended & (table.cell_cause == OUTCOME)
        kinds = len(set(table.cell_cause[ended].tolist()))
        known = self._raw(ended | (day >= time))
        followed, ends = int(at_risk_at(table, [time]).at_risk[0]), int(table.n[of_share].sum())
        return LogLog(followed, ends, kinds, left, known, self._tail(day, ended), transform=self.transform, flag=flag)

    def _tail(self, day: Ints, ended: Mask) -> Tail | None:
        """The end of the curve, where everybody has ended by then and somebody was lost before the last end."""
        last = int(day[ended].max(initial=-1))
        lost = (self.table.cell_cause == 0) & (day < last)
        if not lost.any() or (day > last).any() or self.left[-1] != 0:
            return None
        before = self.event_free([last - 1])
        return Tail(float(before.values[0]), self.counts.lift(before.influence[0]), self._raw(day >= last))

    def _raw(self, cells: Mask) -> Mask:
        """Cells of the merged table as cells of the table as first counted."""
        return self.counts.lift_cells(cells)

    def median(self, estimand: str, population: Population) -> Draft:
        """Day by which half had ended in any way, with the band that its interval inverts; none that rests on almost nobody."""
        value = crossing_day(self.table.days, self.left) if len(self.counts) else math.nan
        if why := self._no_median(value):
            value = math.nan
        # As for quantiles of stays, the influence is that of the share on the day.
        nothing = np.zeros(len(self.counts))
        influence = self.counts.lift(nothing if math.isnan(value) else self.event_free([value]).influence[0])
        interval = Simultaneous(self.table.days, self.left, self._daily, self.counts.origin, transform=self.transform, flag=why)
        return Draft(Key(estimand), value, influence, self.counts.here(), population, interval)

    def _no_median(self, value: float) -> Flag:
        """Why there is no median."""
        if not len(self.counts):
            return Flag.NO_EPISODES
        if math.isnan(value):
            return Flag.NOT_REACHED
        enough = self._enough_at(int(self.table.days[np.flatnonzero(self.left <= 0.5 + EQUAL)[0]]))
        return Flag.NONE if enough else Flag.TOO_FEW_FOLLOWED

    def _enough_at(self, day: int) -> bool:
        """Whether at least `FEWEST` are at risk that day; or are there at all, when nobody's follow-up ended before it."""
        lost = int(self.table.censored[self.table.days < day].sum())
        at_risk = int(at_risk_at(self.table, [day]).at_risk[0])
        return at_risk >= FEWEST or (self.counts.total >= FEWEST and not lost)

    def restricted_mean(self, estimand: str, until: float, population: Population) -> Draft:
        """Mean days free of every end, of the first `until` days: the area under the event-free curve."""
        key, here = Key(estimand, until), self.counts.here()
        if not len(self.counts) or not self.table.known(np.array([until]))[0]:
            flag = Flag.PAST_FOLLOW_UP if len(self.counts) else Flag.NO_EPISODES
            nobody, cells = no_cells(len(self.counts.origin)), np.zeros(len(self.counts.origin))
            return Draft(key, math.nan, cells, nobody, population, LogLogDays(until, flag=flag))
        if until == 0:
            return plain(key, 0.0, population, len(self.counts.origin))
        pointwise = restricted_mean(self.table, until)
        return Draft(key, float(pointwise.values[0]), self.counts.lift(pointwise.influence[0]), here, population, LogLogDays(until))

    def follow_up(self, estimand: str, population: Population) -> Draft:
        """Median day to which episodes were followed (reverse Kaplan-Meier)."""
        value = median_follow_up(self.table) if len(self.counts) else math.nan
        return plain(Key(estimand), value, population, len(self.counts.origin), flag=Flag.NOT_REACHED if math.isnan(value) else Flag.NONE)

    def curve(self, days: Ints, ticks: Ints) -> Curve:
        """The curve on some days, and the table at some ticks."""
        under, along = at_risk_at(self.table, ticks), at_risk_at(self.table, days)
        incidence = self.incidence(days).values if len(self.counts) else np.full(len(days), np.nan)
        daily = at_risk_at(self.table, np.arange(int(days[-1]) + 1))
        exits = np.vstack((daily.events, daily.censored))
        drafts = partial(self.along, int(max(ticks.max(initial=0), 1)))
        return Curve(days, incidence, along.at_risk, ticks, under.at_risk, under.events[OUTCOME - 1], under.censored, exits, drafts)

    def along(self, until: int) -> tuple[list[Draft], list[Draft]]:
        """The drafts of the share with the outcome, and of that free of every end, on every day up to one on which anything ended."""
        ended = self.table.days[self.table.days < until]
        days = np.unique(np.concatenate(([0], ended, [until]))).astype(np.int64)
        everyone = [Population("followed", {"followed": self.counts.total}, frozenset(("followed",)))] * len(days)
        with_outcome = self.at("with_outcome", self.incidence(days), everyone)
        return with_outcome, self.at("free", self.event_free(days), everyone, left=True)


def _snapped(pointwise: Pointwise) -> Pointwise:
    """The same with 0 or 1 where a sum of floats misses it by a rounding error; NaN stays."""
    return Pointwise(pointwise.times, _whole(pointwise.values), pointwise.influence, pointwise.n)


def _whole(values: Floats) -> Floats:
    for whole in (0.0, 1.0):
        values = np.where(np.abs(values - whole) < 1e-12, whole, values)
    return values
