"""Takes rows of words, gives columns that stand under one another, and HTML in which words are words."""

from html.parser import HTMLParser

import pytest

from iop_outcomes.published.text_tables import html_table, text_table

HEADS, ROWS = ("study", "n <b>"), [("A & B", "12"), ("C", '"7"')]


def test_columns_begin_under_their_heads_and_no_line_ends_in_blanks():
    """As wide as the widest cell."""
    lines = text_table(HEADS, [*ROWS, ("D", "")]).splitlines()
    assert {line.find(cell) for line, cell in zip(lines, ("n <b>", "12", '"7"'), strict=False)} == {7}
    assert all(line == line.rstrip() for line in lines)


def test_html_read_back_holds_the_words():
    """Heads, cells and caption, none of which is taken for a mark."""
    seen = []

    class Reader(HTMLParser):
        def handle_data(self, data):
            seen.append(data)

    Reader(convert_charrefs=True).feed(html_table("<i>", HEADS, ROWS))
    assert seen == ["<i>", *HEADS, *(cell for row in ROWS for cell in row)]


def test_a_row_of_another_length_is_no_row():
    """Rather than a table that is torn."""
    with pytest.raises((ValueError, IndexError)):
        text_table(HEADS, [("one",)])
