"""Takes summaries of two arms with scores before and after, gives the difference of their changes over each of four divisors."""

from __future__ import annotations

import math
from dataclasses import dataclass

from iop_outcomes.stats.between import NO_DIFFERENCE, StandardisedDifference, pooled_sd_of
from iop_outcomes.stats.change import g_pre_sd, small_sample_factor
from iop_outcomes.stats.pairs import Pairs


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a study with scores before and after: means and SDs in points, people, and their correlation."""

    mean_pre: float
    mean_post: float
    sd_pre: float
    n: int
    r: float
    sd_post: float = math.nan

    @property
    def change(self) -> float:
        """Points by which scores rose."""
        return self.mean_post - self.mean_pre

    @property
    def variance_of_change(self) -> float:
        """Of the scores' changes."""
        return self.sd_pre**2 + self.sd_post**2 - 2 * self.r * self.sd_pre * self.sd_post


def d_ppc1(treated: Arm, control: Arm) -> StandardisedDifference:
    """Give the difference of two arms' changes, each over its own SD before, times exact J with n - 1 of its arm.

    The variance is the sum of the arms', which let the SDs before and after differ.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x; Morris SB (2008), doi:10.1177/1094428106291059 (d_ppc1).

    Examples
    --------
    >>> round(d_ppc1(Arm(30.6, 38.5, 15.0, 20, 0.47, 11.6), Arm(23.1, 19.7, 13.8, 20, 0.47, 14.8)).value, 4)
    0.7421
    """
    one, other = (
        g_pre_sd(
            Pairs.from_summary(
                n=arm.n, mean_pre=arm.mean_pre, mean_post=arm.mean_post, sd_pre=arm.sd_pre, sd_post=arm.sd_post, r=arm.r, better="higher"
            )
        )
        for arm in (treated, control)
    )
    return StandardisedDifference(one.value - other.value, one.variance + other.variance)


def d_ppc2(treated: Arm, control: Arm) -> StandardisedDifference:
    """Give the difference of two arms' changes in pooled SDs of the scores before, with the exact small-sample factor.

    Parameters
    ----------
    treated, control : Arm
        Two independent arms on the same scale.

    Returns
    -------
    StandardisedDifference
        Positive when scores rose more in the treated arm. The variance takes the SDs before and after as alike.

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
        return NO_DIFFERENCE
    pooled = pooled_sd_of(treated.sd_pre, treated.n, control.sd_pre, control.n)
    if not pooled > 0:
        return NO_DIFFERENCE
    d = small_sample_factor(df) * (treated.change - control.change) / pooled
    of_changes = 2 * (1 - treated.r) / treated.n + 2 * (1 - control.r) / control.n
    return StandardisedDifference(d, of_changes + d * d / (2 * (treated.n + control.n)))


def d_ppc3(treated: Arm, control: Arm) -> StandardisedDifference:
    """Give the same over the SD pooled of all four, before and after; exact J with n - 2; variance by the delta method.

    References
    ----------
    Morris SB (2008), doi:10.1177/1094428106291059 (d_ppc3).

    Examples
    --------
    >>> round(d_ppc3(Arm(3.34, 3.28, 1.76, 34, 0.5, 2.07), Arm(3.81, 8.43, 1.79, 34, 0.5, 0.83)).value, 3)
    -2.756
    """
    return _over(treated, control, before=True)


def d_ppc_post(treated: Arm, control: Arm) -> StandardisedDifference:
    """Give the same over the pooled SD after, as some programs divide; exact J with n - 2; variance by the delta method.

    Examples
    --------
    >>> round(d_ppc_post(Arm(3.34, 3.28, 1.76, 34, 0.5, 2.07), Arm(3.81, 8.43, 1.79, 34, 0.5, 0.83)).value, 3)
    -2.934
    """
    return _over(treated, control, before=False)


def _over(treated: Arm, control: Arm, *, before: bool) -> StandardisedDifference:
    """Over the pooled SD after, or of before and after: variance of normal scores whose SDs may differ.

    The square of the divisor is a weighted sum of squared SDs: a squared SD has variance 2 SD^4 / (n - 1), those of one arm
    before and after the covariance 2 r^2 SD^2 SD^2 / (n - 1).
    """
    df = treated.n + control.n - 2
    if df < 2:
        return NO_DIFFERENCE
    square, its_variance, of_changes = 0.0, 0.0, 0.0
    for arm in (treated, control):
        weight = (arm.n - 1) / ((2 if before else 1) * df)
        pre, post = (arm.sd_pre**2 if before else 0.0), arm.sd_post**2
        square += weight * (pre + post)
        its_variance += weight**2 * 2 * (pre**2 + post**2 + 2 * arm.r**2 * pre * post) / (arm.n - 1)
        of_changes += arm.variance_of_change / arm.n
    if not square > 0:
        return NO_DIFFERENCE
    factor = small_sample_factor(df)
    d = factor * (treated.change - control.change) / math.sqrt(square)
    return StandardisedDifference(d, factor**2 * of_changes / square + d**2 * its_variance / (4 * square**2))
