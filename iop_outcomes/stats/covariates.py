"""Takes what is known of every episode, gives the columns of a regression: as many terms as those who were seen can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iop_outcomes.stats.draft import Floats, Ints, Mask

FEWEST = 5  # seen of each class, and for each parameter of a model
_ALIKE = 1e-12  # of its squared length: less of a column than that is left once the columns before it are known


@dataclass(frozen=True, eq=False)
class Term:
    """One thing that is known of every episode, as the columns that it adds to a regression.

    Parameters
    ----------
    columns : tuple of float array, shape (cells,)
        One of a number, one for each class but the first of a word.
    thin : bool array, shape (cells,)
        Cells of classes of which so few were seen that they were joined with others.
    """

    columns: tuple[Floats, ...]
    thin: Mask


def number(values: Floats, n: Ints, *, power: int = 1) -> Term:
    """A number of every cell, from its mean in SDs, or a power of that; a blank is the mean of the others.

    Parameters
    ----------
    values : float array, shape (cells,)
        NaN for a blank.
    n : int64 array, shape (cells,)
        Episodes in each cell.
    power : int
        2 for its square.

    Examples
    --------
    >>> number(np.array([4.0, 8.0, np.nan]), np.array([1, 1, 3])).columns[0].tolist()
    [-1.0, 1.0, 0.0]
    """
    known = ~np.isnan(values)
    filled, thin = np.zeros(len(values)), np.zeros(len(values), dtype=np.bool_)
    if known.any():
        mean = float(values[known] @ n[known]) / int(n[known].sum())
        filled = np.where(known, values - mean, 0.0)
        spread = float(np.sqrt(np.square(filled) @ n / int(n[known].sum())))
        filled = filled / (spread or 1.0)
    return Term((filled**power,), thin)


def classes(codes: Ints, n: Ints, seen: Mask) -> Term:
    """The class of every cell; those of which fewer than `FEWEST` were seen are one class, which joins the largest if it is still too small.

    Parameters
    ----------
    codes : int64 array, shape (cells,)
        The class of each cell.
    n : int64 array, shape (cells,)
        Episodes in each cell.
    seen : bool array, shape (cells,)
        Cells whose outcome was seen.

    Examples
    --------
    >>> term = classes(np.array([0, 1, 2, 2]), np.array([9, 6, 2, 4]), np.array([True, True, True, False]))
    >>> len(term.columns), term.thin.tolist()
    (1, [False, False, True, True])
    """
    size = int(codes.max(initial=-1)) + 1
    of_seen = np.bincount(codes[seen], weights=n[seen], minlength=size)
    largest = int(np.argmax(of_seen)) if size else 0
    few = (of_seen < FEWEST) & (np.arange(size) != largest)
    joined = np.where(few, size, np.arange(size))
    if of_seen[few].sum() < FEWEST:
        joined[few] = largest
    cells = joined[codes]
    others = [code for code in np.unique(cells) if code != largest]
    return Term(tuple((cells == code).astype(np.float64) for code in others), few[codes])


def design(terms: Sequence[Term], n: Ints, budget: int) -> Floats:
    """The columns of a regression: a constant, then each term in turn where `FEWEST` are left for each parameter.

    Parameters
    ----------
    terms : sequence of Term
        The most wanted first.
    n : int64 array, shape (cells,)
        Episodes that the regression is fitted to in each cell; columns that tell none of them apart are left out.
    budget : int
        How many observations the parameters share.

    Returns
    -------
    float array, shape (cells, parameters)

    References
    ----------
    Vittinghoff E, McCulloch CE (2007), doi:10.1093/aje/kwk052 (5 to 9 events for each parameter).
    """
    columns, weight = [np.ones(len(n))], np.sqrt(n.astype(np.float64))
    units, inverse = _unit(weight[np.newaxis]), np.ones((1, 1))
    for term in terms:
        if FEWEST * (len(columns) + 1) > budget:  # not even one more
            break
        more = _unit(np.array(term.columns).reshape(len(term.columns), len(n)) * weight)
        kept, wider = _told_apart(np.vstack([units @ more.T, more @ more.T]), inverse)
        if FEWEST * (len(columns) + len(kept)) <= budget:
            columns += [term.columns[place] for place in kept]
            units, inverse = np.vstack([units, more[kept]]), wider
    return np.column_stack(columns)


def _unit(rows: Floats) -> Floats:
    """Rows at length 1; one of no length stays."""
    lengths = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)


def _told_apart(cosines: Floats, inverse: Floats) -> tuple[list[int], Floats]:
    """Which of some more rows are told by none before them, by Cholesky's method on cosines alone: rows of four hundred classes are long.

    Parameters
    ----------
    cosines : float array, shape (rows that are kept and these, these)
    inverse : float array, shape (rows that are kept, rows that are kept)
        Of the lower factor of the cosines of those.

    Returns
    -------
    places, inverse
        Of those told apart, and with them.
    """
    before = len(inverse)
    places, wider = list[int](), np.zeros((len(cosines), len(cosines)))
    wider[:before, :before] = inverse
    for place in range(cosines.shape[1]):
        size = before + len(places)
        known, factor = [*range(before), *(before + each for each in places)], wider[:size, :size]
        along = factor @ cosines[known, place]
        left = float(cosines[before + place, place] - along @ along)  # of its squared length
        if left > _ALIKE:
            wider[size, :size], wider[size, size] = -(along @ factor) / np.sqrt(left), 1 / np.sqrt(left)
            places.append(place)
    size = before + len(places)
    return places, wider[:size, :size]
