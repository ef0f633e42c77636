"""Takes how many items and forms an alpha is of, gives Feldt's limits; by patient those on the scale of ln(1 - alpha)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals.log_complement import LogComplement
from iop_outcomes.stats.limits import NO_LIMITS, Errors, Limits
from iop_outcomes.stats.special import fdtri


@dataclass(frozen=True, eq=False)
class Feldt(LogComplement):
    """The interval of Cronbach's alpha over independent forms.

    Parameters
    ----------
    items : int
        Items that alpha is of.

    References
    ----------
    Feldt LS (1965), doi:10.1007/BF02289499; Feldt LS, Woodruff DJ, Salih FA (1987), doi:10.1177/014662168701100107.
    """

    method: ClassVar[str] = "Feldt F"

    items: int

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """(1 - alpha) times quantiles of F on n - 1 and (n - 1)(items - 1)."""
        if draft.n < 2 or not draft.value < 1:
            return NO_LIMITS
        low, high = (1 - conf_level) / 2, (1 + conf_level) / 2
        df = draft.n - 1
        lowest, highest = (1 - (1 - draft.value) * float(fdtri(df, df * (self.items - 1), p)) for p in (high, low))
        return Limits(math.sqrt(errors.variance), lowest, highest)

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Those of `LogComplement`."""
        return super().limits(draft, errors, conf_level)
