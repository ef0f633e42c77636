"""Takes nothing, gives what every workbook is held to before a reader opens it, and what is known of a sheet by then."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.privacy import identifier_in_name

MAX_WORKBOOK_BYTES = 1 << 29  # 512 MiB: a full sheet of Excel with twenty columns has a fifth of that
MAX_CELLS = 1 << 25  # between the first cell and the last of a sheet, which a reader keeps in memory, blank ones too
MAX_TEXT = 1 << 31  # bytes of the texts of a sheet, where many cells share a long one
SHOWN_CHARACTERS = 40  # of the name of a sheet: Excel has at most 31
_AGAIN = "Open it in Excel or LibreOffice and save it again as .xlsx, or save the sheet as CSV (UTF-8)."


@dataclass
class SheetFacts:
    """What the bytes of a sheet say before it is read.

    Parameters
    ----------
    name : str
        As the workbook calls it.
    height, width : int
        Rows and columns up to the last cell that holds anything.
    errors : list of (int, int)
        Row and column, counted from 0, of cells whose formula has no result.
    values : int
        Cells that hold a value, of .xlsx.
    text : int
        Bytes of the texts that many cells share, each as often as it is used; 0 where they cannot be many.
    alone : bool
        Whether a reader can open the workbook without reading this sheet.
    """

    name: str
    height: int = 0
    width: int = 0
    errors: list[tuple[int, int]] = field(default_factory=list)
    values: int = 0
    text: int = 0
    alone: bool = False

    def cover(self, row: int, column: int) -> None:
        """Note that the sheet reaches to a cell, counted from 0."""
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)


def sheet_label(path: Path, sheet: str, place: int = 0) -> str:
    """What messages call a sheet: by its name, unless that cannot be shown or looks like an identifier.

    Examples
    --------
    >>> sheet_label(Path("book.xlsx"), "Sheet 1")
    'book.xlsx#Sheet 1'
    """
    plain = sheet.isprintable() and not identifier_in_name(sheet)
    name = sheet if plain else f"sheet {place}" if place else "a sheet"
    return f"{shown(path)}#{name if len(name) <= SHOWN_CHARACTERS else f'{name[:SHOWN_CHARACTERS]}...'}"


def refuse_extent(path: Path, label: str, facts: SheetFacts) -> None:
    """Refuse a sheet whose cells lie so far apart that a reader would fill the memory with blanks.

    Raises
    ------
    DataError
        When it covers more than `MAX_CELLS`, or its texts come to more than `MAX_TEXT`.
    """
    if facts.text > MAX_TEXT:
        message = f"a few long texts stand in so many cells that they come to more than {MAX_TEXT / (1 << 30):,.0f} GiB"
        fatal("file_too_large", label, message, "Take the column with them out, and save it again.")
    if facts.height * facts.width > MAX_CELLS:
        message = f"cells stand as far as row {facts.height:,} and column {column_letters(facts.width - 1)} of the sheet"
        fatal("file_too_large", label, message, f"Delete what stands beyond the data, and save it again; {shown(path)} is not read.")


def refuse_damaged(path: Path, what: str = "the file is damaged, or is no workbook") -> NoReturn:
    """Refuse a workbook that cannot be what its name says."""
    fatal("not_workbook", shown(path), what, _AGAIN)


def refuse_locked(path: Path) -> NoReturn:
    """Refuse a workbook that needs a password."""
    hint = "Open it, take the password off (File, Info, Protect Workbook, Encrypt with Password), and save it"
    fatal("password_protected", shown(path), "the workbook is protected by a password", hint)


def refuse_macros(path: Path, what: str = "the workbook holds macros") -> NoReturn:
    """Refuse a workbook that carries programs."""
    fatal("macros", shown(path), f"{what}, which no table of data needs", "Save it as .xlsx (without macros).")


def refuse_links(path: Path) -> NoReturn:
    """Refuse a workbook whose cells take values from other files: what they show depends on who opened it last, and where."""
    hint = "Break them (Data, Edit Links, Break Link), which keeps the values, and save it"
    fatal("external_links", shown(path), "cells of the workbook take their values from other files", hint)


def column_letters(column: int) -> str:
    """What a spreadsheet calls a column counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(26), column_letters(16383)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column, counted from 0, that a spreadsheet calls so.

    Examples
    --------
    >>> column_number("A"), column_number("xfd")
    (0, 16383)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
