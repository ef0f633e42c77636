"""Takes reports as Excel files, reads them back, gives proof that each table is there, numbers as numbers, words as words."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from iop_outcomes.reporting.blocks import Cards, TableBlock
from iop_outcomes.reporting.render.office_files import plain
from iop_outcomes.reporting.render.xlsx import CONTENTS, HEAD_ROW, number_of
from tests.reporting.render.office import EVERY, blocks, card_words


def printed(value, cell):
    """A value of Excel as the report prints it, from the number alone and the digits that the report prints."""
    if isinstance(value, str) or value is None:
        return value or ""
    digits = len(cell.rstrip("%").partition(".")[2])
    return (f"{value:,.{digits}%}" if cell.endswith("%") else f"{value:,.{digits}f}").replace("-", "\u2212")


@EVERY
def test_excel_holds_every_table_with_its_numbers(made):
    """A sheet each; a cell that is a number as a number, everything else as its words."""
    book, report = made.xlsx, made.report
    tables = [block.table for block in blocks(report, TableBlock)]
    cards = [block for block in blocks(report, Cards)]
    read_back = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    assert next(iter(read_back)) == CONTENTS
    listed = [row[:3] for row in read_back[CONTENTS][HEAD_ROW + 1 :] if row[2]]
    assert [row[0] for row in listed] == book.sheet_names[1:]
    assert sorted(row[2] for row in listed) == sorted([*(plain(table.caption) for table in tables), *["Main figures"] * len(cards)])
    by_caption = {name: rows for name, rows in read_back.items() if name != CONTENTS}
    sheets = iter([rows for rows in by_caption.values() if rows[0][0] != "Main figures"])
    numbers = 0
    for table, rows in zip(tables, sheets, strict=True):
        assert rows[0][0] == plain(table.caption)
        assert rows[1][0] == (" ".join(report.banners) or report.title)
        width = len(table.heads)
        assert rows[HEAD_ROW][:width] == [plain(head) for head in table.heads]
        end = HEAD_ROW + 1 + len(table.rows)
        assert [row[0] for row in rows[end + 1 :]] == list(map(plain, table.notes))  # under a free row
        for row, expected in zip(rows[HEAD_ROW + 1 : end], table.rows, strict=True):
            assert [printed(value, cell) for value, cell in zip(row[:width], expected, strict=True)] == list(map(plain, expected))
            for place, (value, cell) in enumerate(zip(row[:width], expected, strict=True)):
                assert isinstance(value, float) == (place >= table.naming and re.fullmatch(r"[\u2212-]?[\d,]+(\.\d+)?%?", cell) is not None)
                numbers += isinstance(value, float)
    assert numbers > 10
    for block in cards:
        text = " ".join(str(value) for rows in by_caption.values() if rows[0][0] == "Main figures" for row in rows for value in row)
        for card in block.cards:
            for words in card_words(card):
                number = number_of(words)
                assert (words if number is None else str(number[0])) in text


@pytest.mark.parametrize(
    ("cell", "value", "form"),
    [
        ("1,168", 1168, "#,##0"),
        ("55%", 0.55, "0%"),
        ("0.4%", 0.004, "0.0%"),
        ("\u22120.6", -0.6, "0.0"),
        ("0.48", 0.48, "0.00"),
        ("0", 0, "0"),
        ("not shown", None, None),
        ("55% (642)", None, None),
        ("<0.001", None, None),
        ("007", None, None),
        ("1,16", None, None),
        ("2024-Q1", None, None),
        ("", None, None),
    ],
)
def test_a_cell_is_a_number_exactly_when_it_is_printed_as_one(cell, value, form):
    """And keeps the digits that it is printed with."""
    assert number_of(cell) == (None if value is None else (value, f"{form};\u2212{form}"))


def test_excel_makes_no_formula_and_no_link_of_words(crowded):
    """A group called =1+1 stays a name; panes are frozen under the head and beside the names."""
    with zipfile.ZipFile(io.BytesIO(crowded.contents["xlsx"])) as file:
        sheets = {name: file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")}
    assert not any("<f>" in text or "<f " in text for text in sheets.values())
    assert all('state="frozen"' in text and f'ySplit="{HEAD_ROW + 1}"' in text for text in sheets.values())
    assert all(
        "#" not in re.sub(r'location="[^"]*"', "", each) for text in sheets.values() for each in re.findall("<hyperlink [^>]*>", text)
    )
    rows = [row for name in crowded.xlsx.sheet_names for row in crowded.xlsx.get_sheet_by_name(name).to_python()]
    assert any(row[0] == "=1+1" for row in rows)
