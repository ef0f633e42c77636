"""Takes counts that a policy rounds, gives what is printed of them, and the numbers that follow from the printed ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, MISSING_LEVEL, Flag, Place, flags
from iop_outcomes.release.audit import Ways
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.protect import Name, Parts, Printed, Tabulation, is_safe
from iop_outcomes.release.released import NUMBERS, SUPPRESSED, Count, Withheld
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Population
from iop_outcomes.units import UNITS

_SHARE = "share"
_EXACT = 1e-12
Counting = Callable[[Population, Place, Parts | None], Count]  # what may be seen of some parts of a group


@dataclass(frozen=True, slots=True)
class Rounding:
    """What may be seen where counts are rounded: rounding takes the place of withholding what would give a count back."""

    policy: Policy

    def printed(self, n: int) -> Count:
        """A count, rounded, unless it is small."""
        return self.policy.rounded(n) if is_safe(n, self.policy.threshold) else SUPPRESSED

    def count(self, people: Population, place: Place, parts: Parts | None) -> Count:
        """Episodes in some parts; nothing of a group that is too small, whatever it is called."""
        del place
        n, smallest = people.count(parts or frozenset()), self.policy.smallest
        whole = sum(people.parts.values())
        is_group = parts in (people.base, frozenset(people.parts))
        if (n and not is_safe(whole, smallest)) or (is_group and not is_safe(n, smallest)):
            return SUPPRESSED
        return self.printed(n)

    def seen(self, table: Tabulation) -> frozenset[Printed]:
        """The totals of a table that may be printed, rounded, as far as each is looked at by itself."""
        return frozenset((name, parts) for name, parts in table.printed if self._may_be_seen(table, name, parts))

    def _may_be_seen(self, table: Tabulation, name: Name, parts: Parts) -> bool:
        n, whole = (sum(table.counts[name][part] for part in several) for several in (parts, table.divisions[0]))
        smallest = self.policy.smallest if parts in table.bases or parts in table.divisions else self.policy.threshold
        return n == 0 or (is_safe(whole, self.policy.smallest) and is_safe(n, smallest))

    def ways(self, n: int) -> Ways:
        """The ways in which a small count that is printed stays open: it may be as little and as much as its rounding leaves, or numbers as far apart."""
        low, high = self.policy.limits(n)
        below = [n - low, *(each for each in range(high - low + 1) if each != n - low and each <= n)]
        return tuple(((-math.inf, float(n - each)), (float(n - each + high - low), math.inf)) for each in below)

    def values(self, estimate: Estimate, results: Results, count: Counting | None = None) -> dict[str, object]:
        """A share from its printed counts, without what only exact ones give; other numbers are their own.

        Parameters
        ----------
        estimate : Estimate
        results : Results
            Among which it stands.
        count : callable, optional
            What may be seen of their counts; what may be of each by itself, by default.

        Returns
        -------
        dict of str to object
            The fields that are not those of the estimate.
        """
        if estimate.unit not in (_SHARE, UNITS[_SHARE].difference) or math.isnan(estimate.value):
            return {}
        sides = [results.populations[estimate.level, estimate.key.number], *compared_with(estimate, results)]
        value = None
        if all(is_safe(n, self.policy.fewest) for people in sides for n in (people.n, sum(people.parts.values()))):
            value = self._value(estimate, sides, results, count or self.count)
        if value is None:
            return {**dict.fromkeys(NUMBERS, SUPPRESSED), "word": "", "flag": flags(Flag.SUPPRESSED)}
        return {**dict.fromkeys(NUMBERS, SUPPRESSED), "value": value}

    def hides(self, estimate: Estimate) -> bool:
        """Never: rounding takes the place of it."""
        del estimate
        return False

    def _value(self, estimate: Estimate, sides: Sequence[Population], results: Results, count: Counting) -> float | None:
        """What printed counts give, of the others too; to a whole percent where the value is no share of counts, as those read from a curve."""
        exact_shares = [math.nan if people.k is None or not people.n else people.k / people.n for people in sides]
        if not math.isclose(_first_less_rest(exact_shares), estimate.value, abs_tol=_EXACT):
            return round(estimate.value, 2)
        printed = [(self.policy.rounded(people.k or 0), self.policy.rounded(people.n)) for people in sides]
        if estimate.contrast == MINUS_OTHERS:
            others = _printed_others(estimate, results, count)
            if others is None:
                return None
            printed[1:] = [others]
        return _first_less_rest([k / n if n else math.nan for k, n in printed])


def _printed_others(estimate: Estimate, results: Results, count: Counting) -> tuple[int, int] | None:
    """Numerator and denominator of all other groups, by the counts that are printed of groups and of everyone.

    Added up first and then rounded, the counts of the others would say more of everyone and of the group than their own rounded ones do.
    """
    key, place = estimate.key.number, estimate.place
    levels = [level for level, each in results.populations if each == key]
    others = [level for level in levels if level not in (ALL, MISSING_LEVEL, estimate.level)]
    if len(others) == 1:
        summed = {others[0]: 1}
    else:
        summed = {ALL: 1, estimate.level: -1} | dict.fromkeys([level for level in levels if level == MISSING_LEVEL], -1)
    k, n = 0, 0
    for level, sign in summed.items():
        people, where = results.populations[level, key], Place(str(level), place.level_2)
        hits, base = count(people, where, people.hits), count(people, where, people.base)
        if isinstance(hits, Withheld) or isinstance(base, Withheld):
            return None
        k, n = k + sign * hits, n + sign * base
    return (min(max(k, 0), n), n) if n > 0 else None


def _first_less_rest(values: Sequence[float]) -> float:
    return values[0] - sum(values[1:])


def compared_with(estimate: Estimate, results: Results) -> list[Population]:
    """Those from whom a difference is taken: another level, or all levels but the estimate's own; nobody where it is no difference."""
    key = estimate.key.number
    if estimate.contrast == MINUS_LEVEL:
        return [results.populations[estimate.versus, key]]
    if estimate.contrast != MINUS_OTHERS:
        return []
    none = (ALL, MISSING_LEVEL, estimate.level)
    others = [people for (level, each), people in results.populations.items() if each == key and level not in none]
    parts = {part: sum(people.parts[part] for people in others) for part in others[0].parts}
    return [replace(others[0], parts=parts)]
