"""Hostile workbooks: each is refused in one line with exit code 2, before a reader opens it, and nothing of a cell is shown."""

import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_USAGE, DataError
from iop_outcomes.intake import workbook_limits, workbook_preflight, workbook_zip, workbooks
from iop_outcomes.intake.text_settings import TextSettings
from tests.intake import books, sites

SECRET = "Zq7secret"
ROWS = [*sites.episodes(), ["e99", SECRET, "completed", "20", "28", "200", "10", "5"]]
SHEET = "xl/worksheets/sheet1.xml"
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "Zq7secret"><!ENTITY b "&a;&a;&a;&a;">]>'


@dataclass(frozen=True)
class Book:
    """One workbook: `build` writes it to a path of this name; `says` is the rule, or words, of the refusal."""

    name: str
    build: Callable[[Path], object]
    says: str
    ending: str = ".xlsx"

    def __str__(self):
        return self.name


def good(path):
    """The program as a workbook, whatever its name says."""
    made = books.write(path.with_suffix(".xlsx" if path.suffix not in books.WRITERS else path.suffix), {"Sheet1": ROWS})
    return made.rename(path)


def with_entry(name, content=b"x"):
    """The program with one entry more."""
    return lambda path: books.changed(good(path), [(name, content)])


def replaced(inside, pattern, by):
    """The program with something replaced in one entry."""
    return lambda path: books.changed(good(path), inside=inside, pattern=pattern, by=by)


def raw(content):
    """A file of these bytes."""
    return lambda path: path.write_bytes(content)


def altered(change):
    """The program with its bytes changed."""
    return lambda path: path.write_bytes(change(good(path).read_bytes()))


def compound(change):
    """The program as .xls with its bytes changed."""

    def build(path):
        content = bytearray(good(path).read_bytes())
        change(content)
        path.write_bytes(content)

    return build


def bomb(path):
    """A sheet of 300 MB of blanks in a few hundred kilobytes."""
    return books.changed(good(path), [("xl/media/a.xml", bytes(300_000_000))])


def lying(path):
    """A sheet that declares to be smaller than it is."""
    good(path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as book:
        entry = book.getinfo(SHEET)
    at = content.rfind(SHEET.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = struct.pack("<I", entry.file_size - 100)
    path.write_bytes(content)


def lying_upwards(path):
    """One that declares to be larger."""
    good(path)
    content = bytearray(path.read_bytes())
    at = content.rfind(SHEET.encode()) - 46
    content[at + 24 : at + 28] = struct.pack("<I", 1 << 20)
    path.write_bytes(content)


def overlapping(path):
    """Two entries of the directory that lead to the same bytes."""
    good(path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as book:
        first = book.infolist()[0].header_offset
    at = content.rfind(SHEET.encode()) - 46
    content[at + 42 : at + 46] = struct.pack("<I", first)
    path.write_bytes(content)


def twice(path):
    """An entry that stands twice: readers differ in which they take."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        books.changed(good(path), [(SHEET, b"<worksheet/>")])


def many_entries(path):
    """20,000 entries."""
    return books.changed(good(path), [(f"a/{i}", b"") for i in range(20_000)], method=zipfile.ZIP_STORED)


def encrypted(path):
    """A zip whose entries need a password."""
    good(path)
    content = bytearray(path.read_bytes())
    at = content.rfind(SHEET.encode()) - 46
    content[at + 8] |= 1
    path.write_bytes(content)


def packed_otherwise(path):
    """A zip packed as no spreadsheet program packs."""
    return books.changed(good(path), [("a", b"x" * 100)], method=zipfile.ZIP_LZMA)


def other_zip(*entries):
    """Some other zip."""

    def build(path):
        with zipfile.ZipFile(path, "w") as file:
            for name, content in entries:
                file.writestr(name, content)

    return build


def shared_text(path):
    """One text of 30,000 letters that 300,000 cells share: a small file, and 9 GB of text."""
    good(path)
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + b"x" * 30_000 + b"</t></si></sst>"
    cells = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{letter}{row}" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJ") + "</row>"
        for row in range(1, 30_001)
    )
    with zipfile.ZipFile(path) as book:
        contents = {name: book.read(name) for name in book.namelist()}
    contents[SHEET] = (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'.encode()
    )
    contents["xl/sharedStrings.xml"] = strings
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in contents.items():
            book.writestr(name, content)


def far_row(path):
    """Cells without places, in a row that says to be the last of four thousand million."""
    books.changed(path, inside=SHEET, pattern=rb' r="[A-Z]+[0-9]+"', by=b"")
    return books.changed(path, inside=SHEET, pattern=rb'<row r="2"', by=b'<row r="4294967290"')


def tables(content, *, manifest=b""):
    """An OpenDocument with this body."""
    head = '<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>'
    body = f"{head}{content}</office:spreadsheet></office:body></office:document-content>"
    return other_zip(("mimetype", workbook_preflight.ODS), ("META-INF/manifest.xml", manifest), ("content.xml", body))


CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def chain_in_a_circle(content):
    """The stream of the workbook follows itself for ever."""
    size = 512
    (table,) = struct.unpack_from("<I", content, 76)
    at = (table + 1) * size
    struct.pack_into("<I", content, at + 4 * 2, 1)
    struct.pack_into("<I", content, at + 4 * 1, 2)
    struct.pack_into("<I", content, at, 1)


def record(kind, body=b""):
    """A record put behind the first of the workbook stream, in the place of what stood there."""

    def change(content):
        start = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
        assert start > 0
        struct.pack_into(f"<HH{len(body)}s", content, start + 20, kind, len(body), body)

    return change


def compound_name(old, new):
    """An entry of the directory called otherwise."""

    def change(content):
        before, after = (name.encode("utf-16-le") for name in (old, new))
        at = content.find(before)
        content[at : at + 64] = after.ljust(64, b"\0")
        struct.pack_into("<H", content, at + 64, len(after) + 2)

    return change


def far_cell(content):
    """A cell in column 60,000."""
    at = content.find(struct.pack("<HHHH", 0xFD, 10, 24, 0))
    assert at > 0
    struct.pack_into("<H", content, at + 6, 60_000)
    at = content.find(struct.pack("<HHHH", 0xFD, 10, 25, 0))
    struct.pack_into("<H", content, at + 4, 65_000)


BOOKS = [
    Book("a bomb of blanks", bomb, "file_too_large"),
    Book("an entry that is larger than declared", lying, "not_workbook"),
    Book("an entry that is smaller than declared", lying_upwards, "not_workbook"),
    Book("entries over one another", overlapping, "lie over one another"),
    Book("an entry twice", twice, "stands twice"),
    Book("an entry twice but for its case", with_entry(SHEET.upper()), "stands twice"),
    Book("too many entries", many_entries, "entries"),
    Book("an entry that leads out", with_entry("../../evil.xml"), "leads out"),
    Book("an entry with a whole path", with_entry("/etc/evil"), "leads out"),
    Book("an entry on a drive", with_entry("C:/evil"), "leads out"),
    Book("encrypted entries", encrypted, "password_protected"),
    Book("packed otherwise", packed_otherwise, "not_workbook"),
    Book("entities in a sheet", replaced(SHEET, rb"^(<\?xml[^>]*>)?", DTD.encode()), "entity is declared"),
    Book("entities in the list of sheets", replaced("xl/workbook.xml", rb"^(<\?xml[^>]*>)?", DTD.encode()), "entity is declared"),
    Book("entities in UTF-16", with_entry("xl/a.xml", DTD.encode("utf-16")), "entity is declared"),
    Book("macros under the name of a plain workbook", with_entry("xl/vbaProject.bin"), "macros"),
    Book("macros by their type", replaced("[Content_Types].xml", rb"sheet\.main", b"sheet.macroEnabled.main"), "macros"),
    Book("a workbook with macros by its name", good, "macros", ".xlsm"),
    Book("a binary workbook by its name", raw(b"PK\x03\x04"), "macros", ".xlsb"),
    Book("links to other files", with_entry("xl/externalLinks/externalLink1.xml"), "external_links"),
    Book("a cell in the last row and column", replaced(SHEET, rb'r="A2"', b'r="XFD1048576"'), "file_too_large"),
    Book("a cell beyond every sheet", replaced(SHEET, rb'r="A2"', b"r = 'ZZZZZ99999999'"), "file_too_large"),
    Book("a row far down whose cells do not say where they are", replaced(SHEET, rb'<row r="2"[^>]*>(<c) r="A2"', rb'<row r="4294967290">\1'), "file_too_large"),
    Book("a row far down, and no cell that says where it is", lambda path: far_row(good(path)), "file_too_large"),
    Book("a sheet that is not there", replaced("xl/_rels/workbook.xml.rels", rb"sheet1\.xml", b"sheet9.xml"), "one that is not there"),
    Book("one long text in many cells", shared_text, "a few long texts"),
    Book("no list of sheets", other_zip(("xl/other.xml", b"")), "no workbook"),
    Book("a document of words", other_zip(("word/document.xml", b"x")), "no workbook"),
    Book("two workbooks in one", with_entry("content.xml"), "two workbooks"),
    Book("two lists of sheets", lambda path: books.at_the_root(good(path), [("xl/workbook.xml", b"<workbook/>")]), "two workbooks"),
    Book("macros at the root", lambda path: books.at_the_root(good(path), [("vbaProject.bin", b"x")]), "macros"),
    Book("links to other files at the root", lambda path: books.at_the_root(good(path), [("externalLinks/externalLink1.xml", b"<a/>")]), "external_links"),
    Book("a list of sheets that nothing names", other_zip(("workbook.xml", b"<workbook/>"), ("_rels/.rels", b"<Relationships/>")), "names no workbook"),
    Book("sheets that are one", replaced("xl/workbook.xml", rb"(<(?:\w+:)?sheet [^>]*/>)", rb"\1\1"), "one and the same"),
    Book("a list of sheets that is no XML", replaced("xl/workbook.xml", rb"</", b"<<"), "not_workbook"),
    Book("half a workbook", altered(lambda content: content[: len(content) // 2]), "not_workbook"),
    Book("a workbook with bytes in front", altered(lambda content: b"MZ" + content), "not_workbook"),
    Book("damaged in the middle", altered(lambda content: content[:300] + bytes(200) + content[500:]), "not_workbook"),
    Book("nothing", raw(b""), "empty_file"),
    Book("a web page", raw(b"\n <HTML><table><tr><td>Zq7secret</td></tr></table>"), "a web page or XML", ".xls"),
    Book("a workbook as XML", raw(b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'), "a web page or XML", ".xls"),
    Book("text under the name of a workbook", raw(sites.text(ROWS).encode()), "text under the name", ".xls"),
    Book("random bytes", raw(bytes(range(256)) * 40), "not_workbook", ".ods"),
    Book("columns repeated for ever", tables(f'<table:table table:name="S"><table:table-row>{CELL.format(" table:number-columns-repeated=" + chr(34) + "4000000000" + chr(34))}</table:table-row></table:table>'), "file_too_large", ".ods"),
    Book("rows repeated for ever", tables(f'<table:table table:name="S"><table:table-row table:number-rows-repeated="4000000000">{CELL.format("")}</table:table-row></table:table>'), "file_too_large", ".ods"),
    Book("a number of columns that is none", tables(f'<table:table table:name="S"><table:table-row>{CELL.format(" table:number-columns-repeated=" + chr(34) + "x" + chr(34))}</table:table-row></table:table>'), "not_workbook", ".ods"),
    Book("a number of 10,000 digits", tables(f'<table:table table:name="S"><table:table-row table:number-rows-repeated="{"9" * 10_000}"/></table:table>'), "not_workbook", ".ods"),
    Book("tables of another file", tables('<table:table table:name="S"><table:table-source table:mode="x"/></table:table>'), "external_links", ".ods"),
    Book("an OpenDocument with a password", tables("", manifest=b"<m:encryption-data/>"), "password_protected", ".ods"),
    Book("an OpenDocument with programs", other_zip(("mimetype", workbook_preflight.ODS), ("Basic/a.xml", b"x"), ("content.xml", b"<a/>")), "macros", ".ods"),
    Book("an OpenDocument of words", other_zip(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")), "another kind", ".ods"),
    Book("an OpenDocument with entities", other_zip(("mimetype", workbook_preflight.ODS), ("content.xml", DTD + "<x>&b;</x>")), "entity is declared", ".ods"),
    Book("a chain of sectors in a circle", compound(chain_in_a_circle), "not_workbook", ".xls"),
    Book("half a workbook of Excel 97", compound(lambda content: content.__delitem__(slice(1500, None))), "not_workbook", ".xls"),
    Book("a password of Excel 97", compound(record(0x2F, b"\0" * 4)), "password_protected", ".xls"),
    Book("a workbook of Excel 97 that links", compound(record(0x1AE, struct.pack("<HH10s", 1, 9, b"\0other.xls"))), "external_links", ".xls"),
    Book("macros of Excel 4", compound(record(0x85, struct.pack("<IBBB5s", 0, 0, 1, 4, b"\0Zq7s"))), "macros", ".xls"),
    Book("an encrypted workbook", compound(compound_name("Workbook", "EncryptedPackage")), "password_protected", ".xls"),
    Book("an encrypted workbook under its new name", lambda path: books.write(path.with_suffix(".xls"), {"A": ROWS}).rename(path) and compound_of(path), "password_protected"),
    Book("macros of Excel 97", compound(compound_name("Workbook", "_VBA_PROJECT_CUR")), "macros", ".xls"),
    Book("a file system without a workbook", compound(compound_name("Workbook", "WordDocument")), "no workbook", ".xls"),
    Book("cells far apart in Excel 97", compound(far_cell), "file_too_large", ".xls"),
]  # fmt: skip


OF_ONE_SHEET = (
    "a row far down whose cells do not say where they are", "a row far down, and no cell that says where it is",
    "a cell in the last row and column", "a cell beyond every sheet", "one long text in many cells",
)  # fmt: skip


def compound_of(path):
    """An encrypted workbook is a file system with one entry of this name."""
    content = bytearray(path.read_bytes())
    compound_name("Workbook", "EncryptedPackage")(content)
    path.write_bytes(content)


@pytest.mark.parametrize("item", BOOKS, ids=str)
def test_what_is_refused(item, tmp_path, capfd, monkeypatch):
    """Exit code 2 and one clear line that names the workbook, before the library that reads them is asked for anything."""
    data = tmp_path / "data"
    data.mkdir()
    path = data / f"episodes{item.ending}"
    item.build(path)
    (data / "mapping.toml").write_text(sites.SYNTHETIC, encoding="utf-8")
    before = {each.name: each.read_bytes() for each in data.iterdir()}
    opened = []
    monkeypatch.setattr(workbooks, "_opened", lambda at: opened.append(at) or pytest.fail("opened"))
    if item.name in OF_ONE_SHEET:
        monkeypatch.undo()  # the list of its sheets is read first, and says which sheet is meant
    assert run(["report", str(path), "-o", str(tmp_path / "out")]) == EXIT_USAGE
    shown = capfd.readouterr()
    assert item.says in shown.err, shown.err
    assert shown.err.startswith(f"error: episodes{item.ending}"), shown.err
    assert "Traceback" not in shown.err and SECRET not in shown.err and len(shown.err) < 1_000
    assert shown.out == ""
    assert {each.name: each.read_bytes() for each in data.iterdir()} == before
    assert not (tmp_path / "out").exists()


def test_there_are_enough_of_them():
    """Each has a name of its own."""
    assert len({item.name for item in BOOKS}) == len(BOOKS) >= 50


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_any_byte_changed(ending, tmp_path, capfd):
    """However a file is damaged, it is read or refused, and never stops the program otherwise."""
    path = good(tmp_path / f"episodes{ending}")
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            for sheet in workbooks.sheets_of(path):
                workbooks.write_sheet(path, sheet.name, tmp_path / f"{place}.csv", TextSettings())
        except DataError as error:
            assert SECRET not in str(error)
    assert "Zq7" not in capfd.readouterr().err


def test_many_columns_without_a_name(tmp_path):
    """A cell far to the right of the header leaves thousands of columns without a name; they are looked at in one go."""
    rows = [*ROWS[:3], [*ROWS[3], *[None] * 8_000, "x"], *ROWS[4:]]
    path = books.write(tmp_path / "book.xlsx", {"A": rows})
    with pytest.raises(DataError, match=r"book\.xlsx#A:1: blank_header: column KVA has no name"):
        iop.load(path, mapping={"data": {"class": "synthetic"}})


def test_hyperlinks_are_no_links_of_cells(tmp_path):
    """A cell with a web address behind it takes no value from anywhere."""
    openpyxl = books.library("openpyxl")
    path = good(tmp_path / "episodes.xlsx")
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["A2"].hyperlink = "https://example.org"
    book.save(path)
    with iop.load(path, mapping={"data": {"class": "synthetic"}}) as data:
        assert data.episodes == 25


def test_the_name_of_a_sheet_is_not_shown_when_it_looks_like_a_person(tmp_path):
    """It is called by its place."""
    path = books.write(tmp_path / "book.xlsx", {"jane.roe@example.org": ROWS, "B": ROWS})
    with pytest.raises(DataError, match="The sheets are: sheet 1, B") as caught:
        iop.load(path, mapping={"data": {"class": "synthetic"}})
    assert "jane" not in str(caught.value)


@pytest.mark.parametrize("pattern", [rb' r="[A-Z]*[0-9]+"', rb' r="[A-Z]+[0-9]+"'])
def test_cells_that_do_not_say_where_they_are(pattern, tmp_path):
    """Some writers leave the places out: cells and rows follow one another."""
    path = books.changed(good(tmp_path / "book.xlsx"), inside=SHEET, pattern=pattern, by=b"")
    with iop.load(path, mapping={"data": {"class": "synthetic"}}) as data:
        assert data.episodes == 25


def test_folders_separated_as_on_windows(tmp_path):
    """Some writers separate the folders of the zip by backslashes; one that leads out of it is refused all the same."""
    path = good(tmp_path / "book.xlsx")
    with zipfile.ZipFile(path) as book:
        contents = {name.replace("/", "\\"): book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, content in contents.items():
            book.writestr(name, content)
    with iop.load(path, mapping={"data": {"class": "synthetic"}}) as data:
        assert data.episodes == 25
    books.changed(path, [("..\\evil.xml", b"x")])
    with pytest.raises(DataError, match="leads out"):
        iop.load(path)


def test_a_sheet_that_is_only_formatted_is_blank(tmp_path):
    """Cells with a format and no value make no second sheet to choose from."""
    openpyxl = books.library("openpyxl")
    path = good(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Sheet2")["D900"].font = openpyxl.styles.Font(bold=True)
    book.save(path)
    with iop.load(path, mapping={"data": {"class": "synthetic"}}) as data:
        assert data.episodes == 25


def test_a_sheet_with_a_cell_far_away_stops_no_other(tmp_path):
    """Only the sheet that is read is held to the limit."""
    path = books.write(tmp_path / "book.xlsx", {"episodes": ROWS, "other": ROWS})
    books.changed(path, inside="xl/worksheets/sheet2.xml", pattern=rb'r="A2"', by=b'r="XFD1048576"')
    with iop.load(path, mapping={"data": {"class": "synthetic"}}) as data:
        assert data.episodes == 25


def test_a_file_larger_than_any_workbook(tmp_path, monkeypatch):
    """It is refused by its size."""
    path = good(tmp_path / "book.xlsx")
    monkeypatch.setattr(workbook_preflight, "MAX_WORKBOOK_BYTES", 100)
    with pytest.raises(DataError, match=r"book\.xlsx: file_too_large"):
        iop.load(path)


def test_control_characters_and_values_of_other_columns(tmp_path):
    """A NUL in a cell is an error of its row, as in every other door."""
    path = books.write(tmp_path / "book.xls", {"A": [*ROWS[:3], ["a\0b", *ROWS[3][1:]], *ROWS[4:]]})
    with pytest.raises(DataError, match=r"book\.xls#A:4: episode_id: control_character"):
        iop.load(path, mapping={"data": {"class": "synthetic"}})


def test_limits_are_what_the_readme_says():
    """The figures that a person may look up."""
    assert (workbook_limits.MAX_WORKBOOK_BYTES, workbook_limits.MAX_CELLS, workbook_zip.MAX_ENTRIES) == (1 << 29, 1 << 25, 10_000)
