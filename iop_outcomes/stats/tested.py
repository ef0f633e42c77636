"""Takes a test between groups and the patients behind it, gives its statistic, degrees of freedom and p value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import GroupScores
from iop_outcomes.stats.interval import FEW_PATIENTS
from iop_outcomes.stats.logrank import chi_square
from iop_outcomes.stats.special import fdtrc


@dataclass(frozen=True, slots=True)
class Tested:
    """A test as it is printed; NaN where the data allow none, and then `flag` says why."""

    statistic: float
    df: float
    p: float
    method: str
    flag: str = ""


def tested(scores: GroupScores, people: Patients) -> Tested:
    """Refer a test to its distribution.

    Parameters
    ----------
    scores : GroupScores
        The test for independent episodes, and its influences by group.
    people : Patients
        Behind the counted table.

    Returns
    -------
    Tested
        Nobody repeats: as it stands. Somebody does: the robust score statistic X^2, with (G - df) X^2 / ((G - 1) df) referred to
        F(df, G - df) for G effective patients, or nothing, flagged `patients_repeat`, where the test knows no such form. Without
        a p value, flagged `few_patients`, when a group has fewer than `FEW_PATIENTS` effective patients (episodes, where nobody
        repeats).

    References
    ----------
    Lin and Wei (1989), doi:10.1080/01621459.1989.10478874 (the robust score). Rao JNK, Scott AJ (1987),
    doi:10.1214/aos/1176350273 (the F reference for few clusters).
    """
    together = people.among(np.logical_or.reduce(scores.groups))
    found = Tested(scores.statistic, float(scores.df), scores.p, scores.method)
    if together.most > 1:
        if scores.influence is None:
            return Tested(math.nan, math.nan, math.nan, "none", "patients_repeat")
        found = _robust(scores.observed_minus_expected, people.products(scores.influence), together.effective)
    if min(people.among(group).effective for group in scores.groups) < FEW_PATIENTS:
        return Tested(found.statistic, found.df, math.nan, found.method, "few_patients")
    return found


def _robust(score: np.ndarray, covariance: np.ndarray, effective: float) -> Tested:
    chi2, df, _ = chi_square(score, covariance)
    left = effective - df
    p = float(fdtrc(df, left, chi2 * left / ((effective - 1) * df))) if df and left > 0 else math.nan
    return Tested(chi2, float(df), p, "robust score, F, by patient")
