"""Takes public sets of studies with a column, gives regression and subgroups as metafor does, to 1e-8 (tests/oracle/pooling.R)."""

import pytest

from tests.stats.test_random_effects import CLOSE, ORACLE, pooled, same


@pytest.mark.parametrize("name", [name for name in ORACLE if "regression_z" in ORACLE[name]])
@pytest.mark.parametrize("interval", ["z", "knha"])
def test_regression_on_one_covariate(name, interval):
    """Intercept and slope, their tests, what is left between studies, R2."""
    found, truth = pooled(name, interval=interval).regression("x"), ORACLE[name][f"regression_{interval}"]
    for place, row in enumerate((found.intercept, found.slope)):
        same(
            {each: getattr(row, each) for each in ("value", "se", "low", "high", "p")},
            {k: truth[k][place] for k in ("value", "se", "low", "high", "p")},
            ("value", "se", "low", "high", "p"),
        )
    same(
        {"tau2": found.tau2, "qm": found.statistic, "qm_p": found.p, "qe": found.residual.q, "i2": found.residual.i2},
        truth,
        ("tau2", "qm", "qm_p", "qe", "i2"),
    )
    if truth["r2"] is not None:
        assert found.r2 == pytest.approx(truth["r2"], rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("name", [name for name in ORACLE if "groups" in ORACLE[name]])
def test_subgroups(name):
    """Each group by itself with the test between them, and with one variance for all."""
    truth = ORACLE[name]["groups"]
    found = pooled(name, interval="knha").subgroups("group")
    assert [label for label, _ in found.groups] == truth["names"]
    for (_, part), value, se in zip(found.groups, truth["value"], truth["se"], strict=True):
        assert (part.value, part.se) == pytest.approx((value, se), rel=CLOSE)
    assert (found.q_between, found.p) == pytest.approx((truth["q_between"], truth["p"]), rel=CLOSE)
    common = pooled(name, interval="knha").subgroups("group", common_tau2=True)
    for (_, part), value, se in zip(common.groups, truth["common_value"], truth["common_se"], strict=True):
        assert (part.value, part.se, part.tau2) == pytest.approx((value, se, truth["common_tau2"]), rel=CLOSE)
