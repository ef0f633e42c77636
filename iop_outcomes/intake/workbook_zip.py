"""Takes a workbook that is a zip (.xlsx, .ods), gives what is known of its sheets, or refuses it before a reader opens it.

Every entry is unpacked once, a block at a time, and nothing of it is kept: what a zip declares of its own sizes is only believed where it
is true. A document type, by which a short text can be made to stand for a very long one, is refused wherever it stands.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

import numpy as np

from iop_outcomes.errors import DataError
from iop_outcomes.intake.decoding import FEW_BYTES, RATIO
from iop_outcomes.intake.files import BLOCK_BYTES, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.workbook_limits import (
    MAX_TEXT,
    SheetFacts,
    column_number,
    refuse_damaged,
    refuse_links,
    refuse_locked,
    refuse_macros,
)

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 1 << 23
MAX_UNPACKED_BYTES = 1 << 32
MAX_BOOK_BYTES = 1 << 24  # of the list of sheets and the like
MAX_TAG_BYTES = 1 << 20
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_IN = "}"  # between a namespace and a name
_END = b"PK\x05\x06"
_END_BYTES = 22 + 0xFFFF
_ENCRYPTED = 1
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_WIDE_DOCTYPE = (rb"<\0!\0D\0O\0C\0T\0Y\0P\0E\0", b"\0<\0!\0D\0O\0C\0T\0Y\0P\0E")  # in the two orders of UTF-16
_COLUMN = re.compile(rb"""r\s*=\s*["']([A-Za-z]{1,9})[0-9]""")
_ROW = re.compile(rb"""r\s*=\s*["'][A-Za-z]*([0-9]{1,9})""")
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
_CELL_TAG = re.compile(rb"""<(?:[\w.-]+:)?c\s[^<>]*?>""")
_VALUE = re.compile(rb"""<(?:[\w.-]+:)?v(?:\s[^<>]*)?>\s*([0-9]{1,9})""")
_TEXT_END = re.compile(rb"""</(?:[\w.-]+:)?si\s*>""")
_SHORT_CELL = 1_000  # bytes; shorter ones are bounded by the number of cells
_SHARED = "xl/sharedstrings.xml"
_ROW_TAG = re.compile(rb"""<(?:[\w.-]+:)?row(?=[\s/>])""")
_CELL_START = re.compile(rb"""<(?:[\w.-]+:)?c(?=[\s/>])""")
_VALUE_TAGS = (b"<v>", b":v>", b"<v ", b":v ", b"<is>", b":is>")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")


def zip_facts(path: Path) -> list[SheetFacts]:
    """What is known of the sheets of a workbook, in their order.

    Raises
    ------
    DataError
        When it is no workbook, or one that no reader should be given.
    """
    _refuse_directory(path)
    try:
        with zipfile.ZipFile(path) as book:
            return _facts(path, book, _entries(path, book))
    except DataError:
        raise
    except _BROKEN:
        refuse_damaged(path)


def _facts(path: Path, book: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> list[SheetFacts]:
    """What is known of the sheets, by the kind of workbook."""
    kinds = {
        "xl/workbook.xml": "",
        "content.xml": "" if _text(path, book, entries.get("mimetype")).strip() == ODS else "the file is of another kind than a workbook",
        "xl/workbook.bin": "the content is a binary workbook (.xlsb)",
    }
    came = [name for name in kinds if name in entries]
    if len(came) != 1:
        refuse_damaged(path, "the file holds two workbooks of different kinds" if came else "the file is a zip, but no workbook")
    if kinds[came[0]]:
        refuse_damaged(path, kinds[came[0]])
    return _xlsx(path, book, entries) if came[0] == "xl/workbook.xml" else _ods(path, book, entries)


# -- the zip itself ----------------------------------------------------------------------------------------------------


def _refuse_directory(path: Path) -> None:
    """Judge the directory of a zip by the few bytes that describe it, before it is read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        tail = file.read()
    start = tail.rfind(_END)
    if start < 0 or len(tail) < start + 22:
        refuse_damaged(path)
    entries = int.from_bytes(tail[start + 10 : start + 12], "little")
    size = int.from_bytes(tail[start + 12 : start + 16], "little")
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY_BYTES:
        fatal("file_too_large", shown(path), f"the zip holds more than {MAX_ENTRIES:,} entries", "Check where the file comes from.")


def _entries(path: Path, book: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries of a zip by their names: each once, inside it, apart from the others, and no larger than it can be."""
    entries: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for entry in book.infolist():
        name = entry.filename.replace("\\", "/")  # as some writers for Windows separate folders
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename:
            refuse_damaged(path, "an entry of the zip leads out of it")
        if name.lower() in seen:
            refuse_damaged(path, "an entry stands twice in the zip")
        if entry.flag_bits & _ENCRYPTED:
            refuse_locked(path)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            refuse_damaged(path, "the zip is packed in a way that no workbook is")
        entries[name] = entry
        seen.add(name.lower())
    if len(entries) > MAX_ENTRIES:
        fatal("file_too_large", shown(path), f"the zip holds more than {MAX_ENTRIES:,} entries", "Check where the file comes from.")
    end = 0
    for entry in sorted(entries.values(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            refuse_damaged(path, "entries of the zip lie over one another")
        end = entry.header_offset + 30 + entry.compress_size
    _refuse_size(path, sum(entry.file_size for entry in entries.values()))
    return entries


def _refuse_size(path: Path, unpacked: int) -> None:
    limit = min(MAX_UNPACKED_BYTES, max(FEW_BYTES, RATIO * path.stat().st_size))
    if unpacked > limit:
        message = f"unpacked it is larger than {limit / (1 << 20):,.0f} MiB, over {RATIO} times the file"
        if limit == MAX_UNPACKED_BYTES:
            message = f"unpacked it is larger than {limit / (1 << 30):,.0f} GiB"
        fatal("file_too_large", shown(path), message, "Rows of a program cannot be packed so tightly: check where the file comes from.")


def _blocks(path: Path, book: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry, at most as many as it declares, and exactly as many."""
    n = 0
    with book.open(entry) as file:
        while block := file.read(BLOCK_BYTES):
            n += len(block)
            yield block
    if n != entry.file_size:
        refuse_damaged(path, "the zip contradicts itself about the size of an entry")


def _text(path: Path, book: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> bytes:
    """A small entry as a whole; nothing where there is none."""
    if entry is None:
        return b""
    if entry.file_size > MAX_BOOK_BYTES:
        fatal("file_too_large", shown(path), "the list of its sheets is larger than any can be", "Check where the file comes from.")
    content = b"".join(_blocks(path, book, entry))
    _refuse_doctype(path, content)
    return content


def _refuse_doctype(path: Path, block: bytes) -> None:
    if _DOCTYPE.search(block) or any(mark in block for mark in _WIDE_DOCTYPE):
        refuse_damaged(path, "a document type or an entity is declared in it, which no spreadsheet program writes")


def _scan(path: Path, book: zipfile.ZipFile, entry: zipfile.ZipInfo, look: Callable[[bytes], None] | None) -> None:
    """Unpack an entry from its first byte to its last, in blocks that end where a tag begins."""
    kept = b""
    for block in _blocks(path, book, entry):
        whole = kept + block
        cut = whole.rfind(b"<")
        if cut <= 0:
            cut = len(whole)
        kept, seen = whole[cut:], whole[:cut]
        if len(kept) > MAX_TAG_BYTES:
            kept, seen = b"", whole
        _refuse_doctype(path, seen)
        if look:
            look(seen)
    _refuse_doctype(path, kept)
    if look:
        look(kept)


# -- .xlsx -------------------------------------------------------------------------------------------------------------


class _Listed(NamedTuple):
    """A sheet in the list of the workbook, and the entry that holds it."""

    name: str
    entry: str


def _xlsx(path: Path, book: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> list[SheetFacts]:
    types = _text(path, book, entries.get("[Content_Types].xml"))
    if b"vbaProject" in types or b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in entries):
        refuse_macros(path)
    relations = _text(path, book, entries.get("xl/_rels/workbook.xml.rels"))
    if any(name.lower().startswith("xl/externallinks/") for name in entries) or b"/externalLink" in relations:
        refuse_links(path)
    listed = _listed(relations, _text(path, book, entries.get("xl/workbook.xml")))
    sheets = [SheetFacts(sheet.name, alone=True) for sheet in listed]
    looks = {sheet.entry.lower(): _Extent(facts) for sheet, facts in zip(listed, sheets, strict=True)}
    if len(looks) != len(listed):
        refuse_damaged(path, "two of its sheets are one and the same")
    by_name = {name.lower(): entry for name, entry in entries.items()}
    if not looks.keys() <= by_name.keys():
        refuse_damaged(path, "its list of sheets names one that is not there")
    shared = _Texts()
    for name, entry in entries.items():
        _scan(path, book, entry, looks.get(name.lower(), shared if name.lower() == _SHARED else None))
    for sheet, facts in zip(listed, sheets, strict=True):
        if facts.values * shared.longest > MAX_TEXT:  # perhaps: now each is counted as often as it is used
            used = _Used(shared, facts)
            _scan(path, book, by_name[sheet.entry.lower()], used)
    return sheets


def _listed(relations: bytes, workbook: bytes) -> list[_Listed]:
    """The sheets in the order of the workbook."""
    targets = {}
    for _, relation in _elements(relations):
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target.removeprefix('xl/')}"
    sheets = []
    for tag, element in _elements(workbook):
        if tag == "sheet":
            number = next((value for key, value in element.items() if key.endswith(f"{_IN}id")), "")
            sheets.append(_Listed(element.get("name", ""), targets.get(number, "")))
    return sheets


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Names, without their namespace, and attributes of the elements of a small entry; nothing of an empty one."""
    elements: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate(namespace_separator=_IN)
    parser.StartElementHandler = lambda name, attributes: elements.append((name.rpartition(_IN)[2], attributes))
    if content:
        parser.Parse(content, True)  # noqa: FBT003 - the parser takes no keyword
    return elements


class _Extent:
    """Looks at the bytes of a sheet: how far its cells reach, and which of them hold an error."""

    def __init__(self, facts: SheetFacts) -> None:
        self._facts, self._rows = facts, 0

    def __call__(self, block: bytes) -> None:
        columns, rows = set(_COLUMN.findall(block)), set(_ROW.findall(block))
        if columns and rows:
            self._facts.cover(max(map(int, rows)) - 1, max(column_number(letters.decode()) for letters in columns))
        elif parts := _ROW_TAG.split(block)[1:]:  # cells that do not say where they are follow one another, and so do rows
            self._rows += len(parts)
            self._facts.cover(max([self._rows, *map(int, rows)]) - 1, max(len(_CELL_START.findall(part)) for part in parts))
        self._facts.values += sum(map(block.count, _VALUE_TAGS))
        if b'"e"' in block or b"'e'" in block:
            for tag in _CELL_TAG.findall(block):
                if _ERROR.search(tag):
                    place = _PLACE.search(tag)
                    self._facts.errors.append((int(place[2]) - 1, column_number(place[1].decode())) if place else (-1, -1))


class _Texts:
    """Looks at the bytes of the texts that cells share: how long each is."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self._pending = 0

    @property
    def longest(self) -> int:
        """Bytes of the longest."""
        return max(self.lengths, default=0)

    def __call__(self, block: bytes) -> None:
        start = 0
        for end in _TEXT_END.finditer(block):
            self.lengths.append(self._pending + end.start() - start)
            self._pending, start = 0, end.end()
        self._pending += len(block) - start


class _Used:
    """Looks at a sheet a second time: how many bytes its texts come to, each as often as a cell holds it."""

    def __init__(self, texts: _Texts, facts: SheetFacts) -> None:
        self._lengths, self._facts = np.array(texts.lengths, dtype=np.int64), facts

    def __call__(self, block: bytes) -> None:
        numbers = np.array([int(number) for number in _VALUE.findall(block)], dtype=np.int64)
        self._facts.text += int(self._lengths[numbers[numbers < len(self._lengths)]].sum())


# -- .ods --------------------------------------------------------------------------------------------------------------


def _ods(path: Path, book: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> list[SheetFacts]:
    if b"encryption-data" in _text(path, book, entries.get("META-INF/manifest.xml")):
        refuse_locked(path)
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in entries):
        refuse_macros(path)
    for name, entry in entries.items():
        if name != "content.xml":
            _scan(path, book, entry, None)
    tables = _Tables(path)
    parser = expat.ParserCreate()
    parser.StartElementHandler = tables.start
    tables.place = lambda: parser.CurrentByteIndex
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(path, b"<!DOCTYPE")
    for block in _blocks(path, book, entries["content.xml"]):
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
