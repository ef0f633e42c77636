"""Takes how many values a modelled mean rests on and the shape of the model, gives Student's limits that say which model it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals.student_t import StudentT
from iop_outcomes.stats.limits import Errors, Limits


@dataclass(frozen=True, eq=False)
class ModelledMean(StudentT):
    """The interval of a mean by a mixed model for repeated measures.

    Parameters
    ----------
    shape : str
        The covariance of the scores, in words; nothing where there is no model.
    """

    shape: str = ""

    def finish(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Those of a mean, by the name of the model."""
        limits = super().finish(draft, errors, conf_level)
        if not self.shape:
            return limits
        by_patient = "" if errors.clustered is None else ", by patient"
        return replace(limits, method=f"Student t, mixed model with {self.shape}{by_patient}")
