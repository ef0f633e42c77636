"""Takes a page, gives length of stay by group: the middle stay and the middle half, or the shares of bands that a file gives."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.stacked_bars import stacked_alt_text, stacked_shares, white_bars
from iop_outcomes.show.stays import stay_range, stay_table
from iop_outcomes.show.tables import mix_table
from iop_outcomes.show.words import headline, label


def stay_blocks(released: Released, program: Program) -> list[Block]:
    """The middle stay and the middle half of stays in each group; shares of bands where the files give those."""
    if not released.definition.has_role("mean"):
        return _stay_in_bands(released, program)
    alt = alt_text(released, released.definition.shown, "Range chart of the middle stay and the middle half.")
    subtitle = f"Middle stay (dot) and middle half of stays (bar), in days, by {program.group}. Neither long nor short is better by itself."
    return [
        figure_block(stay_range(released), headline(released, released.definition.in_role("middle")), subtitle, alt),
        TableBlock(stay_table(released, caption=f"Length of stay by {program.group}", first=label(program.by))),
    ]


def _stay_in_bands(released: Released, program: Program) -> list[Block]:
    """Stays that the files give as bands: shares of each, and no mean."""
    shown = released.definition.shown
    alt = stacked_alt_text(released)
    subtitle = f"Share of discharged episodes by length of stay, by {program.group}.{white_bars(released, shown)}"
    return [
        figure_block(stacked_shares(released, shown), headline(released, released.definition.in_role("middle")), subtitle, alt),
        TableBlock(mix_table(released, shown, caption=f"Length of stay by {program.group}", first=label(program.by))),
    ]


def _sections(page: Page) -> Sequence[Section]:
    program = page.program
    return [section("length_of_stay", f"Length of stay by {program.group}", stay_blocks(page[asks.stay(program)], program))]


def _asks(program: Program) -> list[Ask]:
    return [asks.stay(program)]


LENGTH_OF_STAY = Part(_asks, _sections)
