"""Takes a path, gives what stands there, looked at before anything is opened; and names, fingerprints and lines of files."""

from __future__ import annotations

import csv
import hashlib
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.statistical import READERS

MAPPING_NAME = "mapping.toml"
PACKED = ".gz"
PACKED_MARK = b"\x1f\x8b"
PART_ENDINGS = (".csv", f".csv{PACKED}", ".parquet")
WORKBOOKS = (".xlsx", ".xls", ".ods")
SUFFIXES = (*PART_ENDINGS, *READERS)
MAX_FILE_BYTES = 1 << 36  # 64 GiB: several hundred million episodes as text
MAX_LINE_BYTES = 1 << 20
BLOCK_BYTES = 1 << 20
SHOWN_CHARACTERS = 80
GLOB_CHARACTERS = "*?["
Kind = Literal["file", "folder", "nothing", "other"]


def kind_at(path: Path) -> Kind:
    """What stands at a path, links followed; nothing is opened, so that a pipe or a device cannot keep anybody waiting.

    Raises
    ------
    DataError
        When the path cannot be followed.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a name with a NUL is a ValueError
        return "nothing"
    except OSError as error:
        fatal(
            "unreadable", shown(path), f"the path cannot be followed ({error.strerror})", "Check its name, its links and its permissions."
        )
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"


def refuse_path(path: Path) -> None:
    """Refuse a path that is neither a file nor a folder.

    Raises
    ------
    DataError
        When nothing stands there, when it is a pipe or a device, when it cannot be followed, or when its name is no text.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        fatal("name_not_utf8", shown(path), "the path is not UTF-8 text", "Rename the file or folder.")
    kind = kind_at(path)
    if kind == "nothing":
        fatal("no_such_file", shown(path), "there is no such file or folder", "Check the path, which is seen from the folder this runs in.")
    if kind == "other":
        refuse_what_is_no_file(path)


def refuse_what_is_no_file(path: Path) -> None:
    """Refuse what stands where a file is expected and is none.

    Raises
    ------
    DataError
        Naming what it is.
    """
    words = {
        "folder": "this is a folder, not a file",
        "other": "this is a pipe or a device, not a file",
        "nothing": "a link that leads nowhere",
    }
    kind = kind_at(path)
    if kind == "nothing" and not path.is_symlink():
        fatal("no_such_file", shown(path), "there is no such file or folder", "Check the path, which is seen from the folder this runs in.")
    if kind != "file":
        fatal("not_a_file", shown(path), words[kind], "Put a file in its place, or give another path.")


def refuse_globs(path: Path) -> None:
    """Refuse a path that the store would read as a pattern, and so open other files than the one named.

    Raises
    ------
    DataError
        When the path holds one of * ? [.
    """
    if any(character in str(path) for character in GLOB_CHARACTERS):
        fatal("glob_in_path", shown(path), "the path holds one of * ? [", "Rename the file or folder.")


def refuse_size(path: Path) -> None:
    """Refuse a file that is too large to be read through, from its entry in the folder.

    Raises
    ------
    DataError
        When it is larger than `MAX_FILE_BYTES`.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        limit = f"the limit is {MAX_FILE_BYTES / (1 << 30):,.0f} GiB"
        fatal("file_too_large", shown(path), f"the file has {size / (1 << 30):,.0f} GiB; {limit}", "Export fewer columns or years.")


def is_packed(path: Path) -> bool:
    """Whether a file is packed by gzip and says so by its name; a plain text that is only called so is none."""
    if path.suffix.lower() != PACKED:
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(PACKED_MARK)) == PACKED_MARK
    except OSError:
        return False  # who reads it says why


def ending(path: Path) -> str:
    """How the name of a file ends, in lower case.

    Examples
    --------
    >>> ending(Path("Scores.CSV.gz")), ending(Path("scores.csv"))
    ('.csv.gz', '.csv')
    """
    return "".join(path.suffixes[-2:] if path.suffix.lower() == PACKED else path.suffixes[-1:]).lower()


def stem(path: Path) -> str:
    """The name of a file without its ending.

    Examples
    --------
    >>> stem(Path("scores.csv.gz")), stem(Path("scores.2024.csv"))
    ('scores', 'scores.2024')
    """
    return path.name[: len(path.name) - len(ending(path))]


def shown(path: Path) -> str:
    """A file's name as a message may show it: without its folder, on one line, and not longer than a line.

    Examples
    --------
    >>> shown(Path("private/episodes.csv"))
    'episodes.csv'
    """
    text = "".join(character if character.isprintable() else "?" for character in path.name or str(path))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 3]}..."


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record_lines(path: Path, delimiter: str) -> tuple[Sequence[int], frozenset[int]]:
    """Where each record starts; needed only once something is wrong.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        Its separator.

    Returns
    -------
    lines : sequence of int
        Physical line on which each record starts, the header first and blank lines counted.
    blank : frozenset of int
        Numbers (from 1) of the records that are blank lines.
    """
    plain = _plain_lines(path)
    if plain is not None:
        return range(1, plain + 1), frozenset()
    lines: list[int] = []
    blank: set[int] = set()
    usual = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            reader = csv.reader(file, delimiter=delimiter)
            lines.append(1)
            for record in reader:
                if not record:
                    blank.add(len(lines))
                lines.append(reader.line_num + 1)
            lines.pop()
    except csv.Error:
        pass  # a quotation mark swallows the rest: the last line noted is where it opens
    finally:
        csv.field_size_limit(usual)
    return lines, frozenset(blank)


def longer_lines(path: Path, delimiter: str, fields: int) -> list[int]:
    """Physical lines of the records that have blank fields, and nothing else, beyond so many."""
    lines: list[int] = []
    usual = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            reader = csv.reader(file, delimiter=delimiter)
            start = 1
            for record in reader:
                if len(record) > fields and not any(record[fields:]):
                    lines.append(start)
                start = reader.line_num + 1
    except csv.Error:
        pass  # a quotation mark swallows the rest, which is an error of its own
    finally:
        csv.field_size_limit(usual)
    return lines


def _plain_lines(path: Path) -> int | None:
    """How many lines a text has in which every line is a record, without a quotation mark or a blank line; None for any other text."""
    n, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            seen = last + block
            alone = seen[:-1].count(b"\r") - seen.count(b"\r\n")  # a carriage return at the end is judged with the next block
            if b'"' in block or b"\n\n" in seen or b"\n\r" in seen or alone:
                return None
            n, last = n + block.count(b"\n"), block[-1:]
    return None if last == b"\r" else n + (last != b"\n")
