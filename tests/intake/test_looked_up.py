"""Takes rows that belong to episodes, gives proof that what is looked up or judged once is named wherever it is."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError

MAPPING = {"data": {"class": "limited_data_set"}}


def program(known, unknown="e9"):
    """Three episodes, one of an id that is given, and scores of all of them and of one that is not there."""
    episodes = pd.DataFrame({"episode_id": ["e0", known, "e2"], "track": "mood", "discharge_reason": "completed", "los_days": 30})
    ids = ["e0", known, known, "e2", unknown]
    scores = pd.DataFrame({"episode_id": ids, "scale": "phq9", "day": [0, 0, 29, 0, 1], "score": [12, 9, 4, 20, 3]})
    return {"episodes": episodes, "scores": scores}


def lines(frames, rule):
    """The rows that a rule names, by file."""
    with pytest.raises(DataError) as refused:
        iop.load(frames, mapping=MAPPING)
    return {finding.file: finding.lines for finding in refused.value.findings if finding.rule == rule}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("jane@example.org", "identifier_value"),
        ("a\u200bb", "control_character"),
        ("x" * 90, "label_too_long"),
        ("(missing)", "reserved_word"),
    ],
)
def test_an_id_is_named_in_every_table(text, rule):
    """In the rows of its episode and of its scores, whether or not the episode is there."""
    both = lines(program(text, text), rule)
    assert both == {"episodes (data frame)": (2,), "scores (data frame)": (2, 3, 5)}
    assert lines(program("e1", text), rule) == {"scores (data frame)": (5,)}


def test_episodes_are_grouped_by_their_ids_once(tmp_path):
    """However many tables and questions there are."""
    frames = program("e1", "e2")
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    frames["events"] = pd.DataFrame({"episode_id": ["e0"], "event": ["relapse"], "day": [40]})
    frames["events"].to_parquet(tmp_path / "events.parquet")
    with iop.load(tmp_path, mapping={"data": {"class": "synthetic"}}) as data:
        sent = data.engine.connection.statements
        assert sum("GROUP BY episode_id" in statement for statement in sent) == 1
        assert not any(statement.startswith(("SELECT count(*) FROM scores", "SELECT count(*) FROM listed_events")) for statement in sent)
        assert [flow.used for flow in data.flow] == [3, 5, 1]


def test_a_coded_column_is_named_once_in_a_statement():
    """With codes, missing codes and a scale of its own, though reading one asks several things of its text: planning stays short."""
    codes = {name: {str(code): f"word_{code}" for code in range(1, 4)} for name in ("payer", "referral_source", "sex")}
    frame = pd.DataFrame({"episode_id": ["e0", "e1"], "track": "mood", "discharge_reason": "completed", "LOS_RAW": ["30", "-9"]})
    frame = frame.assign(**{f"RAW_{name}": ["1", "2.0"] for name in codes})
    mapping = {
        "data": {"class": "synthetic"},
        "columns": {"episodes": {"los_days": "LOS_RAW", **{name: f"RAW_{name}" for name in codes}}},
        "codes": codes,
        "missing": {"all": ["-9"]},
    }
    with iop.load(frame, mapping=mapping) as data:
        sent = data.engine.connection.statements
        assert data.episodes == 2
        assert [estimate.level for estimate in iop.completion(data, by="sex").results if estimate.estimand == "completion_strict"] == [
            "All",
            "word_1",
            "word_2",
        ]
        for name in ("LOS_RAW", "RAW_payer", "RAW_sex"):
            assert max(statement.count(f'"{name}"') for statement in sent) == 1
