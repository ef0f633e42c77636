"""Takes the drafts of a measure in every group, gives each group minus the others, or each minus each, with Holm's p values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.counts import Counts
from iop_outcomes.measures import Measure
from iop_outcomes.measures.stay_bands import BAND
from iop_outcomes.patients import Patients
from iop_outcomes.results import ALL, MISSING_LEVEL, OTHERS, EstimandDefinition, Estimate, Results, contrast_names
from iop_outcomes.stats.difference import COMPARED, Difference, Side, difference, holm
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.interval import Errors, errors_of

UNITS = {"share": "share difference"}
INDEPENDENCE = "independence_assumed"


@dataclass(frozen=True, slots=True)
class Against:
    """What to compare.

    Parameters
    ----------
    estimands : tuple of str
        Numbers of the measure; every one that has an interval by default. d and g are never compared: between groups,
        differences are in points.
    pairwise : bool
        Each group minus each other, instead of minus all the others together.
    times : tuple of float
        Days for which numbers that have several are compared; all by default.
    """

    estimands: tuple[str, ...] = ()
    pairwise: bool = False
    times: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Drafted:
    """A measure's drafts in every level, with the table and the patients they rest on."""

    counts: Counts
    people: Patients
    parts: Mapping[str, Counts]
    found: Sequence[tuple[str, Draft, Errors]]

    def side(self, level: str, key: str) -> Side | None:
        """An estimate of a level."""
        return next((Side(draft, errors) for name, draft, errors in self.found if (name, draft.key) == (level, key)), None)

    def others(self, measure: Measure, level: str, keys: Sequence[str]) -> dict[str, Side]:
        """The same estimates of every episode outside a level, those with no group recorded among them."""
        outside = ~self.parts[level].here()
        drafts = [draft for draft in measure.draft(self.counts.where(outside)) if draft.key in keys]
        people = self.people.within(outside)
        return {draft.key: Side(draft, errors_of(draft, people, self.counts.n)) for draft in drafts}


def contrasts(measure: Measure, results: Results, drafted: Drafted, against: Against, conf_level: float) -> Results:
    """Add the comparisons to results.

    Parameters
    ----------
    measure, results, drafted
        What was evaluated.
    against : Against
        What to compare.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Results
        With, for each number and level: the difference, its p, and its p adjusted for being several (Holm over the groups,
        or over the pairs).
    """
    levels = [level for level in results.levels if level not in (ALL, MISSING_LEVEL)]
    keys = _compared(measure, drafted, against)
    others = {level: drafted.others(measure, level, keys) for level in levels} if len(levels) > 1 and not against.pairwise else {}
    estimates: list[Estimate] = []
    for key in keys:
        if against.pairwise:
            sides = {level: drafted.side(level, key) for level in levels}
            pairs = [(one, other, sides[one], sides[other]) for i, one in enumerate(levels) for other in levels[i + 1 :]]
        else:
            pairs = [(level, OTHERS, drafted.side(level, key), side.get(key)) for level, side in others.items()]
        estimates += _family(results, pairs, drafted.people, conf_level)
    return _extended(results, estimates)


def _compared(measure: Measure, drafted: Drafted, against: Against) -> list[str]:
    """Keys of what is compared, in the order of the measure; a difference of codes is no number of days."""
    codes = {definition.name for definition in measure.estimands if definition.unit == BAND}
    chosen = [draft for level, draft, _ in drafted.found if level == ALL and draft.rule in COMPARED and draft.estimand not in codes]
    named = [draft for draft in chosen if not against.estimands or draft.estimand in against.estimands]
    return [draft.key for draft in named if not against.times or draft.time in against.times]


Pair = tuple[str, str, Side | None, Side | None]


def _family(results: Results, pairs: Sequence[Pair], people: Patients, conf_level: float) -> list[Estimate]:
    """One number compared in every group: differences, p values, adjusted p values."""
    known = [(level, other, one, two) for level, other, one, two in pairs if one is not None and two is not None]
    found = [difference(one, two, people, conf_level=conf_level) for _, _, one, two in known]
    adjusted = holm([each.p for each in found])
    rows = []
    for (level, other, one, _), each, p in zip(known, found, adjusted, strict=True):
        rows += _rows(results, level, other, one.draft, each, p)
    return rows


def _rows(results: Results, level: str, other: str, draft: Draft, found: Difference, p_holm: float) -> list[Estimate]:
    own = next(e for e in results.estimates if (e.level, e.key) == (level, draft.key))
    names = contrast_names(draft.estimand, other)
    interval = found.interval
    assumed = INDEPENDENCE if INDEPENDENCE in own.flag else ""  # holds for a difference as for what it is made of
    flag = "; ".join(words for words in (interval.flag, "too_few" if math.isnan(found.value) else "", assumed) if words)
    unit = UNITS.get(own.unit, own.unit)
    bare = replace(own, se=math.nan, low=math.nan, high=math.nan, method=interval.method, unit="p", flag=flag)
    return [
        replace(bare, estimand=names[0], value=found.value, se=interval.se, low=interval.low, high=interval.high, unit=unit),
        replace(bare, estimand=names[1], value=found.p),
        replace(bare, estimand=names[2], value=p_holm, method="Holm"),
    ]


def _extended(results: Results, estimates: Sequence[Estimate]) -> Results:
    """Results with the comparisons, whose populations are those of the group that comes first."""
    of = {name: (own.name, other, place) for own, other, place, name in _named(results, estimates)}
    populations = dict(results.populations)
    for estimate in estimates:
        own, _, _ = of[estimate.estimand]
        populations[estimate.level, estimate.key] = results.populations[estimate.level, replace(estimate, estimand=own).key]
    definitions = tuple(_definition(results.definition.estimand(own), other, place, name) for name, (own, other, place) in of.items())
    definition = replace(results.definition, estimands=(*results.definition.estimands, *definitions))
    return replace(results, definition=definition, estimates=(*results.estimates, *estimates), populations=populations)


def _named(results: Results, estimates: Sequence[Estimate]) -> list[tuple[EstimandDefinition, str, int, str]]:
    """For each name of a comparison: the number compared, with whom, and which of the three it is."""
    wanted = {estimate.estimand for estimate in estimates}
    whom = (OTHERS, *(level for level in results.levels if level != ALL))
    named = [
        (own, other, place, name)
        for own in results.definition.estimands
        for other in whom
        for place, name in enumerate(contrast_names(own.name, other))
    ]
    return [each for each in named if each[3] in wanted]


def _definition(own: EstimandDefinition, other: str, place: int, name: str) -> EstimandDefinition:
    """Words of a comparison: the difference, its p, or its adjusted p."""
    rest = "that of all the others together" if other == OTHERS else f"that of {other}"
    counted = f"{own.counted}: the group's own minus {rest}"
    label = f"{own.label}, minus {'the others' if other == OTHERS else other}"
    texts = (
        (label, counted, _INTERVALS.get(own.unit, "95%, limits of both intervals joined (MOVER)"), UNITS.get(own.unit, own.unit)),
        (f"{label}, p", f"p value of the difference ({counted})", "the interval inverted", "p"),
        (f"{label}, p adjusted", f"p value of the difference ({counted}), adjusted over the groups", "Holm", "p"),
    )
    label, counted, interval, unit = texts[place]
    return EstimandDefinition(name, label, counted, own.among, interval, unit, against=ALL if other == OTHERS else other)


_INTERVALS = {"share": "95% Newcombe, or limits of both intervals joined (MOVER)", "points": "95% Welch t"}
