"""Takes results whose coarse form has digits, gives them rounded: no error beside them, and everything else as it is."""

import math
from dataclasses import replace

import iop_outcomes as iop
from iop_outcomes.evaluate.evaluation import evaluate
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.evaluate.rounding import rounded


def stays(synthetic, digits, interval="some"):
    """The stays of tracks, whose mean alone has digits."""
    results = evaluate(look_up(synthetic, "length_of_stay"), synthetic, by="track")
    definitions = tuple(
        replace(each, digits=digits, interval=interval) if each.name == "los_mean" else each for each in results.definition.estimands
    )
    return results, rounded(replace(results, definition=replace(results.definition, estimands=definitions)))


def test_what_has_digits_keeps_them_alone(synthetic):
    """Value and limits halves up, no error, no p; the others to the last bit."""
    before, after = stays(synthetic, 0)
    for old, new in zip(before, after, strict=True):
        if old.estimand == "los_mean":
            assert (new.value, new.low, new.high) == tuple(math.floor(x + 0.5) for x in (old.value, old.low, old.high))
            assert math.isnan(new.se)
            assert new.method == old.method
        else:
            assert repr(new) == repr(old)


def test_without_an_interval_there_are_no_limits(synthetic):
    """Where the coarse definition says "none"."""
    _, after = stays(synthetic, 1, "none")
    means = [row for row in after if row.estimand == "los_mean"]
    assert means
    assert all(math.isnan(row.low) and row.method == "none" and round(row.value, 1) == row.value for row in means)


def test_without_digits_nothing_is_touched(synthetic):
    """The very same object."""
    results = evaluate(look_up(synthetic, "completion"), synthetic)
    assert rounded(results) is results
    assert iop.completion(synthetic).to_frame().value.iloc[0] == next(iter(results)).value
