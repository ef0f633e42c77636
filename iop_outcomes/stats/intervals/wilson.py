"""Takes how many episodes a share is worth, gives Wilson's score limits; by patient, of the effective n."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Comparison, Draft
from iop_outcomes.stats.intervals.comparison import Mover
from iop_outcomes.stats.intervals.interval import Combinable, Stratum, kish
from iop_outcomes.stats.limits import NO_LIMITS, ROUNDING, Errors, Limits, t_quantile
from iop_outcomes.stats.proportion import normal_quantile, wilson_limits


@dataclass(frozen=True, eq=False)
class Wilson(Combinable):
    """The interval of a share.

    Parameters
    ----------
    n : float
        Independent episodes that it is worth: those of its denominator, or fewer where it is weighted.
    """

    method: ClassVar[str] = "Wilson score"
    method_by_patient: ClassVar[str] = "Wilson score, by patient"
    comparison: ClassVar[Comparison | None] = Mover("Newcombe", bounded=True)

    n: float

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Wilson EB (1927), doi:10.1080/01621459.1927.10502953."""
        if self.n <= 0:
            return NO_LIMITS
        return Limits(math.sqrt(errors.variance), *wilson_limits(draft.value, self.n, normal_quantile(conf_level)))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Of the effective n, at Student's t on the effective patients less one."""
        quantile = t_quantile(errors.effective - 1, conf_level)
        return Limits(math.sqrt(errors.variance), *wilson_limits(draft.value, effective_n(draft.value, self.n, errors), quantile))

    def combined(self, value: float, variance: float, parts: Sequence[Stratum]) -> Wilson:
        """Worth value x (1 - value) / variance; at most Kish's number where a stratum at 0 or 1 tells nothing of its own variance."""
        most = kish([part.weight for part in parts], [part.draft.n for part in parts])
        worth = value * (1 - value) / variance if 0 < value < 1 and variance > 0 else most
        return Wilson(min(worth, most) if any(part.draft.value in (0.0, 1.0) for part in parts) else worth)


def effective_n(share: float, n: float, errors: Errors) -> float:
    """Independent episodes that would know a share as well: p (1 - p) / V, at most n; the effective patients when V is 0.

    References
    ----------
    Korn EL, Graubard BI (1998), Survey Methodology 24:193-201.
    """
    binomial = share * (1 - share)
    nothing = errors.variance <= ROUNDING * binomial / n
    return min(float(n), errors.effective) if nothing else min(float(n), binomial / errors.variance)
