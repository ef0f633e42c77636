"""Takes an estimand, a time and a contrast, gives the `Key` that no other number of a measure at a place has; and the closed sets of words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Reserved(StrEnum):
    """Labels that no group of the data can have: loading refuses them (`reserved_word`)."""

    ALL = "All"
    MISSING = "(missing)"


class Place(NamedTuple):
    """A group of episodes: its level of the first grouping column and of the second, blank where there is no second.

    Examples
    --------
    >>> Place("psychosis", "All").includes(Place("psychosis", "virtual")), Place("All").includes(Place("psychosis"))
    (True, True)
    >>> Place("psychosis", "virtual").is_crossed, Place("psychosis", "All").is_sum, Place("All", "virtual").is_everyone
    (True, True, False)
    """

    level: str
    level_2: str = ""

    @property
    def is_sum(self) -> bool:
        """Whether it is everyone, or everyone of one level of either column."""
        return Reserved.ALL in self

    @property
    def is_everyone(self) -> bool:
        """Whether it is everyone."""
        return self.level == Reserved.ALL and self.level_2 in ("", Reserved.ALL)

    @property
    def is_crossed(self) -> bool:
        """Whether it is the pair of a level of one column and a level of another."""
        return bool(self.level_2) and not self.is_sum

    def includes(self, other: Place) -> bool:
        """Whether the episodes of another group are among its own."""
        return all(level in (Reserved.ALL, inside) for level, inside in zip(self, other, strict=True))


class Contrast(StrEnum):
    """From whom a difference is taken; a number itself has none."""

    NONE = ""
    MINUS_OTHERS = "minus_others"
    MINUS_LEVEL = "minus_level"


class Word(StrEnum):
    """What a contrast is called."""

    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "no clear difference"
    TOO_FEW = "too few"


ALL, MISSING_LEVEL = Reserved.ALL, Reserved.MISSING
MINUS_OTHERS, MINUS_LEVEL = Contrast.MINUS_OTHERS, Contrast.MINUS_LEVEL
HIGHER, LOWER, UNCLEAR, TOO_FEW = Word


class Flag(StrEnum):
    """Why an estimate is impossible, or to be read with care; written in this order."""

    NONE = ""
    NO_EPISODES = "no_episodes"
    NO_PAIRS = "no_pairs"
    NO_SCORES = "no_scores"
    ONE_EPISODE = "one_episode"
    ONE_PAIR = "one_pair"
    TWO_PAIRS = "two_pairs"
    ONE_SCORE = "one_score"
    SD_ZERO = "sd_zero"
    NO_REFERENCE = "no_reference"
    NO_SPREAD = "no_spread"
    NO_OVERLAP = "no_overlap"
    STRATA_LEFT_OUT = "strata_left_out"
    ONE_GROUP = "one_group"
    PAST_FOLLOW_UP = "past_follow_up"
    NOT_FOLLOWED_IN_ALL_GROUPS = "not_followed_in_all_groups"
    NOT_REACHED = "not_reached"
    TOO_FEW_FOLLOWED = "too_few_followed"
    NOT_ASSESSABLE = "not_assessable"
    EVENTS_WITHOUT_FOLLOW_UP = "events_without_follow_up"
    PATIENTS_REPEAT = "patients_repeat"
    INTERVAL_OPEN = "interval_open"
    FEWER_THAN_5_EVENTS = "fewer_than_5_events"
    FEW_PATIENTS = "few_patients"
    TOO_FEW = "too_few"
    INDEPENDENCE_ASSUMED = "independence_assumed"
    SUPPRESSED = "suppressed"


Flags = frozenset[Flag]


def flags(*given: Flag) -> Flags:
    """A set of those that hold.

    Examples
    --------
    >>> written(flags(Flag.FEW_PATIENTS, Flag.NONE, Flag.FEWER_THAN_5_EVENTS))
    'fewer_than_5_events; few_patients'
    """
    return frozenset(flag for flag in given if flag)


def written(held_flags: Iterable[Flag]) -> str:
    """A set of flags in the words of a cell, in the order of `Flag`."""
    return _written(frozenset(held_flags))


@cache
def _written(held_flags: Flags) -> str:
    return "; ".join(flag for flag in Flag if flag in held_flags)


class Key(NamedTuple):
    """Which number of a measure.

    Parameters
    ----------
    estimand : str
        What is estimated.
    time : float or None
        Day it is for, where it has one.
    contrast : Contrast
        Empty for the number itself; else its difference from all the others together, or from one level.
    versus : str
        That level, for "minus_level".
    adjustment : str
        What it is adjusted for, as the column of that name says; empty for a number as it stands.

    Examples
    --------
    >>> key = Key("cumulative_incidence", 90.0)
    >>> str(key), str(key.against_others)
    ('cumulative_incidence at 90', 'cumulative_incidence at 90 minus_others')
    """

    estimand: str
    time: float | None = None
    contrast: Contrast = Contrast.NONE
    versus: str = ""
    adjustment: str = ""

    @property
    def number(self) -> Key:
        """The number that a contrast compares."""
        return self._replace(contrast=Contrast.NONE, versus="") if self.contrast or self.versus else self

    @property
    def unadjusted(self) -> Key:
        """The same as it stands."""
        return self._replace(adjustment="") if self.adjustment else self

    def adjusted(self, adjustment: str) -> Key:
        """The same, adjusted."""
        return self._replace(adjustment=adjustment)

    @property
    def against_others(self) -> Key:
        """Its difference from all the others together."""
        return self._replace(contrast=MINUS_OTHERS, versus="")

    def against(self, level: str) -> Key:
        """Its difference from one level."""
        return self._replace(contrast=MINUS_LEVEL, versus=level)

    def __str__(self) -> str:
        at = "" if self.time is None else f" at {self.time:g}"
        against = f"{f' {self.contrast}' if self.contrast else ''}{f' {self.versus}' if self.versus else ''}"
        return f"{self.estimand}{at}{against}{f', {self.adjustment}' if self.adjustment else ''}"
