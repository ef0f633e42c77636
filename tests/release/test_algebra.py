"""Takes matrices drawn at random, gives proof that products in pieces, spans and independence are those of numpy."""

import numpy as np
import pytest

from iop_outcomes.release.algebra import independent, less, null_of, orthonormal, product, squares


@pytest.fixture
def random():
    """The same numbers every time."""
    return np.random.default_rng(5)


@pytest.mark.parametrize("shape", [(2, 3, 4), (90, 80, 70), (3, 600, 700), (200, 100, 1), (1, 100, 200), (0, 5, 4)])
def test_products_in_pieces_are_products(random, shape):
    """Small ones, ones beyond the size of a piece by rows and by columns, vectors, and nothing."""
    rows, inner, columns = shape
    one, other = random.standard_normal((rows, inner)), random.standard_normal((inner, columns))
    assert product(one, other) == pytest.approx(one @ other, abs=1e-10)


def test_orthonormal_rows_span_what_is_new(random):
    """Three vectors of which one follows from the others and from what is known: two rows, as the rank says, of length 1."""
    known = orthonormal(np.zeros((0, 6)), random.standard_normal((2, 6)))
    new = random.standard_normal((2, 6))
    vectors = np.vstack([new, new.sum(axis=0) + known[0]])
    added = orthonormal(known, vectors)
    both = np.vstack([known, added])
    assert both @ both.T == pytest.approx(np.eye(4), abs=1e-12)
    assert np.linalg.matrix_rank(np.vstack([both, vectors])) == len(both)
    assert len(orthonormal(known, known[:1] * 1_000)) == 0


def test_what_is_left_is_what_least_squares_leaves(random):
    """Also where nearly nothing is left, which one pass loses."""
    rows = orthonormal(np.zeros((0, 8)), random.standard_normal((3, 8)))
    vectors = np.vstack([random.standard_normal((2, 8)), 1e5 * rows[:1] + 1e-4 * random.standard_normal((1, 8))])
    left = less(vectors, rows)
    fitted = rows.T @ np.linalg.lstsq(rows.T, vectors.T, rcond=None)[0]
    assert left == pytest.approx(vectors - fitted.T, abs=1e-9)
    assert np.abs(left @ rows.T).max() < 1e-12
    assert squares(left) == pytest.approx(np.linalg.norm(left, axis=1) ** 2)


def test_independent_vectors_and_what_is_nought(random):
    """As many as the rank, the longest first; combinations of the others come to nothing. Of nothing, none."""
    vectors = random.standard_normal((3, 7))
    vectors = np.vstack([vectors, vectors[0] - vectors[2], 9 * vectors[1]])
    weight = vectors @ vectors.T
    chosen = independent(weight)
    assert len(chosen) == np.linalg.matrix_rank(vectors) == 3
    assert chosen[0] == weight.diagonal().argmax()
    none = null_of(weight)
    assert none.shape == (2, 5)
    assert np.abs(none @ vectors).max() < 1e-7
    assert len(independent(np.zeros((2, 2)))) == 0
    assert null_of(np.zeros((2, 2))) == pytest.approx(np.eye(2))
