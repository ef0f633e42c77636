"""Takes the declarations of kinds of rows, gives proof that a new kind is one declaration and that no code asks which kind it has before it."""

import ast
from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes import columns
from iop_outcomes.columns import COUNTED, KINDS, Column, Field, RowKind
from iop_outcomes.errors import DataError
from iop_outcomes.intake.propose import propose
from tests.pages import both_files

PACKAGE = Path(iop.__file__).parent


# -- nobody asks -------------------------------------------------------------------------------------------------------


def kinds_in(node):
    """Names of kinds of rows that are written out in a part of the code."""
    constants = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return {constant.value for constant in constants if isinstance(constant, ast.Constant) and constant.value in KINDS}


def questions(text):
    """Lines that compare something with the name of a kind; only whether a kind is among those that came may be asked."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare):
            among = isinstance(node.left, ast.Constant) and all(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops)
            sides = node.comparators if among else [node.left, *node.comparators]
            if any(map(kinds_in, sides)):
                lines.append(node.lineno)
        if isinstance(node, ast.MatchValue) and kinds_in(node.value):
            lines.append(node.value.lineno)
    return lines


def test_no_code_asks_which_kind_of_rows_it_has():
    """What differs between kinds is in their declarations."""
    paths = sorted(PACKAGE.rglob("*.py"))
    assert len(paths) > 100
    assert {str(path.relative_to(PACKAGE)): lines for path in paths if (lines := questions(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('if table == "events":\n    pass', [1]),
        ('x = 1\nif "scores" != item.table:\n    pass', [2]),
        ('y = table in ("scores", "events")', [1]),
        ('y = table not in {"episodes"}', [1]),
        ('z = {"episodes", "contacts"} <= set(tables)', [1]),
        ('match table:\n    case "scores":\n        pass', [2]),
        ('y = "events" in plans', []),
        ('y = table == "covariates"', []),
    ],
)
def test_the_rule_tells_questions_from_others(text, lines):
    """The rule itself, on cases made by hand."""
    assert questions(text) == lines


# -- a new kind --------------------------------------------------------------------------------------------------------

MEALS = RowKind(
    "meals",
    (
        Field("episode_id", "text", "the episode", blank="not allowed", required=True),
        Field("day", "integer", "counted from admission (days)", blank="not allowed", low=0, high=36_500, required=True),
        Field("course", "code", "which meal", allowed=("breakfast", "lunch"), required=True),
    ),
    parent=COUNTED,
)


@pytest.fixture
def meals(monkeypatch):
    """A kind of rows that nothing in the package knows of."""
    monkeypatch.setitem(columns._KINDS, MEALS.name, MEALS)
    episodes = pd.DataFrame({"episode_id": ["e0", "e1", "e2"], "track": "mood", "discharge_reason": "completed", "los_days": 30})
    rows = pd.DataFrame({"episode_id": ["e0", "e0", "e1", "e2"], "day": [1, 2, 3, 4], "course": ["lunch", "breakfast", None, "lunch"]})
    return {"episodes": episodes, "meals": rows}


def test_a_new_kind_of_rows_is_one_declaration(meals):
    """Its table is read, counted in the flow and kept for engines, from frames and from files alike."""
    with iop.load(meals, mapping={"data": {"class": "synthetic"}}) as data:
        assert [str(flow) for flow in data.flow] == ["episodes: 3 in = 3 used", "meals: 4 in = 4 used"]
        assert {"episodes", "meals"} <= data.facts.given and "meals" in data.facts.filled
        assert data.engine.connection.one("SELECT count(*) FROM meals WHERE course = 'lunch'") == 2
        assert data.count([Column("track")]).total == 3


def test_a_new_kind_of_rows_stands_in_files_too(meals, tmp_path):
    """meals.csv beside episodes.csv, its columns renamed and its codes translated by the mapping."""
    meals["meals"] = meals["meals"].rename(columns={"course": "gang"}).replace({"lunch": "L"})
    for name, frame in meals.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    mapping = {"data": {"class": "synthetic"}, "columns": {"meals": {"course": "gang"}}, "codes": {"course": {"L": "lunch"}}}
    with iop.load(tmp_path, mapping=mapping) as data:
        assert data.engine.connection.one("SELECT count(*) FROM meals WHERE course = 'lunch'") == 2


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("episode_id", "nobody", "no_such_episode"),
        ("day", -1, "out_of_range"),
        ("day", None, "blank"),
        ("course", "supper", "unknown_code"),
    ],
)
def test_a_new_kind_of_rows_is_checked(meals, column, value, rule):
    """By its columns and by its parent; a faulty row is left out, and so are the rows of an episode that is."""
    meals["meals"][column] = meals["meals"][column].astype(object)
    meals["meals"].loc[1, column] = value
    with pytest.raises(DataError, match=rule):
        iop.load(meals, mapping={"data": {"class": "synthetic"}})
    meals["episodes"].loc[2, "discharge_reason"] = "no such word"
    with iop.load(meals, mapping={"data": {"class": "synthetic"}}, on_error="exclude") as data:
        assert str(data.flow[1]) == "meals: 4 in = 2 used + 1 rows with an error + 1 rows of excluded episodes"


def test_a_new_kind_of_rows_without_a_needed_column_is_refused(meals):
    """As any other table is."""
    meals["meals"] = meals["meals"].drop(columns="course")
    with pytest.raises(DataError, match="missing_column"):
        iop.load(meals, mapping={"data": {"class": "synthetic"}})


def test_a_new_kind_of_rows_is_proposed_and_named_in_provenance(meals, tmp_path):
    """A mapping is proposed for its file, and a report says where its rows come from and what became of them."""
    meals["meals"] = meals["meals"].rename(columns={"day": "dy"})
    for name, frame in meals.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    proposal = propose(tmp_path).text
    assert "[columns.meals]" in proposal and "needed: day, counted from admission (days)" in proposal
    with iop.load(tmp_path, mapping={"data": {"class": "synthetic"}, "columns": {"meals": {"day": "dy"}}}) as data:
        assert [source.table for source in data.provenance.sources] == ["episodes", "meals"]
        report = both_files(iop.report(data, by="track", policy="none"))
        assert "meals.csv" in report


def test_rows_of_a_new_kind_stay_with_the_episodes_of_narrower_data(meals):
    """Its flow is kept, and the episodes that are left are counted."""
    meals["episodes"]["track"] = ["mood", "mood", "trauma"]
    with iop.load(meals, mapping={"data": {"class": "synthetic"}}) as data:
        narrowed = data.where(track=["mood"])
        assert [str(flow) for flow in narrowed.flow] == ["episodes: 3 in = 2 used + 1 outside track mood", "meals: 4 in = 4 used"]
