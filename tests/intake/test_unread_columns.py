"""A column that nobody reads never stops a frame or a file, whatever it holds; an index that is a needed column is used."""

import duckdb
import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from tests.intake import sites

SYNTHETIC = {"data": {"class": "synthetic"}}
EPISODES = {"episode_id": ["a", "b"], "track": "mood", "discharge_reason": "completed", "los_days": [3, 4]}

ODD = {
    "period": pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
    "interval": pd.Series(pd.interval_range(0, 2)),
    "sparse": pd.Series(pd.arrays.SparseArray([1, 0])),
    "cut": pd.Series(pd.cut([1, 2], [0, 1, 2])),
    "complex": pd.Series([1j, 2j]),
    "lists": pd.Series([[1, 2], ["a"]]),
    "dicts": pd.Series([{"a": 1}, {"b": [2]}]),
    "objects": pd.Series([object(), {1, 2}]),
    "timedelta": pd.Series(pd.to_timedelta([1, 2], unit="D")),
    "zones": pd.Series(pd.date_range("2024-01-01", periods=2, tz="America/New_York")),
    "bytes": pd.Series([b"\xff", None]),
    "records": pd.Series(np.array([(1, 2.0), (3, 4.0)], dtype=[("a", "i4"), ("b", "f8")]).tolist()),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_column_is_named_and_not_read(name):
    """It is named as not read, and the rest of the frame is."""
    with iop.load(pd.DataFrame(EPISODES).assign(odd=ODD[name]), mapping=SYNTHETIC) as data:
        assert data.episodes == 2
        assert [(f.rule, f.message) for f in data.findings] == [("not_read", "columns that are not read: odd")]


def test_an_odd_column_that_is_read_is_read_as_text():
    """A pandas period is a label of its own, and a sparse stay a stay."""
    frame = pd.DataFrame(EPISODES).assign(period=ODD["period"], los_days=pd.arrays.SparseArray([3, 0]))
    with iop.load(frame, mapping=SYNTHETIC) as data:
        assert list(data.count([Column("period"), Column("los_days")])) == [(("2024-01", 3), 1), (("2024-02", 0), 1)]


def test_odd_columns_of_polars_and_arrow():
    """Lists, structs and objects of polars, and lists of Arrow."""
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    rows = {"episode_id": ["a", "b"], "track": ["mood"] * 2, "discharge_reason": ["completed"] * 2, "los_days": [3, 4]}
    odd = polars.DataFrame(rows).with_columns(
        polars.Series("lists", [[1], [2, 3]]),
        polars.Series("structs", [{"a": 1}, {"a": 2}]),
        polars.Series("objects", [object(), {1}], dtype=polars.Object),
    )
    for frame in (odd, pyarrow.table({**rows, "lists": [[1], [2]], "nested": [{"a": [1]}, None]})):
        with iop.load(frame, mapping=SYNTHETIC) as data:
            assert data.episodes == 2
            assert [f.rule for f in data.findings] == ["not_read"]


def test_nested_columns_of_parquet(tmp_path):
    """Structs, lists and maps beside what is read."""
    cells = "'a' AS episode_id, 'mood' AS track, 'completed' AS discharge_reason, 3 AS los_days"
    odd = (
        "{'a': 1, 'b': [1, 2]} AS struct, [{'c': 1}] AS list, MAP {'k': [1]} AS map, INTERVAL 1 DAY AS span, uuid() AS id, 'x'::BLOB AS raw"
    )
    duckdb.execute(f"COPY (SELECT {cells}, {odd}) TO '{tmp_path}/episodes.parquet'")
    (tmp_path / "mapping.toml").write_text(sites.SYNTHETIC)
    with iop.load(tmp_path) as data:
        assert data.episodes == 1
        assert [f.message for f in data.findings] == ["columns that are not read: struct, list, map, span, id, raw"]


def test_parquet_with_very_many_nested_parts(tmp_path):
    """A struct of a thousand parts is one column of the file."""
    parts = ", ".join(f"'p{i}': {i}" for i in range(1_100))
    cells = "'a' AS episode_id, 'mood' AS track, 'completed' AS discharge_reason, 3 AS los_days"
    duckdb.execute(f"COPY (SELECT {cells}, {{{parts}}} AS struct) TO '{tmp_path}/episodes.parquet'")
    (tmp_path / "mapping.toml").write_text(sites.SYNTHETIC)
    with iop.load(tmp_path) as data:
        assert data.episodes == 1


def test_names_that_are_no_text():
    """Columns called by a number or by nothing at all are not read either."""
    frame = pd.DataFrame(EPISODES)
    frame[7], frame[None] = 1, 3
    with iop.load(frame, mapping={"data": {"class": "public"}}) as data:
        assert data.episodes == 2


# -- an index ---------------------------------------------------------------------------------------------------------


def test_an_index_that_is_a_column():
    """Episodes by their id, and scores by episode and day."""
    episodes = pd.DataFrame(EPISODES).set_index("episode_id")
    scores = pd.DataFrame({"episode_id": ["a", "a"], "scale": "phq9", "day": [0, 3], "score": [9, 4]}).set_index(["episode_id", "day"])
    before = episodes.copy()
    with iop.load({"episodes": episodes, "scores": scores}, mapping=SYNTHETIC) as data:
        assert data.count([Column("episode_id")]).levels("episode_id") == ("a", "b")
        assert not [f for f in data.findings if f.severity != "note"]
    pd.testing.assert_frame_equal(episodes, before)


def test_an_index_called_as_the_mapping_says():
    """The site's own name for the column."""
    frame = pd.DataFrame(EPISODES).rename(columns={"episode_id": "Visit"}).set_index("Visit")
    with iop.load(frame, mapping=SYNTHETIC | {"columns": {"episodes": {"episode_id": "Visit"}}}) as data:
        assert data.episodes == 2


def test_any_other_index_is_none():
    """A name nobody asked for, no name, and a column of the same name: the columns are what is read."""
    frame = pd.DataFrame(EPISODES)
    for index in (pd.Index([5, 5], name="row"), pd.Index([1, 2]), pd.Index(["x", "y"], name="episode_id")):
        with iop.load(frame.set_axis(index), mapping=SYNTHETIC) as data:
            assert data.count([Column("episode_id")]).levels("episode_id") == ("a", "b")
            assert not data.findings
