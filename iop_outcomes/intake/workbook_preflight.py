"""Takes a workbook, gives what is known of its sheets, or refuses it, before any reader opens it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from iop_outcomes.errors import DataError
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.workbook_limits import MAX_WORKBOOK_BYTES, SheetFacts, refuse_damaged, refuse_extent, refuse_macros, sheet_label
from iop_outcomes.intake.workbook_ods import ods_facts
from iop_outcomes.intake.workbook_ole import MARK, ole_facts
from iop_outcomes.intake.workbook_xlsx import BASE, xlsx_facts
from iop_outcomes.intake.workbook_zip import BookZip, refuse_directory

MACRO_WORKBOOKS = (".xlsm", ".xlsb", ".xltm", ".xlam")
HEAD_BYTES = 1 << 12
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    struct.error,
    expat.ExpatError,
)


@lru_cache(maxsize=16)
def facts_of(path: Path, _changed: int, size: int) -> list[SheetFacts]:
    """What is known of the sheets of a workbook, in their order; looked for once in each state of the file.

    Parameters
    ----------
    path : Path
        The workbook.
    _changed, size : int
        When it was last written, and how many bytes it has.

    Raises
    ------
    DataError
        When it is no workbook, or one that no reader should be given.
    """
    if path.suffix.lower() in MACRO_WORKBOOKS:
        refuse_macros(path, f"a workbook of this kind ({path.suffix.lower()}) may hold macros")
    if size > MAX_WORKBOOK_BYTES:
        limit = f"the limit of a workbook is {MAX_WORKBOOK_BYTES / (1 << 20):,.0f} MiB"
        fatal("file_too_large", shown(path), f"the file has {size / (1 << 20):,.0f} MiB; {limit}", "Save the sheet as CSV (UTF-8).")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.startswith((b"PK", MARK)):
        _refuse_other_content(path, head)
    sheets = _zip_facts(path) if head.startswith(b"PK") else ole_facts(path)
    for place, sheet in enumerate(sheets, start=1):
        if not sheet.alone:  # opening the workbook reads it
            refuse_extent(path, sheet_label(path, sheet.name, place), sheet)
    return sheets


def _refuse_other_content(path: Path, head: bytes) -> NoReturn:
    """What is often called a workbook and is none."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not head:
        fatal("empty_file", shown(path), "the file is empty", "Export it again.")
    if plain.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"mime-version")):
        refuse_damaged(path, "the content is a web page or XML, as some systems export it under the name of a workbook")
    if b"\0" not in head and (b"," in head or b"\t" in head or b";" in head):
        fatal(
            "not_workbook",
            shown(path),
            "the content is text under the name of a workbook",
            "Call it .csv, and see docs/guide/doors.md for [text].",
        )
    refuse_damaged(path)


def _zip_facts(path: Path) -> list[SheetFacts]:
    """The same of one that is a zip."""
    refuse_directory(path)
    try:
        with zipfile.ZipFile(path) as book:
            return _facts_of_kind(BookZip(path, book))
    except DataError:
        raise
    except _BROKEN:
        refuse_damaged(path)


def _facts_of_kind(book: BookZip) -> list[SheetFacts]:
    """The same, by the kind of workbook."""
    kinds = {
        f"{BASE}workbook.xml": "",
        "workbook.xml": "",
        "content.xml": "" if book.text("mimetype").strip() == ODS else "the file is of another kind than a workbook",
        "xl/workbook.bin": "the content is a binary workbook (.xlsb)",
    }
    came = [name for name in kinds if name in book.entries]
    if len(came) != 1:
        refuse_damaged(book.path, "the file holds two workbooks of different kinds" if came else "the file is a zip, but no workbook")
    if kinds[came[0]]:
        refuse_damaged(book.path, kinds[came[0]])
    return ods_facts(book) if came[0] == "content.xml" else xlsx_facts(book, came[0].removesuffix("workbook.xml"))
