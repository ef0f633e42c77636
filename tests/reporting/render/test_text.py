"""Takes blocks of every kind, gives them as plain text: lines that fit, tables in columns, nothing for what is empty."""

import pytest

from iop_outcomes.reporting.blocks import Bullets, Card, Cards, Note, SectionReference, TableBlock, Terms, Text
from iop_outcomes.reporting.render.text import COLUMNS, text_of, text_of_block, underlined, wrapped
from iop_outcomes.show.tables import Table
from tests.reporting.small_document import small_page

LONG = "word " * 60


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Text("Words.", (SectionReference("a", 3), SectionReference("b"))), "Words. See section 3."),
        (Note("Mind."), "Note: Mind."),
        (Bullets(("One.", "Two."), ((SectionReference("a", 1), SectionReference("b", 2)), ())), "- One. See sections 1 and 2.\n- Two."),
        (Bullets(()), ""),
        (Cards((Card("Finished", "50%", "", "of 40", ("target 60%",)),)), "* Finished: 50%; of 40; target 60%"),
        (Terms((("Word", ("Meaning.", "More.")),)), "Word\n    Meaning.\n    More."),
        (
            TableBlock(Table("T", ("Track", "n"), (("All", "5"), ("B", "12")), notes=("Under it.",))),
            "T\n\nTrack  n\nAll    5\nB      12\n\nUnder it.",
        ),
    ],
)
def test_each_block(block, text):
    """A section that is not on the page is not referred to."""
    assert text_of_block(block) == text


def test_prose_fits_a_line_and_keeps_its_place():
    """Each line of a paragraph, of a list and of a note; a word too long for a line is not broken."""
    for block in (Text(LONG), Note(LONG), Bullets((LONG,)), Terms((("Term", (LONG,)),))):
        lines = text_of_block(block).splitlines()
        assert max(map(len, lines)) <= COLUMNS and len(lines) > 2
    assert text_of_block(Note(LONG)).splitlines()[1].startswith("      word")
    assert wrapped("x" * 150) == "x" * 150


def test_a_page_has_its_heading_first_and_every_section():
    """Underlined, as long as it is; what stands over everything comes next."""
    text = text_of(small_page())
    assert text.startswith(underlined(small_page().title, "=") + "\n\nSynthetic data: ")
    assert all(f"\n{underlined(section.heading, '-')}\n" in text for section in small_page().every_section)
    assert text.endswith(".\n")


def test_what_is_no_block_is_refused_by_its_type():
    """Never passed over."""
    with pytest.raises(TypeError, match="no text for a block of type int"):
        text_of_block(3)
