"""Takes the blocks of a text, gives whether a line, or a field with line ends inside quotation marks, is longer than any table has.

DuckDB names lines of up to 32 MiB as too long; longer ones it leaves out without a word, and over long fields that hold line ends it spins.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NoReturn

from iop_outcomes.intake.files import MAX_LINE_BYTES, shown
from iop_outcomes.intake.findings import fatal

_QUOTE = b'"'
_ENDS = (b"\n", b"\r")


class LongLines:
    """Looks for lines that are too long, a block at a time.

    Parameters
    ----------
    path : Path
        Of the text; read once more where a field may be too long, as not every quotation mark opens one.
    delimiter : str
        Its separator.
    """

    def __init__(self, path: Path, delimiter: str) -> None:
        self._path, self._delimiter = path, delimiter
        self._lines = 0  # line ends so far
        self._inside = False  # whether the next block begins inside quotation marks
        self._bytes = 0
        self._run = self._record = 0  # bytes since the last line end, and since the last one outside quotation marks
        self._doubtful = False

    def add(self, block: bytes) -> None:
        """Look at the next block.

        Raises
        ------
        DataError
            For a line without an end in `MAX_LINE_BYTES`.
        """
        self._bytes += len(block)
        last = max(block.rfind(end) for end in _ENDS)
        self._run = self._run + len(block) if last < 0 else len(block) - last - 1
        if self._run > MAX_LINE_BYTES:
            _refuse(self._path, self._lines + block.count(b"\n") + 1)
        self._lines += block.count(b"\n") or block.count(b"\r")
        outside = last if self._doubtful else _last_outside(block, last, inside=self._inside)
        self._record = self._record + len(block) if outside < 0 else len(block) - outside - 1
        self._doubtful = self._doubtful or self._record > MAX_LINE_BYTES
        self._inside ^= bool(block.count(_QUOTE) % 2)

    def refuse(self) -> None:
        """Judge what has been seen.

        Raises
        ------
        DataError
            For a field of more than `MAX_LINE_BYTES` characters. A quotation mark that nothing closes is left to the reader, which names it.
        """
        odd = self._inside and self._bytes > MAX_LINE_BYTES  # a mark that opens nothing, behind which all is the other way round
        if (self._doubtful or odd) and (line := _first_long(self._path, self._delimiter)):
            _refuse(self._path, line)


def _last_outside(block: bytes, last: int, *, inside: bool) -> int:
    """Where the last line end outside quotation marks stands, of a block whose last line end is known; -1 where there is none."""
    if last < 0 or not (inside + block.count(_QUOTE, 0, last)) % 2:
        return last
    parts = block.split(_QUOTE)
    end = len(block)
    for place in range(len(parts) - 1, -1, -1):
        start = end - len(parts[place])
        line_end = max(parts[place].rfind(each) for each in _ENDS) if (inside + place) % 2 == 0 else -1
        if line_end >= 0:
            return start + line_end
        end = start - len(_QUOTE)
    return -1


def _first_long(path: Path, delimiter: str) -> int:
    """Physical line on which the first record begins that is too long; 0 where none is."""
    line, usual = 1, csv.field_size_limit(MAX_LINE_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            reader = csv.reader(file, delimiter=delimiter)
            for record in reader:
                if sum(map(len, record)) > MAX_LINE_BYTES:
                    return line
                line = reader.line_num + 1
    except csv.Error:
        return line if _closes(path, line, delimiter) else 0
    finally:
        csv.field_size_limit(usual)
    return 0


def _closes(path: Path, line: int, delimiter: str) -> bool:
    """Whether a quotation mark stands at the end of a field on a line behind this one."""
    ends = tuple(f'"{end}' for end in (delimiter, "\n", "\r"))
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        return any(
            number > line and (text.endswith(_QUOTE.decode()) or any(end in text for end in ends)) for number, text in enumerate(file, 1)
        )


def _refuse(path: Path, line: int) -> NoReturn:
    hint = "Correct the line: quote fields that hold the separator, and close every quotation mark."
    fatal("field_too_long", shown(path), "the line is too long", hint, line=line)
