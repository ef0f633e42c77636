"""Takes pooled studies, gives their funnel: points at value and error, precise ones on top, words that count."""

import math

import pytest

from iop_outcomes.show.funnel_of_studies import funnel_alt_text, funnel_of_studies
from tests.show.pools import pool


def test_a_point_for_each_study_at_its_error():
    """The axis of errors runs downwards; the lines meet at the pooled value."""
    pooled = pool(6)
    ax = funnel_of_studies(pooled)
    (points,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert points.get_xdata() == pytest.approx(pooled.studies.value, abs=1e-5)
    assert points.get_ydata() == pytest.approx([math.sqrt(v) for v in pooled.studies.variance], abs=1e-5)
    low, high = ax.get_ylim()
    assert low > high == 0
    assert ax.words == funnel_alt_text(pooled)


def test_words_count_who_lies_inside_and_on_which_side():
    """By hand."""
    pooled = pool(6)
    inside = sum(
        abs(x - pooled.value) <= 1.959964 * math.sqrt(v) for x, v in zip(pooled.studies.value, pooled.studies.variance, strict=True)
    )
    below = sum(x < pooled.value for x in pooled.studies.value)
    text = funnel_alt_text(pooled)
    assert f"{inside} of 6 lie where 95% would" in text
    assert f"{below} lie below the pooled value and {6 - below} at or above it." in text


@pytest.mark.parametrize("scale", ["linear", "log", "logit"])
def test_numbers_on_the_axis_are_those_that_are_shown(scale):
    """Ratios as ratios, shares as shares, within the axis."""
    ax = funnel_of_studies(pool(6, scale=scale))
    labels = [label.get_text().replace("−", "-") for label in ax.get_xticklabels()]
    shown = [pool(6, scale=scale).scale.shown(float(tick)) for tick in ax.get_xticks()]
    assert [float(label) for label in labels] == pytest.approx(shown, rel=1e-3, abs=1e-3)
