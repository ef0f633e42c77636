"""Takes names of calendar periods ("2024-03", "2024-Q1", "2024"), gives their order, their days and every period between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_ADVERBS = {12: "monthly", 4: "quarterly", 1: "yearly"}
_NOUNS = {12: "month", 4: "quarter", 1: "year"}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_QUARTERS = ("first", "second", "third", "fourth")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A month, a quarter or a year of the calendar; those of one kind sort in time.

    Parameters
    ----------
    per_year : int
        12, 4 or 1.
    year : int
        Of the calendar.
    part : int
        Which month or quarter of the year, from 0.

    Examples
    --------
    >>> march = read_period("2024-03")
    >>> str(march), march.words, march.first_day.isoformat(), march.last_day.isoformat()
    ('2024-03', 'March 2024', '2024-03-01', '2024-03-31')
    """

    per_year: int
    year: int
    part: int

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 1 + self.part * (12 // self.per_year), 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Period:
        """The period after it."""
        years, part = divmod(self.part + 1, self.per_year)
        return Period(self.per_year, self.year + years, part)

    @property
    def noun(self) -> str:
        """What kind it is: month, quarter or year."""
        return _NOUNS[self.per_year]

    @property
    def adverb(self) -> str:
        """How often it comes: monthly, quarterly or yearly."""
        return _ADVERBS[self.per_year]

    @property
    def words(self) -> str:
        """As it stands in a sentence: "March 2024", "the first quarter of 2024", "2024"."""
        if self.per_year == 12:
            return f"{_MONTHS[self.part]} {self.year}"
        return f"the {_QUARTERS[self.part]} quarter of {self.year}" if self.per_year == 4 else str(self.year)

    @property
    def short(self) -> str:
        """The part of the year as an axis names it: "Mar", "Q1"; the year itself where it has no parts."""
        return {12: _MONTHS[self.part][:3], 4: f"Q{self.part + 1}"}.get(self.per_year, str(self.year))

    def __str__(self) -> str:
        return f"{self.year:04}" + {12: f"-{self.part + 1:02}", 4: f"-Q{self.part + 1}"}.get(self.per_year, "")


def span_words(first: Period, last: Period) -> str:
    """From a period to another within a sentence, quarters in short: "from July 2022 to September 2025", "from Q3 2022 to Q3 2025".

    Examples
    --------
    >>> span_words(Period(4, 2022, 2), Period(4, 2025, 2))
    'from Q3 2022 to Q3 2025'
    """
    names = (f"{period.short} {period.year}" if period.per_year == 4 else period.words for period in (first, last))
    return "from {} to {}".format(*names)


def read_period(text: str) -> Period | None:
    """A period from its name, or `None` when the text is no such name.

    Examples
    --------
    >>> read_period("2024-Q1").words, read_period("spring")
    ('the first quarter of 2024', None)
    """
    match = _WRITTEN.fullmatch(text)
    if match is None or not 0 < int(match["year"]) < 9999:
        return None
    year = int(match["year"])
    if match["month"]:
        return Period(12, year, int(match["month"]) - 1)
    return Period(4, year, int(match["quarter"]) - 1) if match["quarter"] else Period(1, year, 0)


def calendar(names: Iterable[str]) -> tuple[Period, ...]:
    """Every period from the earliest to the latest name, those in between that nobody named included.

    Parameters
    ----------
    names : iterable of str
        In any order.

    Returns
    -------
    tuple of Period
        Empty when there are no names, when one of them is no period, or when they are of different kinds: such names have
        no order in time.

    Examples
    --------
    >>> [str(period) for period in calendar(["2024-Q2", "2023-Q4"])]
    ['2023-Q4', '2024-Q1', '2024-Q2']
    >>> calendar(["2024-Q2", "2024-05"])
    ()
    """
    parsed = [read_period(name) for name in names]
    known = sorted(period for period in parsed if period is not None)
    if not known or len(known) < len(parsed) or known[0].per_year != known[-1].per_year:
        return ()
    periods = [known[0]]
    while periods[-1] < known[-1]:
        periods.append(periods[-1].next)
    return tuple(periods)
