"""Takes the entries of an .ods, gives what is known of its sheets, or refuses it before a reader opens it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from iop_outcomes.intake.workbook_limits import SheetFacts, refuse_links, refuse_locked, refuse_macros
from iop_outcomes.intake.workbook_zip import BookZip, refuse_doctype

_SHORT_CELL = 1_000  # bytes; shorter ones are bounded by the number of cells


def ods_facts(book: BookZip) -> list[SheetFacts]:
    """What is known of the sheets of an .ods, in their order.

    Raises
    ------
    DataError
        When it needs a password, or holds macros or links to other files.
    """
    if b"encryption-data" in book.text("META-INF/manifest.xml"):
        refuse_locked(book.path)
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in book.entries):
        refuse_macros(book.path)
    for name in book.entries:
        if name != "content.xml":
            book.scan(name, None)
    tables = _Tables(book.path)
    parser = expat.ParserCreate()
    parser.StartElementHandler = tables.start
    tables.place = lambda: parser.CurrentByteIndex
    parser.StartDoctypeDeclHandler = lambda *_: refuse_doctype(book.path, b"<!DOCTYPE")
    for block in book.blocks("content.xml"):
        parser.Parse(block, False)  # noqa: FBT003 - the parser takes no keyword
    parser.Parse(b"", True)  # noqa: FBT003 - the same
    return tables.sheets


class _Tables:
    """Follows the tables of an OpenDocument: how far their cells reach once what is repeated is written out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sheets: list[SheetFacts] = []
        self.place: Callable[[], int] = int  # bytes read so far
        self._row = self._next_row = self._column = 0
        self._repeated, self._from = 1, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "text:p":
            self._cover()
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._count_text()
            times = int(attributes.get("table:number-columns-repeated", "1")) if attributes else 1
            self._column += times
            self._repeated = times * (self._next_row - self._row)
            if self._repeated > 1:
                self._from = self.place()
            if "office:value-type" in attributes:
                self._cover()
        elif name == "table:table-row":
            self._count_text()
            self._row, self._column = self._next_row, 0
            self._next_row += int(attributes.get("table:number-rows-repeated", "1"))
        elif name == "table:table":
            self._count_text()
            self.sheets.append(SheetFacts(attributes.get("table:name", "")))
            self._row = self._next_row = self._column = 0
        elif name in ("table:table-source", "table:cell-range-source", "table:dde-links"):
            refuse_links(self._path)

    def _count_text(self) -> None:
        """What stood in the cell before, as often as it is repeated; a blank one is one tag."""
        if self._repeated > 1 and self.sheets:
            length = self.place() - self._from
            self.sheets[-1].text += length * self._repeated if length > _SHORT_CELL else 0
        self._repeated = 1

    def _cover(self) -> None:
        if self.sheets and self._column:
            self.sheets[-1].cover(self._next_row - 1, self._column - 1)
