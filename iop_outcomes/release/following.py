"""Takes results that add nothing to what a page prints of its counts, gives what may be shown of them once the page is decided."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.keys import ALL, Flag, flags
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.precision import as_printed
from iop_outcomes.release.protect import Parts
from iop_outcomes.release.released import DOOR, NUMBERS, SUPPRESSED, Released, ReleasedEstimate
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Population

_Counted = tuple[str, Parts]  # a way of dividing, and some of its parts


def following(results: Results, forms: Sequence[Results], page: Sequence[Released], policy: Policy) -> Released:
    """Release the numbers of everyone where all that they rest on is printed elsewhere, as exactly.

    The results have no say in what the page withholds, and print no count that it does not: none of them is an equation about counts for
    whoever reads the page. A number of theirs that the page has too is shown where it is shown there; where one is not, none is shown, as the
    others are near it. Nor is any that is flagged, because a flag tells of few.

    Parameters
    ----------
    results : Results
        Of everyone; numbers of groups are left out.
    forms : sequence of Results
        What the page was made of, in the forms that are shown.
    page : sequence of Released
        The page, in the same order; of an empty one nothing follows.
    policy : Policy
        That of the page.

    Returns
    -------
    Released
        Without a flow.
    """
    printed, numbers = _printed(forms, page)
    everyone = [each for each in results.estimates if each.level == ALL and not each.contrast]
    hidden = any(numbers.get((each.estimand, _whom(results, each)), True) is False for each in everyone)
    estimates = tuple(
        _estimate(
            each,
            results.populations[ALL, each.key],
            shown=not hidden and _rests_on_printed(results.populations[ALL, each.key], each, printed),
        )
        for each in everyone
    )
    first = page[0] if page else None
    return Released(
        DOOR,
        definition=results.definition,
        group=results.group,
        estimates=estimates,
        flow=(),
        policy=policy,
        provenance=results.provenance,
        only_grouped=results.only_grouped,
        compared=None if first is None else first.compared,
        audited="none" if first is None else first.audited,
    )


def _whom(results: Results, estimate: Estimate) -> _Counted:
    people = results.populations[ALL, estimate.key]
    return people.family, people.base


def _printed(forms: Sequence[Results], page: Sequence[Released]) -> tuple[set[_Counted], dict[tuple[str, _Counted], bool]]:
    """Of everyone, the parts whose number is printed, and the numbers that the page has, each with whether it is shown as it is."""
    parts: set[_Counted] = set()
    numbers: dict[tuple[str, _Counted], bool] = {}
    for form, released in zip(forms, page, strict=True):
        for estimate in released.estimates:
            if estimate.level != ALL or estimate.contrast:
                continue
            people = form.populations[ALL, estimate.key]
            exact = released.definition.estimand(estimate.estimand).digits is None
            numbers[estimate.estimand, (people.family, people.base)] = estimate.shown and exact
            if isinstance(estimate.n, int):
                parts.add((people.family, people.base))
            if isinstance(estimate.k, int) and people.hits is not None:
                parts.add((people.family, people.hits))
    return parts, numbers


def _rests_on_printed(people: Population, estimate: Estimate, printed: set[_Counted]) -> bool:
    """Whether every count that it rests on is printed, and nothing is said of it beside its value."""
    return not estimate.flag - {Flag.INDEPENDENCE_ASSUMED} and all((people.family, parts) in printed for parts in people.rests_on)


def _estimate(estimate: Estimate, people: Population, *, shown: bool) -> ReleasedEstimate:
    """With the counts that are printed elsewhere, or with none."""
    values = {name: getattr(estimate, name) for name in ReleasedEstimate.__dataclass_fields__}
    values |= {"n_missing": SUPPRESSED, "excluded": SUPPRESSED, "n_at_risk": None}
    if not shown:
        counts = {"n": SUPPRESSED, "k": None if people.hits is None else SUPPRESSED}
        values |= dict.fromkeys(NUMBERS, SUPPRESSED) | counts | {"word": "", "flag": flags(Flag.SUPPRESSED)}
    return ReleasedEstimate(**as_printed(values))
