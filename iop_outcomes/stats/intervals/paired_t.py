"""Takes how many values a mean change is of, gives Student's limits with the t test that it is 0."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals.student_t import StudentT
from iop_outcomes.stats.limits import Errors, Limits
from iop_outcomes.stats.special import stdtr


@dataclass(frozen=True, eq=False)
class PairedT(StudentT):
    """The interval of a mean change, with t, its degrees of freedom and two-sided p; by patient on the effective patients less one."""

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Those of `StudentT`, and the test."""
        return _tested(draft, super().limits(draft, errors, conf_level), self.n - 1)

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Those of `StudentT` by patient, and the test."""
        return _tested(draft, super().limits_by_patient(draft, errors, conf_level), errors.effective - 1)


def _tested(draft: Draft, limits: Limits, df: float) -> Limits:
    """With t = value / error."""
    if math.isnan(limits.se):
        return limits
    t = draft.value / limits.se
    return replace(limits, statistic=t, df=df, p=2 * float(stdtr(df, -abs(t))))
