"""Rows that repeat another cell for cell: kept once among episodes and scores, all kept among events; rows of one id that differ are an error."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.errors import DataError
from tests.intake import sites


def flows(data):
    """Rows in, rows used and what was left out of each table."""
    return {flow.what: (flow.rows_in, flow.used, dict(flow.excluded)) for flow in data.flow}


def found(data):
    """What was found, as (rule, severity, file, lines)."""
    return [(f.rule, f.severity, f.file, f.lines) for f in data.findings]


@pytest.mark.parametrize("on_error", ["raise", "exclude"])
def test_an_episode_that_stands_twice_is_kept_once(tmp_path, on_error):
    """Three rows of e02 alike: one is used, two are exact copies; its scores and events stay with it."""
    rows = sites.episodes()
    sites.write(tmp_path, episodes=[*rows, rows[3], rows[3]])
    with iop.load(tmp_path, on_error=on_error) as data:
        assert flows(data) == {
            "episodes": (26, 24, {"exact copy": 2}),
            "scores": (48, 48, {}),
            "events": (12, 12, {}),
        }
        assert found(data) == [("exact_copy", "note", "episodes.csv", (26, 27))]
        assert data.count([Column("track")]).total == 24


def test_a_score_that_stands_twice_is_kept_once(tmp_path):
    """The copy is counted, and it is no second score of the day."""
    rows = sites.scores()
    sites.write(tmp_path, scores=[*rows, rows[1]])
    with iop.load(tmp_path) as data:
        assert flows(data)["scores"] == (49, 48, {"exact copy": 1})
        assert found(data) == [("exact_copy", "note", "scores.csv", (50,))]


def test_copies_are_compared_by_what_is_read(tmp_path):
    """15 and 15.0 are one number, a space at the end is nothing, and a column that is not read does not tell two rows apart."""
    rows = [[*row, "remark" if i == 0 else str(i)] for i, row in enumerate(sites.episodes())]
    copy = [cell if name != "los_days" else f"{cell}.0 " for name, cell in zip(rows[0], rows[3], strict=True)]
    sites.write(tmp_path, episodes=[*rows, [*copy[:-1], "another"]])
    with iop.load(tmp_path) as data:
        assert flows(data)["episodes"] == (25, 24, {"exact copy": 1})


def test_rows_of_one_episode_that_differ_are_an_error(tmp_path):
    """Which of them is right cannot be known; a copy beside them is still a copy."""
    rows = sites.episodes()
    other = sites.planted(rows, 3, "phq9_admit", "3")[3]
    sites.write(tmp_path, episodes=[*rows, rows[3], other])
    with pytest.raises(DataError, match=r"^episodes\.csv:4: episode_id: duplicate_id: .*\(lines 4, 27\)"):
        iop.load(tmp_path)
    with iop.load(tmp_path, on_error="exclude") as data:
        assert flows(data) == {
            "episodes": (26, 23, {"rows with an error": 2, "exact copy": 1}),
            "scores": (48, 46, {"rows of excluded episodes": 2}),
            "events": (12, 11, {"rows of excluded episodes": 1}),
        }


def test_scores_of_one_day_that_differ_are_both_kept(tmp_path):
    """The lower counts at admission, the higher at discharge, and a warning names them."""
    rows = sites.scores()
    sites.write(tmp_path, scores=[*rows, sites.planted(rows, 1, "score", "3")[1]])
    with iop.load(tmp_path) as data:
        assert flows(data)["scores"] == (49, 49, {})
        assert found(data) == [("score_twice", "warning", "scores.csv", (2, 50))]
        assert "on which higher is better that is the pair that looks better" in data.findings[0].hint


def test_a_faulty_row_that_stands_twice(tmp_path):
    """One row with an error and one copy of it; rows without an id cannot be told to be of one episode."""
    rows = sites.planted(sites.episodes(), 3, "phq9_admit", "99")
    nameless = sites.planted(rows, 5, "episode_id", "")
    sites.write(tmp_path, episodes=[*nameless, nameless[3], nameless[5]], scores=None, events=None)
    with iop.load(tmp_path, on_error="exclude") as data:
        assert flows(data)["episodes"] == (26, 22, {"rows with an error": 3, "exact copy": 1})


def test_events_alike_are_all_kept(tmp_path):
    """Nothing tells two calls of a day from one that was written twice: both stay, with a warning."""
    rows = sites.events()
    sites.write(tmp_path, events=[*rows, rows[1]])
    with iop.load(tmp_path) as data:
        assert flows(data)["events"] == (13, 13, {})
        assert found(data) == [("event_twice", "warning", "events.csv", (2, 14))]


def test_events_with_an_identifier_of_their_own():
    """One that repeats in every cell is kept once; rows that differ with one identifier are an error; a blank tells nothing."""
    episodes = pd.DataFrame({"episode_id": ["a"], "track": "mood", "discharge_reason": "completed", "los_days": 3, "follow_up_days": 90})
    event = {"episode_id": "a", "event": "relapse", "days_after_discharge": 5, "kind": "any_use"}
    given = [event | {"event_id": name} for name in ("1", "1", "2", None, None)]
    with iop.load({"episodes": episodes, "events": pd.DataFrame(given)}, mapping={"data": {"class": "synthetic"}}) as data:
        assert flows(data)["events"] == (5, 4, {"exact copy": 1})
    given[1]["days_after_discharge"] = 6
    with pytest.raises(iop.DataError, match="event_id_twice: rows that differ have one event_id"):
        iop.load({"episodes": episodes, "events": pd.DataFrame(given)}, mapping={"data": {"class": "synthetic"}})


def test_copies_in_frames():
    """Frames too, without scores beside the copy."""
    episodes = pd.DataFrame({"episode_id": ["a", "a"], "track": "mood", "discharge_reason": "completed", "los_days": 3})
    scores = pd.DataFrame({"episode_id": ["a", "a", "a"], "scale": "phq9", "day": [0, 0, 2], "score": [9, 9, 9]})
    with iop.load({"episodes": episodes, "scores": scores}, mapping={"data": {"class": "synthetic"}}) as data:
        assert {name: flow[1:] for name, flow in flows(data).items()} == {
            "episodes": (1, {"exact copy": 1}),
            "scores": (2, {"exact copy": 1}),
        }
        assert dict(data.count([ScoreAt("phq9", "admit")])) == {(9,): 1}


def test_copies_of_episodes_that_came_and_went(tmp_path):
    """A copy overlaps nothing, not even itself."""
    rows = [["episode_id", "patient_id", "track", "discharge_reason", "admit_date", "discharge_date"]]
    rows += [["a", "p", "mood", "completed", "2024-01-01", "2024-02-01"]] * 2
    sites.write(tmp_path, episodes=rows, scores=None, events=None, mapping=sites.DATED)
    with iop.load(tmp_path) as data:
        assert [rule for rule, *_ in found(data)] == ["exact_copy"]
