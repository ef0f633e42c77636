"""Takes pairs of scores counted in cells, gives them checked, with the change and exact moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.stats.draft import Floats, Ints

Better = Literal["lower", "higher"]
Numbers = Sequence[float] | NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Means, standard deviations (divisor n - 1) and correlation of pairs, in points; NaN where too few or without spread.

    `mean_change` and `sd_change` are of the change with improvement positive.
    """

    n: int
    mean_pre: float
    mean_post: float
    sd_pre: float
    sd_post: float
    r: float
    mean_change: float
    sd_change: float


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of scores in cells; make it with `from_cells`, or `from_summary` when only a table was published.

    Attributes
    ----------
    pre, post : float array, shape (cells,)
        Admission and discharge score, in points.
    n : int64 array, shape (cells,)
        Pairs in each cell.
    change : float array, shape (cells,)
        Points of improvement: pre - post when lower is better, post - pre when higher is; a whole multiple of `step`.
    better : {"lower", "higher"}
        Which direction is improvement.
    step : float
        What scores are whole multiples of, apart from a common start.
    moments : PairMoments
        Of all pairs, from whole-number sums.
    """

    pre: Floats
    post: Floats
    n: Ints
    change: Floats
    better: Better
    step: float
    moments: PairMoments

    @classmethod
    def from_cells(cls, pre: Numbers, post: Numbers, n: Sequence[int] | Ints, *, better: Better, step: float = 1.0) -> Pairs:
        """Make pairs from cells and how many pairs each holds.

        Parameters
        ----------
        pre, post : numbers, shape (cells,)
            The two scores of a cell, in points; the same length, none missing.
        n : int, shape (cells,)
            Pairs in each cell, 0 or more.
        better : {"lower", "higher"}
            Which direction is improvement.
        step : float
            Scores differ by whole multiples of it (1 for whole-number scores, 0.5 for half points).

        Raises
        ------
        ValueError
            When lengths differ, a score is missing or off the step, the step is not above 0, or a count is negative.
        UsageError
            When `better` is neither word.

        Examples
        --------
        >>> Pairs.from_cells([20, 12], [8, 12], [3, 1], better="lower").moments.mean_change
        9.0
        """
        if better not in ("lower", "higher"):
            raise UsageError(f'better="{better}" does not exist. {choices(better, ("lower", "higher"))}')
        before, after, counts = np.asarray(pre, dtype=np.float64), np.asarray(post, dtype=np.float64), np.asarray(n, dtype=np.int64)
        if not (before.ndim == 1 and before.shape == after.shape == counts.shape):
            raise ValueError(f"pre, post and n must have one length, not {before.shape}, {after.shape} and {counts.shape}")
        if not step > 0:
            raise ValueError(f"step {step} is not above 0")
        if (counts < 0).any() or not np.isfinite([before, after]).all():
            raise ValueError("every cell needs both scores and a count of 0 or more")
        start = min(before.min(initial=math.inf), after.min(initial=math.inf)) if len(counts) else 0.0
        a, b = _whole_steps(before - start, step), _whole_steps(after - start, step)
        gain = a - b if better == "lower" else b - a
        return cls(
            before, after, counts, np.asarray(gain * step, dtype=np.float64), better, step, _moments(a, b, gain, counts, float(start), step)
        )

    @classmethod
    def from_scores(cls, pre: Numbers, post: Numbers, *, better: Better) -> Pairs:
        """Make pairs from the two scores of each person, which need not be whole multiples of anything.

        Whole scores are counted exactly, as rows of data are; others give moments alone, and the influence has shape (0,).

        Examples
        --------
        >>> round(Pairs.from_scores([20.5, 12.25, 9.0], [8.0, 12.0, 7.5], better="lower").moments.mean_change, 4)
        4.75
        """
        before, after = np.asarray(pre, dtype=np.float64), np.asarray(post, dtype=np.float64)
        if not (np.mod([before, after], 1.0)).any():
            return cls.from_cells(before, after, np.ones(len(before), dtype=np.int64), better=better)
        change = before - after if better == "lower" else after - before
        spread = [float(np.std(values, ddof=1)) if len(values) > 1 else math.nan for values in (before, after, change)]
        together = float(np.cov(before, after)[0, 1]) if len(before) > 1 else math.nan
        r = max(-1.0, min(1.0, together / (spread[0] * spread[1]))) if spread[0] and spread[1] else math.nan
        mean_pre, mean_post, mean_change = (float(np.mean(values)) for values in (before, after, change))
        moments = PairMoments(len(before), mean_pre, mean_post, spread[0], spread[1], r, mean_change, spread[2])
        return cls.from_moments(moments, better=better)

    @classmethod
    def from_moments(cls, moments: PairMoments, *, better: Better) -> Pairs:
        """Make pairs of which only moments are known: effect sizes have value and variance, the influence has shape (0,)."""
        none = np.empty(0)
        return cls(none, none, np.empty(0, dtype=np.int64), none, better, 1.0, moments)

    @classmethod
    def from_summary(cls, *, n: int, mean_pre: float, mean_post: float, sd_pre: float, sd_post: float, r: float, better: Better) -> Pairs:
        """Make pairs from a published table: effect sizes have value and variance, the influence has shape (0,).

        Examples
        --------
        >>> study = Pairs.from_summary(n=20, mean_pre=30.6, mean_post=38.5, sd_pre=15, sd_post=11.6, r=0.47, better="higher")
        >>> round(study.moments.sd_change, 4), len(study.n)
        (14.0, 0)
        """
        change = mean_pre - mean_post if better == "lower" else mean_post - mean_pre
        sd_change = math.sqrt(max(sd_pre**2 + sd_post**2 - 2 * r * sd_pre * sd_post, 0.0))
        return cls.from_moments(PairMoments(n, mean_pre, mean_post, sd_pre, sd_post, r, change, sd_change), better=better)


def _whole_steps(distance: Floats, step: float) -> Ints:
    """Distances as whole numbers of steps."""
    steps = np.rint(distance / step)
    off = int((np.abs(distance - steps * step) > 1e-6 * step).sum())
    if off:
        raise ValueError(f"{off} scores are not a whole multiple of the step {step}")
    return steps.astype(np.int64)


def _moments(a: Ints, b: Ints, gain: Ints, n: Ints, start: float, step: float) -> PairMoments:
    """Moments from scores in whole steps above `start`: every sum is a whole number, rounded once when divided."""
    pairs = int(n.sum())
    mean_a, mean_b, mean_gain = (_exact_sum(n, x) / pairs if pairs else math.nan for x in (a, b, gain))

    def squares(x: Ints, y: Ints) -> int:
        return pairs * _exact_sum(n, x, y) - _exact_sum(n, x) * _exact_sum(n, y)

    def sd(x: Ints) -> float:
        return step * math.sqrt(squares(x, x) / (pairs * (pairs - 1))) if pairs > 1 else math.nan

    spread = math.sqrt(squares(a, a) * squares(b, b))
    r = max(-1.0, min(1.0, squares(a, b) / spread)) if spread else math.nan
    return PairMoments(pairs, start + step * mean_a, start + step * mean_b, sd(a), sd(b), r, step * mean_gain, sd(gain))


def _exact_sum(n: Ints, x: Ints, y: Ints | None = None) -> int:
    """Sum of n x (y) as a whole number of any size."""
    other = np.ones_like(x) if y is None else y
    largest = int(np.abs(x).max(initial=0)) * int(np.abs(other).max(initial=0)) * int(n.sum())
    if largest < 2**62:
        return int((n * x * other).sum())
    return sum(i * j * k for i, j, k in zip(n.tolist(), x.tolist(), other.tolist(), strict=True))
