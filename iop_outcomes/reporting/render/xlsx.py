"""Takes a document, gives its tables as an Excel file: a sheet each, numbers as numbers, and a sheet of contents that leads to them."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iop_outcomes.reporting.blocks import Cards, TableBlock
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render.form import needing
from iop_outcomes.reporting.render.office_files import FONT, LINE, MUTED, NAVY, OFFICE, plain, report_file, sections_of, shade_colour
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, WHY_NOT_SHOWN

CONTENTS = "Contents"
MAIN_FIGURES = "Main figures"
HEAD_ROW = 4  # of a table, counted from 0: above it stand its caption, the policy, the way back and why something is not shown
LONGEST_NAME, LONGEST_MARGIN = 31, 250  # characters of the name of a sheet, and of what is printed over it
WIDEST, NARROWEST, USUAL_WIDTH = 46, 90, 8.43  # characters: of a column, of the words over a table, of a column that holds nothing
POINTS, LINE_POINTS, HIGHEST = 10, 13.5, 400  # of letters, of a line, and of the highest row that Excel has
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_NUMBER = re.compile(r"(?P<sign>[\u2212-]?)(?P<whole>0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.(?P<decimals>\d+))?(?P<percent>%?)")


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A table with the name of its sheet and the section that it stands in."""

    name: str
    section: str
    table: Table


def xlsx_files(document: Document) -> dict[str, bytes]:
    """The Excel file.

    Raises
    ------
    LibraryError
        Without xlsxwriter.
    """
    with needing("xlsxwriter", OFFICE):
        from xlsxwriter import Workbook

    out = io.BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": POINTS}, **texts}) as book:
        writer = _BookWriter(book, document)
        sheets = sheets_of(document)
        writer.contents(sheets)
        for sheet in sheets:
            writer.sheet(sheet)
    return {f"{document.name}.xlsx": report_file(out.getvalue(), document)}


def sheets_of(document: Document) -> list[TableSheet]:
    """The tables of a document, each with the name of its sheet: a number, and as much of its caption as Excel allows."""
    tables = [
        (section.heading, table) for section in sections_of(document) for block in section.blocks if (table := _table(block)) is not None
    ]
    digits = len(str(len(tables)))
    names = (
        _NOT_IN_NAMES.sub(" ", plain(f"{n:0{digits}d} {table.caption}"))[:LONGEST_NAME].strip() for n, (_, table) in enumerate(tables, 1)
    )
    return [TableSheet(name, title, table) for name, (title, table) in zip(names, tables, strict=True)]


def _table(block: object) -> Table | None:
    """What of a block is a table: cards are one, too."""
    if isinstance(block, TableBlock):
        return block.table
    if not isinstance(block, Cards):
        return None
    rows = tuple((card.name, card.value, card.range, card.base, "; ".join(card.beside)) for card in block.cards)
    return Table(MAIN_FIGURES, ("Figure", "Value", "Range", "Of", "Beside it"), rows, prose=True)


def number_of(cell: str) -> tuple[float, str] | None:
    """The number that a cell is, with the form in which Excel shows it as it is printed; nothing where a cell is words.

    Examples
    --------
    >>> number_of("1,168"), number_of("9.0%"), number_of("not shown"), number_of("55% (642)")
    ((1168.0, '#,##0;\u2212#,##0'), (0.09, '0.0%;\u22120.0%'), None, None)
    """
    match = _NUMBER.fullmatch(cell)
    if match is None:
        return None
    decimals, percent = match["decimals"] or "", match["percent"]
    value = float(f"{match['whole'].replace(',', '')}.{decimals or 0}")
    if percent:
        value = round(value / 100, len(decimals) + 2)
    form = f"{'#,##0' if ',' in match['whole'] else '0'}{'.' + '0' * len(decimals) if decimals else ''}{percent}"
    return (-value if match["sign"] else value), f"{form};\u2212{form}"


class _BookWriter:
    """An Excel file that is filled sheet by sheet."""

    def __init__(self, book: Any, document: Document) -> None:
        self._book, self._document = book, document
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def _format(self, **properties: object) -> Any:
        """A form of cells, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": FONT, "font_size": POINTS, "valign": "top", **properties})
        return self._formats[key]

    def _new_sheet(self, name: str, title: str, widths: Sequence[float]) -> Any:
        """A sheet with the words of the policy over and under it, on the screen and on paper."""
        document, sheet = self._document, self._book.add_worksheet(name)
        banners = plain(" ".join(document.banners) or document.title)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self._over(sheet, 0, title, widths, bold=True, font_size=13, font_color=f"#{NAVY}")
        self._over(sheet, 1, banners, widths, font_color=f"#{MUTED}")
        sheet.set_header(f"&L{banners[:LONGEST_MARGIN].replace('&', '&&')}")
        sheet.set_footer(f"&L{document.provenance.package}&R&P of &N")
        sheet.set_landscape()
        sheet.set_paper(1)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return sheet

    def _over(self, sheet: Any, row: int, words: str, widths: Sequence[float], **properties: object) -> None:
        """Words over a table, as wide as it is, or as a narrow screen."""
        wide, last = sum(widths), len(widths) - 1
        while wide < NARROWEST:
            wide, last = wide + USUAL_WIDTH, last + 1
        form = self._format(text_wrap=True, **properties)
        sheet.merge_range(row, 0, row, last, "", form)
        sheet.write_string(row, 0, plain(words), form)
        size = properties.get("font_size", POINTS)
        scale = (float(size) if isinstance(size, int | float) else POINTS) / POINTS
        sheet.set_row(row, min(math.ceil(len(words) * scale * 1.05 / wide) * LINE_POINTS * scale, HIGHEST))

    def contents(self, sheets: list[TableSheet]) -> None:
        """The first sheet."""
        document, widths = self._document, (34, 36, 80)
        sheet = self._new_sheet(CONTENTS, document.title, widths)
        self._over(sheet, 2, document.lead, widths)
        for column, head in enumerate(("Sheet", "Section", "Table")):
            sheet.write_string(HEAD_ROW, column, head, self._format(bold=True, bottom=2, bottom_color=f"#{MUTED}"))
        words, link = self._format(text_wrap=True), self._format(font_color=f"#{NAVY}", underline=1)
        for row, each in enumerate(sheets, HEAD_ROW + 1):
            sheet.write_url(row, 0, f"internal:'{each.name}'!A1", link, each.name)
            sheet.write_string(row, 1, plain(each.section), words)
            sheet.write_string(row, 2, plain(each.table.caption), words)
            sheet.set_row(row, _height((each.name, each.section, each.table.caption), widths))
        sheet.write_string(HEAD_ROW + len(sheets) + 2, 0, f"{document.provenance.package}.", self._format(font_color=f"#{MUTED}"))
        sheet.freeze_panes(HEAD_ROW + 1, 0)

    def sheet(self, each: TableSheet) -> None:
        """A table on a sheet of its own."""
        table = each.table
        widths = [_width([head, *(row[column] for row in table.rows)]) for column, head in enumerate(table.heads)]
        sheet = self._new_sheet(each.name, table.caption, widths)
        sheet.write_url(2, 0, f"internal:'{CONTENTS}'!A1", self._format(font_color=f"#{NAVY}", underline=1), CONTENTS)
        if any(NOT_SHOWN in cell for row in table.rows for cell in row):
            self._over(sheet, 3, WHY_NOT_SHOWN, widths, font_color=f"#{MUTED}")
        for column, head in enumerate(table.heads):
            side = "left" if column < table.naming or table.prose else "right"
            sheet.write_string(
                HEAD_ROW, column, plain(head), self._format(bold=True, text_wrap=True, align=side, bottom=2, valign="bottom")
            )
        sheet.set_row(HEAD_ROW, _height(table.heads, widths, 1.1))
        for number, row in enumerate(table.rows):
            shades = [*[""] * table.naming, *(table.shades[number] if table.shades else ())]
            for column, cell in enumerate(row):
                shade = shade_colour(shades[column]) if column < len(shades) else ""
                self._cell(sheet, (number, column), cell, table, shade)
            sheet.set_row(HEAD_ROW + 1 + number, _height(row, widths))
        for number, words in enumerate(table.notes, HEAD_ROW + 2 + len(table.rows)):  # a row is left free under the table
            self._over(sheet, number, words, widths, font_color=f"#{MUTED}")
        sheet.freeze_panes(HEAD_ROW + 1, table.naming)
        sheet.repeat_rows(HEAD_ROW)

    def _cell(self, sheet: Any, place: tuple[int, int], cell: str, table: Table, shade: str) -> None:
        row, column = place
        names = column < table.naming
        number = None if names else number_of(cell)
        form: dict[str, object] = {"bottom": 1, "bottom_color": f"#{LINE}"}
        form |= {"align": "left" if names or table.prose else "right", "text_wrap": True}
        form |= {"bold": True} if row == 0 and not table.prose else {}
        form |= {"bg_color": f"#{shade}"} if shade else {}
        if number is None:
            sheet.write_string(HEAD_ROW + 1 + row, column, plain(cell), self._format(**form))
        else:
            sheet.write_number(HEAD_ROW + 1 + row, column, number[0], self._format(**form, num_format=number[1]))


def _width(column: list[str]) -> float:
    """Of a column: its longest cell, or the half of its head, up to what a screen bears."""
    head, *cells = map(len, column)
    word = max(map(len, column[0].split()), default=1)
    return min(max([word, head / 2, *cells]), WIDEST) + 2


def _height(cells: Sequence[str], widths: Sequence[float], scale: float = 1.0) -> float:
    """Of a row, in points, by its longest cell: not every reader of a file measures words that are wrapped."""
    lines = (math.ceil(len(cell) * scale / (width - 1)) for cell, width in zip(cells, widths, strict=True))
    return min(max(1, *lines) * LINE_POINTS, HIGHEST)
