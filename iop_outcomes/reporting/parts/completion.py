"""Takes a page, gives completion by group: planned completion, transfers beside it, all admitted, and what a missing reason could hide."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.measures.completion import IF_MISSING
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.show.chart_rows import alt_text, drawn_groups
from iop_outcomes.show.comparison import comparison_words, differing_sentence, short_table
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.tables import share_table
from iop_outcomes.show.words import episodes, estimate_value, headline, label, ordered_levels, sentence, with_ranges

STRICT = "completion_strict"


def completion_blocks(page: Page) -> list[Block]:
    """Planned completion of each group with its range and its word, and who differs."""
    released, program = page[asks.completion(page.program)], page.program
    levels = ordered_levels(released, STRICT)
    words = comparison_words(released, STRICT, levels)
    drawn = len(drawn_groups(released, STRICT)[0])
    by_level = ". ".join(f"{label(level, levels)}: {word}" for level, word in zip(levels[:drawn], words, strict=False) if word)
    description = alt_text(released, [STRICT], "Dot chart with ranges and a word for each group.")
    subtitle = (
        f"Share of discharged episodes that ended in planned completion, by {program.group}{with_ranges(released)}. Higher is better."
    )
    return [
        figure_block(
            dot_range(released, STRICT, words=words),
            differing_sentence(released, STRICT) or headline(released, STRICT),
            subtitle,
            f"{description} In a word: {by_level}." if by_level else description,
        ),
        *words_or_table(short_table(released, STRICT, caption=f"Completion by {program.group}", first=label(program.by))),
    ]


def in_full(released: Released, program: Program) -> list[Block]:
    """Planned completion with transfers beside it, of all admitted, and what a missing reason could hide."""
    names = [STRICT, "completion_with_transfers"]
    blocks: list[Block] = [
        Text(sentence(released, STRICT)),
        TableBlock(share_table(released, names, caption=f"Completion by {program.group}", first=label(program.by))),
        TableBlock(share_table(released, ["completion_of_admitted"], caption="Completion of all admitted", first=label(program.by))),
    ]
    cases = [released.estimate(name) for name in IF_MISSING if released.has(name)]
    missing = released.estimate(STRICT).n_missing
    if missing != 0 and cases and all(case.shown for case in cases):
        none, every = cases
        text = (
            f"The discharge reason is missing in {episodes(missing)}. If none of them was a completion, {estimate_value(none)} completed; "
        )
        blocks.append(Note(text + f"if all were, {estimate_value(every)}."))
    return blocks


def _sections(page: Page) -> Sequence[Section]:
    return [section("completion", f"Completion by {page.program.group}", completion_blocks(page))]


def _appendix(page: Page) -> Sequence[Section]:
    program = page.program
    return [section("completion_in_full", f"Completion by {program.group}, in full", in_full(page[asks.completion(program)], program))]


def _asks(program: Program) -> list[Ask]:
    return [asks.completion(program)]


COMPLETION = Part(_asks, _sections, _appendix)
