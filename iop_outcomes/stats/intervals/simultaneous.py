"""Takes a falling curve with its error on each day, gives the limits of one of its quantiles: where the band comes down as far."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Comparison, Draft, Interval
from iop_outcomes.stats.intervals.comparison import Mover
from iop_outcomes.stats.limits import FARTHEST_Z, Errors, Limits, open_sides
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.transform import LOG_LOG, Transform, transform_words, transformed_interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Simultaneous(Interval):
    """The interval of a quantile of a curve.

    Parameters
    ----------
    days, curve : arrays, shape (days,)
        Days, and share left.
    daily : callable
        Gives the error of the share for independent episodes on each day, shape (days,), and what one more episode in each
        row of the merged table would add to it, shape (days, rows); asked only when an interval is.
    origin : int64 array, shape (raw cells,)
        For each cell of the table as first counted, its row in the influence, or -1.
    gone : float
        Which quantile; 0.5 for the median.
    transform : {"log_log", "log", "plain", "logit", "arcsine"}
        Of the band.

    References
    ----------
    Brookmeyer R, Crowley J (1982), doi:10.2307/2530286.
    """

    method: ClassVar[str] = "inverted log-log"
    method_by_patient: ClassVar[str] = "inverted log-log, by patient"
    comparison: ClassVar[Comparison | None] = Mover("MOVER", in_jumps=True)

    days: Ints
    curve: Floats
    daily: Callable[[], tuple[Floats, Floats]]
    origin: Ints
    gone: float = 0.5
    transform: Transform = LOG_LOG

    @cached_property
    def _known(self) -> tuple[Floats, Floats]:
        return self.daily()

    @property
    def se(self) -> Floats:
        """Error of the share on each day for independent episodes, shape (days,)."""
        return self._known[0]

    @property
    def influence(self) -> Floats:
        """What one more episode in each row would add to the share on each day, shape (days, rows)."""
        return self._known[1]

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """With the error of the curve on each day, where patients repeat."""
        errors = super().errors(draft, people, n)
        if errors.clustered is None or math.isnan(draft.value) or not len(self.days):
            return errors
        return replace(errors, daily=self._by_patient(people, people.among(draft.among).most))

    def _by_patient(self, people: Patients, most: int) -> Floats:
        """Errors by patient, on the days on which the limits can come down to the quantile.

        With at most `most` episodes a patient, the variance is at most so many times the plain one (Cauchy-Schwarz). Outside the
        days that such a band leaves open the bound itself is given: no limit can come down there first.
        """
        bound = self.se * math.sqrt(most)
        low, high = transformed_interval(np.clip(self.curve, 0.0, 1.0), bound, FARTHEST_Z, self.transform)
        level = 1 - self.gone
        start = int(np.argmax((low <= level) | (self.curve <= level)))
        end = int(np.argmax(high <= level)) if (high <= level).any() else len(self.days) - 1
        se_by_day = bound.copy()
        for day in range(start, end + 1):
            se_by_day[day] = math.sqrt(people.variance(np.where(self.origin >= 0, self.influence[day][self.origin], 0.0)))
        return se_by_day

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Days on which the limits of the curve come down as far as the curve does; NaN for a limit that is not reached."""
        known = ~np.isnan(self.curve)
        curve, days, se = self.curve[known], self.days[known], (self.se if errors.daily is None else errors.daily)[known]
        limits = transformed_interval(np.clip(curve, 0.0, 1.0), se, errors.quantile(conf_level), self.transform)
        low, high = (crossing_day(days, limit, self.gone) for limit in limits)
        method = ""
        if self.transform != LOG_LOG:
            method = f"inverted {transform_words(self.transform)}{', by patient' if errors.clustered else ''}"
        return Limits(math.nan, low, high, method, open_sides(low, high))
