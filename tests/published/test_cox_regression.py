"""Takes people one by one, gives hazard ratios with lifelines' limits; and refusals that name the covariate."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

RNG = np.random.default_rng(6)
FRAME = pd.DataFrame(
    {"days": RNG.permutation(60) + 1, "ended": RNG.integers(0, 2, 60), "age": RNG.normal(40, 9, 60), "virtual": RNG.integers(0, 2, 60)}
)
PEOPLE = {"days": FRAME.days.tolist(), "ended": FRAME.ended.tolist()}


def test_ratios_and_limits_are_those_of_lifelines():
    """On days without ties."""
    found = iop.effects.cox(**PEOPLE, covariates={"age": FRAME.age.tolist(), "virtual": FRAME.virtual.tolist()}, conf_level=0.9)
    fitted = CoxPHFitter(alpha=0.1).fit(FRAME, "days", "ended")
    for name in ("age", "virtual"):
        row, expected = found[f"hazard_ratio_{name}"], fitted.summary.loc[name]
        limits = (expected["exp(coef) lower 90%"], expected["exp(coef) upper 90%"])
        assert (row.value, row.low, row.high) == pytest.approx((expected["exp(coef)"], *limits), rel=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"covariates": {}}, "there is none"),
        ({"covariates": {"age": [1.0]}}, 'covariates "age" has 1 people, days 60'),
        ({"ended": [2] * 60}, "other numbers than 0"),
        ({"ended": [0] * 60}, "nobody had the event"),
        ({"days": [-1] * 60}, "below 0"),
        ({"covariates": {"a": FRAME.age.tolist(), "b": (FRAME.age * 2).tolist()}}, "follows from the others"),
        ({"covariates": {"event": FRAME.ended.tolist()}}, '"event" splits those with the event'),
        ({"ties": "exact"}, "ties"),
    ],
)
def test_what_has_no_ratio(change, words):
    """Said with the covariate, never with a person's value."""
    with pytest.raises(UsageError, match=words):
        iop.effects.cox(**{**PEOPLE, "covariates": {"age": FRAME.age.tolist()}, **change})
