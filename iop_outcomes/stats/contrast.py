"""Takes two independent means, gives the draft of their difference with Welch's degrees of freedom."""

from __future__ import annotations

import math

import numpy as np

from iop_outcomes.stats.draft import Draft, Floats, Population


def difference_of_means(
    estimand: str, one: tuple[float, float, int], other: tuple[float, float, int], population: Population, cells: int
) -> Draft:
    """Draft of the first mean minus the second.

    Parameters
    ----------
    estimand : str
        Its name.
    one, other : (mean, variance of the mean, n)
        Of two groups that share no episode.
    population : Population
        That of the first group.
    cells : int
        Cells of the counted table.

    Returns
    -------
    Draft
        NaN with flag `too_few` when a group has fewer than two values or neither group any spread.

    References
    ----------
    Welch BL (1947), doi:10.1093/biomet/34.1-2.28.

    Examples
    --------
    >>> who = Population("pairs", {"paired": 12}, frozenset({"paired"}))
    >>> draft = difference_of_means("difference", (5.0, 0.4, 12), (4.0, 0.3, 20), who, 1)
    >>> draft.value, round(draft.df, 2)
    (1.0, 25.41)
    """
    nothing: Floats = np.zeros(cells)
    (mean1, variance1, n1), (mean2, variance2, n2) = one, other
    variance = variance1 + variance2
    if min(n1, n2) < 2 or not variance > 0:
        return Draft(estimand, math.nan, population, nothing, "t", flag="too_few")
    df = variance**2 / (variance1**2 / (n1 - 1) + variance2**2 / (n2 - 1))
    return Draft(estimand, mean1 - mean2, population, nothing, "t", textbook=variance, df=df)
