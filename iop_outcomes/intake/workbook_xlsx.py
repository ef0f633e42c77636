"""Takes the entries of an .xlsx, gives what is known of its sheets, or refuses it before a reader opens it."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

import numpy as np

from iop_outcomes.intake.workbook_limits import MAX_TEXT, SheetFacts, column_number, refuse_damaged, refuse_links, refuse_macros
from iop_outcomes.intake.workbook_zip import BookZip

_IN = "}"  # between a namespace and a name
BASE = "xl/"  # the folder of the parts of a workbook; some writers put them at the root of the zip
_COLUMN = re.compile(rb"""r\s*=\s*["']([A-Za-z]{1,9})[0-9]""")
_ROW = re.compile(rb"""r\s*=\s*["'][A-Za-z]*([0-9]{1,9})""")
_CELL_TAG = re.compile(rb"""<(?:[\w.-]+:)?c\s[^<>]*?>""")
_VALUE = re.compile(rb"""<(?:[\w.-]+:)?v(?:\s[^<>]*)?>\s*([0-9]{1,9})""")
_TEXT_END = re.compile(rb"""</(?:[\w.-]+:)?si\s*>""")
_ROW_TAG = re.compile(rb"""<(?:[\w.-]+:)?row(?=[\s/>])""")
_CELL_START = re.compile(rb"""<(?:[\w.-]+:)?c(?=[\s/>])""")
_VALUE_TAGS = (b"<v>", b":v>", b"<v ", b":v ", b"<is>", b":is>")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")


class _Listed(NamedTuple):
    """A sheet in the list of the workbook, and the entry that holds it."""

    name: str
    entry: str


def xlsx_facts(book: BookZip, base: str = BASE) -> list[SheetFacts]:
    """What is known of the sheets of an .xlsx, in their order.

    Parameters
    ----------
    book : BookZip
        The zip.
    base : {"xl/", ""}
        The folder in which the list of sheets stands.

    Raises
    ------
    DataError
        When it holds macros or links to other files, or contradicts itself.
    """
    types = book.text("[Content_Types].xml")
    if b"vbaProject" in types or b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in book.entries):
        refuse_macros(book.path)
    if base != BASE and b'"workbook.xml"' not in book.text("_rels/.rels").replace(b'"/', b'"'):
        refuse_damaged(book.path, "its list of parts names no workbook")
    relations = book.text(f"{base}_rels/workbook.xml.rels")
    if any(name.lower().startswith(f"{base}externallinks/") for name in book.entries) or b"/externalLink" in relations:
        refuse_links(book.path)
    listed = _listed(relations, book.text(f"{base}workbook.xml"), base)
    sheets = [SheetFacts(sheet.name, alone=True) for sheet in listed]
    looks = {sheet.entry.lower(): _Extent(facts) for sheet, facts in zip(listed, sheets, strict=True)}
    if len(looks) != len(listed):
        refuse_damaged(book.path, "two of its sheets are one and the same")
    names = {name.lower(): name for name in book.entries}
    if not looks.keys() <= names.keys():
        refuse_damaged(book.path, "its list of sheets names one that is not there")
    shared = _Texts()
    for lower, name in names.items():
        book.scan(name, looks.get(lower, shared if lower == f"{base}sharedstrings.xml" else None))
    for sheet, facts in zip(listed, sheets, strict=True):
        if facts.values * shared.longest > MAX_TEXT:  # perhaps: now each is counted as often as it is used
            book.scan(names[sheet.entry.lower()], _Used(shared, facts))
    return sheets


def _listed(relations: bytes, workbook: bytes, base: str) -> list[_Listed]:
    """The sheets in the order of the workbook."""
    targets = {}
    for _, relation in _elements(relations):
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"{base}{target.removeprefix(base)}"
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
            self._facts.cover(max([self._rows, *map(int, rows)]) - 1, max(len(_CELL_START.findall(part)) for part in parts) - 1)
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
