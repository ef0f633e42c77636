"""Takes how many values a mean is of, gives Student's limits; by patient, with m / (m - 1) of the effective patients m."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Comparison, Draft
from iop_outcomes.stats.intervals.comparison import Welch
from iop_outcomes.stats.intervals.interval import Combinable, Part
from iop_outcomes.stats.limits import NO_LIMITS, ROUNDING, Errors, Limits, symmetric, t_quantile


@dataclass(frozen=True, eq=False)
class StudentT(Combinable):
    """The interval of a mean.

    Parameters
    ----------
    n : float
        Episodes it is of; the variance of their mean has n - 1 degrees of freedom.
    """

    method: ClassVar[str] = "Student t"
    method_by_patient: ClassVar[str] = "Student t, by patient"
    comparison: ClassVar[Comparison | None] = Welch()

    n: float

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Student's t on n - 1; none without spread, as an interval of no width would claim certainty."""
        if self.n < 2 or errors.variance == 0:
            return NO_LIMITS
        return symmetric(draft.value, math.sqrt(errors.variance * self.n / (self.n - 1)), t_quantile(self.n - 1, conf_level))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Student's t on the effective patients less one."""
        m = errors.effective
        if errors.independent == 0 or errors.variance <= ROUNDING * errors.independent:
            return NO_LIMITS
        return symmetric(draft.value, math.sqrt(errors.variance * m / (m - 1)), t_quantile(m - 1, conf_level))

    def combined(self, value: float, parts: Sequence[Part]) -> StudentT:
        """As many values as give the degrees of freedom of Satterthwaite; strata of one value tell nothing of theirs.

        References
        ----------
        Satterthwaite FE (1946), doi:10.2307/3002019.
        """
        known = [(weight**2 * errors.independent, draft.n - 1) for weight, draft, errors in parts if draft.n > 1]
        whole = sum(variance for variance, _ in known)
        return StudentT(1 + whole**2 / sum(variance**2 / df for variance, df in known) if whole > 0 else 0.0)
