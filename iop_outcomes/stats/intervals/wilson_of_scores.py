"""Takes a mean of scores between 0 and 1, gives Wilson's limits of the episodes that it is worth; by patient, at Student's t."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Draft, Interval
from iop_outcomes.stats.limits import ROUNDING, Errors, Limits, t_quantile
from iop_outcomes.stats.proportion import normal_quantile, wilson_limits


@dataclass(frozen=True, eq=False)
class WilsonOfScores(Interval):
    """The interval of a probability of superiority, in which half points vary less than a share of the same size.

    It is worth p (1 - p) / V episodes, V from the influences; as many as there are, or effective patients, where all scores are alike.

    References
    ----------
    Korn EL, Graubard BI (1998), Survey Methodology 24:193-201 (the effective number).
    """

    method: ClassVar[str] = "Wilson score of the effective n"
    method_by_patient: ClassVar[str] = "Wilson score of the effective n, by patient"

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """By the normal quantile."""
        return _limits(draft, errors, float(draft.n), normal_quantile(conf_level))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """At Student's t on the effective patients less one."""
        return _limits(draft, errors, errors.effective, t_quantile(errors.effective - 1, conf_level))


def _limits(draft: Draft, errors: Errors, alike: float, quantile: float) -> Limits:
    binomial = draft.value * (1 - draft.value)
    nothing = errors.variance <= ROUNDING * max(binomial, ROUNDING) / draft.n
    return Limits(math.sqrt(errors.variance), *wilson_limits(draft.value, alike if nothing else binomial / errors.variance, quantile))
