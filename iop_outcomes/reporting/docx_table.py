"""Takes a table of words with its notes, gives it as a Word file with a real caption, heads that repeat, and text for those who do not see it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from iop_outcomes.reporting.render.office_files import office_file, plain
from iop_outcomes.results import Provenance
from iop_outcomes.show.tables import Table, panels

if TYPE_CHECKING:
    from docx.document import Document

WIDEST = 9  # columns of a panel on a page that lies on its side
UPRIGHT = 6  # columns that a page holds upright


def docx_of_table(table: Table, notes: Sequence[str], provenance: Provenance) -> bytes:
    """A Word file of one table.

    Parameters
    ----------
    table : Table
        What is shown, between three rules; of very many columns, several panels one under another. The row of heads is marked as such
        and repeats on every page.
    notes : sequence of str
        Stand under it in small print.
    provenance : Provenance
        Of its numbers.

    Returns
    -------
    bytes
        The same for the same table, whenever it is written.
    """
    from docx import Document

    document = Document()
    wide = len(table.heads) > UPRIGHT
    _set_page(document, wide=wide)
    document.add_paragraph(plain(table.caption), style="Caption").paragraph_format.keep_with_next = True
    if table.mark:
        marked = document.add_paragraph()
        marked.add_run(table.mark).bold = True
        marked.paragraph_format.keep_with_next = True
    for panel in panels(table, WIDEST if wide else UPRIGHT):
        _add_table(document, panel)
        document.add_paragraph()
    for note in notes:
        _small(document.add_paragraph(plain(note)))
    out = io.BytesIO()
    document.save(out)
    return office_file(out.getvalue(), title=table.caption, subject=table.mark, provenance=provenance)


def _set_page(document: Document, *, wide: bool) -> None:
    """A page of Letter with margins of an inch, on its side for a wide table; plain black text."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Inches, Pt, RGBColor

    section = document.sections[0]
    width, height = (Inches(11), Inches(8.5)) if wide else (Inches(8.5), Inches(11))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Inches(0.8 if wide else 1))
    for name, size in (("Normal", 10), ("Caption", 11)):
        style: Any = document.styles[name]
        style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)


def _add_table(document: Document, table: Table) -> None:
    """One panel: heads, rows, three rules."""
    drawn = document.add_table(rows=0, cols=len(table.heads))
    widths, numbers = _widths(document, table), table.of_numbers
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    for place, cells in enumerate((table.heads, *table.rows)):
        row = drawn.add_row()
        _keep_whole(row, head=place == 0)
        for cell, words, width, right in zip(row.cells, cells, widths, numbers, strict=True):
            cell.width = width
            _fill(cell, words, bold=place == 0, right=right)
    last = len(table.rows)
    for cell in drawn.rows[0].cells:
        _rule(cell, top=12, bottom=6)
    for cell in drawn.rows[last].cells if last else ():
        _rule(cell, bottom=12)
    _describe(drawn, table)


def _widths(document: Document, table: Table) -> list[int]:
    """How wide each column is: as wide as the page together, what names a row nearly twice as wide as another."""
    section = document.sections[0]
    whole = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
    shares = [1.8 if place < table.naming else 1.0 for place in range(len(table.heads))]
    return [int(whole * share / sum(shares)) for share in shares]


def _fill(cell: Any, words: str, *, bold: bool, right: bool) -> None:
    """Write a cell: names from the left, numbers from the right; what is set in keeps its spaces."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(plain(words))
    run.bold, run.font.size = bold, Pt(9)
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT


def _small(paragraph: Any) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_after = Pt(3)
    for run in paragraph.runs:
        run.font.size = Pt(9)


# -- what python-docx has no words for ---------------------------------------------------------------------------------


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _keep_whole(row: Any, *, head: bool) -> None:
    """No row is broken over pages; the heads stand on each."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - there is no public door to these
    properties.append(_element("w:cantSplit"))
    if head:
        properties.append(_element("w:tblHeader"))


def _rule(cell: Any, **widths: int) -> None:
    """Lines above and below a cell, in eighths of a point."""
    borders = _element("w:tcBorders")
    for side, width in widths.items():
        borders.append(_element(f"w:{side}", val="single", sz=str(width), space="0", color="000000"))
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - the same


def _describe(drawn: Any, table: Table) -> None:
    """A title and a description of the table, which screen readers say."""
    properties = drawn._tbl.tblPr  # noqa: SLF001 - the same
    words = f"{len(table.rows)} rows; columns: {'; '.join(head or 'characteristic' for head in table.heads)}."
    properties.append(_element("w:tblCaption", val=plain(table.caption)))
    properties.append(_element("w:tblDescription", val=plain(words)))
