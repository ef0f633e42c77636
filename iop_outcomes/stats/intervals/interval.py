"""Takes nothing, gives `Interval`: how a draft gets its limits, for one kind of estimate; each kind is a file of this folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag
from iop_outcomes.patients import Patients
from iop_outcomes.stats.intervals.limits import NO_LIMITS, Clustered, Errors, Limits, few

if TYPE_CHECKING:
    from iop_outcomes.stats.draft import Draft
    from iop_outcomes.stats.intervals.comparison import Comparison


@dataclass(frozen=True, eq=False, kw_only=True)
class Interval:
    """How a draft gets its limits.

    Parameters
    ----------
    flag : Flag
        Why the estimate is impossible, or to be read with care.
    word : str
        What the number is called, where it is called anything.
    """

    method: ClassVar[str] = "none"
    method_by_patient: ClassVar[str] = "none"
    comparison: ClassVar[Comparison | None] = None  # how two such estimates are compared; None where they are not

    flag: Flag = Flag.NONE
    word: str = ""

    @property
    def at_risk(self) -> int | None:
        """Episodes followed to the day of the estimate, where it has one."""
        return None

    def errors(self, draft: Draft, people: Patients, n: NDArray[np.int64]) -> Errors:
        """Errors of a draft: over episodes, and over patients where one has several in the denominator; see `errors_of`."""
        effective, most = people.among(draft.among)
        clustered = Clustered(effective, people.variance(draft.influence)) if most > 1 else None
        return Errors(variance_independent(draft.influence, n), clustered)

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits from independent episodes; an empty method stands for the usual one."""
        raise NotImplementedError

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits where patients repeat; those of independent episodes with the errors by patient, unless a kind has its own."""
        return self.limits(draft, errors, conf_level)

    def finish(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits with their method and flags; see `finish`."""
        repeated = errors.clustered
        nothing = replace(NO_LIMITS, method=self.method if repeated is None else self.method_by_patient)
        if math.isnan(draft.value):
            return nothing
        if repeated is None:
            found = self.limits(draft, errors, conf_level)
            return replace(found, method=found.method or nothing.method)
        if repeated.effective < 2:
            return replace(nothing, flags=few(repeated.effective))  # hardly more than one patient tells nothing of others
        found = self.limits_by_patient(draft, errors, conf_level)
        return replace(found, method=found.method or nothing.method, flags=found.flags | few(repeated.effective))


class Part(NamedTuple):
    """One of several estimates that are added up: its weight, its draft and its errors."""

    weight: float
    draft: Draft
    errors: Errors


class Combinable(Interval):
    """The interval of an estimate that may be standardised or weighted: of a weighted sum it is again one of its kind."""

    def combined(self, value: float, parts: Sequence[Part]) -> Interval:
        """The interval of the weighted sum `value` of estimates of this kind."""
        raise NotImplementedError


class NoInterval(Interval):
    """A number that is given as it is."""

    def errors(self, draft: Draft, people: Patients, n: NDArray[np.int64]) -> Errors:
        """Nothing is known of how it varies over patients."""
        return Errors(variance_independent(draft.influence, n))

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """None."""
        return NO_LIMITS


def variance_independent(influence: NDArray[np.float64], n: NDArray[np.int64]) -> float:
    """Variance of an estimate over independent episodes: the sum of n times influence squared; shape (cells,) both."""
    return float(np.sum(n * np.square(influence)))


def errors_of(draft: Draft, people: Patients, n: NDArray[np.int64]) -> Errors:
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
