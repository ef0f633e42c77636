"""Takes results that come in several forms, gives the finest form of which enough may be seen: rare categories merged, means rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from iop_outcomes.keys import MISSING_LEVEL, Key, Place
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.protect import Parts, is_safe
from iop_outcomes.results import EstimandDefinition, Results
from iop_outcomes.stats.draft import Population
from iop_outcomes.units import half_up

ENOUGH = 4 / 5  # of the cells: no coarser form is looked at
HALF = 1 / 2  # of the groups: in which every number may be seen
FITTING = 8  # denominators, of those less than the threshold away, that must give a share whose own is withheld
WORTH = 21 / 20  # times as large a share of its cells: what a coarser form must show


@dataclass(frozen=True, slots=True)
class Choice:
    """A form of some results, and those that are coarser."""

    form: Results
    coarser: Iterator[Results]


def choose(results: Results, policy: Policy) -> Choice:
    """Choose the form of results that is released, before anything is protected.

    The forms are those of `Results.coarser`, from the finest on. Of each, the share of its cells is taken that may be seen
    in their group: a cell is a number or a contrast of a group that is large enough to be shown, and everyone's are counted
    only where there is no such group; of two columns the groups are the pairs and each level of either. A coarser form replaces a finer one when that share is more than `WORTH` times as large.
    The first form is final of which `ENOUGH` of the cells may be seen, something of every group, and every number in `HALF`
    of the groups.

    A cell may be seen when its denominator may, its numerator and what else its value gives away, or when it `says_no_number`. Denominators with the missing,
    then denominators and numerators, in the order of the results, may be seen one after the other: each when it holds nobody or
    at least the threshold, and so does what is left of it, or of one seen before that holds it, without the ones they hold.

    Parameters
    ----------
    results : Results
        In their finest form.
    policy : Policy
        Whose threshold decides what may be seen.

    Returns
    -------
    Choice
        One of the forms, those given where the policy withholds nothing or there is no other; and those after it.

    Notes
    -----
    The choice depends on these results alone, and on nothing but how many of their cells would be withheld: it tells that a
    finer form would have withheld more, and of no cell how many it holds. What follows from several groups and everyone, or
    from other results, is left to `protect`.
    """
    if results.coarser is None or not policy.threshold:
        return Choice(results, iter(()))
    best, most, later, forms = results, -1.0, [], _forms(results)
    for form in forms:
        groups = list(_seen(form, _shown_groups(form, policy), policy.threshold))
        share = _share(cell for cells in groups for cell in cells.values())
        later.append(form)
        if share > most * WORTH:
            best, most, later = form, share, []
        if best is form and share >= ENOUGH and _of_each(groups):
            break
    return Choice(best, chain(later, forms))


def coarsened_together(
    results: Sequence[Results], policy: Policy, shown: Callable[[Sequence[Results]], Sequence[Iterable[bool]]]
) -> Sequence[Results]:
    """Choose forms of the results of one page in which enough of each is seen there.

    Each comes in the form that `choose` chooses for it alone. Where less than `ENOUGH` of its cells, or not all of everyone's, is then
    seen on the page, because totals of others exclude its own, the next coarser form is tried, of all such results at a time; one is
    taken when it shows more than `WORTH` times as much, groups and everyone counted alike.

    Parameters
    ----------
    results : sequence of Results
        In their finest forms.
    policy : Policy
        Whose threshold decides what may be seen.
    shown : callable
        From forms that would be released together, for each of them whether the value of each of its estimates would be seen.

    Returns
    -------
    sequence of Results
        The forms that were taken.
    """
    choices = [choose(each, policy) for each in results]
    forms, later = [choice.form for choice in choices], [choice.coarser for choice in choices]
    if not policy.threshold:
        return forms
    seen = [_SeenOnPage.on(form, each, policy) for form, each in zip(forms, shown(forms), strict=True)]
    lacking = [each.together < ENOUGH or each.of_everyone < 1 for each in seen]
    trial = [next(coarser, form) if lacks else form for form, coarser, lacks in zip(forms, later, lacking, strict=True)]
    if trial == forms:
        return forms
    tried = shown(trial)
    return [
        new if new is not form and _SeenOnPage.on(new, each, policy).together > before.together * WORTH else form
        for new, form, each, before in zip(trial, forms, tried, seen, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _SeenOnPage:
    """Which shares of the numbers of some results are seen on a page: of everyone's, and of the groups' and everyone's together."""

    of_everyone: float
    together: float

    @classmethod
    def on(cls, results: Results, shown: Iterable[bool], policy: Policy) -> _SeenOnPage:
        groups = set(_shown_groups(results, policy))
        seen_at = [(each.place, seen) for each, seen in zip(results, shown, strict=True) if not each.adjustment]
        of_groups = _share(seen for place, seen in seen_at if place in groups)
        of_everyone = _share(seen for place, seen in seen_at if place.is_everyone)
        return cls(of_everyone, (of_groups + of_everyone) / 2)


def _forms(results: Results) -> Iterator[Results]:
    yield results
    if results.coarser is not None:
        yield from results.coarser()


def _share(cells: Iterable[bool]) -> float:
    """How many of the cells may be seen; none of none."""
    seen = list(cells)
    return sum(seen) / len(seen) if seen else 0.0


def _of_each(groups: Sequence[Mapping[Key, bool]]) -> bool:
    """Whether something of every group may be seen, and every number in half of the groups."""
    keys = dict.fromkeys(key for cells in groups for key in cells)
    each = [_share(cells[key] for cells in groups if key in cells) for key in keys]
    return all(any(cells.values()) for cells in groups) and all(share >= HALF for share in each)


def _shown_groups(results: Results, policy: Policy) -> list[Place]:
    """The groups that hold enough episodes to be shown, or everyone where there are none."""
    people_of = {place: people for (place, _), people in results.placed_populations.items()}
    sizes = {place: people.whole for place, people in people_of.items()}
    named = [place for place in sizes if MISSING_LEVEL not in place and (policy.crossed or not place.is_crossed)]
    large = [place for place in named if sizes[place] and is_safe(sizes[place], policy.threshold)]
    return [place for place in large if not place.is_everyone] or large


def says_no_number(definition: EstimandDefinition, people: Population, threshold: int) -> bool:
    """Whether a number may be shown while how many episodes it is of is withheld.

    It must be rounded, and be of enough episodes. A share must be that of at least `FITTING` of the denominators nearest to its own, its
    numerator being known, and neither that nor the rest be few. Of a mean, so many must have been asked that it would be of enough
    whoever lacks a value, as long as those are fewer than the threshold: that it is shown then tells nothing of how many they are.
    """
    enough = 2 * threshold - 1
    if definition.digits is None or people.n < threshold:
        return False
    if people.hits is None:
        return people.n + people.n_missing >= enough
    k = people.count(people.hits)
    if min(k, people.n - k) < enough:  # before the shares are written out, which takes long
        return False
    return _several_fit(k, people.n, definition.digits, threshold)


@cache
def _several_fit(k: int, n: int, digits: int, threshold: int) -> bool:
    """Whether at least `FITTING` of the denominators nearest to one give the same rounded share."""
    near = range(n - threshold + 1, n + threshold)
    written = half_up(k / n, digits)
    fitting = [other for other in near if other >= k and half_up(k / other, digits) == written]
    return len(fitting) >= FITTING


def _seen(results: Results, places: Sequence[Place], threshold: int) -> Iterator[dict[Key, bool]]:
    """Which of the cells of each group may be seen."""
    populations = results.placed_populations
    definitions = {item.name: item for item in results.definition.estimands}
    by_place: dict[Place, list[tuple[Key, Population]]] = {place: [] for place in places}
    for estimate in results:
        if (place := estimate.place) in by_place and not estimate.adjustment:
            key = estimate.key
            by_place[place].append((key, populations[place, key]))
    left: _Left = {}
    for cells in by_place.values():
        sets = _seen_sets([people for _, people in cells], threshold, left)
        yield {
            key: all((people.family, parts) in sets for parts in people.rests_on)
            or says_no_number(definitions[key.estimand], people, threshold)
            for key, people in cells
        }


_Left = dict[tuple[Parts, tuple[Parts, ...]], tuple[Parts, ...]]  # by the set that would be seen too and those before it: groups are alike


def _seen_sets(everyone: Sequence[Population], threshold: int, left: _Left) -> set[tuple[str, Parts]]:
    """Sets of parts, each of one way of dividing a group, whose number of episodes may be seen."""
    questioned = [(people, people.base | people.missing) for people in everyone]
    counted = [(people, parts) for people in everyone for parts in people.rests_on]
    seen: dict[str, tuple[Parts, ...]] = {}
    looked_at: set[tuple[str, Parts, tuple[Parts, ...]]] = set()
    for people, parts in (*questioned, *counted):
        before = seen.get(people.family, ())
        question = people.family, parts, before
        if parts in before or question in looked_at:
            continue
        looked_at.add(question)
        if question[1:] not in left:
            left[question[1:]] = tuple(dict.fromkeys(_left(parts, before)))
        if all(is_safe(people.count(each), threshold) for each in left[question[1:]]):
            seen[people.family] = (*before, parts)
    return {(family, parts) for family, sets in seen.items() for parts in sets}


def _left(parts: Parts, before: Sequence[Parts]) -> Iterator[Parts]:
    """What a reader could work out with one more set: itself, and what is left of a set without another, or all others, that it holds."""
    yield parts
    for whole in (parts, *(other for other in before if parts <= other)):
        inside = [other for other in (*before, parts) if other < whole]
        yield from (whole - other for other in inside if parts in (whole, other))
        yield whole - frozenset().union(*inside)
