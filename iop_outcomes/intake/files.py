"""Takes a path, gives its tables and a preflight of each file: what no reader should be trusted to notice."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from iop_outcomes.columns import TABLES
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.mapping import Mapping

MAPPING_NAME = "mapping.toml"
SUFFIXES = (".csv", ".parquet")
HEAD_BYTES = 1 << 20
MAX_HEADER_BYTES = 1 << 16
MAX_COLUMNS = 1_000
MAX_LINE_BYTES = 1 << 20
GLOB_CHARACTERS = "*?["
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "vertical bar", ",": "comma"}
_MAGIC = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip or xlsx", b"\xd0\xcf\x11\xe0": "xls or password-protected xlsx", b"PAR1": "Parquet"}


def find_tables(path: Path, mapping: Mapping) -> dict[str, Path]:
    """The files of a data set.

    Parameters
    ----------
    path : Path
        A folder, or the file of episodes.
    mapping : Mapping
        Paths it names win over names in the folder.

    Raises
    ------
    DataError
        When there is no table of episodes, or a table stands there twice.
    """
    if not path.exists():
        fatal("no_such_file", path.name, "there is no such file or folder", "Check the path.")
    if path.is_file():
        found = {"episodes": path}
        base = path.parent
    else:
        base = path
        found = {table: file for table in TABLES if (file := _one_file(path, table)) is not None}
    start = mapping.folder or base
    for table, name in mapping.tables.items():
        file = start / name
        if not file.is_file():
            fatal("no_such_file", name, f"[tables] {table} names a file that is not there", "Correct the path in the mapping.")
        if path.is_dir() or table != "episodes":
            found[table] = file
    if "episodes" not in found:
        fatal(
            "no_episodes_table",
            path.name,
            "no table of episodes in this folder",
            "Name the file episodes.csv or episodes.parquet, or give its path in mapping.toml under [tables].",
        )
    return found


def _one_file(folder: Path, table: str) -> Path | None:
    files = [file for suffix in SUFFIXES if (file := folder / f"{table}{suffix}").is_file()]
    if len(files) > 1:
        fatal("table_twice", table, f"{' and '.join(file.name for file in files)} both stand in the folder", "Keep one.")
    return files[0] if files else None


def refuse_globs(path: Path) -> None:
    """Refuse a path that the engine would read as a pattern, and so open other files than the one named.

    Raises
    ------
    DataError
        When the path holds one of * ? [.
    """
    if any(character in str(path) for character in GLOB_CHARACTERS):
        fatal("glob_in_path", path.name, "the path holds one of * ? [", "Rename the file or folder.")


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def preflight_csv(path: Path, delimiter: str, known: Sequence[str]) -> list[str]:
    """Read a CSV's header and refuse what no reader should be trusted to notice.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        The separator declared.
    known : sequence of str
        Names that the header might hold.

    Returns
    -------
    list of str
        The header's names, trimmed.

    Raises
    ------
    DataError
        For an empty file, another format, another encoding, NUL bytes, a duplicated or missing header, another delimiter.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        fatal("unreadable", name, f"the file cannot be read ({error.strerror})", "Check its permissions.")
    _refuse_other_formats(head, name)
    text = _decoded(head, name)
    if not text.strip():
        fatal("empty_file", name, "the file is empty", "Export it again.")
    header = _header(text, delimiter, name)
    _refuse_other_delimiters(header, delimiter, known, name)
    if len(text.splitlines()) < 2 and len(head) < HEAD_BYTES:
        fatal("no_rows", name, "the file has a header and no rows", "Export it again.")
    return header


def _refuse_other_formats(head: bytes, name: str) -> None:
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            fatal("not_csv", name, f"the content is {kind}, not CSV", "Unpack it or save it as CSV (UTF-8).")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        fatal("not_utf8", name, "the encoding is UTF-16", "Save it again as CSV UTF-8.", line=1)
    if b"\0" in head:
        line = head[: head.index(b"\0")].count(b"\n") + 1
        fatal("control_character", name, "a NUL byte stands in the text", "Export it again as CSV (UTF-8).", line=line)


def _decoded(head: bytes, name: str) -> str:
    whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1] or head
    try:
        return whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = whole[: error.start].count(b"\n") + 1
        fatal("not_utf8", name, f"byte {error.start} is not UTF-8; the file may be Windows-1252", "Save it again as CSV UTF-8.", line=line)


def _header(text: str, delimiter: str, name: str) -> list[str]:
    first = text.splitlines()[0]
    if len(first) > MAX_HEADER_BYTES:
        fatal(
            "header_too_long", name, f"the header is longer than {MAX_HEADER_BYTES:,} bytes", "Export the columns that are needed.", line=1
        )
    header = [column.strip() for column in next(csv.reader(io.StringIO(text), delimiter=delimiter))]
    if len(header) > MAX_COLUMNS:
        fatal("too_many_columns", name, f"more than {MAX_COLUMNS:,} columns", "Export the columns that are needed.", line=1)
    # The reader tells columns apart whatever their case, but the engine does not.
    lowered = [column.lower() for column in header]
    for column in header:
        places = [str(place) for place, other in enumerate(lowered, start=1) if other == column.lower()]
        if len(places) > 1:
            fatal("duplicate_header", name, f"a column name stands twice (columns {', '.join(places)})", "Rename one of them.", line=1)
    if "" in header:
        fatal("blank_header", name, f"column {header.index('') + 1} has no name", "Name it or leave it out.", line=1)
    return header


def _refuse_other_delimiters(header: Sequence[str], delimiter: str, known: Sequence[str], name: str) -> None:
    if set(header) & set(known):
        return
    for other, word in SEPARATORS.items():
        parts = [part.strip() for column in header for part in column.split(other)]
        if other != delimiter and set(parts) & set(known):
            fatal(
                "wrong_delimiter",
                name,
                f"the fields are separated by a {word}, not a {SEPARATORS[delimiter]}",
                f"Declare it in mapping.toml: [data] delimiter = {other!r}, or save it with commas.".replace("'", '"'),
                line=1,
            )
    fatal(
        "no_known_column",
        name,
        "the header has none of the names expected (is the first line a header?)",
        f"Name the columns in mapping.toml under [columns.{Path(name).stem}], or rename them: {', '.join(known[:4])}, ...",
        line=1,
    )


def record_lines(path: Path, delimiter: str) -> tuple[list[int], frozenset[int]]:
    """Where each record starts; needed only once something is wrong.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        Its separator.

    Returns
    -------
    lines : list of int
        Physical line on which each record starts, the header first and blank lines counted.
    blank : frozenset of int
        Numbers (from 1) of the records that are blank lines.
    """
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
