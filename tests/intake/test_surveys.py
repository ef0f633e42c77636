"""Takes surveys with several scales side by side, gives proof that they load as the scores they are."""

import random

import pandas as pd
import pytest

import iop_outcomes as iop
from tests.intake.test_placing import episode, placed, score

MAPPING = {"data": {"class": "synthetic", "cutoff": "2024-12-31"}}
ITEMS = {"phq9": [f"phq9_{i}" for i in range(1, 10)], "gad7": [f"gad7_{i}" for i in range(1, 8)]}
EPISODES = [episode(f"e{i}", f"p{i}", 10 * i, 40) for i in range(20)]


def surveys(seed, *, blanks=0.1):
    """Surveys by patient and date: the items of two scales, either of which may be blank throughout."""
    rng = random.Random(seed)
    rows = []
    for i in range(20):
        for day in (0, 20, 40):
            row = {name: score(f"p{i}", 10 * i + day)[name] for name in ("patient_id", "date")}
            for names in ITEMS.values():
                blank = rng.random() < blanks
                row |= {name: None if blank else rng.randrange(4) for name in names}
            rows.append(row)
    return rows


def long_of(rows):
    """The same, one row for each scale that was answered, with its total."""
    return [
        {"patient_id": row["patient_id"], "date": row["date"], "scale": scale, "score": sum(row[name] for name in names)}
        for row in rows
        for scale, names in ITEMS.items()
        if row[names[0]] is not None
    ]


def load(scores, mapping=MAPPING, **options):
    """A program with these scores."""
    return iop.load({"episodes": pd.DataFrame(EPISODES), "scores": pd.DataFrame(scores)}, mapping=mapping, **options)


def scores_of(data):
    """Every score that is used."""
    return data.engine.connection.send("SELECT episode_id, scale, day, score FROM scores ORDER BY ALL").fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_items_side_by_side_are_the_scores_of_each_scale(seed):
    """The totals, one by one; a scale that nobody answered in a survey is no row of it."""
    rows = surveys(seed)
    with load(rows) as wide, load(long_of(rows)) as long:
        assert scores_of(wide) == scores_of(long)
        assert [(f.rows_in, f.used) for f in wide.flow] == [(f.rows_in, f.used) for f in long.flow]
        assert wide.facts.safety_items == {"phq9"}
        assert {each.rule for each in wide.findings} == {"placed"}  # a total that nobody meant to bring is no blank column


@pytest.mark.parametrize("pattern", ["{}", "{}_total", "{}_score"])
def test_totals_side_by_side(pattern):
    """Under the name of the scale, or with what it is."""
    rows = [{**score("p1", 10), pattern.format("phq9"): 11, pattern.format("gad7"): 7}, {**score("p2", 20), pattern.format("gad7"): 3}]
    for row in rows:
        del row["scale"], row["score"]
    with load(rows) as data:
        assert scores_of(data) == [("e1", "gad7", 0, 7), ("e1", "phq9", 0, 11), ("e2", "gad7", 0, 3)]


def test_names_of_the_site():
    """A mapping says where each total and item stands."""
    rows = [{"who": "p1", "when": "2024-01-11", "Total PHQ": 12, "G1": 1, **{f"G{i}": 2 for i in range(2, 8)}}]
    names = {"patient_id": "who", "date": "when", "phq9": "Total PHQ", **{f"gad7_{i}": f"G{i}" for i in range(1, 8)}}
    with load(rows, {**MAPPING, "columns": {"scores": names}}) as data:
        assert scores_of(data) == [("e1", "gad7", 0, 13), ("e1", "phq9", 0, 12)]


def test_one_scale_needs_no_column_that_names_it():
    """Items of one scale alone say which it is."""
    rows = [{"episode_id": "e1", "day": 3, **dict.fromkeys(ITEMS["phq9"], 1)}]
    with load(rows) as data:
        assert scores_of(data) == [("e1", "phq9", 3, 9)]


def test_a_total_and_its_items_must_agree():
    """As in a table of scores."""
    rows = [{"episode_id": "e1", "day": 3, "phq9": 20, **dict.fromkeys(ITEMS["phq9"], 1)}]
    with pytest.raises(iop.DataError, match="items"):
        load(rows).close()


def test_faults_name_the_line_of_the_survey_once(tmp_path):
    """Lines are those of the file, whichever scale has the fault; nothing of a value is said."""
    rows = [{**row, "gad7_3": 7} if i in (4, 8) else row for i, row in enumerate(surveys(5, blanks=0))]
    pd.DataFrame(EPISODES).to_csv(tmp_path / "episodes.csv", index=False)
    pd.DataFrame(rows).to_csv(tmp_path / "scores.csv", index=False)
    with pytest.raises(iop.DataError) as refusal:
        iop.load(tmp_path, mapping=MAPPING).close()
    (fault,) = [finding for finding in refusal.value.findings if finding.severity == "error"]
    assert (fault.file, fault.column, fault.lines) == ("scores.csv", "gad7_3", (6, 10))
    with iop.load(tmp_path, mapping=MAPPING, on_error="exclude") as data:
        assert len(placed(data, "scores")) == 2 * len(rows) - 2  # PHQ-9 of the two surveys stays


def test_a_table_that_names_its_scales_is_left_as_it_is():
    """A column called phq9 beside scale and score is one that nobody reads."""
    with load([{**score("p1", 10), "phq9": 3}]) as data:
        assert scores_of(data) == [("e1", "phq9", 0, 10)]
        assert any("phq9" in finding.message for finding in data.findings if finding.rule == "not_read")
