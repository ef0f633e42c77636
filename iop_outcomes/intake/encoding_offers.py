"""Takes a text file that is not UTF-8, gives the declared encodings that it may be written in, each of which would read other letters."""

from __future__ import annotations

import codecs
from pathlib import Path

from iop_outcomes.intake.decoding import CONTROLS, blocks_of
from iop_outcomes.intake.proposal_lines import Line, Question
from iop_outcomes.intake.text_settings import ENCODINGS

LIKELY = ("windows-1252", "iso-8859-1", "windows-1250", "mac-roman", "cp850", "cp437")  # as programs in Europe and America export
_WHERE = "Excel on Windows writes windows-1252 in America and Western Europe. Open the file and look at a name with an accent or a dash"


def fitting_encodings(path: Path) -> tuple[str, ...]:
    """Encodings of the declared list that a text may be in, the most likely first; none where it is UTF-8, or in none of them.

    Of two that read every byte of the file alike, one is given.

    Raises
    ------
    DataError
        When the file cannot be read.
    """
    utf8, letters, nuls, marked = codecs.getincrementaldecoder("utf-8")(), set[int](), [0, 0], ""
    for place, block in enumerate(blocks_of(path)):
        if not place and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return ("utf-16",)
        nuls = [nuls[half] + block[half::2].count(0) for half in (0, 1)]
        letters |= {byte for byte in set(block) if byte > 0x7F}
        if not marked:
            try:
                utf8.decode(block)
            except UnicodeDecodeError:
                marked = "other"
    if any(nuls):
        return ("utf-16-le",) if nuls[1] > nuls[0] else ("utf-16-be",)
    if not marked:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            marked = "other"
    return _of_letters(bytes(sorted(letters))) if marked else ()


def _of_letters(letters: bytes) -> tuple[str, ...]:
    """Encodings of one byte for a letter that have one for each of these."""
    texts: dict[str, str] = {}
    single = [name for name in ENCODINGS if not name.startswith("utf-") and name != "us-ascii"]
    for name in (*LIKELY, *(name for name in single if name not in LIKELY)):
        try:
            text = letters.decode(name)
        except UnicodeDecodeError:
            continue
        if not CONTROLS & set(text) and text.isprintable():
            texts.setdefault(text, name)
    return tuple(texts.values())


def encoding_line(section: tuple[str, ...], name: str, encodings: tuple[str, ...]) -> Line:
    """The line that declares the encoding of a file, open where several fit."""
    if len(encodings) == 1:
        return Line(section, "encoding", encodings[0], f"{name} is not UTF-8, and this is the one encoding that fits")
    why = f"{name} is not UTF-8, and {len(encodings)} encodings fit, each with other letters. {_WHERE}."
    note = f"{name} is not UTF-8; one of {', '.join(encodings)}. A guess by what is usual"
    question = Question(f"{name}: in which encoding is it written?", why, encodings, encodings[0])
    return Line(section, "encoding", encodings[0], note, question)
