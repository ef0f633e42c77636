"""Takes scores of cells on several occasions, gives their sums by which occasions were scored: all that a normal model needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints, Mask


@dataclass(frozen=True, eq=False)
class Patterns:
    """Sufficient statistics of normal scores of which some are missing: one set of sums for each set of occasions that were scored.

    Parameters
    ----------
    seen : bool array, shape (patterns, occasions)
        Which occasions were scored.
    n : float array, shape (patterns,)
        Episodes.
    scores : float array, shape (patterns, occasions, occasions)
        Sums of products of the scores of every two occasions; 0 where either was not scored.
    mixed : float array, shape (patterns, occasions, covariates)
        Sums of products of scores and covariates.
    covariates : float array, shape (patterns, covariates, covariates)
        Sums of products of covariates; the first covariate is 1 throughout.
    of_cell : int64 array, shape (cells,)
        The pattern of each cell.
    """

    seen: Mask
    n: Floats
    scores: Floats
    mixed: Floats
    covariates: Floats
    of_cell: Ints

    @property
    def total(self) -> float:
        """Episodes with a score on any occasion."""
        return float(self.n[self.seen.any(axis=1)].sum())

    @property
    def scored(self) -> Floats:
        """Episodes scored on each occasion; shape (occasions,)."""
        return np.asarray(self.n @ self.seen, dtype=np.float64)

    @property
    def both(self) -> Floats:
        """Episodes scored on both of every two occasions; shape (occasions, occasions)."""
        seen = self.seen.astype(np.float64)
        return np.asarray(np.einsum("p,pa,pb->ab", self.n, seen, seen), dtype=np.float64)


def patterns_of(scores: Floats, n: Ints | Floats, covariates: Floats | None = None) -> Patterns:
    """Add cells up by which occasions were scored.

    Parameters
    ----------
    scores : float array, shape (cells, occasions)
        NaN where there is none.
    n : array, shape (cells,)
        Episodes in each cell.
    covariates : float array, shape (cells, covariates), optional
        What is known of each cell beside its scores, none missing; a column of 1 is put before them.

    Examples
    --------
    >>> both = patterns_of(np.array([[20.0, 10.0], [16.0, np.nan], [12.0, 8.0]]), np.array([1, 2, 1]))
    >>> both.seen.tolist(), both.n.tolist(), both.mixed[1, :, 0].tolist()
    ([[True, False], [True, True]], [2.0, 2.0], [32.0, 18.0])
    """
    cells, both = scores.shape
    seen = ~np.isnan(scores)
    sets, place = np.unique(seen, axis=0, return_inverse=True)
    place = place.reshape(-1).astype(np.int64)
    ones = np.ones((cells, 1))
    known = ones if covariates is None else np.column_stack([ones, covariates])
    given = np.column_stack([np.where(seen, scores, 0.0), known])
    products = np.zeros((len(sets), given.shape[1], given.shape[1]))
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(sets) + 1))
    for pattern, (start, end) in enumerate(pairwise(starts.tolist())):
        rows = given[order[start:end]]
        products[pattern] = (rows * n[order[start:end], np.newaxis]).T @ rows
    return Patterns(
        sets, products[:, both, both].copy(), products[:, :both, :both], products[:, :both, both:], products[:, both:, both:], place
    )
