"""Where a score beside the episode is blank, a score of the table stands in; the finding says for whom, by the rule of the definitions."""

import pandas as pd
import pytest

import iop_outcomes as iop

SYNTHETIC = {"data": {"class": "synthetic"}}


def found(scores, *, los=40, **wide):
    """(column, rows) of the findings, for one episode with these scores (day, score) in the table and these beside it."""
    episodes = pd.DataFrame([{"episode_id": "e", "track": "mood", "discharge_reason": "completed", "los_days": los, **wide}])
    other = episodes.assign(episode_id="f", los_days=9, phq9_admit=9, phq9_discharge=9)
    rows = pd.DataFrame(scores, columns=["day", "score"]).assign(episode_id="e", scale="phq9")
    with iop.load({"episodes": pd.concat([episodes, other]), "scores": rows}, mapping=SYNTHETIC) as data:
        return [(f.column, f.lines, f.severity) for f in data.findings if f.rule == "score_stands_in"]


NONE = {"phq9_admit": None, "phq9_discharge": None}
ADMIT, DISCHARGE = ("phq9_admit", (1,), "note"), ("phq9_discharge", (1,), "note")


@pytest.mark.parametrize(
    ("scores", "wide", "expected", "why"),
    [
        ([(0, 9)], {"phq9_admit": None, "phq9_discharge": 4}, [ADMIT], "a score at admission"),
        ([(4, 9)], {"phq9_admit": None, "phq9_discharge": 4}, [], "outside the window"),
        ([(0, None)], {"phq9_admit": None, "phq9_discharge": 4}, [], "a blank score is none"),
        ([(0, 9)], {"phq9_admit": 9, "phq9_discharge": 4}, [], "nothing is blank"),
        ([(40, 5)], {"phq9_admit": 9, "phq9_discharge": None}, [DISCHARGE], "a score at discharge"),
        ([(55, 5)], {"phq9_admit": 9, "phq9_discharge": None}, [], "outside the window"),
        ([(0, 9), (40, 5)], NONE, [ADMIT, DISCHARGE], "both"),
    ],
)
def test_a_long_stay(scores, wide, expected, why):
    """Each score inside its window of a stay of 40 days."""
    assert found(scores, **wide) == expected, why


@pytest.mark.parametrize(
    ("scores", "wide", "expected", "why"),
    [
        ([(3, 5)], {"phq9_admit": 9, "phq9_discharge": None}, [], "it may be the admission score itself"),
        ([(4, 5)], {"phq9_admit": 9, "phq9_discharge": None}, [DISCHARGE], "after every day of admission"),
        ([(-2, 9)], {"phq9_admit": None, "phq9_discharge": 4}, [], "it may be the discharge score itself"),
        ([(-3, 9)], {"phq9_admit": None, "phq9_discharge": 4}, [ADMIT], "before every day of discharge"),
        ([(2, 9)], NONE, [ADMIT], "one score makes no pair"),
        ([(1, 9), (2, 5)], NONE, [ADMIT, DISCHARGE], "a later day than the admission score"),
    ],
)
def test_a_short_stay(scores, wide, expected, why):
    """A stay of 5 days, in which both windows share days."""
    assert found(scores, los=5, **wide) == expected, why


def test_without_a_wide_column_nothing_stands_in():
    """Scores in the table alone are where they belong, and a column of one moment says nothing of the other."""
    episodes = pd.DataFrame({"episode_id": ["e"], "track": "mood", "discharge_reason": "completed", "los_days": 40})
    scores = pd.DataFrame({"episode_id": ["e"], "scale": "phq9", "day": [0], "score": [9]})
    with iop.load({"episodes": episodes, "scores": scores}, mapping=SYNTHETIC) as data:
        assert not data.findings
    with iop.load({"episodes": episodes.assign(phq9_admit=None), "scores": scores}, mapping=SYNTHETIC) as data:
        assert [f.column for f in data.findings if f.rule == "score_stands_in"] == ["phq9_admit"]
