"""Takes the moments of pairs of scores, gives what a mean change is divided by and the sampling variances of the quotients."""

from __future__ import annotations

import math
from typing import Literal

from iop_outcomes.stats.pairs import PairMoments

# Of standardised changes: SDs that may differ (the default), or formulas that take them as alike, as other programs print them.
Variance = Literal["unequal_sd", "LS", "LS2", "borenstein"]
VARIANCES: tuple[Variance, ...] = ("unequal_sd", "LS", "LS2", "borenstein")


def average_sd(m: PairMoments) -> float:
    """0, and so no effect size, when either SD is 0: the mean of the SDs has no slope there."""
    return (m.sd_pre + m.sd_post) / 2 if m.sd_pre and m.sd_post else 0.0


def pooled_sd(m: PairMoments) -> float:
    """Root mean square of the two SDs."""
    return math.sqrt((m.sd_pre**2 + m.sd_post**2) / 2)


def repeated_sd(m: PairMoments) -> float:
    """0, and so no effect size, where scores before and after are in step: then no spread within a moment is known."""
    return m.sd_change / math.sqrt(2 * (1 - m.r)) if m.r < 1 else 0.0


def pre_variance(m: PairMoments, value: float, factor: float) -> float:
    """Of a change by the SD before; Bonett (2008), and times the factor squared metafor's SMCRH."""
    return factor**2 * ((m.sd_change / m.sd_pre) ** 2 + value**2 / 2) / (m.n - 1)


def change_variance(m: PairMoments, value: float, _factor: float) -> float:
    """Of a change by the SD of the changes; Gibbons, Hedeker and Davis (1993)."""
    return (1 + value**2 / 2) / m.n


def average_variance(m: PairMoments, value: float, factor: float) -> float:
    """Of a change by the mean of the two SDs; the delta method for normal scores."""
    spread = m.sd_pre**2 + m.sd_post**2 + 2 * m.r**2 * m.sd_pre * m.sd_post
    return (factor**2 * m.sd_change**2 + value**2 * spread / 8) / (average_sd(m) ** 2 * (m.n - 1))


def pooled_variance(m: PairMoments, value: float, _factor: float) -> float:
    """Of a change by the root mean square of the two SDs; the delta method for normal scores."""
    covariance = (m.sd_pre**2 + m.sd_post**2 - m.sd_change**2) / 2
    spread = m.sd_pre**4 + m.sd_post**4 + 2 * covariance**2
    return (m.sd_change**2 + value**2 * spread / (8 * pooled_sd(m) ** 2)) / (pooled_sd(m) ** 2 * (m.n - 1))


def repeated_variance(m: PairMoments, value: float, _factor: float) -> float:
    """Of d_rm; the delta method for normal scores.

    ln d_rm = ln change + ln(2 (1 - r)) / 2 - ln sd_change, where r has variance (1 - r^2)^2 / (n - 1), ln sd_change
    1 / (2 (n - 1)), and the two covary. With equal SDs it is 2 (1 - r) / (n - 1) + d^2 (1 + r^2) / (4 (n - 1)).
    """
    together = (1 + m.r) * (m.r * (m.sd_pre**2 + m.sd_post**2) - 2 * m.sd_pre * m.sd_post) / (2 * m.sd_change**2)
    return (2 * (1 - m.r) + value**2 * ((1 + m.r) ** 2 / 4 + 0.5 + together)) / (m.n - 1)


def equal_sd_variance(kind: Variance, *, value: float, r: float, n: int, factor: float = 1.0) -> float:
    """Of a change by an SD of scores, by formulas that take the SDs before and after as alike.

    Parameters
    ----------
    kind : {"LS", "LS2", "borenstein"}
        2 (1 - r) / n + value^2 / (2 n) of Becker, with the corrected value where it is one (metafor, vtype "LS"); the same of
        the uncorrected value times J^2 ("LS2"); 2 (1 - r) (1 / n + d^2 / (2 n)) J^2, which a textbook prints and metafor's source
        calls wrong ("borenstein").
    value, r : float
        The effect size, times J where it is corrected, and the correlation of scores before and after.
    n : int
        Pairs.
    factor : float
        J, 1 where it is not corrected.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x; Viechtbauer W (2010), doi:10.18637/jss.v036.i03; Borenstein M et al.
    (2009), doi:10.1002/9780470743386, equation 4.28.

    Examples
    --------
    >>> round(equal_sd_variance("LS", value=0.4225, r=0.7, n=50), 6), round(equal_sd_variance("borenstein", value=0.4225, r=0.7, n=50), 6)
    (0.013785, 0.013071)
    """
    if kind == "LS":
        return 2 * (1 - r) / n + value**2 / (2 * n)
    d = value / factor
    if kind == "LS2":
        return factor**2 * (2 * (1 - r) / n + d**2 / (2 * n))
    return factor**2 * 2 * (1 - r) * (1 / n + d**2 / (2 * n))


def equal_change_variance(kind: Variance, *, value: float, n: int, factor: float = 1.0) -> float:
    """Of a change by the SD of the changes: 1 / n + value^2 / (2 n), or the same of the uncorrected value times J^2 ("LS2")."""
    if kind == "LS2":
        return factor**2 * (1 / n + (value / factor) ** 2 / (2 * n))
    return 1 / n + value**2 / (2 * n)
