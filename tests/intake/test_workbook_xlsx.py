"""Takes the entries of an .xlsx, gives how far its sheets reach and which cells hold an error, as counted cell by cell."""

import zipfile

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake import workbook_xlsx
from iop_outcomes.intake.workbook_xlsx import xlsx_facts
from iop_outcomes.intake.workbook_zip import BookZip
from tests.intake import books

TYPES, LIST, RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def made(folder, *sheets, **entries):
    """The entries of a workbook of these sheets, written by hand; others replace or join them."""
    listed = "".join(f'<sheet name="S{n}" xmlns:r="r" r:id="i{n}"/>' for n in range(len(sheets)))
    targets = "".join(f'<Relationship Id="i{n}" Target="{"/xl/" if n else ""}worksheets/s{n}.xml"/>' for n in range(len(sheets)))
    contents = {TYPES: "<Types/>", LIST: f"<workbook>{listed}</workbook>", RELATIONS: f"<Relationships>{targets}</Relationships>"}
    contents |= {f"xl/worksheets/s{n}.xml": sheet for n, sheet in enumerate(sheets)}
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        for name, content in {**contents, **entries}.items():
            book.writestr(name, content)
    return BookZip(path, zipfile.ZipFile(path))


def cells(*rows, places=True):
    """A sheet of rows of values (None for no cell, "#" for an error), with or without the places of its cells."""
    lines = []
    for at, row in enumerate(rows, 1):
        written = ""
        for column, value in enumerate(row):
            place = f' r="{chr(65 + column)}{at}"' if places else ""
            if value is not None or not places:
                written += f"<c{place}{' t=' + chr(34) + 'e' + chr(34) if value == '#' else ''}><v>{value}</v></c>"
        lines.append(f"<row{f' r={chr(34)}{at}{chr(34)}' if places else ''}>{written}</row>")
    return f"<sheetData>{''.join(lines)}</sheetData>"


@pytest.mark.parametrize("places", [True, False])
def test_how_far_a_sheet_reaches(tmp_path, places):
    """With the places of cells, and without: then they follow one another."""
    first, second = xlsx_facts(made(tmp_path, cells((1, 2, 3), (4,), places=places), cells()))
    assert (first.name, first.height, first.width, first.values) == ("S0", 2, 3, 4)
    assert (second.name, second.height, second.width, second.values) == ("S1", 0, 0, 0)


def test_cells_that_hold_an_error(tmp_path):
    """By row and column from 0; where a cell does not say where it is, it is not known where."""
    (facts,) = xlsx_facts(made(tmp_path, cells((1, "#"), (None, None, "#"))))
    assert facts.errors == [(0, 1), (1, 2)]
    (facts,) = xlsx_facts(made(tmp_path, cells((1, "#"), places=False)))
    assert facts.errors == [(-1, -1)]


def test_texts_that_many_cells_share(tmp_path, monkeypatch):
    """Each as often as a cell holds it, once they could be too many."""
    texts = "<sst><si><t>abc</t></si><si><t>" + "x" * 100 + "</t></si></sst>"
    sheet = cells((0, 1), (1, 1))
    assert xlsx_facts(made(tmp_path, sheet, **{"xl/sharedStrings.xml": texts}))[0].text == 0
    monkeypatch.setattr(workbook_xlsx, "MAX_TEXT", 10)
    (facts,) = xlsx_facts(made(tmp_path, sheet, **{"xl/sharedStrings.xml": texts}))
    assert 300 + 3 <= facts.text <= 300 + 3 + 4 * 30  # the tags of each text beside its letters


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({TYPES: "<x vbaProject/>"}, "macros"),
        ({"xl/vbaProject.bin": "x"}, "macros"),
        ({"xl/externalLinks/externalLink1.xml": "<x/>"}, "external_links"),
        ({LIST: '<workbook><sheet name="a" xmlns:r="r" r:id="i9"/></workbook>'}, "names one that is not there"),
        ({RELATIONS: '<R><r Id="i0" Target="worksheets/s0.xml"/><r Id="i1" Target="worksheets/S0.xml"/></R>'}, "one and the same"),
    ],
)
def test_what_is_refused(tmp_path, entries, words):
    """Before a reader opens it."""
    with pytest.raises(DataError, match=rf"^book\.xlsx: .*{words}"):
        xlsx_facts(made(tmp_path, cells((1,)), cells((1,)), **entries))


def test_a_list_at_the_root_must_be_named(tmp_path):
    """Where the parts stand beside the folders of the zip."""
    path = books.at_the_root(books.write(tmp_path / "a.xlsx", {"One": [["a", "b"], [1, 2]]}))
    (facts,) = xlsx_facts(BookZip(path, zipfile.ZipFile(path)), "")
    assert (facts.name, facts.height, facts.width) == ("One", 2, 2)
    with pytest.raises(DataError, match="its list of parts names no workbook"):
        xlsx_facts(made(tmp_path, cells((1,))), "")
