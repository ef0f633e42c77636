"""Takes requests and levels, gives them as plain values of JSON and as cells of a CSV, and back: nothing but what is declared comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, get_args

from iop_outcomes.columns import Request
from iop_outcomes.counts import Level

_KINDS: Mapping[str, type[Request]] = {kind.__name__: kind for kind in get_args(Request)}  # each that a measure can ask
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?", re.ASCII)
MOST_LETTERS = 80


def request_to_wire(request: Request) -> dict[str, Any]:
    """A request as JSON holds it.

    Examples
    --------
    >>> from iop_outcomes.columns import Column, Known
    >>> request_to_wire(Known(Column("track")))
    {'kind': 'Known', 'request': {'kind': 'Column', 'name': 'track'}}
    """
    values = {each.name: getattr(request, each.name) for each in fields(request)}
    plain = {name: request_to_wire(value) if type(value).__name__ in _KINDS else _lists(value) for name, value in values.items()}
    return {"kind": type(request).__name__, **plain}


def _lists(value: Any) -> Any:
    return [_lists(each) for each in value] if isinstance(value, tuple) else value


def request_from_wire(given: object) -> Request:
    """The request that JSON holds.

    Raises
    ------
    ValueError
        When it is none; the message says no value of the file.

    Examples
    --------
    >>> request_from_wire({"kind": "ScoreAt", "scale": "phq9", "moment": "admit"}).keys
    ('phq9_admit',)
    """
    if not isinstance(given, Mapping) or given.get("kind") not in _KINDS:
        raise ValueError("a request of a kind that is not known")
    kind = _KINDS[given["kind"]]
    values = {str(name): _of_wire(value) for name, value in given.items() if name != "kind"}
    if not set(values) <= {each.name for each in fields(kind)}:
        raise ValueError("a request with a part that is not known")
    try:
        request: Request = kind(**values)
        hash(request)
        keys = request.keys
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError("a request that lacks a part, or has one of another type") from error
    if not all(isinstance(name, str) and 0 < len(name) <= MOST_LETTERS and name.isprintable() for name in keys):
        raise ValueError("a request for a column without a name")
    return request


def _of_wire(value: object) -> Any:
    if isinstance(value, Mapping):
        return request_from_wire(value)
    if isinstance(value, list):
        return tuple(_of_wire(each) for each in value)
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError("a request with a part of another type")


def level_to_wire(level: Level) -> str:
    """A level as a cell of a CSV."""
    return "" if level is None else str(level)


def level_from_wire(cell: str, *, words: bool) -> Level:
    """The level of a cell, of a column of words or of numbers.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> level_from_wire("12", words=False), level_from_wire("1.5", words=False), level_from_wire("12", words=True), level_from_wire("", words=True)
    (12, Decimal('1.5'), '12', None)
    """
    if not cell:
        return None
    if words:
        if len(cell) > MOST_LETTERS or not cell.isprintable():
            raise ValueError(f"a label with more than {MOST_LETTERS} characters, or one that cannot be printed")
        return cell
    if not _NUMBER.fullmatch(cell):
        raise ValueError("not a number")
    number = Decimal(cell)
    return int(number) if number == int(number) else number.normalize()
