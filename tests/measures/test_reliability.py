"""Takes forms and scores, gives what is said of how reliable a scale is: of whom, by which forms, and what is not told."""

import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop

ITEMS = [f"phq9_{number}" for number in range(1, 10)]


def forms(seed, n, spread=0.8):
    """So many forms of nine items of 0 to 3 that share something."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, 1))
    return np.clip(np.round(factor * spread + rng.normal(size=(n, 9)) * 0.8 + 1.2), 0, 3).astype(int)


def scores(answers, day, first=0, scale="phq9"):
    """Rows of items on a day, of the episodes from `first` on."""
    frame = pd.DataFrame(answers, columns=ITEMS, dtype="Int64")
    frame.insert(0, "episode_id", [f"e{first + i}" for i in range(len(frame))])
    return frame.assign(scale=scale, day=day)


def loaded(n, rows, **columns):
    """A program of n episodes of 30 days."""
    episodes = {"episode_id": [f"e{i}" for i in range(n)], "track": "a", "discharge_reason": "completed", "los_days": 30, **columns}
    return iop.load({"episodes": pd.DataFrame(episodes), "scores": rows}, mapping={"data": {"class": "synthetic"}})


def numbers(data, **options):
    """What is said of everyone, by estimand."""
    return {e.estimand: e for e in iop.reliability(data, scale="phq9", **options).results if e.level == "All"}


def slow_alpha(rows):
    """Cronbach's formula over rows."""
    rows = np.asarray(rows, dtype=float)
    k = rows.shape[1]
    return k / (k - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))


def test_complete_forms_at_admission_count():
    """Not those of discharge, not the farther of two, not one with a blank, not of those in care; each is counted for what it is."""
    answers = forms(1, 40)
    blank = answers[30:32].astype(object)
    blank[:, 2] = None
    rows = pd.concat(
        [
            scores(answers[:30], 0),
            scores(blank, 1, first=30),
            scores(answers[32:40], 0, first=32),
            scores(forms(2, 40), 30),
            scores(forms(3, 5), -6),
        ]
    )
    reasons = ["completed"] * 38 + ["not_started"] * 2
    with loaded(42, rows, discharge_reason=[*reasons, "completed", "completed"]) as data:
        found = numbers(data)
    assert found["alpha"].value == pytest.approx(slow_alpha(np.vstack([answers[:30], answers[32:38]])), abs=1e-12)
    assert (found["alpha"].n, found["alpha"].n_missing, found["alpha"].excluded) == (36, 4, 2)
    assert (found["floor"].n, found["floor"].n_missing) == (38, 2)


def test_the_form_is_the_one_whose_score_counts():
    """Two forms on the day of admission: the lower score is the admission score, and its answers are those looked at."""
    low, high = forms(1, 30), forms(2, 30)
    swap = low.sum(axis=1) > high.sum(axis=1)
    low[swap], high[swap] = high[swap].copy(), low[swap].copy()
    tied = low.sum(axis=1) == high.sum(axis=1)
    high[tied] = low[tied]
    with loaded(30, pd.concat([scores(high, 0), scores(low, 0)])) as data:
        assert numbers(data)["alpha"].value == pytest.approx(slow_alpha(low), abs=1e-12)


def test_reversed_items_are_turned():
    """CORE-10 counts items 2 and 3 from the other end: alpha of the answers as they count."""
    rng = np.random.default_rng(4)
    points = np.clip(np.round(rng.normal(size=(60, 1)) + rng.normal(size=(60, 10)) + 2), 0, 4).astype(int)
    given = points.copy()
    given[:, [1, 2]] = 4 - given[:, [1, 2]]
    rows = pd.DataFrame(given, columns=[f"core10_{i}" for i in range(1, 11)]).assign(
        episode_id=[f"e{i}" for i in range(60)], scale="core10", day=0
    )
    with loaded(60, rows) as data:
        frame = iop.reliability(data, scale="core10").to_frame().set_index("estimand")
    assert frame.value["alpha"] == pytest.approx(slow_alpha(points), abs=1e-12)


def test_domains_are_what_counts_where_the_highest_answer_does():
    """QIDS: alpha of its nine domains, not of its sixteen items."""
    rng = np.random.default_rng(6)
    given = np.clip(np.round(rng.normal(size=(80, 1)) + rng.normal(size=(80, 16)) + 1), 0, 3).astype(int)
    domains = np.column_stack(
        [given[:, :4].max(axis=1), given[:, 4], given[:, 5:9].max(axis=1), *(given[:, i] for i in range(9, 14)), given[:, 14:].max(axis=1)]
    )
    rows = pd.DataFrame(given, columns=[f"qids16_{i}" for i in range(1, 17)]).assign(
        episode_id=[f"e{i}" for i in range(80)], scale="qids16", day=0
    )
    with loaded(80, rows) as data:
        frame = iop.reliability(data, scale="qids16").to_frame().set_index("estimand")
    assert frame.value["alpha"] == pytest.approx(slow_alpha(domains), abs=1e-12)


def test_subscales_are_scales_of_their_own():
    """Each of DASS-21 has its alpha and its change, from the rows of the form; the form has none, as it has no total."""
    rng = np.random.default_rng(7)
    given = np.clip(np.round(rng.normal(size=(50, 1)) + rng.normal(size=(50, 21)) + 1), 0, 3).astype(int)
    rows = pd.DataFrame(given, columns=[f"dass21_{i}" for i in range(1, 22)]).assign(
        episode_id=[f"e{i}" for i in range(50)], scale="dass21", day=0
    )
    with loaded(50, rows) as data:
        frame = iop.reliability(data, scale="dass21_depression").to_frame().set_index("estimand")
        change = iop.symptom_change(data, scale="dass21_anxiety").to_frame().set_index("estimand")
        with pytest.raises(iop.UsageError, match=r"has no total score.* dass21_depression, dass21_anxiety, dass21_stress"):
            iop.reliability(data, scale="dass21")
        assert data.flow[1].used == 50
    assert frame.value["alpha"] == pytest.approx(slow_alpha(given[:, [2, 4, 9, 12, 15, 16, 20]]), abs=1e-12)
    assert change.value["mean_change_if_missing_unchanged"] == 0
    assert change.n["mean_change_if_missing_unchanged"] == 50


def test_retest_is_of_two_days_at_admission():
    """First and last of the window; the same day twice is no retest, and a score on day 4 is none of it."""
    first, last = [10, 14, 8, 20, 11], [12, 13, 9, 17, 11]
    rows = pd.DataFrame(
        [(f"e{i}", "phq9", day, score) for i in range(5) for day, score in ((-7, first[i]), (-1, 27), (3, last[i]))]
        + [("e5", "phq9", 0, 5), ("e5", "phq9", 0, 9), ("e6", "phq9", 0, 5), ("e6", "phq9", 4, 9)],
        columns=["episode_id", "scale", "day", "score"],
    )
    with loaded(8, rows) as data:
        found = numbers(data)
    one, other = np.array(first, dtype=float), np.array(last, dtype=float)
    covariance = np.cov(one, other)
    spread = covariance[0, 0] + covariance[1, 1]
    assert found["icc_consistency"].value == pytest.approx(2 * covariance[0, 1] / spread, abs=1e-12)
    whole = spread + (one.mean() - other.mean()) ** 2 - (spread - 2 * covariance[0, 1]) / 5
    assert found["icc_agreement"].value == pytest.approx(2 * covariance[0, 1] / whole, abs=1e-12)
    assert (found["icc_agreement"].n, found["icc_agreement"].n_missing) == (5, 3)
    assert math.isnan(found["alpha"].value)
    assert "no_episodes" in found["alpha"].flag


def test_floor_and_ceiling():
    """The lowest and the highest score, of those with an admission score."""
    rows = pd.DataFrame({"episode_id": [f"e{i}" for i in range(8)], "scale": "phq9", "day": 0, "score": [0, 0, 0, 27, 26, 1, 5, 9]})
    with loaded(9, rows) as data:
        found = numbers(data)
    assert [(found[name].k, found[name].n) for name in ("floor", "ceiling")] == [(3, 8), (1, 8)]


def test_patients_who_repeat_widen_the_limits():
    """Everybody twice with the same answers: twice the episodes tell no more, and the limits are those of the people."""
    answers = forms(9, 60)
    once, twice = scores(answers, 0), scores(np.vstack([answers, answers]), 0)
    with loaded(60, once) as data:
        alone = numbers(data)["alpha"]
    with loaded(120, twice, patient_id=[f"p{i % 60}" for i in range(120)]) as data:
        paired = numbers(data)["alpha"]
    assert paired.value == pytest.approx(alone.value, abs=1e-3)
    assert paired.se == pytest.approx(alone.se, rel=0.02)
    assert paired.method == "Student t of ln(1 - coefficient), by patient"
    assert alone.method == "Feldt F"


def test_totals_alone_say_what_is_lacking():
    """Nobody has answered an item: the sentence says of whom alpha would be."""
    episodes = {
        "episode_id": range(30),
        "track": "a",
        "discharge_reason": "completed",
        "los_days": 30,
        "phq9_admit": 12,
        "phq9_discharge": 9,
    }
    with iop.load({"episodes": pd.DataFrame(episodes)}, mapping={"data": {"class": "synthetic"}}) as data:
        words = iop.reliability(data, scale="phq9").sentence()
    assert words == "Cronbach's alpha cannot be given: no data (discharged episodes with every item answered at admission: none)."


def test_what_may_be_shown():
    """A coefficient of 11 people is shown, one of 10 is not; floors are counts and withheld as such; totals only are no answer to items."""
    for n, shown in ((11, True), (10, False)):
        with loaded(n, scores(forms(11, n), 0)) as data:
            released = iop.reliability(data, scale="phq9").release("cms11").to_frame()
            assert released[released.estimand == "alpha"].value.notna().all() == shown
            assert len(released) == 0 or released.value[released.estimand == "alpha"].notna().any() == shown
    totals = pd.DataFrame({"episode_id": ["e0"], "scale": "bdi2", "day": 0, "score": [9]})
    with loaded(1, totals) as data:
        frame = iop.reliability(data, scale="bdi2").to_frame().set_index("estimand")
        assert frame.flag["alpha"] == "not_assessable; independence_assumed"
        assert "the data hold no PHQ-9 score" in iop.attempt(iop.reliability, data, scale="phq9").words
