"""Takes tables of answers, gives how wide and long their panels are: by another font file, whose letters were measured by others."""

from __future__ import annotations

import math
import string
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.ft2font import FT2Font

import iop_outcomes as iop
from iop_outcomes.reporting.latex import latex_table
from iop_outcomes.reporting.latex_panels import CELL_WIDEST, LINES, broken, fits, latex_panels, lines_of, words_width
from iop_outcomes.show.tables import Table

FONT = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "cmr10.ttf"))  # Computer Modern, of matplotlib
FONT.set_size(100, 72)
ROOM = 360.0  # points, of an article of 11 points, whose small print has 10


@cache
def printed(words):
    """Width in points of words of 10 points, as the font file has it; what it does not hold as wide as a plus, a space as wide as a t."""
    FONT.set_text("".join(character if character.isascii() else "+" for character in words.replace("\u00a0", "t").replace(" ", "t")))
    return FONT.get_width_height()[0] / 640


def printed_width(column):
    """Width in points of a column: of what is broken into lines as wide as its box, else of its widest words."""
    return max(
        width * 10 if words_width(words) > width else printed(words)
        for words, width in ((column.head, column.of_head), *((cell, column.widest) for cell in column.cells))
    )


@pytest.fixture(scope="module")
def tables(synthetic):
    """What papers print, as released and as working numbers."""
    answers = {
        "table one": iop.table_one(synthetic, by="track"),
        "completion": iop.completion(synthetic, by=("track", "modality")),
        "comparison": iop.compare(synthetic, measure="completion", by="track"),
    }
    return {(name, working): answer.exhibit(working=working).table for name, answer in answers.items() for working in (False, True)}


def test_widths_of_letters_are_those_of_the_font():
    """Never narrower than the font file, and not much wider: every letter that it holds."""
    for character in string.ascii_letters + string.digits + "%.,:;()=+-":
        width = printed(character * 20) / 200
        assert width - 0.02 <= words_width(character) <= width + 0.09, character
    assert words_width("\u00e9") == words_width("e") and words_width("\u65e5") > 1


@pytest.mark.parametrize("name", ["table one", "completion", "comparison"])
@pytest.mark.parametrize("working", [False, True])
def test_no_panel_is_wider_than_the_text_of_an_article(tables, name, working):
    """By the font file, 12 points between columns; every panel begins with what names its rows; no other column is left out or twice."""
    table = tables[name, working]
    panels = latex_panels(table)
    assert len(panels) > 1
    for panel in panels:
        assert sum(map(printed_width, panel)) + 12 * len(panel) <= ROOM
        assert [column.head for column in panel[: table.naming]] == list(table.heads[: table.naming])
    assert [column.head for panel in panels for column in panel[table.naming :]] == list(table.heads[table.naming :])


def test_a_table_that_fits_is_left_as_it_is():
    """One panel, nothing broken into lines; wider, and its words are."""
    table = Table("", ("", "n"), (("a" * 50, "12"),))
    assert [column.widest for column in latex_panels(table)[0]] == [math.inf] * 2
    wide = Table("", ("", "n"), (("several words that name a row of it, and then some more of them, and a few more", "12"),))
    (panel,) = latex_panels(wide)
    assert fits(panel) and panel[0].widest < math.inf


def test_words_are_broken_at_spaces_alone():
    """A word that is wider than its column makes the column wider; nothing is lost."""
    assert broken("one two three", 4) == ["one two", "three"] and broken("", 4) == [""]
    words = "x" * 60 + " and more"
    (panel,) = latex_panels(Table("", ("", "n"), ((words, "1"),)))
    assert panel[0].width >= words_width("x" * 60) > CELL_WIDEST and broken(words, 1)[0] == "x" * 60


def test_a_table_longer_than_a_page_goes_over_pages():
    """It does not float then, and its heads stand on each; one row fewer, and it floats."""
    for rows in range(LINES - 8, LINES):
        table = Table("Rows", ("", "n"), (("a", "1"),) * rows)
        text = latex_table(table, ["A note."], label="rows")
        assert (r"\begin{longtable}" in text) == (1 + 1.1 + lines_of(latex_panels(table)[0]) + 0.5 + 1 > LINES)
        assert text.count(r"\caption{Rows}\label{tab:rows}") == 1
    assert r"\endhead" in text and "A note." in text
