"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from iop_outcomes.errors import UsageError
from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, Flag, Key, Place, flags
from iop_outcomes.release.policy import DEFAULT_POLICY, Policy, policy_for
from iop_outcomes.release.printed import Page
from iop_outcomes.release.protect import Parts, Printed, is_safe, protect
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
from iop_outcomes.results import Definition, Estimate, Flow, Results
from iop_outcomes.stats.curves import Curve
from iop_outcomes.stats.draft import Population

_SUPPRESSED = flags(Flag.SUPPRESSED)


def release(results: Results, policy: str = DEFAULT_POLICY) -> Released:
    """Withhold small counts and everything that would give them back.

    Parameters
    ----------
    results : Results
        Working numbers.
    policy : {"cms11", "internal", "none"}
        Name of the policy; "none" only for data of class synthetic or public.

    Returns
    -------
    Released

    Raises
    ------
    UsageError
        When the policy does not exist or the class of the data does not allow it.
    """
    return release_together([results], policy)[0]


def release_together(results: Sequence[Results], policy: str = DEFAULT_POLICY) -> tuple[Released, ...]:
    """Release results that are shown on one page: what one of them would give back of another is withheld too.

    Parameters
    ----------
    results : sequence of Results
        Working numbers of the same data by the same columns, the most wanted first.
    policy : {"cms11", "internal", "none"}
        Name of the policy; "none" only for data of class synthetic or public.

    Returns
    -------
    tuple of Released
        In the order given.

    Raises
    ------
    UsageError
        When the policy does not exist, the class of the data does not allow it, or the results differ in their levels.
    """
    if not results:
        return ()
    chosen = policy_for(policy, results[0].provenance.data_class)
    results = [_shown_population(each, chosen) for each in results]
    if len({(each.group, each.group_2, each.places) for each in results}) > 1:
        raise UsageError("release_together: the results are grouped by different columns. Release what shares its columns together.")
    page = Page(results)
    seen = protect(page.counts, page.printed(), chosen.threshold, page.ways, page.sums)
    return tuple(_released_results(each, _View(page, number, seen, chosen.threshold), chosen) for number, each in enumerate(results))


def _shown_population(results: Results, policy: Policy) -> Results:
    """The results without the episodes that have no group, where these are too few to show: everyone then means everyone else.

    Of two columns, each is looked at by itself; the first once more, because those that left with the second may have had no first.
    """
    for column in (results.group, results.group_2, results.group):
        if results.among_grouped is not None and not is_safe(results.ungrouped.get(column, 0), policy.threshold):
            results = results.among_grouped(column)
    return results


def release_flow(flow: Flow, policy: Policy) -> ReleasedFlow:
    """Release the flow of a table, whose used rows are printed elsewhere too: if a reason is small, the rows in go with it."""
    excluded: dict[str, Count] = {reason: n if is_safe(n, policy.threshold) else SUPPRESSED for reason, n in flow.excluded.items()}
    hidden = [n for reason, n in flow.excluded.items() if excluded[reason] is SUPPRESSED]
    recoverable = bool(hidden) and (len(hidden) == 1 or not is_safe(sum(hidden), policy.threshold))
    return ReleasedFlow(flow.what, SUPPRESSED if recoverable else flow.rows_in, flow.used, excluded)


def release_curve(curve: Curve, policy: Policy) -> ReleasedCurve:
    """Round a curve and stop it where fewer than the threshold are followed; withhold small numbers at risk."""
    enough = (curve.followed >= max(policy.threshold, 1)) & (curve.incidence == curve.incidence)
    length = len(enough) if enough.all() else int(enough.argmin())
    shares = curve.incidence[:length]
    drawn = [round(float(share), 2) if policy.threshold else float(share) for share in shares]
    at_risk = [n if is_safe(n, policy.threshold) else SUPPRESSED for n in curve.at_risk.tolist()]
    return ReleasedCurve(tuple(curve.days[:length].tolist()), tuple(drawn), tuple(curve.ticks.tolist()), tuple(at_risk))


@dataclass(frozen=True, slots=True)
class _View:
    """What may be seen of the results with one number of a page."""

    page: Page
    number: int
    seen: frozenset[Printed]
    threshold: int

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""
        cells = self.page.cells(self.number, people.family, parts)
        return people.count(parts or frozenset()) if not cells or (place, cells) in self.seen else SUPPRESSED


def _released_results(results: Results, reading: _View, policy: Policy) -> Released:
    levels_2 = tuple(part.level_2 for part in results.slices)
    slices = [_released_slice(part, reading, policy, levels_2) for part in results.slices]
    everyone, *within = _without_followed_by_subtraction(results, slices, policy.threshold) if len(slices) > 1 else slices
    keys = [key for level, key in results.populations if level == ALL and not key.contrast]
    return replace(
        everyone,
        door=DOOR,
        flow=tuple(_released_flow(key, results, reading) for key in keys),
        within={part.level_2: part for part in within},
    )


def _released_slice(part: Results, reading: _View, policy: Policy, levels_2: tuple[str, ...]) -> Released:
    """What one level of the second column shows, or the only one; the flow is said of everyone alone."""
    return Released(
        DOOR,
        definition=part.definition,
        group=part.group,
        estimates=_without_what_rests_on_withheld(
            part.definition,
            [_released(estimate, part.populations[estimate.level, estimate.key], reading) for estimate in part.estimates],
            policy,
        ),
        flow=(),
        policy=policy,
        provenance=part.provenance,
        curves={level: release_curve(curve, policy) for level, curve in part.curves.items()},
        only_grouped=part.only_grouped,
        group_2=part.group_2,
        level_2=part.level_2,
        levels_2=levels_2,
    )


def _released(estimate: Estimate, people: Population, reading: _View) -> ReleasedEstimate:
    place = Place(estimate.level, estimate.level_2)
    n, missing, excluded = (reading.count(people, place, parts) for parts in (people.base, people.missing, people.excluded_parts))
    k = None if estimate.k is None else reading.count(people, place, people.hits)
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    values |= {"n": n, "k": k, "n_missing": missing, "excluded": excluded, "n_at_risk": _at_risk(estimate, n, reading.threshold)}
    # A difference from the others rests on everyone's counts too, one from another level on that level's: those of one level of a second column.
    against = {MINUS_OTHERS: ALL, MINUS_LEVEL: estimate.versus}.get(estimate.contrast)
    other = None if against is None else Place(against, estimate.level_2)
    beside = [] if other is None else [reading.count(people, other, parts) for parts in (people.base, people.hits) if parts is not None]
    if any(isinstance(number, Withheld) for number in (n, k, *beside)):
        values |= dict.fromkeys(NUMBERS, SUPPRESSED)
        # Other flags go: "one episode" would say how many.
        values |= {"k": None if k is None else SUPPRESSED, "word": "", "flag": _SUPPRESSED}
    return ReleasedEstimate(**values)


def _without_what_rests_on_withheld(
    definition: Definition, estimates: Sequence[ReleasedEstimate], policy: Policy
) -> tuple[ReleasedEstimate, ...]:
    """Withhold a value, but not its word, that would give back a number it rests on: computed first, judged whether to print afterwards."""
    hidden = {estimate.estimand for estimate in estimates if not estimate.shown}
    bare = {
        estimand.name for estimand in definition.estimands if hidden & set(estimand.rests_on) or (estimand.word_only and policy.threshold)
    }
    return tuple(
        replace(estimate, value=SUPPRESSED, flag=_SUPPRESSED) if estimate.estimand in bare and estimate.shown else estimate
        for estimate in estimates
    )


def _at_risk(estimate: Estimate, n: Count, threshold: int) -> Count | None:
    """Episodes followed to the day, unless they or those gone before it are too few."""
    left = estimate.n_at_risk
    if left is None or isinstance(n, Withheld):
        return None if left is None else SUPPRESSED
    return left if is_safe(left, threshold) and is_safe(n - left, threshold) else SUPPRESSED


def _without_followed_by_subtraction(results: Results, slices: Sequence[Released], threshold: int) -> list[Released]:
    """Withhold how many are followed in a sum of groups wherever one of them has too few, or too few gone, whom the others would give back."""
    few: dict[Key, list[Place]] = {}
    for estimate, released in zip(results, (estimate for part in slices for estimate in part.estimates), strict=True):
        left, n = estimate.n_at_risk, released.n
        if left is not None and not (is_safe(left, threshold) and (isinstance(n, Withheld) or is_safe(n - left, threshold))):
            few.setdefault(estimate.key, []).append(Place(estimate.level, estimate.level_2))

    def kept(estimate: ReleasedEstimate) -> ReleasedEstimate:
        place = Place(estimate.level, estimate.level_2)
        gives = estimate.n_at_risk is not None and any(place.includes(group) for group in few.get(estimate.key, ()))
        return replace(estimate, n_at_risk=SUPPRESSED) if gives else estimate

    return [replace(part, door=DOOR, estimates=tuple(kept(estimate) for estimate in part.estimates)) for part in slices]


def _released_flow(key: Key, results: Results, reading: _View) -> ReleasedFlow:
    people, everyone = results.populations[ALL, key], reading.page.everyone
    words = results.definition.parts
    excluded = {
        words.get(part, part): reading.count(people, everyone, frozenset({part})) for part in people.parts if part not in people.base
    }
    rows_in, used = (reading.count(people, everyone, parts) for parts in (frozenset(people.parts), people.base))
    return ReleasedFlow(str(key), rows_in, used, excluded)
