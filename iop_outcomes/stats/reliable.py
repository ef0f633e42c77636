"""Takes pairs of scores counted in cells, gives shares with reliable change, recovery, response and remission."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.keys import Flag
from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.thresholds import ON_STEP, Operator, check_rule

CaseOperator = Literal[">=", ">", "<=", "<"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rate:
    """A share of pairs that meet a rule.

    Attributes
    ----------
    estimand : str
        Its name.
    value : float
        k / n, between 0 and 1; 0.0 when nobody meets the rule, NaN when the denominator is empty.
    n, k : int
        Denominator and numerator.
    influence : float array, shape (cells,)
        What one more pair in a cell adds to `value`: (met - value) / n among the denominator, 0 elsewhere.
    among, met : bool array, shape (cells,)
        Cells of the denominator and of the numerator.
    flag : Flag
        NO_PAIRS when the denominator is empty.
    """

    estimand: str
    value: float
    n: int
    k: int
    influence: Floats
    among: Mask
    met: Mask
    flag: Flag = Flag.NONE


def rate(estimand: str, met: Mask, among: Mask, n: Ints) -> Rate:
    """Share of the pairs in the cells `among` that are also in the cells `met`.

    Examples
    --------
    >>> rate("remission", np.array([True, False]), np.array([True, True]), np.array([3, 1])).value
    0.75
    """
    hit = met & among
    total, k = int(n[among].sum()), int(n[hit].sum())
    value = k / total if total else math.nan
    influence = np.where(among, (hit - value) / total, 0.0) if total else np.zeros(len(n))
    return Rate(estimand, value, total, k, influence, among, hit, Flag.NONE if total else Flag.NO_PAIRS)


def reliable_improvement(pairs: Pairs, threshold: float, op: Operator = ">=") -> Rate:
    """Share of all pairs that improved by at least (">=") or by more than (">") a number of points.

    Raises
    ------
    ValueError
        When the threshold is not above 0.
    UsageError
        When the operator is another.

    Examples
    --------
    >>> pairs = Pairs.from_cells([18, 18, 9], [12, 13, 16], [1, 2, 1], better="lower")
    >>> reliable_improvement(pairs, 6).value, reliable_improvement(pairs, 6, ">").value
    (0.25, 0.0)
    """
    return rate("reliable_improvement", _reliable(pairs.change, threshold, op, pairs.step), _all(pairs), pairs.n)


def reliable_deterioration(pairs: Pairs, threshold: float, op: Operator = ">=") -> Rate:
    """Share of all pairs that worsened by at least (">=") or by more than (">") a number of points.

    Raises
    ------
    ValueError
        When the threshold is not above 0.
    UsageError
        When the operator is another.

    Examples
    --------
    >>> reliable_deterioration(Pairs.from_cells([18, 9], [12, 16], [3, 1], better="lower"), 6).value
    0.25
    """
    return rate("reliable_deterioration", _reliable(-pairs.change, threshold, op, pairs.step), _all(pairs), pairs.n)


def recovery(pairs: Pairs, cutoff: float, op: CaseOperator = ">=") -> Rate:
    """Share of the pairs at case at the start that are no longer at case at the end.

    Parameters
    ----------
    pairs : Pairs
        The pairs.
    cutoff : float
        Case cut-off in points.
    op : {">=", ">", "<=", "<"}
        How a case's score stands to the cut-off; ">=" or ">" when lower is better, "<=" or "<" when higher is. A score
        is at case or it is not: one exactly on the cut-off is never neither.

    Raises
    ------
    UsageError
        When the operator points the wrong way.

    References
    ----------
    Clark DM et al. (2018), doi:10.1016/S0140-6736(17)32133-5.

    Examples
    --------
    >>> found = recovery(Pairs.from_cells([10, 12, 9], [9, 10, 3], [1, 1, 5], better="lower"), 10)
    >>> found.k, found.n
    (1, 2)
    """
    start, end = at_case(pairs, pairs.pre, cutoff, op), at_case(pairs, pairs.post, cutoff, op)
    return rate("recovery", ~end, start, pairs.n)


def reliable_recovery(pairs: Pairs, threshold: float, op: Operator = ">=", *, cutoff: float, case_op: CaseOperator = ">=") -> Rate:
    """Share of the pairs at case at the start that are no longer at case and improved reliably.

    Examples
    --------
    >>> found = reliable_recovery(Pairs.from_cells([10, 15], [9, 9], [3, 1], better="lower"), 6, cutoff=10)
    >>> found.k, found.n
    (1, 4)
    """
    out = recovery(pairs, cutoff, case_op)
    return rate("reliable_recovery", out.met & reliable_improvement(pairs, threshold, op).met, out.among, pairs.n)


def response(pairs: Pairs, share: float = 0.5, *, best: float = 0.0) -> Rate:
    """Share of all pairs whose score went at least a share of the way from admission to the best score of the scale.

    Parameters
    ----------
    pairs : Pairs
        The pairs.
    share : float
        0.5 for the usual "at least 50 % lower".
    best : float
        Best possible score in points: 0 for most scales, 30 for PANSS, the maximum when higher is better. A pair that
        starts there has nothing to lose: it stays in the denominator and counts as no response.

    Raises
    ------
    ValueError
        When an admission score is better than `best`, or the share is outside 0 to 1.

    References
    ----------
    Obermeier M et al. (2010), doi:10.1186/1471-244X-10-3 (percent change and the minimum of a scale).

    Examples
    --------
    >>> response(Pairs.from_cells([20, 20, 0], [10, 11, 0], [1, 1, 1], better="lower")).k
    1
    """
    if not 0 < share <= 1:
        raise ValueError(f"share {share} is not above 0 and up to 1")
    distance = pairs.pre - best if pairs.better == "lower" else best - pairs.pre
    if (distance < 0).any():
        raise ValueError(f"{int((distance < 0).sum())} cells start better than the best score {best}")
    met = (distance > 0) & _holds(pairs.change, ">=", share * distance, pairs.step)
    return rate("response", met, _all(pairs), pairs.n)


def remission(pairs: Pairs, cutoff: float, op: CaseOperator = "<") -> Rate:
    """Share of all pairs whose discharge score is on the healthy side of a cut-off.

    The operator is "<" or "<=" when lower is better, ">" or ">=" when higher is.

    Raises
    ------
    UsageError
        When the operator points the wrong way.

    Examples
    --------
    >>> remission(Pairs.from_cells([20, 20], [4, 5], [1, 1], better="lower"), 5).value
    0.5
    """
    allowed = ("<", "<=") if pairs.better == "lower" else (">", ">=")
    return rate("remission", _compared(pairs, pairs.post, cutoff, op, allowed), _all(pairs), pairs.n)


def at_case(pairs: Pairs, scores: Floats, cutoff: float, op: CaseOperator) -> Mask:
    """Which scores are at case; shape (cells,). See `recovery` for the operator."""
    allowed = (">=", ">") if pairs.better == "lower" else ("<=", "<")
    return _compared(pairs, scores, cutoff, op, allowed)


def _all(pairs: Pairs) -> Mask:
    return np.ones(len(pairs.n), dtype=bool)


def _holds(left: Floats, op: str, right: Floats | float, step: float) -> Mask:
    """Compare scores, taking those within a rounding error of each other as equal."""
    gap = np.asarray(left - right, dtype=np.float64) / step
    signed = gap if op.startswith(">") else -gap
    return np.asarray(signed >= -ON_STEP if op.endswith("=") else signed > ON_STEP)


def _reliable(change: Floats, threshold: float, op: Operator, step: float) -> Mask:
    check_rule(threshold, op)
    return _holds(change, op, threshold, step)


def _compared(pairs: Pairs, scores: Floats, cutoff: float, op: CaseOperator, allowed: tuple[str, ...]) -> Mask:
    if op not in allowed:
        raise UsageError(f'The operator "{op}" does not fit a scale where {pairs.better} is better. {choices(op, allowed)}')
    return _holds(scores, op, cutoff, pairs.step)
