"""Takes a measure's name and what it is asked with, gives its declaration: the list of every outcome this package knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.measures.attended_days import ATTENDED_DAYS
from iop_outcomes.measures.between_groups import BETWEEN_GROUPS
from iop_outcomes.measures.clinical_significance import CLINICAL_SIGNIFICANCE
from iop_outcomes.measures.completion import COMPLETION
from iop_outcomes.measures.death_after_discharge import DEATH_AFTER_DISCHARGE
from iop_outcomes.measures.deaths_in_care import DEATHS_IN_CARE
from iop_outcomes.measures.declared_columns import DECLARED
from iop_outcomes.measures.depression_follow_up import DEPRESSION_FOLLOW_UP
from iop_outcomes.measures.discharge_reasons import REASONS
from iop_outcomes.measures.early_response import EARLY_RESPONSE
from iop_outcomes.measures.effect_sizes import EFFECT_SIZES
from iop_outcomes.measures.length_of_stay import STAYS
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.missing_scores import MISSING_SCORES
from iop_outcomes.measures.nhs import NHS
from iop_outcomes.measures.no_show_rate import NO_SHOW_RATE
from iop_outcomes.measures.not_on_track import NOT_ON_TRACK
from iop_outcomes.measures.occasions import OCCASIONS
from iop_outcomes.measures.options import SCALE, Characteristic, Declaration, Family, Option
from iop_outcomes.measures.paired_yes_no import PAIRED_YES_NO
from iop_outcomes.measures.participants import PARTICIPANTS
from iop_outcomes.measures.readmission import READMISSION, READMISSION_FROM_DAY_0
from iop_outcomes.measures.recorded import RECORDED
from iop_outcomes.measures.relapse import RELAPSE
from iop_outcomes.measures.reliability import RELIABILITY
from iop_outcomes.measures.reliable_change import RELIABLE_CHANGE
from iop_outcomes.measures.reliable_change_sensitivity import RELIABLE_CHANGE_SENSITIVITY
from iop_outcomes.measures.retention import RETENTION
from iop_outcomes.measures.risk_levels import RISK_LEVELS
from iop_outcomes.measures.self_harm_item import SELF_HARM_ITEM
from iop_outcomes.measures.sudden_gains import SUDDEN_GAINS
from iop_outcomes.measures.symptom_change import SYMPTOM_CHANGE
from iop_outcomes.measures.weekly_course import WEEKLY_COURSE
from iop_outcomes.scales import Scale, get_scale, load_scales

MEASURES: Mapping[str, Declaration] = {
    each.name: each
    for each in (
        COMPLETION,
        STAYS,
        RETENTION,
        REASONS,
        DEATHS_IN_CARE,
        RECORDED,
        NO_SHOW_RATE,
        ATTENDED_DAYS,
        READMISSION,
        READMISSION_FROM_DAY_0,
        RELAPSE,
        DEATH_AFTER_DISCHARGE,
        PAIRED_YES_NO,
        *NHS,
        *DECLARED,
    )
}
FAMILIES: Mapping[str, Family] = {
    each.name: each
    for each in (
        SYMPTOM_CHANGE,
        RELIABLE_CHANGE,
        MISSING_SCORES,
        SELF_HARM_ITEM,
        RELIABILITY,
        EFFECT_SIZES,
        BETWEEN_GROUPS,
        CLINICAL_SIGNIFICANCE,
        RELIABLE_CHANGE_SENSITIVITY,
        WEEKLY_COURSE,
        NOT_ON_TRACK,
        SUDDEN_GAINS,
        EARLY_RESPONSE,
        OCCASIONS,
        DEPRESSION_FOLLOW_UP,
        RISK_LEVELS,
    )
}
CHARACTERISTICS: Mapping[str, Characteristic] = {each.name: each for each in (PARTICIPANTS,)}


def known(scales: Mapping[str, Scale] | None = None) -> dict[str, Declaration]:
    """Every measure by name, those made from a scale included.

    Parameters
    ----------
    scales : dict of str to Scale, optional
        Scales in force; those that come with the package by default.

    Raises
    ------
    UsageError
        When a scale is so called that a measure of it would have the name of another: "phq9_reliable" of what is asked of "phq9".
    """
    declarations = dict(MEASURES)
    for scale in (load_scales() if scales is None else scales).values():
        for family in FAMILIES.values() if scale.total else ():
            made = family.declare(scale) if scale.counted == family.counted else None
            if made is None:
                continue
            if made.name in declarations or made.name in FAMILIES:
                message = f'A scale called "{scale.name}" would have a measure called "{made.name}", which is another measure already.'
                raise UsageError(f"{message} Give the scale another name, in its file and in the data.")
            declarations[made.name] = made
    return declarations


def declared(name: str, scales: Mapping[str, Scale]) -> Declaration | None:
    """The measure of a full name, as in `known`; none when there is none.

    Of scales, only those that the name may be of are asked: a page looks up many names, and a site has many scales.
    """
    if name in MEASURES:
        return MEASURES[name]
    fitting = {each: scale for each, scale in scales.items() if any(family.called(each) == name for family in FAMILIES.values())}
    return known(fitting).get(name)


def options_named(name: str) -> dict[Option, list[str]]:
    """Each option of a name, with the measures and families of measures that have it: what the help of a flag says."""
    offered_by: dict[Option, list[str]] = {}
    offered: list[Declaration | Family] = [*MEASURES.values(), *FAMILIES.values()]
    for each in offered:
        for option in each.options:
            if option.name == name:
                offered_by.setdefault(option, []).append(each.name)
    return offered_by


def find(
    name: str,
    definition: str | None = None,
    *,
    at: Sequence[int] | None = None,
    scale: str | None = None,
    profile: str | None = None,
    curve_interval: str | None = None,
    scales: Mapping[str, Scale] | None = None,
    convention: str | None = None,
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
    curve_interval : str, optional
        The scale on which the limits of curves are symmetric, for the measures of time.
    scales : dict of str to Scale, optional
        Scales in force; those that come with the package by default.
    convention : str, optional
        The convention of stays that the data declare, which may decide the definition.

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
    name = _full_name(name, scale, scales)
    entry = declared(name, scales)
    if entry is None:
        entries = known(scales)
        of_scales = {family.called(each) for family in FAMILIES.values() for each in scales} & set(entries)
        allowed = choices(name, [*(set(entries) - of_scales), *FAMILIES], unlisted=sorted(of_scales))
        raise UsageError(f'No measure is called "{name}". {allowed} Those made from a scale are called as phq9_change is.')
    variant = _variant(entry, definition, profile)
    if entry.held_by is not None and convention is not None:
        variant = entry.held_by(variant, convention)
    if at is not None and entry.option("at") is None:
        raise UsageError(f"{name} is not asked at days after discharge: leave out at (--at).")
    limits = entry.option("curve_interval")
    if curve_interval is not None and limits is None:
        raise UsageError(f"{name} has no curve: leave out curve_interval (--curve-interval).")
    given: dict[str, object] = {"definition": variant} if entry.variant else {}
    given |= {"curve_interval": limits.choose(name, curve_interval)} if limits else {}
    return entry.declare(**given, at=at) if entry.option("at") else entry.declare(**given)


def _variant(entry: Declaration, definition: str | None, profile: str | None) -> str | None:
    """The definition, or the profile that is one: as asked for, else the default; none where the data or the scale decide."""
    if profile is not None and entry.option("profile") is None:
        raise UsageError(f"{entry.name} has no profiles: leave out profile (--profile).")
    if profile is not None and definition is not None:
        raise UsageError(f"{entry.name}: its profile is its definition: give one of them.")
    variant = definition if profile is None else profile
    return (entry.variant or _NONE).choose(entry.name, variant)


_NONE = Option("definition", "no definition")  # of a measure that has one alone


def _full_name(name: str, scale: str | None, scales: Mapping[str, Scale]) -> str:
    """The full name of a measure that is made from a scale, "phq9_change" for "symptom_change" and "phq9"; any other as it is."""
    if name not in FAMILIES:
        if scale is not None and declared(name, scales) is not None:
            raise UsageError(f"{name}: leave out scale (--scale), which goes with these alone: {', '.join(FAMILIES)}.")
        return name
    family = FAMILIES[name]
    if scale is None:
        raise UsageError(SCALE.missing(name, _able(family, scales), "phq9"))
    chosen = get_scale(scale, scales)
    if not chosen.total:
        parts = f" Its parts are scales of their own: {', '.join(chosen.subscales)}." if chosen.subscales else ""
        raise UsageError(f"{chosen.title} has no total score: its domains are never summed. Choose a scale with a total.{parts}")
    if chosen.counted and not family.counted:
        other = next(each.name for each in FAMILIES.values() if each.counted)
        raise UsageError(f'{chosen.title} has levels, which are counted and never averaged: ask "{other}" with scale="{chosen.name}".')
    full = family.called(chosen.name)
    if declared(full, scales) is None:
        raise NotAssessableError(
            f"{full} is not assessable: {chosen.label} has no {family.lacks}. Scales that have one: {', '.join(_able(family, scales))}; "
            "a scale file of your own (scales=) can bring others."
        )
    return full


def _able(family: Family, scales: Mapping[str, Scale]) -> list[str]:
    """Scales that have the measure of a family."""
    entries = known(scales)
    return [each for each in scales if family.called(each) in entries]
