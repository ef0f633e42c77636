"""Takes the scores of a test between groups, gives its statistic, degrees of freedom and p value; by patient, the robust score's."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag, flags
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Interval
from iop_outcomes.stats.limits import FEW_PATIENTS, NO_LIMITS, Errors, Limits, variance_independent
from iop_outcomes.stats.logrank import GroupTest, ScoreParts
from iop_outcomes.stats.special import fdtrc

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LogRank(Interval):
    """A test between groups in the place of an interval: as it stands for independent episodes, and what it needs where patients repeat.

    Parameters
    ----------
    test : GroupTest
        For independent episodes.
    parts : ScoreParts or None
        What one more episode in each cell of the counted table would add to each; `None` where the test knows no repeated patients
        (Gray's).
    group : int64 array, shape (raw cells,)
        Position of each cell's group, or -1 where it is in none.
    variance : str
        Name of the test's variance for independent episodes.
    wanted : {"statistic", "p"}
        Which number of the test the draft holds.
    """

    test: GroupTest
    parts: ScoreParts | None
    group: Ints
    variance: str
    wanted: Literal["statistic", "p"]

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """With the test's result among these patients."""
        return Errors(variance_independent(draft.influence, n), test=self.tested(people))

    def tested(self, people: Patients) -> Limits:
        """Refer the test to its distribution.

        Nobody repeats: as it stands. Somebody does: the robust score statistic X^2, with (G - df) X^2 / ((G - 1) df) referred to
        F(df, G - df) for G effective patients, or nothing, flagged `patients_repeat`, where the test knows no such form. Without a
        p value, flagged `few_patients`, when a group has fewer than `FEW_PATIENTS` effective patients (episodes, where nobody
        repeats). Without a statistic, flagged `no_spread`, when nobody in any group has the event.

        References
        ----------
        Lin and Wei (1989), doi:10.1080/01621459.1989.10478874 (the robust score). Rao JNK, Scott AJ (1987),
        doi:10.1214/aos/1176350273 (the F reference for few clusters).
        """
        together = people.among(self.group >= 0)
        if together.most > 1:
            if self.parts is None:
                return replace(NO_LIMITS, method="none", value=math.nan, flags=flags(Flag.PATIENTS_REPEAT))
            statistic, df, p = _robust(*self.parts.chi_square(self.test.score, people), together.effective)
            method = "robust score, F, by patient"
        else:
            statistic, df, p, method = self.test.chi2, float(self.test.df), self.test.p, self.variance
        is_few = people.effective_in(self.group, len(self.test.score)).min() < FEW_PATIENTS
        p = math.nan if is_few else p
        value = statistic if self.wanted == "statistic" else p
        result = replace(NO_LIMITS, method=method, value=value, statistic=statistic, df=df, p=p)
        return replace(result, flags=flags(Flag.FEW_PATIENTS if is_few else Flag.NONE, Flag.NO_SPREAD if df == 0 else Flag.NONE))

    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The test's result."""
        return NO_LIMITS if errors.test is None else errors.test

    def finish(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """The test's result, which says itself what few patients take away."""
        return self.limits(draft, errors, conf_level)


def _robust(chi2: float, df: int, effective: float) -> tuple[float, float, float]:
    left = effective - df
    p = float(fdtrc(df, left, chi2 * left / ((effective - 1) * df))) if df and left > 0 else math.nan
    return chi2, float(df), p
