"""Takes studies made by hand and by chance, gives proof of what pooling means, what it says, what it refuses, and how it is drawn."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from statsmodels.stats.meta_analysis import combine_effects

import iop_outcomes as iop
from tests.oracle.pooling_sets import bcg, firms

TABLE = {"study": list("ABCDEF"), "g": [0.095, 0.277, 0.367, 0.664, 0.462, 0.185], "v": [0.033, 0.031, 0.05, 0.011, 0.043, 0.023]}


def pooled(**options):
    """The six studies."""
    return iop.pool_studies(TABLE, value="g", variance="v", study="study", **options)


@pytest.mark.parametrize(("ours", "theirs"), [("DL", "dl"), ("PM", "iterated")])
@pytest.mark.parametrize("interval", ["z", "knha"])
def test_equals_statsmodels(ours, theirs, interval):
    """Mean, limits, tau2 and Q on the vaccine trials, by the two estimators it has."""
    table = bcg()
    result = combine_effects(table.y.to_numpy(), table.v.to_numpy(), method_re=theirs, use_t=interval == "knha", atol=1e-13)
    mine = iop.pool_studies(table, value="y", variance="v", estimator=ours, interval=interval)
    assert (mine.value, mine.tau2, mine.q) == pytest.approx((result.mean_effect_re, result.tau2, result.q), rel=1e-7)
    se = result.sd_eff_w_re_hksj if interval == "knha" else result.sd_eff_w_re
    assert mine.se == pytest.approx(se, rel=1e-7)


def test_the_likelihood_is_highest_at_reml():
    """The restricted likelihood written out and searched on a grid."""
    y, v = np.array(TABLE["g"]), np.array(TABLE["v"])

    def restricted(tau2):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return -0.5 * (np.log(v + tau2).sum() + math.log(w.sum()) + w @ (y - mean) ** 2)

    grid = np.linspace(0, 0.3, 300_001)
    assert pooled().tau2 == pytest.approx(grid[np.argmax([restricted(each) for each in grid[:100_001]])], abs=2e-6)


def test_doors():
    """pandas, polars, a dict, errors in place of variances, and effect sizes: one result."""
    frame = pd.DataFrame(TABLE).assign(se=lambda t: t.v**0.5)
    truth = pooled().value
    for table in (frame, pl.from_pandas(frame), {**TABLE, "se": frame.se.tolist()}):
        assert iop.pool_studies(table, value="g", se="se").value == pytest.approx(truth, rel=1e-12)
    rows = [iop.effects.EffectSize("g_s", g, v**0.5) for g, v in zip(TABLE["g"], TABLE["v"], strict=True)]
    assert iop.pool_studies(rows).value == pytest.approx(truth, rel=1e-12)


def test_effect_sizes_of_two_kinds_are_not_pooled():
    """D by the SD before and d_z of one paper are two quantities; ratios go as logarithms; without an error nothing is weighed."""
    study = iop.effects.pre_post(mean_pre=16, sd_pre=5, mean_post=10, sd_post=6, n=40, r=0.5)
    with pytest.raises(iop.UsageError, match="different quantities"):
        iop.pool_studies([study["d_pre_sd"], study["d_z"]])
    two = iop.effects.proportions(events_1=5, n_1=50, events_2=9, n_2=50)
    with pytest.raises(iop.UsageError, match="take log_odds_ratio"):
        iop.pool_studies([two["odds_ratio"]] * 2)
    bare = iop.effects.pre_post(mean_pre=16, sd_pre=5, mean_post=10, sd_post=6)
    with pytest.raises(iop.UsageError, match="no standard error"):
        iop.pool_studies([bare["d_pre_sd"]] * 2)
    alike = iop.effects.pre_post(pre=[16, 17, 18], post=[10, 11, 12])
    with pytest.raises(iop.UsageError, match=r"error of 0: nothing varied in them.*leave them out"):
        iop.pool_studies([alike["mean_change"], study["mean_change"]])
    with pytest.raises(iop.UsageError, match="pool_proportions takes"):
        iop.pool_studies([iop.effects.proportion(events=k, n=9)["proportion"] for k in (0, 3)])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"studies": TABLE, "value": "d", "variance": "v"}, "Allowed: g, study, v"),
        ({"studies": TABLE, "value": "g"}, "one of se= and variance="),
        ({"studies": TABLE, "value": "g", "variance": "v", "se": "v"}, "one of se= and variance="),
        ({"studies": {"g": [1, 2], "v": [0.1, 0]}, "value": "g", "variance": "v"}, "not in study 2"),
        ({"studies": {"g": [1, None], "v": [0.1, 1]}, "value": "g", "variance": "v"}, "1 of 2 studies have no value"),
        ({"studies": {"g": [1, "x"], "v": [0.1, 1]}, "value": "g", "variance": "v"}, "no number"),
        ({"studies": {"g": [1, math.inf], "v": [0.1, 1]}, "value": "g", "variance": "v"}, "not finite"),
        ({"studies": {"g": [], "v": []}, "value": "g", "variance": "v"}, "no study"),
        ({"studies": [1.0, 2.0]}, "list of effect sizes"),
        ({"studies": TABLE, "value": "g", "variance": "v", "estimator": "ML"}, "Allowed: DL, PM, REML, fixed"),
        ({"studies": TABLE, "value": "g", "variance": "v", "interval": "hksj"}, "Allowed"),
        ({"studies": TABLE, "value": "g", "variance": "v", "scale": "odds"}, "Allowed"),
        ({"studies": TABLE, "value": "g", "variance": "v", "prediction": "t"}, "Allowed"),
        ({"studies": TABLE, "value": "g", "variance": "v", "conf_level": 95}, "between 0 and 1"),
        ({"studies": {"g": [1, 2, 3], "v": [0.1, 1]}, "value": "g", "variance": "v"}, "g has 3, v has 2"),
        ({"studies": {"g": [1, 2], "v": [0.1, 1], "s": ["a"]}, "value": "g", "variance": "v", "study": "s"}, "s has 1"),
        ({"studies": {"g": 0.5, "v": 0.1}, "value": "g", "variance": "v"}, "a value for each study"),
    ],
)
def test_refused_in_words(given, words):
    """What is wrong stands in the message."""
    with pytest.raises(iop.UsageError, match=words):
        iop.pool_studies(**given)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda p: p.subgroups("kind"), "no column of the table"),
        (lambda p: p.subgroups(["a"] * 6), "one group"),
        (lambda p: p.subgroups(["a"] * 5), "5 values for 6 studies"),
        (lambda p: p.subgroups(["a", "b", None, "a", "b", "a"]), "1 of 6 studies have no value"),
        (lambda p: p.subgroups(list("aabbcc"))["d"], "Allowed: a, b, c"),
        (lambda p: p.regression([1] * 6), "one value in all studies"),
        (lambda p: p.regression(list("abcdef")), "a covariate of a regression is a number"),
        (lambda p: p.robust(["a"] * 6), "all effect sizes are of one study"),
        (lambda p: p.plot(kind="trumpet"), "Allowed: forest, funnel"),
    ],
)
def test_what_cannot_be_asked_of_studies(ask, words):
    """Of groups, covariates, clusters and charts."""
    with pytest.raises(iop.UsageError, match=words):
        ask(pooled())


def test_one_and_two_studies():
    """One study is itself, without a range of others; two say that little is known; nothing raises."""
    one = iop.pool_studies({"g": [0.4], "v": [0.04]}, value="g", variance="v")
    assert (one.value, one.tau2) == (0.4, 0) and math.isnan(one.low) and "nothing is pooled" in one.sentence()
    plain = iop.pool_studies({"g": [0.4], "v": [0.04]}, value="g", variance="v", interval="z")
    assert (plain.low, plain.high) == pytest.approx((0.4 - 1.959964 * 0.2, 0.4 + 1.959964 * 0.2), abs=1e-6)
    with pytest.raises(iop.UsageError, match="1 study: this needs 2"):
        one.leave_one_out()
    two = iop.pool_studies({"g": [0.4, 0.6], "v": [0.04, 0.05]}, value="g", variance="v", prediction="k-2")
    assert "hardly known" in two.sentence() and math.isnan(two.prediction_low)
    assert math.isnan(two.egger().p) and "three" in two.egger().sentence()


def test_studies_that_agree_have_no_interval_of_no_width():
    """Knapp and Hartung's, robust and Egger's errors come of the spread, of which rounding alone is left; the others stay."""
    table = {"g": [0.4] * 6, "v": [0.11, 0.02, 0.07, 0.05, 0.13, 0.03], "x": [1, 2, 3, 4, 5, 6], "c": list("aabbcc")}
    alike = iop.pool_studies(table, value="g", variance="v")
    assert alike.value == pytest.approx(0.4) and math.isnan(alike.low) and math.isnan(alike.prediction_low) and math.isnan(alike.p)
    assert "of no width" in alike.sentence() and "0.4 (" not in alike.sentence()
    assert math.isnan(alike.egger().p) and "no spread is left" in alike.egger().sentence()
    assert math.isnan(alike.robust("c").mean.low) and "No interval" in alike.robust("c").sentence()
    assert math.isnan(alike.subgroups("c").q_between) and "not assessable" in alike.subgroups("c").sentence()
    line = iop.pool_studies({**table, "g": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]}, value="g", variance="v").regression("x")
    assert line.slope.value == pytest.approx(0.1) and math.isnan(line.p) and "one line" in line.sentence()
    for interval in ("z", "adhoc"):
        other = iop.pool_studies(table, value="g", variance="v", interval=interval)
        assert other.se == pytest.approx(sum(1 / v for v in table["v"]) ** -0.5) and other.low < 0.4 < other.high


def test_a_covariate_that_hardly_differs_for_its_size_is_refused():
    """Seconds since 1970 are; the numbers of years are not, and the slope of either is that of years from the first."""
    table = {"g": [0.1, 0.5, 0.3, 0.9], "v": [0.04, 0.05, 0.03, 0.06], "year": [2001, 2005, 2011, 2022]}
    pooled = iop.pool_studies(table, value="g", variance="v")
    from_first = pooled.regression([year - 2001 for year in table["year"]])
    assert pooled.regression("year").slope.value == pytest.approx(from_first.slope.value, rel=1e-9)
    with pytest.raises(iop.UsageError, match="too little for its size"):
        pooled.regression([1e9 + place for place in range(4)])


def test_knapp_hartung_narrower_than_normal_is_said():
    """Studies that agree by chance: the plain interval is narrower, which the note says, and adhoc is not."""
    alike = {"g": [0.30, 0.31, 0.29, 0.30], "v": [0.04, 0.05, 0.04, 0.06]}
    hartung, adhoc, normal = (iop.pool_studies(alike, value="g", variance="v", interval=interval) for interval in ("knha", "adhoc", "z"))
    assert hartung.se < normal.se == adhoc.se
    assert "narrower" in hartung.sentence() and "narrower" not in adhoc.sentence().replace("not narrower", "")


def test_several_effects_of_a_study_are_said_and_mended():
    """The same effects given twice: the naive error shrinks, the robust one does not."""
    twice = {"study": TABLE["study"] * 2, "g": TABLE["g"] * 2, "v": TABLE["v"] * 2}
    once, double = (
        pooled(estimator="fixed", interval="z"),
        iop.pool_studies(twice, value="g", variance="v", study="study", estimator="fixed", interval="z"),
    )
    assert "6 studies have several effect sizes" in double.sentence()
    assert double.se == pytest.approx(once.se / math.sqrt(2))
    assert double.robust("study").mean.se == pytest.approx(once.robust("study").mean.se, rel=0.02)
    assert double.robust("study").clusters == 6 and "12 effect sizes of 6 studies" in double.robust("study").sentence()
    assert double.robust("study").to_frame().k.tolist() == [12]


def test_scales_are_shown_back():
    """Logarithms as ratios, Fisher's z as correlations, logits as shares."""
    for scale, back in (("log", math.exp), ("correlation", math.tanh), ("logit", lambda x: 1 / (1 + math.exp(-x))), ("linear", float)):
        found = pooled(scale=scale)
        assert found.shown["value"] == pytest.approx(back(found.value)) and found.to_frame().shown_low[0] == pytest.approx(back(found.low))


def test_frames_and_words():
    """Every table has its rows, every sentence its numbers."""
    found = pooled(estimator="REML")
    assert found.weights.to_frame().weight.sum() == pytest.approx(100) and found.weights.to_frame().study.tolist() == TABLE["study"]
    assert {"value", "tau2_low", "i2", "prediction_low", "method"} <= set(found.to_frame().columns)
    assert "I2 = tau2 / (tau2 + typical variance within)" in found.method and "Q-profile" in found.method
    assert repr(found) == found.sentence() and "I2" in found.sentence()
    assert "Without one study" in found.leave_one_out().sentence() and len(found.leave_one_out().to_frame()) == 6
    assert found.influence().to_frame().study.tolist() == TABLE["study"] and "of 6 studies" in repr(found.influence())
    groups = found.subgroups(["x", "x", "y", "y", "x", "y"])
    assert groups["y"].k == 3 and groups.to_frame().group.tolist() == ["x", "y"] and "Between groups" in groups.sentence()
    slope = found.regression([1, 2, 3, 4, 5, 6])
    assert slope.to_frame().name.tolist() == ["intercept", "covariate"] and "tells little" in slope.sentence()
    assert "tells little" in found.egger().sentence() and found.egger().to_frame().k.tolist() == [6]


def test_charts_are_drawn_and_described():
    """Forest and funnel: new axes with words, or the axes given; a diamond, a square for each study, points in the funnel."""
    from matplotlib.figure import Figure

    found = iop.pool_studies(bcg(), value="y", variance="v", study="study", scale="log")
    forest = found.plot()
    words = [text.get_text() for text in forest.get_yticklabels()]
    assert words[0] == found.rows[0].study and words[-2:] == ["Pooled", "A new study"]
    assert forest.get_xscale() == "log" and len(forest.patches) == 1
    assert "Forest plot of 13 published studies. Pooled ratio" in forest.words and "<img alt=" in forest._repr_html_()
    funnel = found.plot(kind="funnel")
    points = next(line for line in funnel.lines if line.get_linestyle() == "None")
    assert len(points.get_xdata()) == 13 and "Funnel plot of 13 published studies" in funnel.words
    given = Figure().add_subplot()
    assert found.plot(ax=given) is given and found.plot(given, kind="funnel") is given
    many = iop.pool_studies(firms(), value="y", variance="v", study="study").plot()
    assert "500 studies,\nby their value" in [text.get_text() for text in many.get_yticklabels()] and "And 440 more" in many.words
    single = iop.pool_studies({"g": [0.4], "v": [0.04]}, value="g", variance="v").plot()
    assert [text.get_text() for text in single.get_yticklabels()] == ["study 1", "Pooled"]


def test_charts_are_the_same_bytes_twice():
    """Drawn twice, the forest plot is one file."""
    from iop_outcomes.show.theme import svg

    first, second = (svg(pooled().plot().get_figure()) for _ in range(2))
    assert first == second
