"""Takes a workbook as Excel 97 to 2003 wrote it (.xls), gives what is known of its sheets, or refuses it before a reader opens it.

Such a file is a small file system of its own: chains of sectors, which are followed here only as far as the file has sectors, and in it one
stream of records, of which a few say what matters: passwords, macros, links to other files, and cells that hold an error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from iop_outcomes.errors import DataError
from iop_outcomes.intake.workbook_limits import SheetFacts, refuse_damaged, refuse_links, refuse_locked, refuse_macros

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # sector numbers from here on mean the end of a chain, or none
_HEADER_BYTES, _ENTRY_BYTES = 512, 128
_IN_HEADER = 109  # sectors of the table of sectors that the header itself lists
_ROOT, _STREAM = 5, 2
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SUPBOOK, _BOOLERR, _FORMULA, _MULRK = 0x809, 0x0A, 0x2F, 0x85, 0x1AE, 0x205, 0x06, 0xBD
_CELLS = {0xFD, 0x203, 0x27E, 0x204, 0xD6, _BOOLERR, _FORMULA, _MULRK}
_OWN_LINKS = (0x0401, 0x3A01)  # to the workbook itself, and to functions that were added
_MACRO_SHEETS = (1, 6)


@dataclass(frozen=True)
class _Entry:
    """An entry of the directory: a stream, or the root that holds the small ones."""

    name: str
    kind: int
    start: int
    size: int


def ole_facts(path: Path) -> list[SheetFacts]:
    """What is known of the sheets of a workbook, in their order.

    Raises
    ------
    DataError
        When it is no workbook, or one that no reader should be given.
    """
    try:
        compound = _Compound(path.read_bytes())
        entries = compound.entries()
        names = {entry.name.lower() for entry in entries}
        if "encryptedpackage" in names or "encryptioninfo" in names:
            refuse_locked(path)
        if "_vba_project_cur" in names or "_vba_project" in names:
            refuse_macros(path)
        books = [entry for entry in entries if entry.name.lower() in ("workbook", "book") and entry.kind == _STREAM]
        if not books:
            refuse_damaged(path, "the file holds no workbook")
        first = min(books, key=lambda entry: entry.name.lower() != "workbook")
        return _sheets(path, compound.content(first))
    except DataError:
        raise
    except (struct.error, IndexError, ValueError, OverflowError):
        refuse_damaged(path)


class _Compound:
    """The file system inside the file."""

    def __init__(self, content: bytes) -> None:
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        n_table, self._directory, _, self._cutoff, small, _, more, _ = struct.unpack_from("<8I", content, 44)
        if shift not in (9, 12) or small_shift != 6:
            raise ValueError(shift)
        self._content, self._size = content, 1 << shift
        self._n = -(-(len(content) - self._size) // self._size)
        if n_table > self._n:
            raise ValueError(n_table)
        self._table = self._sector_table(n_table, more)
        self._small_table = np.frombuffer(self._chained(small), dtype="<u4") if small < _LAST else np.zeros(0, dtype="<u4")
        self._small_content = b""

    def entries(self) -> list[_Entry]:
        """The directory; every chain in it is followed, so that none runs in circles."""
        listed = self._chained(self._directory)
        entries = []
        for at in range(0, len(listed) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            name_bytes, kind = struct.unpack_from("<HB", listed, at + 64)
            start, size = struct.unpack_from("<II", listed, at + 116)
            if kind in (1, _STREAM, _ROOT):
                name = listed[at : at + min(max(name_bytes - 2, 0), 62)].decode("utf-16-le", errors="replace")
                entries.append(_Entry(name, kind, start, size))
        root = next(entry for entry in [*entries, _Entry("", _ROOT, _LAST, 0)] if entry.kind == _ROOT)
        self._small_content = self._chained(root.start) if root.start < _LAST else b""
        for entry in entries:
            if entry.kind == _STREAM and entry.size >= self._cutoff:
                self._chain(entry.start, self._table)
        return entries

    def content(self, entry: _Entry) -> bytes:
        """The bytes of a stream."""
        if entry.size >= self._cutoff:
            return self._chained(entry.start)[: entry.size]
        small = self._chain(entry.start, self._small_table)
        return b"".join(self._small_content[number * 64 : number * 64 + 64] for number in small)[: entry.size]

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    def _sector_table(self, n: int, more: int) -> npt.NDArray[np.uint32]:
        """For each sector the one that follows it."""
        numbers = list(struct.unpack_from(f"<{_IN_HEADER}I", self._content, 76))
        visited = 0
        while more < _LAST:
            visited += 1
            if visited > self._n:
                raise ValueError(visited)
            listed = struct.unpack(f"<{self._size // 4}I", self._sector(more))
            numbers += listed[:-1]
            more = listed[-1]
        content = b"".join(self._sector(number) for number in numbers[:n] if number < _LAST)
        return np.frombuffer(content[: len(content) // 4 * 4], dtype="<u4")

    def _chain(self, start: int, table: npt.NDArray[np.uint32]) -> list[int]:
        """The sectors of a chain, which can be no longer than the table."""
        chain: list[int] = []
        while start < _LAST:
            chain.append(start)
            if len(chain) > len(table):
                raise ValueError(start)
            start = int(table[start])
        return chain

    def _chained(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(start, self._table))


# -- records -----------------------------------------------------------------------------------------------------------


def _records(stream: bytes, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record from a place on, to the end of the part that begins there."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > len(stream):
            raise ValueError(at)
        yield kind, at, length
        at += length
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return


def _sheets(path: Path, stream: bytes) -> list[SheetFacts]:
    sheets: list[tuple[SheetFacts, int]] = []
    wide = struct.unpack_from("<H", stream, 4)[0] >= 0x600  # from Excel 97 on, names are two bytes a letter or say that they are not
    for kind, at, length in _records(stream):
        if kind == _FILEPASS:
            refuse_locked(path)
        if kind == _SUPBOOK and length >= 4 and not _own_link(stream, at):
            refuse_links(path)
        if kind == _BOUNDSHEET:
            start, _, sheet_kind, letters = struct.unpack_from("<IBBB", stream, at)
            if sheet_kind in _MACRO_SHEETS:
                refuse_macros(path)
            sheets.append((SheetFacts(_name(stream, at + 7, letters, wide=wide)), start))
    for facts, start in sheets:
        _cells(stream, start, facts)
    return [facts for facts, _ in sheets]


def _own_link(stream: bytes, at: int) -> bool:
    """Whether a link leads to the workbook itself: so it says, or its path is a single blank."""
    letters = struct.unpack_from("<H", stream, at + 2)[0]
    return letters in (*_OWN_LINKS, 0, 1)


def _name(stream: bytes, at: int, letters: int, *, wide: bool) -> str:
    if not wide:
        return stream[at : at + letters].decode("cp1252", errors="replace")
    two = stream[at] & 1
    return stream[at + 1 : at + 1 + letters * (1 + two)].decode("utf-16-le" if two else "latin-1", errors="replace")


def _cells(stream: bytes, start: int, facts: SheetFacts) -> None:
    for kind, at, length in _records(stream, start):
        if kind not in _CELLS:
            continue
        row, column = struct.unpack_from("<HH", stream, at)
        facts.cover(row, struct.unpack_from("<H", stream, at + length - 2)[0] if kind == _MULRK else column)
        failed = kind == _BOOLERR and stream[at + 7] == 1
        if failed or (kind == _FORMULA and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2):
            facts.errors.append((row, column))
