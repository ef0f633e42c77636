"""Takes a share of a curve on a day, gives log-log limits, or those of a transform asked for; exact where nobody or everybody has ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag, Flags, flags
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Comparison, Draft
from iop_outcomes.stats.intervals.comparison import Mover
from iop_outcomes.stats.intervals.interval import Combinable, NoInterval, Stratum, kish
from iop_outcomes.stats.lifetable import zero_events_upper
from iop_outcomes.stats.limits import FEW_EVENTS, FEW_PATIENTS, Errors, Limits, PointErrors, few, variance_independent
from iop_outcomes.stats.transform import LOG_LOG, Transform, log_log_limits, transform_words, transformed_interval

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NO_FLAGS, _FEW_ENDS = flags(), flags(Flag.FEWER_THAN_5_EVENTS)


@dataclass(frozen=True, eq=False)
class Tail:
    """The end of a curve that comes down to 0 after losses.

    Parameters
    ----------
    before : float
        Share left just before the day of the last end.
    influence : float array, shape (raw cells,)
        What one more episode in each cell would add to it.
    at_risk : bool array, shape (raw cells,)
        Cells still at risk on that day.
    """

    before: float
    influence: Floats
    at_risk: Mask


@dataclass(frozen=True, eq=False)
class LogLog(Combinable):
    """The interval of a share of a curve on a day.

    Parameters
    ----------
    followed : int
        Episodes not yet gone before that day.
    ends : int
        Episodes that had ended by then in the ways that count for this share.
    kinds : int
        How many kinds of end had occurred by then.
    left : bool
        Whether it is the share left, rather than the share ended.
    known : bool array, shape (raw cells,)
        Cells whose state on that day is known: ended by then, or followed to then.
    tail : Tail, optional
        Where everybody has ended though somebody's follow-up ended before the last end.
    worth : float, optional
        Of a weighted share: independent episodes that those whose state is known are worth.
    at_most_worth : bool
        Of a weighted share with a stratum at 0 or 1, which tells nothing of its own variance: whether the error is at least that
        of so many episodes.
    transform : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which limits are symmetric. All but log-log are there to give what other programs print, which take the limits of
        the share left from itself.
    """

    method: ClassVar[str] = "log-log"
    method_by_patient: ClassVar[str] = "log-log, by patient"
    comparison: ClassVar[Comparison | None] = Mover("MOVER", bounded=True)

    followed: int
    ends: int
    kinds: int
    left: bool
    known: Mask
    tail: Tail | None = None
    worth: float | None = None
    at_most_worth: bool = False
    transform: Transform = LOG_LOG

    @property
    def at_risk(self) -> int | None:
        """Episodes followed to the day."""
        return self.followed

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """With the episodes, or effective patients, that limits at 0 and at 1 rest on."""
        errors = super().errors(draft, people, n)
        return Errors(errors.independent, errors.clustered, self._point(people if errors.clustered else None, n))

    def _point(self, people: Patients | None, n: Ints) -> PointErrors:
        """Counts of episodes where nobody repeats, and effective patients where somebody does."""

        def size(cells: Mask) -> float:
            return float(n[cells].sum()) if people is None else people.among(cells).effective

        repeats = people is not None and people.among(self.known).most > 1
        known = size(self.known) if self.worth is None else min(self.worth, size(self.known))
        if self.tail is None:
            return PointErrors(known, repeats)
        variance = variance_independent(self.tail.influence, n) if people is None else people.variance(self.tail.influence)
        return PointErrors(known, repeats, size(self.tail.at_risk), math.sqrt(variance))

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits of the share printed; the share left of a single kind of end has one minus the log-log limits of the share ended."""
        mirrored = self.left and (draft.value in (0.0, 1.0) or (self.kinds <= 1 and self.transform == LOG_LOG))
        share = 1 - draft.value if mirrored else draft.value
        care = _FEW_ENDS if self.ends < FEW_EVENTS else _NO_FLAGS
        if share in (0.0, 1.0):
            limits = self._at_an_end(share, errors, conf_level, care)
        else:
            least = share * (1 - share) / self.worth if self.worth and self.at_most_worth else 0.0
            se = math.sqrt(max(errors.variance, least))
            limits = self._between(share, se, errors, conf_level, care)
        return Limits(limits.se, 1 - limits.high, 1 - limits.low, limits.method, limits.flags) if mirrored else limits

    def _between(self, share: float, se: float, errors: Errors, conf_level: float, care: Flags) -> Limits:
        """Limits of a share that is neither 0 nor 1."""
        quantile = errors.quantile(conf_level)
        if self.transform == LOG_LOG:
            return Limits(se, *log_log_limits(share, se, quantile), flags=care)
        low, high = transformed_interval(share, se, quantile, self.transform) if quantile > 0 else (math.nan, math.nan)
        method = transform_words(self.transform)
        return Limits(se, float(low), float(high), f"{method}, by patient" if errors.clustered else method, care)

    def _at_an_end(self, share: float, errors: Errors, conf_level: float, care: Flags) -> Limits:
        """Limits of a share ended of 0 or 1, of those whose state is known; none where they are hardly more than one patient."""
        point = errors.point
        if point is None:
            raise ValueError("limits at 0 and at 1 need the episodes whose state is known; ask errors_of for the errors")
        method = "exact" if self.tail is None or share == 0 else "log-log, last end exact"
        low, high = self._exact(share, point, conf_level, errors.quantile(conf_level))
        if point.repeats:
            low, high = (math.nan, math.nan) if point.known < 2 else (low, high)
            if errors.effective >= FEW_PATIENTS:  # else `finish` says so
                care |= few(point.known)
        return Limits(math.nan, low, high, f"{method}, by patient" if errors.clustered else method, care)

    def _exact(self, share: float, point: PointErrors, conf_level: float, quantile: float) -> tuple[float, float]:
        """Clopper-Pearson among those whose state is known.

        Where everybody ended after somebody had been lost, the low limit leaves as many as may have been left before the last
        end (the upper log-log limit) and may have stayed beyond it (the exact limit among those at risk that day).
        """
        if share == 0:
            return 0.0, zero_events_upper(point.known, conf_level)
        if self.tail is None:
            return 1 - zero_events_upper(point.known, conf_level), 1.0
        left = 1.0
        if self.tail.before < 1:
            left = log_log_limits(self.tail.before, point.tail_se, quantile)[1]
        return 1 - left * zero_events_upper(point.tail_at_risk, conf_level), 1.0

    def combined(self, value: float, variance: float, parts: Sequence[Stratum]) -> LogLog | NoInterval:
        """Of all strata together; at 0 and at 1 those whose state is known are worth Kish's number of episodes.

        None where every stratum has come to its end and one of them after losses: their ends cannot be told from one another.
        """
        each = [part.draft.interval for part in parts if isinstance(part.draft.interval, LogLog)]
        if value in (0.0, 1.0) and any(one.tail is not None for one in each):
            return NoInterval(flag=Flag.TOO_FEW_FOLLOWED)
        known = [part.errors.point.known for part in parts if part.errors.point is not None]
        return LogLog(
            followed=sum(one.followed for one in each),
            ends=sum(one.ends for one in each),
            kinds=max(one.kinds for one in each),
            left=self.left,
            known=np.logical_or.reduce([one.known for one in each]),
            worth=kish([part.weight for part in parts], known),
            transform=self.transform,
            at_most_worth=any(part.draft.value in (0.0, 1.0) for part in parts),
        )
