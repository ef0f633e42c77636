"""Takes a workbook that is a zip, gives its entries a block at a time, or refuses it before anything of it is kept.

What a zip declares of its own sizes is only believed where it is true. A document type, by which a short text can be made to stand for a very
long one, is refused wherever it stands.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from iop_outcomes.intake.decoding import FEW_BYTES, RATIO
from iop_outcomes.intake.files import BLOCK_BYTES, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.workbook_limits import refuse_damaged, refuse_locked

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 1 << 23
MAX_UNPACKED_BYTES = 1 << 32
MAX_BOOK_BYTES = 1 << 24  # of the list of sheets and the like
MAX_TAG_BYTES = 1 << 20
_END = b"PK\x05\x06"
_END_BYTES = 22 + 0xFFFF
_ENCRYPTED = 1
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_WIDE_DOCTYPE = (b"<\0!\0D\0O\0C\0T\0Y\0P\0E\0", b"\0<\0!\0D\0O\0C\0T\0Y\0P\0E")  # in the two orders of UTF-16


class BookZip:
    """The entries of a workbook that is a zip.

    Parameters
    ----------
    path : Path
        The workbook.
    book : ZipFile
        The same, opened.

    Attributes
    ----------
    entries : dict of str to ZipInfo
        By their names, each once.
    """

    def __init__(self, path: Path, book: zipfile.ZipFile) -> None:
        self.path, self._book = path, book
        self.entries = _entries(path, book)

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry, at most as many as it declares, and exactly as many."""
        entry, n = self.entries[name], 0
        with self._book.open(entry) as file:
            while block := file.read(BLOCK_BYTES):
                n += len(block)
                yield block
        if n != entry.file_size:
            refuse_damaged(self.path, "the zip contradicts itself about the size of an entry")

    def text(self, name: str) -> bytes:
        """A small entry as a whole; nothing where there is none."""
        if name not in self.entries:
            return b""
        if self.entries[name].file_size > MAX_BOOK_BYTES:
            fatal(
                "file_too_large", shown(self.path), "the list of its sheets is larger than any can be", "Check where the file comes from."
            )
        content = b"".join(self.blocks(name))
        refuse_doctype(self.path, content)
        return content

    def scan(self, name: str, look: Callable[[bytes], None] | None) -> None:
        """Unpack an entry from its first byte to its last, in blocks that end where a tag begins."""
        kept = b""
        for block in self.blocks(name):
            whole = kept + block
            cut = whole.rfind(b"<")
            if cut <= 0:
                cut = len(whole)
            kept, seen = whole[cut:], whole[:cut]
            if len(kept) > MAX_TAG_BYTES:
                kept, seen = b"", whole
            refuse_doctype(self.path, seen)
            if look:
                look(seen)
        refuse_doctype(self.path, kept)
        if look:
            look(kept)


def refuse_directory(path: Path) -> None:
    """Judge the directory of a zip by the few bytes that describe it, before it is read.

    Raises
    ------
    DataError
        When it is none, or larger than that of any workbook.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        tail = file.read()
    start = tail.rfind(_END)
    if start < 0 or len(tail) < start + 22:
        refuse_damaged(path)
    entries = int.from_bytes(tail[start + 10 : start + 12], "little")
    size = int.from_bytes(tail[start + 12 : start + 16], "little")
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY_BYTES:
        fatal("file_too_large", shown(path), f"the zip holds more than {MAX_ENTRIES:,} entries", "Check where the file comes from.")


def refuse_doctype(path: Path, block: bytes) -> None:
    """Refuse a block in which a document type or an entity is declared.

    Raises
    ------
    DataError
        When there is one.
    """
    if _DOCTYPE.search(block) or any(mark in block for mark in _WIDE_DOCTYPE):
        refuse_damaged(path, "a document type or an entity is declared in it, which no spreadsheet program writes")


def _entries(path: Path, book: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries of a zip by their names: each once, inside it, apart from the others, and no larger than it can be."""
    entries: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for entry in book.infolist():
        name = entry.filename.replace("\\", "/")  # as some writers for Windows separate folders
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename:
            refuse_damaged(path, "an entry of the zip leads out of it")
        if name.lower() in seen:
            refuse_damaged(path, "an entry stands twice in the zip")
        if entry.flag_bits & _ENCRYPTED:
            refuse_locked(path)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            refuse_damaged(path, "the zip is packed in a way that no workbook is")
        entries[name] = entry
        seen.add(name.lower())
    if len(entries) > MAX_ENTRIES:
        fatal("file_too_large", shown(path), f"the zip holds more than {MAX_ENTRIES:,} entries", "Check where the file comes from.")
    end = 0
    for entry in sorted(entries.values(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            refuse_damaged(path, "entries of the zip lie over one another")
        end = entry.header_offset + 30 + entry.compress_size
    _refuse_size(path, sum(entry.file_size for entry in entries.values()))
    return entries


def _refuse_size(path: Path, unpacked: int) -> None:
    limit = min(MAX_UNPACKED_BYTES, max(FEW_BYTES, RATIO * path.stat().st_size))
    if unpacked > limit:
        message = f"unpacked it is larger than {limit / (1 << 20):,.0f} MiB, over {RATIO} times the file"
        if limit == MAX_UNPACKED_BYTES:
            message = f"unpacked it is larger than {limit / (1 << 30):,.0f} GiB"
        fatal("file_too_large", shown(path), message, "Rows of a program cannot be packed so tightly: check where the file comes from.")
