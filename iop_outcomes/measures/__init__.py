"""Takes a measure's name, gives its declaration: the list of every outcome this package knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from iop_outcomes.errors import NotAssessableError, UsageError, choices
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
from iop_outcomes.scales import Scale, get_scale, load_scales

__all__ = ["MEASURES", "OF_A_SCALE", "Entry", "Measure", "find", "known"]


@dataclass(frozen=True, slots=True)
class Entry:
    """How to declare a measure, the definitions it may be asked for, and whether it is asked at days after discharge.

    The first definition is the default, except where one must be named. Those of reliable change are profiles of its scale.
    """

    declare: Callable[..., Measure]
    definitions: tuple[str, ...] = ()
    timed: bool = False
    profiled: bool = False


MEASURES: Mapping[str, Entry] = {
    "completion": Entry(completion, DENOMINATORS),
    "length_of_stay": Entry(length_of_stay, VARIANTS),
    "discharge_reasons": Entry(discharge_reasons, KINDS),
    "recorded": Entry(recorded),
    "readmission": Entry(readmission, READMISSIONS, timed=True),
    "readmission_from_day_0": Entry(readmission_from_day_0, READMISSIONS, timed=True),
    "relapse": Entry(relapse, RELAPSES, timed=True),
}
OF_A_SCALE: Mapping[str, str] = {"symptom_change": "{scale}_change", "reliable_change": "{scale}_reliable_change"}


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
                found[f"{name}_reliable_change"] = Entry(partial(reliable_change, scale), profiles, profiled=True)
    return found


def _of_scale(make: Callable[[Scale], Measure], scale: Scale, _definition: str | None) -> Measure:
    return make(scale)


def _named(name: str, scale: str | None, scales: Mapping[str, Scale], entries: Mapping[str, Entry]) -> str:
    """The full name of a measure that is made from a scale, "phq9_change" for "symptom_change" and "phq9"; any other as it is."""
    if name not in OF_A_SCALE:
        if scale is not None and name in entries:
            raise UsageError(f"{name}: leave out scale (--scale), which goes with {' and '.join(OF_A_SCALE)} alone.")
        return name
    able = [each for each in scales if OF_A_SCALE[name].format(scale=each) in entries]
    if scale is None:
        raise UsageError(f'{name}: say of which scale, as in scale="phq9" (--scale phq9). {choices("", able)}')
    asked = get_scale(scale, scales)
    if not asked.total:
        raise UsageError(f"{asked.title} has no total score: its domains are never summed. Choose a scale with a total.")
    full = OF_A_SCALE[name].format(scale=asked.name)
    if full not in entries:
        raise NotAssessableError(
            f"{full} is not assessable: {asked.label} has no profile of reliable change. Scales that have one: {', '.join(able)}; "
            "a scale file of your own (scales=) can bring others."
        )
    return full


def find(
    name: str,
    definition: str | None = None,
    *,
    at: Sequence[int] | None = None,
    scale: str | None = None,
    profile: str | None = None,
    scales: Mapping[str, Scale] | None = None,
) -> Measure:
    """Look a measure up.

    Parameters
    ----------
    name : str
        Its name, such as "completion" or "phq9_change"; or "symptom_change" or "reliable_change" with a scale.
    definition : str, optional
        Which of its definitions; the first by default.
    at : sequence of int, optional
        Days after discharge, for the measures of time.
    scale : str, optional
        Of which scale, for "symptom_change" and "reliable_change".
    profile : str, optional
        Which profile of reliable change: another word for its definition.
    scales : dict of str to Scale, optional
        Scales in force; those that come with the package by default.

    Raises
    ------
    UsageError
        When there is no such measure, scale, profile or definition; the message names those there are.
    NotAssessableError
        When the scale has no profile of reliable change.

    Examples
    --------
    >>> find("completion").asks
    'Of the people discharged, what share finished the program?'
    """
    scales = load_scales() if scales is None else scales
    entries = known(scales)
    name = _named(name, scale, scales, entries)
    if name not in entries:
        raise UsageError(f'No measure is called "{name}". {choices(name, [*entries, *OF_A_SCALE])}')
    entry = entries[name]
    if profile is not None and not entry.profiled:
        raise UsageError(f"{name} has no profiles: leave out profile (--profile).")
    if profile is not None and definition is not None:
        raise UsageError(f"{name}: its profile is its definition: give one of them.")
    definition = definition if profile is None else profile
    if definition is not None and definition not in entry.definitions:
        kind = "profile" if entry.profiled else "definition"
        raise UsageError(f'{name} has no {kind} "{definition}". {choices(definition, entry.definitions)}')
    if at is not None and not entry.timed:
        raise UsageError(f"{name} is not asked at days after discharge: leave out at (--at).")
    return entry.declare(definition, at) if entry.timed else entry.declare(definition)
