"""Takes the 13 vaccine trials of Colditz et al. (1994), gives the figures that every textbook of pooling prints of them (MA01)."""

import pytest

import iop_outcomes as iop

TREATED = [
    (4, 119),
    (6, 300),
    (3, 228),
    (62, 13536),
    (33, 5036),
    (180, 1361),
    (8, 2537),
    (505, 87886),
    (29, 7470),
    (17, 1699),
    (186, 50448),
    (5, 2493),
    (27, 16886),
]
CONTROL = [
    (11, 128),
    (29, 274),
    (11, 209),
    (248, 12619),
    (47, 5761),
    (372, 1079),
    (10, 619),
    (499, 87892),
    (45, 7232),
    (65, 1600),
    (141, 27197),
    (3, 2338),
    (29, 17825),
]


@pytest.fixture(scope="module")
def studies():
    """The log risk ratio of each trial, from its four cells."""
    return [
        iop.effects.proportions(events_1=a, n_1=a + b, events_2=c, n_2=c + d)["log_risk_ratio"]
        for (a, b), (c, d) in zip(TREATED, CONTROL, strict=True)
    ]


def test_each_trial(studies):
    """The first trial: -0.8893 with variance 0.3256."""
    assert (studies[0].value, studies[0].variance) == pytest.approx((-0.8893, 0.3256), abs=1e-4)


@pytest.mark.parametrize(
    ("estimator", "value", "se", "tau2"),
    [
        ("fixed", -0.430285, 0.040499, 0),
        ("DL", -0.714117, 0.178742, 0.30876),
        ("REML", -0.714532, 0.179782, 0.313243),
        ("PM", -0.71497, 0.180898, 0.318094),
    ],
)
def test_four_estimators(studies, estimator, value, se, tau2):
    """Mean, error and variance between, with Q and I2."""
    pooled = iop.pool_studies(studies, estimator=estimator, interval="z", scale="log")
    assert (pooled.value, pooled.se, pooled.tau2) == pytest.approx((value, se, tau2), abs=2e-4)
    assert pooled.q == pytest.approx(152.233, abs=2e-4)
    if estimator == "DL":
        assert pooled.i2 == pytest.approx(92.117347, abs=2e-4)


def test_intervals(studies):
    """Normal and Knapp-Hartung limits, and the range of a new study by the normal distribution; Higgins's is wider."""
    normal = iop.pool_studies(studies, interval="z", scale="log")
    assert (normal.low, normal.high) == pytest.approx((-1.066898, -0.362167), abs=2e-4)
    assert (normal.prediction_low, normal.prediction_high) == pytest.approx((-1.866692, 0.437628), abs=2e-4)
    hartung = iop.pool_studies(studies, scale="log")
    assert (hartung.se, hartung.low, hartung.high) == pytest.approx((0.180792, -1.108444, -0.320621), abs=2e-4)
    wider = iop.pool_studies(studies, interval="z", scale="log", prediction="k-2")
    assert wider.prediction_low < normal.prediction_low and wider.prediction_high > normal.prediction_high
    assert "Pooled ratio of 13 studies: 0.489 (95% interval 0.33 to 0.726)" in hartung.sentence()
