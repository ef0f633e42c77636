"""Takes summaries of two groups as papers print them, gives standardised differences between the groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from iop_outcomes.stats.change import small_sample_factor

LargeSample = Literal["LS", "LS2"]
LARGE_SAMPLE: tuple[LargeSample, ...] = ("LS", "LS2")


@dataclass(frozen=True, slots=True)
class StandardisedDifference:
    """A standardised difference between two groups and its large-sample variance; NaN where the summaries allow none."""

    value: float
    variance: float


NO_DIFFERENCE = StandardisedDifference(math.nan, math.nan)


def pooled_sd_of(sd_one: float, n_one: int, sd_other: float, n_other: int) -> float:
    """Pooled standard deviation of two groups, in points."""
    return math.sqrt(((n_one - 1) * sd_one**2 + (n_other - 1) * sd_other**2) / (n_one + n_other - 2))


def d_between(mean_one: float, mean_other: float, sd_pooled: float, n_one: float, n_other: float) -> StandardisedDifference:
    """Give the difference of two means in pooled standard deviations, without small-sample correction.

    Parameters
    ----------
    mean_one, mean_other : float
        Means of two independent groups, in points.
    sd_pooled : float
        Their pooled standard deviation, in points.
    n_one, n_other : float
        People in each; halves where only their sum is known.

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
        return NO_DIFFERENCE
    d = (mean_one - mean_other) / sd_pooled
    return StandardisedDifference(d, 1 / n_one + 1 / n_other + d * d / (2 * (n_one + n_other)))


def corrected(d: StandardisedDifference, n_one: float, n_other: float, *, variance: LargeSample = "LS") -> StandardisedDifference:
    """Hedges' g: a difference in pooled standard deviations times the exact J with n_one + n_other - 2 degrees of freedom.

    Parameters
    ----------
    d : StandardisedDifference
        Uncorrected.
    n_one, n_other : float
        People in each group.
    variance : {"LS", "LS2"}
        The formula of `d_between` with g in it, or that of d times J^2, as metafor's vtype calls them.

    References
    ----------
    Hedges LV (1981), doi:10.3102/10769986006002107; Borenstein M et al. (2009), doi:10.1002/9780470743386, chapter 4 (LS2).

    Examples
    --------
    >>> round(corrected(d_between(103, 100, 5.0249378, 50, 50), 50, 50, variance="LS2").variance, 4)
    0.0411
    """
    factor = small_sample_factor(round(n_one + n_other - 2))
    g = factor * d.value
    if variance == "LS2":
        return StandardisedDifference(g, factor**2 * d.variance)
    return StandardisedDifference(g, 1 / n_one + 1 / n_other + g * g / (2 * (n_one + n_other)))


def d_control_sd(mean_one: float, sd_one: float, n_one: int, mean_other: float, sd_other: float, n_other: int) -> StandardisedDifference:
    """Difference of two means in standard deviations of the second group (Glass's delta); its variance lets the two SDs differ.

    References
    ----------
    Bonett DG (2008), doi:10.1037/1082-989X.13.2.99, equation 11 with one group as the standard.

    Examples
    --------
    >>> round(d_control_sd(103, 5.5, 50, 100, 4.5, 50).value, 4)
    0.6667
    """
    d = (mean_one - mean_other) / sd_other
    variance = d**2 / (2 * (n_other - 1)) + sd_one**2 / (sd_other**2 * (n_one - 1)) + 1 / (n_other - 1)
    return StandardisedDifference(d, variance)
