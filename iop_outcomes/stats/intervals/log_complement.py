"""Takes a coefficient of reliability, gives limits on the scale of ln(1 - coefficient), from its influences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Draft, Interval
from iop_outcomes.stats.limits import NO_LIMITS, Errors, Limits


@dataclass(frozen=True, eq=False)
class LogComplement(Interval):
    """The interval of a coefficient that is at most 1, and whose estimates crowd below it: omega, and by patient any of them.

    References
    ----------
    Bonett DG (2002), doi:10.3102/10769986027004335 (the scale, for alpha).
    """

    method: ClassVar[str] = "normal of ln(1 - coefficient)"
    method_by_patient: ClassVar[str] = "Student t of ln(1 - coefficient), by patient"

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """By normal quantiles, or where patients repeat by Student's t on the effective patients less one."""
        if not draft.value < 1 or errors.variance <= 0:
            return NO_LIMITS
        se = math.sqrt(errors.variance)
        spread = math.exp(errors.quantile(conf_level) * se / (1 - draft.value))
        return Limits(se, 1 - (1 - draft.value) * spread, 1 - (1 - draft.value) / spread)
