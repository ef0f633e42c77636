"""Takes pairs of scores counted in cells, gives the shares with reliable change."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag
from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.thresholds import ON_STEP, Operator, check_rule

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
    >>> rate("reliable_improvement", np.array([True, False]), np.array([True, True]), np.array([3, 1])).value
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
