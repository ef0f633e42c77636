"""Takes a measure's name, gives its declaration: the list of every outcome this package knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.measures.completion import DENOMINATORS, completion
from iop_outcomes.measures.discharge_reasons import KINDS, discharge_reasons
from iop_outcomes.measures.length_of_stay import VARIANTS, length_of_stay
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.readmission import KINDS as READMISSIONS
from iop_outcomes.measures.readmission import readmission, readmission_from_day_0
from iop_outcomes.measures.recorded import recorded
from iop_outcomes.measures.relapse import DEFINITIONS as RELAPSES
from iop_outcomes.measures.relapse import relapse
from iop_outcomes.measures.reliable_change import reliable_change
from iop_outcomes.measures.symptom_change import symptom_change
from iop_outcomes.scales import Scale, load_scales

__all__ = ["MEASURES", "Entry", "Measure", "find", "known"]


@dataclass(frozen=True, slots=True)
class Entry:
    """How to declare a measure, the definitions it may be asked for, and whether it is asked at days after discharge.

    The first definition is the default, except where one must be named.
    """

    declare: Callable[..., Measure]
    definitions: tuple[str, ...] = ()
    timed: bool = False


MEASURES: Mapping[str, Entry] = {
    "completion": Entry(completion, DENOMINATORS),
    "length_of_stay": Entry(length_of_stay, VARIANTS),
    "discharge_reasons": Entry(discharge_reasons, KINDS),
    "recorded": Entry(recorded),
    "readmission": Entry(readmission, READMISSIONS, timed=True),
    "readmission_from_day_0": Entry(readmission_from_day_0, READMISSIONS, timed=True),
    "relapse": Entry(relapse, RELAPSES, timed=True),
}


def known(scales: Mapping[str, Scale] | None = None) -> dict[str, Entry]:
    """Every measure by name, those made from a scale included.

    Parameters
    ----------
    scales : dict of str to Scale, optional
        Scales in force; those that come with the package by default.
    """
    found = dict(MEASURES)
    for name, scale in (load_scales() if scales is None else scales).items():
        if scale.total:
            found[f"{name}_change"] = Entry(partial(_of_scale, symptom_change, scale))
            profiles = tuple(profile.name for profile in scale.profiles)
            if profiles:
                found[f"{name}_reliable_change"] = Entry(partial(reliable_change, scale), profiles)
    return found


def _of_scale(make: Callable[[Scale], Measure], scale: Scale, _definition: str | None) -> Measure:
    return make(scale)


def find(
    name: str, definition: str | None = None, *, at: Sequence[int] | None = None, scales: Mapping[str, Scale] | None = None
) -> Measure:
    """Look a measure up.

    Parameters
    ----------
    name : str
        Its name, such as "completion" or "phq9_change".
    definition : str, optional
        Which of its definitions; the first by default.
    at : sequence of int, optional
        Days after discharge, for the measures of time.
    scales : dict of str to Scale, optional
        Scales in force; those that come with the package by default.

    Raises
    ------
    UsageError
        When there is no such measure or definition; the message names those there are.

    Examples
    --------
    >>> find("completion").asks
    'Of the people discharged, what share finished the program?'
    """
    entries = known(scales)
    if name not in entries:
        raise UsageError(f'No measure is called "{name}". {choices(name, entries)}')
    entry = entries[name]
    if definition is not None and definition not in entry.definitions:
        raise UsageError(f'{name} has no definition "{definition}". {choices(definition, entry.definitions)}')
    if at is not None and not entry.timed:
        raise UsageError(f"{name} is not asked at days after discharge: leave out at (--at).")
    return entry.declare(definition, at) if entry.timed else entry.declare(definition)
