"""Takes pooled studies, gives the words of the result: of one, two and several, and what it can be asked."""

import math

import pytest

import iop_outcomes as iop

TABLE = {"study": ["a", "b", "c", "d"], "g": [0.1, 0.5, 0.3, 0.9], "v": [0.02, 0.03, 0.02, 0.05], "kind": ["x", "y", "x", "y"]}


def pooled(k=4, **options):
    """The first studies pooled."""
    return iop.pool_studies({name: values[:k] for name, values in TABLE.items()}, value="g", variance="v", study="study", **options)


def test_one_study_is_itself():
    """Its own value, no spread between studies, and no study in the plural."""
    one = pooled(1)
    assert one.value == 0.1 and math.isnan(one.prediction_low)
    assert " of 1 study: 0.1" in one.sentence()
    assert one.weights.to_frame().weight.tolist() == [100]


def test_what_stands_in_the_sentence_is_what_was_computed():
    """Value, limits at their level, a new study, I2."""
    several = pooled(conf_level=0.9)
    said = several.sentence()
    assert f"of 4 studies: {several.value:.3g} (90% interval {several.low:.3g} to {several.high:.3g})." in said
    assert f"between {several.prediction_low:.3g} and {several.prediction_high:.3g}" in said
    assert f"I2 {several.i2:.0f}%" in said
    assert repr(several) == said


def test_values_are_shown_on_the_scale_of_their_kind():
    """Logarithms as ratios; what there is not stays so."""
    ratio = pooled(1, scale="log")
    assert ratio.shown["value"] == pytest.approx(math.exp(0.1))
    assert math.isnan(ratio.shown["prediction_low"])
    frame = pooled(scale="log").to_frame()
    assert len(frame) == 1 and frame.shown_high[0] == pytest.approx(math.exp(frame.high[0]))
    assert "studies" not in frame and "draw" not in frame


def test_a_chart_of_another_kind_is_refused():
    """On a screen and on paper; what was not made by a public function draws nothing."""
    for call in (pooled().plot, pooled().figure):
        with pytest.raises(iop.UsageError, match="Allowed: forest, funnel"):
            call(kind="bars")


def test_it_can_be_taken_apart():
    """By group, without each study, by study."""
    several = pooled()
    assert [label for label, _ in several.subgroups("kind").groups] == ["x", "y"]
    assert len(several.leave_one_out().rows) == len(several.influence().rows) == several.k
    assert several.robust("study").clusters == 4
