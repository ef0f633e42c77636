"""Takes the text of a page, gives everything that it says, each with its place, and the parameters that it was made with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_LEAVES = {"h1", "h2", "h3", "p", "li", "dt", "dd", "td", "th", "caption", "figcaption", "title", "strong", "a"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that a page says.

    Parameters
    ----------
    place : str
        Its section, table, row and column.
    text : str
        The words; of a chart the address of its image.
    is_chart : bool
        Whether it is a chart.
    """

    place: str
    text: str
    is_chart: bool = False


@dataclass
class PageText(HTMLParser):
    """What a page says, read piece by piece.

    Attributes
    ----------
    pieces : list of Piece
        In the order of the page.
    parameters : str
        Those of the report, as JSON; empty where the page has none.

    Examples
    --------
    >>> page = page_text("<section id='stay'><table><tr><th>Track</th><th>Days</th></tr><tr><th>All</th><td>42</td></tr></table></section>")
    >>> page.pieces[-1]
    Piece(place='section stay, row "All", column "Days"', text='42', is_chart=False)
    """

    pieces: list[Piece] = field(default_factory=list)
    parameters: str = ""
    _section: str = ""
    _table: str = ""
    _heads: list[str] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _term: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the reading is; a chart is a piece by itself."""
        values = dict(attrs)
        if tag == "a":  # a link is part of its sentence
            return
        self._keep()
        if tag == "section":
            self._section = values.get("id") or ""
        elif tag == "table":
            self._table, self._heads = "", []
        elif tag == "tr":
            self._row = []
        elif tag == "meta" and values.get("name") == "parameters":
            self.parameters = values.get("content") or ""
        elif tag == "img":
            self.pieces.append(Piece(self._place("words of a chart"), values.get("alt") or ""))
            self.pieces.append(Piece(self._place("chart"), values.get("src") or "", is_chart=True))

    def handle_endtag(self, tag: str) -> None:
        """Keep the words of a cell, with its row and column, or of a paragraph."""
        if tag == "a":
            return
        words = " ".join("".join(self._words).split())
        if tag in ("td", "th"):
            self._words = []
            self._cell(words)
        elif tag == "tr" and not self._heads:
            self._heads = self._row
        elif tag == "caption":
            self._table = words
        elif tag == "dt":
            self._term = words
        if tag == "section":
            self._section = self._term = ""
        self._keep()
        if tag == "table":
            self._table, self._heads, self._row = "", [], []

    def handle_data(self, data: str) -> None:
        """Collect words."""
        self._words.append(data)

    def _keep(self) -> None:
        """Make a piece of the words before a tag."""
        words = " ".join("".join(self._words).split())
        self._words = []
        if words:
            self.pieces.append(Piece(self._place(f'"{self._term}"' if self._term and not self._table else ""), words))

    def _cell(self, words: str) -> None:
        column = self._heads[len(self._row)] if len(self._row) < len(self._heads) else ""
        self._row.append(words)
        rows = [f'row "{self._row[0]}"', f'column "{column}"'] if self._heads else ["heads"]
        self.pieces.append(Piece(self._place(*rows), words))

    def _place(self, *inside: str) -> str:
        section = f"section {self._section}" if self._section else "top of the page"
        return ", ".join([section, *([f'table "{self._table}"'] if self._table else []), *filter(None, inside)])


def page_text(text: str) -> PageText:
    """Read a page."""
    page = PageText()
    page.feed(text)
    page.close()
    return page


def pieces_by_place(pieces: Sequence[Piece]) -> dict[tuple[str, int], Piece]:
    """Pieces by their place, those of one place numbered."""
    seen: dict[str, int] = {}
    placed = {}
    for piece in pieces:
        seen[piece.place] = seen.get(piece.place, 0) + 1
        placed[piece.place, seen[piece.place]] = piece
    return placed
