"""Takes the PowerPoint file of a report, gives the numbers of its tables, of the words that stand for its charts, and its sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from iop_outcomes.attack.read_html import read_page
from iop_outcomes.attack.read_office import members, numbered, parse
from iop_outcomes.attack.readings import FilesRead, TableRead

_SLIDE = "on a slide"  # above its words stands what they say, not the title of a measure


def read_pptx(content: bytes, name: str) -> FilesRead:
    """Read the slides of a report.

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
    reader = _SlideReader()
    for slide in numbered(parts, "ppt/slides/slide", "ppt/notesSlides/"):
        parse(parts[slide], name, reader.start, reader.end, reader.text)
    return read_page(reader.tables, [], name, narrowed=True, words=reader.words)


@dataclass
class _SlideReader:
    """Tables, sentences and what stands for pictures."""

    tables: list[TableRead] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _title: str = ""
    _in_table: bool = False
    _in_text: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a table, a row, a cell or a paragraph; note what stands for a picture."""
        if attributes.get("descr"):
            self.words.append((_SLIDE, " ".join(attributes["descr"].split())))
        if tag == "p:sld":
            self._title = ""
        elif tag == "a:tbl":
            self._in_table = True
            self.tables.append(TableRead("", self._title, []))
        elif tag == "a:tr":
            self.tables[-1].rows.append([])
        elif tag == "a:tc" or (tag == "a:p" and not self._in_table):
            self._text = []
        self._in_text = tag == "a:t"

    def end(self, tag: str) -> None:
        """Keep the words of a cell or of a paragraph; the first of a slide is its title."""
        words = " ".join("".join(self._text).split())
        self._in_text = False
        if tag == "a:tbl":
            self._in_table = False
        elif tag == "a:tc":
            self.tables[-1].rows[-1].append(words)
        elif tag == "a:p" and not self._in_table and words:
            self._title = self._title or words
            self.words.append((_SLIDE, words))

    def text(self, words: str) -> None:
        """Collect words."""
        if self._in_text:
            self._text.append(words)
