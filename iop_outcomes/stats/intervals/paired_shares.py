"""Takes two shares of the same episodes, gives the limits of their difference by MOVER, with McNemar's exact test where nobody repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Interval, Ints, Side
from iop_outcomes.stats.intervals.comparison import joined, root
from iop_outcomes.stats.intervals.interval import errors_of
from iop_outcomes.stats.limits import NO_LIMITS, Errors, Limits
from iop_outcomes.stats.special import bdtr, ndtr


@dataclass(frozen=True, eq=False)
class PairedErrors(Errors):
    """The errors of a difference, with both shares behind it and their correlation, from the influences."""

    sides: tuple[Side, ...] = ()
    shared: float = 0.0


@dataclass(frozen=True, eq=False)
class PairedShares(Interval):
    """The interval of a share minus another of the same episodes, such as after minus before.

    Parameters
    ----------
    before, after : Draft
        Both shares, each with Wilson's interval.
    gained, lost : int
        Episodes counted in the second alone, and in the first alone: all that McNemar's test reads.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C. Zou GY, Donner A (2008),
    doi:10.1002/sim.3095. McNemar Q (1947), doi:10.1007/BF02295996.
    """

    method: ClassVar[str] = "MOVER of Wilson limits, exact McNemar"
    method_by_patient: ClassVar[str] = "MOVER of Wilson limits, by patient"

    before: Draft
    after: Draft
    gained: int
    lost: int

    def errors(self, draft: Draft, people: Patients, n: Ints) -> PairedErrors:
        """The correlation over patients where one repeats, else over episodes."""
        errors = super().errors(draft, people, n)
        before, after = (Side(share, errors_of(share, people, n)) for share in (self.before, self.after))
        size = math.sqrt(before.errors.variance * after.errors.variance)
        together = before.errors.variance + after.errors.variance - errors.variance  # twice the covariance
        shared = float(np.clip(together / (2 * size), -1.0, 1.0)) if size > 0 else 0.0
        return PairedErrors(errors.independent, errors.clustered, sides=(before, after), shared=shared)

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """With the exact p value of those who changed, or, by patient, the error level at which the interval touches 0."""
        if not isinstance(errors, PairedErrors):
            raise TypeError("limits of paired shares need the errors of both; ask errors_of for the errors")
        low, high = self._reach(errors, conf_level)
        if math.isnan(low) or math.isnan(high):
            return NO_LIMITS
        p = self._exact() if errors.clustered is None else self._inverted(draft.value, errors)
        return replace(Limits(math.sqrt(errors.variance), low, high), p=p)

    def _reach(self, errors: PairedErrors, conf_level: float) -> tuple[float, float]:
        before, after = (side.limits(conf_level) for side in errors.sides)
        a, b = self.before.value, self.after.value
        low = b - a - joined(b - after.low, before.high - a, errors.shared)
        return max(low, -1.0), min(b - a + joined(after.high - b, a - before.low, errors.shared), 1.0)

    def _exact(self) -> float:
        """Twice the smaller tail of the binomial distribution of those who changed, at most 1."""
        changed = self.gained + self.lost
        return min(1.0, 2 * float(bdtr(min(self.gained, self.lost), changed, 0.5))) if changed else 1.0

    def _inverted(self, value: float, errors: PairedErrors) -> float:
        if value == 0:
            return 1.0

        def limit(z: float) -> float:
            conf_level = 2 * float(ndtr(z)) - 1
            if conf_level <= 0:
                return abs(value)
            low, high = self._reach(errors, conf_level)
            return low if value > 0 else -high

        return 2 * float(ndtr(-root(limit, abs(value))))
