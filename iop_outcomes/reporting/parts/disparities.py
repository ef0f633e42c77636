"""Takes a page, gives its outcomes by who people are: by sex, age, payer, race and ethnicity, each stratum against the others together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, TOO_FEW, UNCLEAR
from iop_outcomes.release import Withheld
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts.outcomes import Judged, MainOutcome, main_outcomes
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.reporting.parts.strata import Strata, lacking_strata, strata_of
from iop_outcomes.show.comparison import chance_sentence, different_people
from iop_outcomes.show.differences import columns_alt_text, forest_of_columns
from iop_outcomes.show.tables import Table
from iop_outcomes.show.targets import NOT_COMPARED
from iop_outcomes.show.words import NO_DATA, NOT_SHOWN, count, estimate_value, has_value, in_counts, label, listed, plain_range
from iop_outcomes.units import UNITS

INTRODUCTION = (
    "Each group is set against all the others of its column together. What is recorded as declined is a group like any other; Not recorded "
    "holds those of whom nothing is recorded, and is compared with nobody. The rows of a table add up to all episodes. Groups stand in the order of "
    "their names or ages; the order says nothing about them."
)


@dataclass(frozen=True, eq=False)
class Stratified:
    """The outcomes of a page by one column: its strata, and each outcome as it is judged there."""

    strata: Strata
    outcomes: tuple[Judged, ...]

    @property
    def column(self) -> str:
        """The column as it is read."""
        return label(self.strata.column)

    @property
    def levels(self) -> tuple[str, ...]:
        """The rows of a table: the strata, those of whom nothing is recorded, and everyone."""
        there = {level for judged in self.outcomes if judged.released is not None for level in judged.released.levels}
        return tuple(level for level in (*self.strata.order, MISSING_LEVEL, ALL) if level in there)


def stratified(page: Page) -> list[Stratified]:
    """The outcomes by each column that can be shown."""
    shown = [strata for strata in strata_of(page.program) if not strata.without]
    return [Stratified(strata, tuple(_judged(outcome, strata, page) for outcome in main_outcomes(page.program))) for strata in shown]


def _judged(outcome: MainOutcome, strata: Strata, page: Page) -> Judged:
    ask = outcome.ask(page.program)
    released = None if ask is None else page.get(_by_strata(ask, strata, page.program))
    if ask is None or released is None or not released.has(outcome.estimand):
        return Judged(outcome, None)
    return Judged(outcome, released, scale="" if ask.scale is None else page.program.data.scales[ask.scale].label)


# -- what is asked ---------------------------------------------------------------------------------------------------------


def _by_strata(ask: Ask, strata: Strata, program: Program) -> Ask:
    """The ask of an outcome put to the strata of a column: the numbers that outcomes are made of, and those that stand beside them."""
    together = [outcome for outcome in main_outcomes(program) if outcome.ask(program) == ask]
    names = tuple(dict.fromkeys(name for each in together for name in (each.estimand, each.beside) if name))
    times = tuple(dict.fromkeys(each.time for each in together if each.time is not None))
    against = Against(names, times=times)
    return replace(ask, by=strata.column, classes=strata.classes, times=times, against=against, estimands=names)


def _asks(program: Program) -> list[Ask]:
    given = list(dict.fromkeys(ask for outcome in main_outcomes(program) if (ask := outcome.ask(program)) is not None))
    return [_by_strata(ask, strata, program) for strata in strata_of(program) if not strata.without for ask in given]


# -- blocks ----------------------------------------------------------------------------------------------------------------


def disparities_blocks(page: Page) -> list[Block]:
    """A sentence and a table for each column, and one chart of the first outcome by all of them."""
    columns, program = stratified(page), page.program
    blocks: list[Block] = [Text(INTRODUCTION), *_chart(columns)] if columns else []
    for each in columns:
        blocks += [Text(_differing(each)), *_table(each, program)]
        blocks += [Note(words) for words in [_merged(each.strata)] if words]
    return [*blocks, *_cautions(columns, program)]


def _chart(columns: Sequence[Stratified]) -> list[Block]:
    """The first outcome in every stratum that is compared."""
    first = columns[0].outcomes[0]
    releases = [
        (judged.released, each.strata.order)
        for each in columns
        if (judged := each.outcomes[0]).released is not None
        and any(judged.word(level) not in ("", TOO_FEW, NOT_SHOWN) for level in each.strata.order)
    ]
    if not releases:
        return []
    name, time = first.outcome.estimand, first.outcome.time
    sides = [each for each in columns if any(each.outcomes[0].word(level) in (HIGHER, LOWER) for level in each.strata.order)]
    headline = f"{first.name}: {'; '.join(_clause(each.outcomes[0], each.strata) for each in sides) or 'no group differs clearly from the others of its column'}"
    subtitle = "Each group minus the others of its column together, with the range that allows for how many groups the column has."
    return [
        figure_block(forest_of_columns(releases, name, time=time), f"{headline}.", subtitle, columns_alt_text(releases, name, time=time))
    ]


def _clause(judged: Judged, strata: Strata) -> str:
    """In which strata an outcome is higher or lower: "lower in Medicaid"; nothing where in none."""
    sides = {word: [_named(level, judged) for level in strata.order if judged.word(level) == word] for word in (HIGHER, LOWER)}
    return " and ".join(f"{word} in {listed(names)}" for word, names in sides.items() if names)


def _named(level: str, judged: Judged) -> str:
    return label(level, judged.released.levels if judged.released is not None else ())


def _differing(each: Stratified) -> str:
    """Which outcomes differ between the strata of a column, by the one rule."""
    words = {judged.word(level) for judged in each.outcomes for level in each.strata.order}
    clauses = [f"{judged.name} {clause}{_aside(judged, each)}" for judged in each.outcomes if (clause := _clause(judged, each.strata))]
    if clauses:
        return f"{each.column}: {'; '.join(clauses)}, each than in the others together."
    if UNCLEAR in words:
        few = " that can be judged" if words & {TOO_FEW, NOT_SHOWN} else ""
        return f"{each.column}: in no outcome{few} does a group differ clearly from the others."
    return f"{each.column}: no group can be compared with the others: {_why(each, words)}."


def _aside(judged: Judged, each: Stratified) -> str:
    """What stands beside an outcome in every sentence, of everyone, unless it has a column of its own."""
    apart = judged.outcome.beside not in {other.outcome.estimand for other in each.outcomes}
    return f" ({judged.beside} of all episodes)" if judged.beside and apart else ""


def _why(each: Stratified, words: set[str]) -> str:
    if len(each.strata.order) < 2:
        return "there is one group alone"
    return listed([why for why in (TOO_FEW, NOT_SHOWN) if why in words] or [NO_DATA], "or")


def _table(each: Stratified, program: Program) -> list[Block]:
    """A row for each stratum, those not recorded and everyone; a column for each outcome with any number, and no table where none has one."""
    known = [judged for judged in each.outcomes if judged.released is not None]
    shown = [judged for judged in known if any(_has_number(judged, level) for level in each.levels)]
    if not shown:
        return []
    hidden = [judged.outcome.head.lower() for judged in known if judged not in shown]
    among = next((judged.released.levels for judged in known if judged.released is not None), ())
    rows = tuple((label(level, among), *(_cell(judged, level) for judged in shown)) for level in each.levels)
    left = f" ({listed(hidden)}: not shown, or no data)" if hidden else ""
    units = {
        UNITS[UNITS[judged.released.definition.estimand(judged.outcome.estimand).unit].difference].words
        for judged in shown
        if judged.released
    }
    caption = (
        f"Outcomes by {each.strata.column.replace('_', ' ')}, and each group minus the others together ({listed(sorted(units))}){left}"
    )
    return [TableBlock(Table(caption, (each.column, *(judged.name for judged in shown)), rows, prose=True, mark=program.policy.mark))]


def _has_number(judged: Judged, level: str) -> bool:
    estimate = judged.at_level(level)
    return estimate is not None and has_value(estimate)


def _cell(judged: Judged, level: str) -> str:
    """A number with what it is of, and of a stratum the word with the difference and its range."""
    estimate = judged.at_level(level)
    if estimate is None or estimate.n == 0:
        return NO_DATA
    value = estimate_value(estimate)
    bare = in_counts(estimate) or not has_value(estimate) or isinstance(estimate.n, Withheld)
    base = value if bare else f"{value} of {count(estimate.n)}"
    word = judged.word(level)
    if not word or word == value:
        return base
    difference = None if judged.released is None else judged.released.contrast(judged.outcome.estimand, level, time=judged.outcome.time)
    if word == NOT_SHOWN or difference is None:
        return f"{base}; {NOT_COMPARED}"
    if not has_value(difference) or word == TOO_FEW:
        return f"{base}; {word} to say" if word == TOO_FEW else f"{base}; {word}"
    return f"{base}; {word}: {estimate_value(difference)} ({plain_range(difference)})"


def _merged(strata: Strata) -> str:
    """Which levels were taken together, and why."""
    several = [f"{name} holds {listed(levels)}" for name, levels in strata.merged]
    if not several:
        return ""
    return f"{label(strata.column)}: small groups are taken together so that more can be shown. {'. '.join(several)}."


def _cautions(columns: Sequence[Stratified], program: Program) -> list[Block]:
    """What is not shown, how often chance gives a word, and what a gap between groups may come from."""
    words = [f"{label(strata.column)} is not shown: {strata.without}." for strata in strata_of(program) if strata.without]
    if lacking := lacking_strata(program):
        names = listed([column.replace("_", " ") for column in lacking])
        words.append(f"Not in the data: {names}.")
    several = sum(_is_judged(judged, each.strata) for each in columns for judged in each.outcomes)
    if columns:
        words += [chance_sentence(several, program.conf_level), different_people("")]
    return [Note(" ".join(filter(None, words)))] if any(words) else []


def _is_judged(judged: Judged, strata: Strata) -> bool:
    """Whether a word is said of an outcome in any stratum, which chance could give."""
    return any(judged.word(level) in (HIGHER, LOWER, UNCLEAR) for level in strata.order)


def _sections(page: Page) -> Sequence[Section]:
    if not strata_of(page.program):
        return ()
    return [section("disparities", "Outcomes by who people are", disparities_blocks(page))]


DISPARITIES = Part(_asks, _sections)
