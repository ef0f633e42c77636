"""Takes drafts and patients, gives errors and limits by the kind of interval that a draft has; and the kinds that are added up, or have none."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Interval, Ints
from iop_outcomes.stats.limits import NO_LIMITS, Errors, Limits, variance_independent


class Stratum(NamedTuple):
    """One of several estimates that are added up: its weight, its draft and its errors."""

    weight: float
    draft: Draft
    errors: Errors


class Combinable(Interval):
    """The interval of an estimate that may be standardised or weighted: of a weighted sum it is again one of its kind."""

    def tells(self, draft: Draft) -> bool:
        """Whether there is an estimate, and enough of it to be one of several that are added up."""
        return not math.isnan(draft.value)

    @abstractmethod
    def combined(self, value: float, variance: float, parts: Sequence[Stratum]) -> Interval:
        """The interval of the weighted sum `value` of estimates of this kind, whose variance counts the weights' own where they have any."""


class NoInterval(Interval):
    """A number that is given as it is."""

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """Nothing is known of how it varies over patients."""
        return Errors(variance_independent(draft.influence, n))

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """None."""
        return NO_LIMITS


def errors_of(draft: Draft, people: Patients, n: Ints) -> Errors:
    """Errors of a draft.

    Parameters
    ----------
    draft : Draft
        With its influences and the cells of its denominator.
    people : Patients
        Behind the counted table.
    n : int64 array, shape (raw cells,)
        Episodes in each cell of it.
    """
    return draft.interval.errors(draft, people, n)


def finish(draft: Draft, errors: Errors, *, conf_level: float = 0.95) -> Limits:
    """Give a draft its limits.

    Parameters
    ----------
    draft : Draft
        The estimate, with its kind of interval.
    errors : Errors
        Its variance, from the influences.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Limits
        All NaN when the draft has no value. Where a patient repeats, those by patient, whose method ends in "by patient":
        flagged `few_patients` under `FEW_PATIENTS` effective ones, and without limits under 2.
    """
    return draft.interval.finish(draft, errors, conf_level)


def kish(weights: Sequence[float], n: Sequence[float]) -> float:
    """Episodes of equal weight that would tell as much as `n` in each stratum do with these weights.

    References
    ----------
    Kish L (1965), Survey Sampling, ISBN 978-0-471-48900-9.

    Examples
    --------
    >>> kish([0.5, 0.5], [50, 50]), round(kish([0.8, 0.2], [50, 50]), 1)
    (100.0, 73.5)
    """
    return sum(weights) ** 2 / sum(weight**2 / size for weight, size in zip(weights, n, strict=True) if weight)
