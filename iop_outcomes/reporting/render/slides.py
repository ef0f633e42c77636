"""Takes a PowerPoint file, gives what stands on its slides: titles, words, cards, tables and pictures, each with its place."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from iop_outcomes.reporting.blocks import Card
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render.office_files import BROWN, FONT, INK, MUTED, NAVY, PALE, PALE_OCHRE, card_lines, plain, shade_colour
from iop_outcomes.reporting.render.table_fit import FittedTable

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

PAGE_WIDTH, PAGE_HEIGHT = 13.333, 7.5  # inches
LEFT, WIDTH = 0.6, 12.13
TITLE_TOP, TITLE_HEIGHT, BODY_TOP, BOTTOM, FOOT_TOP = 0.3, 1.0, 1.4, 6.85, 7.0
CHARACTER_INCHES, LINE_INCHES = 0.085, 0.19  # of a letter and of a line in a table, on average
_TABLE_POINTS, _CARD_POINTS, _VALUE_POINTS = 11, 12, 26
CARDS_IN_ROW = 5
_CARD_WIDTH = WIDTH / CARDS_IN_ROW
_TITLE_SIZES = ((60, 28), (110, 24), (170, 20))  # up to how many characters of a title, and how large; longer ones smaller still
_SMALLEST_TITLE = 16
_MAIN = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs of one look.

    Parameters
    ----------
    lines : tuple of str
        One for each paragraph.
    points : float
        Size of the letters.
    colour : str
        As RRGGBB.
    bold, bullets : bool
        How they stand.
    """

    lines: tuple[str, ...]
    points: float
    colour: str = INK
    bold: bool = False
    bullets: bool = False

    def some(self, lines: Sequence[str]) -> Words:
        """Some of the paragraphs."""
        return replace(self, lines=tuple(lines))


def height_of(words: Words, width: float = WIDTH) -> float:
    """How high some paragraphs are, in inches, as wide as a slide."""
    return sum(_lines(line, words.points, width - (0.3 if words.bullets else 0)) for line in words.lines) * words.points * 1.2 / 72 + (
        len(words.lines) * words.points * 0.3 / 72
    )


def _lines(line: str, points: float, width: float) -> int:
    return max(math.ceil(len(line) * points * 0.5 / 72 / max(width - 0.1, 0.1)), 1)


def row_height(part: FittedTable, row: Sequence[str]) -> float:
    """How high a row of a table is."""
    return part.lines(row) * LINE_INCHES + 0.08


# -- slides ----------------------------------------------------------------------------------------------------------------


def prepare(file: Presentation) -> None:
    """Make the slides wide: the template is that of older screens, and its places are moved with it."""
    from pptx.util import Inches

    wide = PAGE_WIDTH * 914_400 / int(file.slide_width or 1)
    for holder in (file.slide_master, *file.slide_layouts):
        for shape in holder.placeholders:
            left, top, width, height = shape.left, shape.top, shape.width, shape.height
            shape.left, shape.top, shape.width, shape.height = round(left * wide), top, round(width * wide), height
    file.slide_width, file.slide_height = Inches(PAGE_WIDTH), Inches(PAGE_HEIGHT)


def new_slide(file: Presentation, title: str, document: Document) -> Slide:
    """A slide with its title, and under everything the words of the policy and its number."""
    from pptx.util import Inches

    slide: Slide = file.slides.add_slide(file.slide_layouts.get_by_name("Title Only") or file.slide_layouts[0])
    holder = slide.shapes.title
    if holder is not None:
        holder.left, holder.top, holder.width, holder.height = map(Inches, (LEFT, TITLE_TOP, WIDTH, TITLE_HEIGHT))
        size = next((points for most, points in _TITLE_SIZES if len(title) <= most), _SMALLEST_TITLE)
        _write(holder.text_frame, Words((title,), size, NAVY, bold=True), "b")
    foot = Words((" ".join([*document.banners, f"{document.provenance.package}."]),), 10, MUTED)
    add_words(slide, foot, FOOT_TOP, WIDTH - 0.8)
    add_words(slide, Words((str(len(file.slides)),), 10, MUTED), FOOT_TOP, 0.6, LEFT + WIDTH - 0.6, right=True)
    return slide


def add_words(slide: Slide, words: Words, top: float, width: float = WIDTH, left: float = LEFT, *, right: bool = False) -> None:
    """Paragraphs in a box of their own."""
    from pptx.util import Inches

    box = slide.shapes.add_textbox(*map(Inches, (left, top, width, height_of(words, width))))
    _write(box.text_frame, words, "t", right=right)
    if words.bullets:
        for form in box.element.xpath(".//a:p/a:pPr"):
            form.set("marL", "228600")
            form.set("indent", "-228600")
            for xml in (f'<a:buFont {_MAIN} typeface="Arial"/>', f'<a:buChar {_MAIN} char="&#8226;"/>'):
                form.append(_element(xml))


def add_picture(slide: Slide, content: bytes, place: tuple[float, float, float, float], alt: str, shown: tuple[float, float]) -> None:
    """A picture with words for those who do not see it, or the slice of it from one share of its height to another."""
    from pptx.util import Inches

    picture = slide.shapes.add_picture(io.BytesIO(content), *map(Inches, place))
    picture.crop_top, picture.crop_bottom = shown[0], 1 - shown[1]
    _describe(picture, alt)


def cards_height(cards: Sequence[Card]) -> float:
    """How high a row of cards is."""
    return sum(_card_heights(cards))


def _card_heights(cards: Sequence[Card]) -> tuple[float, float, float]:
    """Of the names, the values and the lines under them."""
    names = max(height_of(Words((card.name,), _CARD_POINTS, bold=True), _CARD_WIDTH) for card in cards)
    lines = max(height_of(Words(card_lines(card), _CARD_POINTS), _CARD_WIDTH) for card in cards)
    return names + 0.08, _VALUE_POINTS * 1.2 / 72 + 0.1, lines + 0.1


def add_cards(slide: Slide, cards: Sequence[Card], top: float) -> None:
    """Cards side by side: their names as the heads of a table, under each its value and what is said of it."""
    table = _new_table(slide, (LEFT, top), [_CARD_WIDTH] * len(cards), _card_heights(cards), "Main figures")
    for column, card in enumerate(cards):
        dark, pale = (BROWN, PALE_OCHRE) if card.tone == "worse" else (NAVY, PALE)
        _cell(table, 0, column, Words((card.name,), _CARD_POINTS, "FFFFFF", bold=True), dark)
        _cell(table, 1, column, Words((card.value,), _VALUE_POINTS, dark, bold=True), pale)
        _cell(table, 2, column, Words(card_lines(card) or ("",), _CARD_POINTS), pale)


def add_table(slide: Slide, part: FittedTable, rows: slice, top: float) -> None:
    """Some rows of a table, under its head."""
    table = part.table
    widths = [width * CHARACTER_INCHES for width in part.widths]
    aligned = [i >= table.naming and not table.prose for i in range(len(table.heads))]
    chosen = list(zip(table.rows, table.shades or ((),) * len(table.rows), strict=True))[rows]
    heights = [row_height(part, table.heads), *(row_height(part, row) for row, _ in chosen)]
    frame = _new_table(slide, (LEFT, top), widths, heights, table.caption)
    for column, head in enumerate(table.heads):
        _cell(frame, 0, column, Words((head,), _TABLE_POINTS, "FFFFFF", bold=True), NAVY, right=aligned[column])
    for number, (row, shades) in enumerate(chosen, 1):
        fills = [*[""] * table.naming, *map(shade_colour, shades)] if shades else [""] * len(row)
        for column, (words, fill) in enumerate(zip(row, fills, strict=True)):
            ground = fill or ("FFFFFF" if number % 2 else PALE)
            _cell(frame, number, column, Words((words,), _TABLE_POINTS), ground, right=aligned[column])


# -- inside ----------------------------------------------------------------------------------------------------------------


def _new_table(slide: Slide, place: tuple[float, float], widths: Sequence[float], heights: Sequence[float], words: str) -> Any:
    from pptx.util import Inches

    frame = slide.shapes.add_table(len(heights), len(widths), *map(Inches, (*place, sum(widths), sum(heights))))
    _describe(frame, words)
    for number, width in enumerate(widths):
        frame.table.columns[number].width = Inches(width)
    for number, height in enumerate(heights):
        frame.table.rows[number].height = Inches(height)
    return frame.table


def _cell(table: Any, row: int, column: int, words: Words, fill: str, *, right: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Inches

    cell = table.cell(row, column)
    cell.margin_left = cell.margin_right = Inches(0.06)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor(*bytes.fromhex(fill))
    _write(cell.text_frame, words, "", right=right)


def _write(frame: Any, words: Words, anchor: str, *, right: bool = False) -> None:
    """Fill a frame with paragraphs."""
    from pptx.dml.color import RGBColor
    from pptx.enum.lang import MSO_LANGUAGE_ID
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    if anchor:  # a box begins where tables and pictures do
        frame.margin_left = frame.margin_right = 0
        frame.vertical_anchor = {"t": MSO_ANCHOR.TOP, "b": MSO_ANCHOR.BOTTOM}[anchor]
    for number, line in enumerate(words.lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = plain(line)
        font = run.font
        font.language_id = MSO_LANGUAGE_ID.ENGLISH_US
        font.name, font.size, font.bold, font.color.rgb = FONT, Pt(words.points), words.bold, RGBColor(*bytes.fromhex(words.colour))


def _describe(shape: Any, words: str) -> None:
    """Words for those who do not see a picture or a table."""
    for properties in shape.element.xpath(".//p:cNvPr"):
        properties.set("descr", plain(words))


def _element(xml: str) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(xml)
