"""Takes the day to which mean days are counted, gives log-log limits of their share of those days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Comparison, Draft
from iop_outcomes.stats.intervals.comparison import Mover
from iop_outcomes.stats.intervals.interval import Combinable, Stratum
from iop_outcomes.stats.limits import Errors, Limits
from iop_outcomes.stats.transform import log_log_limits


@dataclass(frozen=True, eq=False)
class LogLogDays(Combinable):
    """The interval of mean days up to a day, as a share of that day: days lost are skewed, and a symmetric one misses them.

    Parameters
    ----------
    until : float
        The day they are counted to.
    """

    method: ClassVar[str] = "log-log of the share of days"
    method_by_patient: ClassVar[str] = "log-log of the share of days, by patient"
    comparison: ClassVar[Comparison | None] = Mover("MOVER")

    until: float

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Log-log of the share of days."""
        se = math.sqrt(errors.variance)
        low, high = log_log_limits(min(draft.value / self.until, 1.0), se / self.until, errors.quantile(conf_level))
        return Limits(se, low * self.until, high * self.until)

    def combined(self, value: float, variance: float, parts: Sequence[Stratum]) -> LogLogDays:
        """Counted to the same day."""
        return LogLogDays(self.until)
