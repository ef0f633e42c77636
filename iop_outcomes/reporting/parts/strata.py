"""Takes a program, gives the strata that outcomes are set side by side by: columns of who people are, rare levels taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from iop_outcomes.columns import STRATA, Column
from iop_outcomes.counts import Counts, Level
from iop_outcomes.evaluate.ask import Classes
from iop_outcomes.evaluate.lookup import declaration
from iop_outcomes.keys import ALL, HIGHER, MISSING_LEVEL, Key
from iop_outcomes.measures.categories import Categories, Category, are_bands, categories, coarser, read, read_among
from iop_outcomes.release import Policy
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.parts.outcomes import main_outcomes
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.show.words import listed
from iop_outcomes.stats.draft import Population

DECLINED = ("declined", "refused", "prefer_not_to_say", "prefer_not_to_answer", "choose_not_to_disclose")  # words of having been asked
MOST = 12  # strata of one column: of more, nobody reads which are apart
ONE_GROUP = "every episode has the same value, so that there are no groups to compare"
TOO_SMALL = "its groups are too small to be shown, even taken together"


@dataclass(frozen=True, slots=True)
class Strata:
    """The levels of a column as a page shows them.

    Parameters
    ----------
    column : str
        Which.
    classes : Classes or None
        The classes that rare levels are taken together under; none where every level stands by itself.
    order : tuple of str
        The strata in their usual order: bands by their numbers, others by name, then what was taken together, then those who declined.
    merged : tuple of (str, tuple of str)
        Each stratum of several levels with the levels in it, as they are read.
    without : str
        Why the column cannot be shown; "" where it is.
    """

    column: str
    classes: Classes | None = None
    order: tuple[str, ...] = ()
    merged: tuple[tuple[str, tuple[str, ...]], ...] = ()
    without: str = ""


def strata_of(program: Program) -> list[Strata]:
    """The strata of every such column that the data bring, without the column that the page is grouped by."""
    if program not in _KNOWN:
        _KNOWN[program] = [_strata(program, column) for column in STRATA if column != program.by and program.has_values(column)]
    return _KNOWN[program]


_KNOWN: WeakKeyDictionary[Program, list[Strata]] = WeakKeyDictionary()  # asked by every step of a page, and counted once


def lacking_strata(program: Program) -> list[str]:
    """The columns of who people are that the data do not bring."""
    return [column for column in STRATA if not program.has_values(column)]


def _strata(program: Program, column: str) -> Strata:
    """The form of a column in which most may be seen, the finest of those: levels too small to be groups are always taken together."""
    policy = program.policy.within(program.data.provenance.part2_tracks)
    counts = program.data.count([Column(column)])
    forms = [form for form in _forms(counts, column) if len(_named(form)) <= MOST and _is_large(form, counts, column, policy)]
    if not forms:
        return Strata(column, without=TOO_SMALL)
    if len(_named(forms[0])) < 2 and not counts.is_in(column, [None]).any():
        return Strata(column, without=ONE_GROUP)
    people = _people(program, column)
    return _as_strata(column, max(forms, key=lambda form: _seen(form, people, policy)))  # of several that show as much, the first


def _forms(counts: Counts, column: str) -> Iterator[Categories]:
    """The levels of a column by themselves, then with rare ones taken together step by step.

    Whoever declined to answer is taken together with a group of those who did only after every form that keeps them apart: first they
    stand by themselves, then with those of whom nothing is recorded.
    """
    finest = categories(counts, column)
    yield finest
    declined = {name: levels for name, levels in finest.items() if _is_declined(levels[0])}
    if declined and len(declined) < len(finest):
        silent: Category = (*(levels[0] for levels in declined.values()), None)
        among = counts.where(~counts.is_in(column, silent))
        answered = {name: levels for name, levels in finest.items() if name not in declined}
        forms = [answered, *coarser(answered, among, column)]
        yield from ({**form, **declined} for form in forms)
        yield from ({**form, f"{listed([*declined])} or not recorded": silent} for form in forms)
    yield from coarser(finest, counts, column)


def _is_declined(level: Level) -> bool:
    return str(level).casefold().replace(" ", "_").replace("-", "_") in DECLINED


def _named(form: Categories) -> list[Category]:
    return [levels for levels in form.values() if levels != (None,)]


def _is_large(form: Categories, counts: Counts, column: str, policy: Policy) -> bool:
    """Whether every stratum, and whoever is in none, is nobody or as many episodes as a group must hold."""
    return all(is_safe(int(counts.n[counts.is_in(column, levels)].sum()), policy.fewest) for levels in _with_blank(form))


def _with_blank(form: Categories) -> list[Category]:
    return [*form.values()] if any(None in levels for levels in form.values()) else [*form.values(), (None,)]


def _people(program: Program, column: str) -> list[dict[Level, Population]]:
    """Whom each outcome that most people are meant to have is of, by the level of a column.

    Rare outcomes do not decide: their small counts are withheld in any form.
    """
    several = []
    for outcome in main_outcomes(program):
        ask = outcome.ask(program)
        if ask is None or outcome.better != HIGHER:
            continue
        measure = declaration(ask, program.data)
        counts = program.data.count((*measure.requests, Column(column)))
        by_level = {level: counts.where(counts.is_in(column, [level])) for level in counts.levels(column)}
        drafts = {level: measure.drafts(each, [Key(outcome.estimand)]) for level, each in by_level.items()}
        several.append({level: each.population for level, drafted in drafts.items() for each in drafted})
    return several


def _seen(form: Categories, people: Sequence[Mapping[Level, Population]], policy: Policy) -> tuple[int, int]:
    """How many numbers of the strata may be seen, and, below 0, how many may not.

    Where those that may not are one alone, or few together, they take another with them, or everyone would give them back.
    """
    seen = hidden = 0
    for of_level in people:
        parts = [[of_level[level] for level in levels if level in of_level] for levels in _with_blank(form)]
        small = [part for part in parts if part and not _is_seen(part, policy)]
        given_back = len(small) == 1 or not _is_seen([each for part in small for each in part], policy)
        lost = len(small) + (1 if small and given_back else 0)
        seen, hidden = seen + sum(map(bool, parts)) - lost, hidden + lost
    return seen, -hidden


def _is_seen(people: Sequence[Population], policy: Policy) -> bool:
    n, k = sum(each.n for each in people), sum(each.k or 0 for each in people)
    return all(is_safe(count, policy.threshold) for count in (n, k, n - k))


def _classes(form: Categories) -> Classes | None:
    """Classes of the levels, where any are taken together; a level by itself keeps its own name."""
    if all(len(levels) == 1 for levels in form.values()) and (None,) not in form.values():
        return None
    named = _names(form)
    class_of = tuple((str(level), named[levels]) for levels in form.values() for level in levels if level is not None)
    return Classes(class_of, "", next((named[levels] for levels in form.values() if None in levels and len(levels) > 1), None))


def _names(form: Categories) -> dict[Category, str]:
    """What each stratum is called: as in the data where it is one level, and never as another level is."""
    taken = {str(level) for levels in form.values() for level in levels} | {ALL, MISSING_LEVEL}
    return {
        levels: str(levels[0]) if len(levels) == 1 else name if name not in taken else f"{name}, taken together"
        for name, levels in form.items()
    }


def _as_strata(column: str, form: Categories) -> Strata:
    named, every = _names(form), [level for levels in form.values() for level in levels]
    together = [levels for levels in _named(form) if len(levels) > 1]
    ordered = [*form.values()] if are_bands(every) else sorted(form.values(), key=_by_name)  # bands stand as `categories` has put them
    merged = tuple((named[levels], tuple(read_among(level, every) for level in levels)) for levels in together)
    return Strata(column, _classes(form), tuple(named[levels] for levels in ordered if levels != (None,)), merged)


def _by_name(levels: Category) -> tuple[bool, bool, str]:
    return any(map(_is_declined, levels)), len(levels) > 1, read(str(levels[0]))
