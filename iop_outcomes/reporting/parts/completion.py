"""Takes a page, gives completion by group: planned completion, transfers beside it, all admitted, and what a missing reason could hide."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.measures.completion import IF_MISSING
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.comparison import different_people, groups_of
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.tables import share_table
from iop_outcomes.show.words import episodes, estimate_value, headline, label


def completion_blocks(released: Released, program: Program) -> list[Block]:
    """Planned completion of each group, with transfers beside it, of all admitted, and what a missing reason could hide."""
    names = ["completion_strict", "completion_with_transfers"]
    alt = alt_text(released, names[:1], "Dot chart with ranges.")
    subtitle = f"Share of discharged episodes that ended in planned completion, by {program.group}, with 95% ranges. Higher is better."
    blocks: list[Block] = [
        figure_block(dot_range(released, names[0]), headline(released, names[0]), subtitle, alt),
        TableBlock(share_table(released, names, caption=f"Completion by {program.group}", first=label(program.by))),
        TableBlock(share_table(released, ["completion_of_admitted"], caption="Completion of all admitted", first=label(program.by))),
    ]
    cases = [released.estimate(name) for name in IF_MISSING if released.has(name)]
    missing = released.estimate(names[0]).n_missing
    if missing != 0 and cases and all(case.shown for case in cases):
        none, every = cases
        text = (
            f"The discharge reason is missing in {episodes(missing)}. If none of them was a completion, {estimate_value(none)} completed; "
        )
        blocks.append(Note(text + f"if all were, {estimate_value(every)}."))
    if len(groups_of(released)) > 1:
        blocks.append(Note(different_people(program.by)))
    return blocks


def _sections(page: Page) -> Sequence[Section]:
    program = page.program
    return [section("completion", f"Completion by {program.group}", completion_blocks(page[asks.completion(program)], program))]


def _asks(program: Program) -> list[Ask]:
    return [asks.completion(program)]


COMPLETION = Part(_asks, _sections)
