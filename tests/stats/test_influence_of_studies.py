"""Takes public sets of studies, gives how much each moves the result as metafor does, to 1e-8 (tests/oracle/pooling.R)."""

import pytest

from tests.stats.test_random_effects import ORACLE, pooled


@pytest.mark.parametrize("name", ["bcg", "smoking"])
@pytest.mark.parametrize("interval", ["z", "knha"])
def test_influence(name, interval):
    """Eight diagnostics and dfbetas of every study, and who is influential."""
    found, truth = pooled(name, interval=interval).influence(), ORACLE[name][f"influence_{interval}"]
    names = {
        "rstudent": "rstudent",
        "dffits": "dffits",
        "cook": "cook.d",
        "cov_ratio": "cov.r",
        "tau2": "tau2.del",
        "q": "QE.del",
        "hat": "hat",
        "weight": "weight",
        "dfbeta": "dfbs",
    }
    for ours, theirs in names.items():
        assert [getattr(row, ours) for row in found.rows] == pytest.approx(truth[theirs], rel=1e-7, abs=1e-8), ours
    assert [row.influential for row in found.rows] == truth["influential"]


@pytest.mark.parametrize("name", ["bcg", "smoking"])
def test_leave_one_out(name):
    """The pooled result without each."""
    frame, truth = pooled(name).leave_one_out().to_frame(), ORACLE[name]["leave_one_out"]
    for each in ("value", "se", "low", "high", "tau2", "q", "i2"):
        assert frame[each].tolist() == pytest.approx(truth[each], rel=1e-7, abs=1e-8), each
