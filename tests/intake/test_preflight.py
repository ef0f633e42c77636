"""Takes files, gives their header and what one reading says of them, or the refusal that no reader should be trusted to make."""

import hashlib

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake import preflight
from iop_outcomes.intake.preflight import Through, preflight_csv, read_through, refuse_parquet

KNOWN = ["episode_id", "track"]


def written(folder, content):
    """A file of these bytes."""
    path = folder / "episodes.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def slow(content):
    """The same as one reads it line by line, where no quotation mark stands."""
    lines = content.decode().replace("\r\n", "\u2028").replace("\r", "\u2029")
    kinds = {end for end in "\n\u2028\u2029" if end in lines}
    plain = lines.replace("\u2028", "\n").replace("\u2029", "\n")
    blank = "\n\n" in plain
    ends = any(line.endswith(",") for line in plain.split("\n"))
    return Through(hashlib.sha256(content).hexdigest(), blank, len(kinds) > 1, plain.count("\n"), plain.count(","), ends)


TEXTS = (
    b"",
    b"a,b\n",
    b"a,b\n1,2",
    b"a,b\n\n1,2\n",
    b"a,b\r\n1,\r\n\r\n",
    b"a,b\r1,2\r\r",
    b"a,b\n1,2\r\n3,4\r\n",
    b"a,b\n1,2,",
    "a,ü€\nß,2\n".encode(),
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1 << 20])
def test_one_reading_is_that_of_the_slow_way(tmp_path, monkeypatch, size):
    """Whatever size a block has, and wherever it cuts a line end or a letter in two."""
    monkeypatch.setattr(preflight, "BLOCK_BYTES", size)
    for content in TEXTS:
        if size < 3 and b"\n\r\n" in content:
            continue  # the seam of two blocks is three bytes long; a block is never shorter
        assert read_through(written(tmp_path, content)) == slow(content), content


@pytest.mark.parametrize("size", [2, 1 << 20])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,\xff\n", r"episodes.csv:2: not_utf8: byte 6 \(about field 2 of the line\) is not UTF-8; the file may be Windows-1252"),
        (b"a,b\n1,2\n3,\xc3", "episodes.csv:3: not_utf8: byte 10"),
        (b"a,b\r1,2\r3,\0\r", "episodes.csv:3: control_character: a NUL byte"),
    ],
)
def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path, monkeypatch, size, content, words):
    """Also where a file ends within a letter."""
    monkeypatch.setattr(preflight, "BLOCK_BYTES", size)
    with pytest.raises(DataError, match=words):
        read_through(written(tmp_path, content))


def test_a_line_of_more_fields_than_any_table_has(tmp_path, monkeypatch):
    """Those within quotation marks are letters; a long line of few fields is none."""
    monkeypatch.setattr(preflight, "MAX_FIELDS", 5)
    with pytest.raises(DataError, match=r"episodes\.csv:2: too_many_columns: more than 5 fields on one line"):
        read_through(written(tmp_path, "a,b\n1,2,3,4,5,6,7\n"))
    read_through(written(tmp_path, f'a,b\n"{"," * 50}",2\n{"x" * 50},1\n'))


def test_the_header_is_trimmed(tmp_path):
    """A mark of its encoding is none of it; a header alone is refused unless it says something."""
    assert preflight_csv(written(tmp_path, '\ufeff episode_id ,"track"\r\n1,a\r\n'), ",", KNOWN) == KNOWN
    assert preflight_csv(written(tmp_path, "episode_id,track"), ",", KNOWN, may_be_empty=True) == KNOWN
    with pytest.raises(DataError, match="no_rows: the file has a header and no rows"):
        preflight_csv(written(tmp_path, "episode_id,track\n \n"), ",", KNOWN)


def test_columns_without_a_name(tmp_path):
    """At an end they are called by their place; in the middle a name was lost."""
    assert preflight_csv(written(tmp_path, ",episode_id,track,\n1,2,3,\n"), ",", KNOWN) == ["(column 1)", *KNOWN, "(column 4)"]
    with pytest.raises(DataError, match="blank_header: column 2 has no name"):
        preflight_csv(written(tmp_path, "episode_id,,track\n1,2,3\n"), ",", KNOWN)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty_file"),
        (b"\x1f\x8b12", r"not_csv: the content is gzip, not CSV\. Unpack it or save it as CSV \(UTF-8\), or call it \.csv\.gz"),
        (b"PK\x03\x04", "not_csv: the content is zip or xlsx"),
        (b"  <!DOCTYPE html>", "not_csv: the content is a web page or XML"),
        ("episode_id".encode("utf-16"), 'not_utf8: the encoding is UTF-16.*encoding = "utf-16"'),
        ("episode_id,track".encode("utf-32-le"), "not_utf8: the encoding is UTF-32"),
        ("episode_id,Episode_ID\n1,2\n", r"duplicate_header: a column name stands twice \(columns 1, 2\)"),
        ("Episode ID,x\n1,2\n", 'other_spelling: the name expected is written otherwise.*Did you mean "episode_id"'),
        ("episode_id;track\n1;2\n", 'wrong_delimiter: the fields are separated by a semicolon, not a comma.*delimiter = ";"'),
        ("Report of May\nepisode_id,track\n1,2\n", r"no_known_column: .*The names stand in line 2: declare .*skip_rows = 1"),
        ("a,b\n1,2\n", r"no_known_column: .*rename them: episode_id, track"),
        ("episode_id,a\x07\n1,2\n", "control_character: the name of column 2"),
        ('episode_id,"a' + "x" * 200_000, "header_too_long"),
        ("episode_id" + ",a" * 1_001 + "\n1\n", "too_many_columns: more than 1,000 columns"),
    ],
)
def test_headers_that_are_refused(tmp_path, content, words):
    """Each in its words, with what to do."""
    with pytest.raises(DataError, match=rf"^episodes\.csv(:1)?: .*{words}|^episodes\.csv(:1)?: {words}"):
        preflight_csv(written(tmp_path, content), ",", KNOWN)


def test_what_a_parquet_file_declares_of_itself():
    """A row in each part counted once, and no more of them than its bytes could hold."""
    refuse_parquet("a.parquet", 1_000, preflight.FEW_ROWS, preflight.FEW_ROWS, 0, preflight.MAX_COLUMNS)
    refuse_parquet("a.parquet", 1 << 20, 8 << 20, 8 << 20, 1 << 30, 3)
    for sizes, words in (
        ((10, 5, 6, 0, 1), "not_parquet: the file contradicts itself"),
        ((10, -1, -1, 0, 1), "not_parquet"),
        ((10, 5, 5, -1, 1), "not_parquet"),
        ((10, 5, 5, 0, 1_001), "too_many_columns"),
        (
            (1 << 20, (8 << 20) + 1, (8 << 20) + 1, 0, 1),
            "file_too_large: 8,388,609 rows and 0 bytes are declared in a file of 1,048,576 bytes",
        ),
        ((10, 5, 5, preflight.MAX_UNPACKED_BYTES + 1, 1), "file_too_large"),
    ):
        with pytest.raises(DataError, match=rf"^a\.parquet: {words}"):
            refuse_parquet("a.parquet", *sizes)
