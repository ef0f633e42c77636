"""Takes small matrices, gives products, spans and what follows from them, on one thread: on a busy machine threads wait for one another.

Products are made in pieces below the size at which the libraries under numpy divide the work (OpenBLAS: 2^18 multiplications of two matrices,
9,216 of a matrix and a vector); the time is that of the pieces.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ZERO = 1e-7
NOTHING = 1e-10  # a squared size that is 0 but for rounding
_PIECE = 2**18
VECTOR_PIECE = 9_000


def product(one: Floats, other: Floats) -> Floats:
    """The product of two matrices."""
    rows, inner = one.shape
    columns = other.shape[1]
    piece = VECTOR_PIECE if 1 in (rows, columns) else _PIECE
    if rows * inner * columns <= piece:
        return one @ other
    if rows > 1:
        several = max(1, piece // max(1, inner * columns))
        if several < rows:
            return np.vstack([product(one[first : first + several], other) for first in range(0, rows, several)])
    several = max(1, piece // max(1, inner * rows))
    return np.hstack([one @ other[:, first : first + several] for first in range(0, columns, several)])


def less(vectors: Floats, rows: Floats) -> Floats:
    """What is left of vectors beyond the span of orthonormal rows."""
    if len(rows) and len(vectors):
        for _ in range(2):  # one pass of Gram-Schmidt loses digits
            vectors = vectors - product(product(vectors, rows.T), rows)
    return vectors


def orthonormal(rows: Floats, vectors: Floats) -> Floats:
    """What vectors add to the span of orthonormal rows, as orthonormal rows."""
    new = np.zeros((0, rows.shape[1]))
    if not len(vectors):
        return new
    left = less(vectors, rows)
    for rest, size in zip(left, np.linalg.norm(vectors, axis=1), strict=True):
        if np.linalg.norm(rest) > ZERO * max(1.0, size):
            beyond = less(rest[np.newaxis], new)
            if (length := np.linalg.norm(beyond)) > ZERO * max(1.0, size):
                new = np.vstack([new, beyond / length])
    return new


def independent(weight: Floats, combinations: Floats | None = None) -> Ints:
    """Which of some vectors are independent, the largest first.

    Parameters
    ----------
    weight : float array, shape (vectors, vectors)
        Products of each vector with each.
    combinations : float array, shape (vectors, vectors), optional
        The identity, which becomes what is left of each vector beyond those, as coefficients on all.

    Notes
    -----
    Gauss elimination with the largest pivot of the diagonal.
    """
    left = weight.copy()
    chosen: list[int] = []
    size = left.diagonal()
    limit = NOTHING * max(1.0, float(size.max(initial=0.0)))
    while len(chosen) < len(weight):
        pivot = int(size.argmax())
        if size[pivot] <= limit:
            break
        row = left[pivot].copy()
        factors = row / row[pivot]
        left -= np.multiply.outer(factors, row)
        left[pivot] = left[:, pivot] = 0.0
        if combinations is not None:
            factors[[pivot, *chosen]] = 0.0
            combinations -= np.multiply.outer(factors, combinations[pivot])
        chosen.append(pivot)
    return np.array(chosen, dtype=np.int64)


def null_of(weight: Floats) -> Floats:
    """Combinations of vectors that are 0, one a row of coefficients, from their products with one another."""
    combinations = np.eye(len(weight))
    chosen = independent(weight, combinations)
    return np.delete(combinations, chosen, axis=0)
