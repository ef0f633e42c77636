"""Takes summaries of two groups as papers print them, gives standardised differences between the groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

from iop_outcomes.stats.change import small_sample_factor


@dataclass(frozen=True, slots=True)
class StandardisedDifference:
    """A standardised difference between two groups and its large-sample variance; NaN where the summaries allow none."""

    value: float
    variance: float


def d_between(mean_one: float, mean_other: float, sd_pooled: float, n_one: int, n_other: int) -> StandardisedDifference:
    """Give the difference of two means in pooled standard deviations, without small-sample correction.

    Parameters
    ----------
    mean_one, mean_other : float
        Means of two independent groups, in points.
    sd_pooled : float
        Their pooled standard deviation, in points.
    n_one, n_other : int
        People in each.

    Returns
    -------
    StandardisedDifference
        Positive when the first mean is larger.

    References
    ----------
    Hedges LV, Olkin I (1985), Statistical Methods for Meta-Analysis, ISBN 978-0-12-336380-0.

    Examples
    --------
    >>> round(d_between(7.87, -1.36, 4.2593, 25, 25).value, 4)
    2.167
    """
    if not sd_pooled > 0 or min(n_one, n_other) < 1:
        return StandardisedDifference(math.nan, math.nan)
    d = (mean_one - mean_other) / sd_pooled
    return StandardisedDifference(d, 1 / n_one + 1 / n_other + d * d / (2 * (n_one + n_other)))


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a study with scores before and after: means and SD before in points, people, and their correlation."""

    mean_pre: float
    mean_post: float
    sd_pre: float
    n: int
    r: float


def d_ppc2(treated: Arm, control: Arm) -> StandardisedDifference:
    """Give the difference of two arms' changes in pooled SDs of the scores before, with the exact small-sample factor.

    Parameters
    ----------
    treated, control : Arm
        Two independent arms on the same scale; the correlation before to after is taken as that of the treated arm.

    Returns
    -------
    StandardisedDifference
        Positive when scores rose more in the treated arm.

    References
    ----------
    Morris SB (2008), doi:10.1177/1094428106291059 (d_ppc2, equations 8 to 10; large-sample variance).

    Examples
    --------
    >>> round(d_ppc2(Arm(30.6, 38.5, 15.0, 20, 0.47), Arm(23.1, 19.7, 13.8, 20, 0.47)).value, 4)
    0.7684
    """
    df = treated.n + control.n - 2
    if df < 2:
        return StandardisedDifference(math.nan, math.nan)
    pooled = math.sqrt(((treated.n - 1) * treated.sd_pre**2 + (control.n - 1) * control.sd_pre**2) / df)
    if not pooled > 0:
        return StandardisedDifference(math.nan, math.nan)
    changes = (treated.mean_post - treated.mean_pre) - (control.mean_post - control.mean_pre)
    d = small_sample_factor(df) * changes / pooled
    return StandardisedDifference(d, 2 * (1 - treated.r) * (1 / treated.n + 1 / control.n) + d * d / (2 * (treated.n + control.n)))
