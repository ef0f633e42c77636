"""Takes frames of resources, gives one JSON object a row, the same from pandas, polars and Arrow."""

import json
from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.resource_frames import resource_lines

ROWS = [
    {"id": "a", "period": {"start": "2024-01-02", "end": None}, "count": 3},
    {"id": "b", "period": None, "count": None},
]
EXPECTED = [
    {"resourceType": "Encounter", "id": "a", "period": {"start": "2024-01-02"}, "count": 3},
    {"resourceType": "Encounter", "id": "b"},
]


def read(frame):
    """The resources of its lines, none of which holds a line end."""
    lines = list(resource_lines(frame, "Encounter"))
    assert not any("\n" in line for line in lines)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_members_in_columns(make):
    """What is blank is no member, in nested ones too."""
    assert read(make(ROWS)) == EXPECTED


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_whole_resources(make):
    """As JSON text, whose line ends between members are space, or as nested values; their own type stands."""
    text = json.dumps(EXPECTED[0], indent=1)
    assert read(make([{"resource": text}])) == read(make([{"resource": EXPECTED[0]}])) == EXPECTED[:1]


def test_no_row_is_no_line():
    """And a frame of blanks is resources of their type alone."""
    assert read(pd.DataFrame(columns=["id"])) == []
    assert read(pd.DataFrame({"id": [None, pd.NA, np.nan, pd.NaT]})) == [{"resourceType": "Encounter"}] * 4


def test_lists_numbers_and_moments_of_numpy_and_pandas():
    """Are what they say."""
    frame = pd.DataFrame({"a": [np.array([1, 2])], "b": [np.float64(1.5)], "c": [date(2024, 1, 2)], "d": [[datetime(2024, 1, 2, 3)]]})
    expected = {"resourceType": "Encounter", "a": [1, 2], "b": 1.5, "c": "2024-01-02", "d": ["2024-01-02T03:00:00"]}
    assert read(frame) == [expected]


def test_a_row_that_no_json_can_hold_is_named():
    """By its number, and not by what is in it."""
    deep: list = []
    for _ in range(5_000):
        deep = [deep]
    for value, words in ((object(), "not_json: a resource that cannot be written as JSON"), (deep, "nested_too_deeply: nested too deeply")):
        with pytest.raises(DataError, match=rf"^Encounter \(data frame\):2: {words}"):
            list(resource_lines(pd.DataFrame({"id": ["a", value]}), "Encounter"))
