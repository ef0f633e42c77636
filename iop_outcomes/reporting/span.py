"""Takes conditions on periods of discharge, gives `Span`: from which period to which the episodes of a page were discharged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iop_outcomes.columns import DISCHARGE_PERIODS
from iop_outcomes.engine.narrowed import Condition
from iop_outcomes.stats.periods import Period, read_period, span_words


@dataclass(frozen=True, slots=True)
class Span:
    """The periods in which episodes were discharged, from the first to the last.

    Examples
    --------
    >>> first, second = read_period("2024-Q1"), read_period("2024-Q2")
    >>> Span(first, first).words, Span(first, second).words
    ('the first quarter of 2024', 'the first quarter of 2024 to the second quarter of 2024')
    >>> Span(first, first).overlaps(Span(second, second)), Span(first, second).overlaps(Span(second, second))
    (False, True)
    """

    first: Period
    last: Period

    @property
    def words(self) -> str:
        """Within a sentence."""
        return self.first.words if self.first == self.last else f"{self.first.words} to {self.last.words}"

    @property
    def within(self) -> str:
        """When, within a sentence: "in the first quarter of 2024", "from Q1 2024 to Q2 2024"."""
        return f"in {self.first.words}" if self.first == self.last else span_words(self.first, self.last)

    def overlaps(self, other: Span) -> bool:
        """Whether a day is in both."""
        return self.first.first_day <= other.last.last_day and other.first.first_day <= self.last.last_day


def span_of_conditions(conditions: Iterable[Condition]) -> Span | None:
    """The periods of discharge that meet all of some conditions, at most; none where no condition names any."""
    firsts, lasts = list[Period](), list[Period]()
    for condition in conditions:
        known = _periods(condition)
        if known:
            firsts.append(min(known, key=lambda period: period.first_day))
            lasts.append(max(known, key=lambda period: period.last_day))
    if not firsts:
        return None
    return Span(max(firsts, key=lambda period: period.first_day), min(lasts, key=lambda period: period.last_day))


def without_periods(conditions: Iterable[Condition]) -> frozenset[str]:
    """The conditions that choose episodes by something else than their period of discharge, in words."""
    return frozenset(str(condition) for condition in conditions if not _periods(condition))


def _periods(condition: Condition) -> list[Period]:
    """The periods of discharge that a condition names; none where one of its values is no such period."""
    named = [read_period(str(name)) for name in condition.between or condition.levels]
    known = [period for period in named if period is not None]
    return known if condition.column in DISCHARGE_PERIODS and len(known) == len(named) else []
