"""Takes values of a mapping as parsed, gives them checked against the closed vocabulary, or says what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from datetime import date
from typing import Any

from iop_outcomes.columns import MAX_DAYS
from iop_outcomes.errors import DataError, choices

SHOWN_CHARACTERS = 80  # of a key or a word that is not allowed


def section_of(given: Dictionary[str, Any], key: str, name: str) -> Dictionary[str, Any]:
    """A section of a mapping, empty when it is not there."""
    section = given.get(key, {})
    if not isinstance(section, Dictionary):
        raise DataError(f"{name}: {key} must be a table, as in [{key}].")
    return section


def only(given: Iterable[str], allowed: Iterable[str], where: str, what: str) -> None:
    """Refuse a key that the vocabulary does not hold.

    Raises
    ------
    DataError
        Naming the key, where it stands and the nearest one that is allowed.
    """
    known = tuple(allowed)
    for key in given:
        if key not in known:
            raise DataError(f'{where}: no {what} "{_short(key)}". {choices(_short(key), known)}')


def one_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    """A word of a closed list."""
    if value not in allowed:
        raise DataError(f'{where}: "{_short(value)}" is not allowed. {choices(_short(value), allowed)}')
    return str(value)


def _short(given: object) -> str:
    """What was given, not longer than a line."""
    text = str(given)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 3]}..."


def texts(given: Dictionary[str, Any], where: str) -> dict[str, str]:
    """Keys and values that must be text."""
    for key, value in given.items():
        if not isinstance(value, str):
            raise DataError(f'{where}: {key} must be text in quotes, as in {key} = "name".')
    return dict(given)


def numbers(given: Dictionary[str, Any], where: str) -> dict[str, float]:
    """Keys and values that must be numbers."""
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise DataError(f"{where}: {key} must be a number, as in {key} = 14.5.")
    return {key: float(value) for key, value in given.items()}


def list_of_codes(given: object, where: str) -> tuple[str, ...]:
    """One text, or a list of texts."""
    codes = [given] if isinstance(given, str) else given
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise DataError(f'{where}: must be a list of texts, as in ["NA", "-9"].')
    return tuple(codes)


def cutoff_of(given: object, name: str) -> str:
    """The last day of the data, as an ISO date."""
    text = given.isoformat() if isinstance(given, date) else str(given)
    if text and not is_date(text):
        raise DataError(f'{name} [data] cutoff: must be a date such as "2025-09-30".')
    return text


def is_date(text: str) -> bool:
    """Whether a text is an ISO date."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_days(value: object) -> bool:
    """Whether a value is a whole number of days above 0."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_DAYS
