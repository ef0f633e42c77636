"""Takes pairs of scores counted in cells, a reliable change and a cut-off, gives the five categories of Jacobson and Truax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.stats.draft import Floats
from iop_outcomes.stats.pairs import Better
from iop_outcomes.stats.thresholds import ON_STEP

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FiveCategories:
    """Cells of each category; every pair with two known scores is in exactly one.

    Attributes
    ----------
    recovered, improved, unchanged, deteriorated, harmed : bool array, shape (cells,)
        Reliably better and over the cut-off; reliably better alone; no reliable change; reliably worse alone; reliably worse and back
        over the cut-off.
    """

    recovered: Mask
    improved: Mask
    unchanged: Mask
    deteriorated: Mask
    harmed: Mask


def five_categories(pre: Floats, post: Floats, *, reliable: float, cutoff: float, better: Better, step: float = 1.0) -> FiveCategories:
    """Classify pairs by whether they changed by more than a reliable change, and over a cut-off.

    Parameters
    ----------
    pre, post : float array, shape (cells,)
        Both scores, in points; a pair that lacks one (NaN) is in no category.
    reliable : float
        Points: a change is reliable when it is larger, as published; one of exactly so many points is not.
    cutoff : float
        Points: a score on it still counts among the cases.
    better : {"lower", "higher"}
        Which direction is improvement.
    step : float
        What scores are whole multiples of.

    References
    ----------
    Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> five = five_categories(np.array([18.0, 18, 9, 7]), np.array([7.0, 11, 9, 15]), reliable=6.1, cutoff=7.77, better="lower")
    >>> [mask.tolist().index(True) for mask in (five.recovered, five.improved, five.unchanged, five.harmed)]
    [0, 1, 2, 3]
    """
    sign = 1.0 if better == "lower" else -1.0
    gained, known = sign * (pre - post), ~(np.isnan(pre) | np.isnan(post))
    hair = ON_STEP * step
    up, down = known & (gained > reliable + hair), known & (-gained > reliable + hair)
    well_before, well_after = (sign * (cutoff - score) > hair for score in (pre, post))
    recovered, harmed = up & ~well_before & well_after, down & well_before & ~well_after
    return FiveCategories(recovered, up & ~recovered, known & ~up & ~down, down & ~harmed, harmed)
