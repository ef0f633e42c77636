"""Takes one file, gives its header and its fingerprint, or refuses it: what no reader should be trusted to notice.

Nothing is unpacked, and nothing is read that is larger than a block. Sizes are judged from what a file declares of itself.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from iop_outcomes.intake.files import refuse_size, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.long_lines import LongLines

BLOCK_BYTES = 1 << 20
MOST_TITLES = 20  # lines before a header, in which the names are looked for to say where they stand
MAX_HEADER_BYTES = 1 << 16
MAX_COLUMNS = 1_000
MAX_FIELDS = 2_000  # on one line, those beyond the header included: each takes the reader of CSV some 30 kB
MAX_ROWS = 1_000_000_000
MAX_UNPACKED_BYTES = 1 << 38  # 256 GiB
ROWS_PER_BYTE = 8  # ids differ from row to row: a table of episodes, scores or events does not fit into one bit a row
FEW_ROWS = 1_000_000  # below which no ratio can do harm
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "vertical bar", ",": "comma"}
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip or xlsx",
    b"PK\x05\x06": "an empty zip",
    b"\xd0\xcf\x11\xe0": "xls or password-protected xlsx",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
    b"%PDF-": "PDF",
    b"SQLite format 3": "a database (SQLite)",
    b"$FL2": "SPSS",
    b"$FL3": "SPSS",
    b"<stata_dta>": "Stata",
}
_PAGE = re.compile(rb"\s*<(!doctype html|html|\?xml)", re.IGNORECASE)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)  # the first of which begins as UTF-16 does
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AGAIN = 'Save it again as CSV UTF-8, or declare its encoding in mapping.toml, as in [text] encoding = "{}"'


@dataclass(frozen=True, slots=True)
class Through:
    """What a file is found to be when it is read through once.

    Parameters
    ----------
    sha256 : str
        Fingerprint of its bytes.
    blank_lines : bool
        Whether two line ends stand beside each other; perhaps inside quotation marks.
    mixed_ends : bool
        Whether lines end in more than one way; perhaps inside quotation marks.
    lines, separators : int
        How many, wherever they stand.
    ends_blank : bool
        Whether any line ends with a separator.
    """

    sha256: str
    blank_lines: bool
    mixed_ends: bool = False
    lines: int = 0
    separators: int = 0
    ends_blank: bool = False


def preflight_csv(path: Path, delimiter: str, known: Sequence[str], *, may_be_empty: bool = False, table: str = "") -> list[str]:
    """Read a CSV's header and refuse what no reader should be trusted to notice.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        The separator declared.
    known : sequence of str
        Names that the header might hold.
    may_be_empty : bool
        Whether a header alone says something.
    table : str
        Which table it holds, where its name does not say so.

    Returns
    -------
    list of str
        The header's names, trimmed.

    Raises
    ------
    DataError
        For an empty file, another format, another encoding, NUL bytes, a duplicated or missing header, another delimiter.
    """
    name = shown(path)
    head = next(_blocks(path), b"")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            fatal(
                "not_csv",
                name,
                f"the content is {kind}, not CSV",
                "Unpack it or save it as CSV (UTF-8)" + (", or call it .csv.gz." if kind == "gzip" else "."),
            )
    if _PAGE.match(head):
        fatal(
            "not_csv", name, "the content is a web page or XML, not CSV", "Download it again after signing in, or save it as CSV (UTF-8)."
        )
    if head.startswith(_UTF32) or _is_wide(head):
        fatal("not_utf8", name, "the encoding is UTF-32", "Save it again as CSV UTF-8.", line=1)
    if head.startswith(_UTF16):
        fatal("not_utf8", name, "the encoding is UTF-16", _AGAIN.format("utf-16"), line=1)
    _refuse_bytes(path, head, 0, codecs.getincrementaldecoder("utf-8")())
    text = head.decode("utf-8-sig", errors="ignore")  # only a letter that the block cuts in two can be left
    if not text.strip():
        fatal("empty_file", name, "the file is empty", "Export it again.")
    header = _header(text, delimiter, name, known)
    _refuse_other_spelling(header, known, name, table)
    _refuse_other_delimiters(header, delimiter, known, name)
    _refuse_unknown(header, text, delimiter, known, name, table)
    _refuse_unprintable(header, name)
    if not may_be_empty and len(text.split("\n" if "\n" in text else "\r", 1)[-1].strip()) == 0 and len(head) < BLOCK_BYTES:
        fatal("no_rows", name, "the file has a header and no rows", "Export it again.")
    return header


def read_through(path: Path, delimiter: str = ",") -> Through:
    """Read a text once from its first byte to its last, a block at a time.

    Raises
    ------
    DataError
        For a NUL or for bytes that are not UTF-8, wherever they stand, and for a line that is longer or of more fields than any table
        has; the line is named, and the field.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    separator = delimiter.encode()
    start, last, blank, ends_blank = 0, b"", False, False
    pairs = feeds = returns = separators = carried = 0
    long_lines = LongLines(path, delimiter)
    for block in _blocks(path):
        digest.update(block)
        _refuse_bytes(path, block, start, decoder)
        carried = _refuse_many_fields(path, block, start, separator, carried)
        long_lines.add(block)
        seam = last + block[:3]
        blank = blank or any(pair in part for pair in (b"\n\n", b"\n\r\n", b"\r\r") for part in (block, seam))
        ends_blank = ends_blank or any(separator + end in part for end in (b"\n", b"\r") for part in (block, seam))
        pairs += block.count(b"\r\n") + (last[-1:] == b"\r" and block[:1] == b"\n")
        feeds, returns, separators = feeds + block.count(b"\n"), returns + block.count(b"\r"), separators + block.count(separator)
        start, last = start + len(block), block[-3:]
    _refuse_bytes(path, b"", start, decoder, final=True)
    long_lines.refuse()
    mixed = sum(n > 0 for n in (pairs, feeds - pairs, returns - pairs)) > 1
    return Through(digest.hexdigest(), blank, mixed, feeds + returns - pairs, separators, ends_blank or last.endswith(separator))


def _refuse_many_fields(path: Path, block: bytes, start: int, separator: bytes, carried: int) -> int:
    """Refuse a line of too many fields; give how many separators the line has so far that the next block goes on with.

    Only lines longer than `MAX_FIELDS` bytes are looked at, so that a usual file costs one search in so many bytes.
    """
    end = b"\n" if b"\n" in block else b"\r"
    place = 0
    while place < len(block):
        line_end = block.rfind(end, place, place + MAX_FIELDS)
        if line_end < 0:
            line_end = block.find(end, place)
            line = block[place : line_end if line_end >= 0 else len(block)]
            carried += re.sub(rb'"[^"]*"', b"", line).count(separator)
            if carried > MAX_FIELDS:
                number, _ = _place(path, start + place)
                hint = "Take what stands beyond the last column out of it: the line may have been joined with others"
                fatal("too_many_columns", shown(path), f"more than {MAX_FIELDS:,} fields on one line", f"{hint}.", line=number)
            if line_end < 0:
                return carried
        place, carried = line_end + 1, 0
    return carried


def _is_wide(head: bytes) -> bool:
    """Whether a text without a mark has four bytes for each letter."""
    return len(head) >= 8 and (head[1:4] == head[5:8] == bytes(3) or head[:3] == head[4:7] == bytes(3))


def refuse_parquet(name: str, size: int, rows: int, rows_of_groups: int, unpacked: int, columns: int) -> None:
    """Judge a Parquet file from what it declares of itself, before any of it is read.

    Parameters
    ----------
    name : str
        What messages call it.
    size : int
        Bytes of the file.
    rows, rows_of_groups : int
        Rows it declares, and the sum over its parts.
    unpacked : int
        Bytes it declares to be when unpacked.
    columns : int
        How many.

    Raises
    ------
    DataError
        When it contradicts itself, or would be far larger unpacked than a program's data can be.
    """
    if not 0 <= rows == rows_of_groups or unpacked < 0:
        fatal("not_parquet", name, "the file contradicts itself about its number of rows", "Export it again.")
    if columns > MAX_COLUMNS:
        fatal("too_many_columns", name, f"more than {MAX_COLUMNS:,} columns", "Export the columns that are needed.")
    if rows > MAX_ROWS or unpacked > MAX_UNPACKED_BYTES or rows > max(FEW_ROWS, ROWS_PER_BYTE * size):
        words = f"{rows:,} rows and {unpacked:,} bytes are declared in a file of {size:,} bytes"
        fatal("file_too_large", name, words, "Ids that differ cannot be packed so tightly: check where the file comes from.")


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        refuse_size(path)
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check its permissions.")


def _refuse_bytes(path: Path, block: bytes, start: int, decoder: codecs.IncrementalDecoder, *, final: bool = False) -> None:
    """A block that is text: no NUL, and UTF-8; the decoder holds the letter that the block before has cut."""
    if b"\0" in block:
        line, _ = _place(path, start + block.index(b"\0"))
        fatal("control_character", shown(path), "a NUL byte stands in the text", "Export it again as CSV (UTF-8).", line=line)
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        _refuse_encoding(path, start - pending + error.start)


def _refuse_encoding(path: Path, offset: int) -> NoReturn:
    line, before = _place(path, offset)
    field = 1 + before.count(b",") if b"," in before else 1
    words = f"byte {offset:,} (about field {field} of the line) is not UTF-8; the file may be Windows-1252"
    fatal("not_utf8", shown(path), words, _AGAIN.format("windows-1252"), line=line)


def _place(path: Path, offset: int) -> tuple[int, bytes]:
    """Physical line of a byte, and what stands before it on that line; at most a block of it."""
    feeds = returns = 0
    read = b""
    with path.open("rb") as file:
        while offset > 0 and (block := file.read(min(BLOCK_BYTES, offset))):
            feeds, returns = feeds + block.count(b"\n"), returns + block.count(b"\r")
            offset, read = offset - len(block), (read + block)[-BLOCK_BYTES:]
    end = b"\n" if feeds else b"\r"
    return (feeds or returns) + 1, read.rpartition(end)[2]


def _header(text: str, delimiter: str, name: str, known: Sequence[str]) -> list[str]:
    first = min((text.find(end) for end in "\n\r" if end in text), default=len(text))
    if first > MAX_HEADER_BYTES:
        fatal(
            "header_too_long", name, f"the header is longer than {MAX_HEADER_BYTES:,} bytes", "Export the columns that are needed.", line=1
        )
    try:
        header = [column.strip() for column in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))]
    except csv.Error:
        fatal("open_quote", name, "a quotation mark is not closed", "Close it, or take it out of the header.", line=1)
    if len(header) > MAX_COLUMNS:
        fatal("too_many_columns", name, f"more than {MAX_COLUMNS:,} columns", "Export the columns that are needed.", line=1)
    # The reader tells columns apart whatever their case, but the store does not.
    places: dict[str, list[str]] = {}
    header = _with_nameless(header)
    for place, column in enumerate(header, start=1):
        places.setdefault(column.lower(), []).append(str(place))
    read = {column.lower() for column in known}
    for column, same in places.items():
        if len(same) > 1 and column in read:
            fatal("duplicate_header", name, f"a column name stands twice (columns {', '.join(same)})", "Rename one of them.", line=1)
    if "" in places:
        fatal(
            "blank_header",
            name,
            f"column {places[''][0]} has no name",
            "Name it or leave it out; where names stand in two rows, declare [text] header_rows = 2.",
            line=1,
        )
    # Two that nobody asks for, such as remarks; who means one of them names its place too.
    return [f"{column} (column {place})" if len(places[column.lower()]) > 1 else column for place, column in enumerate(header, start=1)]


def once(names: Sequence[str]) -> list[str]:
    """The names that stand once, whatever their case.

    Examples
    --------
    >>> once(["Id", "Remarks", "remarks"])
    ['Id']
    """
    plain = [name.strip().lower() for name in names]
    return [name for name, each in zip(names, plain, strict=True) if plain.count(each) == 1]


def _with_nameless(header: Sequence[str]) -> list[str]:
    """The header with columns called by their place that exports add without a name: the numbers of the rows before it, blank fields behind it.

    Nobody can ask for them, so that they are named with the others that are not read. Where most have no name, this is no header.
    """
    named = [place for place, column in enumerate(header) if column]
    if 2 * len(named) < len(header):
        return list(header)
    return [f"(column {place + 1})" if not column and (place == 0 or place > named[-1]) else column for place, column in enumerate(header)]


def _refuse_unprintable(header: Sequence[str], name: str) -> None:
    for place, column in enumerate(header, start=1):
        if not column.isprintable():
            fatal("control_character", name, f"the name of column {place} holds a control character", "Rename it.", line=1)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def _refuse_other_spelling(header: Sequence[str], known: Sequence[str], name: str, table: str) -> None:
    """A column that is expected and called almost so: to drop it would be to lose it in silence."""
    for wanted in known:
        for came in header:
            if wanted not in header and came not in known and _plain(came) == _plain(wanted):
                hint = f'Did you mean "{wanted}"? Rename it, or name it in mapping.toml under [columns.{table or Path(name).stem}].'
                fatal("other_spelling", name, "the name expected is written otherwise", hint, column=came, line=1)


def _refuse_other_delimiters(header: Sequence[str], delimiter: str, known: Sequence[str], name: str) -> None:
    if set(header) & set(known):
        return
    for other, word in SEPARATORS.items():
        parts = {_plain(part) for column in header for part in column.split(other)}
        if other != delimiter and parts & {_plain(column) for column in known}:
            fatal(
                "wrong_delimiter",
                name,
                f"the fields are separated by a {word}, not a {SEPARATORS[delimiter]}",
                f"Declare it in mapping.toml: [data] delimiter = {other!r}, or save it with commas.".replace("'", '"'),
                line=1,
            )


def _refuse_unknown(header: Sequence[str], text: str, delimiter: str, known: Sequence[str], name: str, table: str) -> None:
    """A header without any name that is expected, which may be a title: then the names stand in one of the next lines."""
    if set(header) & set(known):
        return
    hint = f"Name the columns in mapping.toml under [columns.{table or Path(name).stem}], or rename them: {', '.join(known[:4])}, ..."
    for before, line in enumerate(re.split("\r\n|\n|\r", text[:MAX_HEADER_BYTES])[: MOST_TITLES + 1]):
        if before and len({field.strip(' "') for field in line.split(delimiter)} & set(known)) > 1:
            hint = f"The names stand in line {before + 1}: declare in mapping.toml [text] skip_rows = {before}"
    fatal("no_known_column", name, "the header has none of the names expected (is the first line a header?)", hint, line=1)
