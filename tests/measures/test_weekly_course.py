"""Takes programs in which people who feel better leave, gives the mean of each week: of those scored, and of everybody by the model."""

import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from tests.measures.courses import numbers, program


def leaving(seed, n=400, weeks=6):
    """True means of 15 in every week; whoever feels better is likely to have left by the next one."""
    rng = np.random.default_rng(seed)
    person = rng.normal(0, 3, size=(n, 1))
    scores = np.clip(np.round(15 + person + rng.normal(0, 2.5, size=(n, weeks + 1))), 0, 27)
    last = np.full(n, weeks)
    for week in range(1, weeks + 1):
        gone = (last == weeks) & (scores[:, week - 1] < 14) & (rng.random(n) < 0.45)
        last[gone] = week - 1
        scores[gone, week:] = np.nan
    return scores, 7 * last + 3


def test_selective_leaving_moves_the_plain_line_and_not_the_modelled():
    """Nobody changes: those still scored look worse week by week, the model says 0."""
    with program(*leaving(4)) as data:
        found = numbers(iop.weekly_course(data, scale="phq9", at=(7, 14, 21, 28, 35, 42)))
    start, last = found["mean_at_start", None], found["mean_scored", 42.0]
    assert last.low > start.high + 0.5
    change = found["mean_change_modelled", 42.0]
    assert change.low < 0 < change.high
    assert change.value == pytest.approx(start.value - found["mean_modelled", 42.0].value, abs=1e-9)
    assert abs(found["mean_modelled", 42.0].value - 15) < 1
    assert (last.n, found["mean_modelled", 42.0].n) == (found["scored_share", 42.0].k, 400)
    assert "unstructured" in change.method


def test_weeks_have_their_days():
    """Day 3 is of admission, day 4 of week 1; the last score of a week counts, of two the higher; none after discharge; not of those in care."""
    episodes = pd.DataFrame(
        {"episode_id": ["a", "b", "c"], "track": "x", "discharge_reason": ["completed", "completed", "active"], "los_days": [20, 12, 40]}
    )
    rows = [
        ("a", 3, 20),
        ("a", 4, 19),
        ("a", 10, 17),
        ("a", 10, 18),
        ("a", 11, 9),
        ("a", 20, 8),
        ("a", 21, 1),
        ("b", 0, 20),
        ("b", 13, 2),
        ("b", 7, 10),
    ]
    rows += [("c", 0, 5), ("c", 7, 5)]
    scores = pd.DataFrame(rows, columns=["episode_id", "day", "score"]).assign(scale="phq9")
    with iop.load({"episodes": episodes, "scores": scores}, mapping={"data": {"class": "synthetic"}}) as data:
        found = numbers(iop.weekly_course(data, scale="phq9", at=(7, 14, 21)))
    assert [(found["mean_scored", day].value, found["mean_scored", day].n) for day in (7.0, 14.0, 21.0)] == [(14, 2), (9, 1), (8, 1)]
    assert (found["mean_at_start", None].value, found["mean_at_start", None].excluded) == (20, 1)
    assert math.isnan(found["mean_modelled", 7.0].value) and "too_few" in found["mean_modelled", 7.0].flag


def test_each_group_has_its_own_model_and_patients_count_once():
    """By track: each level is what it is by itself; with everyone twice, errors are those of the people."""
    scores, stays = leaving(6, n=120, weeks=4)
    tracks = ["a", "b"] * 60
    at = (14, 28)
    with program(scores, stays, track=tracks) as data, program(scores[1::2], stays[1::2], track="b") as alone:
        both, one = (iop.weekly_course(each, scale="phq9", by="track", at=at) for each in (data, alone))
        assert numbers(both, "b")["mean_modelled", 28.0].value == pytest.approx(numbers(one, "b")["mean_modelled", 28.0].value, rel=1e-9)
        contrast = iop.compare(data, measure="weekly_course", scale="phq9", estimand="mean_change_modelled", by="track").results
        assert any(e.contrast and e.time == 28.0 and math.isfinite(e.low) for e in contrast)
    twice = np.vstack([scores, scores])
    people = [f"p{i}" for i in range(120)] * 2
    with program(twice, [*stays, *stays], patient_id=people) as data, program(scores, stays, patient_id=people[:120]) as once:
        repeated, single = (numbers(iop.weekly_course(each, scale="phq9", at=at))["mean_modelled", 28.0] for each in (data, once))
    assert repeated.value == pytest.approx(single.value, rel=1e-6)
    assert repeated.se == pytest.approx(single.se, rel=0.02)
    assert repeated.method.endswith("by patient")


def test_what_is_released_tells_no_small_week():
    """A week with 1 to 10 scores has no number, modelled or plain; nor has one whose complement is small; the answer draws and speaks."""
    scores, stays = leaving(8, n=120, weeks=4)
    scores[5:, 3] = np.nan
    scores[:, 2] = np.where(np.arange(120) < 117, 12 + np.arange(120) % 3, np.nan)
    stays = np.maximum(stays, 17)
    with program(scores, stays) as data:
        answer = iop.weekly_course(data, scale="phq9", at=(7, 14, 21, 28))
        released = answer.release("cms11")
        shown = {(e.estimand, e.time): e for e in released}
        for day in (14.0, 21.0):
            assert not shown["mean_scored", day].shown and not shown["mean_modelled", day].shown and not shown["scored_share", day].shown
        assert shown["mean_modelled", 28.0].shown
        assert released.audited == "whole"
        axes = answer.plot()
        assert "not drawn: week 2 and 3" in axes.words
        assert "by week 4" in answer.sentence() and "scored that week average" in answer.sentence()


@pytest.mark.parametrize("at", [(), (10,), (7.5,), (0,), (189,), (True,), "7"])
def test_days_that_end_no_week_are_refused(at):
    """With what is allowed."""
    with program([[20, 10]], [20]) as data, pytest.raises(iop.UsageError, match="end a week"):
        iop.weekly_course(data, scale="phq9", at=at)


def test_scores_at_the_ends_alone_tell_no_course():
    """Beside the episode there is no day: the reason, and what would bring an answer."""
    frame = pd.DataFrame(
        {"episode_id": ["a"], "track": "x", "discharge_reason": "completed", "los_days": 40, "phq9_admit": 20, "phq9_discharge": 10}
    )
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
        for ask in (iop.weekly_course, iop.not_on_track, iop.sudden_gains, iop.early_response):
            assert "no score in care" in iop.attempt(ask, data, scale="phq9").sentence()
