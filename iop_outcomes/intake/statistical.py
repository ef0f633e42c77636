"""Takes a file of SAS, SPSS or Stata, gives its columns as a frame: codes as codes, dates as dates, missing values as blanks.

Value labels are not read: they are words for people, differ between versions of a file and may be cut short, so that a code
is translated where it can be checked, in mapping.toml under [codes]. A date is one when the file gives its column a date
format; without one it stays the number it is, which the checks name. Values a file declares as missing (ranges and codes in
SPSS, .A to .Z in SAS and Stata) are blanks. The blanks that fixed-width text is padded with are trimmed by every door alike.
A value that cannot be read, such as a date beyond the year 9999 or text of another encoding, is `UNREADABLE`, which no column may hold:
where somebody reads the column it is an error of its row, and elsewhere it stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iop_outcomes.intake.findings import fatal

if TYPE_CHECKING:
    import pandas as pd

READERS = {
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
}
XPT_RECORD_BYTES = 80  # of which every file in that format is made


UNREADABLE = "\x1a"  # the control character SUBSTITUTE: what stands where a character could not be read
# Rows that may be passed over in search of such values, and searches that are made at least; beyond them, rows are given up in stretches.
MOST_ROWS, FEWEST_SEARCHES = 50_000_000, 200
_BAD_TEXT = "Unable to convert string"  # how the library's own error says that one text is in another encoding


def is_statistical(path: Path) -> bool:
    """Whether the name is that of a file of SAS, SPSS or Stata.

    Examples
    --------
    >>> is_statistical(Path("tedsd_2019.DTA")), is_statistical(Path("episodes.csv"))
    (True, False)
    """
    return path.suffix.lower() in READERS


def first_row(path: Path) -> dict[str, str | None]:
    """Names of a file's columns with the values of its first row, as text.

    Raises
    ------
    DataError
        As `read_statistical`.
    """
    frame, _ = _read(path, rows=1)
    return {str(name): None if frame.empty else _text(frame[name].iloc[0]) for name in frame.columns}


def read_statistical(path: Path, columns: Sequence[str] = ()) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """Read a file of SAS (.sas7bdat, .xpt), SPSS (.sav, .zsav, .por) or Stata (.dta).

    Parameters
    ----------
    path : Path
        The file; its name says which format it is.
    columns : sequence of str
        Only these; every column when empty.

    Returns
    -------
    frame : DataFrame
        Numbers as floats (NaN where missing), everything else as text, dates written as 2024-03-31.
    unreadable : dict of str to list of int
        Columns with values that cannot be read, and the rows that hold them, counted from 1.

    Raises
    ------
    DataError
        When the library that reads such files is not installed, or the file is no such file.
    """
    frame, unreadable = _read(path, columns)
    for name in frame.select_dtypes("object").columns:
        frame[name] = [_text(value) for value in frame[name]]
    return frame, unreadable


def value_labels(path: Path) -> dict[str, dict[str, str]]:
    """Words that a file of SPSS or Stata keeps for the codes of its columns: never values, and only what a proposal guesses by.

    Raises
    ------
    DataError
        As `read_statistical`.
    """
    labels = _reader_of(path)(path, metadataonly=True)[1].variable_value_labels
    return {column: {_code(code): str(word) for code, word in words.items()} for column, words in labels.items()}


def column_labels(path: Path) -> dict[str, str]:
    """What such a file calls its columns in words, where it does: read like a name where the name itself is not known.

    Raises
    ------
    DataError
        As `read_statistical`.
    """
    labels = _reader_of(path)(path, metadataonly=True)[1].column_names_to_labels
    return {column: str(label) for column, label in labels.items() if label}


def _code(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _read(path: Path, columns: Sequence[str] = (), rows: int = 0) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """Some columns, or all, and the first rows, or all; as the library gives them, but with what it stops at marked."""
    reader = _reader_of(path)
    import pyreadstat

    if path.suffix.lower() == ".xpt" and path.stat().st_size % XPT_RECORD_BYTES:  # the format does not say how many rows there are
        fatal("not_statistical", path.name, "the file breaks off within a record", "Copy or export it again.")
    try:
        return _around(reader, path, columns, rows)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OverflowError, ValueError):
        kind = path.suffix.lower().lstrip(".")
        fatal("not_statistical", path.name, f"the file is not readable as {kind}", "Export it again, or save it as CSV (UTF-8).")


def _reader_of(path: Path) -> Callable[..., tuple[pd.DataFrame, Any]]:
    """The function of the library that reads files of this name."""
    try:
        import pyreadstat
    except ImportError:
        hint = 'Install the extra "formats" (pip install "iop-outcomes[formats]"), or save the file as CSV (UTF-8).'
        fatal("library_missing", path.name, "reading files of SAS, SPSS and Stata needs the library pyreadstat", hint)
    reader: Callable[..., tuple[pd.DataFrame, Any]] = getattr(pyreadstat, READERS[path.suffix.lower()])
    return reader


def _around(
    reader: Callable[..., tuple[pd.DataFrame, Any]], path: Path, columns: Sequence[str], rows: int
) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """The columns and rows in one go, or around the values that stop the library."""
    try:
        # by default without value labels, and with declared missing values as blanks
        return reader(path, row_limit=rows, **({"usecols": list(columns)} if columns else {}))[0], {}
    except Exception as error:
        if not _of_one_value(error):
            raise
    return _Search(reader, path).all(columns, rows)


class _Search:
    """Reads a file around the values that cannot be read: in halves of its columns, and then of the rows of one column."""

    def __init__(self, reader: Callable[..., tuple[pd.DataFrame, Any]], path: Path) -> None:
        self._reader, self._path = reader, path
        self._left = FEWEST_SEARCHES
        self._readable: dict[str, list[int]] = {}

    def all(self, columns: Sequence[str], rows: int) -> tuple[pd.DataFrame, dict[str, list[int]]]:
        """The columns and rows asked for."""
        empty, meta = self._reader(self._path, metadataonly=True)
        names = [name for name in meta.column_names if not columns or name in columns]
        n = meta.number_rows
        if n is None:  # not every format says how many
            n = max(self._length(name) for name in names)
        if not n:
            raise ValueError(self._path.name)  # not one column can be read to its end: the fault is the file's
        n = min(n, rows) if rows else n
        self._left = max(FEWEST_SEARCHES, MOST_ROWS // (n + 1))
        frame = empty[names].reindex(range(n))
        for name, values in self._block(names, 0, n).items():
            frame[name] = values
        return frame, self._readable

    def _length(self, name: str) -> int:
        """Rows of a column; 0 when it cannot be read to its end."""
        try:
            return len(self._reader(self._path, usecols=[name])[0])
        except Exception as error:
            if not _of_one_value(error):
                raise
            return 0

    def _block(self, names: Sequence[str], start: int, n: int) -> dict[str, list[Any]]:
        """Some columns of some rows."""
        if self._left > 0 or len(names) > 1:
            self._left -= 1
            try:
                frame = self._reader(self._path, usecols=list(names), row_offset=start, row_limit=n)[0]
                return {name: list(frame[name]) for name in names}
            except Exception as error:
                if not _of_one_value(error):
                    raise
        if len(names) > 1:
            half = len(names) // 2
            return self._block(names[:half], start, n) | self._block(names[half:], start, n)
        (name,) = names
        if n > 1 and self._left > 0:
            half = n // 2
            return {name: self._block(names, start, half)[name] + self._block(names, start + half, n - half)[name]}
        self._readable.setdefault(name, []).extend(range(start + 1, start + n + 1))
        return {name: [UNREADABLE] * n}


def _of_one_value(error: Exception) -> bool:
    """Whether an error is about one value, and not about the file: a date that Python cannot hold, or text of another encoding."""
    return isinstance(error, OverflowError | ValueError) or _BAD_TEXT in str(error)


def _text(value: object) -> str | None:
    """One cell of a column that does not hold numbers."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is unequal to itself
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time().replace(tzinfo=None).isoformat() != "00:00:00" else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
