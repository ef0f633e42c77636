"""Takes pairs of scores as a program, gives every effect size of their change under its name: values, limits, and what is not told."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import iop_outcomes as iop
from tests.published.test_fifteen_pairs import POST, PRE

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "effect_sizes.md").read_text(encoding="utf-8")


def program(pre, post, scale="phq9", **columns):
    """One completed episode for each pair."""
    frame = pd.DataFrame({"episode_id": [f"e{i:04}" for i in range(len(pre))], "discharge_reason": "completed", "los_days": 40})
    columns = {"track": "a", f"{scale}_admit": pre, f"{scale}_discharge": post, **columns}
    return iop.load(frame.assign(**columns), mapping={"data": {"class": "synthetic"}})


def numbers(pre, post, scale="phq9", **columns):
    """The estimates for everyone by name."""
    with program(pre, post, scale, **columns) as data:
        return {e.estimand: e for e in iop.effect_sizes(data, scale=scale).results if e.level == "All"}


def drawn(seed, n):
    """So many PHQ-9 pairs with ties and zeros."""
    rng = np.random.default_rng(seed)
    pre = np.clip(np.rint(rng.normal(15, 5, n)), 0, 27).astype(int)
    return pre, np.clip(np.rint(0.5 * pre + 4 + rng.normal(0, 5, n)), 0, 27).astype(int)


def test_the_guide_names_every_one_with_its_value():
    """E1, E9: the table of docs/guide holds each effect size of the code, with the 15 pairs to four decimals, and each between groups."""
    within, between = GUIDE.split("## Between groups")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*? \| (\d+\.\d{4}) \|", within, flags=re.MULTILINE))
    found = numbers(PRE, POST)
    assert {name: f"{found[name].value:.4f}" for name in rows} == rows
    assert set(found) == set(re.findall(r"`(\w+)`", within)) & set(found)
    named = {name for row in re.findall(r"^\| (`.+?`) \|", between, flags=re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    with program(PRE * 2, POST * 2, track=["a"] * 15 + ["b"] * 15) as data:
        contrasts = {e.estimand for e in iop.between_groups(data, scale="phq9").results if e.contrast}
        assert named == contrasts - set(found)


@pytest.mark.parametrize("seed", range(6))
def test_wilcoxon_is_that_of_r(seed):
    """V, z and p as scipy gives them with R's rule; zeros counted; rank-biserial and Hodges-Lehmann by their slow definitions."""
    pre, post = drawn(seed, (6, 15, 40, 80, 200, 300)[seed])
    found, change = numbers(pre, post), pre - post
    moved = change[change != 0]
    ranks = stats.rankdata(np.abs(moved))
    test = stats.wilcoxon(change, zero_method="wilcox", correction=True, method="approx")
    assert found["signed_rank_v"].value == ranks[moved > 0].sum()
    assert found["signed_rank_p"].value == pytest.approx(test.pvalue, abs=1e-12)
    assert (found["signed_rank_p"].n, found["no_change"].k) == (len(moved), (change == 0).sum())
    assert found["rank_biserial"].value == pytest.approx(ranks @ np.sign(moved) / ranks.sum(), abs=1e-12)
    walsh = (change[:, None] + change[None, :])[np.triu_indices(len(change))] / 2
    assert found["hodges_lehmann"].value == np.median(walsh)
    size = len(change)
    place = math.floor(size * (size + 1) / 4 - stats.norm.ppf(0.975) * math.sqrt(size * (size + 1) * (2 * size + 1) / 24))
    ends = np.sort(walsh)[[place - 1, -place]] if place >= 1 else [math.nan, math.nan]
    assert (found["hodges_lehmann"].low, found["hodges_lehmann"].high) == pytest.approx(tuple(ends), nan_ok=True)


def test_rank_biserial_is_as_uncertain_as_its_jackknife():
    """The error from the influences is that of leaving out one pair after the other."""
    pre, post = drawn(11, 120)
    e = numbers(pre, post)["rank_biserial"]
    moved = (pre - post)[pre != post]

    def slow(values):
        ranks = stats.rankdata(np.abs(values))
        return ranks @ np.sign(values) / ranks.sum()

    left = np.array([slow(np.delete(moved, i)) for i in range(len(moved))])
    jackknife = math.sqrt((len(moved) - 1) / len(moved) * ((left - left.mean()) ** 2).sum())
    assert e.se == pytest.approx(jackknife, rel=0.03)
    assert e.low < e.value < e.high < 1


def test_change_with_its_paired_t_test():
    """t, df, p and limits of scipy's paired test."""
    pre, post = drawn(2, 60)
    e, test = numbers(pre, post)["mean_change"], stats.ttest_rel(pre, post)
    limits = test.confidence_interval()
    assert (e.statistic, e.df, e.p, e.low, e.high) == pytest.approx((test.statistic, 59, test.pvalue, limits.low, limits.high), rel=1e-12)


def test_by_a_reference():
    """NHS at the start, mean 15.4, SD 5.5: the change by that SD, and the prediction of least squares at that mean with HC1 errors."""
    pre, post = drawn(3, 90)
    found = numbers(pre, post)
    assert found["d_reference_sd"].value == pytest.approx((pre - post).mean() / 5.5, rel=1e-12)
    fit = sm.OLS(pre - post, sm.add_constant(pre)).fit(cov_type="HC1", use_t=True)
    row = fit.get_prediction([1, 15.4]).summary_frame().iloc[0]
    e = found["severity_adjusted_change"]
    assert (e.value, e.se, e.low, e.high) == pytest.approx((row["mean"], row["mean_se"], row.mean_ci_lower, row.mean_ci_upper), rel=1e-9)
    assert (found["d_severity_adjusted"].value, found["d_severity_adjusted"].se) == pytest.approx((e.value / 5.5, e.se / 5.5), rel=1e-12)
    with program(pre, post) as data:
        frame = iop.effect_sizes(data, scale="phq9", reference="german_population").to_frame().set_index("estimand")
        assert frame.value["d_reference_sd"] == pytest.approx((pre - post).mean() / 3.5)
        assert set(frame.definition) == {"german_population"}
        with pytest.raises(iop.UsageError, match="german_population"):
            iop.effect_sizes(data, scale="phq9", reference="ours")


def test_probability_of_superiority():
    """Improved and half of the unchanged; no wider than a share of its size, narrower where many are unchanged; whole at the ends."""
    found = numbers([10] * 20, [9] * 10 + [10] * 6 + [11] * 4)
    e = found["probability_of_superiority"]
    assert e.value == (10 + 3) / 20
    worth = 0.65 * 0.35 / (np.var([1] * 10 + [0.5] * 6 + [0] * 4) / 20)
    z = stats.norm.ppf(0.975)
    centre, half = (
        (0.65 + z**2 / (2 * worth)) / (1 + z**2 / worth),
        z / (1 + z**2 / worth) * math.sqrt(0.65 * 0.35 / worth + z**2 / (4 * worth**2)),
    )
    assert (e.low, e.high) == pytest.approx((centre - half, centre + half), rel=1e-12)
    everybody = numbers([10] * 20, [9] * 20)["probability_of_superiority"]
    assert (everybody.value, everybody.high) == (1.0, 1.0)
    assert everybody.low == pytest.approx(1 / (1 + z**2 / 20), rel=1e-12)


def test_positive_is_improvement_whichever_way_the_scale_runs():
    """E6: WHO-5, where higher is better, from 40 to 60; E7: every interval holds its value; E8: the order of rows is none of it."""
    rng = np.random.default_rng(5)
    pre = rng.integers(5, 15, 40) * 4
    post = np.clip(pre + rng.integers(-2, 8, 40) * 4, 0, 100)
    up, down = numbers(pre, post, "who5"), numbers(100 - pre, 100 - post, "who5")
    assert up["d_pre_sd"].value > 0 > down["d_pre_sd"].value
    for name in ("mean_change", "d_pre_sd", "d_av", "d_z", "d_rm", "rank_biserial", "hodges_lehmann"):
        assert up[name].value == pytest.approx(-down[name].value, rel=1e-12)
    for e in up.values():
        assert math.isnan(e.low) or e.low <= e.value <= e.high
    assert all(up[name].flag >= {"no_reference"} for name in ("d_reference_sd", "severity_adjusted_change", "d_severity_adjusted"))
    order = rng.permutation(40)
    assert [repr(e.value) for e in numbers(pre[order], post[order], "who5").values()] == [repr(e.value) for e in up.values()]


def test_only_pairs_count():
    """E3: who lacks a score is in none of them, and counted; two people more without an end change no value."""
    pre, post = drawn(7, 30)
    whole, more = numbers(pre, post), numbers([*pre, 27, 0], [*post, None, None])
    assert [more[name].value for name in list(whole)[1:]] == pytest.approx([e.value for e in list(whole.values())[1:]], nan_ok=True)
    assert (more["d_z"].n, more["d_z"].n_missing) == (30, 2)


@pytest.mark.parametrize(
    ("pre", "post", "flag"),
    [([], [], "no_pairs"), ([12], [6], "one_pair"), ([12, 12, 12], [6, 6, 6], "sd_zero"), ([12] * 4, [12] * 4, "no_spread")],
)
def test_too_little_is_flagged(pre, post, flag):
    """E5: nobody, one pair, no spread, nobody changed: no value, why, and never an infinite one."""
    found = numbers([*pre, 9], [*post, None])
    name = "signed_rank_p" if flag == "no_spread" else "d_pre_sd"
    assert math.isnan(found[name].value)
    assert flag in found[name].flag
    assert not any(math.isinf(number) for e in found.values() for number in (e.value, e.low, e.high, e.se))


def test_where_a_patient_repeats():
    """Everybody twice: limits are as wide as of one episode each, and what rests on ranks is not assessable, with the reason in its notes."""
    pre, post = drawn(8, 60)
    once = numbers(pre, post)
    twice = numbers(np.tile(pre, 2), np.tile(post, 2), patient_id=[f"p{i % 60}" for i in range(120)])
    for name in ("mean_change", "d_pre_sd", "d_z", "d_reference_sd", "severity_adjusted_change", "probability_of_superiority"):
        assert twice[name].se == pytest.approx(once[name].se, rel=0.03), name
        assert twice[name].method.endswith("by patient")
    for name in ("signed_rank_v", "signed_rank_p", "rank_biserial", "hodges_lehmann"):
        assert math.isnan(twice[name].value)
        assert "patients_repeat" in twice[name].flag


def test_what_moved_few_is_not_given_back():
    """Three of forty worse, 37 better: what rests on them is withheld with its limits, what does not is shown."""
    with program([15] * 37 + [10, 12, 14] + [11] * 15, [9] * 37 + [13, 13, 15] + [11] * 15) as data:
        frame = iop.effect_sizes(data, scale="phq9").release("cms11").to_frame().set_index("estimand")
    withheld = ["worse_at_all", "probability_of_superiority", "rank_biserial", "signed_rank_v", "signed_rank_p"]
    assert frame.loc[withheld, ["value", "low", "high"]].isna().all(axis=None)
    assert frame.loc[["mean_change", "d_pre_sd", "d_z"], "value"].notna().all()


def test_every_policy_shows_what_it_may():
    """Under nhs counts are gone before what rests on them is withheld: that ended in a TypeError."""
    with program([15] * 20 + [10, 12, 14], [9] * 20 + [13, 13, 15]) as data:
        answer = iop.effect_sizes(data, scale="phq9")
        shown = {
            policy: answer.release(policy).to_frame().set_index("estimand")["value"] for policy in ("part2", "round5", "nhs", "internal")
        }
    assert all(values["mean_change"] > 0 for values in shown.values())
    assert math.isnan(shown["nhs"]["rank_biserial"])
    assert shown["internal"]["rank_biserial"] > 0
