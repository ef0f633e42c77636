"""Takes studies with several effects each, gives robust errors as clubSandwich does, to 1e-8 (tests/oracle/pooling.R)."""

import pytest

from tests.stats.test_random_effects import CLOSE, ORACLE, pooled, table


def test_robust_errors():
    """CR2 with Satterthwaite's degrees of freedom, bands of intake within schools."""
    found, truth = pooled("intakes").robust("cluster"), ORACLE["intakes"]["robust"]
    mean = found.mean
    assert (mean.value, mean.se, mean.statistic, mean.df, mean.p, mean.low, mean.high) == pytest.approx(
        [truth[k] for k in ("value", "se", "t", "df", "p", "low", "high")], rel=CLOSE
    )
    assert found.clusters == table("intakes").cluster.nunique() < found.k


def test_robust_errors_of_a_regression():
    """The same of an intercept and a slope, each with degrees of freedom of its own."""
    found, truth = pooled("intakes").regression("size", cluster="cluster"), ORACLE["intakes"]["robust"]["regression"]
    for place, row in enumerate((found.intercept, found.slope)):
        assert (row.value, row.se, row.df, row.p) == pytest.approx([truth[k][place] for k in ("value", "se", "df", "p")], rel=CLOSE)
    assert "Errors by study (CR2)" in found.sentence()
