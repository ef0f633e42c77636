"""Takes windows of days after discharge, gives the occasions on which people are asked again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

FIRST_DAY = 15  # a score up to 14 days after discharge may be the discharge score
LAST_DAY = 3_650
TAKEN = ("admission", "discharge", "admit")
MOST = 8
EXAMPLE = "month_6 = [120, 240]"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


@dataclass(frozen=True, slots=True)
class Occasion:
    """A time after discharge at which people are asked again.

    Parameters
    ----------
    name : str
        Such as "month_6".
    first, last : int
        Days after discharge, both included.

    Examples
    --------
    >>> Occasion("month_6", 120, 240).words
    'days 120 to 240 after discharge'
    """

    name: str
    first: int
    last: int

    @property
    def label(self) -> str:
        """Its name as people read it."""
        return self.name.replace("_", " ")

    @property
    def words(self) -> str:
        """Its days."""
        return f"days {self.first} to {self.last} after discharge"


# Days after admission on which published measures of depression ask again, by what they are called: a score above 9 opens them.
DEPRESSION_CASE = "cms159_index"  # the case cut-off of a scale that these measures take
AFTER_ADMISSION: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"twelve_months": (305, 425), "twelve_months_30_days": (335, 395), "six_months": (123, 243), "drr_e": (120, 240)}
)
# Months 6 and 12 as in published follow-up measures of depression (120 to 240 days; 12 months give or take 60 days); 1 and 3 in the days left.
FOLLOW_UPS = (Occasion("month_1", 15, 59), Occasion("month_3", 60, 119), Occasion("month_6", 120, 240), Occasion("month_12", 305, 425))


def read_occasions(given: Mapping[str, Any]) -> tuple[Occasion, ...]:
    """Occasions by their names, each with its first and last day after discharge; in the order of time.

    Raises
    ------
    ValueError
        Saying what is wrong and what is allowed.

    Examples
    --------
    >>> read_occasions({"year": [305, 425], "spring": [30, 90]})
    (Occasion(name='spring', first=30, last=90), Occasion(name='year', first=305, last=425))
    """
    if not 1 <= len(given) <= MOST:
        raise ValueError(f"{len(given)} occasions; give 1 to {MOST}, as in {EXAMPLE}")
    given_occasions = []
    for name, days in given.items():
        if not _NAME.fullmatch(name) or name in TAKEN:
            raise ValueError(f"an occasion is called by small letters, digits and _, and not {', '.join(TAKEN)}: as in {EXAMPLE}")
        whole = (
            isinstance(days, list | tuple) and len(days) == 2 and all(isinstance(day, int) and not isinstance(day, bool) for day in days)
        )
        if not whole or not FIRST_DAY <= days[0] <= days[1] <= LAST_DAY:
            raise ValueError(f"{name}: must be its first and last day after discharge, from {FIRST_DAY} to {LAST_DAY}, as in {EXAMPLE}")
        given_occasions.append(Occasion(name, *days))
    ordered = tuple(sorted(given_occasions, key=lambda each: each.first))
    for earlier, later in pairwise(ordered):
        if later.first <= earlier.last:
            raise ValueError(
                f"{earlier.name} and {later.name} share days, so that one score would stand for both; let one end before the other begins"
            )
    return ordered
