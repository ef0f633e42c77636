"""Takes the changes that a mapping declares, gives each as words with a date or a period: what was done differently, and from when."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from iop_outcomes.errors import DataError
from iop_outcomes.intake.targets import line_of
from iop_outcomes.intake.vocabulary import is_date, only
from iop_outcomes.stats.periods import Period, read_period

MOST_CHANGES = 12  # lines that a chart can hold apart
MOST_LETTERS = 60  # of the words, which stand beside a line of a chart
_KEYS = ("date", "period", "words")
_EXAMPLE = 'date = "2024-03-01", words = "Evening track opened"'


@dataclass(frozen=True, slots=True)
class DatedChange:
    """Something that a program began to do differently.

    Parameters
    ----------
    words : str
        What, in a line.
    first, last : date
        The day on which it began; of a change that is known by its period alone, the first and the last day of that.
    period : Period or None
        That period.

    Examples
    --------
    >>> opened = DatedChange("Evening track opened", date(2024, 3, 1), date(2024, 3, 1))
    >>> opened.is_after(read_period("2024-02")), opened.is_before(read_period("2024-03"))
    (True, True)
    """

    words: str
    first: date
    last: date
    period: Period | None = None

    def is_after(self, period: Period) -> bool:
        """Whether it began when a period was over."""
        return period.last_day < self.first

    def is_before(self, period: Period) -> bool:
        """Whether it had begun by the first day of a period, so that all of the period is after it."""
        return self.last < period.first_day if self.period else self.last <= period.first_day

    def is_within(self, period: Period) -> bool:
        """Whether a period holds its day, or all of its own period."""
        return period.first_day <= self.first and self.last <= period.last_day


def read_changes(given: object, name: str) -> tuple[DatedChange, ...]:
    """The changes of a mapping, in the order of time.

    Raises
    ------
    DataError
        When they are no list of sections, too many, or one has another key, no words, or not exactly one time.

    Examples
    --------
    >>> [str(change.first) for change in read_changes([{"period": "2024-Q1", "words": "Evening track opened"}], "mapping")]
    ['2024-01-01']
    """
    if not isinstance(given, list) or not all(isinstance(each, Dictionary) for each in given):
        raise DataError(f"{name} changes: must be sections that are each headed [[changes]], as in [[changes]] {_EXAMPLE}.")
    if len(given) > MOST_CHANGES:
        raise DataError(
            f"{name} [[changes]]: {len(given)} are declared, and a chart holds {MOST_CHANGES} apart. Keep those that matter most."
        )
    changes = [_change(each, f"{name} [[changes]] number {number}") for number, each in enumerate(given, start=1)]
    return tuple(sorted(changes, key=lambda change: (change.first, change.last)))


def _change(given: Dictionary[str, Any], where: str) -> DatedChange:
    only(given, _KEYS, where, "key")
    if "words" not in given or ("date" in given) == ("period" in given):
        raise DataError(
            f'{where}: needs words and either date or period, as in {_EXAMPLE}. period = "2024-Q1" is for data that name a discharge '
            "period and no dates."
        )
    words = line_of(given["words"], f"{where} words", most=MOST_LETTERS, example="Evening track opened")
    if "date" in given:
        day = _day(given["date"], where)
        return DatedChange(words, day, day)
    period = read_period(given["period"]) if isinstance(given["period"], str) else None
    if period is None:
        raise DataError(f'{where} period: must be a month, a quarter or a year in quotes, such as "2024-03", "2024-Q1" or "2024".')
    return DatedChange(words, period.first_day, period.last_day, period)


def _day(given: object, where: str) -> date:
    """A day as TOML has it, or as text."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if isinstance(given, str) and is_date(given):
        return date.fromisoformat(given)
    raise DataError(f'{where} date: must be one day, such as "2024-03-01". Of a change that took longer, give the day on which it began.')
