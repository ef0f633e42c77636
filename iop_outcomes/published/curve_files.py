"""Takes a small CSV file of points or numbers at risk, gives its two columns, or says which line is wrong."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from iop_outcomes.errors import DataError

POINTS, AT_RISK = ("time", "share"), ("time", "n")


def read_columns(path: str | os.PathLike[str], columns: Sequence[str]) -> dict[str, list[float]]:
    """Two columns of numbers by their names; others are passed over.

    Parameters
    ----------
    path : path
        A CSV file with a line of names, commas or semicolons between them.
    columns : sequence of str
        Which.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, or holds something that is no number; the message names file and line.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file. Check the path, which is seen from the folder this runs in.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: cannot be read as text in UTF-8 ({type(error).__name__}); save it as CSV with {' and '.join(columns)}."
        ) from error
    numbered = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not numbered:
        raise DataError(f"{path}: is empty; the first line names the columns: {','.join(columns)}.")
    (_, first), *rows = numbered
    mark = ";" if ";" in first else ","
    heads = [each.strip().casefold() for each in next(csv.reader([first], delimiter=mark))]
    missing = [name for name in columns if name not in heads]
    if missing:
        raise DataError(f"{path}: has no column {' or '.join(missing)}; the first line names them: {','.join(columns)}.")
    values: dict[str, list[float]] = {name: [] for name in columns}
    for number, line in rows:
        row = next(csv.reader([line], delimiter=mark))
        for name in columns:
            place = heads.index(name)
            try:
                values[name].append(float(row[place].replace(",", ".") if mark == ";" else row[place]))
            except (ValueError, IndexError):
                raise DataError(f"{path}, line {number}: {name} is no number; write it as 12.5, or leave the line out.") from None
    return values
