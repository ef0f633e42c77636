"""Takes the drafts of a measure in every group, gives each group minus the others, or each minus each, with one rule for range and word."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations, pairwise
from typing import NamedTuple, Protocol

import numpy as np

from iop_outcomes.evaluate.groups import Divided
from iop_outcomes.evaluate.margins import VERDICTS, Margin, verdicts
from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, TOO_FEW, UNCLEAR, Flag, Key, flags
from iop_outcomes.measures import Measure
from iop_outcomes.patients import Patients
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.intervals import Difference, Errors, Side, difference, difference_limits, errors_of
from iop_outcomes.units import UNITS

FEWEST = 11  # episodes on either side of a comparison


@dataclass(frozen=True, slots=True)
class Against:
    """What to compare.

    Parameters
    ----------
    estimands : tuple of str
        Numbers of the measure; every one that has an interval by default. d and g are never compared: between groups,
        differences are in points.
    pairwise : bool
        Each group minus each other, instead of minus all the others together.
    times : tuple of float
        Days for which numbers that have several are compared; all by default.
    levels : tuple of str
        Groups to compare, each pair in this order: the first minus the second; every group by default.
    successive : bool
        Of the pairs, only each group minus the one that follows it.
    margin : Margin, optional
        What one of the numbers is held against too.
    """

    estimands: tuple[str, ...] = ()
    pairwise: bool = False
    times: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    successive: bool = False
    margin: Margin | None = None


class Pair(NamedTuple):
    """Two estimates that are compared: of which level, which contrast, that of the level, the other, and the patients behind both."""

    level: str
    key: Key
    one: Side
    other: Side
    people: Patients


class Comparable(Protocol):
    """Numbers of several groups, as they stand or adjusted."""

    @property
    def compared(self) -> list[Key]:
        """The numbers that groups can be compared by."""

    def against_others(self, measure: Measure, level: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The estimates of a level, each beside that of every episode of the other groups."""

    def of_two(self, level: str, versus: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The estimates of a level, each beside that of another."""


@dataclass(frozen=True, eq=False)
class Drafted:
    """A measure's drafts in every level, with the tables they rest on."""

    divided: Divided
    drafts: Sequence[tuple[str, Draft, Errors]]

    @property
    def compared(self) -> list[Key]:
        """The numbers that groups can be compared by."""
        return [draft.key for level, draft, _ in self.drafts if level == ALL and draft.interval.comparison is not None]

    @cached_property
    def sides(self) -> Mapping[tuple[str, Key], Side]:
        """The estimates of every level."""
        return {(level, draft.key): Side(draft, errors) for level, draft, errors in self.drafts}

    def against_others(self, measure: Measure, level: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The estimates of a level, each beside that of every episode of the other groups; those with no group recorded are in none."""
        beside = self.divided.beside_others(level)
        others = {draft.key: draft for draft in measure.drafts(beside.others, keys)}
        known = [key for key in keys if key in others and (level, key) in self.sides]
        errors = {key: errors_of(others[key], beside.people, beside.n) for key in known}
        people = beside.people.put_away()  # those of every level are kept until all are judged
        return {
            key: Pair(level, key.against_others, _lifted(self.sides[level, key], 0, len(beside.n)), Side(others[key], errors[key]), people)
            for key in known
        }

    def of_two(self, level: str, versus: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The estimates of a level, each beside that of another."""
        people, cells = self.divided.two(level, versus)
        return {
            key: Pair(
                level,
                key.against(versus),
                _lifted(self.sides[level, key], 0, sum(cells)),
                _lifted(self.sides[versus, key], cells[0], sum(cells)),
                people,
            )
            for key in keys
            if (level, key) in self.sides and (versus, key) in self.sides
        }


def _lifted(side: Side, before: int, cells: int) -> Side:
    """An estimate with its influences in a table of so many cells, which holds those of its own after so many others."""
    draft, here = side.draft, slice(before, before + len(side.draft.influence))
    influence, among = np.zeros(cells), np.zeros(cells, dtype=np.bool_)
    influence[here], among[here] = draft.influence, draft.among
    return Side(replace(draft, influence=influence, among=among), side.errors)


def contrasts(measure: Measure, results: Results, drafted: Comparable, against: Against, conf_level: float) -> Results:
    """Add the comparisons to results.

    Parameters
    ----------
    measure, results, drafted
        What was evaluated.
    against : Against
        What to compare.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Results
        With, for each number and level: the difference, its simultaneous interval, its p, its p adjusted for being one of
        several, and the word that the interval gives; and of a number held against a margin the verdicts.
    """
    every = results.levels
    levels = [level for level in against.levels or every if level in every and level not in (ALL, MISSING_LEVEL)]
    keys = _compared(measure, drafted, against)
    if against.pairwise:
        two = pairwise(levels) if against.successive else combinations(levels, 2)
        compared = [drafted.of_two(one, other, keys) for one, other in two]
    else:
        compared = [drafted.against_others(measure, level, keys) for level in levels] if len(levels) > 1 else []
    same_twice = len(levels) == 2 and not against.pairwise
    plain = {(estimate.level, estimate.key): estimate for estimate in results.estimates}
    estimates: list[Estimate] = []
    people: dict[tuple[str, Key], Population] = {}
    for key in keys:
        pairs = [each[key] for each in compared if key in each]
        margin = against.margin if against.margin is not None and against.margin.estimand == key.estimand else None
        estimates += _family(plain, pairs, conf_level, same_twice=same_twice, margin=margin)
        sides = {(pair.level, pair.key): pair.one.draft.population for pair in pairs}
        people |= sides if margin is None else sides | _of_verdicts(results, sides, key)
    return replace(results, estimates=(*results.estimates, *estimates), populations={**results.populations, **people})


def _of_verdicts(results: Results, sides: dict[tuple[str, Key], Population], key: Key) -> dict[tuple[str, Key], Population]:
    """Verdicts speak of the episodes of the comparison they judge; so would a number of their name in every group."""
    of_groups = {(level, key): results.populations[level, key] for level in results.levels if (level, key) in results.populations}
    return {(level, each._replace(estimand=name)): whose for (level, each), whose in (of_groups | sides).items() for name in VERDICTS}


def _compared(measure: Measure, drafted: Comparable, against: Against) -> list[Key]:
    """What is compared, in the order of the measure; a difference of codes is no number of days."""
    codes = {definition.name for definition in measure.estimands if not UNITS[definition.unit].difference}
    chosen = [key for key in drafted.compared if key.estimand not in codes]
    named = [key for key in chosen if not against.estimands or key.estimand in against.estimands]
    return [key for key in named if key.time is None or not against.times or key.time in against.times]


def _family(
    plain: Mapping[tuple[str, Key], Estimate], pairs: Sequence[Pair], conf_level: float, *, same_twice: bool, margin: Margin | None
) -> list[Estimate]:
    """One number compared in every group, each interval at the level at which all hold together (Sidak).

    References
    ----------
    Sidak Z (1967), doi:10.1080/01621459.1967.10482935.
    """
    judged = [place for place, pair in enumerate(pairs) if _enough(pair.one, pair.other, conf_level)]
    several, level = 0, conf_level
    while judged and several != len(judged):  # limits by ranks may be open on both sides at a higher level: such a one is none
        several = len(judged)
        level = conf_level if same_twice else conf_level ** (1 / several)  # two groups make one contrast, seen from both sides
        judged = [place for place in judged if _has_interval(pairs[place], level)]
    rows: list[Estimate] = []
    judged_rows: list[Estimate] = []
    with_words = set(judged)
    for place, (name, key, one, other, people) in enumerate(pairs):
        estimate, at = plain[name, key.number], None
        if place in with_words:
            several = 1 if same_twice else len(judged)
            at = partial(difference, one, other, people, conf_level=level)
            rows.append(_row(_bare(estimate, key, one.draft), at(), level, several))
        else:
            apart, why = one.draft.interval.apart(one.draft, other.draft), _why(one, other, conf_level)
            rows.append(_too_few(_bare(estimate, key, one.draft), apart, why))
        if margin is not None:
            judged_rows += verdicts(rows[-1], margin, at, several)
    return [*rows, *judged_rows]


def _why(one: Side, other: Side, conf_level: float) -> Flag:
    """Why a comparison is not judged."""
    if Flag.NO_OVERLAP in (one.draft.interval.flag, other.draft.interval.flag):
        return Flag.NO_OVERLAP
    return Flag.FEW_PATIENTS if _few_patients(one, other, conf_level) else Flag.TOO_FEW


def _enough(one: Side, other: Side, conf_level: float) -> bool:
    """Whether both sides hold enough episodes and patients to be judged."""
    return min(one.draft.n, other.draft.n) >= FEWEST and not _few_patients(one, other, conf_level)


def _has_interval(pair: Pair, level: float) -> bool:
    return not difference_limits(pair.one, pair.other, pair.people, conf_level=level).none


def _few_patients(one: Side, other: Side, conf_level: float) -> bool:
    return any(Flag.FEW_PATIENTS in side.limits(conf_level).flags for side in (one, other))


def _row(bare: Estimate, contrast: Difference, level: float, several: int) -> Estimate:
    limits = contrast.limits
    return replace(
        bare,
        value=contrast.value,
        se=limits.se,
        low=limits.low,
        high=limits.high,
        p=contrast.p,
        p_adjusted=-math.expm1(several * math.log1p(-contrast.p)) if contrast.p < 1 else 1.0,
        word=HIGHER if limits.low > 0 else LOWER if limits.high < 0 else UNCLEAR,
        conf_level=level,
        method=limits.method,
        flag=limits.flags | bare.flag,
    )


def _too_few(bare: Estimate, value: float, why: Flag) -> Estimate:
    nan = math.nan
    return replace(bare, value=value, se=nan, low=nan, high=nan, word=TOO_FEW, method="none", flag=flags(why) | bare.flag)


def _bare(estimate: Estimate, key: Key, draft: Draft) -> Estimate:
    """A row of a contrast, without its numbers; independence holds for a difference as for what it is made of."""
    standard = draft.population.standard
    left_out = Flag.STRATA_LEFT_OUT if standard is not None and standard.strata_out else Flag.NONE
    return replace(
        estimate,
        contrast=key.contrast,
        versus=key.versus,
        unit=UNITS[estimate.unit].difference,
        n=draft.n,
        n_at_risk=None,
        excluded=estimate.excluded + estimate.n - draft.n,
        flag=(estimate.flag & {Flag.INDEPENDENCE_ASSUMED}) | flags(left_out),
    )
