"""Takes the pairs of a group, gives how a number that two groups make together is compared: by its own variance; by patient, widened."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from iop_outcomes.patients import Patients
from iop_outcomes.stats.between_pairs import BetweenPairs
from iop_outcomes.stats.draft import Comparison, Difference, Draft, Floats, Interval, Ints, Side
from iop_outcomes.stats.limits import NO_LIMITS, Errors, Limits, symmetric, t_quantile
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr, stdtr


class Together:
    """The variance that its formula gives, normal or Student's t as it says.

    Where a patient has several pairs: that variance times V by patient / V over episodes, both from the influences, at Student's t on the
    effective patients of both groups less one.
    """

    def limits(self, one: Side, other: Side, people: Patients, conf_level: float) -> Limits:
        """Limits of the difference."""
        return self.difference(one, other, people, conf_level).limits

    def difference(self, one: Side, other: Side, people: Patients, conf_level: float, bound: float = 0.0) -> Difference:
        """With the p value at which the limits would touch the bound."""
        kind = one.draft.interval
        if not isinstance(kind, OfTwoGroups):
            raise TypeError(f"{one.draft.key}: an interval of the kind {type(kind).__name__} is of one group.")
        apart = _of_both(one.draft, other.draft)
        together = people.among(one.draft.among | other.draft.among)
        repeated = together.most > 1
        method = f"{kind.named}, by patient" if repeated else kind.named
        nothing = Difference(math.nan, replace(NO_LIMITS, method=method), math.nan)
        variance, df = apart.variance, apart.df
        if repeated:
            variance, df = variance * _widened(one.draft, other.draft, apart, people), together.effective - 1
        if math.isnan(apart.value) or not variance > 0 or not df >= 1:
            return nothing
        se = math.sqrt(variance)
        quantile = normal_quantile(conf_level) if math.isinf(df) else t_quantile(df, conf_level)
        away = -abs(apart.value - bound) / se
        p = 2 * float(ndtr(away) if math.isinf(df) else stdtr(df, away))
        return Difference(apart.value, symmetric(apart.value, se, quantile, method), p)


@dataclass(frozen=True, eq=False)
class OfTwoGroups(Interval):
    """The kind of a number that no group has by itself, such as a difference over the SD pooled of both.

    Parameters
    ----------
    pairs : Pairs
        Of the group.
    place : int64 array
        For each cell of the counted table that is among them, in order, which cell of the pairs it is.
    find : callable
        From the pairs of two groups, the number.
    named : str
        Of the method.
    """

    method: ClassVar[str] = "none"
    comparison: ClassVar[Comparison | None] = Together()

    pairs: Pairs
    place: Ints
    find: Callable[[Pairs, Pairs], BetweenPairs]
    named: str

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """A group alone has none."""
        return NO_LIMITS

    def apart(self, one: Draft, other: Draft) -> float:
        """The number of the two."""
        return _of_both(one, other).value


def _of_both(one: Draft, other: Draft) -> BetweenPairs:
    first, second = one.interval, other.interval
    if not (isinstance(first, OfTwoGroups) and isinstance(second, OfTwoGroups)):
        raise TypeError(f"{one.key}: both groups need their pairs.")
    return first.find(first.pairs, second.pairs)


def _widened(one: Draft, other: Draft, apart: BetweenPairs, people: Patients) -> float:
    """How many times as large the variance by patient is as that over episodes."""
    influence, independent = np.zeros(len(one.influence)), 0.0
    for draft, of_cells in zip((one, other), apart.influences, strict=True):
        kind = draft.interval
        if isinstance(kind, OfTwoGroups):
            influence += _in_table(draft, kind, of_cells)
            independent += float(kind.pairs.n @ np.square(of_cells))
    return people.variance(influence) / independent if independent > 0 else math.nan


def _in_table(draft: Draft, kind: OfTwoGroups, of_cells: Floats) -> Floats:
    """The influences of the cells of pairs in the counted table of both groups, whose cells of this one are those it is among."""
    influence = np.zeros(len(draft.influence))
    influence[draft.among] = of_cells[kind.place]
    return influence
