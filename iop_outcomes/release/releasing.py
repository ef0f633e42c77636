"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Protocol

from iop_outcomes.columns import COUNTED
from iop_outcomes.errors import UsageError
from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, MISSING_LEVEL, Flag, Key, flags
from iop_outcomes.release.coarsening import coarsened_together, says_no_number
from iop_outcomes.release.policy import DEFAULT_POLICY, Policy, policy_for
from iop_outcomes.release.printed import Tabulations
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
from iop_outcomes.release.rounding import Rounding
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
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Name of the policy; "none" only for data of class synthetic or public.

    Returns
    -------
    Released

    Raises
    ------
    UsageError
        When the policy does not exist or the class of the data does not allow it.
    """
    return release_set([results], policy)[0]


def release_set(results: Sequence[Results], policy: str = DEFAULT_POLICY) -> tuple[Released, ...]:
    """Release results that are shown on one page: what one of them would give back of another is withheld too.

    A total that several results print of one level, or of everyone, is withheld in all or in none. Totals by one column are protected
    together; of different columns, what is shown of everyone is known under each, and nothing withheld follows from all of
    them together.

    Parameters
    ----------
    results : sequence of Results
        Working numbers of the same data by any columns, the most wanted first; those by one column have the same levels.
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Name of the policy; "none" only for data of class synthetic or public.

    Returns
    -------
    tuple of Released
        In the order given.

    Raises
    ------
    UsageError
        When the policy does not exist, the class of the data does not allow it, or some results rest on every episode and others
        only on those with a group.
    """
    if not results:
        return ()
    provenance = results[0].provenance
    chosen = policy_for(policy, provenance.data_class).within(provenance.part2_tracks)
    results = [_shown_population(each, chosen) for each in results]
    _refuse_two_populations(results)
    if chosen.base:
        return tuple(_released_results(each, Rounding(chosen), chosen) for each in results)
    return coarsened_together(results, chosen, partial(_protected, policy=chosen))


def _protected(results: Sequence[Results], *, policy: Policy) -> tuple[Released, ...]:
    page = Tabulations(results)
    seen = protect(page.tables, policy.threshold, policy.smallest)
    return tuple(_released_results(each, _View(page, place, seen[page.column(place)]), policy) for place, each in enumerate(results))


def _shown_population(results: Results, policy: Policy) -> Results:
    """The results without the episodes that have no group, where these are too few to show: everyone then means everyone else."""
    if results.among_grouped is None:
        return results
    ungrouped = next(sum(people.parts.values()) for (level, _), people in results.populations.items() if level == MISSING_LEVEL)
    return results if is_safe(ungrouped, policy.fewest) else results.among_grouped()


def _refuse_two_populations(results: Sequence[Results]) -> None:
    """Everyone with a group beside everyone would say how few have none."""
    totals = {sum(people.parts.values()) for each in results for (level, _), people in each.populations.items() if level == ALL}
    if len(totals) > 1 and any(each.only_grouped for each in results):
        columns = " and ".join(dict.fromkeys(f'"{each.group}"' for each in results if each.only_grouped))
        raise UsageError(
            f"release_set: too few episodes have no value of {columns} to be shown, and only some of the results leave them out. "
            "Evaluate every one without them (grouped=)."
        )


def release_flow(flow: Flow, policy: Policy) -> ReleasedFlow:
    """Release the flow of a table, whose used rows are printed elsewhere too: if a reason is small, the rows in go with it."""
    if policy.base:
        rounding = Rounding(policy)
        counts = {reason: rounding.printed(n) for reason, n in flow.excluded.items()}
        return ReleasedFlow(flow.what, rounding.printed(flow.rows_in), rounding.printed(flow.used), counts)
    excluded: dict[str, Count] = {reason: n if is_safe(n, policy.threshold) else SUPPRESSED for reason, n in flow.excluded.items()}
    hidden = [n for reason, n in flow.excluded.items() if excluded[reason] is SUPPRESSED]
    recoverable = bool(hidden) and (len(hidden) == 1 or not is_safe(sum(hidden), policy.threshold))
    return ReleasedFlow(flow.what, SUPPRESSED if recoverable else flow.rows_in, flow.used, excluded)


def release_flows(flows: Sequence[Flow], page: Sequence[Released]) -> tuple[ReleasedFlow, ...]:
    """Release the flows of the tables of data beside a page: episodes used are those that every total of the page counts.

    Parameters
    ----------
    flows : sequence of Flow
        Of the tables, as the data bring them.
    page : sequence of Released
        Everything that is shown with them, released together.

    Returns
    -------
    tuple of ReleasedFlow
        In the order given. Where the page withholds how many episodes there are in all, or leaves out those without a group,
        neither the rows in of the episodes nor those used are shown.
    """
    if not page:
        return ()
    policy = page[0].policy
    hidden = any(isinstance(flow.rows_in, Withheld) or released.only_grouped for released in page for flow in released.flow)
    released = [release_flow(flow, policy) for flow in flows]
    return tuple(
        replace(flow, rows_in=SUPPRESSED, used=SUPPRESSED) if hidden and policy.threshold and flow.what == COUNTED else flow
        for flow in released
    )


def release_curve(curve: Curve, policy: Policy) -> ReleasedCurve:
    """Round a curve and stop it where fewer than the smallest group are followed; withhold or round small numbers at risk."""
    enough = (curve.followed >= max(policy.fewest, 1)) & (curve.incidence == curve.incidence)
    length = len(enough) if enough.all() else int(enough.argmin())
    shares = curve.incidence[:length]
    drawn = [round(float(share), 2) if policy.threshold else float(share) for share in shares]
    at_risk = [policy.rounded(n) if is_safe(n, policy.threshold) else SUPPRESSED for n in curve.at_risk.tolist()]
    return ReleasedCurve(tuple(curve.days[:length].tolist()), tuple(drawn), tuple(curve.ticks.tolist()), tuple(at_risk))


class _Visible(Protocol):
    """What may be seen of some results."""

    def count(self, people: Population, level: str, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """Numbers of an estimate that is shown, where they are not its own."""


@dataclass(frozen=True, slots=True)
class _View:
    """What may be seen of the results at one place of a page whose counts are exact."""

    page: Tabulations
    place: int
    seen: frozenset[Printed]

    def count(self, people: Population, level: str, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""
        cells = self.page.cells(self.place, people.family, parts)
        return people.count(parts or frozenset()) if not cells or (level, cells) in self.seen else SUPPRESSED

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """None: every number that is shown is exact."""
        del estimate, results
        return {}


def _released_results(results: Results, reading: _Visible, policy: Policy) -> Released:
    estimates = _without_what_rests_on_withheld(
        results.definition, [_released(estimate, results, reading, policy) for estimate in results], policy
    )
    return Released(
        DOOR,
        definition=results.definition,
        group=results.group,
        estimates=estimates,
        flow=tuple(_released_flow(key, results, reading) for level, key in results.populations if level == ALL and not key.contrast),
        policy=policy,
        provenance=results.provenance,
        curves={level: release_curve(curve, policy) for level, curve in results.curves.items() if _has_table(level, estimates)},
        only_grouped=results.only_grouped,
    )


def _has_table(level: str, estimates: Sequence[ReleasedEstimate]) -> bool:
    """Whether the numbers that stand beside the curve of a level are shown: all it rests on, and any of its values."""
    beside = [each for each in estimates if each.level == level and each.n_at_risk is not None and not each.contrast]
    return not beside or (any(each.shown for each in beside) and not any(isinstance(each.n, Withheld) for each in beside))


def _released(estimate: Estimate, results: Results, reading: _Visible, policy: Policy) -> ReleasedEstimate:
    people = results.populations[estimate.level, estimate.key]
    n, missing, excluded = (reading.count(people, estimate.level, parts) for parts in (people.base, people.missing, people.excluded_parts))
    k = None if estimate.k is None else reading.count(people, estimate.level, people.hits)
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    values |= {"n": n, "k": k, "n_missing": missing, "excluded": excluded, "n_at_risk": _at_risk(estimate, n, policy)}
    # A difference from the others rests on everyone's counts too, one from another level on that level's.
    against = {MINUS_OTHERS: ALL, MINUS_LEVEL: estimate.versus}.get(estimate.contrast)
    other = results.populations.get((against, estimate.key.number)) if against is not None else None
    beside = [] if other is None else [reading.count(other, str(against), parts) for parts in (other.base, other.hits) if parts is not None]
    crossed = bool(estimate.group_2) and ALL not in (estimate.level, estimate.level_2)
    alone = says_no_number(results.definition.estimand(estimate.estimand), people, policy.threshold)
    withheld = not alone and any(isinstance(number, Withheld) for number in (n, k, *beside))
    if withheld or (crossed and not policy.crossed):
        values |= dict.fromkeys(NUMBERS, SUPPRESSED)
        # Other flags go: "one episode" would say how many.
        values |= {"k": None if k is None else SUPPRESSED, "word": "", "flag": _SUPPRESSED}
        values |= {"n": SUPPRESSED} if crossed and not policy.crossed else {}
    else:
        values |= reading.values(estimate, results)
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


def _at_risk(estimate: Estimate, n: Count, policy: Policy) -> Count | None:
    """Episodes followed to the day, unless they or those gone before it are too few."""
    left = estimate.n_at_risk
    if left is None or isinstance(n, Withheld):
        return None if left is None else SUPPRESSED
    is_shown = is_safe(left, policy.threshold) and (policy.base or is_safe(n - left, policy.threshold))
    return policy.rounded(left) if is_shown else SUPPRESSED


def _released_flow(key: Key, results: Results, reading: _Visible) -> ReleasedFlow:
    people = results.populations[ALL, key]
    words = results.definition.parts
    excluded = {words.get(part, part): reading.count(people, ALL, frozenset({part})) for part in people.parts if part not in people.base}
    return ReleasedFlow(str(key), reading.count(people, ALL, frozenset(people.parts)), reading.count(people, ALL, people.base), excluded)
