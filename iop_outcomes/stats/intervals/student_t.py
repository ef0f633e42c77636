"""Takes how many values a mean is of, gives Student's limits; by patient, with m / (m - 1) of the effective patients m."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.keys import Flag
from iop_outcomes.stats.draft import Comparison, Draft
from iop_outcomes.stats.intervals.comparison import Welch
from iop_outcomes.stats.intervals.interval import Combinable, Stratum
from iop_outcomes.stats.limits import NO_LIMITS, ROUNDING, Errors, Limits, symmetric, t_quantile


@dataclass(frozen=True, eq=False)
class StudentT(Combinable):
    """The interval of a mean.

    Parameters
    ----------
    n : float
        Episodes it is of; the variance of their mean has n - 1 degrees of freedom.
    variance : float, optional
        Of a weighted mean, for independent episodes: the sum of its strata's, each with its own n / (n - 1).
    """

    method: ClassVar[str] = "Student t"
    method_by_patient: ClassVar[str] = "Student t, by patient"
    comparison: ClassVar[Comparison | None] = Welch()

    n: float
    variance: float | None = None

    def values(self, draft: Draft) -> float:
        """Those of its degrees of freedom."""
        return self.n

    def spread(self, errors: Errors) -> float:
        """Variance of the mean over independent episodes."""
        return errors.variance * self.n / (self.n - 1) if self.variance is None else self.variance

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Student's t on n - 1; none without spread, as an interval of no width would claim certainty."""
        if self.n < 2 or errors.variance == 0:
            return NO_LIMITS
        return symmetric(draft.value, math.sqrt(self.spread(errors)), t_quantile(self.n - 1, conf_level))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Student's t on the effective patients less one."""
        m = errors.effective
        if errors.independent == 0 or errors.variance <= ROUNDING * errors.independent:
            return NO_LIMITS
        return symmetric(draft.value, math.sqrt(errors.variance * m / (m - 1)), t_quantile(m - 1, conf_level))

    def tells(self, draft: Draft) -> bool:
        """Of one value nothing is known of the spread."""
        return super().tells(draft) and draft.n > 1

    def combined(self, value: float, variance: float, parts: Sequence[Stratum]) -> StudentT:
        """As many values as give the degrees of freedom of Satterthwaite; none where a stratum of one value tells nothing of its spread.

        References
        ----------
        Satterthwaite FE (1946), doi:10.2307/3002019.
        """
        if any(part.draft.n < 2 for part in parts):
            return StudentT(0.0, flag=Flag.ONE_EPISODE)
        plain = sum(weight**2 * errors.independent for weight, _, errors in parts)
        each = [(weight**2 * errors.independent * draft.n / (draft.n - 1), draft.n - 1) for weight, draft, errors in parts]
        whole = sum(part for part, _ in each)
        n = 1 + whole**2 / sum(part**2 / df for part, df in each) if whole > 0 else 0.0
        return StudentT(n, whole + variance - plain)  # what the weights add has as many degrees of freedom as there are episodes
