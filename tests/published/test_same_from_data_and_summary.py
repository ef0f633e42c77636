"""Takes rows through the measures, the same rows as scores and as a table would print them, gives one number three times."""

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop


def program(pre, post):
    """Episodes with these PHQ-9 scores."""
    frame = pd.DataFrame(
        {"episode_id": [f"e{i:04}" for i in range(len(pre))], "track": "a", "discharge_reason": "completed", "los_days": 40}
    )
    return iop.load(frame.assign(phq9_admit=pre, phq9_discharge=post), mapping={"data": {"class": "synthetic"}})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_ways_to_one_number(seed):
    """mean_change, d_pre_sd and g_pre_sd with their errors and limits: from episodes, from scores, from moments with r, from moments with t."""
    rng = np.random.default_rng(seed)
    pre = np.clip(np.rint(rng.normal(16, 5, 80)), 0, 27).astype(int)
    post = np.clip(np.rint(0.6 * pre + rng.normal(0, 4, 80)), 0, 27).astype(int)
    with program(pre, post) as data:
        rows = {e.estimand: e for e in iop.symptom_change(data, scale="phq9").results if e.level == "All"}
    scores = iop.effects.pre_post(pre=pre, post=post)
    moments = dict(mean_pre=pre.mean(), sd_pre=pre.std(ddof=1), mean_post=post.mean(), sd_post=post.std(ddof=1), n=80)
    printed = iop.effects.pre_post(**moments, r=np.corrcoef(pre, post)[0, 1])
    tested = iop.effects.pre_post(**moments, t=scores["mean_change"].statistic)
    for name in ("mean_change", "d_pre_sd", "g_pre_sd"):
        truth = (rows[name].value, rows[name].se, rows[name].low, rows[name].high)
        for effects in (scores, printed, tested):
            row = effects[name]
            assert (row.value, row.se, row.low, row.high) == pytest.approx(truth, rel=1e-10), name
        assert rows[name].value == scores[name].value  # to the last bit: the same functions


@pytest.mark.parametrize("given", ["r", "sd_change", "se_change", "ci_change", "t", "f", "p"])
def test_whichever_figure_is_printed_of_the_changes(given):
    """r, the SD, error or interval of the changes, t, F or p: all lead to the same effect sizes."""
    rng = np.random.default_rng(4)
    pre = rng.normal(20, 6, 35)
    post = 0.5 * pre + rng.normal(0, 4, 35)
    whole = iop.effects.pre_post(pre=pre, post=post)
    change = whole["mean_change"]
    figures = {"r": change.r, "sd_change": change.se * 35**0.5, "se_change": change.se, "ci_change": (change.low, change.high)}
    figures |= {"t": change.statistic, "f": change.statistic**2, "p": change.p}
    part = iop.effects.pre_post(
        mean_pre=pre.mean(), sd_pre=pre.std(ddof=1), mean_post=post.mean(), sd_post=post.std(ddof=1), n=35, **{given: figures[given]}
    )
    assert part.names == whole.names == ("mean_change", "d_pre_sd", "g_pre_sd", "d_av", "g_av", "d_av_rms", "d_z", "g_z", "d_rm")
    for one, other in zip(part, whole, strict=True):
        assert (one.value, one.se, one.low, one.high) == pytest.approx((other.value, other.se, other.low, other.high), rel=1e-7)


@pytest.mark.parametrize("given", ["scores", "sds", "se", "ci", "t", "f", "p"])
def test_whichever_figure_is_printed_of_two_groups(given):
    """Scores, SDs, the error or interval of the pooled difference, t, F or p: one d and one g."""
    rng = np.random.default_rng(5)
    one, other = rng.normal(12, 5, 30), rng.normal(9, 5, 22)
    whole = iop.effects.independent_groups(group_1=one, group_2=other)
    d = whole["d_s"]
    pooled = whole["mean_difference"].value / d.value
    se = pooled * (1 / 30 + 1 / 22) ** 0.5
    from scipy.stats import t as student

    half, difference = student.ppf(0.975, 50) * se, one.mean() - other.mean()
    figures = {
        "scores": dict(group_1=one, group_2=other),
        "sds": dict(mean_1=one.mean(), sd_1=one.std(ddof=1), n_1=30, mean_2=other.mean(), sd_2=other.std(ddof=1), n_2=22),
        "se": dict(difference=difference, se=se, n_1=30, n_2=22),
        "ci": dict(difference=difference, ci=(difference - half, difference + half), n_1=30, n_2=22),
        "t": dict(t=d.statistic, n_1=30, n_2=22),
        "f": dict(f=d.statistic**2, n_1=30, n=52),
        "p": dict(p=d.p, n_1=30, n_2=22),
    }[given]
    part = iop.effects.independent_groups(**figures)
    for name in ("d_s", "g_s", "probability_of_superiority"):
        assert (part[name].value, part[name].low, part[name].high) == pytest.approx(
            (whole[name].value, whole[name].low, whole[name].high), rel=1e-8
        )


def test_negated_scores_of_a_scale_where_higher_is_better():
    """Turning the scale round turns nothing else."""
    rng = np.random.default_rng(6)
    pre, post = rng.normal(20, 6, 25), rng.normal(15, 6, 25)
    lower, higher = iop.effects.pre_post(pre=pre, post=post), iop.effects.pre_post(pre=-pre, post=-post, better="higher")
    assert [row.value for row in lower] == pytest.approx([row.value for row in higher], rel=1e-12)
    assert lower["mean_change"].value > 0
