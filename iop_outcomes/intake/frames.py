"""Takes a data frame of pandas, polars or Arrow, or a query of DuckDB or polars, gives it to the store: its index where that is a column, and odd columns as text."""

from __future__ import annotations

import sys
from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import Any

import duckdb

from iop_outcomes.engine.connection import ran_out
from iop_outcomes.intake.store import Store


def is_frame(frame: Any) -> bool:
    """Whether it is a data frame of pandas, polars or Arrow."""
    return (hasattr(frame, "to_csv") or hasattr(frame, "to_pandas")) and hasattr(frame, "columns")


def gathered(source: Any) -> Any:
    """The frame that a query stands for: a relation of DuckDB, or a lazy frame of polars; anything else as it is."""
    if isinstance(source, duckdb.DuckDBPyRelation):
        return source.df()
    polars = sys.modules.get("polars")  # a lazy frame of it there can only be where it was imported
    return source.collect() if polars is not None and isinstance(source, polars.LazyFrame) else source


def names_of(frame: Any) -> list[str]:
    """Names of its columns; in Arrow, `columns` are their contents."""
    arrow = not hasattr(frame, "to_csv") and hasattr(frame, "column_names")
    return [str(column) for column in (frame.column_names if arrow else frame.columns)]


def with_index(frame: Any, expected: Collection[str]) -> Any:
    """The frame with those levels of its index as columns whose names are expected; any other index is none.

    Parameters
    ----------
    frame : data frame
        Only pandas has an index.
    expected : collection of str
        Names that the table's columns may have.
    """
    if not hasattr(frame, "reset_index"):
        return frame
    came = set(names_of(frame))
    levels = [name for name in frame.index.names if name in expected and name not in came]
    return frame.reset_index(level=levels) if levels else frame


def without_zones(frame: Any) -> Any:
    """The frame with moments in time as they read in the zone of their column: the day as it is written there, of no machine's zone.

    Parameters
    ----------
    frame : data frame
        Of pandas, polars or Arrow; it is not changed.
    """
    if hasattr(frame, "to_csv"):
        cut = {place: column for place in range(frame.shape[1]) if (column := _pandas_without_zone(frame.iloc[:, place])) is not None}
        if cut:
            frame = frame.copy(deep=False)
            for place, column in cut.items():
                frame.isetitem(place, column)
    elif hasattr(frame, "column_names"):
        for place, field in enumerate(frame.schema):
            if getattr(field.type, "tz", None):
                compute = import_module("pyarrow.compute")  # there, where a frame of it is; it has no types to check
                frame = frame.set_column(place, field.name, compute.local_timestamp(frame.column(place)))
    else:
        zoned = [name for name, kind in zip(frame.columns, frame.dtypes, strict=True) if getattr(kind, "time_zone", None)]
        frame = frame.with_columns([frame[name].dt.replace_time_zone(None) for name in zoned]) if zoned else frame
    return frame


def _pandas_without_zone(column: Any) -> Any | None:
    """A column of moments with a zone as they read there; None for any other column."""
    kind = column.dtype
    if getattr(kind, "tz", None) is not None or getattr(getattr(kind, "pyarrow_dtype", None), "tz", None) is not None:
        return column.dt.tz_localize(None)
    first = column.notna().to_numpy().argmax() if str(kind) == "object" and len(column) else -1  # the first row when all are blank
    if first < 0 or not isinstance(column.iloc[int(first)], datetime):
        return None
    return column.map(lambda moment: moment.replace(tzinfo=None) if isinstance(moment, datetime) else moment)


def add_frame(store: Store, table: str, frame: Any) -> None:
    """Copy a frame into the store; a column of a type that the store does not know is text.

    Nobody may read such a column; then it does not stop the others. Where it is read, its text is.
    """
    frame = without_zones(frame)
    try:
        store.raw.add_frame(table, frame)
    except duckdb.Error as error:
        if ran_out(error):
            raise
        import pandas as pd

        series = {name: pd.Series(values, dtype=object) if isinstance(values, list) else values for name, values in _columns(frame).items()}
        frame = pd.DataFrame(
            {name: values if store.raw.takes(values.to_frame("column")) else _as_text(values) for name, values in series.items()}
        )
        store.raw.add_frame(table, frame)


def _columns(frame: Any) -> dict[str, Any]:
    """Columns by name: those of pandas without their index, those of polars and Arrow as lists."""
    if hasattr(frame, "to_csv"):
        return {name: frame.iloc[:, place].reset_index(drop=True) for place, name in enumerate(names_of(frame))}
    columns = {name: frame[name] for name in names_of(frame)}
    return {name: values.to_pylist() if hasattr(values, "to_pylist") else values.to_list() for name, values in columns.items()}


def _as_text(column: Any) -> Any:
    return column.astype(object).map(str).where(column.notna(), None)
