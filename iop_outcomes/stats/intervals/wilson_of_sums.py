"""Takes what each episode brings to the base of a share of sums, gives Wilson's limits of the effective n: episodes are clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Comparison, Draft, Floats, Interval, Ints
from iop_outcomes.stats.intervals.comparison import Mover
from iop_outcomes.stats.intervals.wilson import effective_n
from iop_outcomes.stats.limits import Clustered, Errors, Limits, t_quantile, variance_independent
from iop_outcomes.stats.proportion import wilson_limits


@dataclass(frozen=True, eq=False)
class WilsonOfSums(Interval):
    """The interval of one sum over episodes as a share of another, such as of the sessions of an episode, which go together.

    Sessions of one episode, and episodes of one patient, are alike, so that a session is no independent observation: the effective
    patients m are counted by what each of them brings to the base, and the effective n follows from the variance by patient, which has the
    factor m / (m - 1) that it has for a mean: such a share is a mean over people, weighted by what they bring.

    Parameters
    ----------
    weights : float array, shape (raw cells,)
        What one episode in each cell of the counted table brings to the base.
    base : float
        The sum of it over all episodes.

    References
    ----------
    Korn EL, Graubard BI (1998), Survey Methodology 24:193-201. Cochran WG (1977), Sampling Techniques, chapter 6, ISBN
    978-0-471-16240-7.
    """

    method: ClassVar[str] = "Wilson score of sums"
    method_by_patient: ClassVar[str] = "Wilson score of sums, by patient"
    comparison: ClassVar[Comparison | None] = Mover("Newcombe", bounded=True)

    weights: Floats
    base: float

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """By patient always, as an episode is a cluster even where nobody comes back."""
        squared = people.variance(self.weights)
        effective = self.base**2 / squared if squared > 0 else 0.0
        factor = effective / (effective - 1) if effective >= 2 else 1.0
        return Errors(variance_independent(draft.influence, n), Clustered(effective, factor * people.variance(draft.influence)))

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Of the effective n, at Student's t on the effective patients less one."""
        quantile = t_quantile(errors.effective - 1, conf_level)
        worth = effective_n(draft.value, self.base, errors)
        return Limits(math.sqrt(errors.variance), *wilson_limits(draft.value, worth, quantile))
