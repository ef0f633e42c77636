"""Takes the entries of an .ods, gives how far its sheets reach once what is repeated is written out."""

import zipfile

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.workbook_ods import ods_facts
from iop_outcomes.intake.workbook_zip import BookZip
from tests.intake import books


def made(folder, tables, **entries):
    """An OpenDocument of these tables, written by hand."""
    path = folder / "book.ods"
    with zipfile.ZipFile(path, "w") as book:
        for name, content in {"content.xml": f"<office>{tables}</office>", **entries}.items():
            book.writestr(name, content)
    return BookZip(path, zipfile.ZipFile(path))


def table(rows, name="S"):
    """A table of rows."""
    return f'<table:table table:name="{name}">{rows}</table:table>'


def row(cells, times=1):
    """A row so many times."""
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def cell(text="", times=1, kind=""):
    """A cell so many times."""
    value = f' office:value-type="{kind}"' if kind else ""
    inside = f"<text:p>{text}</text:p>" if text else ""
    return f'<table:table-cell table:number-columns-repeated="{times}"{value}>{inside}</table:table-cell>'


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("", (0, 0)),
        (row(cell("a")), (1, 1)),
        (row(cell("a") + cell("b", 3)), (1, 4)),
        (row(cell("a"), 5), (5, 1)),
        (row(cell("", 9), 7) + row(cell() + cell("b")), (8, 2)),
        (row(cell("a")) + row(cell("", 1_000), 1_000_000), (1, 1)),
        (row(cell(kind="float", times=2)), (1, 2)),
    ],
)
def test_repeated_rows_and_cells_are_written_out(tmp_path, rows, expected):
    """Those that are blank reach nowhere, however often they are repeated."""
    (facts,) = ods_facts(made(tmp_path, table(rows)))
    assert (facts.height, facts.width) == expected


def test_sheets_come_in_their_order(tmp_path):
    """What one holds is not counted for the next."""
    found = ods_facts(made(tmp_path, table(row(cell("a", 3)), "One") + table(row(cell("a")), "Two") + table("", "Three")))
    assert [(facts.name, facts.width) for facts in found] == [("One", 3), ("Two", 1), ("Three", 0)]


def test_long_texts_are_counted_as_often_as_they_are_repeated(tmp_path):
    """Short ones are bounded by the number of cells."""
    (facts,) = ods_facts(made(tmp_path, table(row(cell("x" * 2_000, 10), 5) + row(cell("x" * 10, 500)))))
    assert 2_000 * 50 <= facts.text <= 2_200 * 50


def test_what_a_library_writes(tmp_path):
    """A table with a blank cell at an end."""
    path = books.write(tmp_path / "a.ods", {"One": [["a", "b", None], [1, None, "c"]], "Two": []})
    found = ods_facts(BookZip(path, zipfile.ZipFile(path)))
    assert [(facts.name, facts.height, facts.width) for facts in found] == [("One", 2, 3), ("Two", 0, 0)]


@pytest.mark.parametrize(
    ("tables", "entries", "words"),
    [
        ("", {"META-INF/manifest.xml": "<x encryption-data/>"}, "password_protected"),
        ("", {"Basic/Standard/Module1.xml": "<x/>"}, "macros"),
        ("", {"Scripts/python/a.py": "x"}, "macros"),
        ("<table:table-source/>", {}, "external_links"),
        (table("<table:dde-links/>"), {}, "external_links"),
        ("", {"styles.xml": "<!DOCTYPE x>"}, "a document type"),
        ("", {"content.xml": "<!DOCTYPE x><office/>"}, "a document type"),
    ],
)
def test_what_is_refused(tmp_path, tables, entries, words):
    """Before a reader opens it; folders alone are no macros."""
    with pytest.raises(DataError, match=rf"^book\.ods: .*{words}"):
        ods_facts(made(tmp_path, tables, **entries))
    assert ods_facts(made(tmp_path, "", **{"Basic/": ""})) == []
