"""Takes the primary outcome that a mapping names, gives it in words, checked against the measures there are."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.targets import line_of
from iop_outcomes.intake.vocabulary import only
from iop_outcomes.measures import find, known
from iop_outcomes.scales import Scale


def read_primary(given: Dictionary[str, Any], where: str) -> str:
    """The name in the section of the report, "" where it names none.

    Raises
    ------
    DataError
        When it has other keys, or is no text of one line.

    Examples
    --------
    >>> read_primary({"primary": "completion.completion_strict"}, "mapping [report]")
    'completion.completion_strict'
    """
    only(given, ("primary",), where, "key")
    return line_of(given["primary"], f"{where} primary", example="completion") if "primary" in given else ""


def primary_words(name: str, scales: Dictionary[str, Scale], mapping: str) -> str:
    """What a report calls the primary outcome: its measure and, of its numbers, the one named behind a point, or its main one.

    Parameters
    ----------
    name : str
        Of a measure, such as "completion", or of one of its numbers, such as "completion.completion_strict"; "" for none.
    scales : dict of str to Scale
        Scales in force.
    mapping : str
        What the mapping is called in an error.

    Raises
    ------
    DataError
        When there is no such measure or number.

    Examples
    --------
    >>> primary_words("completion", {}, "mapping")
    'Completion: completed'
    """
    if not name:
        return ""
    where, (measure, _, number) = f"{mapping} [report] primary", name.partition(".")
    declarations = known(scales)
    if measure not in declarations:
        raise DataError(f'{where}: no measure is called "{measure}". {choices(measure, declarations)}')
    declared = find(measure, *declarations[measure].definitions[:1], scales=scales)
    labels = {each.name: each.label for each in declared.estimands}
    number = number or declared.compared
    if number not in labels:
        raise DataError(f'{where}: {measure} has no number "{number}". {choices(number, labels)}')
    return f"{declared.title}: {labels[number][:1].lower()}{labels[number][1:]}"
