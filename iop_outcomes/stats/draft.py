"""Takes an estimate and what one more episode per cell would add to it, gives a `Draft`: a number with its kind of interval, before its limits."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.keys import Flag, Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.limits import NO_LIMITS, Clustered, Errors, Limits, few, variance_independent

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Mask = NDArray[np.bool_]


Cell = tuple[int, int | None]  # episodes, and those counted among them, for a share


@dataclass(frozen=True)
class Standardisation:
    """Over which strata a number is standardised, and who stands in those left out.

    Parameters
    ----------
    sides : tuple of tuple of Cell
        Of the group, and for a difference of those it is compared with: the episodes in each stratum that is used.
    weights : tuple of float
        The share of each of these strata.
    own_out : int
        Episodes of the group in strata left out.
    everyone, out : int
        Episodes whose strata give the weights and those left out, and how many of them are in strata left out.
    strata, strata_out : int
        How many strata there are, and how many of them are left out.
    """

    sides: tuple[tuple[Cell, ...], ...]
    weights: tuple[float, ...]
    own_out: int
    everyone: int
    out: int
    strata: int
    strata_out: int


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
    at_risk : Population, optional
        Where it is of a day: the episodes of the denominator by whether they are followed to that day, who are the numerator.
    revealed : frozenset of str
        Parts of the denominator whose number follows from the value, or from there being one: it is shown only where that number is.
    complement : Population, optional
        Another population whose numerator is part of what the value leaves to 1: of a share free of every end, those with the event. The
        value tells how many they are, and is shown only where their number is.
    remainder : int
        Episodes that are the rest of what the value leaves to 1: it is shown only where so many may be.
    standard : Standardisation, optional
        Of a standardised number: over which strata. Its parts are those of the group as it stands.

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
    at_risk: Population | None = None
    revealed: frozenset[str] = frozenset()
    complement: Population | None = None
    remainder: int = 0
    standard: Standardisation | None = None

    def count(self, parts: frozenset[str]) -> int:
        """Episodes in these parts together."""
        size_of = self.parts.get
        return sum([size_of(part, 0) for part in parts])

    @cached_property
    def whole(self) -> int:
        """Every episode."""
        return sum(self.parts.values())

    @cached_property
    def n(self) -> int:
        """The denominator."""
        return self.count(self.base)

    @property
    def k(self) -> int | None:
        """The numerator, for a share."""
        return None if self.hits is None else self.count(self.hits)

    @cached_property
    def rests_on(self) -> tuple[frozenset[str], ...]:
        """Parts without whose number the value is not shown, where counts are withheld."""
        return (self.base, *(() if self.hits is None else (self.hits,)), *((self.revealed,) if self.revealed else ()))

    @property
    def with_complement(self) -> tuple[Population, ...]:
        """Itself, and the population whose numerator its value tells."""
        return (self,) if self.complement is None else (self, self.complement)

    @property
    def n_missing(self) -> int:
        """Episodes left out because the value is missing."""
        return self.count(self.missing)

    @cached_property
    def excluded_parts(self) -> frozenset[str]:
        """Parts that are in neither the denominator nor the missing."""
        return frozenset(self.parts) - self.base - self.missing

    @property
    def excluded(self) -> dict[str, int]:
        """Episodes outside the population, by reason."""
        outside = self.excluded_parts
        return {part: n for part, n in self.parts.items() if part in outside}


@dataclass(frozen=True, eq=False, kw_only=True)
class Interval(ABC):
    """How a draft gets its limits.

    Parameters
    ----------
    flag : Flag
        Why the estimate is impossible, or to be read with care.
    word : str
        What the number is called, where it is called anything.
    """

    method: ClassVar[str] = "none"
    method_by_patient: ClassVar[str] = "none"
    comparison: ClassVar[Comparison | None] = None  # how two such estimates are compared; None where they are not

    flag: Flag = Flag.NONE
    word: str = ""

    @property
    def at_risk(self) -> int | None:
        """Episodes followed to the day of the estimate, where it has one."""
        return None

    def values(self, draft: Draft) -> float:
        """How many values a mean is worth, for the degrees of freedom of a comparison."""
        return draft.n

    def spread(self, errors: Errors) -> float:
        """Variance of the estimate over independent episodes."""
        return errors.variance

    def apart(self, one: Draft, other: Draft) -> float:
        """By how much two estimates of this kind differ."""
        return one.value - other.value

    def errors(self, draft: Draft, people: Patients, n: Ints) -> Errors:
        """Errors of a draft: over episodes, and over patients where one has several in the denominator; see `errors_of`."""
        effective, most = people.among(draft.among)
        clustered = Clustered(effective, people.variance(draft.influence)) if most > 1 else None
        return Errors(variance_independent(draft.influence, n), clustered)

    @abstractmethod
    def limits(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits from independent episodes; an empty method stands for the usual one."""

    def limits_by_patient(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits where patients repeat; those of independent episodes with the errors by patient, unless a kind has its own."""
        return self.limits(draft, errors, conf_level)

    def finish(self, draft: Draft, errors: Errors, conf_level: float) -> Limits:
        """Limits with their method and flags; see `finish`."""
        repeated = errors.clustered
        method = self.method if repeated is None else self.method_by_patient
        if math.isnan(draft.value):
            return NO_LIMITS.named(method)
        if repeated is None:
            return self.limits(draft, errors, conf_level).named(method)
        if repeated.effective < 2:
            return NO_LIMITS.named(method, few(repeated.effective))  # hardly more than one patient tells nothing of others
        return self.limits_by_patient(draft, errors, conf_level).named(method, few(repeated.effective))


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
        """The denominator; of a standardised number without those in strata left out."""
        standard = self.population.standard
        return self.population.n - (0 if standard is None else standard.own_out)

    def flagged(self, flag: Flag) -> Draft:
        """The same, with why it is to be read with care."""
        return replace(self, interval=replace(self.interval, flag=flag))

    def without_value(self, flag: Flag) -> Draft:
        """The same without a number, and why."""
        return replace(self.flagged(flag), value=math.nan)


@dataclass(frozen=True, eq=False)
class Side:
    """One of two estimates that are compared: its draft and its errors."""

    draft: Draft
    errors: Errors

    def limits(self, conf_level: float) -> Limits:
        """Its own limits."""
        return self.draft.interval.finish(self.draft, self.errors, conf_level)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first estimate minus the second, with its limits and the p value at which they would just touch 0, or another bound."""

    value: float
    limits: Limits
    p: float


class Comparison(Protocol):
    """How two estimates of one kind are compared; of groups that share no episode, though they may share patients."""

    def limits(self, one: Side, other: Side, people: Patients, conf_level: float) -> Limits:
        """Limits of the difference alone: the p value takes many times as long."""

    def difference(self, one: Side, other: Side, people: Patients, conf_level: float, bound: float = 0.0) -> Difference:
        """Difference, limits and the p value at which these would just touch a bound."""
