"""Takes names and sizes of sheets, gives what messages call them, and the words in which a workbook is refused."""

from pathlib import Path

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake import workbook_limits as limits
from iop_outcomes.intake.workbook_limits import SheetFacts, column_letters, column_number

BOOK = Path("private/book.xlsx")


def test_letters_and_numbers_of_columns_are_each_others_inverse():
    """Counted as on paper: after Z comes AA, after ZZ AAA."""
    letters = [chr(65 + n) for n in range(26)]
    letters += [a + b for a in letters for b in letters]
    assert [column_letters(n) for n in range(len(letters))] == letters
    assert all(column_number(column_letters(n)) == n for n in range(0, 20_000, 7))
    assert column_letters(702) == "AAA" and column_number("aaa") == 702


def test_a_sheet_reaches_to_its_last_cell():
    """Whatever order cells are seen in."""
    facts = SheetFacts("x")
    for row, column in ((4, 0), (0, 9), (2, 3)):
        facts.cover(row, column)
    assert (facts.height, facts.width) == (5, 10)
    assert SheetFacts("y").errors is not facts.errors


@pytest.mark.parametrize(
    ("sheet", "place", "expected"),
    [
        ("Sheet 1", 0, "book.xlsx#Sheet 1"),
        ("jane.roe@example.org", 2, "book.xlsx#sheet 2"),
        ("a\nb", 0, "book.xlsx#a sheet"),
        ("x" * 41, 0, f"book.xlsx#{'x' * 40}..."),
    ],
)
def test_what_messages_call_a_sheet(sheet, place, expected):
    """By its place where its name cannot be shown or looks like an identifier, and without the folder of the file."""
    assert limits.sheet_label(BOOK, sheet, place) == expected


def test_a_sheet_that_would_fill_the_memory():
    """One cell more than there may be, and one byte of text; what it says is where the last cell stands."""
    height = limits.MAX_CELLS // 4
    limits.refuse_extent(BOOK, "book.xlsx#a", SheetFacts("a", height, 4, text=limits.MAX_TEXT))
    with pytest.raises(
        DataError, match=rf"book.xlsx#a: file_too_large: cells stand as far as row {height + 1:,} and column D .*book.xlsx is not read"
    ):
        limits.refuse_extent(BOOK, "book.xlsx#a", SheetFacts("a", height + 1, 4))
    with pytest.raises(DataError, match="file_too_large: a few long texts stand in so many cells that they come to more than 2 GiB"):
        limits.refuse_extent(BOOK, "book.xlsx#a", SheetFacts("a", 1, 1, text=limits.MAX_TEXT + 1))


@pytest.mark.parametrize(
    ("refuse", "rule"),
    [
        (limits.refuse_damaged, "not_workbook"),
        (limits.refuse_locked, "password_protected"),
        (limits.refuse_macros, "macros"),
        (limits.refuse_links, "external_links"),
    ],
)
def test_each_refusal_names_the_file_and_what_to_do(refuse, rule):
    """Without its folder."""
    with pytest.raises(DataError, match=rf"^book\.xlsx: {rule}: .*[Ss]ave") as error:
        refuse(BOOK)
    assert "private" not in str(error.value)
