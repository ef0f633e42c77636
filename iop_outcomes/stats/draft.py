"""Takes an estimate and what one more episode per cell would add to it, gives a `Draft`: a number before its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Key

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Mask = NDArray[np.bool_]

Rule = Literal["wilson", "t", "order_statistics", "normal", "log_log", "log_log_days", "band", "test", "none"]


@dataclass(frozen=True, eq=False)
class Distribution:
    """Whole-number values in increasing order and how many episodes hold each; shape (values,) both."""

    values: Ints
    n: Ints


@dataclass(frozen=True, eq=False)
class Band:
    """A falling curve with its error on each day; its limits, inverted, are the interval of a quantile.

    Parameters
    ----------
    days, curve : arrays, shape (days,)
        Days, and share left.
    daily : callable
        Gives the error of the share for independent episodes on each day, shape (days,), and what one more episode in each
        row of the merged table would add to it, shape (days, rows); asked only when an interval is.
    origin : int64 array, shape (raw cells,)
        For each cell of the table as first counted, its row in the influence, or -1.
    gone : float
        Which quantile; 0.5 for the median.
    """

    days: Ints
    curve: Floats
    daily: Callable[[], tuple[Floats, Floats]]
    origin: Ints
    gone: float = 0.5

    @cached_property
    def _known(self) -> tuple[Floats, Floats]:
        return self.daily()

    @property
    def se(self) -> Floats:
        """Error of the share on each day for independent episodes, shape (days,)."""
        return self._known[0]

    @property
    def influence(self) -> Floats:
        """What one more episode in each row would add to the share on each day, shape (days, rows)."""
        return self._known[1]


@dataclass(frozen=True, eq=False)
class CurvePoint:
    """What the interval of a share of a curve on a day reads beside its value.

    Parameters
    ----------
    at_risk : int
        Episodes not yet gone before that day.
    ends : int
        Episodes that had ended by then in the ways that count for this share.
    kinds : int
        How many kinds of end had occurred by then.
    left : bool
        Whether it is the share left, rather than the share ended.
    known : bool array, shape (raw cells,)
        Cells whose state on that day is known: ended by then, or followed to then.
    tail : Tail or None
        Where everybody has ended though somebody's follow-up ended before the last end.
    """

    at_risk: int
    ends: int
    kinds: int
    left: bool
    known: Mask
    tail: Tail | None = None


@dataclass(frozen=True, eq=False)
class Tail:
    """The end of a curve that comes down to 0 after losses.

    Parameters
    ----------
    before : float
        Share left just before the day of the last end.
    influence : float array, shape (raw cells,)
        What one more episode in each cell would add to it.
    at_risk : bool array, shape (raw cells,)
        Cells still at risk on that day.
    """

    before: float
    influence: Floats
    at_risk: Mask


@dataclass(frozen=True, eq=False)
class GroupScores:
    """A test between groups, as it stands for independent episodes, and what it needs where patients repeat.

    Parameters
    ----------
    statistic, df, p : float, int, float
        Of the test for independent episodes.
    observed_minus_expected : float array, shape (groups,)
        The scores; they sum to 0.
    influence : float array, shape (raw cells, groups), or None
        What one more episode in each cell would add to each; `None` where the test knows no repeated patients.
    groups : tuple of bool arrays, shape (raw cells,)
        The cells of each group.
    method : str
        Name of the test's variance for independent episodes.
    wanted : {"statistic", "p"}
        Which number of the test the draft holds.
    """

    statistic: float
    df: int
    p: float
    observed_minus_expected: Floats
    influence: Floats | None
    groups: tuple[Mask, ...]
    method: str
    wanted: Literal["statistic", "p"]


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
    estimand : str
        Name of what is estimated.
    value : float
        The estimate; NaN where the data allow none (`flag` says why).
    population : Population
        Denominator, numerator, missing and excluded episodes.
    influence : float array, shape (raw cells,)
        What one more episode in each cell of the counted table would add to `value`; 0 outside the population.
    rule : str
        Name of the interval rule that `interval.finish` applies.
    among : bool array, shape (raw cells,), optional
        Cells of the counted table that are in the denominator.
    time : float or None
        Day the estimate is for, where it has one.
    distribution, quantile : Distribution or None, float or None
        What order-statistic intervals read: the values themselves and the share below.
    band : Band or None
        What the interval of a quantile of a curve reads.
    scores : GroupScores or None
        What a test between groups reads.
    textbook : float or None
        Variance for independent episodes, where the textbook has a better one than the influences give.
    df : float or None
        Degrees of freedom of a t interval, where they are not those of one mean.
    point : CurvePoint or None
        What the interval of a share of a curve reads.
    word : str
        What the number is called, where it is called anything.
    flag : str
        Why the estimate is impossible or to be read with care; empty when neither.
    """

    estimand: str
    value: float
    population: Population
    influence: Floats
    rule: Rule
    among: Mask | None = None
    time: float | None = None
    distribution: Distribution | None = None
    quantile: float | None = None
    band: Band | None = None
    scores: GroupScores | None = None
    textbook: float | None = None
    df: float | None = None
    point: CurvePoint | None = None
    word: str = ""
    flag: str = ""

    @property
    def key(self) -> Key:
        """Its name with its time, which no other number of the measure has."""
        return Key(self.estimand, self.time)

    @property
    def n(self) -> int:
        """The denominator."""
        return self.population.n
