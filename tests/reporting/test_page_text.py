"""Takes the text of pages, gives everything they say with its place: tables by row and column, charts, terms, what is hostile."""

import pytest

from iop_outcomes.reporting.page_text import Piece, page_text, pieces_by_place

TABLE = "<table><caption>Stays</caption><tr><th>Track</th><th>Days</th></tr><tr><th>A &amp; B</th><td>42</td></tr></table>"


def places(text):
    """The places with what stands there."""
    return [(piece.place, piece.text) for piece in page_text(text).pieces]


def test_cells_are_named_by_row_and_column():
    """Heads first; entities are read."""
    assert places(f"<section id='stay'>{TABLE}</section>") == [
        ('section stay, table "Stays"', "Stays"),
        ('section stay, table "Stays", heads', "Track"),
        ('section stay, table "Stays", heads', "Days"),
        ('section stay, table "Stays", row "A & B", column "Track"', "A & B"),
        ('section stay, table "Stays", row "A & B", column "Days"', "42"),
    ]


def test_a_link_is_part_of_its_sentence():
    """And spaces are one."""
    assert places("<p>See\n  section <a href='#x'>3</a>.</p>") == [("top of the page", "See section 3.")]


def test_a_chart_is_its_words_and_its_address():
    """A picture without words has an empty piece, so that it is missed."""
    chart = page_text("<section id='s'><img alt='Dots.' src='data:x'><img src='data:y'></section>").pieces
    assert chart == [
        Piece("section s, words of a chart", "Dots."),
        Piece("section s, chart", "data:x", is_chart=True),
        Piece("section s, words of a chart", ""),
        Piece("section s, chart", "data:y", is_chart=True),
    ]


def test_a_meaning_stands_under_its_term():
    """Until the section ends."""
    found = places("<section id='m'><dl><dt>Episode</dt><dd>One admission.</dd></dl></section><p>Outside.</p>")
    assert ('section m, "Episode"', "One admission.") in found
    assert found[-1] == ("top of the page", "Outside.")


@pytest.mark.parametrize(
    ("text", "parameters"), [('<meta name="parameters" content="{&quot;by&quot;: 1}">', '{"by": 1}'), ("<p>none</p>", "")]
)
def test_parameters_are_those_of_the_head(text, parameters):
    """As they were before they were escaped."""
    assert page_text(text).parameters == parameters


def test_pieces_of_one_place_are_numbered():
    """So that none is lost."""
    numbered = pieces_by_place(page_text("<p>a</p><p>b</p><p>a</p>").pieces)
    assert [(key, piece.text) for key, piece in numbered.items()] == [
        (("top of the page", 1), "a"),
        (("top of the page", 2), "b"),
        (("top of the page", 3), "a"),
    ]
    assert page_text("").pieces == []
