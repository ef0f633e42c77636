"""Takes a page, gives how the groups compare: completion of each with its range and its word, and how ill people were beside it."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.reporting.parts.who import severity_of
from iop_outcomes.show.chart_rows import alt_text, drawn_groups
from iop_outcomes.show.comparison import (
    chance_sentence,
    comparison_words,
    difference_table,
    different_people,
    differing_sentence,
    groups_of,
    judged_outcomes,
)
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.words import label, ordered_levels, sentence

WORD_RULE = (
    "Higher and lower are said of a group set against all the others together, exactly when the range of the difference leaves out 0; that "
    "range allows for the number of groups compared. {chance} The ranges beside the dots are those of each group by itself."
)


def comparison(page: Page) -> list[Block]:
    """Completion of each group with its range and its word, how ill people were at admission beside it, and how often chance gives a word."""
    completion, program, name = page[asks.completion(page.program)], page.program, "completion_strict"
    levels = ordered_levels(completion, name)
    words = comparison_words(completion, name, levels)
    description = alt_text(completion, [name], "Dot chart with ranges and a word for each group.")
    drawn = len(drawn_groups(completion, name)[0])
    words_by_level = ". ".join(f"{label(level, levels)}: {word}" for level, word in zip(levels[:drawn], words, strict=False) if word)
    subtitle = f"Share of discharged episodes that ended in planned completion, by {program.group}, with 95% ranges. Higher is better."
    headline = differing_sentence(completion, name) or sentence(completion, name)
    blocks: list[Block] = [
        figure_block(
            dot_range(completion, name, words=words),
            headline,
            subtitle,
            f"{description} In a word: {words_by_level}." if words_by_level else description,
        )
    ]
    if len(groups_of(completion)) < 2:
        return blocks
    if any(words):
        caption = f"Completion of each {program.group} against the others together"
        blocks.append(TableBlock(difference_table(completion, name, caption=caption, first=label(program.by), extra=severity_of(page))))
    chance = _chance(asks.judged(page), program.conf_level)
    return [*blocks, *([Text(WORD_RULE.format(chance=chance))] if chance else []), Note(different_people(program.by))]


def _chance(judged: Sequence[Released], conf_level: float) -> str:
    """How often chance alone would give a word, over all that the page judges."""
    return chance_sentence(len({key for released in judged for key in judged_outcomes(released)}), conf_level)


def _asks(program: Program) -> list[Ask]:
    return [
        asks.completion(program),
        *asks.changes(program).values(),
        *asks.after_discharge(program),
        *asks.people(program),
    ]


def _sections(page: Page) -> Sequence[Section]:
    return [section("comparison", f"How the {page.program.groups} compare", comparison(page))]


COMPARISON = Part(_asks, _sections)
