"""Takes a text file as it comes, gives a copy of it in UTF-8 in the private folder: unpacked, decoded, and without lines that are no rows.

Whatever is read is bounded by the stream itself, never by what a file says of its own size. A file that needs none of this is not copied.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import NoReturn, TextIO

from iop_outcomes.intake.files import BLOCK_BYTES, MAX_FILE_BYTES, MAX_LINE_BYTES, is_packed, refuse_size, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.text_settings import TextSettings

RATIO = 200  # bytes unpacked for one packed: rows whose ids differ do not reach a quarter of it
FEW_BYTES = 1 << 26  # 64 MiB, below which no ratio can do harm
HEAD_BYTES = 1 << 18
QUALTRICS = 3  # header rows: short names, questions, and the ids of an import as JSON
_MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
CONTROLS = frozenset(map(chr, (0, *range(0x80, 0xA0)))) - {"\x85"}  # in no text: letters of another encoding


@dataclass(frozen=True)
class PlainText:
    """A text as the reader takes it.

    Parameters
    ----------
    path : Path
        The file itself, or its copy in UTF-8.
    before : int
        Lines left out before the header.
    after : int
        Lines left out between the header and the first row.
    survey : bool
        Whether the header rows of a survey export were recognised.
    """

    path: Path
    before: int = 0
    after: int = 0
    survey: bool = False


def plain_text(path: Path, folder: Path, settings: TextSettings) -> PlainText:
    """The file as the reader takes it: itself where it is plain UTF-8 with one header row, else a copy.

    Parameters
    ----------
    path : Path
        The file.
    folder : Path
        Private, and not there yet; the copy bears the name of the file.
    settings : TextSettings
        What is declared.

    Raises
    ------
    DataError
        When it cannot be unpacked, is far larger than it can be, or is not in the encoding declared; naming the line where there is one.
    """
    plain = path
    if settings.encoding != "utf-8" or is_packed(path):
        plain = _target(folder, path)
        _copy(path, plain, settings.encoding)
    rows = settings.header_rows or (QUALTRICS if _is_qualtrics(plain, settings) else 1)
    if not settings.skip_rows and rows == 1:
        return PlainText(plain)
    target = _target(folder.with_name(f"{folder.name}_rows"), path)
    before, after = _without_rows(plain, target, settings, rows)
    if plain != path:
        plain.unlink()
    return PlainText(target, before, after, rows > 1 and not settings.header_rows)


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file block by block, unpacked where its name says that it is packed.

    Raises
    ------
    DataError
        When it cannot be read or unpacked to its end, or grows beyond what it can be.
    """
    with open_bytes(path) as file:
        while block := read_some(file, path, BLOCK_BYTES):
            yield block


def open_bytes(path: Path) -> BufferedReader | gzip.GzipFile:
    """A file opened for reading bytes, unpacked where its name says that it is packed; `read_some` reads it."""
    try:
        refuse_size(path)
        return gzip.open(path, "rb") if is_packed(path) else path.open("rb")
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check its permissions.")


def read_some(file: BufferedReader | gzip.GzipFile, path: Path, size: int, *, line: bool = False) -> bytes:
    """The next bytes of a file, or its next line, at most so many.

    Raises
    ------
    DataError
        As `blocks_of`.
    """
    try:
        some = file.readline(size) if line else file.read(size)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        hint = "Copy or export it again; a part of it is missing or is no gzip"
        fatal("not_gzip", shown(path), "the file cannot be unpacked from its first byte to its last", hint)
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check its permissions.")
    if isinstance(file, gzip.GzipFile):
        limit = min(MAX_FILE_BYTES, max(FEW_BYTES, RATIO * path.stat().st_size))
        if file.tell() > limit:
            message = f"unpacked it is larger than {limit / (1 << 20):,.0f} MiB, over {RATIO} times the packed file"
            fatal("file_too_large", shown(path), message, "Rows of a program cannot be packed so tightly: check where the file comes from.")
    return some


def _target(folder: Path, path: Path) -> Path:
    folder.mkdir()
    return folder / path.name


def _copy(path: Path, target: Path, encoding: str) -> None:
    """Write the text in UTF-8; what is UTF-8 already is only unpacked, and judged by the reader of plain texts."""
    decoder = None if encoding == "utf-8" else _Decoder(path, encoding)
    with target.open("wb") as copy:
        for block in blocks_of(path):
            copy.write(decoder.decoded(block) if decoder else block)
        if decoder:
            copy.write(decoder.decoded(b""))
            decoder.refuse_utf8()


class _Decoder:
    """Decodes the blocks of a file, and names the line of the first thing that is no text in its encoding."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding = path, encoding
        self._single = not encoding.startswith("utf-")
        self._decoder: codecs.IncrementalDecoder | None = None
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._beyond_ascii = False
        self._lines = 1

    def decoded(self, block: bytes) -> bytes:
        """The next block in UTF-8; an empty one is the last."""
        if self._decoder is None:
            block = _without_mark(self._path, block, self._encoding)
            order = _order(self._path, block) if self._encoding == "utf-16" else self._encoding
            block = block[2:] if self._encoding == "utf-16" else block
            self._decoder = codecs.getincrementaldecoder(order)()
        last = not block
        self._try_utf8(block, last=last)
        try:
            text = self._decoder.decode(block, last)
        except UnicodeDecodeError as error:
            self._refuse(self._lines + error.object[: error.start].decode(self._encoding, errors="ignore").count("\n"))
        controls = (CONTROLS if self._single else frozenset("\0")) & set(text)
        if controls:
            self._refuse(self._lines + text[: min(map(text.index, controls))].count("\n"))
        self._lines += text.count("\n")
        return text.encode()

    def _try_utf8(self, block: bytes, *, last: bool) -> None:
        self._beyond_ascii = self._beyond_ascii or not block.isascii()
        try:
            if self._utf8 is not None:
                self._utf8.decode(block, last)
        except UnicodeDecodeError:
            self._utf8 = None

    def refuse_utf8(self) -> None:
        """Refuse a text that is UTF-8 throughout, letters beyond ASCII included: no other encoding comes to that by chance."""
        if self._single and self._utf8 is not None and self._beyond_ascii:
            hint = 'Take the line encoding out of the mapping, or declare encoding = "utf-8"'
            fatal("wrong_encoding", shown(self._path), f"declared is {self._encoding}, and the whole file is UTF-8", hint)

    def _refuse(self, line: int) -> NoReturn:
        hint = f"Declared is {self._encoding}: correct [text] encoding in mapping.toml, or export the file again as UTF-8"
        fatal("wrong_encoding", shown(self._path), f"bytes that are no text in {self._encoding}", hint, line=line)


def _order(path: Path, block: bytes) -> str:
    """Which of the two orders of UTF-16 the mark at the start says."""
    name = next((name for name in ("utf-16-le", "utf-16-be") if block.startswith(_MARKS[name])), "")
    if not name:
        hint = 'Declare encoding = "utf-16-le" (usual) or "utf-16-be", or export it as UTF-8'
        fatal("wrong_encoding", shown(path), "declared is utf-16, and the mark that says in which order is missing", hint, line=1)
    return name


def _without_mark(path: Path, block: bytes, encoding: str) -> bytes:
    """The first block without the mark of its encoding; the mark of another one contradicts what is declared."""
    for name, mark in _MARKS.items():
        if block.startswith(mark):
            if encoding == name:
                return block[len(mark) :]
            if encoding != "utf-16" or name == "utf-8":
                message = f"declared is {encoding}, and the file begins with the mark of {name}"
                fatal("wrong_encoding", shown(path), message, f'Declare [text] encoding = "{name}" in mapping.toml', line=1)
            break
    return block


# -- lines that are no rows ------------------------------------------------------------------------------------------


def _is_qualtrics(path: Path, settings: TextSettings) -> bool:
    """Whether the third row of the header holds the ids of an import as Qualtrics writes them; one look at the head."""
    if settings.skip_rows:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False  # `preflight_csv` says why
    if b"ImportId" not in head:
        return False
    rows = csv.reader(head.decode("utf-8-sig", errors="replace").splitlines(keepends=True), delimiter=settings.delimiter)
    with suppress(csv.Error, StopIteration):
        next(rows), next(rows)
        return all(is_import_id(cell) for cell in next(rows) if cell)
    return False


def is_import_id(cell: str) -> bool:
    """Whether a cell is what Qualtrics writes into the third row of a header: the id of an import, as JSON."""
    try:
        given = json.loads(cell)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, dict) and "ImportId" in given


def _without_rows(path: Path, target: Path, settings: TextSettings, header_rows: int) -> tuple[int, int]:
    """Write the text without the lines before its header and with one header row; give how many lines went before and after it."""
    usual = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for _ in range(settings.skip_rows):
                _line(file, path)
            lines = _Lines(file, path)
            reader = csv.reader(lines, delimiter=settings.delimiter, strict=True)
            rows = [next(reader) for _ in range(header_rows)]
            with target.open("w", encoding="utf-8", newline="") as copy:
                csv.writer(copy, delimiter=settings.delimiter, lineterminator=lines.end).writerow(names_of_header(rows))
                while block := file.read(BLOCK_BYTES):
                    copy.write(block)
    except (csv.Error, StopIteration, UnicodeDecodeError):
        message = f"the file has no {settings.skip_rows + header_rows} lines before its rows that can be read"
        fatal("header_rows", shown(path), message, "Correct [text] skip_rows and header_rows in mapping.toml, or the encoding.")
    finally:
        csv.field_size_limit(usual)
    # The header that is written takes one line, however many it took.
    return settings.skip_rows, settings.skip_rows + lines.n - 1


class _Lines:
    """Lines of a text, counted as they are taken."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file, self._path, self.n, self.end = file, path, 0, "\n"

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = _line(self._file, self._path)
        if not line:
            raise StopIteration
        self.n += 1
        self.end = line[len(line.rstrip("\r\n")) :] or self.end  # the reader wants lines that all end alike
        return line


def _line(file: TextIO, path: Path) -> str:
    line = file.readline(MAX_LINE_BYTES + 1)
    if len(line) > MAX_LINE_BYTES:
        fatal("header_too_long", shown(path), f"a line before the rows is longer than {MAX_LINE_BYTES:,} characters", "Export it again.")
    return line


def names_of_header(rows: list[list[str]]) -> list[str]:
    """The names of the columns: the first row, and the second where the first is blank or begins a group of columns, as in SurveyMonkey.

    Examples
    --------
    >>> names_of_header([["id", "PHQ-9", "", "Mood"], ["", "Item 1", "Item 2", "Open-Ended Response"]])
    ['id', 'Item 1', 'Item 2', 'Mood']
    """
    names, second = rows[0], rows[1] if len(rows) > 1 else []
    below = [*second, *[""] * len(names)]
    after = [*names[1:], "-"]
    return [
        below[place] if below[place].strip() and not (name.strip() and after[place].strip()) else name for place, name in enumerate(names)
    ]
