"""Takes what a mapping says of text files, gives it checked: encoding, separator, decimal mark, and lines that are no rows."""

from __future__ import annotations

import codecs
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, fields
from typing import Any

from iop_outcomes.columns import KINDS
from iop_outcomes.errors import DataError
from iop_outcomes.intake.vocabulary import one_of, only, section_of

DELIMITERS = (",", ";", "\t", "|")
DECIMALS = (".", ",")
MOST_ROWS = 100  # lines before a header, or of one: more of them is a slip of the pen
# Closed: encodings of text that programs export, each read by Python alone. Names in use beside these (cp1252, latin-1) mean the same.
ENCODINGS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be",
    *(f"windows-{number}" for number in range(1250, 1259)), "cp874",
    *(f"iso-8859-{number}" for number in range(1, 17) if number != 12),
    "cp437", "cp850", "cp852", "cp858", "cp866", "mac-roman", "mac-latin2", "koi8-r", "koi8-u", "us-ascii",
)  # fmt: skip


@dataclass(frozen=True)
class TextSettings:
    """How a text file is written.

    Parameters
    ----------
    encoding : str
        One of `ENCODINGS`.
    delimiter : str
        Between the fields.
    decimal : str
        Before the tenths.
    skip_rows : int
        Lines before the header.
    header_rows : int
        Rows of the header: the first names the columns; 0 where the file is to say it itself.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    skip_rows: int = 0
    header_rows: int = 0


def text_settings(given: Dictionary[str, Any], delimiter: str, name: str) -> dict[str, TextSettings]:
    """The settings of each table: its own under [text.<table>], else those of [text], else those of every CSV; none without a section.

    Parameters
    ----------
    given : dict
        The section [text].
    delimiter : str
        That of [data].
    name : str
        What messages call the mapping.

    Examples
    --------
    >>> text_settings({"decimal": ",", "scores": {"encoding": "cp1252"}}, ";", "mapping")["scores"]
    TextSettings(encoding='windows-1252', delimiter=';', decimal=',', skip_rows=0, header_rows=0)
    """
    if not given:
        return {}
    keys = tuple(part.name for part in fields(TextSettings))
    only(given, (*keys, *KINDS), f"{name} [text]", "key or table")
    shared = {"delimiter": delimiter} | _checked({key: value for key, value in given.items() if key not in KINDS}, f"{name} [text]")
    settings = {}
    for table in KINDS:
        section = section_of(given, table, f"{name} [text")
        only(section, keys, f"{name} [text.{table}]", "key")
        settings[table] = TextSettings(**shared | _checked(section, f"{name} [text.{table}]"))
    return settings


def delimiter_of(value: object, where: str) -> str:
    """A separator of the closed list; a tab is also what stands for one in text that knows no escapes, as between single quotes of TOML."""
    given = "\t" if value == "\\t" else value
    if given not in DELIMITERS:
        allowed = ", ".join(f'"{each}"' for each in DELIMITERS).replace("\t", "\\t")
        raise DataError(f"{where}: is none of the separators. Allowed: {allowed}.")
    return str(given)


def _checked(given: Dictionary[str, Any], where: str) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for key, value in given.items():
        if key == "encoding":
            checked[key] = _encoding(value, where)
        elif key == "delimiter":
            checked[key] = delimiter_of(value, f"{where} {key}")
        elif key == "decimal":
            checked[key] = one_of(value, DECIMALS, f"{where} {key}")
        else:
            fewest = 0 if key == "skip_rows" else 1
            if not isinstance(value, int) or isinstance(value, bool) or not fewest <= value <= MOST_ROWS:
                raise DataError(f"{where} {key}: must be a whole number from {fewest} to {MOST_ROWS}, as in {key} = 2.")
            checked[key] = value
    return checked


def _encoding(given: object, where: str) -> str:
    """An encoding of the list, however it is spelled."""
    if isinstance(given, str):
        try:
            wanted = codecs.lookup(given).name
        except (LookupError, ValueError):
            wanted = ""
        for name in ENCODINGS:
            if codecs.lookup(name).name == wanted:
                return name
    return one_of(given, ENCODINGS, f"{where} encoding")
