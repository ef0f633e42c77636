"""Takes columns and rows of episodes, gives the table with its types and its codebook, and nothing that says whose a row is."""

import numpy as np
import pandas as pd
import pytest

from iop_outcomes.intake.table import CODEBOOK, EpisodeTable, TableColumn

COLUMNS = (
    TableColumn("episode_id", "the episode", "", "id"),
    TableColumn("patient_id", "the person", "", "id"),
    TableColumn("track", "track", "", "words", allowed={"mh": "mh", "su": "su"}),
    TableColumn("los_days", "stay", "", "whole", unit="days"),
    TableColumn("ending", "how it ended", "", "words", source="derived", allowed={"completed": "completed", "dropped_out": "left early"}),
    TableColumn("change", "change", "", "number", unit="points", source="derived", measure="phq9_change", blank="no pair"),
    TableColumn("age", "age", "", "whole", source="derived"),
)
ROWS = pd.DataFrame(
    {"episode_id": ["z", "y", "x"], "patient_id": ["p", "p", None], "track": ["su", None, "mh"], "los_days": [9.0, None, 3.0]}
)
DERIVED = {"ending": np.array([1, np.nan, 0]), "change": np.array([2.5, np.nan, -1]), "age": np.array([np.nan, 40, 50])}


def table(hides_ids, rows=ROWS):
    """The table of these rows."""
    return EpisodeTable(COLUMNS, rows, {name: values[: len(rows)] for name, values in DERIVED.items()}, "working material", hides_ids)


def test_types_of_columns():
    """Words are categories, whole numbers have blanks, and a word is looked up by its place."""
    frame = table(hides_ids=False).to_frame()
    assert list(frame) == [column.name for column in COLUMNS]
    assert frame.episode_id.tolist() == ["z", "y", "x"]
    assert [str(frame[name].dtype) for name in ("track", "los_days", "ending", "change", "age")] == [
        *("category", "Int64", "category", "float64", "Int64")
    ]
    assert frame.ending.astype(object).where(frame.ending.notna(), None).tolist() == ["dropped_out", None, "completed"]
    assert list(frame.ending.cat.categories) == ["completed", "dropped_out"]
    assert frame.los_days.sum() == 12 and frame.age.isna().tolist() == [True, False, False]


@pytest.mark.parametrize("seed", range(3))
def test_neither_ids_nor_the_order_of_rows_say_anything_of_the_ids(seed):
    """Other ids and another order of rows give the same table; who is the same person still is, and a blank stays blank."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(3)
    other = ROWS.assign(episode_id=rng.permutation(["1", "2", "3"]), patient_id=["q", "q", None]).iloc[order].reset_index(drop=True)
    moved = EpisodeTable(COLUMNS, other, {name: values[order] for name, values in DERIVED.items()}, "", hides_ids=True).to_frame()
    hidden = table(hides_ids=True).to_frame()
    pd.testing.assert_frame_equal(moved, hidden)
    assert sorted(hidden.episode_id) == [1, 2, 3]
    assert hidden.loc[hidden.los_days != 3, "patient_id"].nunique() <= 1 and hidden.patient_id.isna().sum() == 1


def test_the_codebook_says_each_column_and_how_many_are_blank():
    """A word stands for itself, or says what it stands for."""
    book = table(hides_ids=False).codebook_to_frame().set_index("column")
    assert ["column", *book.columns] == list(CODEBOOK)
    assert book["values"].to_dict() | {"track": "mh; su", "ending": "completed; dropped_out = left early"} == book["values"].to_dict()
    assert (book.n + book.n_blank).tolist() == [3] * len(COLUMNS)
    assert book.n_blank.to_dict() == {name: int(n) for name, n in table(hides_ids=False).to_frame().isna().sum().items()}
    assert book.loc["change", ["unit", "source", "measure", "blank"]].tolist() == ["points", "derived", "phq9_change", "no pair"]


def test_no_episode_is_a_table_without_rows():
    """With every column and the same codebook."""
    nobody = table(hides_ids=True, rows=ROWS.iloc[:0])
    assert nobody.to_frame().shape == (0, len(COLUMNS))
    assert nobody.codebook_to_frame().n.tolist() == [0] * len(COLUMNS)
