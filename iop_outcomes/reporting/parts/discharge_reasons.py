"""Takes a page, gives how episodes ended: the mix of reasons in each group."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Section, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.show.stacked_bars import stacked_alt_text, stacked_shares, white_bars
from iop_outcomes.show.tables import mix_table
from iop_outcomes.show.words import headline, label


def reason_blocks(released: Released, program: Program) -> list[Block]:
    """The mix of reasons in each group."""
    names = [definition.name for definition in released.definition.estimands]
    alt = stacked_alt_text(released)
    subtitle = f"Share of discharged episodes by reason, by {program.group}.{white_bars(released, names)}"
    return [
        figure_block(stacked_shares(released, names), headline(released, released.definition.in_role("left_early")), subtitle, alt),
        *words_or_table(mix_table(released, names, caption=f"Discharge reasons by {program.group}", first=label(program.by))),
    ]


def _sections(page: Page) -> Sequence[Section]:
    program = page.program
    return [section("discharge_reasons", f"How episodes ended by {program.group}", reason_blocks(page[asks.reasons(program)], program))]


def _asks(program: Program) -> list[Ask]:
    return [asks.reasons(program)]


DISCHARGE_REASONS = Part(_asks, _sections)
