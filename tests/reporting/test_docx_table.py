"""Takes tables of words, gives Word files: upright or on their side, a caption, a head that repeats, panels, the same bytes."""

import io

import pytest

from iop_outcomes.reporting.docx_table import UPRIGHT, WIDEST, docx_of_table
from iop_outcomes.show.tables import Table
from tests.reporting.small_document import small_page

docx = pytest.importorskip("docx")


def opened(table, notes=()):
    """The file as its reader sees it."""
    return docx.Document(io.BytesIO(docx_of_table(table, notes, small_page().provenance)))


def wide(columns):
    """A table of so many columns."""
    return Table("Wide", ("Name", *(f"c{i}" for i in range(columns - 1))), (("A", *(str(i) for i in range(columns - 1))),))


def test_caption_mark_cells_and_notes_in_their_order():
    """Numbers stand from the right; what names a row is wider."""
    file = opened(Table("Sizes", ("Track", "n"), (("A & B", "5"), ("\u00a0\u00a0C", "12")), mark="small numbers"), ["One.", "Two."])
    words = [paragraph.text for paragraph in file.paragraphs if paragraph.text]
    assert words == ["Sizes", "small numbers", "One.", "Two."]
    assert file.paragraphs[0].style.name == "Caption"
    (table,) = file.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["Track", "n"], ["A & B", "5"], ["\u00a0\u00a0C", "12"]]
    assert table.columns[0].width > table.columns[1].width
    xml = table._tbl.xml
    assert xml.count("w:tblHeader") == 1 and xml.count("w:cantSplit") == 3
    assert 'w:tblCaption w:val="Sizes"' in xml and "2 rows; columns: Track; n." in xml


@pytest.mark.parametrize(("columns", "tables", "on_its_side"), [(UPRIGHT, 1, False), (UPRIGHT + 1, 1, True), (WIDEST + 3, 2, True)])
def test_a_wide_table_lies_on_its_side_and_a_wider_one_is_cut(columns, tables, on_its_side):
    """No column is lost."""
    file = opened(wide(columns))
    section = file.sections[0]
    assert (section.page_width > section.page_height) is on_its_side
    heads = [cell.text for table in file.tables for cell in table.rows[0].cells]
    assert len(file.tables) == tables
    assert [head for head in heads if head != "Name"] == list(wide(columns).heads[1:])


def test_a_table_without_rows_is_its_heads():
    """And the same table is the same bytes."""
    empty = Table("Empty", ("Track", "n"), ())
    assert len(opened(empty).tables[0].rows) == 1
    assert docx_of_table(empty, [], small_page().provenance) == docx_of_table(empty, [], small_page().provenance)
