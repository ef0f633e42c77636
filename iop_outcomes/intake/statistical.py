"""Takes a file of SAS, SPSS or Stata, gives its columns as a frame: codes as codes, dates as dates, missing values as blanks.

Value labels are not read: they are words for people, differ between versions of a file and may be cut short, so that a code
is translated where it can be checked, in mapping.toml under [codes]. A date is one when the file gives its column a date
format; without one it stays the number it is, which the checks name. Values a file declares as missing (ranges and codes in
SPSS, .A to .Z in SAS and Stata) are blanks. The blanks that fixed-width text is padded with are trimmed by every door alike.
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
    frame = _read(path, row_limit=1)
    return {str(name): None if frame.empty else _text(frame[name].iloc[0]) for name in frame.columns}


def read_statistical(path: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a file of SAS (.sas7bdat, .xpt), SPSS (.sav, .zsav, .por) or Stata (.dta).

    Parameters
    ----------
    path : Path
        The file; its name says which format it is.
    columns : sequence of str
        Only these; every column when empty.

    Returns
    -------
    DataFrame
        Numbers as floats (NaN where missing), everything else as text, dates written as 2024-03-31.

    Raises
    ------
    DataError
        When the library that reads such files is not installed, or the file is no such file.
    """
    frame = _read(path, **({"usecols": list(columns)} if columns else {}))
    for name in frame.select_dtypes("object").columns:
        frame[name] = [_text(value) for value in frame[name]]
    return frame


def _read(path: Path, **options: Any) -> pd.DataFrame:
    try:
        import pyreadstat
    except ImportError:
        hint = 'Install the extra "formats" (pip install "iop-outcomes[formats]"), or save the file as CSV (UTF-8).'
        fatal("library_missing", path.name, "reading files of SAS, SPSS and Stata needs the library pyreadstat", hint)
    reader: Callable[..., tuple[pd.DataFrame, Any]] = getattr(pyreadstat, READERS[path.suffix.lower()])
    try:
        return reader(path, **options)[0]  # by default without value labels, and with declared missing values as blanks
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OverflowError, UnicodeError, ValueError):
        kind = path.suffix.lower().lstrip(".")
        hint = "Export it again, or save it as CSV (UTF-8)."
        fatal("not_statistical", path.name, f"the file is not readable as {kind}, or holds dates beyond the year 9999", hint)


def _text(value: object) -> str | None:
    """One cell of a column that does not hold numbers."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is unequal to itself
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time().replace(tzinfo=None).isoformat() != "00:00:00" else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
