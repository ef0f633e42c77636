"""Takes stays in days, gives the median, the quartiles and the mean; each kind of stay under its own names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from iop_outcomes.columns import Column, Status
from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import UsageError
from iop_outcomes.measures.coarse import in_whole_days
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.parts import not_ended, parts_of
from iop_outcomes.measures.stay_bands import WORDS, stay_bands
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import mean_days, quantile_days

VARIANTS = ("difference", "inclusive", "last_contact", "teds_codes")
_OWN = ("last_contact", "teds_codes")  # variants that are another quantity, so that a file holds either these or days of care

_NAMES = {  # median, first and third quartile, mean
    "difference": ("los_median", "los_q1", "los_q3", "los_mean"),
    "inclusive": ("los_inclusive_median", "los_inclusive_q1", "los_inclusive_q3", "los_inclusive_mean"),
    "last_contact": ("los_to_last_contact_median", "los_to_last_contact_q1", "los_to_last_contact_q3", "los_to_last_contact_mean"),
}
_UNTIL = {"difference": "discharge", "inclusive": "discharge", "last_contact": "the last contact"}
_COUNTED = {
    "difference": "discharge day minus admission day",
    "inclusive": "discharge day minus admission day, plus one",
    "last_contact": "days from admission to the last contact, as the file gives them",
}
_WHY = {
    "last_contact": "the file declares that its stays end with the last contact, and when people were discharged is not known",
    "teds_codes": "the stays are codes of TEDS-D: days up to 30, then bands, of which there is no mean and no day to add",
}
_NOTES = {
    "days": 'National outpatient tables count both the first and the last day: definition="inclusive".',
    "last_contact": "Stays to the last contact are shorter than stays to discharge, and are not compared with them.",
}
_FAMILY = "stays"
_COLUMNS = {
    "difference": "length_of_stay",
    "inclusive": "length_of_stay_inclusive",
    "last_contact": "length_of_stay_to_last_contact",
}
_PARTS = ("discharged", "died", *WORDS)
_RANKS = "order statistics, at least 95%"
_BELOW = (0.5, 0.25, 0.75)  # share of stays below each of the quartiles


def _draft(counts: Counts, *, names: tuple[str, ...], extra_days: int) -> tuple[Draft, ...]:
    """The four numbers over every episode of the table."""
    out, blank = not_ended(counts), counts.is_in("los_days", [None])
    parts = parts_of(counts, {**out, "no_stay": blank, **not_ended(counts, "died")}, "discharged", order=_PARTS)
    who = parts.population(_FAMILY, base=("discharged", "died"), missing=("no_stay",))
    stays = _stays(counts, extra_days)
    *quartiles, mean = names
    drafts = [quantile_days(name, stays, "los_days", share, who) for name, share in zip(quartiles, _BELOW, strict=True)]
    return (*drafts, mean_days(mean, stays, "los_days", who))


def _stays(counts: Counts, extra_days: int) -> Counts:
    """The stays that are counted."""
    outside = np.logical_or.reduce([*not_ended(counts).values(), counts.is_in("los_days", [None])])
    return counts.where(~outside).recode("los_days", partial(_add, extra_days))


def _per_episode(counts: Counts, *, variant: str) -> tuple[EpisodeColumn, ...]:
    stays = _stays(counts, int(variant == "inclusive"))
    name, blank = _COLUMNS[variant], "outside length of stay: never started, still in care, or not known"
    values = stays.numbers("los_days", blank=math.nan)
    return (of_numbers(name, _COUNTED[variant], stays, values, unit="days", blank=blank),)


def _add(extra: int, day: Level) -> Level:
    return None if day is None else int(day) + extra


def variant_of(definition: str | None, convention: str) -> str:
    """Which length of stay data can answer.

    Parameters
    ----------
    definition : str or None
        One of `VARIANTS`; by default the one that the data hold.
    convention : str
        The `los_convention` that the data declare.

    Raises
    ------
    UsageError
        When the data hold another quantity than the one asked for.

    Examples
    --------
    >>> variant_of(None, "inclusive"), variant_of(None, "last_contact")
    ('difference', 'last_contact')
    """
    default = convention if convention in _OWN else "difference"
    if definition is None or definition == default:
        return default
    if default in _OWN:
        raise UsageError(
            f'length_of_stay: no definition "{definition}" of these data, because {_WHY[default]}. Leave the definition out, or ask for "{default}".'
        )
    if definition in _OWN:
        declare = f'[data] los_convention = "{definition}"' if definition == "last_contact" else "those of TEDS-D"
        raise UsageError(
            f'length_of_stay: no definition "{definition}" of these data, whose stays are days to discharge. It is for files that declare {declare}.'
        )
    return definition


def length_of_stay(definition: str | None = None) -> Measure:
    """Declare length of stay.

    Parameters
    ----------
    definition : {"difference", "inclusive", "last_contact", "teds_codes"}, optional
        "difference" is discharge day minus admission day; "inclusive" counts both days, and its estimands start with
        `los_inclusive`; "last_contact" is what a file with that convention holds, and its estimands start with
        `los_to_last_contact`; "teds_codes" are days up to 30 and then bands, see `stay_bands`.

    Returns
    -------
    Measure
    """
    if definition == "teds_codes":
        return stay_bands()
    variant = definition or VARIANTS[0]
    names, counted = _NAMES[variant], _COUNTED[variant]
    define = partial(_number, counted=counted, until=_UNTIL[variant])
    rows: tuple[tuple[Role, str, str, str], ...] = (
        ("middle", "Middle stay", "median (type 2)", _RANKS),
        ("lower_quartile", "Quarter of stays shorter than", "first quartile (type 2)", _RANKS),
        ("upper_quartile", "Quarter of stays longer than", "third quartile (type 2)", _RANKS),
        ("mean", "Mean stay", "mean", "95% Student t"),
    )
    return Measure(
        name="length_of_stay",
        variant=variant,
        title="Length of stay" if variant != "last_contact" else "Length of stay to the last contact",
        asks="How long do people stay?",
        requests=(Status(), Column("los_days")),
        needs_columns=("los_days",),
        among="discharged episodes",
        excludes=WORDS | {"died": "died in care (kept)"},
        unit="days",
        better="neither",
        draft=partial(_draft, names=names, extra_days=int(variant == "inclusive")),
        estimands=tuple(define(name, *row) for name, row in zip(names, rows, strict=True)),
        chart="stay_range",
        shown=names[:-1],
        sources=("Hyndman RJ, Fan Y (1996), definition 2, doi:10.1080/00031305.1996.10473566",),
        coarser=partial(_coarser, definition, names),
        per_episode=partial(_per_episode, variant=variant),
        notes=(
            "People still in care are left out, so that a young program looks shorter than it is.",
            _NOTES["last_contact" if variant == "last_contact" else "days"],
        ),
    )


_ROUNDED = (
    "Days are whole, and how many episodes they are of is not always shown: beside the other totals of the page it would tell how few died in "
    "care, or lack a stay."
)


def _coarser(definition: str | None, names: tuple[str, ...], divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """The same in whole days, the mean without an interval, which beside the quartiles would tell of how many episodes it is."""
    yield from in_whole_days(length_of_stay(definition), names[-1], _ROUNDED, divisions)


def _number(name: str, role: Role, label: str, statistic: str, interval: str, *, counted: str, until: str) -> EstimandDefinition:
    """The definition of one number; the middle stay is the one that is said."""
    among = "discharged episodes, deaths in care included, without those that never started"
    is_middle = role == "middle"
    return EstimandDefinition(
        name,
        label,
        f"{statistic} of {counted}",
        among,
        interval,
        "days",
        "The middle stay was {value} days; the plausible range is {low} to {high}." if is_middle else "",
        "The middle stay was {value} days" if is_middle else "",
        role=role,
        axis=f"Days from admission to {until}",
        total="days" if role == "mean" else "",
    )


STAYS = Declaration(
    "length_of_stay",
    length_of_stay,
    (Option("definition", "what is counted as a stay (by default what the data hold, difference for days to discharge)", VARIANTS),),
    held_by=variant_of,
)
