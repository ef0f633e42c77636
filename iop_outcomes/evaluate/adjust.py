"""Takes the drafts of one number in several strata, gives the draft of their weighted sum: standardisation as an operation on drafts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.intervals import Combinable, Side, Stratum
from iop_outcomes.stats.limits import variance_independent


@dataclass(frozen=True, eq=False)
class Weights:
    """How much each stratum counts.

    Parameters
    ----------
    share : dict of stratum to float
        They sum to 1.
    influence : dict of stratum to float array, shape (raw cells,), or None
        What one more episode in each cell would add to a share that comes from the same data; None where the weights are given.

    Examples
    --------
    >>> Weights.given({"under 30": 2, "30 and over": 3}).share
    {'under 30': 0.4, '30 and over': 0.6}
    """

    share: Mapping[Level, float]
    influence: Mapping[Level, Floats] | None = None

    @classmethod
    def given(cls, sizes: Mapping[Level, float]) -> Weights:
        """Weights of a standard population, which the data do not change.

        Raises
        ------
        UsageError
            When a size is negative, or they sum to 0.
        """
        whole = math.fsum(sizes.values())
        if min(sizes.values(), default=0) < 0 or not 0 < whole < math.inf:
            raise UsageError("The weights of a standard population are sizes: none below 0 or without end, and not all of them 0.")
        return cls({stratum: size / whole for stratum, size in sizes.items()})

    @classmethod
    def from_counts(cls, counts: Counts, column: str) -> Weights:
        """Weights of the strata among some episodes, known only as far as these tell: their shares have influences of their own."""
        strata = [level for level in counts.levels(column) if counts.is_in(column, [level]).any()]
        inside = {level: counts.is_in(column, [level]) for level in strata}
        share = {level: float(counts.n[cells].sum()) / counts.total for level, cells in inside.items()}
        influence = {level: counts.lift((cells - share[level]) / counts.total) for level, cells in inside.items()}
        return cls(share, influence)


def standardised(strata: Mapping[Level, Side], weights: Weights, population: Population, n: Ints) -> Draft:
    """Add up the estimates of strata by weight; limits, differences and errors by patient follow from the influences, as of any draft.

    Parameters
    ----------
    strata : dict of stratum to Side
        The same number in each stratum; the influences belong to one counted table.
    weights : Weights
        Of each stratum.
    population : Population
        Whom the sum speaks of, for the record.
    n : int64 array, shape (raw cells,)
        Episodes in each cell of the counted table.

    Returns
    -------
    Draft
        Value sum of w x value; influence sum of w x influence, plus that of the weights times the values; an interval of the kind
        that the strata have, which knows the variance of both.

    Raises
    ------
    NotAssessableError
        When a stratum that has weight has no estimate.
    TypeError
        When estimates of this kind are not added up: a quantile, or what is standardised by its own group.

    References
    ----------
    Miettinen OS (1972), doi:10.1093/oxfordjournals.aje.a121406. Korn EL, Graubard BI (1999), Analysis of Health Surveys,
    ISBN 978-0-471-13773-3.
    """
    weighted = [stratum for stratum, share in weights.share.items() if share > 0]
    missing = [stratum for stratum in weighted if stratum not in strata or math.isnan(strata[stratum].draft.value)]
    if missing:
        raise NotAssessableError(
            f"{len(missing)} of {len(weighted)} strata have no estimate, so that nothing can be standardised over them. "
            "Use wider strata, or a standard population without these."
        )
    parts = [Stratum(weights.share[stratum], strata[stratum].draft, strata[stratum].errors) for stratum in weighted]
    kind, first = parts[0].draft.interval, parts[0].draft
    if not isinstance(kind, Combinable):
        raise TypeError(f"{first.key}: an estimate with an interval of the kind {type(kind).__name__} is not added up over strata.")
    each = [draft.value for _, draft, _ in parts]
    value = min(
        max(math.fsum(weight * draft.value for weight, draft, _ in parts), min(each)), max(each)
    )  # shares sum to 1 but for rounding
    influence: Floats = np.sum([weight * draft.influence for weight, draft, _ in parts], axis=0)
    if weights.influence is not None:
        apart = [
            weights.influence[s] * (strata[s].draft.value - value) for s in weighted
        ]  # shares sum to 1: only what strata differ by counts
        influence = influence + np.sum(apart, axis=0)
    among: Mask = np.logical_or.reduce([draft.among for _, draft, _ in parts])
    return Draft(first.key, value, influence, among, population, kind.combined(value, variance_independent(influence, n), parts))
