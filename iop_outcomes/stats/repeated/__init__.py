"""Takes repeated scores as sums by which occasions were scored, gives mixed models for repeated measures; no row is needed."""

from iop_outcomes.stats.repeated.covariances import (
    AutoRegressive,
    AutoRegressiveIntercepts,
    Covariance,
    InterceptAndSlope,
    Intercepts,
    Unstructured,
)
from iop_outcomes.stats.repeated.fitting import Design, Fit, fit
from iop_outcomes.stats.repeated.means import Course, course_of
from iop_outcomes.stats.repeated.patterns import Patterns, patterns_of

__all__ = [
    "AutoRegressive",
    "AutoRegressiveIntercepts",
    "Course",
    "Covariance",
    "Design",
    "Fit",
    "InterceptAndSlope",
    "Intercepts",
    "Patterns",
    "Unstructured",
    "course_of",
    "fit",
    "patterns_of",
]
