"""Takes zips that a workbook may be and zips that none is, gives their entries a block at a time, or the refusal."""

import io
import zipfile

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake import workbook_zip
from iop_outcomes.intake.workbook_zip import BookZip, refuse_directory, refuse_doctype


def zipped(folder, entries, method=zipfile.ZIP_DEFLATED):
    """A zip of these entries."""
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w", method) as book:
        for name, content in entries:
            book.writestr(name, content)
    return path


def opened(path):
    """Its entries."""
    return BookZip(path, zipfile.ZipFile(io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize("size", [12, 17, 1 << 20])
def test_entries_come_whole_in_blocks_that_end_where_a_tag_begins(tmp_path, monkeypatch, size):
    """Whatever size a block has; nothing is lost, and no tag is cut in two."""
    monkeypatch.setattr(workbook_zip, "BLOCK_BYTES", size)
    content = b"before<a><bb x='1'/>text</a>" * 5 + b"behind"
    book = opened(zipped(tmp_path, [("a.xml", content), ("empty.xml", b"")]))
    assert b"".join(book.blocks("a.xml")) == content == book.text("a.xml")
    seen = []
    book.scan("a.xml", seen.append)
    assert b"".join(seen) == content
    assert all(part.count(b"<") == part.count(b">") for part in seen)
    assert (book.text("empty.xml"), book.text("none.xml")) == (b"", b"")
    book.scan("a.xml", None)


def test_a_document_type_is_found_across_blocks(tmp_path, monkeypatch):
    """Wherever a block ends in it; also an entity alone, and in UTF-16 of both orders."""
    monkeypatch.setattr(workbook_zip, "BLOCK_BYTES", 12)
    book = opened(zipped(tmp_path, [(f"{n}.xml", b" " * n + b"<!DOCTYPE x [" + b"<y/>" * 9) for n in range(12)]))
    for name in book.entries:
        with pytest.raises(DataError, match="not_workbook: a document type or an entity is declared in it"):
            book.scan(name, None)
    for block in (b"<!ENTITY a", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be")):
        with pytest.raises(DataError, match="document type"):
            refuse_doctype(tmp_path / "a.xlsx", block)
    refuse_doctype(tmp_path / "a.xlsx", b"<doctype><!-- DOCTYPE -->")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("../a",), "leads out of it"),
        (("/a",), "leads out of it"),
        (("c:/a",), "leads out of it"),
        (("a\\..\\b",), "leads out of it"),
        (("a.xml", "A.xml"), "stands twice"),
    ],
)
def test_names_of_entries(tmp_path, names, words):
    """Each once, whatever its case, and inside the zip."""
    path = zipped(tmp_path, [(name, b"x") for name in names])
    with pytest.raises(DataError, match=f"not_workbook: an entry of the zip {words}|an entry {words}"):
        opened(path)


def test_other_zips(tmp_path, monkeypatch):
    """Packed otherwise, locked, of too many entries, or many times larger than the file."""
    with pytest.raises(DataError, match="packed in a way that no workbook is"):
        opened(zipped(tmp_path, [("a", b"x")], zipfile.ZIP_BZIP2))
    path = zipped(tmp_path, [("a", b"x")])
    content = path.read_bytes()
    place = content.index(b"PK\x01\x02") + 8
    path.write_bytes(content[:place] + b"\x01" + content[place + 1 :])
    with pytest.raises(DataError, match="password_protected"):
        opened(path)
    monkeypatch.setattr(workbook_zip, "MAX_ENTRIES", 1)
    path = zipped(tmp_path, [("a", b"x"), ("b", b"x")])
    for refuse in (opened, refuse_directory):
        with pytest.raises(DataError, match="file_too_large: the zip holds more than 1 entries"):
            refuse(path)
    monkeypatch.setattr(workbook_zip, "FEW_BYTES", 10)
    monkeypatch.setattr(workbook_zip, "RATIO", 2)
    with pytest.raises(DataError, match="file_too_large: unpacked it is larger than 0 MiB, over 2 times the file"):
        opened(zipped(tmp_path, [("a", b"x" * 10_000)]))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"x" * 70_000])
def test_a_file_without_a_directory(tmp_path, content):
    """Judged by its last bytes."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataError, match="not_workbook: the file is damaged, or is no workbook"):
        refuse_directory(path)
    refuse_directory(zipped(tmp_path, []))
