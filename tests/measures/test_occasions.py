"""Takes scores after discharge, gives what is said of each occasion: who answered, the mean then, and the change between any two."""

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop

STAY = 40


def loaded(rows, follow_up, *, occasions=None, **columns):
    """Episodes of 40 days with scores at days after discharge; those at admission and discharge stand under "start" and "end"."""
    n = len(rows)
    episodes = {"episode_id": [f"e{i}" for i in range(n)], "track": "a", "discharge_reason": "completed", "los_days": STAY, **columns}
    if follow_up is not None:
        episodes["follow_up_days"] = follow_up
    days = {"start": 0, "end": STAY}
    scores = [
        (f"e{i}", "phq9", days.get(day, day if isinstance(day, str) else STAY + day), score)
        for i, row in enumerate(rows)
        for day, score in row.items()
    ]
    tables = {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(scores, columns=["episode_id", "scale", "day", "score"])}
    mapping = {"data": {"class": "synthetic"}} | ({"occasions": occasions} if occasions else {})
    return iop.load(tables, mapping=mapping)


def numbers(data, **options):
    """What is said of everyone, by estimand."""
    return {e.estimand: e for e in iop.occasions(data, scale="phq9", **options).results if e.level == "All"}


ROWS = [
    {"start": 20, "end": 12, 15: 10, 59: 11, 60: 9, 120: 8, 240: 6, 425: 4},
    {"start": 18, "end": 14, 14: 13, 241: 2, 305: 9},
    {"start": 16, "end": 10, 199: 7, 200: 9},
    {"start": 22, 130: 12},
]


def test_windows_are_closed_and_the_last_score_of_each_counts():
    """Day 14 is of discharge still, day 241 of nothing; of two on a day the higher."""
    with loaded(ROWS, [425, 425, 239, 240]) as data:
        found = numbers(data)
    means = {
        name: (found[f"mean_{name}"].value, found[f"mean_{name}"].n) for name in ("discharge", "month_1", "month_3", "month_6", "month_12")
    }
    assert means == {"discharge": (35 / 3, 3), "month_1": (11, 1), "month_3": (9, 1), "month_6": (9, 3), "month_12": (6.5, 2)}


def test_who_answered_is_of_those_followed_so_long():
    """A score of somebody followed for less is in the means, not in the share."""
    with loaded(ROWS, [425, 425, 239, None]) as data:
        found = numbers(data)
    six = found["answered_month_6"]
    assert (six.k, six.n, six.n_missing, six.excluded) == (1, 2, 1, 1)
    with loaded(ROWS, None) as data:
        assert (numbers(data)["answered_month_6"].n, numbers(data)["mean_month_6"].n) == (0, 3)


def test_the_sentence_names_every_occasion():
    """Where people are asked at month 6 alone, "answered at month 1: 0%" was all that it said; where nobody was followed so long nothing is said."""
    asked = [{"start": 20, "end": 12, **({180: 9} if i < 22 else {})} for i in range(40)]
    with loaded(asked, 300) as data:
        words = iop.occasions(data, scale="phq9").sentence()
    assert words == "Answered at month 1: 0% (0 of 40); range 0% to 9%. At month 3: nobody. At month 6: 55% (22 of 40)."


def test_changes_are_of_those_scored_at_both():
    """Any two, positive for improvement, against a slow version over rows."""
    rng = np.random.default_rng(5)
    days = ["start", "end", 30, 90, 180, 365]
    names = ["admission", "discharge", "month_1", "month_3", "month_6", "month_12"]
    table = np.where(rng.random((60, 6)) < 0.3, np.nan, rng.integers(0, 28, (60, 6)))
    rows = [{day: int(score) for day, score in zip(days, row, strict=True) if not np.isnan(score)} for row in table]
    with loaded(rows, 500) as data:
        found = numbers(data)
    for one in range(6):
        for other in range(one + 1, 6):
            change = (table[:, one] - table[:, other])[~np.isnan(table[:, one] - table[:, other])]
            got = found[f"change_{names[one]}_to_{names[other]}"]
            assert (got.value, got.n) == (pytest.approx(change.mean(), abs=1e-12), len(change))
            assert got.se == pytest.approx(change.std(ddof=1) / np.sqrt(len(change)), rel=1e-9)


def test_a_site_says_when_it_asks():
    """[occasions] stands in the place of the usual ones, and what it cannot mean is refused with its name."""
    with loaded([{"start": 20, "end": 12, 45: 9}] * 2, 400, occasions={"spring": [30, 90]}) as data:
        found = numbers(data)
        assert found["change_discharge_to_spring"].value == 3
        assert not any(name.startswith("answered_month") for name in found)
        assert not [finding for finding in data.findings if finding.rule == "score_outside_windows"]
    for wrong, why in (
        ({"spring": [10, 90]}, "spring: must be its first and last day"),
        ({"spring": [90, 30]}, "spring: must be its first and last day"),
        ({"discharge": [30, 60]}, "not admission, discharge"),
        ({"a": [30, 60], "b": [60, 90]}, "a and b share days"),
    ):
        with pytest.raises(iop.DataError, match=why):
            loaded([{"start": 20}], 400, occasions=wrong)


def test_released_together_nothing_small_follows():
    """Answered by few, or by all but few: neither the count nor its complement stands anywhere; without any score, the reason."""
    rows = [{"start": 20, "end": 12, **({30: 9} if i < 5 else {}), **({180: 8} if i < 57 else {})} for i in range(60)]
    with loaded(rows, 500) as data:
        released = iop.occasions(data, scale="phq9").release("cms11")
    shown = {e.estimand for e in released if e.shown}
    assert released.audited == "whole"
    assert not shown & {"answered_month_1", "mean_month_1", "answered_month_6", "mean_month_6", "change_discharge_to_month_6"}
    assert {"mean_admission", "change_admission_to_discharge"} <= shown
    with loaded([{"start": 20, "end": 12}], 500) as data:
        assert "no PHQ-9 score on any occasion" in iop.attempt(iop.occasions, data, scale="phq9").sentence()
