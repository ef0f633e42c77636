"""Takes an estimate and what one more episode per cell would add to it, gives a `Draft`: a number before its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag, Key

if TYPE_CHECKING:
    from iop_outcomes.stats.intervals.interval import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Population:
    """Who an estimate speaks of: every episode in exactly one part, and which parts are counted.

    Disclosure control reads the same object, so that nothing printed beside an estimate escapes it.

    Parameters
    ----------
    family : str
        Name of the way of dividing; estimates that share it share the parts.
    parts : dict of str to int
        Episodes in each part; they sum to the rows that came in.
    base : frozenset of str
        Parts of the denominator.
    hits : frozenset of str or None
        Parts of the numerator, for a share.
    missing : frozenset of str
        Parts left out because the value itself is missing; parts in none of these are excluded.

    Examples
    --------
    >>> p = Population("stay", {"stay": 40, "blank": 1, "active": 3}, frozenset({"stay"}), None, frozenset({"blank"}))
    >>> p.n, p.n_missing, p.excluded
    (40, 1, {'active': 3})
    """

    family: str
    parts: Mapping[str, int]
    base: frozenset[str]
    hits: frozenset[str] | None = None
    missing: frozenset[str] = frozenset()

    def count(self, parts: frozenset[str]) -> int:
        """Episodes in these parts together."""
        return sum(n for part, n in self.parts.items() if part in parts)

    @property
    def n(self) -> int:
        """The denominator."""
        return self.count(self.base)

    @property
    def k(self) -> int | None:
        """The numerator, for a share."""
        return None if self.hits is None else self.count(self.hits)

    @property
    def n_missing(self) -> int:
        """Episodes left out because the value is missing."""
        return self.count(self.missing)

    @property
    def excluded_parts(self) -> frozenset[str]:
        """Parts that are in neither the denominator nor the missing."""
        return frozenset(self.parts) - self.base - self.missing

    @property
    def excluded(self) -> dict[str, int]:
        """Episodes outside the population, by reason."""
        return {part: n for part, n in self.parts.items() if part in self.excluded_parts}


@dataclass(frozen=True, eq=False)
class Draft:
    """A number before its interval.

    Parameters
    ----------
    key : Key
        Which number it is.
    value : float
        The estimate; NaN where the data allow none (the flag of the interval says why).
    influence : float array, shape (raw cells,)
        What one more episode in each cell of the counted table would add to `value`; 0 outside the population.
    among : bool array, shape (raw cells,)
        Cells of the counted table that are in the denominator.
    population : Population
        Denominator, numerator, missing and excluded episodes.
    interval : Interval
        How it gets its limits.
    """

    key: Key
    value: float
    influence: Floats
    among: Mask
    population: Population
    interval: Interval

    @property
    def n(self) -> int:
        """The denominator."""
        return self.population.n

    def flagged(self, flag: Flag) -> Draft:
        """The same, with why it is to be read with care."""
        return replace(self, interval=replace(self.interval, flag=flag))

    def without_value(self, flag: Flag) -> Draft:
        """The same without a number, and why."""
        return replace(self.flagged(flag), value=math.nan)
