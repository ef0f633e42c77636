"""Takes a folder of newline-delimited JSON files, gives the resources of one type line by line; a broken line is named.

Each line is bounded, a key that stands twice is an error, numbers stay exact, and nesting of any depth ends in a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from iop_outcomes.intake.decoding import open_bytes, read_some
from iop_outcomes.intake.files import MAX_LINE_BYTES, refuse_path, shown
from iop_outcomes.intake.findings import fatal

MOST_DIGITS = 30  # no score, date or count needs more, and exact numbers of any length would take any time
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_AGAIN = "Export the file again; each line is one whole JSON object in UTF-8."


def files_of(folder: Path, kind: str) -> list[Path]:
    """The files of one resource type, such as Encounter.ndjson or Encounter.000.ndjson, in the order of their names."""
    pattern = re.compile(rf"(.*[._-])?{kind}([._-].*)?\.(ndjson|jsonl)(\.gz)?", re.IGNORECASE)
    return sorted((file for file in folder.iterdir() if pattern.fullmatch(file.name)), key=lambda file: file.name)


def resources(paths: Sequence[Path], kind: str) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """Every resource of some files, with its file and line; an id that stands twice is an error.

    Raises
    ------
    DataError
        Naming the file and the line: too long, not UTF-8, not JSON, a key twice, another resource type, no id or one used before.
    """
    seen: set[str] = set()
    for path in paths:
        for line, text in _lines(path):
            content = _parsed(text, path, line)
            if content.get("resourceType") != kind:
                fatal("other_resource", shown(path), f"a line that is no {kind}", f"Keep {kind} alone in this file.", line=line)
            name = content.get("id")
            if not isinstance(name, str) or not _ID.fullmatch(name):
                fatal("no_id", shown(path), f"a {kind} without an id of letters, digits, . - and _", _AGAIN, line=line)
            if name in seen:
                fatal(
                    "duplicate_id",
                    shown(path),
                    f"the same {kind} stands a second time",
                    "Export current versions only, each once.",
                    line=line,
                )
            seen.add(name)
            yield path, line, content


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that hold anything, numbered from 1."""
    refuse_path(path)
    with open_bytes(path) as file:
        line = 0
        while text := read_some(file, path, MAX_LINE_BYTES + 1, line=True):
            line += 1
            if len(text) > MAX_LINE_BYTES:
                fatal("line_too_long", shown(path), f"longer than {MAX_LINE_BYTES:,} bytes", _AGAIN, line=line)
            text = text.removeprefix(b"\xef\xbb\xbf") if line == 1 else text
            if text.strip():
                yield line, text


def _parsed(text: bytes, path: Path, line: int) -> dict[str, Any]:
    try:
        content = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_exact, parse_int=_whole)
    except UnicodeDecodeError:
        fatal("not_utf8", shown(path), "bytes that are not UTF-8", _AGAIN, line=line)
    except RecursionError:
        fatal("nested_too_deeply", shown(path), "nested too deeply", _AGAIN, line=line)
    except _TwiceError:
        fatal("duplicate_key", shown(path), "a key stands twice in one object", _AGAIN, line=line)
    except ValueError:
        fatal("not_json", shown(path), "not one whole JSON object", _AGAIN, line=line)
    if not isinstance(content, dict):
        fatal("not_json", shown(path), "not one whole JSON object", _AGAIN, line=line)
    return content


class _TwiceError(ValueError):
    """A key stands twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _TwiceError
    return members


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _exact(text: str) -> Decimal:
    if len(text) > MOST_DIGITS:
        raise ValueError
    return Decimal(text)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError
    return int(text)
