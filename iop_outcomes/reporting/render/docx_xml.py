"""Takes words and tables, gives the elements of a Word file that its library does not write: tables, fields, bookmarks, crops."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from iop_outcomes.reporting.blocks import Card
from iop_outcomes.reporting.render.office_files import BROWN, LINE, MUTED, NAVY, OCHRE, PALE, PALE_OCHRE, card_lines, plain, shade_colour
from iop_outcomes.reporting.render.table_fit import FittedTable

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
TWIPS = 1440  # of an inch
_NAME = re.compile(r"<([\w:]+)")  # of an element, where it begins
_TOGETHER = 15  # rows of a table that is kept on one page


def element(xml: str) -> Any:
    """An element of a Word file."""
    from docx.oxml import parse_xml

    return parse_xml(_NAME.sub(rf"<\1 {NAMESPACES}", xml, count=1))


def w(name: str, /, *inner: str, **attributes: object) -> str:
    """An element of the namespace of words, as text.

    Examples
    --------
    >>> w("p", w("jc", val="right"))
    '<w:p><w:jc w:val="right"></w:jc></w:p>'
    """
    given = "".join(f' w:{key}="{value}"' for key, value in attributes.items())
    return f"<w:{name}{given}>{''.join(inner)}</w:{name}>"


def run(words: str, *form: str) -> str:
    """Words, in a form."""
    return w("r", w("rPr", *form) if form else "", f'<w:t xml:space="preserve">{escape(plain(words), quote=False)}</w:t>')


def field(code: str, *shown: str) -> list[str]:
    """A field, which Word works out, with what it shows until then."""
    begin, middle, end = (w("r", w("fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end"))
    return [begin, w("r", f'<w:instrText xml:space="preserve"> {code} </w:instrText>'), middle, *shown, end]


def crop(top: float, bottom: float) -> str:
    """What of a picture is left out, above and below, given what is shown of its height."""
    return f'<a:srcRect t="{round(top * 100_000)}" b="{round((1 - bottom) * 100_000)}"/>'


def table_xml(part: FittedTable, style: str, character_inches: float) -> str:
    """A table with a head that is repeated on every page; a row is never cut."""
    table = part.table
    widths = [round(width * character_inches * TWIPS) for width in part.widths]
    aligned = ["left" if i < table.naming or table.prose else "right" for i in range(len(table.heads))]
    rows = [_row((_head(*each, style) for each in zip(table.heads, widths, aligned, strict=True)), is_head=True)]
    last = len(table.rows) - 1
    for number, (row, shades) in enumerate(zip(table.rows, table.shades or ((),) * len(table.rows), strict=True)):
        fills = [*[""] * table.naming, *map(shade_colour, shades)] if shades else [""] * len(row)
        form = w("pStyle", val=style) + (w("keepNext") if number < last < _TOGETHER else "")
        weight = [w("b")] if number == 0 and not table.prose else []  # everyone, before the groups
        rows.append(
            _row(
                _cell(width, w("p", w("pPr", form, w("jc", val=side)), run(words, *weight)), fill=fill)
                for words, width, side, fill in zip(row, widths, aligned, fills, strict=True)
            )
        )
    return _table(rows, widths, table.caption, w("insideH", val="single", sz=4, space=0, color=LINE))


def _head(words: str, width: int, side: str, style: str) -> str:
    form = w("pPr", w("pStyle", val=style), w("keepNext"), w("jc", val=side))
    return _cell(width, w("p", form, run(words, w("b"))), line=("bottom", MUTED, 12))


def cards_xml(cards: Sequence[Card], style: str, width_inches: float) -> str:
    """Cards side by side: the names as heads, under each what it says."""
    widths = [round(width_inches * TWIPS)] * len(cards)
    heads, values = [], []
    for card, width in zip(cards, widths, strict=True):
        fill, line, colour = (PALE_OCHRE, OCHRE, BROWN) if card.tone == "worse" else (PALE, NAVY, NAVY)
        form = w("pPr", w("pStyle", val=style), w("keepNext"))
        heads.append(_cell(width, w("p", form, run(card.name, w("b"))), line=("top", line, 24), fill=fill))
        large = run(card.value, w("b"), w("color", val=colour), w("sz", val=30))
        values.append(_cell(width, "".join(w("p", form, each) for each in (large, *map(run, card_lines(card)))), fill=fill))
    gap = w("insideV", val="single", sz=48, space=0, color="FFFFFF")
    return _table([_row(heads, is_head=True), _row(values)], widths, "Main figures", gap)


def _table(rows: Iterable[str], widths: Sequence[int], caption: str, borders: str) -> str:
    form = (
        w("tblW", w=sum(widths), type="dxa"),
        w("tblBorders", borders),
        w("tblLayout", type="fixed"),
        w("tblCellMar", w("left", w=60, type="dxa"), w("right", w=60, type="dxa")),
        w("tblLook", val="00A0", firstRow=1, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1, noVBand=1),
        w("tblCaption", val=escape(plain(caption))),
    )
    return w("tbl", w("tblPr", *form), w("tblGrid", *_columns(widths)), *rows)


def _columns(widths: Sequence[int]) -> Iterator[str]:
    return (w("gridCol", w=width) for width in widths)


def _row(cells: Iterable[str], *, is_head: bool = False) -> str:
    return w("tr", w("trPr", w("cantSplit"), w("tblHeader") if is_head else ""), *cells)


def _cell(width: int, paragraphs: str, *, line: tuple[str, str, int] | None = None, fill: str = "") -> str:
    """A cell, with a line at an edge (which, its colour, its size) and a ground."""
    border = w("tcBorders", w(line[0], val="single", sz=line[2], space=0, color=line[1])) if line else ""
    ground = w("shd", val="clear", color="auto", fill=fill) if fill else ""
    low = w("vAlign", val="bottom") if line and line[0] == "bottom" else ""
    return w("tc", w("tcPr", w("tcW", w=width, type="dxa"), border, ground, low), paragraphs)
