"""Takes workbooks as Excel 97 wrote them, gives how far their sheets reach and which cells hold an error, or the refusal."""

import struct

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.workbook_ole import MARK, ole_facts
from tests.intake import books

ROWS = {"One": [["a", "b", None], [1, "#N/A", 2.5], [None, None, "#REF!"]], "Zwei ü": [], "Много": [[1] * 20]}


@pytest.fixture
def book(tmp_path):
    """A workbook of three sheets."""
    return books.write(tmp_path / "a.xls", ROWS)


def test_sheets_errors_and_how_far_they_reach(book):
    """As they were written, whatever letters names have; a blank sheet reaches nowhere."""
    found = ole_facts(book)
    assert [facts.name for facts in found] == list(ROWS)
    assert [(facts.height, facts.width) for facts in found] == [(3, 3), (0, 0), (1, 20)]
    assert [facts.errors for facts in found] == [[(1, 1), (2, 2)], [], []]


def changed(book, before, after):
    """The workbook with the first of some bytes changed."""
    content = book.read_bytes()
    assert before in content and len(before) == len(after)
    book.write_bytes(content.replace(before, after, 1))
    return book


def name(text):
    """A name of the directory, as it is written there."""
    return text.encode("utf-16-le")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (name("Workbook"), name("Wörkbook"), "not_workbook: the file holds no workbook"),
        (struct.pack("<HH", 0x42, 2), struct.pack("<HH", 0x2F, 2), "password_protected"),  # the page of codes becomes a password
    ],
)
def test_what_is_refused(book, before, after, words):
    """In a sentence, before a reader opens it."""
    with pytest.raises(DataError, match=rf"^a\.xls: {words}"):
        ole_facts(changed(book, before, after))


@pytest.mark.parametrize("keep", [0, 8, 75, 511, 512, 1_024, 2_000])
def test_a_file_that_was_cut(book, keep):
    """Wherever it ends, it is damaged and nothing else."""
    book.write_bytes(book.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"^a\.xls: not_workbook"):
        ole_facts(book)


@pytest.mark.parametrize("place", [44, 48, 60, 68, 76])
def test_chains_that_run_in_circles_or_lead_nowhere(book, place):
    """The sizes and starts that the header names, each another: it ends, and says so."""
    content = bytearray(book.read_bytes())
    assert content[:8] == MARK
    content[place : place + 4] = struct.pack("<I", 1_000_000)
    book.write_bytes(content)
    try:
        ole_facts(book)
    except DataError as error:
        assert "not_workbook" in str(error)
