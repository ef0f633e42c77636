"""Takes a modelled mean, gives Student's limits by the name of the model."""

import pytest
import scipy.stats

from iop_outcomes.stats.intervals.modelled_mean import ModelledMean
from tests.stats.intervals.drafted import limits


@pytest.mark.parametrize(
    ("shape", "clustered", "method"),
    [
        ("", None, "Student t"),
        ("compound symmetry", None, "Student t, mixed model with compound symmetry"),
        ("compound symmetry", (25.0, 0.05), "Student t, mixed model with compound symmetry, by patient"),
    ],
)
def test_the_method_names_the_model(shape, clustered, method):
    """The limits are those of a mean of as many values."""
    found = limits(ModelledMean(40.0, shape=shape), 6.0, 40, 0.04, clustered=clustered)
    df, variance = (39, 0.04 * 40 / 39) if clustered is None else (24, 0.05 * 25 / 24)
    assert (found.low, found.high) == pytest.approx(scipy.stats.t(df, 6.0, variance**0.5).interval(0.95), rel=1e-12)
    assert found.method == method
