"""Takes repeated scores with gaps, gives proof that means of everybody are those of the rows, with influences that are slopes and intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.stats.repeated import (
    Design,
    Unstructured,
    course_of,
    fit,
    patterns_of,
)
from tests.stats.repeated.test_fitting import gapped


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), times=st.integers(2, 4))
def test_counted_cells_are_the_rows_repeated(seed, times):
    """A cell of several episodes is those episodes, and the order of cells does not matter."""
    scores = np.round(gapped(seed))
    n = np.random.default_rng(seed).integers(1, 4, len(scores))
    order = np.random.default_rng(seed + 1).permutation(len(scores))
    found = fit(patterns_of(scores[order], n[order]), Design.of_occasions(4), Unstructured(4))
    rows = fit(patterns_of(np.repeat(scores, n, axis=0), np.ones(n.sum())), Design.of_occasions(4), Unstructured(4))
    assert found.coefficients == pytest.approx(rows.coefficients, rel=1e-6)
    more = fit(patterns_of(scores, n * times), Design.of_occasions(4), Unstructured(4))
    assert more.coefficients == pytest.approx(rows.coefficients, rel=1e-6)
    assert more.variance == pytest.approx(rows.variance / times, rel=1e-4)


@pytest.mark.parametrize("least", [1, 10_000], ids=["unstructured", "intercept and slope"])
def test_an_influence_is_what_one_more_episode_adds(least):
    """By moving the number of episodes of a cell, in either kind of model."""
    scores, times = gapped(7), (0.0, 7.0, 14.0, 21.0)
    n = np.ones(len(scores))
    course = course_of(scores, n, times, least=least)
    assert course.unstructured == (least == 1)
    assert np.abs(course.influence.sum(axis=0)).max() < 1e-8
    for cell in (0, 11, 42):
        more, fewer = n.copy(), n.copy()
        more[cell] += 1e-4
        fewer[cell] -= 1e-4
        moved = (course_of(scores, more, times, least=least).means - course_of(scores, fewer, times, least=least).means) / 2e-4
        assert course.influence[cell] == pytest.approx(moved, abs=1e-6)


def test_complete_scores_give_the_plain_means():
    """Nobody missing: means, and errors, are those of each occasion by itself."""
    scores = gapped(9)
    scores = scores[~np.isnan(scores).any(axis=1)]
    course = course_of(scores, np.ones(len(scores)), (0.0, 7.0, 14.0, 21.0), least=1)
    assert course.means == pytest.approx(scores.mean(axis=0), abs=1e-9)
    assert np.square(course.influence).sum(axis=0) == pytest.approx(scores.var(axis=0) / len(scores), rel=1e-8)


@pytest.mark.parametrize("scores", [np.full((20, 3), 12.0), np.full((0, 3), np.nan)], ids=["all alike", "nobody"])
def test_what_determines_no_model_gives_none(scores):
    """And no error."""
    assert course_of(scores, np.ones(len(scores)), (0.0, 7.0, 14.0), least=1) is None


@pytest.mark.long
def test_intervals_cover():
    """Scores missing by what was seen before, unstructured: 95 % intervals of the means hold the truth in 92 to 98 % of 400 programs."""
    rng = np.random.default_rng(1)
    covariance = 20 * 0.8 ** np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    held = np.zeros(4)
    for _ in range(400):
        scores = rng.multivariate_normal(np.full(4, 14.0), covariance, size=200)
        for place in range(1, 4):
            scores[(scores[:, place - 1] < 13) & (rng.random(200) < 0.5), place:] = np.nan
        course = course_of(scores, np.ones(200), (0.0, 7.0, 14.0, 21.0), least=11)
        errors = np.sqrt(np.square(course.influence).sum(axis=0))
        held += np.abs(course.means - 14.0) < 1.97 * errors
    assert ((held > 368) & (held < 392)).all()
