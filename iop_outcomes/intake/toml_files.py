"""Takes the path of a short TOML file, gives what it says, parsed and not yet checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any

from iop_outcomes.errors import DataError
from iop_outcomes.toml_entries import MOST_PARTS, has_endless_name, has_endless_number

MAX_BYTES = 1_000_000
_ENDLESS = "not valid TOML (a whole number of more than 64 bits). Correct it."
_TWICE = ("Cannot overwrite a value", "Cannot declare")  # what the parser says of a key or a section that stands twice


def parsed_toml(path: Path, what: str) -> Dictionary[str, Any]:
    """What a TOML file says.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What messages call it, such as "mapping".

    Raises
    ------
    DataError
        When it cannot be read, is too large, or is no TOML.
    """
    text = _text_of(path, what)
    if has_endless_name(text):
        raise DataError(f"{path.name}: not valid TOML (a name of more than {MOST_PARTS} parts). A {what} is a short text.")
    try:
        parsed = tomllib.loads(text)
    except RecursionError as error:
        raise DataError(f"{path.name}: not valid TOML (nested too deeply). A {what} is a short text.") from error
    except tomllib.TOMLDecodeError as error:
        if any(words in str(error) for words in _TWICE):
            raise DataError(f"{path.name}: a key or a section stands twice ({error}). Keep one of the two.") from error
        raise DataError(f"{path.name}: not valid TOML ({error}). Correct that line.") from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise DataError(f"{path.name}: {_ENDLESS}") from error
    if has_endless_number(parsed):
        raise DataError(f"{path.name}: {_ENDLESS}")
    return parsed


def _text_of(path: Path, what: str) -> str:
    try:
        if path.exists() and not path.is_file():  # a pipe would keep everybody waiting
            raise DataError(f"{path.name}: {what} cannot be read (not a file). Check the path.")
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path.name}: larger than {MAX_BYTES:,} bytes. A {what} is a short text.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{path.name}: {what} cannot be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: {what} is not UTF-8 text. Save it as UTF-8.") from error
