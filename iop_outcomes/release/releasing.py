"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from iop_outcomes.errors import UsageError
from iop_outcomes.keys import ALL
from iop_outcomes.release.audit import Audited, audited
from iop_outcomes.release.coarsening import coarsened_together
from iop_outcomes.release.differences import guarded_by
from iop_outcomes.release.following import following
from iop_outcomes.release.ledger import Output, first_outputs, kept_ledger, open_ledger, output_of
from iop_outcomes.release.narrower import guarded_in_wider
from iop_outcomes.release.policy import DEFAULT_POLICY, Policy, policy_for
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.protect import Parts, Printed, Tabulation, is_safe, protect
from iop_outcomes.release.released import DOOR, Released
from iop_outcomes.release.rounding import Rounding
from iop_outcomes.release.shown_before import shown_before
from iop_outcomes.release.views import View, view
from iop_outcomes.release.withholding import released_results, values_shown
from iop_outcomes.results import Results


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
    chosen = policy_for(policy, provenance.data_class, provenance.part2_tracks).within(provenance.part2_tracks)
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
    """Results as tables, which of their totals may be printed as far as totals give one another back, and which an earlier output forbids."""

    page: Tabulations
    tables: tuple[Tabulation, ...]
    seen: tuple[frozenset[Printed], ...]
    changed: tuple[frozenset[Printed], ...]

    def is_of(self, results: Sequence[Results]) -> bool:
        """Whether it is of these very results."""
        return all(one is other for one, other in zip(self.page.results, results, strict=True))


class _Protecting:
    """Protects one page in several forms; the last step, the audit, is taken of the form that is shown."""

    def __init__(self, policy: Policy, earlier: Sequence[Output], few: Parts) -> None:
        self._policy, self._earlier, self._few = policy, earlier, few
        self._pages: list[_Protected] = []

    def shown(self, results: Sequence[Results]) -> list[Iterator[bool]]:
        """Of some forms that are released together, which values would be seen before the audit: looked up when it is asked."""
        protected = self._protected(results)
        views = [
            View(
                protected.page,
                number,
                protected.seen[protected.page.column(number)],
                frozenset(),
                self._policy,
                protected.changed[protected.page.column(number)],
            )
            for number in range(len(results))
        ]
        return [values_shown(each, view, self._policy) for each, view in zip(results, views, strict=True)]

    def released(self, results: Sequence[Results]) -> tuple[Released, ...]:
        """What may be shown of these forms once what is withheld is bounded too."""
        protected, threshold = self._protected(results), self._policy.threshold
        if threshold <= 1:
            return _released_page(protected.page, Audited(protected.seen), self._policy, protected.changed)
        ratios, few = protected.page.ratios(protected.seen, threshold), protected.page.few(self._few, threshold)
        known = replace(protected.page.known, ratios=ratios, few=few, threshold=threshold)
        needs = protected.page.needs(ratios.keys(), threshold)
        shown = audited(protected.tables, known, protected.seen, protected.page.guarded, needs, threshold)
        return _released_page(protected.page, shown, self._policy, protected.changed)

    def _protected(self, results: Sequence[Results]) -> _Protected:
        before = next((each for each in self._pages if each.is_of(results)), None)
        if before is not None:
            return before
        policy = self._policy
        page = Tabulations(results, crossed=policy.crossed, before=shown_before(results, self._earlier))
        tables = page.tables
        changed = tuple(frozenset[Printed]() for _ in tables)
        if self._earlier:
            changes = guarded_by(results, page, self._earlier, policy.threshold, crossed=policy.crossed)
            wider = guarded_in_wider(results, page, self._earlier, policy.threshold)
            guarded = [one | other for one, other in zip(changes, wider, strict=True)]
            tables = tuple(replace(table, guarded=each - table.given) for table, each in zip(tables, guarded, strict=True))
            changed = tuple(frozenset(each) for each in guarded)
        self._pages.append(_Protected(page, tables, protect(tables, policy.threshold, policy.smallest), changed))
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


def _released_page(
    page: Tabulations, shown: Audited, policy: Policy, changed: Sequence[frozenset[Printed]] | None = None
) -> tuple[Released, ...]:
    return tuple(
        replace(
            released_results(each, view(page, number, shown, policy, changed[page.column(number)] if changed else frozenset()), policy),
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
