"""Takes reports as Word files, reads them back, gives proof that they say what the blocks of the page say."""

from __future__ import annotations

import re

import pytest
from docx.oxml.ns import qn
from pptx.util import Inches

from iop_outcomes.reporting.blocks import Cards, Figure, TableBlock
from iop_outcomes.reporting.render.office_files import plain
from iop_outcomes.show import theme
from iop_outcomes.show.tables import Table
from tests.reporting.render.office import EVERY, blocks, card_words, opened, words_of
from tests.reporting.small_document import page_of_words


@EVERY
def test_word_holds_every_block_in_order(made):
    """Sentences as paragraphs, in the order of the page; headings as headings; headlines and captions as captions."""
    paragraphs = [(each.style.name, each.text) for each in made.docx.paragraphs]
    left = iter(text for _, text in paragraphs)
    assert [words for words in words_of(made.report) if plain(words) not in left] == []
    assert [text for style, text in paragraphs if style == "Heading 1"] == [plain(part.heading) for part in made.report.every_section]
    assert [text for style, text in paragraphs if style == "Title"] == [made.report.title]
    captions = [re.sub(r" \(part \d+ of \d+\)$", "", text) for style, text in paragraphs if style == "Caption"]
    expected = [
        block.headline if isinstance(block, Figure) else block.table.caption
        for part in made.report.every_section
        for block in part.blocks
        if isinstance(block, (Figure, TableBlock))
    ]
    assert list(dict.fromkeys(re.sub(r"^(Figure|Table) \d+\. ", "", text) for text in captions)) == list(
        dict.fromkeys(map(plain, expected))
    )
    for block in blocks(made.report, Figure):
        assert plain(block.subtitle) in {text for _, text in paragraphs}
    for kind in ("Figure", "Table"):  # numbered from 1 without a gap, as fields that Word counts again
        numbers = [int(text.split()[1].rstrip(".")) for style, text in paragraphs if style == "Caption" and text.startswith(f"{kind} ")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert made.contents["docx"] and len(re.findall(f"SEQ {kind} ", made.docx.element.xml)) == len(numbers)


@EVERY
def test_word_holds_every_table_as_a_table(made):
    """Every cell, with the head marked as one that is repeated; what is too wide goes on under the same first column."""
    tables = iter(made.docx.tables)
    for block in (each for part in made.report.every_section for each in part.blocks):
        if isinstance(block, Cards):
            table = next(tables)
            assert [cell.text for cell in table.rows[0].cells] == [plain(card.name) for card in block.cards]
            assert ["\n".join(card_words(card)[1:]) for card in block.cards] == [cell.text for cell in table.rows[1].cells]
        if isinstance(block, TableBlock):
            shown = block.table
            every = [tuple(map(plain, column)) for column in zip(shown.heads, *shown.rows, strict=True)]
            columns = every[: shown.naming]
            while len(columns) < len(shown.heads):
                part = [_row_texts(row) for row in next(tables).rows]
                assert all(len(row) == len(part[0]) for row in part)
                read_columns = list(zip(*part, strict=True))
                assert read_columns[: shown.naming] == columns[: shown.naming]
                columns += read_columns[shown.naming :]
            assert columns == every
    assert next(tables, None) is None
    for table in made.docx.element.iter(qn("w:tbl")):
        rows = list(table.iter(qn("w:tr")))
        assert [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert sum(int(each.get(qn("w:w"))) for each in table.iter(qn("w:gridCol"))) <= 7.0 * 1440  # of 8.5 inches


def _row_texts(row):
    return ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row._tr.iter(qn("w:tc"))]


@EVERY
def test_word_has_words_for_every_chart(made):
    """Each picture is a PNG with the description of its block; one that is cut says which part it is."""
    described = [re.sub(r"^Part \d+ of \d+\. ", "", each.get("descr")) for each in made.docx.element.iter(qn("wp:docPr"))]
    assert list(dict.fromkeys(described)) == [plain(block.alt) for block in blocks(made.report, Figure)]
    heights = [int(each.get("cy")) for each in made.docx.element.iter(qn("wp:extent"))]
    assert all(0 < height <= Inches(7.7) for height in heights)


def test_a_tall_chart_is_cut_between_rows_and_nothing_of_it_is_lost(crowded):
    """The parts of a picture follow one another from its top to its bottom, at one scale."""
    crops = [(int(each.get("t")), int(each.get("b"))) for each in crowded.docx.element.iter(qn("a:srcRect"))]
    assert crops
    for (_, left), (top, _) in zip(crops[::2], crops[1::2], strict=True):  # each of these charts is in two parts
        assert abs(100_000 - left - top) <= 1
    assert {top for top, _ in crops[::2]} == {0}
    assert {bottom for _, bottom in crops[1::2]} == {0}


def test_a_figure_is_cut_in_the_middle_between_two_ticks():
    """Rows of 1 inch from 0.5 to 9.5 inches from the top, cut at most 4 inches apart; without ticks, not at all."""
    figure = theme.new_figure(4, 10)
    ax = figure.add_axes((0.2, 0.0, 0.7, 1.0))
    ax.set_ylim(0, 10)
    ax.set_yticks([0.5 + n for n in range(10)])
    ends = [0.0, *(bottom for _, bottom in theme.slices(figure, 4))]
    assert ends == [0.0, pytest.approx(0.3), pytest.approx(0.7), 1.0]
    assert theme.slices(figure, 10) == [(0.0, 1.0)]
    ax.set_yticks([])
    assert theme.slices(figure, 4) == [(0.0, 1.0)]


def test_what_stands_under_a_table_stands_under_it_in_office_files_too():
    """Numbers that left a table for a sentence under it were in the page alone."""
    note = "Worse: all episodes 3.1%; the others are withheld to protect small numbers."
    made = opened(
        page_of_words(TableBlock(Table("Change", ("Track", "Better"), (("All episodes", "55%"), ("A", "not shown")), notes=(note,))))
    )
    small = [each.text for each in made.docx.paragraphs if each.style.name == "Report small"]
    assert note in small and any(words.startswith("Not shown, to protect people") for words in small)
    sheet = made.xlsx.get_sheet_by_name(made.xlsx.sheet_names[1]).to_python(skip_empty_area=False)
    assert sheet[-1][0] == note


@EVERY
def test_nothing_but_words_takes_room_around_the_cards(made):
    """Two empty paragraphs as high as a line pushed the last sentence of page one onto a second sheet."""
    before = next(each for each in made.docx.paragraphs if each.style.name == "Heading 1").style
    assert before.paragraph_format.space_before.pt <= 10
    empty = {each.style.name for each in made.docx.paragraphs if not each.text and not each.runs}
    assert all(made.docx.styles[name].font.size.pt <= 2 for name in empty if name != "Report small")
