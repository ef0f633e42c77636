"""Takes the drafts of a measure in every group, gives each group minus the others, or each minus each, with one rule for range and word."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from iop_outcomes.evaluate.groups import Divided
from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, TOO_FEW, UNCLEAR, Flag, Flags, Key, flags
from iop_outcomes.measures import Measure
from iop_outcomes.patients import Patients
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Draft
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
    """

    estimands: tuple[str, ...] = ()
    pairwise: bool = False
    times: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    successive: bool = False


class Pair(NamedTuple):
    """Two estimates that are compared: of which level, which contrast, that of the level, the other, and the patients behind both."""

    level: str
    key: Key
    one: Side
    other: Side
    people: Patients


@dataclass(frozen=True, eq=False)
class Drafted:
    """A measure's drafts in every level, with the tables they rest on."""

    divided: Divided
    drafts: Sequence[tuple[str, Draft, Errors]]

    @cached_property
    def sides(self) -> Mapping[tuple[str, Key], Side]:
        """The estimates of every level."""
        return {(level, draft.key): Side(draft, errors) for level, draft, errors in self.drafts}

    def against_others(self, measure: Measure, level: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The estimates of a level, each beside that of every episode of the other groups; those with no group recorded are in none."""
        beside = self.divided.beside_others(level)
        others = {draft.key: draft for draft in measure.drafts(beside.others, keys)}
        return {
            key: Pair(
                level,
                key.against_others,
                _lifted(self.sides[level, key], 0, len(beside.n)),
                Side(others[key], errors_of(others[key], beside.people, beside.n)),
                beside.people,
            )
            for key in keys
            if key in others and (level, key) in self.sides
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


def contrasts(measure: Measure, results: Results, drafted: Drafted, against: Against, conf_level: float) -> Results:
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
        several, and the word that the interval gives.
    """
    levels = [level for level in against.levels or results.levels if level in results.levels and level not in (ALL, MISSING_LEVEL)]
    keys = _compared(measure, drafted, against)
    if against.pairwise:
        pairs = pairwise(levels) if against.successive else combinations(levels, 2)
        compared = [drafted.of_two(one, other, keys) for one, other in pairs]
    else:
        compared = [drafted.against_others(measure, level, keys) for level in levels] if len(levels) > 1 else []
    same_twice = len(levels) == 2 and not against.pairwise
    plain = {(estimate.level, estimate.key): estimate for estimate in results.estimates}
    estimates: list[Estimate] = []
    for key in keys:
        estimates += _family(plain, [each[key] for each in compared if key in each], conf_level, same_twice=same_twice)
    populations = {(e.level, e.key): results.populations[e.level, e.key.number] for e in estimates}
    return replace(results, estimates=(*results.estimates, *estimates), populations={**results.populations, **populations})


def _compared(measure: Measure, drafted: Drafted, against: Against) -> list[Key]:
    """What is compared, in the order of the measure; a difference of codes is no number of days."""
    codes = {definition.name for definition in measure.estimands if not UNITS[definition.unit].difference}
    able = [draft.key for level, draft, _ in drafted.drafts if level == ALL and draft.interval.comparison is not None]
    chosen = [key for key in able if key.estimand not in codes]
    named = [key for key in chosen if not against.estimands or key.estimand in against.estimands]
    return [key for key in named if key.time is None or not against.times or key.time in against.times]


def _family(plain: Mapping[tuple[str, Key], Estimate], pairs: Sequence[Pair], conf_level: float, *, same_twice: bool) -> list[Estimate]:
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
    rows, with_words = [], set(judged)
    for place, (name, key, one, other, people) in enumerate(pairs):
        estimate = plain[name, key.number]
        if place in with_words:
            contrast = difference(one, other, people, conf_level=level)
            rows.append(_row(estimate, key, contrast, level, 1 if same_twice else several))
        else:
            why = Flag.FEW_PATIENTS if _few_patients(one, other, conf_level) else Flag.TOO_FEW
            rows.append(_too_few(estimate, key, one.draft.interval.apart(one.draft, other.draft), why))
    return rows


def _enough(one: Side, other: Side, conf_level: float) -> bool:
    """Whether both sides hold enough episodes and patients to be judged."""
    return min(one.draft.n, other.draft.n) >= FEWEST and not _few_patients(one, other, conf_level)


def _has_interval(pair: Pair, level: float) -> bool:
    return not difference_limits(pair.one, pair.other, pair.people, conf_level=level).none


def _few_patients(one: Side, other: Side, conf_level: float) -> bool:
    return any(Flag.FEW_PATIENTS in side.limits(conf_level).flags for side in (one, other))


def _row(estimate: Estimate, key: Key, contrast: Difference, level: float, several: int) -> Estimate:
    limits = contrast.limits
    return replace(
        _bare(estimate, key),
        value=contrast.value,
        se=limits.se,
        low=limits.low,
        high=limits.high,
        p=contrast.p,
        p_adjusted=-math.expm1(several * math.log1p(-contrast.p)) if contrast.p < 1 else 1.0,
        word=HIGHER if limits.low > 0 else LOWER if limits.high < 0 else UNCLEAR,
        conf_level=level,
        method=limits.method,
        flag=limits.flags | _assumed(estimate),
    )


def _too_few(estimate: Estimate, key: Key, value: float, why: Flag) -> Estimate:
    nan, flag = math.nan, flags(why) | _assumed(estimate)
    return replace(_bare(estimate, key), value=value, se=nan, low=nan, high=nan, word=TOO_FEW, method="none", flag=flag)


def _bare(estimate: Estimate, key: Key) -> Estimate:
    """A row of a contrast, without its numbers; independence holds for a difference as for what it is made of."""
    return replace(estimate, contrast=key.contrast, versus=key.versus, unit=UNITS[estimate.unit].difference, n_at_risk=None)


def _assumed(estimate: Estimate) -> Flags:
    return estimate.flag & {Flag.INDEPENDENCE_ASSUMED}
