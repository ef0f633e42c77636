"""Takes values as spreadsheets and databases keep them, gives the text that they would be in a CSV.

Dates are days, and a moment is its day. 15.0 is 15, text stays text (00123), TRUE is 1. A formula without a result (#N/A, #REF!), and what is no
text at all, is `UNREADABLE`, which no column may hold: where somebody reads the column it is an error of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from iop_outcomes.intake.dates import FIRST_DAY, SERIAL
from iop_outcomes.intake.statistical import UNREADABLE

ERROR_WORDS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!")
)
_OF_LIBRE = "Err:5"  # how LibreOffice numbers its own
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITTEN: Dictionary[str, Callable[[date], str]] = {
    "MM/DD/YYYY": lambda day: f"{day.month:02}/{day.day:02}/{day.year:04}",
    "DD/MM/YYYY": lambda day: f"{day.day:02}/{day.month:02}/{day.year:04}",
    "DD.MM.YYYY": lambda day: f"{day.day:02}.{day.month:02}.{day.year:04}",
    "DD-Mon-YYYY": lambda day: f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}",
    "YYYYMMDD": lambda day: f"{day.year:04}{day.month:02}{day.day:02}",
    "YYYY/MM/DD": lambda day: f"{day.year:04}/{day.month:02}/{day.day:02}",
    "MM-DD-YYYY": lambda day: f"{day.month:02}-{day.day:02}-{day.year:04}",
    "DD-MM-YYYY": lambda day: f"{day.day:02}-{day.month:02}-{day.year:04}",
    # What has no year of two digits is written as it is, and is then no date.
    "MM/DD/YY": lambda day: f"{day.month:02}/{day.day:02}/{day.year - 2000:02}",
    "DD/MM/YY": lambda day: f"{day.day:02}/{day.month:02}/{day.year - 2000:02}",
    "DD.MM.YY": lambda day: f"{day.day:02}.{day.month:02}.{day.year - 2000:02}",
    "DD-Mon-YY": lambda day: f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year - 2000:02}",
    "Mon DD, YYYY": lambda day: f"{_MONTHS[day.month - 1]} {day.day}, {day.year:04}",
    "DD Mon YYYY": lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year:04}",
    SERIAL: lambda day: str((day - date.fromisoformat(FIRST_DAY)).days),
}


class CellText:
    """Writes values as text; what cannot be a value is `UNREADABLE`.

    Parameters
    ----------
    decimal : {".", ","}
        What is to stand before the tenths.
    date_format : str
        How days are to be written; as 2024-03-31 where it is "".

    Examples
    --------
    >>> CellText(",", "DD.MM.YYYY").row(["00123", 15.0, 12.5, True, date(2024, 3, 31), None])
    ['00123', '15', '12,5', '1', '31.03.2024', '']
    """

    def __init__(self, decimal: str, date_format: str) -> None:
        day = _WRITTEN.get(date_format, date.isoformat)
        self._decimal = decimal
        self._writers: Dictionary[type, Callable[[Any], str]] = {
            str: _word,
            float: self._number,
            int: str,
            bool: lambda value: "1" if value else "0",
            date: day,
            datetime: lambda moment: day(moment.date()),
            time: time.isoformat,
            timedelta: str,
            Decimal: self._decimal_number,
            bytes: lambda _: UNREADABLE,
            memoryview: lambda _: UNREADABLE,
            type(None): lambda _: "",
        }

    def row(self, values: Sequence[Any]) -> list[str]:
        """One row as text."""
        writers = self._writers
        return [writers.get(type(value), _other)(value) if value != "" else "" for value in values]

    def _number(self, value: float) -> str:
        """A number with the 15 digits that a spreadsheet keeps of it."""
        if not isfinite(value):
            return ""
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return self._decimal_number(Decimal(format(value, ".15g")))

    def _decimal_number(self, value: Decimal) -> str:
        text = format(value, "f")
        return text.replace(".", self._decimal) if self._decimal != "." else text


def _other(value: Any) -> str:
    """What is no plain value, such as a UUID: as it writes itself."""
    return _word(text) if (text := str(value)) else ""


def _word(text: str) -> str:
    if text[0] in "#E" and (text in ERROR_WORDS or text.startswith(_OF_LIBRE)):
        return UNREADABLE
    return text.replace("\0", UNREADABLE) if "\0" in text else text
