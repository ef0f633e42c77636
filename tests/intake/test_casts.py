"""Whole numbers as programs write them: 15.0 beside a blank, 15.00 out of a database; 15.5 is none."""

import decimal

import duckdb
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, FirstEvent
from iop_outcomes.errors import DataError
from tests.intake import sites

WHOLE = ("15", "15.0", "15.00", "+15.0")


def _frame(values, **columns):
    base = {"episode_id": [f"e{i}" for i in range(len(values))], "track": "mood", "discharge_reason": "completed"}
    return pd.DataFrame(base | {"los_days": values} | columns)


def _stays(source, mapping=None):
    with iop.load(source, mapping=mapping or {"data": {"class": "synthetic"}}) as data:
        return {cell[0]: cell[1] for cell, _ in data.count([Column("episode_id"), Column("los_days")])}


@pytest.mark.parametrize("text", WHOLE)
def test_in_a_csv(tmp_path, text):
    """A stay, a score, an item-wide score and a day of an event, all with a fraction of nothing."""
    sites.write(
        tmp_path,
        episodes=sites.planted(sites.planted(sites.episodes(), 1, "los_days", text), 1, "phq9_admit", text),
        scores=sites.planted(sites.scores(), 1, "score", text),
        events=sites.planted(sites.planted(sites.events(), 1, "days_after_discharge", text), 1, "planned", "1.0"),
    )
    with iop.load(tmp_path) as data:
        assert not data.findings
        cells = dict(data.count([Column("episode_id"), Column("los_days"), Column("phq9_admit")]))
        assert ("e00", 15, 15) in cells
        relapse = FirstEvent("relapse", ("relapse",), planned_competes=True)
        assert ("e00", 15, "planned") in dict(data.count([Column("episode_id"), relapse]))


@pytest.mark.parametrize(
    "values",
    [
        [15.0, None],
        [decimal.Decimal("15.00"), None],
        ["15.0", None],
        [15, "15.00"],
        [15.0, decimal.Decimal("15.0")],
        pd.array([15.0, None], dtype="Float64"),
        pd.Categorical([15.0, None]),
    ],
    ids=["float", "Decimal", "text", "mixed", "float and Decimal", "Float64", "category"],
)
def test_in_a_frame(values):
    """Object columns, decimals and floats with a blank."""
    frame = _frame(values if not isinstance(values, list) else pd.Series(values, dtype=None if isinstance(values[0], float) else object))
    assert _stays(frame)["e0"] == 15


@pytest.mark.parametrize("kind", ["DECIMAL(10,2)", "DECIMAL(18,0)", "DOUBLE", "FLOAT", "VARCHAR"])
def test_in_parquet(tmp_path, kind):
    """Each type of a database; ids that are decimals meet ids that are whole."""
    cells = f"CAST('15.00' AS {kind}) AS los_days, CAST(7 AS DECIMAL(10,2)) AS episode_id, 'mood' AS track, 'completed' AS discharge_reason"
    duckdb.execute(f"COPY (SELECT {cells}) TO '{tmp_path}/episodes.parquet'")
    duckdb.execute(f"COPY (SELECT 7 AS episode_id, 'gad7' AS scale, 0 AS day, 3 AS score) TO '{tmp_path}/scores.parquet'")
    (tmp_path / "mapping.toml").write_text(sites.SYNTHETIC)
    assert _stays(tmp_path, tmp_path / "mapping.toml") == {"7": 15}


@pytest.mark.parametrize("wrong", ["15.5", "15.50", "15.", ".0", "1.0e1", "15,0"])
def test_a_fraction_is_no_whole_number(tmp_path, wrong):
    """What is not whole stays an error of its cell."""
    sites.write(tmp_path, episodes=sites.planted(sites.episodes(), 1, "los_days", wrong))
    with pytest.raises(DataError, match=r"episodes\.csv:2: los_days: not_whole_number"):
        iop.load(tmp_path)


@pytest.mark.parametrize("values", [[15.5, None], [decimal.Decimal("15.50"), None]])
def test_a_fraction_in_a_frame(values):
    """Neither is half a day of a float or a decimal rounded."""
    with pytest.raises(DataError, match="los_days: not_whole_number"):
        iop.load(_frame(values), mapping={"data": {"class": "synthetic"}})


def test_codes_of_a_column_of_numbers(tmp_path):
    """A code 1 of the mapping meets 1.0 in the file, a missing code -9 meets -9.0; a code that is written 2.0 is itself."""
    rows = [["episode_id", "track", "discharge_reason", "los_days"]]
    rows += [["e0", "mood", "1.0", "-9.0"], ["e1", "mood", "1", "30"], ["e2", "mood", "2.0", "30.0"], ["e3", "mood", "-9.0", "7"]]
    mapping = sites.SYNTHETIC + '[codes.discharge_reason]\n1 = "completed"\n"2.0" = "dropped_out"\n[missing]\nall = ["-9"]\n'
    sites.write(tmp_path, episodes=rows, scores=None, events=None, mapping=mapping)
    with iop.load(tmp_path) as data:
        cells = dict(data.count([Column("episode_id"), Column("discharge_reason"), Column("los_days")]))
    assert list(cells) == [("e0", "completed", None), ("e1", "completed", 30), ("e2", "dropped_out", 30), ("e3", None, 7)]
