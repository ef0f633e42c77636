"""Takes two tracks of pairs, gives effect sizes between them: those of the printed summaries, least squares, and by patient."""

import numpy as np
import pytest
import statsmodels.api as sm

import iop_outcomes as iop
from iop_outcomes.stats import between_pairs
from iop_outcomes.stats.pairs import Pairs
from tests.measures.test_effect_sizes import drawn, program


def two(seed, n=(45, 38)):
    """Scores before and after of two tracks."""
    (pre, post), (before, after) = drawn(seed, n[0]), drawn(seed + 100, n[1])
    return np.concatenate([pre, before]), np.concatenate([post, np.minimum(after + 2, 27)]), ["a"] * n[0] + ["b"] * n[1]


def contrasts(pre, post, track, level="a", **columns):
    """What a track is compared by."""
    with program(pre, post, track=track, **columns) as data:
        return {e.estimand: e for e in iop.between_groups(data, scale="phq9").results if e.contrast and e.level == level}


def summaries(pre, post, track):
    """What a paper would print of both tracks, as the arguments of `pre_post_control`."""
    given = {}
    for number, name in enumerate("ab", start=1):
        one, other = pre[np.array(track) == name], post[np.array(track) == name]
        moments = {"mean_pre": one.mean(), "sd_pre": one.std(ddof=1), "mean_post": other.mean(), "sd_post": other.std(ddof=1)}
        given |= {f"{key}_{number}": value for key, value in moments.items()}
        given |= {f"n_{number}": len(one), f"r_{number}": np.corrcoef(one, other)[0, 1]}
    return given


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_from_data_and_from_what_a_paper_prints(seed):
    """Value, error and limits of d_ppc2, d_ppc3, d_ppc_post and g_change; d and g of changes and of end scores as of two separate groups."""
    pre, post, track = two(seed)
    found, printed = contrasts(pre, post, track), iop.effects.pre_post_control(**summaries(pre, post, track))
    first, change = np.array(track) == "a", pre - post
    groups = {"change": (change[first], change[~first]), "end": (-post[first], -post[~first])}
    effects = {name: printed[name] for name in ("d_ppc2", "d_ppc3", "d_ppc_post", "g_change")}
    for what, (one, other) in groups.items():
        separate = iop.effects.independent_groups(group_1=one, group_2=other)
        effects |= {f"d_{what}": separate["d_s"], f"g_{what}": separate["g_s"]}
    for name, row in effects.items():
        e = found[name]
        assert (e.value, e.se, e.low, e.high) == pytest.approx((row.value, row.se, row.low, row.high), rel=1e-9), name


def test_adjusted_for_where_people_began():
    """Least squares of the end score on track and admission score, statsmodels' HC1 with Student's t; positive is better."""
    pre, post, track = two(4)
    e = contrasts(pre, post, track)["ancova_difference"]
    design = sm.add_constant(np.column_stack([np.array(track) == "a", pre]).astype(float))
    fit = sm.OLS(-post.astype(float), design).fit(cov_type="HC1", use_t=True)
    low, high = fit.conf_int()[1]
    assert (e.value, e.se, e.low, e.high, e.p) == pytest.approx((fit.params[1], fit.bse[1], low, high, fit.pvalues[1]), rel=1e-9)


def test_everybody_twice_tells_no_more():
    """Each patient with two alike episodes: errors as of one each, by patient; influences and not the number of episodes."""
    pre, post, track = two(5)
    once = contrasts(pre, post, track)
    people = [f"p{i % len(pre)}" for i in range(2 * len(pre))]
    twice = contrasts(np.tile(pre, 2), np.tile(post, 2), track * 2, patient_id=people)
    for name in ("d_change", "g_end", "d_ppc2", "d_ppc3", "d_ppc_post", "ancova_difference"):
        assert twice[name].se == pytest.approx(once[name].se, rel=0.03), name
        assert twice[name].method.endswith("by patient")


FUNCTIONS = {
    "d_change": between_pairs.d_change,
    "g_end": between_pairs.g_end,
    "d_ppc2": between_pairs.d_by_sd_before,
    "d_ppc3": between_pairs.d_by_four_sds,
    "d_ppc_post": between_pairs.d_by_sd_after,
    "ancova_difference": between_pairs.ancova,
}


def test_patients_in_both_tracks_bring_their_covariance():
    """How much wider limits are by patient is what leaving out patients, instead of episodes, gives; half of them are in both tracks."""
    pre, post, track = two(6, (60, 60))
    track, people = np.array(track), np.array([*range(60), *range(30, 90)])
    post = np.clip(post + np.where(people % 2, 4, -4), 0, 27)  # what a person brings to both
    alone = contrasts(pre, post, list(track))
    clustered = contrasts(pre, post, list(track), patient_id=[f"p{person}" for person in people])

    def pairs(keep):
        n = np.ones(int(keep.sum()), dtype=np.int64)
        return Pairs.from_cells(pre[keep], post[keep], n, better="lower")

    def spread(units, find):
        left = [
            find(pairs(kept & (track == "a")), pairs(kept & (track == "b"))).value for kept in (units != one for one in set(units.tolist()))
        ]
        return np.var(left) * (len(left) - 1)

    for name, find in FUNCTIONS.items():
        wider = spread(people, find) / spread(np.arange(120), find)
        assert (clustered[name].se / alone[name].se) ** 2 == pytest.approx(wider, rel=0.04), name
        assert wider < 0.9


def test_words_follow_the_one_rule():
    """Simultaneous limits over three tracks, a word exactly when they leave 0 out; too few says so, with the number itself."""
    pre, post, track = two(7, (45, 38))
    few_pre, few_post = drawn(9, 8)
    three = np.concatenate([pre, few_pre]), np.concatenate([post, few_post]), [*track, *["c"] * 8]
    with program(*three[:2], track=three[2]) as data:
        answer = iop.between_groups(data, scale="phq9")
        rows = {e.level: e for e in answer.results if e.contrast and e.estimand == "d_ppc3"}
        assert not [e for e in answer.results if e.estimand == "d_ppc3" and not e.contrast]
        assert answer.sentence().startswith("Mean change")
        pair = iop.compare(data, measure="between_groups", scale="phq9", estimand="d_ppc3", pairwise=True).to_frame()
    assert rows["c"].word == "too few"
    assert abs(rows["c"].value) < 3
    assert rows["a"].conf_level == pytest.approx(0.95**0.5)
    assert (rows["a"].low > 0) == (rows["a"].word == "higher")
    assert pair[pair.estimand == "d_ppc3"].versus.tolist() == ["b", "c", "c"]
