"""Takes a characteristic of people at admission, gives its mix in each group and how far apart the groups are in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.counts import Counts
from iop_outcomes.keys import ALL, MISSING_LEVEL, Flag, Key
from iop_outcomes.measures.categories import Categories, categories, coarser, read, read_among
from iop_outcomes.measures.coarse import digits_that_hide, rounded
from iop_outcomes.measures.completion import OUTSIDE_COMPLETION, WORDS_OUTSIDE, outside_completion
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Characteristic
from iop_outcomes.measures.parts import NOT_ENDED, PART, Parts, parts_by, parts_of, portion
from iop_outcomes.measures.symptom_change import family_of
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import Scale
from iop_outcomes.stats.balance import LEAST, WORDS, Largest, farthest_pairs, largest_difference, of_categories, of_means, word
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.drafts import no_cells, plain, share
from iop_outcomes.stats.intervals import StudentT
from iop_outcomes.units import half_up

LARGEST = "largest_difference"
NOT_RECORDED = "not_recorded"
_EVERYONE = "admitted episodes, whether discharged or not"
_ENDED = "discharged episodes with a known reason, without deaths and without those that never started"
_SOURCES = (
    "Austin PC (2009), doi:10.1002/sim.3697",
    "Stuart EA (2010), doi:10.1214/09-STS313",
)
_YANG = "Yang D, Dalton JE (2012), SAS Global Forum 2012, paper 335"


# -- the mix of a characteristic ---------------------------------------------------------------------------------------


def _share_of(name: str) -> str:
    """Name the estimand of a category."""
    return f"share_{name}"


def _divided(counts: Counts, column: str, groups: Categories, *, ended: bool) -> Parts:
    """Every episode in the part of its category; of those that completion is of alone, the others are in the parts they have there."""
    part_of = {level: _part(column, name) for name, levels in groups.items() for level in levels}
    order = (*(_part(column, name) for name in groups), _blank(column))
    if not ended:
        return parts_by(counts, column, lambda level: part_of.get(level, _blank(column)), order=order)
    known = {_part(column, name): counts.is_in(column, levels) for name, levels in groups.items()}
    return parts_of(counts, {**outside_completion(counts), **known}, _blank(column), order=(*order, *OUTSIDE_COMPLETION))


def _part(column: str, name: str) -> str:
    """Name the part of a category, after its column: two columns may well have a category of one name."""
    return f"{column}: {name}"


def _blank(column: str) -> str:
    return f"{column} not recorded"


def _holds_blanks(groups: Categories) -> bool:
    """Whether those of whom nothing is recorded are in a category, so that nobody stands beside them."""
    return any(None in levels for levels in groups.values())


def _people(column: str, sizes: Mapping[str, int], hit: str | None = None) -> Population:
    blank = _blank(column)
    everyone = frozenset(sizes) - frozenset(OUTSIDE_COMPLETION)
    base = everyone - {blank}
    if hit == NOT_RECORDED:
        return Population(column, sizes, everyone, frozenset({blank}))
    return Population(column, sizes, base, None if hit is None else frozenset({_part(column, hit)}), frozenset({blank}))


def _draft(counts: Counts, *, column: str, groups: Categories, ended: bool) -> tuple[Draft, ...]:
    """How many are not recorded, of everyone, unless a category holds them; then one share for each category, of those recorded."""
    parts = _divided(counts, column, groups, ended=ended)
    unrecorded = [] if _holds_blanks(groups) else [share(NOT_RECORDED, parts.table, PART, _people(column, parts.sizes, NOT_RECORDED))]
    return (
        *unrecorded,
        *(share(_share_of(name), parts.table, PART, _people(column, parts.sizes, name)) for name in groups),
    )


def _across(
    levels: Mapping[str, Counts], *, column: str, all_groups: Categories, shown: Categories, ended: bool
) -> list[tuple[str, Draft]]:
    """The largest difference between two groups, as a number about everyone; whatever is withheld later, all categories count."""
    by_level = {level: _divided(counts, column, all_groups, ended=False).sizes for level, counts in levels.items()}
    names = [_part(column, name) for name in all_groups]
    groups = [[parts[name] for name in names] for level, parts in by_level.items() if level != MISSING_LEVEL]
    largest = largest_difference([(sum(sizes), sizes) for sizes in groups], of_categories, pairs=farthest_pairs)
    given = [_divided(counts, column, shown, ended=ended).sizes for counts in levels.values()]
    total = {part: sum(sizes[part] for sizes in given) for part in given[0]} if given else {}
    return of_everyone(levels, largest, _people(column, total))


def of_everyone(levels: Mapping[str, Counts], largest: Largest, who: Population) -> list[tuple[str, Draft]]:
    """The largest difference between groups as a number about everyone; none where nothing was divided."""
    cells = sum(len(counts.origin) for counts in levels.values())
    return [(ALL, plain(Key(LARGEST), largest.value, who, cells, flag=largest.flag, word=_word(largest)))] if cells else []


def _word(largest: Largest) -> str:
    """What the difference is called, from its two decimals as they are printed; nothing in common is different beyond any number."""
    if math.isnan(largest.value):
        return WORDS[-1][1] if largest.flag is Flag.NO_OVERLAP else ""
    return word(half_up(largest.value, 2))


def participants(column: str, groups: Categories, *, shown: Categories | None = None, ended: bool = False, whole: bool = False) -> Measure:
    """Declare the mix of a characteristic at admission: `participants_<column>`.

    Parameters
    ----------
    column : str
        A column of categories.
    groups : categories
        From `categories`; a level in none of them counts as not recorded. The largest difference is that of these.
    shown : categories, optional
        A coarser form of them, whose shares are given; then the difference is said in its word alone, because beside merged
        shares its number would tell of the categories that were merged.
    ended : bool
        Of the episodes that completion is of instead of all admitted; the difference, still that of all admitted, is said in its word alone.
    whole : bool
        For a page on which everything is of all admitted: no coarser form is of other episodes.

    Returns
    -------
    Measure
    """
    given = shown or groups
    merged_some, everyone = given != groups, _ENDED if ended else _EVERYONE
    coarse = f"{_MERGED if merged_some else ''} {_ONE_BASE if ended else ''}".strip()
    title = read(column)
    lower = title[:1].lower() + title[1:]
    blank = EstimandDefinition(
        NOT_RECORDED, f"{title}: not recorded", f"{lower} not recorded", everyone, "95% Wilson score", "share", role="unrecorded"
    )
    with_blanks = _holds_blanks(given)
    rows = [] if with_blanks else [blank]
    known = everyone if with_blanks else f"{everyone}, with {lower} recorded"
    every = [level for levels in given.values() for level in levels]
    for name, levels in given.items():
        counted = f"{lower} " + " or ".join(read_among(level, every) for level in levels)
        rows.append(EstimandDefinition(_share_of(name), f"{title}: {name}", counted, known, "95% Wilson score", "share", short=name))
    largest = largest_of(title, known, "the Mahalanobis distance of their shares", [row.name for row in rows], word_only=bool(coarse))
    return Measure(
        name=f"participants_{column}",
        title=title,
        asks=f"How do the groups differ in {lower} at admission?",
        requests=(Column(column), Column("discharge_reason")),
        among=known,
        excludes={**({} if with_blanks else {_blank(column): "not recorded"}), **(WORDS_OUTSIDE if ended else {})},
        unit="share",
        better="neither",
        draft=partial(_draft, column=column, groups=given, ended=ended),
        estimands=(*rows, largest),
        sources=(*_SOURCES, _YANG),
        chart="stacked_shares",
        shown=tuple(_share_of(name) for name in given),
        across=partial(_across, column=column, all_groups=groups, shown=given, ended=ended),
        coarse=coarse,
        coarser=None if coarse else partial(_coarser, column, groups, whole),
    )


_MERGED = "Rare categories are shown together; the difference is that of all categories, and is given in its word alone."


_ONE_BASE = (
    "Shares are of the episodes that completion is of: beside those, all admitted would tell how few are still in care, never started or "
    "died. The difference is that of all admitted, and is given in its word alone."
)


def _coarser(
    column: str,
    groups: Categories,
    whole: bool,  # noqa: FBT001 - given beforehand, in the place of a keyword
    divisions: Sequence[Mapping[str, Counts]],
) -> Iterator[Measure]:
    """The same mix with the rarest categories merged; each mix of all admitted, then of the episodes that completion is of."""
    if not whole:
        yield participants(column, groups, ended=True)
    for shown in coarser(groups, divisions[0][ALL], column):
        yield participants(column, groups, shown=shown)
        if not whole:
            yield participants(column, groups, shown=shown, ended=True)


def largest_of(title: str, among: str, distance: str, rests_on: Sequence[str], *, word_only: bool = False) -> EstimandDefinition:
    """The definition of the largest difference between two groups, shown only where all it rests on is."""
    counted = f"the largest standardised difference between two groups of at least {LEAST} episodes: {distance}"
    label = f"{title}: largest difference"
    return EstimandDefinition(LARGEST, label, counted, among, "none", "SD", rests_on=tuple(rests_on), word_only=word_only, role="distance")


# -- severity at admission ---------------------------------------------------------------------------------------------

_SCORED, _BLANK = "scored", "not scored"
DISTANCE_OF_MEANS = "the distance of their means over the root mean square of their SDs"


def summary(counts: Counts, column: str) -> tuple[float, float, int]:
    """Mean and SD of a column of numbers, and in how many episodes it holds one."""
    known = counts.where(~counts.is_in(column, [None]))
    values, n = known.numbers(column, blank=0.0), known.total
    if n == 0:
        return math.nan, math.nan, 0
    mean = float(values @ known.n) / n
    return mean, math.sqrt(float(np.square(values - mean) @ known.n) / (n - 1)) if n > 1 else math.nan, n


def mean_and_sd(counts: Counts, column: str, who: Population, names: tuple[str, str]) -> tuple[Draft, Draft]:
    """Drafts of the mean and the SD of a column of numbers, blanks left out."""
    mean, sd, n = summary(counts, column)
    flag, cells = Flag.NO_SCORES if n == 0 else Flag.ONE_SCORE if n == 1 else Flag.NONE, len(counts.origin)
    why = flag or (Flag.SD_ZERO if sd == 0 else Flag.NONE)
    values = counts.numbers(column, blank=math.nan)
    influence = np.where(np.isnan(values), 0.0, (values - mean) / max(n, 1))
    return (
        Draft(Key(names[0]), mean, counts.lift(influence), no_cells(cells), who, StudentT(who.n, flag=why)),
        plain(Key(names[1]), sd, who, cells, flag=flag),
    )


def farthest_means(
    levels: Mapping[str, Counts],
    column: str,
    people: Callable[[Counts], Population],
    *,
    inside: Callable[[Counts], Counts] | None = None,
) -> list[tuple[str, Draft]]:
    """The largest difference of the means of a column between two groups, as a number about everyone.

    Parameters
    ----------
    levels : dict of level to Counts
        Every episode of each group.
    column : str
        Of numbers.
    people : callable
        From the counts of a group, whom its mean speaks of.
    inside : callable
        From the counts of a group, those whose numbers count; all of them by default.
    """
    by_level = {level: summary(counts if inside is None else inside(counts), column) for level, counts in levels.items()}
    groups = [(n, (mean, sd)) for level, (mean, sd, n) in by_level.items() if level != MISSING_LEVEL]
    largest = largest_difference(groups, lambda one, other: of_means(*one, *other))
    every = [people(counts) for counts in levels.values()]
    if not every:
        return []
    parts = {part: sum(who.parts[part] for who in every) for part in every[0].parts}
    return of_everyone(levels, largest, replace(every[0], parts=parts))


def _scored(counts: Counts, scale: Scale) -> Population:
    n = summary(counts, _column(scale))[2]
    family, parts = _at_admission(scale), {_SCORED: n, _BLANK: counts.total - n}
    names = {part: f"{family}: {part}" for part in parts}
    sizes = {names[part]: n for part, n in parts.items()}
    return Population(family, sizes, frozenset({names[_SCORED]}), None, frozenset({names[_BLANK]}))


def _inclusions(scale: Scale) -> tuple[Inclusion, ...]:
    """Who has an admission score among those who ended, and that nobody else has but those who have not."""
    family, known = _at_admission(scale), ("paired", "no_discharge_score")
    scored, scores = portion(family, f"{family}: {_SCORED}"), partial(portion, family_of(scale.name), elsewhere=True)
    return Inclusion(scores(*known), scored), Inclusion(scored, scores(*known, *NOT_ENDED))


def _at_admission(scale: Scale) -> str:
    return f"{scale.name} at admission"


def _column(scale: Scale) -> str:
    """The column of admission scores in a count table."""
    return f"{scale.name}_admit"


def _baseline_draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    return mean_and_sd(counts, _column(scale), _scored(counts, scale), ("mean_admit", "sd_admit"))


def _baseline_across(levels: Mapping[str, Counts], *, scale: Scale) -> list[tuple[str, Draft]]:
    return farthest_means(levels, _column(scale), partial(_scored, scale=scale))


def participants_baseline(scale: Scale) -> Measure:
    """Declare severity at admission on a scale: `participants_<scale>`.

    Parameters
    ----------
    scale : Scale
        With a total score.

    Returns
    -------
    Measure
    """
    title = f"{scale.label} at admission"
    among = f"{_EVERYONE}, with an admission score"
    rows = (
        EstimandDefinition(
            "mean_admit", f"{title}: mean", f"mean {title}", among, "95% Student t", "points", role="mean", short="mean", total="admission"
        ),
        EstimandDefinition("sd_admit", f"{title}: SD", f"standard deviation of {title}", among, "none", "points", short="SD"),
        largest_of(title, among, DISTANCE_OF_MEANS, ("mean_admit", "sd_admit")),
    )
    window = "Admission score: closest to day 0 within 7 days before to 3 after; scores beside the episode are taken as given."
    return Measure(
        name=f"participants_{scale.name}",
        title=title,
        asks=f"How do the groups differ in {title}?",
        requests=(ScoreAt(scale.name, "admit"),),
        among=among,
        excludes={f"{scale.name} at admission: {_BLANK}": "no admission score"},
        unit="points",
        better="neither",
        draft=partial(_baseline_draft, scale=scale),
        estimands=rows,
        sources=_SOURCES,
        notes=(window,),
        shown=("mean_admit",),
        inclusions=_inclusions(scale),
        across=partial(_baseline_across, scale=scale),
        coarser=partial(_rounded, scale),
    )


_ROUNDED = "Numbers are rounded, and how many episodes they are of is not always shown: some groups lack so few scores that the exact numbers would tell how few."


def _rounded(scale: Scale, divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """The same to 0.1 point, or as coarsely as it must be; without an interval, which beside the SD would give the number of scores."""
    digits = digits_of_means(divisions, _column(scale))
    if digits is not None:
        yield rounded(participants_baseline(scale), {"mean_admit": digits, "sd_admit": digits, LARGEST: 2}, _ROUNDED, bare=("mean_admit",))


def digits_of_means(divisions: Sequence[Mapping[str, Counts]], column: str) -> int | None:
    """Decimals to which mean and SD may be shown of groups whose numbers of values are withheld; see `digits_that_hide`."""
    return digits_that_hide([_summaries(levels, column) for levels in divisions])


def _summaries(levels: Mapping[str, Counts], column: str) -> tuple[list[tuple[float, float]], int]:
    """Mean and SD of each group that is large enough to show them, and the values of all."""
    values = {level: summary(counts, column) for level, counts in levels.items()}
    return [(mean, sd) for level, (mean, sd, n) in values.items() if level != ALL and n >= LEAST], values[ALL][2]


def _of_column(column: str, counts: Counts) -> Measure:
    return participants(column, categories(counts, column))


PARTICIPANTS = Characteristic("participants", _of_column, participants_baseline)
