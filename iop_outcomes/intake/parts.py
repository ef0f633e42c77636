"""Takes a folder of part files, gives the parts in their order, or says what stands among them that is no part."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from iop_outcomes.intake.files import PART_ENDINGS, ending, fingerprint, shown
from iop_outcomes.intake.findings import fatal

MAX_PARTS = 2_000
_FOLDER = "Give one folder with the part files alone; join folders that split a table by a value (year=2024) first"


def parts_of(folder: Path) -> list[Path]:
    """The part files of a table in the order of their names; what begins with _ or . belongs to who wrote them (_SUCCESS, .crc).

    Parameters
    ----------
    folder : Path
        Such as Spark writes, or one in which an export was split; empty when nothing that could be a part stands there.

    Raises
    ------
    DataError
        For a link, a folder, a file of another kind, two kinds, or too many parts.
    """
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith(("_", ".")))
    except OSError as error:
        fatal("unreadable", shown(folder), f"the folder cannot be read ({error.strerror})", "Check its permissions.")
    if not any(ending(entry) in PART_ENDINGS for entry in entries):
        return []
    for entry in entries:
        if entry.is_symlink():
            fatal("not_a_part", shown(entry), f"a link among the parts of {shown(folder)}", "Put the file itself in its place.")
        if entry.is_dir():
            fatal("not_a_part", shown(entry), f"a folder among the parts of {shown(folder)}", _FOLDER)
        if not entry.is_file() or ending(entry) not in PART_ENDINGS:
            hint = f"Move it elsewhere: parts are files that end in {', '.join(PART_ENDINGS)}"
            fatal("not_a_part", shown(entry), f"no part of {shown(folder)}", hint)
    kinds = dict.fromkeys(ending(entry).removesuffix(".gz") for entry in entries)
    if len(kinds) > 1:
        fatal("not_a_part", shown(folder), f"parts of several kinds ({', '.join(kinds)})", "Keep the parts of one export.")
    if len(entries) > MAX_PARTS:
        fatal("too_many_parts", shown(folder), f"more than {MAX_PARTS:,} parts", "Export it in fewer.")
    return entries


def refuse_other_header(folder: Path, first: Path, names: Sequence[str], part: Path, others: Sequence[str]) -> None:
    """Refuse a part whose columns are not those of the first, in their order.

    Raises
    ------
    DataError
        Naming the part, and the first place where they differ.
    """
    if list(names) == list(others):
        return
    place = next((at for at, pair in enumerate(zip(names, others, strict=False)) if pair[0] != pair[1]), min(len(names), len(others)))
    message = f"column {place + 1} is not that of {shown(first)}: the parts of {shown(folder)} differ in their headers"
    fatal("parts_differ", shown(part), message, "Export all parts in one go, or take out the part that belongs elsewhere.", line=1)


def fingerprint_of_parts(parts: Sequence[Path]) -> str:
    """SHA-256 of the names and the fingerprints of all parts."""
    return hashlib.sha256("".join(f"{shown(part)} {fingerprint(part)}\n" for part in parts).encode()).hexdigest()
