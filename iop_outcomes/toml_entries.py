"""Takes an entry of a folder of TOML files, of this package or of a site, gives what it says, decimals as they are written."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from iop_outcomes.errors import DataError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

MOST_BYTES = 1_000_000
MOST_PARTS = 100  # of a name, as in a.b.c: the parser takes room that grows with their square
_BETWEEN = re.compile(r"[^\w.\-\"' \t]+")  # what such names stand between


def parsed_entry(entry: Traversable, file: str, holds: str) -> dict[str, Any]:
    """What the file of one thing says, parsed and not yet checked.

    Parameters
    ----------
    entry : Traversable
        The file.
    file : str
        What messages call it.
    holds : str
        What messages say that such a file holds.

    Raises
    ------
    DataError
        When it cannot be read, is too large, or is no TOML.
    """
    try:
        with entry.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); check that it is a file and may be read.") from error
    if len(content) > MOST_BYTES:
        raise DataError(f"{file}: larger than {MOST_BYTES} bytes; {holds}.")
    if has_endless_name(content.decode("utf-8", errors="replace")):
        raise DataError(f"{file}: not valid TOML: a name of more than {MOST_PARTS} parts; {holds}.")
    try:
        parsed = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise DataError(f"{file}: not valid TOML in UTF-8 ({error}); correct the line named. A key may be given once only.") from error
    if has_endless_number(parsed):
        raise DataError(f"{file}: holds a whole number of more than 64 bits, which TOML does not have; correct it.")
    return parsed


def has_endless_name(text: str) -> bool:
    """Whether anything in a text may be a name of more parts than any has, for which the parser would take all the memory there is.

    Examples
    --------
    >>> has_endless_name("x = 1"), has_endless_name("a." * 200 + "b = 1"), has_endless_name("# " + "." * 200)
    (False, True, False)
    """
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return any(part.count(".") > MOST_PARTS for line in lines if line.count(".") > MOST_PARTS for part in _BETWEEN.split(line))


def has_endless_number(value: object) -> bool:
    """Whether a whole number stands anywhere in parsed TOML that is larger than TOML allows: Python writes none of thousands of digits."""
    if isinstance(value, dict):
        return any(map(has_endless_number, value.values()))
    if isinstance(value, list):
        return any(map(has_endless_number, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**63
