"""Takes the table with one row per episode, gives it as the bytes of a file, and its codebook beside it: the way out.

Every file says that it is working material: a text first in the codebook and in the second sheet of a workbook, a label of the whole
file in SPSS and Stata, an entry of the metadata in Parquet. Nothing is written that a clock decides.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import LibraryError, OutputError, UsageError
from iop_outcomes.intake.table import CODEBOOK, EpisodeTable, TableColumn

if TYPE_CHECKING:
    import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
IN_FILE = "name_in_file"
NAME_LENGTH = 28  # Stata has 32, of which the labels of a variable take some; SPSS has 64 bytes
LABEL_BYTES = 120  # of a value label in SPSS; what is longer is written as text
MAX_SHEET_ROWS = 1_048_576
RESERVED = frozenset(
    {  # words of Stata and SPSS
        "aggregate", "all", "and", "array", "boolean", "break", "byte", "by", "case", "catch", "class", "colvector", "complex",
        "const", "continue", "default", "delegate", "delete", "do", "double", "else", "eltypedef", "end", "enum", "eq", "explicit",
        "export", "external", "float", "for", "friend", "function", "ge", "global", "goto", "gt", "if", "in", "inline", "int", "le",
        "local", "long", "lt", "mata", "matrix", "namespace", "ne", "new", "not", "null", "numeric", "nuse", "or", "pragma",
        "private", "protected", "quad", "rowvector", "short", "signed", "static", "strl", "string", "struct", "super", "switch",
        "template", "this", "throw", "to", "transmorphic", "try", "typedef", "typename", "union", "using", "vector", "version",
        "virtual", "void", "volatile", "while", "with",
    }
)  # fmt: skip


def table_writer(path: str | Path) -> Callable[[EpisodeTable], dict[Path, bytes]]:
    """Choose how a table is written, before any data are read.

    Parameters
    ----------
    path : path
        Of the file; its ending says the format.

    Returns
    -------
    callable
        From a table, the bytes of the file and of its codebook, by path.

    Raises
    ------
    UsageError
        When the ending is none of those that can be written.
    LibraryError
        When the library that writes it is not installed.

    Examples
    --------
    >>> table_writer("episodes.doc")
    Traceback (most recent call last):
    iop_outcomes.errors.UsageError: --output must end in .csv, .dta, .parquet, .sav or .xlsx.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in _FORMATS:
        *names, last = sorted(_FORMATS)
        raise UsageError(f"--output must end in {', '.join(names)} or {last}.")
    form = _FORMATS[ending]
    if form.library and find_spec(form.library) is None:
        raise LibraryError(
            f"Writing {ending} needs the library {form.library}. Install the extra \"formats\" (pip install 'iop-outcomes[formats]'), "
            "or choose .csv or .parquet."
        )

    def files(table: EpisodeTable) -> dict[Path, bytes]:
        frame = table.to_frame()
        names = _short_names(frame.columns) if form.short_names else {str(name): str(name) for name in frame.columns}
        records = [{**record, IN_FILE: names[str(record["column"])]} for record in table.codebook(frame)]
        try:
            content = form.write(_Written(table, frame, names, records))
        except OSError as error:
            raise OutputError(
                f"{ending}: cannot be written ({error.strerror or type(error).__name__}). Free some space, or set TMPDIR to another place."
            ) from error
        return {target: content, target.with_name(f"{target.stem}_codebook.csv"): _codebook_csv(table.notice, records)}

    return files


@dataclass(frozen=True, eq=False)
class _Written:
    """What is written: the table, its frame, the name of each column in the file, and the records of the codebook."""

    table: EpisodeTable
    frame: pd.DataFrame
    names: Mapping[str, str]
    records: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class _Format:
    """How a format is written.

    Parameters
    ----------
    write : callable
        Gives the bytes.
    library : str
        What it needs beside the core, by the name it is imported by.
    short_names : bool
        Whether names must be short and plain.
    """

    write: Callable[[_Written], bytes]
    library: str = ""
    short_names: bool = False


# -- text ----------------------------------------------------------------------------------------------------------------


def _guarded(value: object) -> object:
    """A label that a spreadsheet would take for a formula, quoted."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _codebook_rows(notice: str, records: Iterable[Mapping[str, object]]) -> list[list[object]]:
    header = [CODEBOOK[0], IN_FILE, *CODEBOOK[1:]]
    return [[notice], list(header), *([record[name] for name in header] for record in records)]


def _codebook_csv(notice: str, records: Iterable[Mapping[str, object]]) -> bytes:
    """The notice, then a header, then a row for each column."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_guarded(cell) for cell in row] for row in _codebook_rows(notice, records))
    return out.getvalue().encode()


def _csv(written: _Written) -> bytes:
    frame = written.frame.copy()
    for column in written.table.columns:
        series = frame[column.name]
        if column.holds == "words":
            frame[column.name] = series.cat.rename_categories(_guarded)
        elif column.holds in ("id", "text"):
            frame[column.name] = series.map(_guarded, na_action="ignore")
    text: str = frame.rename(columns=_guarded).to_csv(index=False, lineterminator="\n", float_format="%.12g", date_format="%Y-%m-%d")
    return text.encode()


# -- Parquet -------------------------------------------------------------------------------------------------------------


def _parquet(written: _Written) -> bytes:
    import duckdb

    with TemporaryDirectory() as folder, duckdb.connect(":memory:") as connection:
        target = Path(folder) / "table.parquet"
        connection.register("episodes_frame", written.frame)
        cells = ", ".join(_cell_sql(column) for column in written.table.columns)
        options = f"FORMAT parquet, KV_METADATA {{notice: {literal(written.table.notice)}}}"
        try:
            connection.execute(f"COPY (SELECT {cells} FROM episodes_frame) TO {literal(str(target))} ({options})")
        except duckdb.IOException as error:
            raise OSError(0, str(error)) from error
        return target.read_bytes()


def _cell_sql(column: TableColumn) -> str:
    """A column in a type that every reader of Parquet knows."""
    kinds = {"words": "VARCHAR", "text": "VARCHAR", "date": "DATE", "whole": "BIGINT", "number": "DOUBLE"}
    name = quoted(column.name)
    return f"CAST({name} AS {kinds[column.holds]}) AS {name}" if column.holds in kinds else name


# -- workbook ------------------------------------------------------------------------------------------------------------


def _xlsx(written: _Written) -> bytes:
    """A sheet of episodes and one of their codebook; whatever a label begins with, it is text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    if len(written.frame) >= MAX_SHEET_ROWS:
        raise UsageError(f"--output: a sheet holds {MAX_SHEET_ROWS:,} rows, and these are more. Choose .csv or .parquet.")
    book = Workbook(write_only=True)
    sheet, second = book.create_sheet("episodes"), book.create_sheet("codebook")

    def cell(value: object) -> object:
        if not (isinstance(value, str) and value.startswith(_TAKEN_FOR_OTHERS)):
            return value
        text = WriteOnlyCell(sheet, value=value)
        text.data_type = "s"
        return text

    try:
        sheet.append([cell(name) for name in written.frame.columns])
        for row in zip(*(_sheet_cells(written.frame[column.name], column, cell) for column in written.table.columns), strict=True):
            sheet.append(row)
        for record in _codebook_rows(written.table.notice, written.records):
            second.append([cell(value) for value in record])
    except IllegalCharacterError as error:
        raise UsageError("--output: a label holds a control character, which no workbook can hold. Choose .csv or .parquet.") from error
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


_TAKEN_FOR_OTHERS = ("=", "#")  # a text that begins so would be written as a formula, or as an error


def _sheet_cells(series: pd.Series[Any], column: TableColumn, cell: Callable[[object], object]) -> list[object]:
    """The cells of a column: blanks empty, dates as days."""
    if column.holds == "words":
        words = [*map(str, series.cat.categories), None]  # a blank has the code -1
        return [cell(words[code]) for code in series.cat.codes]
    if column.holds == "date":
        return _days(series)
    return [None if blank else cell(value) for blank, value in zip(series.isna(), series.astype("object"), strict=True)]


def _days(series: pd.Series[Any]) -> list[object]:
    """Dates without a time of day; a blank stays one."""
    return [None if blank else moment.date() for blank, moment in zip(series.isna(), series, strict=True)]


_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _without_clock(book: bytes) -> bytes:
    """The same workbook, whenever it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, _MOMENT.sub(b"1980-01-01T00:00:00Z", content) if name.startswith("docProps/") else content)
    return out.getvalue()


# -- SPSS and Stata ------------------------------------------------------------------------------------------------------


def _short_names(columns: Iterable[str]) -> dict[str, str]:
    """Names of at most 28 plain characters, no two of them alike in lower case.

    Examples
    --------
    >>> _short_names(["readmission_from_day_0_psychiatric_followed", "long", "Größe", "größe"])
    {'readmission_from_day_0_psychiatric_followed': 'readm_from_day_0_psych_follo', 'long': 'long_', 'Größe': 'Gr__e', 'größe': 'gr__e_2'}
    """
    taken: set[str] = set()
    names: dict[str, str] = {}
    for column in columns:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", column)
        plain = plain if plain[:1].isalpha() else f"v{plain}"
        short, number = _cut(f"{plain}_" if plain.lower() in RESERVED else plain), 1
        while short.lower() in taken:
            number += 1
            short = f"{_cut(plain, NAME_LENGTH - len(str(number)) - 1)}_{number}"
        taken.add(short.lower())
        names[column] = short
    return names


def _cut(name: str, room: int = NAME_LENGTH) -> str:
    """A name that fits, its longest words shortened first, so that every word still begins it."""
    words = name.split("_")
    while len("_".join(words)) > room:
        longest = max(range(len(words)), key=lambda place: len(words[place]))
        if len(words[longest]) == 1:
            return name[:room]
        words[longest] = words[longest][:-1]
    return "_".join(words)


def _sav(written: _Written) -> bytes:
    import pyreadstat

    frame, values = _labelled(written)
    labels: dict[str, str | None] = {**_variable_labels(written, 255)}
    label = _within(written.table.notice, 64)
    measures = {written.names[column.name]: _SPSS_MEASURE.get(column.holds, "nominal") for column in written.table.columns}
    content = _through_file(
        "table.sav",
        lambda path: pyreadstat.write_sav(
            frame,
            path,
            file_label=label,
            note=wrap(written.table.notice, 80),
            column_labels=labels,
            variable_value_labels=values,
            variable_measure=measures,
        ),
    )
    return content[:92] + b"01 Jan 8000:00:00" + content[109:]  # the day and time of writing


_SPSS_MEASURE = {"whole": "scale", "number": "scale", "date": "scale"}
_STATA_MOMENT = re.compile(rb"<timestamp>.\d\d \w{3} \d{4} \d\d:\d\d</timestamp>", re.DOTALL)


def _dta(written: _Written) -> bytes:
    import pyreadstat

    frame, values = _labelled(written)
    labels: dict[str, str | None] = {**_variable_labels(written, 80)}
    label = _within(written.table.notice, 80)
    content = _through_file(
        "table.dta",
        lambda path: pyreadstat.write_dta(frame, path, file_label=label, column_labels=labels, variable_value_labels=values),
    )
    return _STATA_MOMENT.sub(b"<timestamp>\x1101 Jan 1980 00:00</timestamp>", content, count=1)


def _labelled(written: _Written) -> tuple[pd.DataFrame, dict[str, dict[int | float, str]]]:
    """The frame with words as numbers from 1, and their labels; a list of words with one that is too long stays text."""
    frame = written.frame.copy()
    values: dict[str, dict[int | float, str]] = {}
    for column in written.table.columns:
        series = frame[column.name]
        if column.holds == "words":
            words = [str(word) for word in series.cat.categories]
            if words and all(len(word.encode()) <= LABEL_BYTES for word in words):
                frame[column.name] = (series.cat.codes + 1.0).where(series.notna())
                values[written.names[column.name]] = dict[int | float, str](enumerate(words, 1))
            else:
                frame[column.name] = series.astype("object").where(series.notna(), "")
        elif column.holds == "date":
            frame[column.name] = np.array(_days(series), dtype=object)
        elif column.holds in ("whole", "number") or str(series.dtype) == "Int64":
            frame[column.name] = series.astype("float64")
        else:
            frame[column.name] = series.where(series.notna(), "")
    return frame.rename(columns=written.names), values


def _variable_labels(written: _Written, room: int) -> dict[str, str]:
    return {written.names[column.name]: _within(column.words, room) for column in written.table.columns}


def _within(text: str, room: int) -> str:
    """As much of a text as so many bytes hold."""
    return text if len(text.encode()) <= room else text.encode()[: room - 3].decode(errors="ignore") + "..."


def _through_file(name: str, write: Callable[[str], None]) -> bytes:
    """The bytes of what a library writes by path."""
    import pyreadstat

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        try:
            write(str(path))
        except pyreadstat.ReadstatError as error:
            raise OSError(0, str(error)) from error
        return path.read_bytes()


_FORMATS: Mapping[str, _Format] = {
    ".csv": _Format(_csv),
    ".parquet": _Format(_parquet),
    ".xlsx": _Format(_xlsx, "openpyxl"),
    ".sav": _Format(_sav, "pyreadstat", short_names=True),
    ".dta": _Format(_dta, "pyreadstat", short_names=True),
}
