"""Takes a page as tables and what of them is printed, gives what may be seen of the results with one number."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, Place
from iop_outcomes.release.audit import Audited
from iop_outcomes.release.equations import RoundedValue
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.protect import Parts, Printed
from iop_outcomes.release.released import (
    SUPPRESSED,
    Count,
)
from iop_outcomes.release.rounding import Rounding
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Population


class Visible(Protocol):
    """What may be seen of some results."""

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """Numbers of an estimate that is shown, where they are not its own."""

    def hides(self, estimate: Estimate) -> bool:
        """Whether a rounded value would give back what is withheld, or the value that it is a difference from."""

    def has_changed(self, people: Population, place: Place, parts: Parts) -> bool:
        """Whether few came to these episodes, or left them, since an earlier output, so that what a value changed by would be theirs."""


def view(page: Tabulations, number: int, shown: Audited, policy: Policy, changed: AbstractSet[Printed] = frozenset()) -> View:
    """What may be seen of the results with this number of a page; `changed` are the totals that an earlier output forbids."""
    kind = RoundedView if policy.base else View
    return kind(page, number, shown.seen[page.column(number)], shown.hidden, policy, changed)


@dataclass(frozen=True, slots=True)
class View:
    """What may be seen of the results with one number of a page whose counts are exact."""

    page: Tabulations
    number: int
    seen: frozenset[Printed]
    hidden: AbstractSet[RoundedValue]
    policy: Policy
    changed: AbstractSet[Printed] = frozenset()

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
        key, number = estimate.key.unadjusted, estimate.key.number.unadjusted
        values = ((estimate.place, key), (estimate.place, number), (estimate.place._replace(level=str(against)), number))
        return any(RoundedValue(self.number, place, each) in self.hidden for place, each in values)

    def has_changed(self, people: Population, place: Place, parts: Parts) -> bool:
        """Whether few came to these episodes, or left them, since an earlier output, so that what a value changed by would be theirs."""
        return bool(self.changed) and (place, self.page.cells(self.number, people.family, parts)) in self.changed


@dataclass(frozen=True, slots=True)
class RoundedView(View):
    """What may be seen of the results with one number of a page whose counts are rounded."""

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts, rounded, or that their number is withheld."""
        cells = self.page.cells(self.number, people.family, parts)
        return Rounding(self.policy).count(people, place, parts) if not cells or (place, cells) in self.seen else SUPPRESSED

    def values(self, estimate: Estimate, results: Results) -> dict[str, object]:
        """A share from its rounded counts; other numbers are their own."""
        return Rounding(self.policy).values(estimate, results, self.count)
