"""Takes courses of which one goes badly, gives who is not on track by the course of everyone."""

import numpy as np

import iop_outcomes as iop
from tests.measures.courses import numbers, program


def test_who_is_not_on_track_is_judged_by_everyone():
    """About a tenth of all; of a track that goes worse, most; the expected score is the regression on the admission score where nobody is missing."""
    rng = np.random.default_rng(2)
    start = rng.integers(10, 24, 400)
    worse = np.arange(400) % 8 == 0
    later = np.clip(np.round(0.5 * start + 2 + rng.normal(0, 2, 400) + 7 * worse), 0, 27)
    scores = np.column_stack([start, later, np.clip(later + rng.integers(-1, 2, 400), 0, 27)])
    with program(scores, [20] * 400, track=np.where(worse, "b", "a")) as data:
        answer = iop.not_on_track(data, scale="phq9", by="track", at=(7, 14))
    slope, level = np.polyfit(start, later, 1)
    left = later - level - slope * start
    off = left > 1.2815515655446004 * left.std()
    everyone = numbers(answer)["not_on_track", 7.0]
    assert (everyone.k, everyone.n) == (off.sum(), 400)
    assert numbers(answer, "b")["not_on_track", 7.0].k == off[worse].sum() > 0.5 * worse.sum()
    assert numbers(answer)["ever_not_on_track", None].k >= off.sum()
