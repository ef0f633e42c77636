"""Takes the Word or the Excel file of a report, gives the numbers of its tables and what its Methods say, as of the page."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from iop_outcomes.attack.read_html import read_page
from iop_outcomes.attack.readings import FilesRead, TableRead
from iop_outcomes.errors import UsageError

MOST_BYTES = 200_000_000  # of a member once it is unpacked; a page of a thousand groups has a tenth of it
TERM, MEANING = "Reportterm", "Reportmeaning"  # styles of what the Methods define
HEAD_ROW = 5  # of a table on its sheet; the caption stands in the first row
_CELL = re.compile(r"([A-Z]+)(\d+)")
_PART = re.compile(r" \(part \d+ of \d+\)$")  # of a table that is wider than a page


def read_docx(content: bytes, name: str) -> FilesRead:
    """Read the Word file of a report.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name.

    Returns
    -------
    FilesRead
    """
    words = _WordReader()
    parse(members(content, name).get("word/document.xml", b""), name, words.start, words.end, words.text)
    return read_page(words.tables, words.terms, name, narrowed=True)  # it may be; the page beside it says


def read_xlsx(content: bytes, name: str) -> FilesRead:
    """Read the Excel file of a report.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name.

    Returns
    -------
    FilesRead
    """
    parts = members(content, name)
    book = _BookReader()
    sheets = numbered(parts, "xl/worksheets/sheet")
    for member in ("xl/sharedStrings.xml", "xl/styles.xml", *sheets):
        if member in parts:
            book.rows = {}
            parse(parts[member], name, book.start, book.end, book.text)
            book.keep_sheet()
    return read_page(book.tables, [], name, narrowed=True)


def numbered(parts: Iterable[str], *starts: str) -> list[str]:
    """The parts whose names begin so, in the order of the numbers behind: 2 before 10."""
    return sorted((each for each in parts if each.startswith(starts)), key=lambda each: (len(each), each))


def members(content: bytes, name: str) -> Mapping[str, bytes]:
    """The parts of a file that are XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            entries = [entry for entry in file.infolist() if entry.filename.endswith(".xml")]
            if max((entry.file_size for entry in entries), default=0) > MOST_BYTES:
                raise UsageError(f"{name}: a part of it is larger than {MOST_BYTES:,} bytes, which none of a report is.")
            return {entry.filename: file.read(entry) for entry in entries}
    except zipfile.BadZipFile as error:
        raise UsageError(f"{name}: cannot be read. Was it changed? Write the report again, and attack that.") from error


def parse(
    content: bytes, name: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]
) -> None:
    """Follow the elements of a part; one that declares entities of its own is none of a report."""

    def refuse(*_: object) -> None:
        raise UsageError(f"{name}: declares a document type, which no file of a report does.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the parser takes no keyword
    except expat.ExpatError as error:
        raise UsageError(f"{name}: cannot be read. Was it changed? Write the report again, and attack that.") from error


@dataclass
class _WordReader:
    """The tables and the definitions of a Word file."""

    tables: list[TableRead] = field(default_factory=list)
    terms: list[tuple[str, list[str]]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _style: str = ""
    _in_table: bool = False
    _in_text: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a table, a row, a cell or a paragraph."""
        if tag == "w:tbl":
            self._in_table = True
            self.tables.append(TableRead("", "", []))
        elif tag == "w:tblCaption":
            self.tables[-1] = TableRead("", _PART.sub("", attributes["w:val"]), self.tables[-1].rows)
        elif tag == "w:tr":
            self.tables[-1].rows.append([])
        elif tag == "w:tc" or (tag == "w:p" and not self._in_table):
            self._words, self._style = [], ""
        elif tag == "w:pStyle":
            self._style = attributes["w:val"]
        self._in_text = tag == "w:t"

    def end(self, tag: str) -> None:
        """Keep the words of a cell or of a definition."""
        words = " ".join("".join(self._words).split())
        self._in_text = False
        if tag == "w:tbl":
            self._in_table = False
        elif tag == "w:tc":
            self.tables[-1].rows[-1].append(words)
        elif tag == "w:p" and self._in_table:
            self._words.append(" ")
        elif tag == "w:p" and self._style == TERM:
            self.terms.append((words, []))
        elif tag == "w:p" and self._style == MEANING and self.terms:
            self.terms[-1][1].append(words)

    def text(self, words: str) -> None:
        """Collect words."""
        if self._in_text:
            self._words.append(words)


@dataclass
class _BookReader:
    """The tables of an Excel file: words, forms of numbers, then sheet by sheet."""

    tables: list[TableRead] = field(default_factory=list)
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    _strings: list[str] = field(default_factory=list)
    _forms: dict[str, str] = field(default_factory=dict)
    _cells: list[str] = field(default_factory=list)
    _in_cells: bool = False
    _attributes: dict[str, str] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a text, a form or a cell."""
        if tag in ("si", "c", "v"):
            self._words = []
        if tag == "c":
            self._attributes = attributes
        elif tag == "numFmt":
            self._forms[attributes["numFmtId"]] = attributes["formatCode"]
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            self._cells.append(attributes["numFmtId"])

    def end(self, tag: str) -> None:
        """Keep a text or a cell."""
        if tag == "si":
            self._strings.append("".join(self._words))
        elif tag == "cellXfs":
            self._in_cells = False
        elif tag == "v" and (match := _CELL.fullmatch(self._attributes["r"])):
            words = "".join(self._words)
            kind = self._attributes.get("t", "n")
            shown = self._strings[int(words)] if kind == "s" else self._number(float(words)) if kind == "n" else words
            self.rows.setdefault(int(match[2]), {})[_column(match[1])] = " ".join(shown.split())

    def text(self, words: str) -> None:
        """Collect words."""
        self._words.append(words)

    def _number(self, value: float) -> str:
        """A number as its form shows it."""
        style = int(self._attributes.get("s", 0))
        form = self._forms.get(self._cells[style] if style < len(self._cells) else "", "0").partition(";")[0]
        digits = len(form.rstrip("%").partition(".")[2])
        return f"{value:,.{digits}{'%' if form.endswith('%') else 'f'}}".replace("-", "\u2212")

    def keep_sheet(self) -> None:
        """Make a table of a sheet: its caption, then its rows from the head on."""
        heads = self.rows.get(HEAD_ROW)
        if heads:
            width = max(heads) + 1
            rows = [[row.get(column, "") for column in range(width)] for number, row in sorted(self.rows.items()) if number >= HEAD_ROW]
            self.tables.append(TableRead("", self.rows.get(1, {}).get(0, ""), rows))


def _column(letters: str) -> int:
    """The place of a column, from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
