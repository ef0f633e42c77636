"""Takes the textbook variance of an effect size, gives limits on the normal scale; by patient widened, at Student's t."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Draft, Interval
from iop_outcomes.stats.limits import Errors, Limits, symmetric, t_quantile
from iop_outcomes.stats.proportion import normal_quantile


@dataclass(frozen=True, eq=False)
class Normal(Interval):
    """The interval of a standardised change; standardised by its own group, it is neither combined nor compared.

    Parameters
    ----------
    variance : float
        For independent episodes, where the textbook has a better one than the influences give.
    """

    method: ClassVar[str] = "normal"
    method_by_patient: ClassVar[str] = "Student t, by patient"

    variance: float

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The value give or take normal quantiles of the textbook's error."""
        return symmetric(draft.value, math.sqrt(self.variance), normal_quantile(conf_level))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Repeated patients widen the textbook variance as much as they widen the plain one."""
        widened = errors.variance / errors.independent if errors.independent > 0 else 1.0
        return symmetric(draft.value, math.sqrt(self.variance * widened), t_quantile(errors.effective - 1, conf_level))
