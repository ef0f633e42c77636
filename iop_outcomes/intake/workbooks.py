"""Takes a workbook of Excel or LibreOffice, gives one sheet as the text that it would be as CSV, with the rows that its lines stand in.

Dates are days, whichever year the workbook counts them from; a moment is its day. 15.0 is 15, text stays text (00123), TRUE is 1. Rows
without a value are passed over, as are columns without a name and a value; what cells merged over rows hold stands for each row. A formula without a
result (#N/A, #REF!) is `UNREADABLE`, which no column may hold: where somebody reads the column it is an error of its row.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.decoding import QUALTRICS, is_import_id, names_of_header
from iop_outcomes.intake.files import WORKBOOKS, shown
from iop_outcomes.intake.findings import Finding, fatal, refuse
from iop_outcomes.intake.statistical import UNREADABLE
from iop_outcomes.intake.text_settings import TextSettings
from iop_outcomes.intake.workbook_limits import (
    SheetFacts,
    column_letters,
    refuse_damaged,
    refuse_extent,
    refuse_locked,
    sheet_label,
)
from iop_outcomes.intake.workbook_preflight import MACRO_WORKBOOKS, facts_of


@dataclass(frozen=True)
class Sheet:
    """One sheet in the list of a workbook.

    Parameters
    ----------
    name : str
        As the workbook calls it.
    place : int
        Counted from 1.
    hidden, blank : bool
        Whether it is hidden, and whether it holds nothing.
    """

    name: str
    place: int
    hidden: bool
    blank: bool


@dataclass
class SheetText:
    """A sheet as it was written out.

    Parameters
    ----------
    rows : list of int
        Numbers of the rows in the sheet, the header's first.
    notes : list of Finding
        What is worth knowing of it.
    """

    rows: list[int]
    notes: list[Finding] = field(default_factory=list)


def is_workbook(path: Path) -> bool:
    """Whether the name is that of a workbook; one with macros is, so that it can be refused in words.

    Examples
    --------
    >>> is_workbook(Path("Export.XLSX")), is_workbook(Path("episodes.csv"))
    (True, False)
    """
    return path.suffix.lower() in (*WORKBOOKS, *MACRO_WORKBOOKS)


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook, in their order.

    Raises
    ------
    DataError
        When the library that reads workbooks is not installed, or the workbook may not be read.
    """
    facts = _facts(path)
    entry = path.stat()
    return _sheets_of(path, entry.st_mtime_ns, entry.st_size, tuple((sheet.values if sheet.alone else sheet.height) > 0 for sheet in facts))


@lru_cache(maxsize=16)
def _sheets_of(path: Path, _changed: int, _size: int, facts: tuple[bool, ...]) -> tuple[Sheet, ...]:
    """The sheets as the library lists them, once in each state of the file; `facts` say which of them hold anything."""
    with _opened(path) as book:
        listed = list(book.sheets_metadata)
        if len(listed) != len(facts):
            refuse_damaged(path, "the workbook contradicts itself about its sheets")
        return tuple(
            Sheet(entry.name, place, entry.visible != type(entry.visible).Visible, not facts[place - 1])
            for place, entry in enumerate(listed, start=1)
        )


def write_sheet(path: Path, sheet: str, target: Path, settings: TextSettings, date_format: str = "") -> SheetText:
    """Write one sheet as CSV (UTF-8), its header first.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str
        Which one, hidden or not.
    target : Path
        Where; nothing stands there yet.
    settings : TextSettings
        What is declared of the table: its separator and decimal mark are those that are written, rows before the header those of the sheet.
    date_format : str
        How the table is declared to write dates; days are written so.

    Raises
    ------
    DataError
        When it may not or cannot be read, or holds no header.
    """
    listed = sheets_of(path)
    place = next((each.place for each in listed if each.name == sheet), 0)
    label = sheet_label(path, sheet, place)
    if not place:
        fatal("no_such_sheet", shown(path), "the workbook has no sheet of that name", "Correct the name behind # in mapping.toml.")
    facts = _facts(path)[place - 1]
    refuse_extent(path, label, facts)
    with _opened(path) as book:
        rows = _SheetRows(book.get_sheet_by_name(sheet), label, settings, facts, CellText(settings.decimal, date_format))
        text = rows.write(target)
    if listed[place - 1].hidden:
        text.notes.append(
            Finding("hidden_sheet", "note", label, "", "the sheet is hidden, and read as the mapping asks", "See that it is meant")
        )
    return text


def first_rows(path: Path, sheet: str, n: int) -> list[list[str]]:
    """The cells of the first rows of a sheet, those without a value included, counted from its first row.

    Raises
    ------
    DataError
        As `write_sheet`.
    """
    refuse_extent(path, sheet_label(path, sheet), _facts(path)[next(each.place for each in sheets_of(path) if each.name == sheet) - 1])
    cells = CellText(".", "")
    with _opened(path) as book:
        return [[cell.strip() for cell in cells.row(values)] for values in islice(book.get_sheet_by_name(sheet).iter_rows(), n)]


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A workbook opened by what it holds, whatever its name says; what the library stops at is a refusal, were it a fault of its own."""
    try:
        import python_calamine
    except ImportError:
        hint = 'Install the extra "formats" (pip install "iop-outcomes[formats]"), or save the sheet as CSV (UTF-8).'
        fatal("library_missing", shown(path), "reading workbooks needs the library python-calamine", hint)
    try:
        with path.open("rb") as file, python_calamine.load_workbook(file) as book:
            yield book
    except python_calamine.PasswordError:
        refuse_locked(path)
    except (python_calamine.CalamineError, OverflowError, UnicodeError):
        refuse_damaged(path)
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check its permissions.")
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # how a fault in the library's own language arrives; it is no Exception
            refuse_damaged(path)
        raise


def _facts(path: Path) -> list[SheetFacts]:
    """What is known of the sheets before they are read; looked for once in each state of the file."""
    try:
        entry = path.stat()
        return facts_of(path, entry.st_mtime_ns, entry.st_size)
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check its permissions.")


# -- rows ---------------------------------------------------------------------------------------------------------------


class _SheetRows:
    """The rows of a sheet on their way into a CSV."""

    def __init__(self, sheet: Any, label: str, settings: TextSettings, facts: SheetFacts, cells: CellText) -> None:
        self._sheet, self._label, self._settings, self._cells = sheet, label, settings, cells
        self._first = sheet.start[1] if sheet.start else 0
        self._failed: dict[int, list[int]] = {}
        for row, column in facts.errors:
            if row < 0:
                refuse_damaged(Path(label.partition("#")[0]), "a formula without a result stands in a cell that does not say where it is")
            self._failed.setdefault(row + 1, []).append(column - self._first)

    def write(self, target: Path) -> SheetText:
        """Write them."""
        header, names, survey = self._header()
        read = self._columns(names, header[-1])
        self._refuse_nameless(names, read, header)
        text = SheetText([header[0]])
        errors: dict[int, list[int]] = {}
        blank: list[int] = []
        every = read == list(range(len(names)))
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=self._settings.delimiter, lineterminator="\n")
            writer.writerow([names[place] for place in read])
            down = _FilledDown(self._merged(header[-1]), self._first)
            for number, values in self._filled(header[-1]):
                cells = self._cells.row(values)
                down.fill(number, cells)
                for place in self._failed.get(number, ()):
                    if 0 <= place < len(cells):
                        cells[place] = UNREADABLE
                if UNREADABLE in cells:
                    for place in (place for place in read if cells[place] == UNREADABLE):
                        errors.setdefault(place, []).append(number)
                blank += range(text.rows[-1] + 1, number) if len(text.rows) > 1 else ()
                text.rows.append(number)
                writer.writerow(cells if every else [cells[place] for place in read])
        text.notes += [*self._notes_of_errors(names, errors), *self._notes_of_rows(text.rows, blank)]
        if survey:
            message = "3 header rows, as Qualtrics writes them, are recognised: the first names the columns"
            hint = "Nothing is to be done; [text] header_rows declares another"
            text.notes.append(Finding("header_rows", "note", self._label, "", message, hint))
        return text

    def _filled(self, after: int) -> Iterator[tuple[int, list[Any]]]:
        """Rows behind one that hold anything, with their numbers in the sheet."""
        for number, values in enumerate(self._sheet.iter_rows(), start=1):
            if number > after and (any(values) or any(value != "" for value in values) or number in self._failed):
                yield number, values

    def _columns(self, names: Sequence[str], after: int) -> list[int]:
        """The columns that have a name, and those without one that hold anything."""
        nameless = [place for place, name in enumerate(names) if not name]
        used: set[int] = set()
        for _, values in self._filled(after) if nameless else ():
            used.update(place for place in nameless if values[place] != "")
        return [place for place, name in enumerate(names) if name or place in used]

    def _header(self) -> tuple[list[int], list[str], bool]:
        """The rows of the header, the names that they give, and whether they are those of a survey."""
        rows = self._settings.header_rows or QUALTRICS
        numbers, texts = [], []
        for number, values in self._filled(self._settings.skip_rows):
            numbers.append(number)
            texts.append(self._cells.row(values))
            if len(numbers) == rows:
                break
        if not numbers or len(numbers) < self._settings.header_rows:
            hint = "Correct [text] skip_rows and header_rows in mapping.toml, or name another sheet"
            fatal("empty_file", self._label, "the sheet has no header", hint)
        survey = not self._settings.header_rows and len(texts) == QUALTRICS and _is_import_row(texts[-1])
        n = self._settings.header_rows or (QUALTRICS if survey else 1)
        return numbers[:n], [name.strip() for name in names_of_header(texts[:n])], survey

    def _refuse_nameless(self, names: Sequence[str], read: Sequence[int], header: Sequence[int]) -> None:
        """A column with values and no name; where most are so, a title stands where the names are looked for."""
        nameless = [place for place in read if not names[place]]
        if not nameless or nameless == [0]:  # the first may number the rows
            return
        letter = column_letters(self._first + nameless[0])
        hint = "Name it or delete it"
        if len(nameless) > len(read) // 2 and header:
            hint = f"If a title stands above the names, declare in mapping.toml: [text] skip_rows = {header[0]}"
        hint += "; where names stand in two rows, declare [text] header_rows = 2."
        refuse([Finding("blank_header", "error", self._label, "", f"column {letter} has no name", hint, (header[0],), "row", 1)])

    def _notes_of_errors(self, names: Sequence[str], errors: Dictionary[int, list[int]]) -> list[Finding]:
        message = "formulas without a result (#N/A, #REF! and the like)"
        hint = "Correct them and save the workbook again; where the column is read, such a row is an error"
        return [
            Finding("formula_error", "warning", self._label, names[place], message, hint, tuple(rows), "row", len(rows))
            for place, rows in sorted(errors.items())
        ]

    def _merged(self, after: int) -> list[tuple[int, int, int, int]]:
        """Cells that are merged behind a row: first row, first column, last row, last column, as the sheet counts rows, columns from 0."""
        ranges = [(low[0] + 1, low[1], high[0] + 1, high[1]) for low, high in self._sheet.merged_cell_ranges or () if low != high]
        return sorted(each for each in ranges if each[2] > after)

    def _notes_of_rows(self, rows: Sequence[int], blank: Sequence[int]) -> list[Finding]:
        """Blank rows between others, and cells that are merged."""
        notes = []
        if blank:
            hint = "Nothing is missing unless rows were meant to stand there"
            notes.append(
                Finding("blank_lines", "note", self._label, "", "blank rows are passed over", hint, tuple(blank), "row", len(blank))
            )
        first = rows[1] if len(rows) > 1 else 1 << 62
        merged = self._merged(first - 1)
        down = "merged cells: their value stands for each of the rows that they cover"
        across = "cells merged across columns: the first holds the value, the others are blank"
        for message, hint, at in (
            (down, "Nothing is to be done, unless the value is that of one row alone", {each[0] for each in merged if each[2] > each[0]}),
            (across, "Take the merging off and fill in each cell that needs the value", {each[0] for each in merged if each[3] > each[1]}),
        ):
            if at:
                notes.append(Finding("merged_cells", "warning", self._label, "", message, hint, tuple(sorted(at)), "row", len(at)))
        return notes


class _FilledDown:
    """Gives the rows that merged cells cover the value of the first of these rows, in their first column.

    Parameters
    ----------
    merged : list of tuple of int
        First row, first column, last row and last column of each, by the first.
    first : int
        The column of the sheet in which rows begin.
    """

    def __init__(self, merged: Sequence[tuple[int, int, int, int]], first: int) -> None:
        self._later = deque((top, column - first, bottom) for top, column, bottom, _ in merged if bottom > top)
        self._values: dict[int, tuple[int, str]] = {}  # by column: the last row, and the value

    def fill(self, number: int, cells: list[str]) -> None:
        """Fill the blank cells of a row; rows come in their order."""
        while self._later and self._later[0][0] <= number:
            top, column, bottom = self._later.popleft()
            if top == number and 0 <= column < len(cells):
                self._values[column] = bottom, cells[column]
        for column, (bottom, value) in self._values.items():
            if number <= bottom and not cells[column]:
                cells[column] = value


def _is_import_row(cells: Sequence[str]) -> bool:
    return any(cells) and all(is_import_id(cell) for cell in cells if cell)
