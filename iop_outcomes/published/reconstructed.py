"""Takes a printed survival curve, gives the small table of events and ends of follow-up behind it, and every figure that follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.published.curve_points import CurvePoints, Pairs, curve_points
from iop_outcomes.published.effect_size import EffectSizes
from iop_outcomes.published.hazard_ratios import hazard_ratio
from iop_outcomes.published.inputs import level, people
from iop_outcomes.published.text_tables import html_table, text_table
from iop_outcomes.stats.lifetable import LifeTable, life_table
from iop_outcomes.stats.logrank import log_rank
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.reconstruct import ReconstructedEnds, reconstruct
from iop_outcomes.stats.survival import event_free_at
from iop_outcomes.stats.transform import transformed_interval

if TYPE_CHECKING:
    import pandas as pd

_FAR = 0.02  # a curve that is given back with a larger difference is said to be


@dataclass(frozen=True, slots=True)
class CurveAt:
    """The share free of the event, and with it, by one day.

    Attributes
    ----------
    day : float
    event_free, low, high : float
        Kaplan-Meier with its log-log interval; NaN past the end of the curve.
    event, event_low, event_high : float
        1 minus these: the share with the event by that day, where nothing else ends the time.
    at_risk : int
        People not gone before that day.
    """

    day: float
    event_free: float
    low: float
    high: float
    event: float
    event_low: float
    event_high: float
    at_risk: int


@dataclass(frozen=True, eq=False)
class ReconstructedCurve:
    """A printed survival curve as counts.

    Attributes
    ----------
    days, events, censored : tuple of int
        Whole days, and the people who had the event and whose follow-up ended on each.
    printed_at_risk, reconstructed_at_risk : tuple of (float, int)
        Day and people, as printed and as given back.
    farthest : float
        The largest difference between a point that was read and the curve that the counts give there.
    most_moved : float
        The farthest that a point was moved so that the curve never rises.
    label : str
        What it is of.
    printed_events : int or None
        Events in all as printed, where they were given.
    """

    days: tuple[int, ...]
    events: tuple[int, ...]
    censored: tuple[int, ...]
    printed_at_risk: tuple[tuple[float, int], ...]
    reconstructed_at_risk: tuple[tuple[float, int], ...]
    farthest: float
    most_moved: float
    label: str = ""
    printed_events: int | None = None

    @property
    def n(self) -> int:
        """People."""
        return sum(self.events) + sum(self.censored)

    @cached_property
    def cells(self) -> tuple[tuple[int, int, int], ...]:
        """Day, why (1 the event, 0 the end of follow-up) and people: the small table that everything follows from."""
        rows = [
            (day, why, n)
            for day, *both in zip(self.days, self.events, self.censored, strict=True)
            for why, n in zip((1, 0), both, strict=True)
        ]
        return tuple(row for row in rows if row[2])

    @cached_property
    def table(self) -> LifeTable:
        """The life table of the cells."""
        day, why, n = zip(*self.cells, strict=True)
        return life_table(day, why, n, causes=1)

    @property
    def median_days(self) -> float:
        """The day by which half had the event; NaN where the curve does not come down so far."""
        return crossing_day(self.table.days, self.table.survival)

    def at(self, days: Sequence[float], *, conf_level: float = 0.95) -> tuple[CurveAt, ...]:
        """The share free of the event by each day, with its log-log interval, and the share with it.

        Parameters
        ----------
        days : sequence of float
        conf_level : float
        """
        if any(not day >= 0 for day in days):
            raise UsageError("at: days are 0 or more, as in (30, 90, 180)")
        z, free = normal_quantile(level(conf_level)), event_free_at(self.table, list(days))
        values = np.asarray(free.values, dtype=np.float64)
        low, high = transformed_interval(values, free.se, z, "log_log")
        before = np.searchsorted(self.table.days, np.asarray(days, dtype=np.float64), side="left")
        at_risk = np.concatenate((self.table.at_risk, [0]))[before]
        return tuple(
            CurveAt(float(day), s, one, other, 1 - s, 1 - other, 1 - one, int(left))
            for day, s, one, other, left in zip(days, values.tolist(), low.tolist(), high.tolist(), at_risk, strict=True)
        )

    def hazard_ratio(self, other: ReconstructedCurve, *, conf_level: float = 0.95) -> EffectSizes:
        """Hazard of the curve over that of another arm, by the log-rank test: exp((O - E) / V).

        Parameters
        ----------
        other : ReconstructedCurve
            The arm that this one is compared with.
        conf_level : float

        References
        ----------
        Parmar MKB et al. (1998), doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8.
        """
        rows = [(group, *cell) for group, curve in enumerate((self, other)) for cell in curve.cells]
        group, day, why, n = zip(*rows, strict=True)
        test = log_rank(group, day, why, n, outcome=1)
        if not test.covariance[0, 0] > 0:
            raise UsageError("no event happened while both arms were followed: no hazard ratio can be computed")
        return hazard_ratio(
            observed_1=float(test.observed[0]),
            expected_1=float(test.expected[0]),
            variance=float(test.covariance[0, 0]),
            conf_level=conf_level,
        )

    def sentence(self) -> str:
        """How many people, events and ends of follow-up, how near the curve is to what was read, and what was taken for granted."""
        name = f"{self.label}: " if self.label else ""
        text = f"{name}{self.n} {'person' if self.n == 1 else 'people'}, {sum(self.events)} with the event and {sum(self.censored)} followed to their end without it. "
        half = "" if math.isnan(self.median_days) else f"Half had it by day {self.median_days:g}. "
        text += f"{half}The curve that they give is at most {self.farthest:.3f} from the points that were read"
        text += f" (more than {_FAR:g}: read the curve again, or check the numbers at risk)." if self.farthest > _FAR else "."
        missed = [
            f"{there} at day {day:g}, printed {printed}"
            for (day, printed), (_, there) in zip(self.printed_at_risk, self.reconstructed_at_risk, strict=True)
            if there != printed
        ]
        text += f" Numbers at risk that could not be met: {'; '.join(missed)}." if missed else " Every printed number at risk is met."
        if self.printed_events not in (None, sum(self.events)):
            text += f" Printed are {self.printed_events} events, which the curve and the numbers at risk do not allow."
        text += " Between them follow-up is taken to end evenly, and an end other than the event to be the end of follow-up (Guyot 2012)."
        return text

    def to_records(self) -> list[dict[str, float | int]]:
        """One row for each day: people at risk, events, ends of follow-up, and the share free of the event after it."""
        table = self.table
        columns = (table.days.tolist(), table.at_risk.tolist(), table.events[0].tolist(), table.censored.tolist(), table.survival.tolist())
        return [dict(zip(_COLUMNS, row, strict=True)) for row in zip(*columns, strict=True)]

    def to_frame(self) -> pd.DataFrame:
        """`to_records` as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.to_records(), columns=list(_COLUMNS))

    def to_text(self) -> str:
        """The rows in columns of words, and the sentence."""
        return f"{text_table(_COLUMNS, self._text_rows())}\n\n{self.sentence()}"

    def _text_rows(self) -> list[tuple[str, ...]]:
        return [tuple(f"{value:.4f}" if name == "event_free" else str(value) for name, value in row.items()) for row in self.to_records()]

    def __repr__(self) -> str:
        return self.sentence()

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), _COLUMNS, self._text_rows())


_COLUMNS = ("day", "at_risk", "events", "censored", "event_free")


def reconstructed_curve(
    points: Pairs, at_risk: Pairs, *, events: int | None, kind: str, percent: bool, unit: str, label: str
) -> ReconstructedCurve:
    """A printed curve as counts; `iop_outcomes.reconstruct_curve` says what the arguments are."""
    read = curve_points(points, at_risk, kind=kind, percent=percent, unit=unit)
    number = people("events", events, least=0)
    if number is not None and number > read.at_risk[0]:
        raise UsageError(f"events = {number} are more than the {read.at_risk[0]} people at the start; events counts people, each once")
    ends = reconstruct(read.times, read.share, read.risk_times, read.at_risk, number)
    return _as_counts(read, ends, label, number)


def _as_counts(read: CurvePoints, ends: ReconstructedEnds, label: str, events_printed: int | None) -> ReconstructedCurve:
    """Whole days, those without anybody left out; the curve that they give beside the points that were read."""
    days = np.rint(ends.times).astype(np.int64)
    kept = sorted(set(days[(ends.events + ends.censored) > 0].tolist()))
    events, censored = ([int(column[days == day].sum()) for day in kept] for column in (ends.events, ends.censored))
    left = int(read.at_risk[0]) - np.concatenate(([0], np.cumsum(ends.events + ends.censored)[:-1]))
    curve = np.cumprod(np.where(left > 0, 1 - ends.events / np.maximum(left, 1), 1.0))
    printed = tuple(zip(read.risk_times.tolist(), read.at_risk.tolist(), strict=True))
    there = tuple(zip(read.risk_times.tolist(), ends.at_risk.tolist(), strict=True))
    farthest = float(np.abs(curve - read.share).max())
    return ReconstructedCurve(
        tuple(kept),
        tuple(events),
        tuple(censored),
        printed,
        there,
        0.0 if math.isnan(farthest) else farthest,
        read.most_moved,
        label,
        events_printed,
    )
