"""Takes a page, gives change in symptoms on each scale: scores at both ends, reliable change, who is missing a score."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.reporting.parts.who import severity_of
from iop_outcomes.show.change import change_sentence, dumbbell
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.comparison import difference_table
from iop_outcomes.show.stacked_bars import stacked_alt_text, stacked_shares
from iop_outcomes.show.tables import value_table
from iop_outcomes.show.words import has_value, label, sentence, value_of
from iop_outcomes.units import percent

CHANGE = ("paired_rate", "mean_admit", "mean_discharge", "mean_change")
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
    """Change on one scale: the paired rate first, then who is missing a score."""
    program = page.program
    group, change, reliable = program.group, page[asks.changes(program)[scale]], page.get(asks.reliable(program).get(scale))
    title, better, first = change.definition.title, program.data.scales[scale].better, label(program.by)
    subtitle = (
        f"Mean score of the episodes with both scores, by {group}; {better} is better on this scale. Change is positive for improvement."
    )
    shown = (*CHANGE, EXPECTED) if change.has(EXPECTED) else CHANGE
    blocks: list[Block] = [
        figure_block(
            dumbbell(change), change_sentence(change), subtitle, alt_text(change, CHANGE[:4], "Chart of two points for each group.")
        ),
        TableBlock(
            value_table(
                change, shown, caption=f"{title} by {group} (points), at admission and discharge of those with both scores", first=first
            )
        ),
        TableBlock(
            value_table(
                change,
                EFFECTS,
                caption=f"{title} by {group}: in standard deviations of the admission scores, and if nobody without a discharge score changed",
                first=first,
            )
        ),
        Note(
            "People come when they feel most unwell, and scores then fall back by themselves; by how much is not known here. It is a change, "
            "not a comparison with people who were not treated."
        ),
    ]
    caption = f"Mean change of each {group} against the others together"
    compared = difference_table(change, "mean_change", caption=caption, first=first, extra=severity_of(page))
    if compared.rows:
        blocks.append(TableBlock(compared))
    if reliable is not None:
        blocks += _reliable_blocks(reliable, program)
    caption = "Who is missing a score, by discharge reason"
    by_reason = page[asks.by_reason(scale)]
    blocks.append(TableBlock(value_table(by_reason, ("paired_rate",), caption=caption, first="Discharge reason", filled=True)))
    return blocks


def _reliable_blocks(reliable: Released, program: Program) -> list[Block]:
    group, first = program.group, label(program.by)
    names = {definition.name for definition in reliable.definition.estimands}
    observed = [name for name in RATES if name in names]
    every = [RATES[name] for name in observed]
    profile = reliable.definition.notes[0]
    by_chance = reliable.estimate("false_positive_rate")
    blocks: list[Block] = [
        figure_block(
            stacked_shares(reliable, reliable.definition.shown),
            sentence(reliable, "reliable_improvement"),
            f"Share of the episodes with both scores, by {group}. {profile}",
            stacked_alt_text(reliable),
        ),
        TableBlock(
            value_table(reliable, observed, caption=f"{reliable.definition.title} by {group}: of those with both scores", first=first)
        ),
        TableBlock(
            value_table(
                reliable,
                every,
                caption=f"{reliable.definition.title} by {group}: of all discharged, a missing score as not met",
                first=first,
            )
        ),
    ]
    if has_value(by_chance):
        blocks.append(
            Note(
                f"With no change at all, measurement error alone would make about {percent(value_of(by_chance))} of people count as reliably better."
            )
        )
    return blocks


def _asks(program: Program) -> list[Ask]:
    scales = (asks.changes(program), asks.reliable(program))
    return [*(ask for by_scale in scales for ask in by_scale.values()), *map(asks.by_reason, program.scored), *asks.people(program)]


def _sections(page: Page) -> Sequence[Section]:
    changes = {scale: page[ask] for scale, ask in asks.changes(page.program).items() if ask in page.released}
    return [section(each.definition.measure, each.definition.title, change_blocks(page, scale)) for scale, each in changes.items()]


SYMPTOM_CHANGE = Part(_asks, _sections)
