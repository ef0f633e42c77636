"""Takes a page, gives change in symptoms on each scale: scores at both ends, reliable change, who is missing a score."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.outcomes import ERROR_ALONE
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.results import UNVERIFIED
from iop_outcomes.show.change import change_sentence, dumbbell
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.stacked_bars import has_stacked_bars, stacked_alt_text, stacked_shares, white_bars
from iop_outcomes.show.tables import value_table
from iop_outcomes.show.words import has_value, label, sentence, value_of
from iop_outcomes.units import percent

CHANGE = ("paired_rate", "mean_admit", "mean_discharge", "mean_change")
REGRESSION = "People come when they feel most unwell: part of any fall in scores comes by itself."
EXPECTED = "expected_regression_to_mean"
EFFECTS = ("sd_admit", "d_pre_sd", "g_pre_sd", "mean_change_if_missing_unchanged")
RATES = {  # of those with both scores, and of all discharged
    "reliable_improvement": "reliable_improvement_of_discharged",
    "reliable_deterioration": "reliable_deterioration_of_discharged",
    "recovery": "recovery_of_discharged",
    "response": "response_of_discharged",
    "remission": "remission_of_discharged",
}


def change_blocks(page: Page, scale: str) -> list[Block]:
    """Change on one scale: who is reliably better and worse, then from which score to which."""
    program = page.program
    change, reliable = page[asks.changes(program)[scale]], page.get(asks.reliable(program).get(scale))
    better = program.data.scales[scale].better
    subtitle = f"Mean score of those with both scores, by {program.group}; {better} is better on this scale."
    alt = alt_text(change, change.definition.shown, "Chart of two points for each group.")
    return [
        *([] if reliable is None else _reliable_blocks(reliable, program)),
        figure_block(dumbbell(change), change_sentence(change), subtitle, alt),
        *([Note(REGRESSION)] if scale in program.scored[:1] else []),  # said once
    ]


def _reliable_blocks(reliable: Released, program: Program) -> list[Block]:
    """Who is reliably better, unchanged and worse; how each group stands to the others is said on the first page."""
    better, *_, worse = reliable.definition.shown
    caption = f"{reliable.definition.title} by {program.group}, of those with both scores"
    table = value_table(reliable, (better, worse), caption=caption, first=label(program.by))
    if not has_stacked_bars(reliable):
        return [Text(sentence(reliable, better)), *words_or_table(table)]
    return [
        figure_block(
            stacked_shares(reliable, reliable.definition.shown),
            sentence(reliable, better),
            f"Share of those with both scores, by {program.group}.{white_bars(reliable, reliable.definition.shown)}",
            stacked_alt_text(reliable),
        ),
        *words_or_table(table),
    ]


# -- in full ---------------------------------------------------------------------------------------------------------------


def in_full(page: Page, scale: str) -> list[Block]:
    """Every number of change on one scale: the paired rate, effect sizes, reliable change of either base, who is missing a score."""
    program = page.program
    group, change, reliable = program.group, page[asks.changes(program)[scale]], page.get(asks.reliable(program).get(scale))
    title, first = change.definition.title, label(program.by)
    shown = (*CHANGE, EXPECTED) if change.has(EXPECTED) else CHANGE
    moments = f"{title} by {group} (points), at admission and discharge of those with both scores"
    effects = f"{title} by {group}: in standard deviations of the admission scores, and if nobody without a discharge score changed"
    tables = [value_table(change, shown, caption=moments, first=first), value_table(change, EFFECTS, caption=effects, first=first)]
    by_reason = page.get(asks.by_reason(scale))  # a share of another pack may hold the change and no reasons of it
    missing = "Who is missing a score, by discharge reason"
    return [
        *map(TableBlock, tables),
        *([] if reliable is None else _rates_in_full(reliable, program)),
        *(
            []
            if by_reason is None
            else [TableBlock(value_table(by_reason, ("paired_rate",), caption=missing, first="Discharge reason", filled=True))]
        ),
    ]


def _rates_in_full(reliable: Released, program: Program) -> list[Block]:
    title, first = f"{reliable.definition.title} by {program.group}", label(program.by)
    names = {definition.name for definition in reliable.definition.estimands}
    observed = [name for name in RATES if name in names]
    every = [RATES[name] for name in observed]
    by_chance = reliable.estimate(ERROR_ALONE)
    sign = UNVERIFIED if reliable.definition.estimand(ERROR_ALONE).unverified else ""
    blocks: list[Block] = [
        Text(reliable.definition.notes[0]),
        TableBlock(value_table(reliable, observed, caption=f"{title}: of those with both scores", first=first)),
        TableBlock(value_table(reliable, every, caption=f"{title}: of all discharged, a missing score as not met", first=first)),
    ]
    if has_value(by_chance):
        share = f"{percent(value_of(by_chance))}{sign}"
        blocks.append(Note(f"With no change at all, measurement error alone would make about {share} of people count as reliably better."))
    return blocks


def _asks(program: Program) -> list[Ask]:
    scales = (asks.changes(program), asks.reliable(program))
    return [*(ask for by_scale in scales for ask in by_scale.values()), *map(asks.by_reason, program.scored), *asks.people(program)]


def _sections(page: Page) -> Sequence[Section]:
    changes = {scale: page[ask] for scale, ask in asks.changes(page.program).items() if ask in page.released}
    return [section(each.definition.measure, each.definition.title, change_blocks(page, scale)) for scale, each in changes.items()]


def _appendix(page: Page) -> Sequence[Section]:
    changes = {scale: page[ask] for scale, ask in asks.changes(page.program).items() if ask in page.released}
    named = {scale: each.definition for scale, each in changes.items()}
    return [section(f"{each.measure}_in_full", f"{each.title}, in full", in_full(page, scale)) for scale, each in named.items()]


SYMPTOM_CHANGE = Part(_asks, _sections, _appendix)
