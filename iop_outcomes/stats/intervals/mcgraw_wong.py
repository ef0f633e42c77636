"""Takes the mean squares of pairs of scores, gives the limits of an intraclass correlation; by patient those on the scale of ln(1 - ICC)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals.log_complement import LogComplement
from iop_outcomes.stats.limits import NO_LIMITS, ROUNDING, Errors, Limits
from iop_outcomes.stats.reliability import MeanSquares
from iop_outcomes.stats.special import fdtri

OCCASIONS = 2


@dataclass(frozen=True, eq=False)
class McGrawWong(LogComplement):
    """The interval of ICC(A,1), where `agreement` is true, or of ICC(C,1), over independent pairs.

    References
    ----------
    McGraw KO, Wong SP (1996), doi:10.1037/1082-989X.1.1.30, table 7.
    """

    method: ClassVar[str] = "McGraw & Wong F"

    squares: MeanSquares
    agreement: bool

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """By quantiles of F; none where nothing varies beside what they compare, and where they do not hold the coefficient (one below 0)."""
        persons, error = self.squares.persons, self.squares.error + (self.squares.occasions if self.agreement else 0.0)
        if self.squares.pairs < 2 or not error > ROUNDING * persons or not persons > ROUNDING * error or not draft.value < 1:
            return NO_LIMITS
        low, high = self._agreement(draft.value, conf_level) if self.agreement else self._consistency(conf_level)
        low = max(low, -1.0)  # the least that there is; of few pairs the formula goes below
        return Limits(math.sqrt(errors.variance), low, high) if low <= draft.value <= high else NO_LIMITS

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Those of `LogComplement`."""
        return super().limits(draft, errors, conf_level)

    def _consistency(self, conf_level: float) -> tuple[float, float]:
        df, ratio = self.squares.pairs - 1, self.squares.persons / self.squares.error
        quantile = float(fdtri(df, df, (1 + conf_level) / 2))
        return (ratio / quantile - 1) / (ratio / quantile + 1), (ratio * quantile - 1) / (ratio * quantile + 1)

    def _agreement(self, value: float, conf_level: float) -> tuple[float, float]:
        n, persons, occasions, error = self.squares.pairs, self.squares.persons, self.squares.occasions, self.squares.error
        a = OCCASIONS * value / (n * (1 - value))
        b = 1 + OCCASIONS * value * (n - 1) / (n * (1 - value))
        df = (a * occasions + b * error) ** 2 / ((a * occasions) ** 2 + (b * error) ** 2 / (n - 1))
        p, rest = (1 + conf_level) / 2, OCCASIONS * occasions + (n * OCCASIONS - OCCASIONS - n) * error
        lower, upper = float(fdtri(n - 1, df, p)), float(fdtri(df, n - 1, p))
        return n * (persons - lower * error) / (lower * rest + n * persons), n * (upper * persons - error) / (rest + n * upper * persons)
