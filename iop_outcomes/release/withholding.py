"""Takes results and what may be seen of their counts, gives them released, each value withheld that rests on what is not seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, MISSING_LEVEL, Flag, Key, Place, flags
from iop_outcomes.release.coarsening import says_no_number
from iop_outcomes.release.curves import release_curve
from iop_outcomes.release.lines import release_lines
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.precision import as_printed
from iop_outcomes.release.protect import is_safe
from iop_outcomes.release.released import (
    DOOR,
    NUMBERS,
    SUPPRESSED,
    Count,
    Released,
    ReleasedCurve,
    ReleasedEstimate,
    ReleasedFlow,
    Withheld,
)
from iop_outcomes.release.rounding import compared_with
from iop_outcomes.release.standards import may_be_shown, release_left_out
from iop_outcomes.release.views import Visible
from iop_outcomes.results import Definition, EstimandDefinition, Estimate, Results
from iop_outcomes.stats.draft import Population
from iop_outcomes.units import UNITS

_SUPPRESSED = flags(Flag.SUPPRESSED)
_FIELDS = tuple(field.name for field in fields(ReleasedEstimate))
_VALUES = attrgetter(*_FIELDS)


def released_results(results: Results, reading: Visible, policy: Policy) -> Released:
    """What is shown of results, everyone first, each level of a second column within."""
    levels_2 = tuple(part.level_2 for part in results.slices)
    slices = [_released_slice(part, reading, policy, levels_2) for part in results.slices]
    everyone, *within = slices if not policy.threshold else _with_followed_as_beside(slices)
    return replace(
        everyone,
        door=DOOR,
        flow=(
            *(_released_flow(key, results, reading) for key in results.flowing),
            *release_left_out([flow for part in results.slices for flow in part.left_out.values()], policy),
        ),
        only_grouped=results.only_grouped,
        within={part.level_2: part for part in within},
    )


def _released_slice(part: Results, reading: Visible, policy: Policy, levels_2: tuple[str, ...]) -> Released:
    """What is shown of one level of the second column, or of everyone; the flow is said of everyone alone."""
    estimates = _without_what_rests_on_withheld(
        part.definition, [_released_estimate(estimate, part, reading, policy) for estimate in part], policy
    )
    return Released(
        DOOR,
        definition=part.definition,
        group=part.group,
        estimates=estimates,
        flow=(),
        policy=policy,
        provenance=part.provenance,
        curves={
            level: _with_lines(part, level, release_curve(curve, policy, _printed_days(level, estimates)), policy, estimates)
            for level, curve in part.curves.items()
            if _has_table(level, estimates)
        },
        group_2=part.group_2,
        level_2=part.level_2,
        levels_2=levels_2,
    )


def _with_lines(results: Results, level: str, drawn: ReleasedCurve, policy: Policy, estimates: Sequence[ReleasedEstimate]) -> ReleasedCurve:
    """The curve with the lines and bands of a figure, where one asked for them."""
    if not results.lined:
        return drawn
    shares = (
        [each for each in estimates if each.level == level and each.estimand == name and not each.contrast] for name in _along(results)
    )
    return replace(drawn, lines=release_lines(results.curves[level], drawn, policy, *shares))


def _along(results: Results) -> tuple[str, str]:
    """The numbers that are read from the curve: the share with the event, and that free of every end."""
    return results.definition.in_role("with_event"), results.definition.in_role("free_of_ends")


def _printed_days(level: str, estimates: Sequence[ReleasedEstimate]) -> dict[int, bool]:
    """Days of which the share that the curve of a level draws is asked, each with whether it is shown."""
    along = [
        each for each in estimates if each.level == level and each.n_at_risk is not None and each.time is not None and not each.contrast
    ]
    return {int(each.time or 0): each.shown for each in along if each.estimand == along[0].estimand}


def _has_table(level: str, estimates: Sequence[ReleasedEstimate]) -> bool:
    """Whether the numbers that stand beside the curve of a level are shown: all it rests on, and any of its values."""
    beside = [each for each in estimates if each.level == level and each.n_at_risk is not None and not each.contrast]
    return not beside or (any(each.shown for each in beside) and not any(isinstance(each.n, Withheld) for each in beside))


def _released_estimate(estimate: Estimate, results: Results, reading: Visible, policy: Policy) -> ReleasedEstimate:
    people, place = results.populations[estimate.level, estimate.key], estimate.place
    if place.is_crossed and not policy.crossed:
        return _withheld(estimate)
    n, missing, excluded = (reading.count(people, place, parts) for parts in (people.base, people.missing, people.excluded_parts))
    k = None if estimate.k is None else reading.count(people, place, people.hits)
    values = _values_of(estimate) | {
        "n": n,
        "k": k,
        "n_missing": missing,
        "excluded": excluded,
        "n_at_risk": _at_risk(estimate, people, reading),
    }
    if people.standard is not None and people.standard.own_out:  # they are in other strata than the group's own counts
        exact = not policy.base and policy.threshold <= 1
        values |= {"n": estimate.n if exact else SUPPRESSED, "excluded": estimate.excluded if exact else SUPPRESSED}
    if policy.threshold > 1 and not policy.base and _gives_no_group(estimate, results, reading):
        values |= dict.fromkeys(("n", "n_missing", "excluded"), SUPPRESSED)
    if estimate.adjustment and policy.threshold > 1:  # three digits more than the value has, of counts that are not printed
        values |= {"p": math.nan, "p_adjusted": math.nan}
    if _is_withheld(estimate, people, results, reading, policy):
        values |= dict.fromkeys(NUMBERS, SUPPRESSED)
        # Other flags go: "one episode" would say how many.
        values |= {"k": None if k is None else SUPPRESSED, "word": "", "flag": _SUPPRESSED}
    else:
        values |= reading.values(estimate, results)
    return ReleasedEstimate(**as_printed(values) if policy.threshold else values)


def values_shown(results: Results, reading: Visible, policy: Policy) -> Iterator[bool]:
    """Whether the value of each estimate would be shown, in order: a fraction of the work of releasing it."""
    for part in results.slices:
        shown = [not _is_withheld(each, part.populations[each.level, each.key], part, reading, policy) for each in part]
        hidden = {each.estimand for each, is_shown in zip(part, shown, strict=True) if not is_shown and not each.adjustment}
        bare = _without_values(part.definition, hidden, policy)
        yield from (is_shown and each.estimand not in bare for each, is_shown in zip(part, shown, strict=True))


def _is_withheld(estimate: Estimate, people: Population, results: Results, reading: Visible, policy: Policy) -> bool:
    """Whether its value may not be shown, judged by itself."""
    place = estimate.place
    if (place.is_crossed and not policy.crossed) or reading.hides(estimate) or not may_be_shown(people.standard, policy.threshold):
        return True
    # A difference from the others rests on everyone's counts too, one from another level on that level's; of two columns, on those within
    # the same level of the second.
    against = {MINUS_OTHERS: ALL, MINUS_LEVEL: estimate.versus}.get(estimate.contrast)
    other = results.populations.get((against, estimate.key.number)) if against is not None else None
    hits = None if estimate.k is None and not estimate.adjustment else people.hits  # adjusted, it rests on the group's own
    sides = [(place, people, parts) for parts in (people.base, hits, people.revealed) if parts]
    if people.complement is not None:
        sides += [(place, people.complement, parts) for parts in people.complement.rests_on]
    if not all(is_safe(each.remainder, policy.threshold) for each in (people, other) if each is not None):
        return True
    if other is not None:
        sides += [(Place(str(against), place.level_2), each, parts) for each in other.with_complement for parts in each.rests_on]
    no_group = results.populations.get((MISSING_LEVEL, estimate.key.number)) if estimate.contrast == MINUS_OTHERS else None
    if no_group is not None:  # all others are everyone without the group and without them
        sides += [(Place(MISSING_LEVEL, place.level_2), no_group, parts) for parts in no_group.rests_on]
    if any(reading.has_changed(whose, where, parts) for where, whose, parts in sides):
        return True
    rests_on_withheld = any(isinstance(reading.count(whose, where, parts), Withheld) for where, whose, parts in sides)
    return rests_on_withheld and not _stands_alone(estimate, people, results, policy)


def _gives_no_group(estimate: Estimate, results: Results, reading: Visible) -> bool:
    """Whether how many all named groups have, who are tested together, gives back how many everyone or no group has: with it, one gives the other."""
    people = results.populations[estimate.level, estimate.key]
    if estimate.level != ALL or any(level != ALL and key == estimate.key for level, key in results.populations):
        return False  # said of groups too: each has its own
    beside = {
        level: each
        for (level, _), each in results.populations.items()
        if level in (ALL, MISSING_LEVEL) and each.base == people.base and each.family != people.family
    }
    return MISSING_LEVEL in beside and any(
        isinstance(reading.count(each, Place(level, estimate.level_2), parts), Withheld)
        for level, each in beside.items()
        for parts in (each.base, each.missing, each.excluded_parts)
        if parts
    )


def _values_of(estimate: Estimate) -> dict[str, Any]:
    return dict(zip(_FIELDS, _VALUES(estimate), strict=True))


def _stands_alone(estimate: Estimate, people: Population, results: Results, policy: Policy) -> bool:
    """Whether a number may be shown without its counts; a difference of rounded shares gives back either side where the other is known."""
    definition, threshold = results.definition.estimand(estimate.estimand), policy.threshold
    if not says_no_number(definition, people, threshold):
        return False
    return people.hits is None or all(says_no_number(definition, side, threshold) for side in compared_with(estimate, results))


def _withheld(estimate: Estimate) -> ReleasedEstimate:
    """An estimate of which nothing may be seen."""
    values = _values_of(estimate)
    counts = {name: None if values[name] is None else SUPPRESSED for name in ("n", "k", "n_at_risk", "n_missing", "excluded")}
    return ReleasedEstimate(**values | dict.fromkeys(NUMBERS, SUPPRESSED) | counts | {"word": "", "flag": _SUPPRESSED})


def _without_what_rests_on_withheld(
    definition: Definition, estimates: Sequence[ReleasedEstimate], policy: Policy
) -> tuple[ReleasedEstimate, ...]:
    """Withhold a value and its limits, but not its word, that would give back a number it rests on, after all was judged by itself."""
    bare = _without_values(definition, {each.estimand for each in estimates if not each.shown and not each.adjustment}, policy)
    return tuple(_without_numbers(estimate) if estimate.estimand in bare and estimate.shown else estimate for estimate in estimates)


def _without_values(definition: Definition, hidden: AbstractSet[str], policy: Policy) -> set[str]:
    """Estimands that show no value where some of these are withheld.

    They are what rests on them, those of which only the word is shown, and, where counts are rounded, a difference of two shares of one
    group: it is of the exact counts, and would say more of them than the rounded ones beside it.
    """

    def is_bare(estimand: EstimandDefinition) -> bool:
        exact = policy.base > 0 and estimand.unit == UNITS["share"].difference and not estimand.judges
        return exact or bool(hidden & set(estimand.rests_on)) or bool(estimand.word_only and policy.threshold)

    return {estimand.name for estimand in definition.estimands if is_bare(estimand)}


def _without_numbers(estimate: ReleasedEstimate) -> ReleasedEstimate:
    """The same, of which no number may be seen; what it never had it still has not."""
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    had = [name for name in NUMBERS if name == "value" or isinstance(values[name], Withheld) or not math.isnan(values[name])]
    return ReleasedEstimate(**values | dict.fromkeys(had, SUPPRESSED) | {"flag": _SUPPRESSED})


def _at_risk(estimate: Estimate, people: Population, reading: Visible) -> Count | None:
    """Episodes followed to the day."""
    if estimate.n_at_risk is None or people.at_risk is None:
        return None
    if isinstance(reading.count(people, estimate.place, people.base), Withheld):
        return SUPPRESSED
    return reading.count(people.at_risk, estimate.place, people.at_risk.hits)


def _with_followed_as_beside(slices: Sequence[Released]) -> list[Released]:
    """The tables under curves with the numbers followed that stand beside the estimates of the same day; without any, where none stands there.

    Under a curve whose days no estimate is of, a number of a sum of groups is withheld wherever one of them has too few.
    """
    few: set[tuple[Place, int]] = set()
    for part in slices:
        for level, curve in part.curves.items():
            few |= {(Place(level, part.level_2), day) for day, n in zip(curve.ticks, curve.at_risk, strict=True) if isinstance(n, Withheld)}

    def kept(part: Released, level: str, day: int, n: Count) -> Count:
        beside = [each.n_at_risk for each in part.estimates if each.level == level and each.time == day and each.n_at_risk is not None]
        if beside:
            return SUPPRESSED if any(isinstance(each, Withheld) for each in beside) else n
        gives = any(when == day and Place(level, part.level_2).includes(group) for group, when in few)
        return SUPPRESSED if gives else n

    def kept_curve(part: Released, level: str, curve: ReleasedCurve) -> ReleasedCurve:
        return replace(curve, at_risk=tuple(kept(part, level, day, n) for day, n in zip(curve.ticks, curve.at_risk, strict=True)))

    return [
        replace(part, door=DOOR, curves={level: kept_curve(part, level, curve) for level, curve in part.curves.items()}) for part in slices
    ]


def _released_flow(key: Key, results: Results, reading: Visible) -> ReleasedFlow:
    people, everyone = results.populations[ALL, key], Place(ALL, results.level_2)
    words = results.definition.parts
    excluded = {
        words.get(part, part): reading.count(people, everyone, frozenset({part})) for part in people.parts if part not in people.base
    }
    rows_in, used = (reading.count(people, everyone, parts) for parts in (frozenset(people.parts), people.base))
    return ReleasedFlow(str(key), rows_in, used, excluded)
