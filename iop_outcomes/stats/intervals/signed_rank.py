"""Takes what ranks of changes give, gives the test and limits of independent pairs; none where a patient repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from iop_outcomes.keys import Flag, flags
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Interval, Ints
from iop_outcomes.stats.limits import NO_LIMITS, Errors, Limits, open_sides, variance_independent
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.ranks import SignedRankTest, WalshAverages

_REPEATED = replace(NO_LIMITS, method="none", value=math.nan, flags=flags(Flag.PATIENTS_REPEAT))


class OncePerPatient(Interval):
    """What rests on ranks of changes, which take every pair for another person's: without a value where a patient repeats."""

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """With the refusal where a patient has several pairs."""
        repeated = people.among(draft.among).most > 1
        return Errors(variance_independent(draft.influence, n), test=_REPEATED if repeated else None)

    def finish(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The refusal, or the limits."""
        return super().finish(draft, errors, conf_level) if errors.test is None else errors.test


@dataclass(frozen=True, eq=False)
class SignedRank(OncePerPatient):
    """Wilcoxon's test in the place of an interval; the draft holds its sum of ranks or its p value.

    Parameters
    ----------
    test : SignedRankTest
        Of the pairs.
    wanted : {"v", "p"}
        Which number of it.
    """

    method: ClassVar[str] = "Wilcoxon signed rank, normal, continuity-corrected"

    test: SignedRankTest
    wanted: Literal["v", "p"]

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The test's result: the statistic is the sum of ranks beside itself, the normal deviate beside the p value."""
        statistic = self.test.v if self.wanted == "v" else self.test.z
        return replace(NO_LIMITS, statistic=statistic, p=self.test.p)


@dataclass(frozen=True, eq=False)
class FisherZ(OncePerPatient):
    """Limits of a rank-biserial correlation on the scale of Fisher's z, from its influences; none at -1 and 1.

    References
    ----------
    Fisher RA (1915), doi:10.1093/biomet/10.4.507 (the scale).
    """

    method: ClassVar[str] = "normal of Fisher's z"

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """By normal quantiles, with n / (n - 1) of the pairs that changed."""
        if abs(draft.value) >= 1 or errors.variance <= 0 or draft.n < 2:
            return NO_LIMITS
        se = math.sqrt(errors.variance * draft.n / (draft.n - 1))
        half = normal_quantile(conf_level) * se / (1 - draft.value**2)
        centre = math.atanh(draft.value)
        return Limits(se, math.tanh(centre - half), math.tanh(centre + half))


@dataclass(frozen=True, eq=False)
class Walsh(OncePerPatient):
    """Limits of the Hodges-Lehmann change: two of the means of every two changes, by the signed rank test.

    Parameters
    ----------
    averages : WalshAverages
        Of the pairs.
    """

    method: ClassVar[str] = "Walsh averages"

    averages: WalshAverages

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """None where so few pairs give none."""
        low, high = self.averages.limits(conf_level)
        return Limits(math.nan, low, high, flags=open_sides(low, high))
