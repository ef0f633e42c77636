"""Takes pairs of scores, gives mean change and effect sizes, each named by what it divides by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from iop_outcomes.keys import Flag
from iop_outcomes.stats.change_variances import (
    average_sd,
    average_variance,
    change_variance,
    pooled_sd,
    pooled_variance,
    pre_variance,
    repeated_sd,
    repeated_variance,
)
from iop_outcomes.stats.draft import Floats
from iop_outcomes.stats.pairs import Better, PairMoments, Pairs
from iop_outcomes.stats.special import poch


@dataclass(frozen=True, eq=False)
class Effect:
    """An estimate of change.

    Attributes
    ----------
    estimand : str
        Its name.
    value, variance : float
        The estimate and its sampling variance for independent pairs; NaN where the data allow none.
    n : int
        Pairs.
    influence : float array, shape (cells,)
        What one more pair in a cell adds to `value` at a fixed number of pairs (so n - 1 and J stand still); n-weighted
        it sums to 0, and the sum of n times its square is the variance in large samples without normality.
    flag : Flag
        NO_PAIRS, ONE_PAIR, TWO_PAIRS, SD_ZERO or NONE.
    """

    estimand: str
    value: float
    variance: float
    n: int
    influence: Floats
    flag: Flag = Flag.NONE


def mean_change(pairs: Pairs) -> Effect:
    """Mean improvement in points, with variance sd_change^2 / n.

    One pair has a value and no variance; equal changes have variance 0 and the flag "sd_zero".

    Examples
    --------
    >>> mean_change(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value
    6.5
    """
    m = pairs.moments
    flag = Flag.NO_PAIRS if m.n == 0 else Flag.ONE_PAIR if m.n == 1 else Flag.SD_ZERO if m.sd_change == 0 else Flag.NONE
    influence = (pairs.change - m.mean_change) / m.n if m.n else np.zeros(len(pairs.n))
    return Effect("mean_change", m.mean_change, m.sd_change**2 / m.n if m.n else math.nan, m.n, influence, flag)


def d_pre_sd(pairs: Pairs) -> Effect:
    """Mean change / SD of the admission scores of the same pairs.

    The variance, sd_change^2 / (df sd_pre^2) + d^2 / (2 df) with df = n - 1, lets the two SDs differ.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x; Bonett DG (2008), doi:10.1037/1082-989X.13.2.99.

    Examples
    --------
    >>> round(d_pre_sd(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    2.6536
    """
    return _standardised("d_pre_sd", pairs, _PRE)


def g_pre_sd(pairs: Pairs) -> Effect:
    """`d_pre_sd` times the exact small-sample factor J with df = n - 1; needs 3 pairs.

    The variance is J^2 (sd_change^2 / (df sd_pre^2) + g^2 / (2 df)), as in metafor's measure SMCRH.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x; Viechtbauer W (2010), doi:10.18637/jss.v036.i03.

    Examples
    --------
    >>> round(g_pre_sd(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    1.9202
    """
    return _standardised("g_pre_sd", pairs, _PRE, df=pairs.moments.n - 1)


def d_z(pairs: Pairs) -> Effect:
    """Mean change / SD of the changes (d_z), with variance 1 / n + d^2 / (2 n).

    References
    ----------
    Gibbons RD, Hedeker DR, Davis JM (1993), doi:10.3102/10769986018003271.

    Examples
    --------
    >>> round(d_z(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    6.5
    """
    return _standardised("d_z", pairs, _CHANGE)


def g_z(pairs: Pairs) -> Effect:
    """`d_z` times J with df = n - 1, variance 1 / n + g^2 / (2 n), as in metafor's measure SMCC; needs 3 pairs.

    Examples
    --------
    >>> round(g_z(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    4.7034
    """
    return _standardised("g_z", pairs, _CHANGE, df=pairs.moments.n - 1)


def d_av(pairs: Pairs) -> Effect:
    """Mean change / arithmetic mean of the two SDs (Lakens' d_av); variance by the delta method for normal scores.

    References
    ----------
    Lakens D (2013), doi:10.3389/fpsyg.2013.00863; Bonett DG (2008), doi:10.1037/1082-989X.13.2.99.

    Examples
    --------
    >>> round(d_av(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    2.6915
    """
    return _standardised("d_av", pairs, _AVERAGE)


def g_av(pairs: Pairs) -> Effect:
    """`d_av` times J with df = 2 (n - 1), as in the spreadsheet of Lakens; the variance is J^2 times that of `d_av`.

    References
    ----------
    Lakens D (2013), doi:10.3389/fpsyg.2013.00863; Hedges LV (1981), doi:10.3102/10769986006002107.

    Examples
    --------
    >>> round(g_av(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    2.3379
    """
    return _standardised("g_av", pairs, _AVERAGE, df=2 * (pairs.moments.n - 1))


def d_rm(pairs: Pairs) -> Effect:
    """Mean change / (SD of the changes / sqrt(2 (1 - r))), which is the SD within a moment where both are alike.

    The variance is by the delta method for normal scores.

    References
    ----------
    Morris SB, DeShon RP (2002), doi:10.1037/1082-989X.7.1.105; Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x.

    Examples
    --------
    >>> round(d_rm(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    2.6854
    """
    return _standardised("d_rm", pairs, _REPEATED)


def d_av_rms(pairs: Pairs) -> Effect:
    """Mean change / root mean square of the two SDs; variance by the delta method for normal scores.

    References
    ----------
    Bonett DG (2008), doi:10.1037/1082-989X.13.2.99.

    Examples
    --------
    >>> round(d_av_rms(Pairs.from_cells([18, 20, 15], [10, 14, 9], [1, 1, 2], better="lower")).value, 4)
    2.6913
    """
    return _standardised("d_av_rms", pairs, _POOLED)


def small_sample_factor(df: int) -> float:
    """Exact J = gamma(df / 2) / (sqrt(df / 2) gamma((df - 1) / 2)); NaN when df is below 2.

    References
    ----------
    Hedges LV (1981), doi:10.3102/10769986006002107.

    Examples
    --------
    >>> round(small_sample_factor(14), 6)
    0.945288
    """
    if df < 2:
        return math.nan
    return float(poch((df - 1) / 2, 0.5)) / math.sqrt(df / 2)  # a difference of gammaln loses digits when df is large


def expected_regression_to_mean(mean_pre: float, reference_mean: float, reliability: float, *, better: Better) -> float:
    """Points of improvement to expect without any effect: (1 - reliability) times the distance from a reference mean.

    Parameters
    ----------
    mean_pre, reference_mean : float
        Mean admission score, and mean of the people from whom these were selected by their scores, in points.
    reliability : float
        Test-retest correlation in those people, 0 to 1.
    better : {"lower", "higher"}
        Which direction is improvement; positive means that scores improve by themselves.

    Raises
    ------
    ValueError
        When the reliability lies outside 0 to 1.

    References
    ----------
    Barnett AG, van der Pols JC, Dobson AJ (2005), doi:10.1093/ije/dyh299.

    Examples
    --------
    >>> round(expected_regression_to_mean(18.0, 12.0, 0.84, better="lower"), 4)
    0.96
    """
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability {reliability} is outside 0 to 1")
    return (1 - reliability) * (mean_pre - reference_mean) * (1 if better == "lower" else -1)


@dataclass(frozen=True, slots=True)
class _Denominator:
    """What a mean change is divided by: its size, how one more pair moves it, and the variance of the quotient.

    `sd` and `slope` take pairs (sd above 0); `variance` takes moments, the quotient (times J when corrected) and J.
    """

    sd: Callable[[PairMoments], float]
    slope: Callable[[Pairs], Floats]
    variance: Callable[[PairMoments, float, float], float]


def _standardised(estimand: str, pairs: Pairs, by: _Denominator, *, df: int | None = None) -> Effect:
    """The quotient, times J where its degrees of freedom are given."""
    m = pairs.moments
    too_few = m.n < 2 or (df is not None and df < 2)
    flag = [Flag.NO_PAIRS, Flag.ONE_PAIR, Flag.TWO_PAIRS][m.n] if too_few else Flag.NONE
    if not flag and not by.sd(m) > 0:
        flag = Flag.SD_ZERO
    if flag:
        return Effect(estimand, math.nan, math.nan, m.n, np.zeros(len(pairs.n)), flag)
    factor, sd = 1.0 if df is None else small_sample_factor(df), by.sd(m)
    value = factor * m.mean_change / sd
    influence = factor * (pairs.change - m.mean_change) / (m.n * sd) - value / sd * by.slope(pairs)
    return Effect(estimand, value, by.variance(m, value, factor), m.n, influence)


def _sd_slope(values: Floats, mean: float, sd: float, n: int) -> Floats:
    """How one more pair per cell moves an SD."""
    return (np.square(values - mean) / (n - 1) - sd**2 / n) / (2 * sd)


def _pre_slope(pairs: Pairs) -> Floats:
    return _sd_slope(pairs.pre, pairs.moments.mean_pre, pairs.moments.sd_pre, pairs.moments.n)


def _post_slope(pairs: Pairs) -> Floats:
    return _sd_slope(pairs.post, pairs.moments.mean_post, pairs.moments.sd_post, pairs.moments.n)


def _change_slope(pairs: Pairs) -> Floats:
    return _sd_slope(pairs.change, pairs.moments.mean_change, pairs.moments.sd_change, pairs.moments.n)


def _pooled_slope(pairs: Pairs) -> Floats:
    m = pairs.moments
    squares = np.square(pairs.pre - m.mean_pre) + np.square(pairs.post - m.mean_post)
    return (squares / (m.n - 1) - (m.sd_pre**2 + m.sd_post**2) / m.n) / (4 * pooled_sd(m))


def _repeated_slope(pairs: Pairs) -> Floats:
    m = pairs.moments
    before, after = (pairs.pre - m.mean_pre) / m.sd_pre, (pairs.post - m.mean_post) / m.sd_post
    r_slope = (before * after - m.r * (np.square(before) + np.square(after)) / 2) / (m.n - 1)
    return repeated_sd(m) * (_change_slope(pairs) / m.sd_change + r_slope / (2 * (1 - m.r)))


_PRE = _Denominator(lambda m: m.sd_pre, _pre_slope, pre_variance)
_CHANGE = _Denominator(lambda m: m.sd_change, _change_slope, change_variance)
_AVERAGE = _Denominator(average_sd, lambda pairs: (_pre_slope(pairs) + _post_slope(pairs)) / 2, average_variance)
_POOLED = _Denominator(pooled_sd, _pooled_slope, pooled_variance)
_REPEATED = _Denominator(repeated_sd, _repeated_slope, repeated_variance)
