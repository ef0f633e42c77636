"""Takes a document, gives it as slides: its first page, then one slide for each chart, with its words as notes.

Slides have no sections, so that nothing refers to one by its number.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import singledispatchmethod
from itertools import pairwise
from typing import TYPE_CHECKING

from iop_outcomes.reporting.blocks import Block, Bullets, Cards, Figure, Note, Section, TableBlock, Terms, Text
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render.form import needing
from iop_outcomes.reporting.render.office_files import MUTED, OFFICE, definition_lines, definition_of, plain, report_file
from iop_outcomes.reporting.render.slides import (
    BODY_TOP,
    BOTTOM,
    CARDS_IN_ROW,
    CHARACTER_INCHES,
    LEFT,
    LINE_INCHES,
    WIDTH,
    Words,
    add_cards,
    add_picture,
    add_table,
    add_words,
    cards_height,
    height_of,
    new_slide,
    prepare,
    row_height,
)
from iop_outcomes.reporting.render.table_fit import FittedTable, fit_table
from iop_outcomes.show.theme import slices
from iop_outcomes.show.words import NOT_SHOWN, WHY_NOT_SHOWN

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

GAP = 0.1  # inches between two blocks
TEXT_POINTS, BULLET_POINTS = 13, 13
SMALLEST = 0.8  # what a chart may be shrunk to before it goes over several slides
LARGEST = 1.4  # and what it is enlarged to
LOWEST_OF_ITS_OWN = 2.0  # inches: a lower chart of page one stands among its sentences, and has no slide


def pptx_files(document: Document) -> dict[str, bytes]:
    """The PowerPoint file.

    Raises
    ------
    LibraryError
        Without python-pptx.
    """
    with needing("python-pptx", OFFICE):
        import pptx

    file = pptx.Presentation()
    prepare(file)
    first, *others = document.sections or [Section("", document.title, ())]
    page = _FirstPage(file, document, first.title)
    page.put(Text(document.lead))
    for block, following in pairwise((*first.blocks, None)):
        if isinstance(following, Bullets) and isinstance(block, Text) and block.words.endswith(":"):
            page.keep_together(block, following)
        page.put(block)
    for section in others:
        for block in section.blocks:
            if isinstance(block, Figure):
                _chart_slides(file, document, section, block)
    out = io.BytesIO()
    file.save(out)
    return {f"{document.name}.pptx": report_file(out.getvalue(), document)}


def _chart_slides(file: Presentation, document: Document, section: Section, figure: Figure) -> None:
    """A slide for a chart, or several where it is too tall to be read on one: its headline, what is shown, the picture, its words as notes."""
    subtitle = Words((figure.subtitle,), 14, MUTED) if figure.subtitle else None
    top = BODY_TOP + (height_of(subtitle) + GAP if subtitle else 0)
    room = BOTTOM - top
    width, height = figure.drawing.get_size_inches()
    pieces = slices(figure.drawing, room / SMALLEST)
    scale = min(LARGEST, WIDTH / width, *(room / (height * (end - start)) for start, end in pieces))
    for number, (start, end) in enumerate(pieces, 1):
        part = f" (part {number} of {len(pieces)})" if len(pieces) > 1 else ""
        slide = new_slide(file, f"{figure.headline}{part}", document)
        if subtitle:
            add_words(slide, subtitle, BODY_TOP)
        add_picture(slide, figure.picture, (LEFT, top, width * scale, height * (end - start) * scale), f"{figure.alt}{part}", (start, end))
        _set_notes(slide, [section.title, figure.headline, figure.subtitle, figure.alt, *_meaning(figure, section, document)])


def _meaning(figure: Figure, section: Section, document: Document) -> list[str]:
    definition = definition_of(figure, section, document)
    return [] if definition is None else definition_lines(definition)


def _set_notes(slide: Slide, lines: Sequence[str]) -> None:
    frame = slide.notes_slide.notes_text_frame
    if frame is not None:
        frame.text = "\n".join(plain(line) for line in lines if line)


class _FirstPage:
    """The first page of a report, block under block, over as many slides as it takes."""

    def __init__(self, file: Presentation, document: Document, heading: str) -> None:
        self._file, self._document, self._heading = file, document, heading
        self._slides = 0
        self._slide = self._new()

    def _new(self) -> Slide:
        """Begin a slide; each has a title of its own."""
        self._slides += 1
        more = f": {self._heading}" if self._slides == 1 else f": {self._heading}, continued ({self._slides})"
        self._slide = new_slide(self._file, f"{self._document.title}{more}", self._document)
        self._top = BODY_TOP
        return self._slide

    def _take(self, height: float) -> float:
        """Where something so high begins, on a new slide when this one has no room for it."""
        if self._top + height > BOTTOM and self._top > BODY_TOP:
            self._new()
        top, self._top = self._top, self._top + height + GAP
        return top

    def keep_together(self, heading: Text, bullets: Bullets) -> None:
        """Begin a slide where a line that announces a list would stand without it."""
        both = height_of(Words((heading.words,), TEXT_POINTS)) + GAP + height_of(Words(bullets.sentences, BULLET_POINTS, bullets=True))
        if self._top + both > BOTTOM:
            self._top = BOTTOM

    def _words(self, words: Words) -> None:
        """Sentences, over several slides where one does not hold them."""
        left = list(words.lines)
        while left:
            count = len(left)
            while count > 1 and height_of(words.some(left[:count])) > BOTTOM - BODY_TOP:
                count -= 1
            some = words.some(left[:count])
            top = self._take(height_of(some))
            add_words(self._slide, some, top)
            left = left[count:]

    @singledispatchmethod
    def put(self, block: Block) -> None:
        """Add a block."""
        raise TypeError(f"no place on a slide for a block of type {type(block).__name__}")

    @put.register
    def _(self, block: Text | Note) -> None:
        self._words(Words((block.words,), TEXT_POINTS))

    @put.register
    def _(self, block: Bullets) -> None:
        self._words(Words(block.sentences, BULLET_POINTS, bullets=True))

    @put.register
    def _(self, block: Terms) -> None:
        for term, lines in block.entries:
            self._words(Words((term, *lines), 12))

    @put.register
    def _(self, block: Cards) -> None:
        for start in range(0, len(block.cards), CARDS_IN_ROW):
            row = block.cards[start : start + CARDS_IN_ROW]
            top = self._take(cards_height(row))
            add_cards(self._slide, row, top)

    @put.register
    def _(self, block: Figure) -> None:
        if block.drawing.get_figheight() * LARGEST > LOWEST_OF_ITS_OWN:
            _chart_slides(self._file, self._document, Section("", self._heading, ()), block)
            self._top = BOTTOM  # what follows begins a slide
        else:
            self._strip(block)

    @put.register
    def _(self, block: TableBlock) -> None:
        for part in fit_table(block.table, WIDTH / CHARACTER_INCHES):
            self._table(part)
        if any(NOT_SHOWN in cell for row in block.table.rows for cell in row):
            self._words(Words((WHY_NOT_SHOWN,), 11, MUTED))

    def _strip(self, figure: Figure) -> None:
        """A low chart among what stands on the page, under its words."""
        words = [Words((figure.headline,), TEXT_POINTS, bold=True)]
        words += [Words((figure.subtitle,), 11, MUTED)] if figure.subtitle else []
        width, height = (inches * min(LARGEST, WIDTH / figure.drawing.get_figwidth()) for inches in figure.drawing.get_size_inches())
        top = self._take(sum(map(height_of, words)) + height)
        for each in words:
            add_words(self._slide, each, top)
            top += height_of(each)
        add_picture(self._slide, figure.picture, (LEFT, top, width, height), figure.alt, (0.0, 1.0))

    def _table(self, part: FittedTable) -> None:
        """A table under its caption, its rows over as many slides as they take, the head on each."""
        caption = Words(tuple(words for words in (part.table.caption, part.table.mark) if words), 12, bold=True)
        below = height_of(caption) + GAP
        over = below + row_height(part, part.table.heads)
        heights, first = [row_height(part, row) for row in part.table.rows], 0
        if self._top + over + min(sum(heights), 4 * LINE_INCHES) > BOTTOM and over + sum(heights) <= BOTTOM - BODY_TOP:
            self._top = BOTTOM
        while first < len(heights) or first == 0:
            top = self._take(over + sum(heights[first : first + 1]))
            last = first + 1
            while last < len(heights) and top + over + sum(heights[first : last + 1]) <= BOTTOM:
                last += 1
            add_words(self._slide, caption, top)
            add_table(self._slide, part, slice(first, last), top + below)
            self._top = top + over + sum(heights[first:last]) + GAP
            first = last
