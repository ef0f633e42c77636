"""Takes a triage at admission and at discharge, gives how many episodes stood at each level: counted, never averaged."""

from __future__ import annotations

import math
from functools import partial

from iop_outcomes.columns import Moment, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Draft

_MOMENTS: dict[Moment, str] = {"discharge": "discharge", "admit": "admission"}
_NOT_KNOWN = "level_not_known"
_WORDS = {_NOT_KNOWN: "level not known", **NOT_ENDED}


def _levels(scale: Scale) -> tuple[str, ...]:
    """Names of its levels, the worst first."""
    ordered = sorted(scale.bands, key=lambda band: band.low, reverse=scale.better == "lower")
    return tuple(band.label for band in ordered)


def _divided(counts: Counts, scale: Scale, moment: Moment) -> Parts:
    """Every episode by its level then."""
    scores = counts.numbers(ScoreAt(scale.name, moment).keys[0], blank=math.nan)
    at = {band.label: scores == float(band.low) for band in scale.bands}
    return parts_of(counts, {**not_ended(counts), **at}, _NOT_KNOWN, order=(*_levels(scale), *_WORDS))


def _family(scale: Scale, moment: Moment) -> str:
    return f"{scale.name} at {_MOMENTS[moment]}"


def _name(level: str, moment: Moment) -> str:
    return f"{level}_at_{_MOMENTS[moment]}"


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    levels = _levels(scale)
    return tuple(
        _divided(counts, scale, moment).share(
            _name(level, moment), _family(scale, moment), base=levels, hits=(level,), missing=(_NOT_KNOWN,)
        )
        for moment in _MOMENTS
        for level in levels
    )


def _per_episode(counts: Counts, *, scale: Scale) -> tuple[EpisodeColumn, ...]:
    """The level at each moment."""
    words = {level: level for level in _levels(scale)} | _WORDS
    return tuple(
        of_parts(
            f"{scale.name}_{moment}_level",
            f"{scale.title} at {_MOMENTS[moment]}",
            _divided(counts, scale, moment),
            words,
            family=_family(scale, moment),
        )
        for moment in reversed(_MOMENTS)
    )


def _refuses(counts: Counts, *, scale: Scale) -> str:
    """Without a level nobody can be counted, and "0 at high" would read as if nobody were at risk."""
    if any((~counts.is_in(ScoreAt(scale.name, moment).keys[0], [None])).any() for moment in _MOMENTS):
        return ""
    items = scale.item_columns
    return (
        f"the data hold no level of the {scale.title}. Give its items ({items[0]} to {items[-1]}; a question that was not asked is blank), or the level "
        f"itself as a score of {scale.name}, {scale.range[0]} to {scale.range[1]}."
    )


def risk_levels(scale: Scale) -> Measure:
    """Declare how many stand at each level of a triage: `<scale>_risk_levels`.

    Parameters
    ----------
    scale : Scale
        Whose levels are counted.

    Returns
    -------
    Measure
        Shares of those whose level is known; no mean, and no change of one.
    """
    title, levels = scale.title, _levels(scale)
    among = "discharged episodes with a known level, deaths in care included, without those that never started"
    return Measure(
        name=RISK_LEVELS.called(scale.name),
        title=title,
        asks=f"How many people stood at each level of the {title}?",
        requests=(Status(), *(ScoreAt(scale.name, moment) for moment in _MOMENTS)),
        among=among,
        excludes=_WORDS,
        unit="share",
        better="lower",
        draft=partial(_draft, scale=scale),
        estimands=tuple(
            EstimandDefinition(
                _name(level, moment),
                f"{level.capitalize()} at {when}",
                f"level {level} at {when}",
                f"{among} then",
                "95% Wilson score",
                "share",
                missing="Of {more}, the level is not known.",
            )
            for moment, when in _MOMENTS.items()
            for level in levels
        ),
        sources=(scale.source,),
        notes=(
            "A level is a reason to talk with the person, not a prediction; these shares say nothing of one person, and nobody is alerted by them.",
            "Levels are counted, never averaged, and no change between two is given: the forms at admission and since the last visit ask of other times.",
            "The level at admission is the closest to it, of two on that day the lower; at discharge the last around it, of two the higher.",
            *((scale.note,) if scale.note else ()),
        ),
        shown=tuple(_name(levels[0], moment) for moment in _MOMENTS),
        per_episode=partial(_per_episode, scale=scale),
        refuses=partial(_refuses, scale=scale),
    )


def _declared(scale: Scale) -> Declaration:
    return Declaration(RISK_LEVELS.called(scale.name), partial(risk_levels, scale))


RISK_LEVELS = Family("risk_levels", "{scale}_risk_levels", _declared, (SCALE,), lacks="levels that are counted", counted=True)
