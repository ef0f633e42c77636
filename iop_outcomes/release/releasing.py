"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

from iop_outcomes.columns import COUNTED, KINDS
from iop_outcomes.errors import UsageError
from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, Flag, Key, Place, flags
from iop_outcomes.release.audit import Audited, audited
from iop_outcomes.release.coarsening import coarsened_together, says_no_number
from iop_outcomes.release.curves import release_curve
from iop_outcomes.release.differences import guarded_by
from iop_outcomes.release.equations import RoundedValue
from iop_outcomes.release.following import following
from iop_outcomes.release.ledger import Output, first_outputs, kept_ledger, open_ledger, output_of
from iop_outcomes.release.lines import release_lines
from iop_outcomes.release.policy import DEFAULT_POLICY, Policy, policy_for
from iop_outcomes.release.precision import as_printed
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.protect import Parts, Printed, Tabulation, is_safe, protect
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
from iop_outcomes.release.rounding import Rounding, compared_with
from iop_outcomes.release.standards import may_be_shown, release_left_out
from iop_outcomes.results import Definition, Estimate, Flow, Results
from iop_outcomes.stats.draft import Population

_SUPPRESSED = flags(Flag.SUPPRESSED)
_FIELDS = tuple(field.name for field in fields(ReleasedEstimate))
_VALUES = attrgetter(*_FIELDS)


def release(results: Results, policy: str = DEFAULT_POLICY, *, ledger: str | Path | None = None) -> Released:
    """Withhold small counts and everything that would give them back.

    Parameters
    ----------
    results : Results
        Working numbers.
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Name of the policy; "none" only for data of class synthetic or public.
    ledger : path, optional
        As for `release_set`; that of `keep_ledger` where none is named.

    Returns
    -------
    Released

    Raises
    ------
    UsageError
        When the policy does not exist or the class of the data does not allow it.
    """
    return release_set([results], policy, ledger=ledger or kept_ledger())[0]


def release_set(
    results: Sequence[Results],
    policy: str = DEFAULT_POLICY,
    *,
    ledger: str | Path | None = None,
    earlier: int | None = None,
    few: Collection[str] = (),
    follow: Collection[int] = (),
) -> tuple[Released, ...]:
    """Release results that are shown on one page: what one of them would give back of another is withheld too.

    A total that several results print of one level, or of everyone, is withheld in all or in none. Totals by one column are protected
    together; of different columns, what is shown of everyone is known under each, and nothing withheld follows from all of
    them together. By two columns, the totals of pairs, of each level of either and of everyone are protected together.

    Parameters
    ----------
    results : sequence of Results
        Working numbers of the same data by any columns, the most wanted first; those by one column have the same levels. Results by
        two columns are released by themselves, or with others by the same two.
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Name of the policy; "none" only for data of class synthetic or public.
    ledger : path, optional
        File of the outputs made before: what would give a small difference from one of them is withheld, and this one is added. Policies
        that withhold nothing leave it alone.
    earlier : int, optional
        Compare with so many of the first outputs of the ledger alone, and add nothing: to make an output again.
    few : collection of str
        Parts of which the page says elsewhere that they hold fewer episodes than may be shown: what follows from that is withheld too.
    follow : collection of int
        Places of results that have no say in what is withheld, and of which numbers of everyone alone are shown, where all they rest on is:
        see `following`. Policies that round counts, or withhold none, take them as all others.

    Returns
    -------
    tuple of Released
        In the order given.

    Raises
    ------
    UsageError
        When the policy does not exist, the class of the data does not allow it, some results rest on every episode and others only on
        those with a group, or results by two columns stand beside others.
    """
    if not results:
        return ()
    _refuse_other_columns(results)
    provenance = results[0].provenance
    chosen = policy_for(policy, provenance.data_class).within(provenance.part2_tracks)
    results = [_shown_population(each, chosen) for each in results]
    _refuse_two_populations(results)
    if follow and chosen.threshold and not chosen.base:
        leading = [each for place, each in enumerate(results) if place not in follow]
        forms, page = _shown_on_page(leading, policy=chosen, ledger=ledger, earlier=earlier, few=frozenset(few))
        rest = iter(page)
        return tuple(following(each, forms, page, chosen) if place in follow else next(rest) for place, each in enumerate(results))
    return _shown_on_page(results, policy=chosen, ledger=ledger, earlier=earlier, few=frozenset(few))[1]


_Shown = tuple[Sequence[Results], tuple[Released, ...]]  # results in the forms that are shown, and what is shown of them


def _shown_on_page(results: Sequence[Results], *, policy: Policy, ledger: str | Path | None, earlier: int | None, few: Parts) -> _Shown:
    """Release results by a policy, compared with the outputs of a ledger where there is one."""
    if not results:
        return (), ()
    if ledger is None or not policy.threshold:
        return _released(results, policy, (), few)
    if earlier is not None:
        forms, released = _released(results, policy, first_outputs(ledger, earlier), few)
        return forms, _compared(released, earlier)
    with open_ledger(ledger) as outputs:
        forms, released = _released(results, policy, outputs.outputs, few)
        outputs.add(output_of(forms, released, policy.name))
    return forms, _compared(released, len(outputs.outputs))


def _compared(released: Sequence[Released], several: int) -> tuple[Released, ...]:
    return tuple(replace(each, door=DOOR, compared=several) for each in released)


def _released(results: Sequence[Results], policy: Policy, earlier: Sequence[Output], few: Parts) -> _Shown:
    if policy.base:
        return results, _released_rounded(results, policy, few)
    protecting = _Protecting(policy, earlier, few)
    forms = coarsened_together(results, policy, protecting.shown)
    return forms, protecting.released(forms)


@dataclass(frozen=True, slots=True)
class _Protected:
    """Results as tables, and which of their totals may be printed as far as totals give one another back."""

    page: Tabulations
    tables: tuple[Tabulation, ...]
    seen: tuple[frozenset[Printed], ...]

    def is_of(self, results: Sequence[Results]) -> bool:
        """Whether it is of these very results."""
        return all(one is other for one, other in zip(self.page.results, results, strict=True))


class _Protecting:
    """Protects one page in several forms; the last step, the audit, is taken of the form that is shown."""

    def __init__(self, policy: Policy, earlier: Sequence[Output], few: Parts) -> None:
        self._policy, self._earlier, self._few = policy, earlier, few
        self._pages: list[_Protected] = []

    def shown(self, results: Sequence[Results]) -> list[list[bool]]:
        """Of some forms that are released together, which values would be seen before the audit."""
        protected = self._protected(results)
        views = [
            _View(protected.page, number, protected.seen[protected.page.column(number)], frozenset(), self._policy)
            for number in range(len(results))
        ]
        return [list(_shown(each, view, self._policy)) for each, view in zip(results, views, strict=True)]

    def released(self, results: Sequence[Results]) -> tuple[Released, ...]:
        """What may be shown of these forms once what is withheld is bounded too."""
        protected, threshold = self._protected(results), self._policy.threshold
        if threshold <= 1:
            return _released_page(protected.page, Audited(protected.seen), self._policy)
        ratios, few = protected.page.ratios(protected.seen, threshold), protected.page.few(self._few, threshold)
        known = replace(protected.page.known, ratios=ratios, few=few, threshold=threshold)
        needs = protected.page.needs(ratios.keys(), threshold)
        return _released_page(
            protected.page, audited(protected.tables, known, protected.seen, protected.page.guarded, needs, threshold), self._policy
        )

    def _protected(self, results: Sequence[Results]) -> _Protected:
        before = next((each for each in self._pages if each.is_of(results)), None)
        if before is not None:
            return before
        policy, page = self._policy, Tabulations(results, crossed=self._policy.crossed)
        tables = page.tables
        if self._earlier:
            guarded = guarded_by(results, page, self._earlier, policy.threshold, crossed=policy.crossed)
            tables = tuple(replace(table, guarded=each) for table, each in zip(tables, guarded, strict=True))
        self._pages.append(_Protected(page, tables, protect(tables, policy.threshold, policy.smallest)))
        return self._pages[-1]


def _released_rounded(results: Sequence[Results], policy: Policy, few: Parts) -> tuple[Released, ...]:
    """What may be shown of a page whose counts are rounded, once they do not narrow one another below what rounding leaves."""
    page, rounding = Tabulations(results, crossed=policy.crossed), Rounding(policy)
    tables = page.tables
    seen = [rounding.seen(table) for table in tables]
    means = page.means(seen)
    known = replace(
        page.known,
        ratios=means,
        few=page.few(few, policy.fewest),
        threshold=policy.fewest,
        limits=policy.limits,
        smallest=policy.smallest,
    )
    ways = rounding.ways if policy.threshold <= 1 else None
    shown = audited(tables, known, seen, page.guarded, page.needs(means.keys(), policy.fewest), policy.fewest, ways)
    return _released_page(page, shown, policy)


def _released_page(page: Tabulations, shown: Audited, policy: Policy) -> tuple[Released, ...]:
    return tuple(
        replace(
            _released_results(each, _view(page, number, shown, policy), policy),
            door=DOOR,
            audited=shown.extent,
        )
        for number, each in enumerate(page.results)
    )


def _refuse_other_columns(results: Sequence[Results]) -> None:
    """A margin of two columns beside the same levels under another column would be counted twice, and protected in neither."""
    several = {(each.group, each.group_2) for each in results}
    if len(several) > 1 and any(second for _, second in several):
        columns = " and ".join(dict.fromkeys(f'"{first}" x "{second}"' if second else f'"{first}"' for first, second in several))
        raise UsageError(
            f"release_set: results by two columns are released with results by the same two alone, and these are by {columns}. Release each "
            "kind by itself, or evaluate all of them by the same two (by=)."
        )


def _shown_population(results: Results, policy: Policy) -> Results:
    """The results without the episodes that have no group, where these are too few to show: everyone then means everyone else.

    Of two columns, each is looked at by itself; the first once more, because those that left with the second may have had no first.
    """
    for column in (results.group, results.group_2, results.group):
        if results.among_grouped is not None and not is_safe(results.ungrouped.get(column, 0), policy.fewest):
            results = results.among_grouped(column)
    return results


def _refuse_two_populations(results: Sequence[Results]) -> None:
    """Everyone with a group beside everyone would say how few have none."""
    totals = {sum(people.parts.values()) for each in results for (level, _), people in each.populations.items() if level == ALL}
    if len(totals) > 1 and any(each.only_grouped for each in results):
        columns = " and ".join(
            dict.fromkeys(f'"{column}"' for each in results if each.only_grouped for column in (each.group, each.group_2) if column)
        )
        raise UsageError(
            f"release_set: too few episodes have no value of {columns} to be shown, and only some of the results leave them out. "
            "Evaluate every one without them (grouped=)."
        )


def release_flow(flow: Flow, policy: Policy) -> ReleasedFlow:
    """Release the flow of a table, whose used rows are printed elsewhere too: if a reason is small, the rows in go with it.

    Of rows of which a person has many, no number is shown where counts are withheld: it would not say how few people they are of.
    """
    if policy.threshold and flow.what in KINDS and KINDS[flow.what].many:
        return ReleasedFlow(flow.what, SUPPRESSED, SUPPRESSED, {reason: SUPPRESSED if n else 0 for reason, n in flow.excluded.items()})
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


class _Visible(Protocol):
    """What may be seen of some results."""

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """Numbers of an estimate that is shown, where they are not its own."""

    def hides(self, estimate: Estimate) -> bool:
        """Whether a rounded value would give back what is withheld, or the value that it is a difference from."""


def _view(page: Tabulations, number: int, shown: Audited, policy: Policy) -> _View:
    kind = _RoundedView if policy.base else _View
    return kind(page, number, shown.seen[page.column(number)], shown.hidden, policy)


@dataclass(frozen=True, slots=True)
class _View:
    """What may be seen of the results with one number of a page whose counts are exact."""

    page: Tabulations
    number: int
    seen: frozenset[Printed]
    hidden: AbstractSet[RoundedValue]
    policy: Policy

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""
        cells = self.page.cells(self.number, people.family, parts)
        return people.count(parts or frozenset()) if not cells or (place, cells) in self.seen else SUPPRESSED

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """None: every number that is shown is exact."""
        del estimate, results
        return {}

    def hides(self, estimate: Estimate) -> bool:
        """Whether a rounded value would give back what is withheld, or the value that it is a difference from."""
        if not self.hidden:
            return False
        against = {MINUS_OTHERS: ALL, MINUS_LEVEL: estimate.versus}.get(estimate.contrast, estimate.level)
        places = (estimate.place, estimate.place._replace(level=str(against)))
        return any(RoundedValue(self.number, place, estimate.key.number.unadjusted) in self.hidden for place in places)


@dataclass(frozen=True, slots=True)
class _RoundedView(_View):
    """What may be seen of the results with one number of a page whose counts are rounded."""

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts, rounded, or that their number is withheld."""
        cells = self.page.cells(self.number, people.family, parts)
        return Rounding(self.policy).count(people, place, parts) if not cells or (place, cells) in self.seen else SUPPRESSED

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """A share from its rounded counts; other numbers are their own."""
        return Rounding(self.policy).values(estimate, results)


def _released_results(results: Results, reading: _Visible, policy: Policy) -> Released:
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


def _released_slice(part: Results, reading: _Visible, policy: Policy, levels_2: tuple[str, ...]) -> Released:
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


def _released_estimate(estimate: Estimate, results: Results, reading: _Visible, policy: Policy) -> ReleasedEstimate:
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
    if estimate.adjustment and policy.threshold > 1:  # three digits more than the value has, of counts that are not printed
        values |= {"p": math.nan, "p_adjusted": math.nan}
    if _is_withheld(estimate, people, results, reading, policy):
        values |= dict.fromkeys(NUMBERS, SUPPRESSED)
        # Other flags go: "one episode" would say how many.
        values |= {"k": None if k is None else SUPPRESSED, "word": "", "flag": _SUPPRESSED}
    else:
        values |= reading.values(estimate, results)
    return ReleasedEstimate(**as_printed(values) if policy.threshold else values)


def _shown(results: Results, reading: _Visible, policy: Policy) -> Iterator[bool]:
    """Whether the value of each estimate would be shown, in order: a fraction of the work of releasing it."""
    for part in results.slices:
        shown = [not _is_withheld(each, part.populations[each.level, each.key], part, reading, policy) for each in part]
        hidden = {each.estimand for each, is_shown in zip(part, shown, strict=True) if not is_shown and not each.adjustment}
        bare = _without_values(part.definition, hidden, policy)
        yield from (is_shown and each.estimand not in bare for each, is_shown in zip(part, shown, strict=True))


def _is_withheld(estimate: Estimate, people: Population, results: Results, reading: _Visible, policy: Policy) -> bool:
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
    if other is not None:
        sides += [(Place(str(against), place.level_2), other, parts) for parts in other.rests_on]
    rests_on_withheld = any(isinstance(reading.count(whose, where, parts), Withheld) for where, whose, parts in sides)
    return rests_on_withheld and not _stands_alone(estimate, people, results, policy)


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
    """Estimands that show no value where some of these are withheld: what rests on them, and those of which only the word is shown."""
    return {
        estimand.name for estimand in definition.estimands if hidden & set(estimand.rests_on) or (estimand.word_only and policy.threshold)
    }


def _without_numbers(estimate: ReleasedEstimate) -> ReleasedEstimate:
    """The same, of which no number may be seen; what it never had it still has not."""
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    had = [name for name in NUMBERS if name == "value" or isinstance(values[name], Withheld) or not math.isnan(values[name])]
    return ReleasedEstimate(**values | dict.fromkeys(had, SUPPRESSED) | {"flag": _SUPPRESSED})


def _at_risk(estimate: Estimate, people: Population, reading: _Visible) -> Count | None:
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


def _released_flow(key: Key, results: Results, reading: _Visible) -> ReleasedFlow:
    people, everyone = results.populations[ALL, key], Place(ALL, results.level_2)
    words = results.definition.parts
    excluded = {
        words.get(part, part): reading.count(people, everyone, frozenset({part})) for part in people.parts if part not in people.base
    }
    rows_in, used = (reading.count(people, everyone, parts) for parts in (frozenset(people.parts), people.base))
    return ReleasedFlow(str(key), rows_in, used, excluded)
