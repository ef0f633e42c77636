"""Takes whole-number values, gives limits of a quantile by ranks; by patient, by Woodruff's inversion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Comparison, Draft, Interval
from iop_outcomes.stats.duration import Distribution, order_statistic_interval, quantile_type2
from iop_outcomes.stats.intervals.comparison import Mover
from iop_outcomes.stats.intervals.wilson import effective_n
from iop_outcomes.stats.limits import Errors, Limits, open_sides, t_quantile
from iop_outcomes.stats.proportion import wilson_limits


@dataclass(frozen=True, eq=False)
class OrderStatistics(Interval):
    """The interval of a quantile.

    Parameters
    ----------
    distribution : Distribution
        The values themselves.
    share_below : float
        Which quantile; 0.5 for the median.
    """

    method: ClassVar[str] = "order statistics"
    method_by_patient: ClassVar[str] = "Woodruff, by patient"
    comparison: ClassVar[Comparison | None] = Mover("MOVER", in_jumps=True)

    distribution: Distribution
    share_below: float

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The values at the ranks of Hahn and Meeker's interval; without an error, which it needs none of."""
        low, high = order_statistic_interval(self.distribution, self.share_below, conf_level=conf_level)
        return Limits(math.nan, low, high, flags=open_sides(low, high))

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The quantiles at the limits of the share that lies at or below the quantile, of the effective n of that share.

        Where many have one value, as of whole days, more lie at or below a quartile than a quarter: how alike the episodes of a patient
        are is told around the share that does.

        References
        ----------
        Woodruff RS (1952), doi:10.1080/01621459.1952.10483443.
        """
        quantile = t_quantile(errors.effective - 1, conf_level)
        below = float(self.distribution.n[self.distribution.values <= draft.value].sum()) / draft.n
        shares = wilson_limits(self.share_below, effective_n(below, draft.n, errors), quantile)
        low, high = (quantile_type2(self.distribution, limit) for limit in shares)
        return Limits(math.nan, low, high)
