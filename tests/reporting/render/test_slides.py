"""Takes words, cards and tables, gives how high they are on a slide, and a slide of them."""

import pytest

from iop_outcomes.reporting.blocks import Card
from iop_outcomes.reporting.render.slides import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Words,
    add_words,
    cards_height,
    height_of,
    new_slide,
    prepare,
    row_height,
)
from iop_outcomes.reporting.render.table_fit import fit_table
from iop_outcomes.show.tables import Table
from tests.reporting.small_document import small_page

pptx = pytest.importorskip("pptx")


def test_more_words_are_higher_and_a_wider_box_is_lower():
    """None have no height; bullets take room; some of the lines are less high than all."""
    words = Words(("word " * 40, "word " * 40), 14)
    assert height_of(Words((), 14)) == 0
    assert height_of(words.some(words.lines[:1])) < height_of(words) < height_of(words, 4)
    assert height_of(Words(words.lines, 14, bullets=True), 3) >= height_of(words, 3)
    assert height_of(Words(("x",), 28)) == pytest.approx(2 * height_of(Words(("x",), 14)))


def test_a_row_is_as_high_as_its_highest_cell():
    """One line, then as many as the longest cell needs."""
    (part,) = fit_table(Table("T", ("Track", "Words"), (("A", "few"), ("B", "many words " * 12))), 40)
    assert row_height(part, part.table.rows[1]) > 2 * row_height(part, part.table.rows[0])


def test_cards_are_as_high_as_the_one_that_says_most():
    """A line more makes the row higher."""
    short, long = Card("A", "5%", "", ""), Card("A", "5%", "4% to 6%", "of 40", ("target 60%",))
    assert cards_height([short]) < cards_height([short, long]) == cards_height([long])


def test_a_slide_has_its_title_its_foot_and_its_number():
    """On a wide page; a longer title is smaller; the words of the policy and of the data stand on each."""
    file = pptx.Presentation()
    prepare(file)
    assert (file.slide_width / 914_400, file.slide_height / 914_400) == pytest.approx((PAGE_WIDTH, PAGE_HEIGHT), abs=1e-3)
    sizes = []
    for title in ("Finished", "What is to be said of it " * 9):
        slide = new_slide(file, title, small_page("internal"))
        add_words(slide, Words(("One.", "Two."), 12, bullets=True), 2.0)
        sizes.append(slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size)
        assert slide.shapes.title.text_frame.text == title
    assert sizes[0] > sizes[1]
    words = [shape.text_frame.text for shape in file.slides[1].shapes if shape.has_text_frame]
    assert any(text.startswith("Contains small numbers") for text in words)
    assert "2" in words and "One.\nTwo." in words
