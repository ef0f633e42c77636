"""Takes a data frame of pandas, polars or Arrow, gives it to the engine: its index where that is a column, and odd columns as text."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb

from iop_outcomes.engine.duckdb import DuckEngine


def is_frame(frame: Any) -> bool:
    """Whether it is a data frame of pandas, polars or Arrow."""
    return (hasattr(frame, "to_csv") or hasattr(frame, "to_pandas")) and hasattr(frame, "columns")


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


def add_frame(engine: DuckEngine, table: str, frame: Any) -> Any:
    """Copy a frame into the engine, and give it as it was taken: a column of a type that the engine does not know is text.

    Nobody may read such a column; then it does not stop the others. Where it is read, its text is.
    """
    try:
        engine.add_frame(table, frame)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        frame = _with_texts(engine, frame)
        engine.add_frame(table, frame)
    return frame


def _with_texts(engine: DuckEngine, frame: Any) -> Any:
    import pandas as pd

    if hasattr(frame, "to_csv"):
        columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    else:
        columns = [pd.Series(_values(frame, name), dtype=object) for name in names_of(frame)]
    taken = [column if engine.takes(column.to_frame("column")) else _as_text(column) for column in columns]
    return pd.DataFrame({name: column.reset_index(drop=True) for name, column in zip(names_of(frame), taken, strict=True)})


def _values(frame: Any, name: str) -> list[Any]:
    column = frame[name]
    found: list[Any] = column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()
    return found


def _as_text(column: Any) -> Any:
    return column.astype(object).map(str).where(column.notna(), None)
