"""Takes a measure's name, gives its declaration: the list of every outcome this package knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.measures.completion import DENOMINATORS, completion
from iop_outcomes.measures.discharge_reasons import KINDS, discharge_reasons
from iop_outcomes.measures.length_of_stay import VARIANTS, length_of_stay
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.recorded import WHAT, recorded

__all__ = ["MEASURES", "Entry", "Measure", "find"]


@dataclass(frozen=True, slots=True)
class Entry:
    """How to declare a measure, and the definitions it may be asked for; the first is the default."""

    declare: Callable[[str | None], Measure]
    definitions: tuple[str, ...]


MEASURES: Mapping[str, Entry] = {
    "completion": Entry(completion, DENOMINATORS),
    "length_of_stay": Entry(length_of_stay, VARIANTS),
    "discharge_reasons": Entry(discharge_reasons, KINDS),
    "recorded": Entry(recorded, tuple(WHAT)),
}


def find(name: str, definition: str | None = None) -> Measure:
    """Look a measure up.

    Parameters
    ----------
    name : str
        Its name, such as "completion".
    definition : str, optional
        Which of its definitions; the first by default.

    Raises
    ------
    UsageError
        When there is no such measure or definition; the message names those there are.

    Examples
    --------
    >>> find("completion").asks
    'Of the people discharged, what share finished the program?'
    """
    if name not in MEASURES:
        raise UsageError(f'No measure is called "{name}". {choices(name, MEASURES)}')
    entry = MEASURES[name]
    if definition is not None and definition not in entry.definitions:
        raise UsageError(f'{name} has no definition "{definition}". {choices(definition, entry.definitions)}')
    return entry.declare(definition)
