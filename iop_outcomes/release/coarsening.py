"""Takes results that come in several forms, gives the finest form of which enough may be seen: rare categories merged, means rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.protect import is_safe
from iop_outcomes.results import EstimandDefinition, Results
from iop_outcomes.stats.draft import Population

ENOUGH = 4 / 5  # of the cells: no coarser form is looked at
WORTH = 21 / 20  # times as large a share of its cells: what a coarser form must show


def coarsened(results: Results, policy: Policy) -> Results:
    """Choose the form of results that is released, before anything is protected.

    The forms are those of `Results.coarser`, from the finest on. Of each, the share of its cells is taken that may be seen
    in their group: a cell is a number or a contrast of a group that is large enough to be shown, and everyone's are counted
    only where there are no groups. A coarser form replaces a finer one when that share is at least `WORTH` times as large;
    the first form is final of which `ENOUGH` of the cells may be seen, and something of every group.

    A cell may be seen when its denominator and its numerator may, or when it `says_no_number`. Those who were asked (denominator and missing together),
    then denominators and numerators in the order of the results, may be seen one after the other when they hold nobody, or
    at least the threshold, and so many more or fewer than each one seen before that holds them, or that they hold.

    Parameters
    ----------
    results : Results
        In their finest form.
    policy : Policy
        Whose threshold decides what may be seen.

    Returns
    -------
    Results
        One of the forms; those given, where the policy withholds nothing or there is no other form.

    Notes
    -----
    The choice depends on these results alone, and on nothing but how many of their cells would be withheld: it tells that a
    finer form would have withheld more, and of no cell how many it holds. What follows from several groups and everyone, or
    from other results, is left to `protect`.
    """
    if results.coarser is None or not policy.threshold:
        return results
    best, most = results, -1.0
    for form in _forms(results):
        groups = [_seen(form, level, policy.threshold) for level in _shown_groups(form, policy.threshold)]
        share = _share(cell for cells in groups for cell in cells)
        if share >= most * WORTH:
            best, most = form, share
        if best is form and share >= ENOUGH and all(map(any, groups)):
            break
    return best


def _forms(results: Results) -> Iterator[Results]:
    yield results
    if results.coarser is not None:
        yield from results.coarser()


def _share(cells: Iterable[bool]) -> float:
    """How many of the cells may be seen; none of none."""
    seen = list(cells)
    return sum(seen) / len(seen) if seen else 0.0


def _shown_groups(results: Results, threshold: int) -> list[str]:
    """The groups that hold enough episodes to be shown, or everyone where there are no groups."""
    sizes = {level: sum(people.parts.values()) for (level, _), people in results.populations.items()}
    groups = [level for level in results.levels if level not in (ALL, MISSING_LEVEL)] or [ALL]
    return [level for level in groups if sizes[level] and is_safe(sizes[level], threshold)]


def says_no_number(definition: EstimandDefinition, people: Population, threshold: int) -> bool:
    """Whether a number may be shown while how many episodes it is of is withheld.

    It must be rounded and no share, and be of enough episodes; and so many must have been asked that it would be of enough whoever
    lacks a value, as long as those are fewer than the threshold: that it is shown then tells nothing of how many they are.
    """
    rounded = definition.digits is not None and people.hits is None
    return rounded and people.n >= threshold and people.n + people.n_missing >= 2 * threshold - 1


def _seen(results: Results, level: str, threshold: int) -> list[bool]:
    """Which of the cells of a group may be seen."""
    cells = [(estimate, results.populations[level, estimate.key]) for estimate in results if estimate.level == level]
    sets = _seen_sets([people for _, people in cells], threshold)
    return [
        all((people.family, parts) in sets for parts in (people.base, people.hits) if parts is not None)
        or says_no_number(results.definition.estimand(estimate.estimand), people, threshold)
        for estimate, people in cells
    ]


def _seen_sets(everyone: Sequence[Population], threshold: int) -> set[tuple[str, frozenset[str]]]:
    """Sets of parts, each of one way of dividing a group, whose number of episodes may be seen."""
    asked = [(people, people.base | people.missing) for people in everyone]
    counted = [(people, parts) for people in everyone for parts in (people.base, people.hits) if parts is not None]
    seen: set[tuple[str, frozenset[str]]] = set()
    for people, parts in (*asked, *counted):
        nested = (other for family, other in seen if family == people.family and (other <= parts or parts <= other))
        if is_safe(people.count(parts), threshold) and all(is_safe(people.count(parts ^ other), threshold) for other in nested):
            seen.add((people.family, parts))
    return seen
