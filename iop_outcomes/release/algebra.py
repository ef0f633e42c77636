"""Takes small matrices, gives products, spans and what follows from them, on one thread: on a busy machine threads wait for one another.

Products are made in pieces below the size at which the libraries under numpy divide the work (OpenBLAS: 2^18 multiplications of two matrices),
or, where one factor is a vector, without them; the time is that of the pieces.
"""

from __future__ import annotations

import math
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.stats.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ZERO = 1e-7
NOTHING = 1e-10  # a squared size that is 0 but for rounding
_PIECE = 2**18
_KEPT = 1 / 4  # of a squared length: what is left of it is exact enough
VECTOR_PIECE = 9_000  # of a matrix and a vector, by those libraries


def product(one: Floats, other: Floats) -> Floats:
    """The product of two matrices."""
    rows, inner = one.shape
    columns = other.shape[1]
    if rows * inner * columns <= (VECTOR_PIECE if 1 in (rows, columns) else _PIECE):
        return one @ other
    if 1 in (rows, columns):
        out: Floats = np.einsum("ij,jk->ik", one, other)
        return out
    several = max(1, _PIECE // (inner * columns))
    if several < rows:
        return np.vstack([product(one[first : first + several], other) for first in range(0, rows, several)])
    several = max(1, _PIECE // (inner * rows))
    return np.hstack([one @ other[:, first : first + several] for first in range(0, columns, several)])


def squares(vectors: Floats) -> Floats:
    """The squared length of each row."""
    out: Floats = np.einsum("ij,ij->i", vectors, vectors)
    return out


def less(vectors: Floats, rows: Floats) -> Floats:
    """What is left of vectors beyond the span of orthonormal rows."""
    if not (len(rows) and len(vectors)):
        return vectors
    left = vectors - product(product(vectors, rows.T), rows)
    if (squares(left) >= _KEPT * squares(vectors)).all():
        return left
    return left - product(product(left, rows.T), rows)  # where little is left, one pass of Gram-Schmidt loses digits


def orthonormal(rows: Floats, vectors: Floats) -> Floats:
    """What vectors add to the span of orthonormal rows, as orthonormal rows."""
    left = less(vectors, rows)
    if len(vectors) == 1:  # most often; without the steps that several need
        length = math.sqrt(left[0] @ left[0])
        return left / length if length > ZERO * max(1.0, math.sqrt(vectors[0] @ vectors[0])) else left[:0]
    new = np.zeros((0, rows.shape[1]))
    limits = ZERO * np.maximum(1.0, np.sqrt(squares(vectors)))
    for place in np.flatnonzero(np.sqrt(squares(left)) > limits).tolist():
        beyond = less(left[place : place + 1], new)
        if (length := math.sqrt(squares(beyond)[0])) > limits[place]:
            new = np.vstack([new, beyond / length])
    return new


def independent(weight: Floats) -> Ints:
    """Which of some vectors are independent, the largest first, from their products with one another.

    Parameters
    ----------
    weight : float array, shape (vectors, vectors)
        Products of each vector with each.

    Notes
    -----
    Cholesky decomposition with the largest pivot of the diagonal.
    """
    largest = float(weight.diagonal().max(initial=0.0))
    limit = NOTHING * max(1.0, largest)
    if largest <= limit:  # LAPACK takes the first pivot whatever its size
        return np.empty(0, dtype=np.int64)
    _, order, several, _ = _lapack().dpstrf(weight, tol=limit)
    chosen: Ints = order[:several].astype(np.int64) - 1
    return chosen


@cache
def _lapack() -> ModuleType:
    return compiled("linalg", "_flapack")


def null_of(weight: Floats) -> Floats:
    """Combinations of vectors that are 0, one a row of coefficients, from their products with one another."""
    chosen = independent(weight)
    others = np.delete(np.arange(len(weight)), chosen)
    combinations = np.eye(len(weight))[others]
    combinations[:, chosen] = -np.linalg.solve(weight[np.ix_(chosen, chosen)], weight[np.ix_(chosen, others)]).T
    return combinations
