"""Takes the episodes of several groups with the stratum of each, gives every group's numbers standardised, beside those of the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from iop_outcomes.counts import Level
from iop_outcomes.evaluate.adjust import Weights, standardised
from iop_outcomes.evaluate.contrasts import Against, Pair, contrasts
from iop_outcomes.evaluate.groups import Divided, Group
from iop_outcomes.evaluate.margins import VERDICTS
from iop_outcomes.evaluate.strata import Adjusting
from iop_outcomes.keys import ALL, MISSING_LEVEL, Flag, Key, flags
from iop_outcomes.measures import Measure
from iop_outcomes.patients import Patients
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Cell, Draft, Floats, Ints, Mask, Population, Standardisation
from iop_outcomes.stats.intervals import Combinable, Errors, NoInterval, Side, errors_of, finish

InStrata = Mapping[Level, Side]  # one number of some episodes in each stratum that has any of them
Populations = Mapping[tuple[str, Key], Population]


@dataclass(frozen=True, eq=False)
class Standardised:
    """A measure's numbers in every group, each standardised to all groups together.

    The standard of a comparison are the episodes of every group in the denominator, in the strata in which both sides have an estimate;
    the shares of the strata among them are the weights. A group's own number is standardised as where it is set against the others.

    Parameters
    ----------
    measure : Measure
        The question.
    group : Group
        The episodes that have a group, with what is adjusted for.
    names : tuple of str
        Of the groups.
    level, stratum : int64 array, shape (cells,)
        Which group and which stratum each cell is in.
    read : tuple of str
        Columns that the measure reads.
    keys : tuple of Key
        The numbers that are adjusted, as they stand.
    adjustment : str
        What the column of that name says.
    populations : dict of (level, Key) to Population
        Of the numbers as they stand.
    """

    measure: Measure
    group: Group
    names: tuple[str, ...]
    level: Ints
    stratum: Ints
    read: tuple[str, ...]
    keys: tuple[Key, ...]
    adjustment: str
    populations: Populations
    _known: dict[tuple[int, bool], Mapping[Key, InStrata]] = field(default_factory=dict)

    @classmethod
    def by(cls, measure: Measure, divided: Divided, adjusting: Adjusting, populations: Populations, keys: Sequence[Key]) -> Standardised:
        """From the episodes divided by the column compared, with the columns adjusted for."""
        counts, bounds, names = divided.together.counts, divided.bounds, divided.names
        if names[-1:] == (MISSING_LEVEL,):
            names, bounds = names[:-1], bounds[:-1]
        group = divided.together.where(np.arange(len(counts)) < bounds[-1])
        level = np.repeat(np.arange(len(names)), np.diff(bounds)).astype(np.int64)
        read = tuple(name for name in counts.columns if name not in divided.unread)
        stratum = adjusting.strata(group.counts)
        return cls(measure, group, names, level, stratum, read, tuple(keys), adjusting.name, populations)

    # -- what is compared ------------------------------------------------------------------------------------------------

    @property
    def compared(self) -> list[Key]:
        """The numbers that groups are compared by."""
        return [key.adjusted(self.adjustment) for key in self.keys]

    @cached_property
    def drafts(self) -> list[tuple[str, Draft, Errors]]:
        """Every group's numbers, in the order of the groups."""
        pairs = [(name, self._pairs(name, None)) for name in self.names]
        return [(name, self._alone(pair.one.draft), pair.one.errors) for name, of_name in pairs for pair in of_name.values()]

    def against_others(self, measure: Measure, level: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The numbers of a group, each beside that of all the other groups together."""
        del measure
        return {key: pair for key, pair in self._pairs(level, None).items() if key in keys}

    def of_two(self, level: str, versus: str, keys: Sequence[Key]) -> dict[Key, Pair]:
        """The numbers of a group, each beside that of another."""
        return {key: pair for key, pair in self._pairs(level, versus).items() if key in keys}

    def _pairs(self, level: str, versus: str | None) -> dict[Key, Pair]:
        one = self._in_strata(self.names.index(level), others=False)
        other = self._in_strata(self.names.index(level if versus is None else versus), others=versus is None)
        pairs = {}
        for plain in self.keys:
            key = plain.adjusted(self.adjustment)
            sides = self._standardised((one[plain], other[plain]), self.populations[level, plain], key)
            contrast = key.against_others if versus is None else key.against(versus)
            pairs[key] = Pair(level, contrast, *sides, self.group.people)
        return pairs

    # -- the numbers in each stratum -------------------------------------------------------------------------------------

    def _in_strata(self, level: int, *, others: bool) -> Mapping[Key, InStrata]:
        """The numbers of a group, or of all the others, in each stratum: influences are of the cells of all groups."""
        if (level, others) not in self._known:
            here = self.level != level if others else self.level == level
            alone = Patients.all_different(self.group.counts.n)  # patients are told apart where the strata are added up
            numbers: dict[Key, dict[Level, Side]] = {key: {} for key in self.keys}
            for stratum in np.unique(self.stratum[here]).tolist():
                episodes = self.group.counts.where(here & (self.stratum == stratum)).keep(self.read)
                for draft in self.measure.drafts(episodes, self.keys):
                    numbers[draft.key][stratum] = Side(draft, errors_of(draft, alone, self.group.counts.n))
            self._known[level, others] = numbers
        return self._known[level, others]

    @cached_property
    def _among(self) -> Mapping[Key, Mask]:
        """The cells of the denominator of each number, of every group."""
        every = [self._in_strata(level, others=False) for level in range(len(self.names))]
        nobody = np.zeros(len(self.group.counts), dtype=np.bool_)
        return {
            key: np.logical_or.reduce([nobody, *(side.draft.among for strata in every for side in strata[key].values())])
            for key in self.keys
        }

    def _standardised(self, strata: tuple[InStrata, InStrata], whose: Population, key: Key) -> tuple[Side, Side]:
        """Both sides over the strata in which both have an estimate, with the weights that all groups together have there."""
        n, among = self.group.counts.n, self._among[key.unadjusted]
        sizes = np.bincount(self.stratum[among], weights=n[among]).astype(np.int64)
        filled = np.flatnonzero(sizes).tolist()
        used = [stratum for stratum in filled if all(_tells(side.get(stratum)) for side in strata)]
        inside = among & np.isin(self.stratum, used)
        everyone, kept = int(n[among].sum()), int(n[inside].sum())
        cells = tuple(tuple(_cell(side[stratum].draft.population) for stratum in used) for side in strata)
        weights = self._weights(used, inside, kept)
        sides, shares = [], tuple(weights.share.values())
        for number, side in enumerate(strata):
            episodes = sum(each.draft.n for stratum, each in side.items() if stratum in filled)
            standard = Standardisation(
                cells,
                shares,
                episodes - sum(side[stratum].draft.n for stratum in used),
                everyone,
                everyone - kept,
                len(filled),
                len(filled) - len(used),
            )
            people = replace(whose, standard=standard)
            sides.append(self._side({stratum: side[stratum] for stratum in used}, weights, people, key, of_level=number == 0))
        return sides[0], sides[1]

    def _weights(self, used: Sequence[int], inside: Mask, kept: int) -> Weights:
        """The shares of the strata, and what one more episode in each cell would add to them."""
        n = self.group.counts.n
        share: dict[Level, float] = {}
        influence: dict[Level, Floats] = {}
        for stratum in used:
            cells = self.stratum == stratum
            share[stratum] = float(n[inside & cells].sum()) / kept
            influence[stratum] = np.where(inside, (cells - share[stratum]) / kept, 0.0)
        return Weights(share, influence)

    def _side(self, strata: InStrata, weights: Weights, people: Population, key: Key, *, of_level: bool) -> Side:
        n = self.group.counts.n
        if not strata:
            nothing = np.zeros(len(n))
            draft = Draft(key, math.nan, nothing, nothing > 0, people, NoInterval(flag=Flag.NO_OVERLAP))
            return Side(draft, errors_of(draft, self.group.people, n))
        if not of_level:  # the others' own n, which decides whether they are enough
            people = _counted(people, strata)
        draft = replace(standardised(strata, weights, people, n), key=key)
        errors = errors_of(draft, self.group.people, n)
        if errors.clustered is None and len(self.group.people.n):  # weights rest on everyone, of whom some come back
            errors = replace(errors, independent=self.group.people.variance(draft.influence))
        standard = people.standard
        if standard is not None and standard.strata_out and not draft.interval.flag:
            draft = draft.flagged(Flag.STRATA_LEFT_OUT)
        return Side(draft, errors)

    @staticmethod
    def _alone(draft: Draft) -> Draft:
        """A group's own number: of whom it is compared with nothing is printed beside it."""
        standard = draft.population.standard
        if standard is None:
            return draft
        return replace(draft, population=replace(draft.population, standard=replace(standard, sides=standard.sides[:1])))


def can_be_standardised(draft: Draft) -> bool:
    """Whether numbers of this kind are added up over strata."""
    return isinstance(draft.interval, Combinable)


def _tells(side: Side | None) -> bool:
    if side is None or not isinstance(side.draft.interval, Combinable):
        return False
    return side.draft.interval.tells(side.draft)


def _cell(people: Population) -> Cell:
    return people.n, people.k


def _counted(people: Population, strata: InStrata) -> Population:
    """A population of those in some strata alone; it is of no group that is printed."""
    n = sum(side.draft.n for side in strata.values())
    return Population(
        "others", {"in": n}, frozenset({"in"}), standard=None if people.standard is None else replace(people.standard, own_out=0)
    )


def with_adjusted(
    measure: Measure, results: Results, by_strata: Divided, adjusting: Adjusting, against: Against, conf_level: float
) -> Results:
    """The numbers compared once more, adjusted, of every group; and their comparisons."""
    compared = {each.key.number for each in results if each.contrast and each.estimand not in VERDICTS}
    keys = [draft.key for draft in measure.draft(by_strata.together.counts) if draft.key in compared and can_be_standardised(draft)]
    adjusted = Standardised.by(measure, by_strata, adjusting, results.populations, keys)
    plain = {(each.level, each.key): each for each in results}
    rows = tuple(_adjusted_row(plain[level, draft.key.unadjusted], draft, errors, conf_level) for level, draft, errors in adjusted.drafts)
    everyone = {(str(ALL), key): results.populations[ALL, key.unadjusted] for key in adjusted.compared}
    people = {(level, draft.key): draft.population for level, draft, _ in adjusted.drafts}
    results = replace(results, estimates=(*results.estimates, *rows), populations={**results.populations, **everyone, **people})
    return contrasts(measure, results, adjusted, against, conf_level)


def _adjusted_row(plain: Estimate, draft: Draft, errors: Errors, conf_level: float) -> Estimate:
    """A standardised number beside the number as it stands: no number of episodes was counted as its numerator."""
    limits, standard = finish(draft, errors, conf_level=conf_level), draft.population.standard
    return replace(
        plain,
        adjustment=draft.key.adjustment,
        value=draft.value if limits.value is None else limits.value,
        se=limits.se,
        low=limits.low,
        high=limits.high,
        method=limits.method,
        n=draft.n,
        k=None,
        n_at_risk=None,
        excluded=plain.excluded + (0 if standard is None else standard.own_out),
        flag=flags(draft.interval.flag) | limits.flags | (plain.flag & {Flag.INDEPENDENCE_ASSUMED}),
    )
