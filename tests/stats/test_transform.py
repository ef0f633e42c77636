"""Takes the fixture whose limits differ by transform, gives proof that each named transform is the one R gives."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.lifetable import life_table
from iop_outcomes.stats.survival import event_free_at, incidence_at
from iop_outcomes.stats.transform import TRANSFORMS, transformed_interval
from tests.stats.textbook import greenwood_at

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "survival.json").read_text())
R_NAMES = {"log-log": "log_log", "log": "log", "plain": "plain", "logit": "logit", "arcsin": "arcsine"}
BANDS = sorted(name for name in ORACLE["values"] if name.startswith("band/"))
Z = 1.959963984540054

S5_DAY = [5, 8, 12, 12, 20, 25, 30, 33, 40, 45]
S5_EVENT = [1, 1, 0, 1, 1, 0, 1, 0, 1, 0]


def numbers(values):
    """A JSON list as floats, null as NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


@pytest.mark.parametrize(
    ("transform", "low", "high"),
    [
        ("log", 0.2000, 0.9571),
        ("log_log", 0.1187, 0.7256),
        ("plain", 0.0950, 0.7800),
        ("logit", 0.1621, 0.7577),
        ("arcsine", 0.1359, 0.7677),
    ],
)
def test_each_transform_gives_its_own_limits(transform, low, high):
    """Trap S5: S(30) = .4375 has five different 95 % intervals; the name says which one is given."""
    table = life_table(S5_DAY, S5_EVENT, [1] * 10)
    limits = transformed_interval(event_free_at(table, 30).values, greenwood_at(table, 30), Z, transform)
    assert np.ravel(limits) == pytest.approx([low, high], abs=5e-5)


@pytest.mark.parametrize("name", BANDS)
def test_bands_equal_r(name):
    """Every pointwise limit with a share inside (0, 1) equals R's survfit for that conf.type to 1e-8."""
    truth = ORACLE["values"][name]
    frame = ORACLE["data"][truth["data"]]
    table = life_table(frame["day"], frame["cause"], [1] * len(frame["day"]))
    low, high = transformed_interval(table.survival, greenwood_at(table, table.days), Z, R_NAMES[name.split("/")[1]])
    inside = (table.survival > 0) & (table.survival < 1)
    assert inside.sum() >= 2
    assert low[inside] == pytest.approx(numbers(truth["value"]["low"])[inside], abs=1e-8)
    assert high[inside] == pytest.approx(numbers(truth["value"]["high"])[inside], abs=1e-8)
    assert np.isnan(low[~inside]).all()
    assert np.isnan(high[~inside]).all()


def test_band_of_incidence_is_of_the_incidence_itself():
    """The log-log interval of a cumulative incidence is of F, as in R, not one minus that of 1 - F."""
    frame = ORACLE["data"]["made"]
    truth = ORACLE["values"]["states_band/made"]["value"]
    table = life_table(frame["day"], frame["cause"], [1] * len(frame["day"]))
    for cause in (1, 2):
        found = incidence_at(table, table.days, cause)
        low, high = transformed_interval(found.values, found.se, Z, "log_log")
        shown = found.values > 0
        assert low[shown] == pytest.approx(np.array(truth["low"], float)[shown, cause - 1], abs=1e-8)
        assert high[shown] == pytest.approx(np.array(truth["high"], float)[shown, cause - 1], abs=1e-8)
        mirrored, _ = transformed_interval(1 - found.values, found.se, Z, "log_log")
        assert np.nanmax(np.abs(1 - mirrored - high)) > 0.005


def test_log_log_equals_lifelines():
    """The log-log band equals lifelines' default one on every day."""
    fitted = KaplanMeierFitter().fit(S5_DAY, S5_EVENT).confidence_interval_.loc[sorted(set(S5_DAY))]
    table = life_table(S5_DAY, S5_EVENT, [1] * 10)
    low, high = transformed_interval(table.survival, greenwood_at(table, table.days), Z)
    assert np.stack([low, high], axis=1) == pytest.approx(fitted.to_numpy(), abs=1e-12)


@given(
    value=st.floats(0, 1),
    se=st.floats(0, 10),
    quantile=st.floats(0.1, 20),
    transform=st.sampled_from(TRANSFORMS),
)
def test_limits_hold_the_value_and_stay_shares(value, se, quantile, transform):
    """Limits contain the value and stay within 0 to 1 however wild the error; at 0 and 1 there are none."""
    low, high = transformed_interval(value, se, quantile, transform)
    if value in (0, 1):
        assert np.isnan(low)
        assert np.isnan(high)
    else:
        assert 0 <= low <= value <= high <= 1


@given(value=st.floats(0.01, 0.99), se=st.floats(0.001, 0.2), factor=st.floats(1.01, 3), transform=st.sampled_from(TRANSFORMS))
def test_a_larger_error_never_narrows(value, se, factor, transform):
    """The interval with a larger error contains the one with a smaller."""
    inner = transformed_interval(value, se, Z, transform)
    outer = transformed_interval(value, se * factor, Z, transform)
    assert outer[0] <= inner[0] + 1e-12
    assert outer[1] >= inner[1] - 1e-12


@given(value=st.floats(0.05, 0.95), se=st.floats(0.001, 0.1), transform=st.sampled_from(["plain", "logit", "arcsine"]))
def test_symmetric_transforms_mirror(value, se, transform):
    """For plain, logit and arcsine, and only for them, the interval of 1 - p mirrors that of p."""
    low, high = transformed_interval(value, se, Z, transform)
    other_low, other_high = transformed_interval(1 - value, se, Z, transform)
    assert [other_low, other_high] == pytest.approx([1 - high, 1 - low], abs=1e-9)


def test_unknown_values_have_no_limits():
    """A value or an error that is NaN gives NaN limits, beside others that are given theirs."""
    low, high = transformed_interval([np.nan, 0.5, 0.5], [0.1, np.nan, 0.1], Z)
    assert np.isnan(low).tolist() == [True, True, False]
    assert np.isnan(high).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("value", "se", "quantile", "says"),
    [(1.1, 0.1, Z, "outside 0 to 1"), (0.5, -0.1, Z, "negative standard error"), (0.5, 0.1, 0.0, "not positive")],
)
def test_impossible_input_is_refused(value, se, quantile, says):
    """Shares outside 0 to 1, negative errors and quantiles of 0 are errors, not numbers."""
    with pytest.raises(ValueError, match=says):
        transformed_interval(value, se, quantile)


def test_misspelt_transform_names_the_nearest():
    """A transform that does not exist is refused with the nearest name and all that do."""
    with pytest.raises(UsageError, match='Did you mean "log_log"'):
        transformed_interval(0.5, 0.1, Z, "loglog")
