"""Takes shapes of covariance, gives proof that each is one, that its derivatives are slopes, and that it is what its words say."""

import numpy as np
import pytest

from iop_outcomes.stats.repeated.covariances import AutoRegressive, AutoRegressiveIntercepts, InterceptAndSlope, Intercepts, Unstructured

TIMES = (0.0, 1.0, 2.5, 4.0)
SHAPES = [Unstructured(4), InterceptAndSlope(TIMES), Intercepts(4), AutoRegressive(TIMES), AutoRegressiveIntercepts(TIMES)]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_where_a_search_begins_is_a_covariance_with_its_slopes(shape):
    """Symmetric, positive, 9 on the diagonal; each derivative against a step of its parameter."""
    start = shape.start(9.0, 4.0)
    matrix = shape.matrix(start)
    assert matrix == pytest.approx(matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > 0
    assert np.diagonal(matrix) == pytest.approx(9.0)
    for place, slope in enumerate(shape.derivatives(start)):
        step = np.eye(len(start))[place] * 1e-6
        assert slope == pytest.approx((shape.matrix(start + step) - shape.matrix(start - step)) / 2e-6, abs=1e-6)


def test_intercept_and_slope_is_that_of_random_lines():
    """Z G Z' of an intercept and a slope with their own covariance, and independent errors."""
    lines = np.column_stack([np.ones(4), TIMES])
    expected = lines @ np.array([[5.0, 0.4], [0.4, 0.7]]) @ lines.T + 2.25 * np.eye(4)
    assert InterceptAndSlope(TIMES).matrix(np.array([5.0, 0.4, 0.7, 2.25])) == pytest.approx(expected)


@pytest.mark.parametrize("correlation", [0.0, 1.0, -0.3, 1.2])
def test_a_correlation_that_no_fraction_of_a_step_has_is_none(correlation):
    """NaN throughout, so that a search turns back."""
    assert np.isnan(AutoRegressive(TIMES).matrix(np.array([9.0, correlation]))).all()
    assert np.isnan(AutoRegressiveIntercepts(TIMES).matrix(np.array([4.0, 9.0, correlation]))).all()


def test_intercepts_beside_a_correlation_that_fades():
    """What two scores a step and a half apart share: all of the intercepts' variance, and what is left of the rest."""
    matrix = AutoRegressiveIntercepts(TIMES).matrix(np.array([4.0, 9.0, 0.5]))
    assert matrix[1, 2] == pytest.approx(4.0 + 9.0 * 0.5**1.5)
    assert np.diagonal(matrix) == pytest.approx(13.0)
