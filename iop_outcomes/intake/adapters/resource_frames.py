"""Takes a data frame of FHIR resources, gives the lines of the NDJSON file that a server would export: one JSON object a row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from iop_outcomes.intake.findings import fatal

TEXT = "resource"  # a column of whole resources, as servers and warehouses keep them


def resource_lines(frame: Any, kind: str) -> Iterator[str]:
    """Give each resource of a frame as one line.

    Parameters
    ----------
    frame : data frame
        Of pandas, polars or Arrow. Either a column `resource` holds whole resources, as JSON text or as nested values, or each
        column is a member of the resource (id, status, period, ...), nested members as dicts and lists.
    kind : str
        The type of its resources.

    Raises
    ------
    DataError
        When a row is no JSON object or cannot be written as one; the row is named.
    """
    for row, members in enumerate(_rows(frame), 1):
        whole = members.get(TEXT) if TEXT in members else {"resourceType": kind, **members}
        try:
            # Within JSON no text holds a bare line end, so that each is space between members.
            line = " ".join(whole.splitlines()) if isinstance(whole, str) else json.dumps(_without_missing(whole), default=_plain)
        except RecursionError:
            fatal("nested_too_deeply", f"{kind} (data frame)", "nested too deeply", "Give resources as a server exports them.", line=row)
        except (TypeError, ValueError):
            hint = "Give a column resource of JSON text, or members as text, numbers, lists and dicts."
            fatal("not_json", f"{kind} (data frame)", "a resource that cannot be written as JSON", hint, line=row)
        yield line


def _rows(frame: Any) -> Iterator[dict[str, Any]]:
    """Rows as dicts: of Arrow, of pandas, of polars."""
    if hasattr(frame, "to_pylist"):
        yield from frame.to_pylist()
    else:
        yield from frame.to_dict("records") if hasattr(frame, "to_csv") else frame.iter_rows(named=True)


def _without_missing(value: Any) -> Any:
    """The same without members that are blank: a frame has every member in every row."""
    value = value.tolist() if hasattr(value, "tolist") and not isinstance(value, str) else value  # numpy's lists and numbers
    if isinstance(value, Mapping):
        members = {name: _without_missing(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_without_missing(member) for member in value]
    return None if _is_missing(value) else value


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 - NaN and NaT differ from themselves
    except TypeError:  # pandas' NA is neither the same nor another
        return True


def _plain(value: object) -> object:
    """A value that JSON has no word for: a date as it is written."""
    if isinstance(value, date):  # moments are dates too
        return value.isoformat()
    raise TypeError
