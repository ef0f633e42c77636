"""Takes a document, gives it as a Word file: real headings, captions, lists and tables, charts with words, a header on every page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from iop_outcomes.reporting.blocks import Block, Bullets, Cards, Figure, Note, Section, TableBlock, Terms, Text
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render.docx_xml import cards_xml, crop, element, field, run, table_xml, w
from iop_outcomes.reporting.render.form import needing
from iop_outcomes.reporting.render.office_files import FONT, INK, LANGUAGE, MUTED, NAVY, OFFICE, PALE, plain, report_file, sections_of
from iop_outcomes.reporting.render.table_fit import fit_table
from iop_outcomes.show.theme import slices

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from docx.text.paragraph import Paragraph

WIDTH_INCHES, PICTURE_INCHES = 6.9, 7.6  # of the text, and the height that a picture may have under its caption
SMALLEST = 0.8  # what a chart may be shrunk to before it is cut
CHARACTER_INCHES = 0.062  # of a letter in a table, on average
CARDS_IN_ROW = 5
_CAPTION, _CELL, _SMALL, _NOTE, _TERM, _MEANING = "Caption", "Report cell", "Report small", "Report note", "Report term", "Report meaning"
_USUAL, _GAP = "Normal", "Report gap"
_STYLES = {  # name: size in points, colour, bold, space before and after in points, indent in inches
    _USUAL: (9.5, INK, False, 2, 4, 0.0),
    "Title": (17, NAVY, True, 0, 2, 0.0),
    "Heading 1": (13, NAVY, True, 10, 4, 0.0),
    "List Bullet": (9.5, INK, False, 1, 1, None),
    _CAPTION: (9, INK, True, 9, 2, 0.0),
    "Header": (8, MUTED, False, 0, 0, 0.0),
    "Footer": (8, MUTED, False, 0, 0, 0.0),
    _CELL: (8, INK, False, 1, 1, 0.0),
    _SMALL: (8.5, MUTED, False, 1, 3, 0.0),
    _NOTE: (9.5, INK, False, 4, 6, 0.12),
    _TERM: (9, INK, True, 5, 0, 0.0),
    _MEANING: (8.5, INK, False, 0, 1, 0.2),
    _GAP: (2, INK, False, 0, 0, 0.0),  # between tables: page one is one sheet
}


def docx_files(document: Document) -> dict[str, bytes]:
    """The Word file.

    Raises
    ------
    LibraryError
        Without python-docx.
    """
    with needing("python-docx", OFFICE):
        import docx

    file = docx.Document()
    _WordWriter(file, document).write()
    out = io.BytesIO()
    file.save(out)
    return {f"{document.name}.docx": report_file(out.getvalue(), document)}


class _WordWriter:
    """A Word file that is filled from the top."""

    def __init__(self, file: WordFile, document: Document) -> None:
        self._file, self._document = file, document
        self._numbers = {"Figure": 0, "Table": 0}
        self._styles: dict[str, str] = {}

    def write(self) -> None:
        """Everything."""
        document, sections = self._document, sections_of(self._document)
        _set_page(self._file)
        _set_styles(self._file)
        self._margins()
        self._add(document.title, "Title")
        self._add(document.lead, _SMALL)
        for number, section in enumerate(sections):
            if number == 1:  # the first stands on the first page
                self._contents(sections)
            heading = self._file.add_heading(plain(section.heading), level=1)
            heading.runs[0].element.addprevious(element(w("bookmarkStart", id=number, name=f"section_{number}")))
            heading.runs[0].element.addnext(element(w("bookmarkEnd", id=number)))
            for block in section.blocks:
                self.put(block)
        self._add(f"{document.provenance.package}.", _SMALL)

    def _add(self, words: str, style: str, *, with_next: bool = False) -> Paragraph:
        paragraph = self._file.add_paragraph(plain(words))
        if style != _USUAL:  # which every paragraph without another has
            paragraph.paragraph_format.element.style = self._style(style)
        if with_next:
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    def _element(self, xml: str) -> None:
        """Put an element after everything that is there."""
        self._file.element.body[-1].addprevious(element(xml))  # the last one holds the form of the page

    def _style(self, name: str) -> str:
        """What the file calls a style: asked once, because python-docx goes through all styles each time."""
        if name not in self._styles:
            self._styles[name] = str(self._file.styles[name].style_id)
        return self._styles[name]

    def _margins(self) -> None:
        """What stands over and under every page: the words of the policy, that the data are synthetic, the number of the page."""
        document, page = self._document, self._file.sections[0]
        page.header.paragraphs[0].text = plain(" ".join(document.banners) or document.title)
        foot = page.footer.paragraphs[0].add_run(f"{document.provenance.package}. Page ")
        for xml in reversed([*field("PAGE", run("1")), run(" of "), *field("NUMPAGES", run("1"))]):
            foot.element.addnext(element(xml))

    def _contents(self, sections: Sequence[Section]) -> None:
        """A table of contents that Word can bring up to date."""
        self._add("Contents", _TERM).paragraph_format.page_break_before = True
        lines = [w("hyperlink", run(each.heading, w("color", val=NAVY)), anchor=f"section_{n}") for n, each in enumerate(sections)]
        *begin, end = field(r'TOC \o "1-1" \h \n')
        lines[0], lines[-1] = "".join((*begin, lines[0])), lines[-1] + end
        for line in lines:
            self._element(w("p", w("pPr", w("pStyle", val=self._style(_MEANING))), line))

    @singledispatchmethod
    def put(self, block: Block) -> None:
        """Add a block."""
        raise TypeError(f"no place in a Word file for a block of type {type(block).__name__}")

    @put.register
    def _(self, block: Text) -> None:
        self._add(block.full_words, _USUAL)

    @put.register
    def _(self, block: Note) -> None:
        self._add(block.words, _NOTE)

    @put.register
    def _(self, block: Bullets) -> None:
        for sentence in block.full_sentences:
            self._add(sentence, "List Bullet")

    @put.register
    def _(self, block: Terms) -> None:
        for term, lines in block.entries:
            self._add(term, _TERM, with_next=True)
            for line in lines:
                self._add(line, _MEANING)

    @put.register
    def _(self, block: Cards) -> None:
        self._add("", _GAP)
        for start in range(0, len(block.cards), CARDS_IN_ROW):
            self._element(cards_xml(block.cards[start : start + CARDS_IN_ROW], self._style(_CELL), WIDTH_INCHES / CARDS_IN_ROW))
            self._add("", _GAP)  # tables that touch are one

    @put.register
    def _(self, block: Figure) -> None:
        self._caption("Figure", block.headline)
        self._add(block.subtitle, _SMALL, with_next=True)
        width, height = block.drawing.get_size_inches()
        scale = min(WIDTH_INCHES / width, 1.0)
        pieces = slices(block.drawing, PICTURE_INCHES / (scale * SMALLEST))
        scale = min(scale, *(PICTURE_INCHES / (height * (bottom - top)) for top, bottom in pieces))
        for number, (top, bottom) in enumerate(pieces, 1):
            part = f"Part {number} of {len(pieces)}. " if len(pieces) > 1 else ""
            self._picture(
                block.picture, (width * scale, height * (bottom - top) * scale), f"{part}{block.alt}", crop(top, bottom) if part else ""
            )

    def _picture(self, content: bytes, size: tuple[float, float], alt: str, cropped: str) -> None:
        from docx.shared import Inches

        holder = self._file.add_paragraph().add_run()
        holder.add_picture(io.BytesIO(content), width=Inches(size[0]), height=Inches(size[1]))
        for words in holder.element.xpath(".//wp:docPr"):
            words.set("descr", plain(alt))
        for image in holder.element.xpath(".//a:blip") if cropped else ():
            image.addnext(element(cropped))

    @put.register
    def _(self, block: TableBlock) -> None:
        for part in fit_table(block.table, WIDTH_INCHES / CHARACTER_INCHES):
            self._caption("Table", part.table.caption)
            if part.table.mark:
                self._add(part.table.mark, _SMALL, with_next=True)
            self._element(table_xml(part, self._style(_CELL), CHARACTER_INCHES))
        for words in block.below:
            self._add(words, _SMALL)
        if not block.below:
            self._add("", _SMALL)

    def _caption(self, kind: str, words: str) -> None:
        """A numbered caption, as Word itself makes them, above what it names."""
        self._numbers[kind] += 1
        first = self._add("", _CAPTION, with_next=True).add_run(f"{kind} ")
        for xml in reversed([*field(f"SEQ {kind} \\* ARABIC", run(str(self._numbers[kind]))), run(f". {words}")]):
            first.element.addnext(element(xml))


# -- page and styles -------------------------------------------------------------------------------------------------------


def _set_page(file: WordFile) -> None:
    from docx.shared import Inches

    page = file.sections[0]
    page.page_width, page.page_height = Inches(8.5), Inches(11)
    page.left_margin = page.right_margin = Inches((8.5 - WIDTH_INCHES) / 2)
    page.top_margin, page.bottom_margin = Inches(0.75), Inches(0.7)
    page.header_distance = page.footer_distance = Inches(0.35)


def _set_styles(file: WordFile) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Inches, Pt, RGBColor

    for name, (size, colour, bold, before, after, indent) in _STYLES.items():
        if name not in file.styles:
            file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = file.styles[_USUAL]
        style = file.styles[name]
        for theirs in style.element.xpath("./w:rPr/w:rFonts | ./w:pPr/w:pBdr"):  # fonts of the theme would win
            theirs.getparent().remove(theirs)
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), bold, RGBColor(*bytes.fromhex(colour))
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.08
        if indent is not None:
            form.left_indent = Inches(indent)
    _set_note(file)
    for language in file.styles.element.xpath("./w:docDefaults/w:rPrDefault/w:rPr/w:lang"):
        language.set(qn("w:val"), LANGUAGE)


def _set_note(file: WordFile) -> None:
    """A bar at the left of a note, and a pale ground."""
    (place,) = file.styles[_NOTE].element.xpath("./w:pPr/w:spacing")
    place.addprevious(element(w("pBdr", w("left", val="single", sz=24, space=6, color=NAVY))))
    place.addprevious(element(w("shd", val="clear", color="auto", fill=PALE)))
